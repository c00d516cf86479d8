"""A wrong code does not set up an authenticator.

Sources: model: VerifySoftwareToken; observed: aws-amplify/amplify-js#5667
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

    with aws.refused("EnableSoftwareTokenMFAException", "Code mismatch and fail enable Software Token MFA"):
        aws.idp.verify_software_token(AccessToken=token, UserCode="000000")
