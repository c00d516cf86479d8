"""The triggers around a sign-in: PreAuthentication, PostAuthentication, and when PreTokenGeneration runs."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from tests.helpers.build import PASSWORD, Setup, SrpClient, refused, setup, sign_in, user
from tests.helpers.functions import Functions, arn, raising
from tests.helpers.harness import Running
from tests.helpers.sign_in_triggers import begin

WRONG = "Incorrect username or password."


def pool_with(running: Running, functions: Functions, client: dict[str, Any] | None = None, **pool: Any) -> Setup:
    made = setup(running, client=client, LambdaConfig=functions.config, **pool)
    user(running, made.pool, email="ann@example.com", email_verified="true")
    return made


def test_the_order_and_the_events(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None, PostAuthentication=None, PreTokenGeneration=None)
    made = pool_with(running, functions)
    begin(idp, made, ClientMetadata={"from": "test"})
    assert functions.sources() == [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]
    before, after, _ = functions.events
    sub = before["request"]["userAttributes"]["sub"]
    attributes = {
        "sub": sub,
        "cognito:user_status": "CONFIRMED",
        "email": "ann@example.com",
        "email_verified": "true",
    }
    frame = {
        "version": "1",
        "region": "us-east-1",
        "userPoolId": made.pool,
        "userName": "ann",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": made.client},
        "response": {},
    }
    assert before == {
        **frame,
        "triggerSource": "PreAuthentication_Authentication",
        # What a client calls ClientMetadata here is validationData (developer guide).
        "request": {"userAttributes": attributes, "validationData": {"from": "test"}},
    }
    assert after == {
        **frame,
        "triggerSource": "PostAuthentication_Authentication",
        # ... and goes to no other trigger.
        "request": {"userAttributes": attributes, "newDeviceUsed": False},
    }


def test_before_runs_whatever_the_password(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None, PostAuthentication=None)
    made = pool_with(running, functions)
    with refused("NotAuthorizedException", WRONG):
        begin(idp, made, password="Wrong-horse-77")
    assert functions.sources() == ["PreAuthentication_Authentication"]
    assert functions.events[0]["request"]["validationData"] is None


@pytest.mark.parametrize("name", ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"])
def test_a_refusal_gives_no_tokens(running: Running, idp: Any, name: str) -> None:
    functions = Functions(running, **{name: raising("Not today")})
    made = pool_with(running, functions)
    with refused("UserLambdaValidationException", f"{name} failed with error Not today."):
        begin(idp, made)
    assert list(running.world.store.families) == []


def test_a_function_that_is_not_there(running: Running, idp: Any) -> None:
    made = setup(running, LambdaConfig={"PreAuthentication": arn("nobody")})
    user(running, made.pool)
    text = "PreAuthentication invocation failed due to error ResourceNotFoundException."
    with refused("UnexpectedLambdaException", text):
        begin(idp, made)


def test_a_function_that_gives_back_nothing(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=lambda event: event.clear())
    made = pool_with(running, functions)
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        begin(idp, made)


def test_nobody_is_told_of_strangers(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None)
    made = pool_with(running, functions)
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, made, "bob")
    assert functions.events == []


def test_strangers_behind_prevented_existence_errors(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None)
    made = pool_with(running, functions, client={"PreventUserExistenceErrors": "ENABLED"})
    with refused("NotAuthorizedException", WRONG):
        begin(idp, made, "bob")
    assert functions.events[0]["userName"] == "bob"
    assert functions.events[0]["request"] == {"userAttributes": {}, "userNotFound": True, "validationData": None}
    begin(idp, made)
    assert functions.events[1]["request"]["userNotFound"] is False


def test_a_user_disabled_by_the_function(running: Running, idp: Any) -> None:
    made: list[Setup] = []

    def disable(event: dict[str, Any]) -> None:
        running.call("AdminDisableUser", UserPoolId=event["userPoolId"], Username=event["userName"])

    functions = Functions(running, PreAuthentication=disable)
    made.append(pool_with(running, functions))
    with refused("NotAuthorizedException", "User is disabled."):
        begin(idp, made[0])


def test_a_user_deleted_before_the_tokens(running: Running, idp: Any) -> None:
    def delete(event: dict[str, Any]) -> None:
        running.call("AdminDeleteUser", UserPoolId=event["userPoolId"], Username=event["userName"])

    functions = Functions(running, PostAuthentication=delete)
    made = pool_with(running, functions)
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, made)
    assert list(running.world.store.families) == []


def test_metadata_of_an_answer_reaches_what_follows(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None, PostAuthentication=None, PreTokenGeneration=None)
    made = pool_with(running, functions)
    client = SrpClient(made.pool, PASSWORD)
    asked = idp.initiate_auth(
        ClientId=made.client,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "ann", "SRP_A": client.public},
        ClientMetadata={"at": "begin"},
    )
    idp.respond_to_auth_challenge(
        ClientId=made.client,
        ChallengeName=asked["ChallengeName"],
        ChallengeResponses=client.responses(asked["ChallengeParameters"]),
        ClientMetadata={"at": "answer"},
    )
    assert functions.told("PreAuthentication_Authentication")["request"]["validationData"] == {"at": "begin"}
    assert functions.told("PostAuthentication_Authentication")["request"]["clientMetadata"] == {"at": "answer"}
    assert functions.told("TokenGeneration_Authentication")["request"]["clientMetadata"] == {"at": "answer"}


def test_a_new_device(running: Running, idp: Any) -> None:
    functions = Functions(running, PostAuthentication=None)
    remembered = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}
    made = pool_with(running, functions, DeviceConfiguration=remembered)
    begin(idp, made)
    assert functions.events[-1]["request"]["newDeviceUsed"] is True


def test_a_refresh_only_makes_tokens(running: Running, idp: Any) -> None:
    functions = Functions(running, PreAuthentication=None, PostAuthentication=None, PreTokenGeneration=None)
    made = pool_with(running, functions)
    token = sign_in(idp, made)["RefreshToken"]
    functions.events.clear()
    idp.initiate_auth(ClientId=made.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token})
    idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=made.client, ClientMetadata={"a": "b"})
    assert functions.sources() == ["TokenGeneration_RefreshTokens", "TokenGeneration_Authentication"]
    assert functions.events[1]["request"]["clientMetadata"] == {"a": "b"}


def test_a_token_revoked_while_the_function_runs(running: Running, idp: Any) -> None:
    def sign_out(event: dict[str, Any]) -> None:
        if event["triggerSource"] == "TokenGeneration_RefreshTokens":
            running.call("AdminUserGlobalSignOut", UserPoolId=event["userPoolId"], Username=event["userName"])

    made = pool_with(running, Functions(running, PreTokenGeneration=sign_out))
    parameters = {"REFRESH_TOKEN": sign_in(idp, made)["RefreshToken"]}
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        idp.initiate_auth(ClientId=made.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)


def test_a_code_that_confirms_a_user_calls_no_post_confirmation(running: Running, idp: Any) -> None:
    """Which operations call it is documented: ConfirmSignUp, AdminConfirmSignUp, ConfirmForgotPassword."""
    functions = Functions(running, PostConfirmation=None, PostAuthentication=None)
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    client = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}
    made = setup(running, client=client, LambdaConfig=functions.config, Policies=policy)
    attributes = [{"Name": "email", "Value": "new@example.com"}]
    idp.sign_up(ClientId=made.client, Username="new", Password=PASSWORD, UserAttributes=attributes)
    parameters = {"USERNAME": "new", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
    asked = idp.initiate_auth(ClientId=made.client, AuthFlow="USER_AUTH", AuthParameters=parameters)
    answer = idp.respond_to_auth_challenge(
        ClientId=made.client,
        ChallengeName="EMAIL_OTP",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "new", "EMAIL_OTP_CODE": running.world.outbox.all()[-1].code or ""},
    )
    assert "AccessToken" in answer["AuthenticationResult"]
    assert idp.admin_get_user(UserPoolId=made.pool, Username="new")["UserStatus"] == "CONFIRMED"
    assert functions.sources() == ["PostAuthentication_Authentication"]


def test_a_flag_stays_as_it_was_given(running: Running, idp: Any) -> None:
    """amplify-js#5834, #8205: "True" reaches functions and GetUser; it means the same as "true" nevertheless."""
    functions = Functions(running, PreSignUp=None, PreAuthentication=None)
    made = setup(running, LambdaConfig=functions.config, AliasAttributes=["email"])
    user(running, made.pool, email="ann@example.com", email_verified="True")
    tokens = begin(idp, made, "ann@example.com")["AuthenticationResult"]
    for source in ("PreSignUp_AdminCreateUser", "PreAuthentication_Authentication"):
        assert functions.told(source)["request"]["userAttributes"]["email_verified"] == "True"
    shown = idp.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]
    assert {"Name": "email_verified", "Value": "True"} in shown
    assert jwt.decode(tokens["IdToken"], options={"verify_signature": False})["email_verified"] is True
