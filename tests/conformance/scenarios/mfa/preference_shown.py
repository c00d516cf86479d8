"""The preference of a user is part of the descriptions.

Sources: model: GetUser, AdminGetUser
"""

from __future__ import annotations

from tests.conformance.service import Service
from tests.conformance.totp import totp


def run(aws: Service) -> None:
    pool = aws.create_pool()
    aws.idp.set_user_pool_mfa_config(
        UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    token = aws.sign_in(client, "ann")["AccessToken"]
    secret = aws.idp.associate_software_token(AccessToken=token)["SecretCode"]

    aws.idp.verify_software_token(AccessToken=token, UserCode=totp(secret))
    aws.idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True})

    for user in (aws.idp.get_user(AccessToken=token), aws.idp.admin_get_user(UserPoolId=pool, Username="ann")):
        assert user["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
        assert user["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
