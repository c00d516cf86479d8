"""A guest gets an identity; credentials only where the pool has a role for guests.

Sources: docs: identity-pools
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_identity_pool()
    found = aws.identity.get_id(IdentityPoolId=pool)
    assert found["IdentityId"].startswith(aws.target.region + ":")
    with aws.refused("InvalidIdentityPoolConfigurationException"):
        aws.identity.get_credentials_for_identity(IdentityId=found["IdentityId"])
