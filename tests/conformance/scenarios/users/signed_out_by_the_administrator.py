"""An administrator signs a user out everywhere.

Sources: model: AdminUserGlobalSignOut
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()

    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    token = aws.sign_in(client, "ann")["AccessToken"]
    aws.idp.admin_user_global_sign_out(UserPoolId=pool, Username="ann")
    with aws.refused("NotAuthorizedException", "Access Token has been revoked"):
        aws.idp.get_user(AccessToken=token)
