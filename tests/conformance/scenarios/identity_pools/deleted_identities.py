"""Identities are deleted by their ids.

Sources: docs: identity-pools; model: DeleteIdentities
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_identity_pool()
    identity = aws.identity.get_id(IdentityPoolId=pool)["IdentityId"]
    listed = aws.identity.list_identities(IdentityPoolId=pool, MaxResults=10)["Identities"]
    assert [each["IdentityId"] for each in listed] == [identity]
    assert aws.identity.delete_identities(IdentityIdsToDelete=[identity])["UnprocessedIdentityIds"] == []
    assert aws.identity.list_identities(IdentityPoolId=pool, MaxResults=10)["Identities"] == []
