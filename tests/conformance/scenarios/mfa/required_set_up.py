"""Where MFA is required, a user without a factor is asked to set one up.

Sources: docs: user-pool-settings-mfa-totp; model: AssociateSoftwareToken
"""

from __future__ import annotations

import json

from tests.conformance.apps import guarded
from tests.conformance.service import Service
from tests.conformance.totp import totp


def run(aws: Service) -> None:
    client = guarded(aws, "ON").client
    asked = aws.sign_in(client, "ann")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    begun = aws.idp.associate_software_token(Session=asked["Session"])
    done = aws.idp.verify_software_token(Session=begun["Session"], UserCode=totp(begun["SecretCode"]))
    assert done["Status"] == "SUCCESS"
    answer = aws.idp.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="MFA_SETUP",
        Session=done["Session"],
        ChallengeResponses={"USERNAME": "ann"},
    )
    assert "AccessToken" in answer["AuthenticationResult"]
