"""An identity pool is described as it was created, and updated.

Sources: docs: identity-pools
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_identity_pool(AllowUnauthenticatedIdentities=False)
    found = aws.identity.describe_identity_pool(IdentityPoolId=pool)
    assert found["AllowUnauthenticatedIdentities"] is False
    changed = aws.identity.update_identity_pool(
        IdentityPoolId=pool, IdentityPoolName=found["IdentityPoolName"], AllowUnauthenticatedIdentities=True
    )
    assert changed["AllowUnauthenticatedIdentities"] is True
