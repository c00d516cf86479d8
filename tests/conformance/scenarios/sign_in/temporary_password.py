"""A user with a temporary password has to choose another one.

Sources: docs: how-to-create-user-accounts; model: AdminCreateUser
"""

from __future__ import annotations

import json

from tests.conformance.service import PASSWORD, Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.idp.admin_create_user(
        UserPoolId=pool, Username="ann", TemporaryPassword="Temporary-7", MessageAction="SUPPRESS"
    )
    assert aws.idp.admin_get_user(UserPoolId=pool, Username="ann")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    asked = aws.sign_in(client, "ann", "Temporary-7")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert json.loads(asked["ChallengeParameters"]["requiredAttributes"]) == []
    answer = aws.idp.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": PASSWORD},
    )
    assert "AccessToken" in answer["AuthenticationResult"]
    assert aws.idp.admin_get_user(UserPoolId=pool, Username="ann")["UserStatus"] == "CONFIRMED"
    assert "AccessToken" in aws.sign_in(client, "ann")
