"""Roles of an identity pool are set and read back.

Sources: docs: identity-pools; model: SetIdentityPoolRoles
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_identity_pool()
    assert not aws.identity.get_identity_pool_roles(IdentityPoolId=pool).get("Roles")
    roles = {"authenticated": "arn:aws:iam::123456789012:role/app"}
    aws.identity.set_identity_pool_roles(IdentityPoolId=pool, Roles=roles)
    assert aws.identity.get_identity_pool_roles(IdentityPoolId=pool)["Roles"] == roles
