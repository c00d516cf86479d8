"""A wrong code of an authenticator is refused, and the session goes on.

Sources: docs: user-pool-settings-mfa-totp; observed: aws-amplify/amplify-js#6676
"""

from __future__ import annotations

from tests.conformance.apps import enrolled
from tests.conformance.service import Service


def run(aws: Service) -> None:
    ann = enrolled(aws)
    asked = aws.sign_in(ann.client, "ann")
    responses = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": "000000"}
    with aws.refused("CodeMismatchException", "Invalid code received for user"):
        aws.idp.respond_to_auth_challenge(
            ClientId=ann.client,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=asked["Session"],
            ChallengeResponses=responses,
        )
