"""CUSTOM_AUTH through Define, Create and Verify."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.auth.custom_auth import NAME_ONLY
from tests.helpers.build import FLOWS, PASSWORD, Setup, SrpClient, give_totp, refused, totp, user
from tests.helpers.custom_auth import begin, define, functions_of, pool_with, prove, reply
from tests.helpers.devices import confirm, finish
from tests.helpers.functions import Event, answering, raising
from tests.helpers.harness import Running
from tests.helpers.oauth_client import Browser

WRONG = "Incorrect username or password."
NOT_CONFIGURED = "Custom auth lambda trigger is not configured for the user pool."


def test_a_question_and_its_answer(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions)
    asked = begin(idp, made)
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert asked["ChallengeParameters"] == {"question": "number 0", "USERNAME": "ann"}
    answer = reply(idp, made, asked, "answer 0", ClientMetadata={"a": "b"})
    assert idp.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])["Username"] == "ann"
    assert functions.sources() == [
        "DefineAuthChallenge_Authentication",
        "CreateAuthChallenge_Authentication",
        "VerifyAuthChallengeResponse_Authentication",
        "DefineAuthChallenge_Authentication",
    ]
    first, made_event, verified, last = functions.events
    assert first["request"]["session"] == []
    assert "clientMetadata" not in first["request"]
    assert first["response"] == {"challengeName": None, "issueTokens": None, "failAuthentication": None}
    assert made_event["request"]["challengeName"] == "CUSTOM_CHALLENGE"
    assert verified["request"]["challengeAnswer"] == "answer 0"
    assert verified["request"]["privateChallengeParameters"] == {"answer": "answer 0"}
    assert verified["request"]["clientMetadata"] == {"a": "b"}
    assert last["request"]["session"] == [
        {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "QUESTION_0"}
    ]


def test_a_client_with_custom_auth_only_refreshes(running: Running, idp: Any) -> None:
    """aws/aws-cdk#7625: refresh "should always be allowed"."""
    made = pool_with(running, functions_of(running), {"ExplicitAuthFlows": ["CUSTOM_AUTH_FLOW_ONLY"]})
    tokens = reply(idp, made, begin(idp, made), "answer 0")["AuthenticationResult"]
    token = {"REFRESH_TOKEN": tokens["RefreshToken"]}
    for flow in ("REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"):
        again = idp.initiate_auth(ClientId=made.client, AuthFlow=flow, AuthParameters=token)["AuthenticationResult"]
        assert idp.get_user(AccessToken=again["AccessToken"])["Username"] == "ann"
    form = {"grant_type": "refresh_token", "client_id": made.client, "refresh_token": tokens["RefreshToken"]}
    assert Browser(running).token(form).json["access_token"]


def test_a_wrong_answer_is_asked_again(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions)
    asked = reply(idp, made, begin(idp, made), "wrong")
    assert asked["ChallengeParameters"]["question"] == "number 1"
    asked = reply(idp, made, asked, "wrong")
    with refused("NotAuthorizedException", WRONG):
        reply(idp, made, asked, "answer 0")
    results = [item["challengeResult"] for item in functions.events[-1]["request"]["session"]]
    assert results == [False, False, False]


def test_a_session_is_good_once(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    asked = begin(idp, made)
    reply(idp, made, asked, "wrong")
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        reply(idp, made, asked, "answer 0")


def test_a_session_expires(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    asked = begin(idp, made)
    running.world.clock.advance(181)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        reply(idp, made, asked, "answer 0")


def test_an_answer_is_needed(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        reply(idp, made, begin(idp, made), None)


def test_of_somebody_else(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    user(running, made.pool, "bob")
    with refused("NotAuthorizedException", "Invalid session for the user."):
        reply(idp, made, begin(idp, made), "answer 0", username="bob")


@pytest.mark.parametrize("missing", ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"])
def test_all_three_are_needed(running: Running, idp: Any, missing: str) -> None:
    functions = functions_of(running)
    del functions.config[missing]
    made = pool_with(running, functions)
    with refused("InvalidParameterException", NOT_CONFIGURED):
        begin(idp, made)


def test_the_client_needs_the_flow(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running), client={"ExplicitAuthFlows": FLOWS})
    with refused("InvalidParameterException", "CUSTOM_AUTH is not enabled for the client."):
        begin(idp, made)


def test_another_first_challenge(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    with refused("InvalidParameterException", "CHALLENGE_NAME must be one of SRP_A, CUSTOM_CHALLENGE."):
        begin(idp, made, CHALLENGE_NAME="SMS_MFA")
    with refused("InvalidParameterException", "Missing required parameter SRP_A"):
        begin(idp, made, CHALLENGE_NAME="SRP_A")
    assert begin(idp, made, CHALLENGE_NAME="CUSTOM_CHALLENGE")["ChallengeName"] == "CUSTOM_CHALLENGE"


# --- what the functions may say ------------------------------------------------------------------------


DECISIONS: dict[str, tuple[dict[str, Any], str, str]] = {
    "refused": ({"failAuthentication": True}, "NotAuthorizedException", WRONG),
    "both": ({"failAuthentication": True, "issueTokens": True}, "NotAuthorizedException", WRONG),
    "nothing": ({}, "InvalidLambdaResponseException", "Unrecognizable lambda output"),
    "not a flag": ({"issueTokens": "yes"}, "InvalidLambdaResponseException", "Unrecognizable lambda output"),
    "not a name": ({"challengeName": 7}, "InvalidLambdaResponseException", "Unrecognizable lambda output"),
    "unknown": ({"challengeName": "GUESS"}, "InvalidLambdaResponseException", "Unrecognizable lambda output"),
    "no password begun": (
        {"challengeName": "PASSWORD_VERIFIER"}, "InvalidLambdaResponseException", "Unrecognizable lambda output"
    ),
    "no temporary password": (
        {"challengeName": "NEW_PASSWORD_REQUIRED"}, "InvalidLambdaResponseException", "Unrecognizable lambda output"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DECISIONS)
def test_decisions_that_sign_nobody_in(running: Running, idp: Any, case: str) -> None:
    response, code, text = DECISIONS[case]
    made = pool_with(running, functions_of(running, DefineAuthChallenge=answering(**response)))
    with refused(code, text):
        begin(idp, made)
    assert list(running.world.store.families) == []


@pytest.mark.parametrize("name", sorted(NAME_ONLY))
def test_names_that_are_handed_on(running: Running, idp: Any, name: str) -> None:
    """Nothing was begun for them, so that nothing answers them [observed: amplify-js#566, amplify-js#1291]."""
    made = pool_with(running, functions_of(running, DefineAuthChallenge=answering(challengeName=name)))
    sent = len(running.world.outbox.all())
    asked = begin(idp, made)
    assert (asked["ChallengeName"], asked["ChallengeParameters"]) == (name, {"USERNAME": "ann"})
    assert len(running.world.outbox.all()) == sent
    codes = ("SMS_MFA_CODE", "SOFTWARE_TOKEN_MFA_CODE", "EMAIL_OTP_CODE", "PASSWORD", "SRP_A", "DEVICE_KEY")
    responses = {"USERNAME": "ann", **dict.fromkeys(codes, "123456")}
    for answered in ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "CUSTOM_CHALLENGE", "DEVICE_SRP_AUTH"):
        members = {"ChallengeName": answered, "ChallengeResponses": {**responses, "ANSWER": "answer 0"}}
        with refused("NotAuthorizedException", "Invalid session for the user."):
            idp.respond_to_auth_challenge(ClientId=made.client, Session=asked["Session"], **members)
    assert list(running.world.store.families) == []


def test_tokens_at_once(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running, DefineAuthChallenge=answering(issueTokens=True)))
    assert "AccessToken" in begin(idp, made)["AuthenticationResult"]


@pytest.mark.parametrize("field", ["publicChallengeParameters", "privateChallengeParameters"])
def test_challenge_parameters_are_texts(running: Running, idp: Any, field: str) -> None:
    made = pool_with(running, functions_of(running, CreateAuthChallenge=answering(**{field: {"n": 7}})))
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        begin(idp, made)


def test_only_true_is_right(running: Running, idp: Any) -> None:
    functions = functions_of(running, VerifyAuthChallengeResponse=answering(answerCorrect="true"))
    made = pool_with(running, functions)
    with refused("InvalidLambdaResponseException", "Unrecognizable lambda output"):
        reply(idp, made, begin(idp, made), "answer 0")


def test_a_function_that_says_nothing_is_not_content(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running, VerifyAuthChallengeResponse=None))
    assert reply(idp, made, begin(idp, made), "answer 0")["ChallengeName"] == "CUSTOM_CHALLENGE"


@pytest.mark.parametrize("name", ["DefineAuthChallenge", "CreateAuthChallenge"])
def test_a_function_that_fails_at_the_start(running: Running, idp: Any, name: str) -> None:
    made = pool_with(running, functions_of(running, **{name: raising("'challengeMetaData'")}))
    with refused("UserLambdaValidationException", f"{name} failed with error 'challengeMetaData'."):
        begin(idp, made)


def test_verify_that_fails_uses_the_session_up(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running, VerifyAuthChallengeResponse=raising("broken")))
    asked = begin(idp, made)
    with refused("UserLambdaValidationException", "VerifyAuthChallengeResponse failed with error broken."):
        reply(idp, made, asked, "answer 0")
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        reply(idp, made, asked, "answer 0")


# --- users -----------------------------------------------------------------------------------------------


def test_strangers(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions)
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, made, "bob")
    assert functions.events == []


def test_strangers_are_asked_and_never_signed_in(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions, client={"PreventUserExistenceErrors": "ENABLED"})
    asked = begin(idp, made, "bob")
    assert asked["ChallengeParameters"] == {"question": "number 0", "USERNAME": "bob"}
    assert functions.events[0]["request"]["userNotFound"] is True
    assert functions.events[0]["request"]["userAttributes"] == {}
    with refused("NotAuthorizedException", WRONG):
        reply(idp, made, asked, "answer 0", username="bob")
    assert functions.events[-1]["request"]["userNotFound"] is True
    begin(idp, made)
    assert functions.events[-1]["request"]["userNotFound"] is False


@pytest.mark.parametrize("username", ["ann", "bob"])
def test_strangers_have_no_device_either(running: Running, idp: Any, username: str) -> None:
    made = pool_with(running, functions_of(running), client={"PreventUserExistenceErrors": "ENABLED"})
    with refused("ResourceNotFoundException", "Device does not exist."):
        begin(idp, made, username, DEVICE_KEY="us-east-1_0f0f0f0f-0000-4000-8000-000000000000")
    responses = {"USERNAME": username, "ANSWER": "answer 0", "DEVICE_KEY": "us-east-1_0f"}
    with refused("ResourceNotFoundException", "Device does not exist."):
        idp.respond_to_auth_challenge(
            ClientId=made.client,
            ChallengeName="CUSTOM_CHALLENGE",
            Session=begin(idp, made, username)["Session"],
            ChallengeResponses=responses,
        )


def test_a_function_that_answers_what_cannot_be_sent(running: Running, idp: Any) -> None:
    functions = functions_of(running, CreateAuthChallenge=answering(publicChallengeParameters={"question": "\ud800"}))
    made = pool_with(running, functions)
    with refused("InvalidLambdaResponseException", "Invalid lambda function output : Invalid JSON"):
        begin(idp, made)
    assert len(running.world.store.sessions) == 0


def test_a_temporary_password_is_no_hindrance(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    user(running, made.pool, "new", permanent=False)
    answer = reply(idp, made, begin(idp, made, "new"), "answer 0", username="new")
    assert "AccessToken" in answer["AuthenticationResult"]


def test_an_unconfirmed_user(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    idp.sign_up(ClientId=made.client, Username="cyd", Password=PASSWORD)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        begin(idp, made, "cyd")


def test_a_user_disabled_meanwhile(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    asked = begin(idp, made)
    running.call("AdminDisableUser", UserPoolId=made.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        reply(idp, made, asked, "answer 0")


def test_pool_mfa_is_not_added(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=made.pool,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    assert "AuthenticationResult" in reply(idp, made, begin(idp, made), "answer 0")


# --- with the password ---------------------------------------------------------------------------------


def test_the_password_first(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions)
    client = SrpClient(made.pool, PASSWORD)
    asked = prove(idp, made, client, begin(idp, made, CHALLENGE_NAME="SRP_A", SRP_A=client.public))
    assert functions.events[0]["request"]["session"] == [
        {"challengeName": "SRP_A", "challengeResult": True, "challengeMetadata": None}
    ]
    assert "AccessToken" in reply(idp, made, asked, "answer 2")["AuthenticationResult"]
    assert [item["challengeName"] for item in functions.events[-1]["request"]["session"]] == [
        "SRP_A",
        "PASSWORD_VERIFIER",
        "CUSTOM_CHALLENGE",
    ]


def test_a_wrong_password_goes_no_further(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions)
    client = SrpClient(made.pool, "Wrong-horse-77")
    asked = begin(idp, made, CHALLENGE_NAME="SRP_A", SRP_A=client.public)
    with refused("NotAuthorizedException", WRONG):
        prove(idp, made, client, asked)
    assert len(functions.events) == 1


def test_mfa_follows_the_password(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=made.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    secret = give_totp(running, idp, made)
    client = SrpClient(made.pool, PASSWORD)
    asked = prove(idp, made, client, begin(idp, made, CHALLENGE_NAME="SRP_A", SRP_A=client.public))
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    asked = idp.respond_to_auth_challenge(
        ClientId=made.client,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=asked["Session"],
        ChallengeResponses={
            "USERNAME": "ann",
            "SOFTWARE_TOKEN_MFA_CODE": totp(secret, running.world.clock.now()),
        },
    )
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    names = [item["challengeName"] for item in functions.events[-1]["request"]["session"]]
    assert names == ["SRP_A", "PASSWORD_VERIFIER", "SOFTWARE_TOKEN_MFA"]


def new_password(idp: Any, made: Setup, asked: Any) -> Any:
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    return idp.respond_to_auth_challenge(
        ClientId=made.client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "new", "NEW_PASSWORD": "Another-horse-7"},
    )


def test_a_new_password_where_define_names_it(running: Running, idp: Any) -> None:
    def with_new_password(event: Event) -> None:
        define(event)
        if event["request"]["session"][-1]["challengeName"] == "PASSWORD_VERIFIER":
            event["response"]["challengeName"] = "NEW_PASSWORD_REQUIRED"

    functions = functions_of(running, DefineAuthChallenge=with_new_password)
    made = pool_with(running, functions)
    user(running, made.pool, "new", permanent=False)
    client = SrpClient(made.pool, PASSWORD)
    asked = prove(idp, made, client, begin(idp, made, "new", CHALLENGE_NAME="SRP_A", SRP_A=client.public))
    asked = new_password(idp, made, asked)
    assert [item["challengeName"] for item in functions.events[-1]["request"]["session"]] == [
        "SRP_A",
        "PASSWORD_VERIFIER",
        "NEW_PASSWORD_REQUIRED",
    ]
    assert "AccessToken" in reply(idp, made, asked, "answer 3", username="new")["AuthenticationResult"]


def test_a_temporary_password_never_signs_in_by_itself(running: Running, idp: Any) -> None:
    def hasty(event: Event) -> None:
        names = [item["challengeName"] for item in event["request"]["session"]]
        event["response"]["issueTokens"] = names != ["SRP_A"]
        event["response"]["challengeName"] = "PASSWORD_VERIFIER" if names == ["SRP_A"] else None

    made = pool_with(running, functions_of(running, DefineAuthChallenge=hasty))
    user(running, made.pool, "new", permanent=False)
    client = SrpClient(made.pool, PASSWORD)
    asked = prove(idp, made, client, begin(idp, made, "new", CHALLENGE_NAME="SRP_A", SRP_A=client.public))
    assert "AccessToken" in new_password(idp, made, asked)["AuthenticationResult"]


def test_strangers_and_the_password(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    made = pool_with(running, functions, client={"PreventUserExistenceErrors": "ENABLED"})
    client = SrpClient(made.pool, PASSWORD)
    asked = begin(idp, made, "bob", CHALLENGE_NAME="SRP_A", SRP_A=client.public)
    with refused("NotAuthorizedException", WRONG):
        prove(idp, made, client, asked)


def test_the_other_triggers_run_too(running: Running, idp: Any) -> None:
    functions = functions_of(running, PreAuthentication=None, PostAuthentication=None, PreTokenGeneration=None)
    made = pool_with(running, functions)
    reply(idp, made, begin(idp, made), "answer 0")
    assert functions.sources()[-2:] == ["PostAuthentication_Authentication", "TokenGeneration_Authentication"]


def test_pre_authentication_has_no_part_in_it(running: Running, idp: Any, caplog: pytest.LogCaptureFixture) -> None:
    """A function that keeps users out does not keep them out here, as on AWS (amplify-js#5318); the log says so."""
    functions = functions_of(running, PreAuthentication=raising("blocked"))
    made = pool_with(running, functions)
    assert "AccessToken" in reply(idp, made, begin(idp, made), "answer 0")["AuthenticationResult"]
    assert "PreAuthentication_Authentication" not in functions.sources()
    [warning] = [record for record in caplog.records if record.name == "emulator.triggers"]
    assert warning.levelname == "WARNING"
    assert warning.getMessage().startswith("PreAuthentication is not called for ann: ")


def test_pre_authentication_runs_where_the_password_comes_first(running: Running, idp: Any) -> None:
    """Developer guide, "SRP authentication in custom challenge flows"."""
    functions = functions_of(running, PreAuthentication=raising("blocked"))
    made = pool_with(running, functions)
    client = SrpClient(made.pool, PASSWORD)
    with refused("UserLambdaValidationException", "PreAuthentication failed with error blocked."):
        begin(idp, made, CHALLENGE_NAME="SRP_A", SRP_A=client.public)


def test_a_remembered_device_proves_itself(running: Running, idp: Any) -> None:
    functions = functions_of(running)
    remembered = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}
    made = pool_with(running, functions, DeviceConfiguration=remembered)
    device = confirm(idp, reply(idp, made, begin(idp, made), "answer 0")["AuthenticationResult"])
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=made.pool,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    functions.events.clear()
    asked = reply(idp, made, begin(idp, made, DEVICE_KEY=device.key), "answer 0")
    assert asked["ChallengeName"] == "DEVICE_SRP_AUTH"
    answer = finish(idp, made, asked, device)
    assert "AccessToken" in answer["AuthenticationResult"]
    assert functions.sources().count("DefineAuthChallenge_Authentication") == 2  # not asked again


def test_through_the_admin_operations(running: Running, idp: Any) -> None:
    made = pool_with(running, functions_of(running))
    asked = idp.admin_initiate_auth(
        UserPoolId=made.pool, ClientId=made.client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "ann"}
    )
    with refused("NotAuthorizedException", "Invalid session for the user."):
        reply(idp, made, asked, "answer 0")  # begun by the administrator, it goes on there
    answer = idp.admin_respond_to_auth_challenge(
        UserPoolId=made.pool,
        ClientId=made.client,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "ANSWER": "answer 0"},
    )
    assert "AccessToken" in answer["AuthenticationResult"]
