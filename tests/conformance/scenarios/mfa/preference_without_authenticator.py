"""An authenticator that was not verified cannot be preferred.

Sources: observed: aws/aws-sdk-js-v3#4645
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    aws.idp.set_user_pool_mfa_config(
        UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="OPTIONAL"
    )
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    token = aws.sign_in(client, "ann")["AccessToken"]
    aws.idp.associate_software_token(AccessToken=token)

    with aws.refused("InvalidParameterException", "User has not verified software token mfa"):
        aws.idp.set_user_mfa_preference(
            AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )
