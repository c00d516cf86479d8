"""InitiateAuth, RespondToAuthChallenge and their Admin twins: flows, user states, lockout, sessions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.build import FLOWS, PASSWORD, Setup, SrpClient, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.sign_in import WRONG, admin_begin, begin, respond, srp_begin

# --- passwords -------------------------------------------------------------------------------------------


def test_password(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    assert answer["ChallengeParameters"] == {}
    assert "ChallengeName" not in answer
    assert "Session" not in answer
    result = answer["AuthenticationResult"]
    assert sorted(result) == ["AccessToken", "ExpiresIn", "IdToken", "RefreshToken", "TokenType"]
    assert (result["ExpiresIn"], result["TokenType"]) == (3600, "Bearer")
    assert idp.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_password_by_an_administrator(running: Running, idp: Any, flow: str) -> None:
    at = setup(running)
    user(running, at.pool)
    assert "AccessToken" in admin_begin(idp, at, flow, USERNAME="ann", PASSWORD=PASSWORD)["AuthenticationResult"]
    with refused("NotAuthorizedException", WRONG):
        admin_begin(idp, at, flow, USERNAME="ann", PASSWORD="Wrong-horse-7")


def test_wrong_password(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    for typed in ("Wrong-horse-7", PASSWORD + "x", PASSWORD.lower(), "x"):
        with refused("NotAuthorizedException", WRONG):
            begin(idp, at, USERNAME="ann", PASSWORD=typed)
        running.world.clock.advance(1000)


def test_unknown_user(running: Running, idp: Any) -> None:
    open_client = setup(running)
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, open_client, USERNAME="nobody", PASSWORD=PASSWORD)
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, open_client, "USER_SRP_AUTH", USERNAME="nobody", SRP_A="a1")
    hiding = setup(running, {"PreventUserExistenceErrors": "ENABLED"})
    with refused("NotAuthorizedException", WRONG):
        begin(idp, hiding, USERNAME="nobody", PASSWORD=PASSWORD)
    with refused("NotAuthorizedException", WRONG):
        admin_begin(idp, hiding, USERNAME="nobody", PASSWORD=PASSWORD)


@pytest.mark.parametrize(
    ("flow", "given", "missing"),
    [
        ("USER_PASSWORD_AUTH", {}, "USERNAME"),
        ("USER_PASSWORD_AUTH", {"USERNAME": "ann"}, "PASSWORD"),
        ("USER_SRP_AUTH", {"USERNAME": "ann"}, "SRP_A"),
        ("USER_SRP_AUTH", {"SRP_A": "a1"}, "USERNAME"),
        ("REFRESH_TOKEN_AUTH", {}, "REFRESH_TOKEN"),
    ],
)
def test_missing_parameters(running: Running, idp: Any, flow: str, given: dict[str, str], missing: str) -> None:
    at = setup(running)
    user(running, at.pool)
    with refused("InvalidParameterException", f"Missing required parameter {missing}"):
        begin(idp, at, flow, **given)


def test_unknown_client(running: Running, idp: Any) -> None:
    at = setup(running)
    with refused("ResourceNotFoundException", "User pool client nosuchclient does not exist."):
        idp.initiate_auth(ClientId="nosuchclient", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "a"})
    other = setup(running)
    with refused("ResourceNotFoundException", f"User pool client {other.client} does not exist."):
        admin_begin(idp, Setup(at.pool, other.client), USERNAME="ann", PASSWORD=PASSWORD)
    with refused("ResourceNotFoundException", "User pool us-east-1_nosuch does not exist."):
        admin_begin(idp, Setup("us-east-1_nosuch", at.client), USERNAME="ann", PASSWORD=PASSWORD)


# --- which flows -----------------------------------------------------------------------------------------

NOT_ENABLED = {
    "USER_PASSWORD_AUTH": "USER_PASSWORD_AUTH flow not enabled for this client",
    "USER_SRP_AUTH": "USER_SRP_AUTH is not enabled for the client.",
    "CUSTOM_AUTH": "CUSTOM_AUTH is not enabled for the client.",
    "USER_AUTH": "USER_AUTH is not enabled for the client.",
    "REFRESH_TOKEN_AUTH": "Auth flow not enabled for this client",
    "REFRESH_TOKEN": "Auth flow not enabled for this client",
}
ADMIN_NOT_ENABLED = "Auth flow not enabled for this client"


@pytest.mark.parametrize("flow", sorted(NOT_ENABLED))
def test_flow_not_enabled(running: Running, idp: Any, flow: str) -> None:
    at = setup(running, {"ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]})
    user(running, at.pool)
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD, "SRP_A": "a1", "REFRESH_TOKEN": "x"}
    with refused("InvalidParameterException", NOT_ENABLED[flow]):
        begin(idp, at, flow, **parameters)


@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_admin_flows_are_for_administrators(running: Running, idp: Any, flow: str) -> None:
    at = setup(running)
    user(running, at.pool)
    with refused("InvalidParameterException", "Initiate Auth method not supported."):
        begin(idp, at, flow, USERNAME="ann", PASSWORD=PASSWORD)
    without = setup(running, {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]})
    with refused("InvalidParameterException", ADMIN_NOT_ENABLED):
        admin_begin(idp, without, flow, USERNAME="ann", PASSWORD=PASSWORD)


def test_user_password_auth_is_not_for_administrators(running: Running, idp: Any) -> None:
    """aws-doc-sdk-examples#5289, whatever the client allows."""
    for flows in (FLOWS, ["ALLOW_USER_PASSWORD_AUTH"], ["ALLOW_USER_SRP_AUTH"]):
        at = setup(running, {"ExplicitAuthFlows": flows})
        user(running, at.pool)
        with refused("InvalidParameterException", "Initiate Auth method not supported."):
            admin_begin(idp, at, "USER_PASSWORD_AUTH", USERNAME="ann", PASSWORD=PASSWORD)


def test_flows_of_a_client_that_names_none(running: Running, idp: Any) -> None:
    at = setup(running, {"ExplicitAuthFlows": []})
    user(running, at.pool)
    srp_begin(idp, at, SrpClient(at.pool, PASSWORD))
    with refused("InvalidParameterException", NOT_ENABLED["USER_PASSWORD_AUTH"]):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    with refused("InvalidParameterException", "Custom auth lambda trigger is not configured for the user pool."):
        begin(idp, at, "CUSTOM_AUTH", USERNAME="ann")


def test_legacy_flow_values(running: Running, idp: Any) -> None:
    at = setup(running, {"ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH"]})
    user(running, at.pool)
    admin_begin(idp, at, "ADMIN_NO_SRP_AUTH", USERNAME="ann", PASSWORD=PASSWORD)
    srp_begin(idp, at, SrpClient(at.pool, PASSWORD))
    with refused("InvalidParameterException", NOT_ENABLED["USER_PASSWORD_AUTH"]):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "USER_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_AUTH"])
def test_a_client_with_custom_auth_only(running: Running, idp: Any, flow: str) -> None:
    """amplify-js#3379."""
    at = setup(running, {"ExplicitAuthFlows": ["CUSTOM_AUTH_FLOW_ONLY"]})
    user(running, at.pool)
    ask = admin_begin if flow.startswith("ADMIN_") else begin
    with refused("InvalidParameterException", "Only custom auth (lambda driven) is enabled for this client."):
        ask(idp, at, flow, USERNAME="ann", PASSWORD=PASSWORD, SRP_A="a1")


def test_custom_auth_only_beside_the_other_legacy_values(running: Running, idp: Any) -> None:
    at = setup(running, {"ExplicitAuthFlows": ["CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"]})
    user(running, at.pool)
    assert sign_in(idp, at)


# --- SRP -------------------------------------------------------------------------------------------------


def test_srp(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD)
    parameters = srp_begin(idp, at, client)
    assert sorted(parameters) == ["SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"]
    assert parameters["USERNAME"] == parameters["USER_ID_FOR_SRP"] == "ann"
    answer = respond(idp, at, "PASSWORD_VERIFIER", **client.responses(parameters))
    assert answer["ChallengeParameters"] == {}
    assert idp.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])["Username"] == "ann"


def test_srp_by_an_administrator_stays_with_him(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD)
    answer = admin_begin(idp, at, "USER_SRP_AUTH", USERNAME="ann", SRP_A=client.public)
    responses = client.responses(answer["ChallengeParameters"])
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **responses)
    answer = idp.admin_respond_to_auth_challenge(
        UserPoolId=at.pool, ClientId=at.client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
    )
    assert "AccessToken" in answer["AuthenticationResult"]


def test_srp_refuses_a_wrong_password_by_its_own_arithmetic(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    client = SrpClient(at.pool, "Wrong-horse-7")
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **client.responses(srp_begin(idp, at, client)))


def test_an_srp_answer_is_good_once_and_for_its_time(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD)
    responses = client.responses(srp_begin(idp, at, client))
    respond(idp, at, "PASSWORD_VERIFIER", **responses)
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **responses)
    responses = client.responses(srp_begin(idp, at, client))
    running.world.clock.advance(181)
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **responses)


def test_srp_of_another_client_is_refused(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    second = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", ExplicitAuthFlows=FLOWS)[
        "UserPoolClient"
    ]["ClientId"]
    client = SrpClient(at.pool, PASSWORD)
    responses = client.responses(srp_begin(idp, at, client))
    with refused("NotAuthorizedException", WRONG):
        respond(idp, Setup(at.pool, second), "PASSWORD_VERIFIER", **responses)


def test_srp_simulates_users_that_do_not_exist(running: Running, idp: Any) -> None:
    at = setup(running, {"PreventUserExistenceErrors": "ENABLED"})
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD)
    first, second = srp_begin(idp, at, client, "nobody"), srp_begin(idp, at, client, "nobody")
    assert (first["SALT"], first["USER_ID_FOR_SRP"]) == (second["SALT"], second["USER_ID_FOR_SRP"])
    assert first["SRP_B"] != second["SRP_B"]
    assert srp_begin(idp, at, client, "somebody")["SALT"] != first["SALT"]
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **client.responses(second))


def test_srp_with_an_alias_uses_the_real_name(running: Running, idp: Any) -> None:
    at = setup(running, AliasAttributes=["email"])
    user(running, at.pool, email="ann@example.com", email_verified="true")
    client = SrpClient(at.pool, PASSWORD)
    parameters = srp_begin(idp, at, client, "ann@example.com")
    assert parameters["USER_ID_FOR_SRP"] == "ann"
    assert "AuthenticationResult" in respond(idp, at, "PASSWORD_VERIFIER", **client.responses(parameters))
    # The answer may name the alias too: it is the same user.
    parameters = srp_begin(idp, at, client, "ann@example.com")
    responses = client.responses(parameters) | {"USERNAME": "ann@example.com"}
    assert "AuthenticationResult" in respond(idp, at, "PASSWORD_VERIFIER", **responses)


def test_srp_with_an_email_as_user_name_uses_the_sub(running: Running, idp: Any) -> None:
    at = setup(running, UsernameAttributes=["email"])
    sub = user(running, at.pool, "ann@example.com")
    client = SrpClient(at.pool, PASSWORD)
    parameters = srp_begin(idp, at, client, "ann@example.com")
    assert parameters["USER_ID_FOR_SRP"] == parameters["USERNAME"] == sub
    assert "AuthenticationResult" in respond(idp, at, "PASSWORD_VERIFIER", **client.responses(parameters))


def test_an_unverified_alias_is_no_name(running: Running, idp: Any) -> None:
    at = setup(running, AliasAttributes=["email"])
    user(running, at.pool, email="ann@example.com")
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, at, USERNAME="ann@example.com", PASSWORD=PASSWORD)


def test_letter_case_of_names(running: Running, idp: Any) -> None:
    strict = setup(running)
    user(running, strict.pool)
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, strict, USERNAME="Ann", PASSWORD=PASSWORD)
    loose = setup(running, UsernameConfiguration={"CaseSensitive": False})
    user(running, loose.pool)
    assert "AuthenticationResult" in begin(idp, loose, USERNAME="ANN", PASSWORD=PASSWORD)


# --- user states -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("existence", ["LEGACY", "ENABLED"])
def test_disabled_user(running: Running, idp: Any, existence: str) -> None:
    """PreventUserExistenceErrors hides who is not there, not who is disabled (developer guide)."""
    at = setup(running, {"PreventUserExistenceErrors": existence})
    user(running, at.pool)
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    with refused("NotAuthorizedException", "User is disabled."):
        begin(idp, at, "USER_SRP_AUTH", USERNAME="ann", SRP_A="a1")
    with refused("NotAuthorizedException", "User is disabled."):
        admin_begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)


def test_disabled_between_the_two_halves_of_srp(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD)
    responses = client.responses(srp_begin(idp, at, client))
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        respond(idp, at, "PASSWORD_VERIFIER", **responses)


def test_unconfirmed_user_is_refused_before_the_password(running: Running, idp: Any) -> None:
    at = setup(running)
    running.call("SignUp", ClientId=at.client, Username="ann", Password=PASSWORD)
    for typed in (PASSWORD, "Wrong-horse-7"):
        with refused("UserNotConfirmedException", "User is not confirmed."):
            begin(idp, at, USERNAME="ann", PASSWORD=typed)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        begin(idp, at, "USER_SRP_AUTH", USERNAME="ann", SRP_A="a1")


def test_reset_by_an_administrator(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    running.call("AdminResetUserPassword", UserPoolId=at.pool, Username="ann")
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    with refused("NotAuthorizedException", WRONG):
        begin(idp, at, USERNAME="ann", PASSWORD="Wrong-horse-7")
    client = SrpClient(at.pool, PASSWORD)
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        respond(idp, at, "PASSWORD_VERIFIER", **client.responses(srp_begin(idp, at, client)))


# --- new password ----------------------------------------------------------------------------------------

REQUIRED_NAME = {"Schema": [{"Name": "name", "Required": True, "Mutable": True}]}


def new_password(running: Running, idp: Any, **pool: Any) -> tuple[Setup, Any]:
    at = setup(running, **pool)
    user(running, at.pool, permanent=False, email="ann@example.com")
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    return at, answer


def test_new_password(running: Running, idp: Any) -> None:
    at, answer = new_password(running, idp, **REQUIRED_NAME)
    parameters = answer["ChallengeParameters"]
    assert json.loads(parameters["requiredAttributes"]) == ["userAttributes.name"]
    assert json.loads(parameters["userAttributes"])["email"] == "ann@example.com"
    assert parameters["USER_ID_FOR_SRP"] == "ann"
    given = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8", "userAttributes.name": "Ann"}
    answer = respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], **given)
    assert "AccessToken" in answer["AuthenticationResult"]
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert found["UserStatus"] == "CONFIRMED"
    assert {"Name": "name", "Value": "Ann"} in found["UserAttributes"]
    sign_in(idp, at, password="Another-horse-8")
    with refused("NotAuthorizedException", WRONG):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)


@pytest.mark.parametrize(
    ("given", "code", "text"),
    [
        ({}, "InvalidParameterException", "Missing required parameter NEW_PASSWORD"),
        (
            {"NEW_PASSWORD": "short"},
            "InvalidPasswordException",
            "Password does not conform to policy: Password not long enough",
        ),
        (
            {"NEW_PASSWORD": "Another-horse-8", "userAttributes.name": ""},
            "InvalidParameterException",
            "Invalid attributes given, name is missing",
        ),
        (
            {"NEW_PASSWORD": "Another-horse-8", "userAttributes.email": "b@example.com"},
            "NotAuthorizedException",
            "Cannot modify an already provided email",
        ),
        (
            {"NEW_PASSWORD": "Another-horse-8", "userAttributes.email_verified": "true"},
            "InvalidParameterException",
            "Cannot modify the non-mutable attribute email_verified",
        ),
        (
            {"NEW_PASSWORD": "Another-horse-8", "userAttributes.custom:x": "1"},
            "InvalidParameterException",
            "Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.\n",
        ),
    ],
)
def test_new_password_refusals(running: Running, idp: Any, given: dict[str, str], code: str, text: str) -> None:
    at, answer = new_password(running, idp, **REQUIRED_NAME)
    whole = {"USERNAME": "ann", "userAttributes.name": "Ann", **given}
    with refused(code, text):
        respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], **whole)
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    # The session is good for another try.
    good = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8", "userAttributes.name": "Ann"}
    respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], **good)


def test_new_password_keeps_to_the_history(running: Running, idp: Any) -> None:
    policy = {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}}
    at, answer = new_password(running, idp, Policies=policy)
    with refused("PasswordHistoryPolicyViolationException", "Password has previously been used."):
        respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], USERNAME="ann", NEW_PASSWORD=PASSWORD)


def test_temporary_password_expires(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool, permanent=False)
    running.world.clock.advance(7 * 86400 + 1)
    with refused("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    client = SrpClient(at.pool, PASSWORD)
    with refused("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."):
        respond(idp, at, "PASSWORD_VERIFIER", **client.responses(srp_begin(idp, at, client)))


# --- sessions --------------------------------------------------------------------------------------------


def test_a_session_is_good_once(running: Running, idp: Any) -> None:
    at, answer = new_password(running, idp)
    given = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8"}
    respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], **given)
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], **given)


@pytest.mark.parametrize("minutes", [3, 15])
def test_a_session_expires(running: Running, idp: Any, minutes: int) -> None:
    at = setup(running, {"AuthSessionValidity": minutes})
    user(running, at.pool, permanent=False)
    given = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8"}
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    running.world.clock.advance(minutes * 60 + 1)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], **given)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    running.world.clock.advance(minutes * 60 - 5)
    respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], **given)


def test_a_session_is_bound(running: Running, idp: Any) -> None:
    at, answer = new_password(running, idp)
    user(running, at.pool, "bob")
    session, invalid = answer["Session"], "Invalid session for the user."
    given = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8"}
    second = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", ExplicitAuthFlows=FLOWS)[
        "UserPoolClient"
    ]["ClientId"]
    with refused("NotAuthorizedException", invalid):  # another user
        respond(idp, at, "NEW_PASSWORD_REQUIRED", session, **{**given, "USERNAME": "bob"})
    with refused("NotAuthorizedException", invalid):  # another client
        respond(idp, Setup(at.pool, second), "NEW_PASSWORD_REQUIRED", session, **given)
    with refused("NotAuthorizedException", invalid):  # another challenge
        respond(idp, at, "SMS_MFA", session, USERNAME="ann", SMS_MFA_CODE="123456")
    with refused("NotAuthorizedException", invalid):  # the other API
        idp.admin_respond_to_auth_challenge(
            UserPoolId=at.pool,
            ClientId=at.client,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=session,
            ChallengeResponses=given,
        )
    with refused("NotAuthorizedException", invalid):  # nobody's
        respond(idp, at, "NEW_PASSWORD_REQUIRED", "A" * 100, **given)
    with refused("InvalidParameterException", "Missing required parameter Session"):
        respond(idp, at, "NEW_PASSWORD_REQUIRED", None, **given)
    respond(idp, at, "NEW_PASSWORD_REQUIRED", session, **given)


def test_no_challenge_can_be_answered_that_was_not_asked(running: Running, idp: Any) -> None:
    at, answer = new_password(running, idp)
    names = ["SOFTWARE_TOKEN_MFA", "MFA_SETUP", "SELECT_MFA_TYPE", "CUSTOM_CHALLENGE", "EMAIL_OTP", "SMS_OTP"]
    for name in names:
        with refused("NotAuthorizedException", "Invalid session for the user."):
            respond(idp, at, name, answer["Session"], USERNAME="ann", ANSWER="x")


def test_user_deleted_between_challenges(running: Running, idp: Any) -> None:
    at, answer = new_password(running, idp)
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    with refused("UserNotFoundException", "User does not exist."):
        respond(idp, at, "NEW_PASSWORD_REQUIRED", answer["Session"], USERNAME="ann", NEW_PASSWORD="Another-horse-8")


# --- lockout ---------------------------------------------------------------------------------------------


def fail(idp: Any, at: Setup, text: str = WRONG) -> None:
    with refused("NotAuthorizedException", text):
        begin(idp, at, USERNAME="ann", PASSWORD="Wrong-horse-7")


def test_lockout(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    running.world.clock.freeze()
    for _ in range(5):
        fail(idp, at)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    running.world.clock.advance(1)
    fail(idp, at)  # the sixth: locked for two seconds
    running.world.clock.advance(1.9)
    fail(idp, at, "Password attempts exceeded")
    running.world.clock.advance(0.1)
    sign_in(idp, at)
    for _ in range(4):  # a success forgets
        fail(idp, at)
    sign_in(idp, at)


def test_lockout_counts_srp_too(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    running.world.clock.freeze()
    wrong, right = SrpClient(at.pool, "Wrong-horse-7"), SrpClient(at.pool, PASSWORD)
    for _ in range(5):
        with refused("NotAuthorizedException", WRONG):
            respond(idp, at, "PASSWORD_VERIFIER", **wrong.responses(srp_begin(idp, at, wrong)))
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        respond(idp, at, "PASSWORD_VERIFIER", **right.responses(srp_begin(idp, at, right)))
    running.world.clock.advance(1)
    respond(idp, at, "PASSWORD_VERIFIER", **right.responses(srp_begin(idp, at, right)))


# --- secret hash -----------------------------------------------------------------------------------------

SECRET = {"GenerateSecret": True}


def test_secret_hash_at_every_step(running: Running, idp: Any) -> None:
    at = setup(running, SECRET)
    user(running, at.pool)
    sign_in(idp, at)
    client = SrpClient(at.pool, PASSWORD)
    hashed = at.hashed("ann")
    parameters = srp_begin(idp, at, client, **hashed)
    responses = client.responses(parameters)
    missing = f"Client {at.client} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", missing):
        respond(idp, at, "PASSWORD_VERIFIER", **responses)
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {at.client}"):
        respond(idp, at, "PASSWORD_VERIFIER", **responses, SECRET_HASH="AAAA")
    assert "AuthenticationResult" in respond(idp, at, "PASSWORD_VERIFIER", **responses, **hashed)


def test_secret_hash_missing_wrong_or_needless(running: Running, idp: Any) -> None:
    at = setup(running, SECRET)
    user(running, at.pool)
    # Checked before the user is looked up.
    for name in ("ann", "nobody"):
        with refused(
            "NotAuthorizedException", f"Client {at.client} is configured with secret but SECRET_HASH was not received"
        ):
            begin(idp, at, USERNAME=name, PASSWORD=PASSWORD)
        with refused("NotAuthorizedException", f"Unable to verify secret hash for client {at.client}"):
            begin(idp, at, USERNAME=name, PASSWORD=PASSWORD, **at.hashed("bob"))
    public = setup(running)
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {public.client}"):
        begin(idp, public, USERNAME="ann", PASSWORD=PASSWORD, SECRET_HASH="AAAA")


@pytest.mark.parametrize("typed", ["ann", "ann@example.com"])
def test_secret_hash_of_any_name_of_the_user(running: Running, idp: Any, typed: str) -> None:
    """Developer guide, "Computing secret hash values"."""
    at = setup(running, SECRET, AliasAttributes=["email", "preferred_username"])
    sub = user(running, at.pool, email="ann@example.com", email_verified="true", phone_number="+15551234567")
    user(running, at.pool, "bob", email="bob@example.com", email_verified="true")
    for name in ("ann", "ann@example.com", sub):
        assert "AuthenticationResult" in begin(idp, at, USERNAME=typed, PASSWORD=PASSWORD, **at.hashed(name))
        client = SrpClient(at.pool, PASSWORD)
        responses = client.responses(srp_begin(idp, at, client, typed, **at.hashed(name)))
        assert "AuthenticationResult" in respond(idp, at, "PASSWORD_VERIFIER", **responses, **at.hashed(name))
    for name in ("bob", "bob@example.com", "+15551234567", ""):  # the phone number is no sign-in name here
        with refused("NotAuthorizedException", f"Unable to verify secret hash for client {at.client}"):
            begin(idp, at, USERNAME=typed, PASSWORD=PASSWORD, **at.hashed(name))


def test_secret_hash_of_the_real_name_after_an_alias(running: Running, idp: Any) -> None:
    at = setup(running, SECRET, UsernameAttributes=["email"])
    sub = user(running, at.pool, "ann@example.com")
    client = SrpClient(at.pool, PASSWORD)
    for name in (sub, "ann@example.com"):
        parameters = srp_begin(idp, at, client, "ann@example.com", **at.hashed("ann@example.com"))
        responses = client.responses(parameters) | at.hashed(name)
        if name == "ann@example.com":
            responses["USERNAME"] = name
        assert "AuthenticationResult" in respond(idp, at, "PASSWORD_VERIFIER", **responses)
