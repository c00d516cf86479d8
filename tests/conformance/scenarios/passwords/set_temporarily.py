"""A password set by an administrator is temporary unless they say otherwise.

Sources: model: AdminSetUserPassword
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.sign_in(client, "ann")

    aws.idp.admin_set_user_password(UserPoolId=pool, Username="ann", Password="Another-horse-8", Permanent=False)
    assert aws.idp.admin_get_user(UserPoolId=pool, Username="ann")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert aws.sign_in(client, "ann", "Another-horse-8")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
