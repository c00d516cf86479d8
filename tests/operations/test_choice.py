"""USER_AUTH: which first factors are offered, and how each begins a sign-in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, SrpClient, give_totp, refused, setup, user
from tests.helpers.choice import CODES, HIDING, choose, last_code, offered, policies, signed_in, with_choice
from tests.helpers.harness import Running
from tests.helpers.sign_in import begin, respond

WRONG = "Incorrect username or password."
WRONG_CODE = "Invalid code or auth state for the user."
INVALID = "Invalid session for the user."
USED = "Invalid session for the user, session can only be used once."
ALL = [*CODES, "PASSWORD_SRP", "PASSWORD"]
ADDRESSES: dict[str, Any] = {"email": "ann@example.com", "phone_number": "+15551234567"}


# --- what is offered -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factors", "attributes", "expected"),
    [
        (("PASSWORD", *CODES), ADDRESSES, ALL),
        (("PASSWORD", *CODES), {}, ["PASSWORD_SRP", "PASSWORD"]),
        (("PASSWORD", *CODES), {"email": "ann@example.com"}, ["EMAIL_OTP", "PASSWORD_SRP", "PASSWORD"]),
        (("PASSWORD", "SMS_OTP"), ADDRESSES, ["SMS_OTP", "PASSWORD_SRP", "PASSWORD"]),
        (("PASSWORD",), ADDRESSES, ["PASSWORD_SRP", "PASSWORD"]),
        (("EMAIL_OTP",), ADDRESSES, ["EMAIL_OTP"]),
        (("PASSWORD", "WEB_AUTHN"), {}, ["PASSWORD_SRP", "PASSWORD"]),
    ],
)
def test_offered(running: Running, idp: Any, factors: Any, attributes: Any, expected: list[str]) -> None:
    at = with_choice(running, *factors)
    user(running, at.pool, **attributes)
    answer = choose(idp, at)
    assert offered(answer) == expected
    assert answer["ChallengeParameters"] == {}
    # What is preferred and not available is no error.
    for preferred in {"EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "NONSENSE"} - set(expected):
        assert offered(choose(idp, at, PREFERRED_CHALLENGE=preferred)) == expected


def test_a_temporary_password_is_to_be_replaced_first(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool, permanent=False, **ADDRESSES)
    session = choose(idp, at)
    assert offered(session) == ["PASSWORD_SRP", "PASSWORD"]
    answer = respond(idp, at, "PASSWORD", session["Session"], USERNAME="ann", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_text_messages_need_a_configuration(running: Running, idp: Any) -> None:
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}
    at = setup(running, flows, Policies=policies("PASSWORD", "SMS_OTP"))
    user(running, at.pool, **ADDRESSES)
    assert offered(choose(idp, at)) == ["PASSWORD_SRP", "PASSWORD"]


def test_who_has_mfa_begins_with_a_password(running: Running, idp: Any) -> None:
    at = with_choice(running)
    totp = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="OPTIONAL", **totp)
    user(running, at.pool, **ADDRESSES)
    assert offered(choose(idp, at)) == ALL
    session = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    code = last_code(running)
    give_totp(running, idp, at)
    assert offered(choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")) == ["PASSWORD_SRP", "PASSWORD"]
    with refused("NotAuthorizedException", INVALID):
        respond(idp, at, "EMAIL_OTP", session, USERNAME="ann", EMAIL_OTP_CODE=code)
    answer = choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration="OFF")
    assert offered(choose(idp, at)) == ALL


def test_codes_and_required_mfa_exclude_each_other(running: Running, idp: Any) -> None:
    text = "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled"
    totp = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    pool = with_choice(running).pool
    with refused("InvalidParameterException", text):
        idp.set_user_pool_mfa_config(UserPoolId=pool, **totp)
    assert idp.get_user_pool_mfa_config(UserPoolId=pool)["MfaConfiguration"] == "OFF"
    pool = with_choice(running, "PASSWORD").pool
    idp.set_user_pool_mfa_config(UserPoolId=pool, **totp)
    with refused("InvalidParameterException", text):
        idp.update_user_pool(UserPoolId=pool, Policies=policies("PASSWORD", "EMAIL_OTP"), MfaConfiguration="ON")


def test_codes_need_a_higher_tier(idp: Any) -> None:
    text = "The following features need to be disabled for the LITE pricing tier configured: Passwordless Sign-In"
    with refused("FeatureUnavailableInTierException", text):
        idp.create_user_pool(PoolName="p", UserPoolTier="LITE", Policies=policies("PASSWORD", "EMAIL_OTP"))


def test_a_pool_that_went_to_a_lower_tier(running: Running, idp: Any) -> None:
    at = with_choice(running, "PASSWORD")
    user(running, at.pool)
    running.call("UpdateUserPool", UserPoolId=at.pool, UserPoolTier="LITE", Policies=policies("PASSWORD"))
    text = "The following features need to be disabled for the LITE pricing tier configured: Choice-Based Sign-In"
    with refused("FeatureUnavailableInTierException", text):
        choose(idp, at)


def test_the_client_must_have_the_flow(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    with refused("InvalidParameterException", "USER_AUTH is not enabled for the client."):
        choose(idp, at)


# --- passwords -------------------------------------------------------------------------------------------


def test_a_password_at_once(running: Running, idp: Any) -> None:
    at = with_choice(running, "PASSWORD")
    user(running, at.pool)
    assert signed_in(choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD))
    with refused("NotAuthorizedException", WRONG):
        choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD="Wrong-horse-7")
    for preferred, missing in (("PASSWORD", "PASSWORD"), ("PASSWORD_SRP", "SRP_A")):
        with refused("InvalidParameterException", f"Missing required parameter {missing}"):
            choose(idp, at, PREFERRED_CHALLENGE=preferred)
    with refused("InvalidParameterException", "Missing required parameter USERNAME"):
        begin(idp, at, "USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)


def test_a_password_with_the_choice_and_after_it(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool)
    session = choose(idp, at)["Session"]
    assert signed_in(
        respond(idp, at, "SELECT_CHALLENGE", session, USERNAME="ann", ANSWER="PASSWORD", PASSWORD=PASSWORD)
    )
    session = choose(idp, at)["Session"]
    answer = respond(idp, at, "SELECT_CHALLENGE", session, USERNAME="ann", ANSWER="PASSWORD")
    assert (answer["ChallengeName"], answer["ChallengeParameters"]) == ("PASSWORD", {})
    with refused("InvalidParameterException", "Missing required parameter PASSWORD"):
        respond(idp, at, "PASSWORD", answer["Session"], USERNAME="ann")
    assert signed_in(respond(idp, at, "PASSWORD", answer["Session"], USERNAME="ann", PASSWORD=PASSWORD))
    with refused("NotAuthorizedException", USED):
        respond(idp, at, "PASSWORD", answer["Session"], USERNAME="ann", PASSWORD=PASSWORD)


def test_one_password_for_one_session(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool)
    session = choose(idp, at)["Session"]
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD", session, USERNAME="ann", PASSWORD="Wrong-horse-7")
    with refused("NotAuthorizedException", USED):
        respond(idp, at, "PASSWORD", session, USERNAME="ann", PASSWORD=PASSWORD)


@pytest.mark.parametrize("username", ["ann", "nobody"])
def test_a_bad_srp_a_leaves_the_session(running: Running, idp: Any, username: str) -> None:
    at = with_choice(running, client={"PreventUserExistenceErrors": "ENABLED"})
    user(running, at.pool)
    session = choose(idp, at, username)["Session"]
    given = {"USERNAME": username, "ANSWER": "PASSWORD_SRP"}
    with refused("InvalidParameterException"):
        respond(idp, at, "SELECT_CHALLENGE", session, **given, SRP_A="no number")
    answer = respond(idp, at, "SELECT_CHALLENGE", session, **given, SRP_A=SrpClient(at.pool, PASSWORD).public)
    assert answer["ChallengeName"] == "PASSWORD_VERIFIER"


@pytest.mark.parametrize("way", ["at once", "with the choice", "after it", "instead of it"])
def test_srp(running: Running, idp: Any, way: str) -> None:
    at = with_choice(running)
    user(running, at.pool)
    client = SrpClient(at.pool, PASSWORD)
    srp_a = {"SRP_A": client.public}
    if way == "at once":
        answer = choose(idp, at, PREFERRED_CHALLENGE="PASSWORD_SRP", **srp_a)
    else:
        session = choose(idp, at)["Session"]
        if way == "after it":
            chosen = respond(idp, at, "SELECT_CHALLENGE", session, USERNAME="ann", ANSWER="PASSWORD_SRP")
            assert chosen["ChallengeName"] == "PASSWORD_SRP"
            session = chosen["Session"]
        if way == "with the choice":
            answer = respond(idp, at, "SELECT_CHALLENGE", session, USERNAME="ann", ANSWER="PASSWORD_SRP", **srp_a)
        else:
            answer = respond(idp, at, "PASSWORD_SRP", session, USERNAME="ann", **srp_a)
        with refused("NotAuthorizedException", USED):
            respond(idp, at, "PASSWORD_SRP", session, USERNAME="ann", **srp_a)
    assert answer["ChallengeName"] == "PASSWORD_VERIFIER"
    responses = client.responses(answer["ChallengeParameters"])
    with refused("InvalidParameterException", "Missing required parameter Session"):
        respond(idp, at, "PASSWORD_VERIFIER", **responses)
    other = choose(idp, at)["Session"]
    with refused("NotAuthorizedException", INVALID):
        respond(idp, at, "PASSWORD_VERIFIER", other, **responses)
    assert signed_in(respond(idp, at, "PASSWORD_VERIFIER", answer["Session"], **responses))


def test_srp_with_a_wrong_password(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool)
    client = SrpClient(at.pool, "Wrong-horse-7")
    answer = choose(idp, at, PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=client.public)
    responses = client.responses(answer["ChallengeParameters"])
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", answer["Session"], **responses)
    text = "1 validation error detected: Value 'zzz' at 'sRPA' failed to satisfy constraint: "
    pattern = "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$"
    with refused("InvalidParameterException", text + pattern):
        choose(idp, at, PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A="zzz")


# --- codes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("challenge", "medium", "masked", "attribute"),
    [("EMAIL_OTP", "EMAIL", "a***@e***", "email"), ("SMS_OTP", "SMS", "+*******4567", "phone_number")],
)
def test_a_code(running: Running, idp: Any, challenge: str, medium: str, masked: str, attribute: str) -> None:
    at = with_choice(running)
    user(running, at.pool, **ADDRESSES)
    for session in (None, choose(idp, at)["Session"]):
        if session is None:
            answer = choose(idp, at, PREFERRED_CHALLENGE=challenge)
        else:
            answer = respond(idp, at, "SELECT_CHALLENGE", session, USERNAME="ann", ANSWER=challenge)
        assert answer["ChallengeName"] == challenge
        assert answer["AvailableChallenges"] == ALL
        assert answer["ChallengeParameters"] == {
            "CODE_DELIVERY_DELIVERY_MEDIUM": medium,
            "CODE_DELIVERY_DESTINATION": masked,
        }
        sent = running.world.outbox.all()[-1]
        assert (sent.channel, sent.to, sent.purpose) == (medium, ADDRESSES[attribute], "otp")
        assert len(sent.code or "") == 8
        assert sent.body == f"Your authentication code is {sent.code}. "
        key = f"{challenge}_CODE"
        with refused("InvalidParameterException", f"Missing required parameter {key}"):
            respond(idp, at, challenge, answer["Session"], USERNAME="ann")
        with refused("CodeMismatchException", WRONG_CODE):
            respond(idp, at, challenge, answer["Session"], USERNAME="ann", **{key: "00"})
        assert signed_in(respond(idp, at, challenge, answer["Session"], USERNAME="ann", **{key: sent.code}))
        with refused("NotAuthorizedException", USED):
            respond(idp, at, challenge, answer["Session"], USERNAME="ann", **{key: sent.code})
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserAttributes"]
    assert {"Name": f"{attribute}_verified", "Value": "true"} in found


def test_a_code_belongs_to_its_session_and_address(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool, **ADDRESSES)
    first = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    code = last_code(running)
    second = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    with refused("CodeMismatchException", WRONG_CODE):
        respond(idp, at, "EMAIL_OTP", second, USERNAME="ann", EMAIL_OTP_CODE=code)
    running.call(
        "AdminUpdateUserAttributes",
        UserPoolId=at.pool,
        Username="ann",
        UserAttributes=[{"Name": "email", "Value": "eve@example.com"}],
    )
    with refused("CodeMismatchException", WRONG_CODE):
        respond(idp, at, "EMAIL_OTP", first, USERNAME="ann", EMAIL_OTP_CODE=code)


def test_codes_cannot_be_guessed_for_ever(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool, **ADDRESSES)
    session = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    for _ in range(5):
        with refused("CodeMismatchException", WRONG_CODE):
            respond(idp, at, "EMAIL_OTP", session, USERNAME="ann", EMAIL_OTP_CODE="0")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        respond(idp, at, "EMAIL_OTP", session, USERNAME="ann", EMAIL_OTP_CODE=last_code(running))


def test_an_unavailable_choice(running: Running, idp: Any) -> None:
    at = with_choice(running, "PASSWORD", "EMAIL_OTP")
    user(running, at.pool, **ADDRESSES)
    session = choose(idp, at)["Session"]
    for answer in ("SMS_OTP", "WEB_AUTHN", "NONSENSE"):
        with refused("InvalidParameterException", "Selected challenge is not available"):
            respond(idp, at, "SELECT_CHALLENGE", session, USERNAME="ann", ANSWER=answer)
    with refused("InvalidParameterException", "Missing required parameter ANSWER"):
        respond(idp, at, "SELECT_CHALLENGE", session, USERNAME="ann")
    with refused("NotAuthorizedException", INVALID):
        respond(idp, at, "EMAIL_OTP", session, USERNAME="ann", EMAIL_OTP_CODE="1")


# --- users without a password ----------------------------------------------------------------------------


def sign_up(idp: Any, at: Setup, username: str = "ann", **members: Any) -> Any:
    attributes = [{"Name": "email", "Value": "ann@example.com"}]
    return idp.sign_up(ClientId=at.client, Username=username, UserAttributes=attributes, **members)


def test_sign_up_without_a_password(running: Running, idp: Any) -> None:
    at = with_choice(running, AutoVerifiedAttributes=["email"])
    sign_up(idp, at)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    assert offered(choose(idp, at)) == ["EMAIL_OTP"]
    answer = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")
    done = respond(idp, at, "EMAIL_OTP", answer["Session"], USERNAME="ann", EMAIL_OTP_CODE=last_code(running))
    assert signed_in(done)
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert found["UserStatus"] == "CONFIRMED"
    assert {"Name": "email_verified", "Value": "true"} in found["UserAttributes"]
    token = done["AuthenticationResult"]["AccessToken"]
    assert idp.get_user_auth_factors(AccessToken=token)["ConfiguredUserAuthFactors"] == ["EMAIL_OTP"]
    idp.change_password(AccessToken=token, ProposedPassword=PASSWORD)
    assert signed_in(choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD))


@pytest.mark.parametrize(
    ("factors", "pool", "flows"),
    [
        (("PASSWORD",), {"AutoVerifiedAttributes": ["email"]}, ["ALLOW_USER_AUTH"]),
        (("PASSWORD", "SMS_OTP"), {"AutoVerifiedAttributes": ["email"]}, ["ALLOW_USER_AUTH"]),
        (("PASSWORD", "EMAIL_OTP"), {}, ["ALLOW_USER_AUTH"]),
        (("PASSWORD", "EMAIL_OTP"), {"AutoVerifiedAttributes": ["email"]}, ["ALLOW_USER_SRP_AUTH"]),
    ],
)
def test_sign_up_that_needs_a_password(running: Running, idp: Any, factors: Any, pool: Any, flows: Any) -> None:
    at = with_choice(running, *factors, client={"ExplicitAuthFlows": flows}, **pool)
    with refused("InvalidParameterException", "Password not provided"):
        sign_up(idp, at)
    with refused("UserNotFoundException"):
        idp.admin_get_user(UserPoolId=at.pool, Username="ann")


def test_a_user_made_without_a_password(running: Running, idp: Any) -> None:
    at = with_choice(running, Schema=[{"Name": "email", "Required": True}])
    made: dict[str, Any] = {"UserPoolId": at.pool, "Username": "ann"}
    with refused("InvalidParameterException"):
        idp.admin_create_user(**made)
    attributes = [{"Name": "email", "Value": "ann@example.com"}]
    found = idp.admin_create_user(**made, UserAttributes=attributes, DesiredDeliveryMediums=["EMAIL"])["User"]
    assert found["UserStatus"] == "CONFIRMED"
    assert running.world.outbox.all()[-1].body == "Your username is ann."
    assert offered(choose(idp, at)) == ["EMAIL_OTP"]
    with refused("UnsupportedUserStateException"):
        idp.admin_create_user(UserPoolId=at.pool, Username="ann", MessageAction="RESEND")


def test_a_user_who_can_begin_with_nothing(running: Running, idp: Any) -> None:
    at = with_choice(running)
    mail = [{"Name": "email", "Value": "ann@example.com"}]
    running.call("AdminCreateUser", UserPoolId=at.pool, Username="ann", MessageAction="SUPPRESS", UserAttributes=mail)
    idp.admin_delete_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributeNames=["email"])
    with refused("NotAuthorizedException", WRONG):
        choose(idp, at)


def test_a_reset_password_bars_codes_too(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool, **ADDRESSES, email_verified="true")
    session = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    code = last_code(running)
    idp.admin_reset_user_password(UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", INVALID):
        respond(idp, at, "EMAIL_OTP", session, USERNAME="ann", EMAIL_OTP_CODE=code)
    assert offered(choose(idp, at)) == ["PASSWORD_SRP", "PASSWORD"]
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)


def test_a_disabled_user(running: Running, idp: Any) -> None:
    at = with_choice(running)
    user(running, at.pool, **ADDRESSES)
    session = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    idp.admin_disable_user(UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        choose(idp, at)
    with refused("NotAuthorizedException", "User is disabled."):
        respond(idp, at, "EMAIL_OTP", session, USERNAME="ann", EMAIL_OTP_CODE=last_code(running))


# --- straight from the sign-up ---------------------------------------------------------------------------


def confirmed(running: Running, idp: Any, at: Setup, session: str | None) -> Any:
    members = {"Session": session} if session else {}
    return idp.confirm_sign_up(ClientId=at.client, Username="ann", ConfirmationCode=last_code(running), **members)


def finish(idp: Any, at: Setup, session: str, **parameters: str) -> Any:
    return idp.initiate_auth(ClientId=at.client, AuthFlow="USER_AUTH", AuthParameters=parameters, Session=session)


@pytest.mark.parametrize("password", [{}, {"Password": PASSWORD}])
def test_straight_from_the_sign_up(running: Running, idp: Any, password: dict[str, str]) -> None:
    at = with_choice(running, AutoVerifiedAttributes=["email"])
    first = sign_up(idp, at, **password)["Session"]
    second = confirmed(running, idp, at, first)["Session"]
    assert second != first
    assert signed_in(finish(idp, at, second, USERNAME="ann"))
    for session in (first, second):
        with refused("NotAuthorizedException", USED):
            finish(idp, at, session, USERNAME="ann")


def test_by_an_administrator_and_without_a_name(running: Running, idp: Any) -> None:
    at = with_choice(running, AutoVerifiedAttributes=["email"], client={"GenerateSecret": True})
    hashed = {"SecretHash": at.hashed("ann")["SECRET_HASH"]}
    first = sign_up(idp, at, **hashed)["Session"]
    members = {"ClientId": at.client, "Username": "ann", **hashed}
    second = idp.confirm_sign_up(**members, ConfirmationCode=last_code(running), Session=first)["Session"]
    wrong = f"Client {at.client} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", wrong):
        finish(idp, at, second)
    admin = {"UserPoolId": at.pool, "ClientId": at.client, "AuthFlow": "USER_AUTH", "Session": second}
    assert signed_in(idp.admin_initiate_auth(**admin, AuthParameters=at.hashed("ann")))


@pytest.mark.parametrize("given", [{"USERNAME": "bob"}, {"USERNAME": "nobody"}, {"PREFERRED_CHALLENGE": "PASSWORD"}])
def test_the_other_parameters_do_not_matter(running: Running, idp: Any, given: dict[str, str]) -> None:
    """Who signs in is in the Session (developer guide)."""
    at = with_choice(running, AutoVerifiedAttributes=["email"])
    user(running, at.pool, "bob", **ADDRESSES)
    first = sign_up(idp, at)["Session"]
    second = confirmed(running, idp, at, first)["Session"]
    token = finish(idp, at, second, **given)["AuthenticationResult"]["AccessToken"]
    assert idp.get_user(AccessToken=token)["Username"] == "ann"


def test_the_first_session_may_be_left_out(running: Running, idp: Any) -> None:
    at = with_choice(running, AutoVerifiedAttributes=["email"])
    sign_up(idp, at)
    assert signed_in(finish(idp, at, confirmed(running, idp, at, None)["Session"], USERNAME="ann"))


@pytest.mark.parametrize(
    ("factors", "flows"),
    [(("PASSWORD",), ["ALLOW_USER_AUTH"]), (("PASSWORD", "EMAIL_OTP"), ["ALLOW_USER_SRP_AUTH"])],
)
def test_no_session_where_the_code_is_no_first_factor(running: Running, idp: Any, factors: Any, flows: Any) -> None:
    at = with_choice(running, *factors, client={"ExplicitAuthFlows": flows}, AutoVerifiedAttributes=["email"])
    assert "Session" not in sign_up(idp, at, Password=PASSWORD)
    assert "Session" not in confirmed(running, idp, at, None)


def test_sessions_of_a_sign_up_that_do_not_fit(running: Running, idp: Any) -> None:
    at = with_choice(running, AutoVerifiedAttributes=["email"])
    first = sign_up(idp, at, Password=PASSWORD)["Session"]
    code = last_code(running)
    other = sign_up(idp, at, "bob", Password=PASSWORD)["Session"]
    flows = {"ClientName": "o", "ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, **flows)["UserPoolClient"]
    elsewhere = Setup(at.pool, made["ClientId"])
    members = {"ClientId": at.client, "Username": "ann", "ConfirmationCode": code}
    with refused("NotAuthorizedException", INVALID):
        idp.confirm_sign_up(**members, Session=other)
    with refused("NotAuthorizedException", INVALID):
        finish(idp, at, first, USERNAME="ann")  # not confirmed yet
    second = idp.confirm_sign_up(**members, Session=first)["Session"]
    with refused("NotAuthorizedException", INVALID):
        finish(idp, elsewhere, second, USERNAME="ann")
    with refused("NotAuthorizedException", INVALID):
        respond(idp, at, "EMAIL_OTP", second, USERNAME="ann", EMAIL_OTP_CODE=code)
    with refused("InvalidParameterException", "Session can only be used with USER_AUTH."):
        idp.initiate_auth(
            ClientId=at.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
            Session=second,
        )
    running.world.clock.advance(181)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        finish(idp, at, second, USERNAME="ann")


@pytest.mark.parametrize("change", ["signed in before", "another address", "disabled"])
def test_only_for_the_first_sign_in(running: Running, idp: Any, change: str) -> None:
    at = with_choice(running, AutoVerifiedAttributes=["email"])
    session = confirmed(running, idp, at, sign_up(idp, at, Password=PASSWORD)["Session"])["Session"]
    admin: dict[str, Any] = {"UserPoolId": at.pool, "Username": "ann"}
    if change == "signed in before":
        choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
    elif change == "another address":
        new = [{"Name": "email", "Value": "eve@example.com"}, {"Name": "email_verified", "Value": "true"}]
        idp.admin_update_user_attributes(**admin, UserAttributes=new)
    else:
        idp.admin_disable_user(**admin)
    with refused("NotAuthorizedException", INVALID):
        finish(idp, at, session, USERNAME="ann")


# --- users who do not exist ------------------------------------------------------------------------------


def test_nobody_is_told(running: Running, idp: Any) -> None:
    at = with_choice(running)
    with refused("UserNotFoundException", "User does not exist."):
        choose(idp, at, "nobody")


@pytest.mark.parametrize("username", [f"nobody{number}" for number in range(12)] + ["no@example.com", "+15550000000"])
def test_nobody_looks_like_somebody(running: Running, idp: Any, username: str) -> None:
    at = with_choice(running, client=HIDING)
    answer = choose(idp, at, username)
    found = offered(answer)
    assert set(found) <= set(ALL)
    assert found
    assert offered(choose(idp, at, username)) == found
    messages = len(running.world.outbox.all())
    for challenge in found:
        session = choose(idp, at, username)["Session"]
        if challenge == "PASSWORD":
            with refused("NotAuthorizedException", WRONG):
                respond(idp, at, "PASSWORD", session, USERNAME=username, PASSWORD=PASSWORD)
            with refused("NotAuthorizedException", USED):
                respond(idp, at, "PASSWORD", session, USERNAME=username, PASSWORD=PASSWORD)
        elif challenge == "PASSWORD_SRP":
            client = SrpClient(at.pool, PASSWORD)
            asked = respond(idp, at, "PASSWORD_SRP", session, USERNAME=username, SRP_A=client.public)
            responses = client.responses(asked["ChallengeParameters"])
            with refused("NotAuthorizedException", WRONG):
                respond(idp, at, "PASSWORD_VERIFIER", asked["Session"], **responses)
        else:
            asked = respond(idp, at, "SELECT_CHALLENGE", session, USERNAME=username, ANSWER=challenge)
            assert asked["ChallengeName"] == challenge
            assert len(asked["ChallengeParameters"]) == 2
            with refused("InvalidParameterException", f"Missing required parameter {challenge}_CODE"):
                respond(idp, at, challenge, asked["Session"], USERNAME=username)
            for code in ("", "00000000", "12345678"):
                if code:
                    with refused("CodeMismatchException", WRONG_CODE):
                        respond(idp, at, challenge, asked["Session"], USERNAME=username, **{f"{challenge}_CODE": code})
    assert len(running.world.outbox.all()) == messages
    assert running.world.store.users.count("pool", at.pool) == 0


def test_a_code_for_an_address_is_promised_to_that_address(running: Running, idp: Any) -> None:
    at = with_choice(running, client=HIDING)
    answer = choose(idp, at, "zoe@example.com", PREFERRED_CHALLENGE="EMAIL_OTP")
    assert answer["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"] == "z***@e***"
    with refused("NotAuthorizedException", INVALID):
        respond(idp, at, "EMAIL_OTP", answer["Session"], USERNAME="yan@example.com", EMAIL_OTP_CODE="1")


def test_a_disabled_user_is_not_hidden(running: Running, idp: Any) -> None:
    at = with_choice(running, client=HIDING)
    user(running, at.pool, **ADDRESSES)
    idp.admin_disable_user(UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        choose(idp, at)
    with refused("NotAuthorizedException", "User is disabled."):
        choose(idp, at, PREFERRED_CHALLENGE="PASSWORD", PASSWORD=PASSWORD)
