"""A disabled user cannot sign in.

Sources: docs: cognito-user-pool-managing-errors; model: AdminDisableUser
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.idp.admin_disable_user(UserPoolId=pool, Username="ann")
    with aws.refused("NotAuthorizedException", "User is disabled."):
        aws.sign_in(client, "ann")
    aws.idp.admin_enable_user(UserPoolId=pool, Username="ann")
    assert "AccessToken" in aws.sign_in(client, "ann")
