"""A user signs up, is confirmed by the administrator and signs in.

Sources: docs: signing-up-users-in-your-app; model: AdminConfirmSignUp
"""

from __future__ import annotations

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    made = aws.idp.sign_up(ClientId=client, Username="ann", Password=PASSWORD)
    assert made["UserConfirmed"] is False
    with aws.refused("UserNotConfirmedException", "User is not confirmed."):
        aws.sign_in(client, "ann")
    aws.idp.admin_confirm_sign_up(UserPoolId=pool, Username="ann")
    assert aws.idp.admin_get_user(UserPoolId=pool, Username="ann")["UserStatus"] == "CONFIRMED"
    result = aws.sign_in(client, "ann")
    assert aws.idp.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"
