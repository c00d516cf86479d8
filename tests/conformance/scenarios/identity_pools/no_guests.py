"""A pool without guests gives no identity without a login.

Sources: docs: identity-pools
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_identity_pool(AllowUnauthenticatedIdentities=False)
    with aws.refused("NotAuthorizedException", "Unauthenticated access is not supported for this identity pool."):
        aws.identity.get_id(IdentityPoolId=pool)
