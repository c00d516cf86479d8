"""A user sets up an authenticator and answers with its code at the next sign-in.

Sources: docs: user-pool-settings-mfa-totp
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

    asked = aws.sign_in(client, "ann")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answer = aws.idp.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": totp(secret, ahead=1)},
    )
    assert "AccessToken" in answer["AuthenticationResult"]
