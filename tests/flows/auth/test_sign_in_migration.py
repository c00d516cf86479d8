"""Users whom a UserMigration function knows sign in as if they had always been there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import FLOWS, PASSWORD, SrpClient, refused, setup
from tests.helpers.functions import Functions, answering, raising
from tests.helpers.harness import Running
from tests.helpers.sign_in_triggers import begin


def migrating(**response: Any) -> Any:
    attributes = {"email": "old@example.com", "email_verified": "true"}
    return answering(userAttributes=attributes, messageAction="SUPPRESS", **response)


def test_a_user_from_elsewhere_signs_in(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"), PreSignUp=raising("never"))
    made = setup(running, LambdaConfig=functions.config)
    answer = begin(idp, made, "old", ClientMetadata={"a": "b"})
    assert "AccessToken" in answer["AuthenticationResult"]
    told = functions.told("UserMigration_Authentication")
    assert told["userName"] == "old"
    assert told["request"]["password"] == PASSWORD
    assert told["request"]["validationData"] == {"a": "b"}
    functions.events.clear()
    begin(idp, made, "old")
    assert functions.events == []


def test_a_user_with_text_that_is_none_is_not_made(running: Running, idp: Any) -> None:
    handler = answering(userAttributes={"name": "\ud800"}, finalUserStatus="CONFIRMED", messageAction="SUPPRESS")
    made = setup(running, LambdaConfig=Functions(running, UserMigration=handler).config)
    with refused("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON"):
        begin(idp, made, "old")
    assert idp.list_users(UserPoolId=made.pool)["Users"] == []


def test_a_reset_is_required_without_a_final_status(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating())
    made = setup(running, LambdaConfig=functions.config)
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        begin(idp, made, "old")


def test_srp_does_not_migrate(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"))
    made = setup(running, client={"ExplicitAuthFlows": FLOWS}, LambdaConfig=functions.config)
    parameters = {"USERNAME": "old", "SRP_A": SrpClient(made.pool, PASSWORD).public}
    with refused("UserNotFoundException", "User does not exist."):
        idp.initiate_auth(ClientId=made.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    assert functions.events == []


def choosing(running: Running, functions: Functions, *factors: str, **client: Any) -> Any:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": list(factors or ("PASSWORD", "EMAIL_OTP"))}}
    members = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"], **client}
    return setup(running, client=members, LambdaConfig=functions.config, Policies=policy)


def choose(idp: Any, made: Any, **parameters: str) -> Any:
    given = {"USERNAME": "old", **parameters}
    return idp.initiate_auth(ClientId=made.client, AuthFlow="USER_AUTH", AuthParameters=given)


@pytest.mark.parametrize("hides", ["LEGACY", "ENABLED"])
def test_a_preferred_password_migrates(running: Running, idp: Any, hides: str) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"))
    made = choosing(running, functions, PreventUserExistenceErrors=hides)
    answer = choose(idp, made, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert "AccessToken" in answer["AuthenticationResult"]
    assert functions.sources() == ["UserMigration_Authentication"]
    assert functions.events[0]["request"]["password"] == PASSWORD
    choose(idp, made, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert len(functions.events) == 1


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"PREFERRED_CHALLENGE": "PASSWORD"},
        {"PREFERRED_CHALLENGE": "EMAIL_OTP"},
        {"PREFERRED_CHALLENGE": "EMAIL_OTP", "PASSWORD": PASSWORD},
        {"PASSWORD": PASSWORD},
    ],
)
def test_no_other_choice_does(running: Running, idp: Any, parameters: dict[str, str]) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"))
    made = choosing(running, functions)
    with refused("UserNotFoundException", "User does not exist."):
        choose(idp, made, **parameters)
    assert functions.events == []


def test_a_password_that_is_no_first_factor_does_not(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"))
    made = choosing(running, functions, "EMAIL_OTP")
    with refused("UserNotFoundException", "User does not exist."):
        choose(idp, made, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert functions.events == []


def test_a_password_chosen_later_does_not(running: Running, idp: Any) -> None:
    functions = Functions(running, UserMigration=migrating(finalUserStatus="CONFIRMED"))
    made = choosing(running, functions, PreventUserExistenceErrors="ENABLED")
    asked = choose(idp, made)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        idp.respond_to_auth_challenge(
            ClientId=made.client,
            ChallengeName="PASSWORD",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "old", "PASSWORD": PASSWORD},
        )
    assert functions.events == []
