"""A user sets up an authenticator and answers with its code at the next sign-in.

Sources: docs: user-pool-settings-mfa-totp
"""

from __future__ import annotations

from tests.conformance.apps import enrolling
from tests.conformance.service import Service
from tests.conformance.totp import totp


def run(aws: Service) -> None:
    ann = enrolling(aws)
    aws.idp.verify_software_token(AccessToken=ann.token, UserCode=totp(ann.secret))
    aws.idp.set_user_mfa_preference(
        AccessToken=ann.token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )

    asked = aws.sign_in(ann.client, "ann")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    answer = aws.idp.respond_to_auth_challenge(
        ClientId=ann.client,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": totp(ann.secret, ahead=1)},
    )
    assert "AccessToken" in answer["AuthenticationResult"]
