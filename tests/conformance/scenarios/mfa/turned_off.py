"""A user who turns the authenticator off signs in without it.

Sources: model: SetUserMFAPreference
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

    aws.idp.admin_set_user_mfa_preference(
        UserPoolId=pool, Username="ann", SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False}
    )
    assert "AccessToken" in aws.sign_in(client, "ann")
