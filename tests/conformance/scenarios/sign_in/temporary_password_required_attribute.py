"""The new password comes with the required attributes that the user lacks.

Sources: docs: how-to-create-user-accounts; model: RespondToAuthChallenge
"""

from __future__ import annotations

import json

from tests.conformance.service import PASSWORD, Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool(Schema=[{"Name": "given_name", "Required": True, "Mutable": True}])
    client = aws.create_client(pool)
    aws.idp.admin_create_user(
        UserPoolId=pool, Username="ann", TemporaryPassword="Temporary-7", MessageAction="SUPPRESS"
    )
    asked = aws.sign_in(client, "ann", "Temporary-7")
    assert json.loads(asked["ChallengeParameters"]["requiredAttributes"]) == ["userAttributes.given_name"]
    responses = {"USERNAME": "ann", "NEW_PASSWORD": PASSWORD, "userAttributes.given_name": "Ann"}
    answer = aws.idp.respond_to_auth_challenge(
        ClientId=client, ChallengeName="NEW_PASSWORD_REQUIRED", Session=asked["Session"], ChallengeResponses=responses
    )
    token = answer["AuthenticationResult"]["AccessToken"]
    assert attributes_of(aws.idp.get_user(AccessToken=token)["UserAttributes"])["given_name"] == "Ann"
