"""ConfirmSignUp, ResendConfirmationCode and AdminConfirmSignUp."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.world import World
from tests.helpers.build import SMS, Setup, refused, setup, sign_in, user, without_sms
from tests.helpers.harness import Running
from tests.helpers.sign_up import EMAIL, NO_SMS, PHONE, sign_up, status, stored

WRONG = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
NOT_FOUND = ("UserNotFoundException", "Username/client id combination not found.")
DISABLED = ("NotAuthorizedException", "User is disabled.")
HIDING = {"PreventUserExistenceErrors": "ENABLED"}
HOUR = 3600


def code(world: World) -> str:
    return str(world.outbox.all()[-1].code)


def wrong(world: World) -> str:
    return f"{(int(code(world)) + 1) % 1_000_000:06}"


def confirm(idp: Any, made: Setup, typed: str, username: str = "ann", **members: Any) -> None:
    idp.confirm_sign_up(ClientId=made.client, Username=username, ConfirmationCode=typed, **members)


def resend(idp: Any, made: Setup, username: str = "ann") -> dict[str, str]:
    answer = idp.resend_confirmation_code(ClientId=made.client, Username=username)
    details: dict[str, str] = answer["CodeDeliveryDetails"]
    return details


@pytest.fixture
def made(running: Running, idp: Any) -> Setup:
    """A pool that verifies e-mail addresses, with ann signed up."""
    made = setup(running, AutoVerifiedAttributes=["email"])
    sign_up(idp, made, **EMAIL)
    return made


def hiding(running: Running, **pool: Any) -> Setup:
    return setup(running, HIDING, **{"AutoVerifiedAttributes": ["email"], **pool})


def test_the_code_confirms_and_verifies(idp: Any, world: World, made: Setup) -> None:
    world.clock.advance(60)
    with refused("UserNotConfirmedException"):
        sign_in(idp, made)
    confirm(idp, made, code(world))
    assert status(idp, made) == "CONFIRMED"
    assert stored(idp, made)["email_verified"] == "true"
    found = idp.admin_get_user(UserPoolId=made.pool, Username="ann")
    assert (found["UserLastModifiedDate"] - found["UserCreateDate"]).total_seconds() >= 60
    sign_in(idp, made)


def test_only_the_address_of_the_code_is_verified(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AutoVerifiedAttributes=["email", "phone_number"], SmsConfiguration=SMS)
    sign_up(idp, made, **EMAIL, **PHONE)
    confirm(idp, made, code(world))
    found = stored(idp, made)
    assert (found["phone_number_verified"], found["email_verified"]) == ("true", "false")


def test_a_wrong_code(idp: Any, world: World, made: Setup) -> None:
    with refused(*WRONG):
        confirm(idp, made, wrong(world))
    assert status(idp, made) == "UNCONFIRMED"
    confirm(idp, made, code(world))


def test_a_code_lives_for_a_day(idp: Any, world: World, made: Setup) -> None:
    world.clock.advance(24 * HOUR)
    with refused(*EXPIRED):
        confirm(idp, made, code(world))
    resend(idp, made)
    world.clock.advance(24 * HOUR - 5)
    confirm(idp, made, code(world))


def test_a_code_that_was_never_sent(running: Running, idp: Any) -> None:
    made = setup(running)
    sign_up(idp, made)
    with refused(*EXPIRED):
        confirm(idp, made, "123456")


def test_fifteen_wrong_codes_an_hour(idp: Any, world: World, made: Setup) -> None:
    for _ in range(15):
        with refused(*WRONG):
            confirm(idp, made, wrong(world))
    with refused(*LIMIT):
        confirm(idp, made, code(world))
    resend(idp, made)
    with refused(*LIMIT):  # a new code is no way around it
        confirm(idp, made, code(world))
    world.clock.advance(HOUR)
    confirm(idp, made, code(world))


@pytest.mark.parametrize("value", ["CONFIRMED", "FORCE_CHANGE_PASSWORD"])
def test_who_is_not_unconfirmed_is_told_before_the_code_is_looked_at(running: Running, idp: Any, value: str) -> None:
    made = setup(running)
    user(running, made.pool, permanent=value == "CONFIRMED")
    text = f"User cannot be confirmed. Current status is {value}"
    with refused("NotAuthorizedException", text):
        confirm(idp, made, "wrong")
    with refused("NotAuthorizedException", text):
        idp.admin_confirm_sign_up(UserPoolId=made.pool, Username="ann")


def test_an_address_that_has_changed_since_is_not_proved(idp: Any, world: World, made: Setup) -> None:
    other = [{"Name": "email", "Value": "victim@example.com"}, {"Name": "email_verified", "Value": "false"}]
    sent = code(world)
    idp.admin_update_user_attributes(UserPoolId=made.pool, Username="ann", UserAttributes=other)
    with refused(*EXPIRED):
        confirm(idp, made, sent)


def test_confirming_who_is_unknown_or_disabled(running: Running, idp: Any, world: World, made: Setup) -> None:
    with refused(*NOT_FOUND):
        confirm(idp, made, "1", "nobody")
    idp.admin_disable_user(UserPoolId=made.pool, Username="ann")
    with refused(*DISABLED):
        confirm(idp, made, code(world))
    hidden = hiding(running)
    sign_up(idp, hidden, **EMAIL)
    idp.admin_disable_user(UserPoolId=hidden.pool, Username="ann")
    for username in ("nobody", "ann"):
        with refused(*EXPIRED):
            confirm(idp, hidden, code(world), username)


def test_a_session_of_nobody(idp: Any, world: World, made: Setup) -> None:
    with refused("NotAuthorizedException", "Invalid session for the user."):
        confirm(idp, made, code(world), Session="x" * 20)
    assert status(idp, made) == "UNCONFIRMED"


# --- aliases -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("attribute", "value"), [("email", "ann@example.com"), ("phone_number", "+15551234567")])
def test_an_alias_moves_only_by_force(running: Running, idp: Any, world: World, attribute: str, value: str) -> None:
    made = setup(running, AliasAttributes=[attribute], AutoVerifiedAttributes=[attribute], SmsConfiguration=SMS)
    owned: dict[str, Any] = {attribute: value, f"{attribute}_verified": "true"}
    user(running, made.pool, "bob", **owned)
    sign_up(idp, made, **{attribute: value})
    sent = code(world)
    with refused("AliasExistsException", f"An account with the {attribute} already exists."):
        confirm(idp, made, sent)
    with refused("AliasExistsException"):
        confirm(idp, made, sent, ForceAliasCreation=False)
    assert status(idp, made, "ann") == "UNCONFIRMED"
    confirm(idp, made, sent, ForceAliasCreation=True)
    assert stored(idp, made, "bob")[f"{attribute}_verified"] == "false"
    assert stored(idp, made, "ann")[f"{attribute}_verified"] == "true"
    assert idp.admin_get_user(UserPoolId=made.pool, Username=value)["Username"] == "ann"
    sign_in(idp, made, value)


def test_force_needs_the_right_code_too(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    user(running, made.pool, "bob", **EMAIL, email_verified="true")
    sign_up(idp, made, **EMAIL)
    with refused(*WRONG):
        confirm(idp, made, wrong(world), ForceAliasCreation=True)
    assert stored(idp, made, "bob")["email_verified"] == "true"


# --- another code --------------------------------------------------------------------------------------


def test_the_newest_code_alone_is_good(idp: Any, world: World, made: Setup) -> None:
    old = code(world)
    assert resend(idp, made) == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    sent = world.outbox.all()[-1]
    assert (sent.purpose, sent.to) == ("resend", "ann@example.com")
    if old != sent.code:
        with refused(*WRONG):
            confirm(idp, made, old)
    confirm(idp, made, code(world))


def test_five_codes_an_hour_beside_the_first(idp: Any, world: World, made: Setup) -> None:
    for _ in range(5):
        resend(idp, made)
    with refused(*LIMIT):
        resend(idp, made)
    assert len(world.outbox.all()) == 6
    world.clock.advance(HOUR)
    resend(idp, made)


def test_no_code_without_auto_verification(running: Running, idp: Any) -> None:
    made = setup(running)
    sign_up(idp, made, **EMAIL)
    with refused("NotAuthorizedException", "Cannot resend codes. Auto verification not turned on."):
        resend(idp, made)


def test_no_code_without_an_address(running: Running, idp: Any) -> None:
    made = setup(running, AutoVerifiedAttributes=["email"])
    sign_up(idp, made)
    with refused("InvalidParameterException", "User does not have a valid registered email address"):
        resend(idp, made)


def test_no_code_that_cannot_be_sent(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS)
    without_sms(running, made.pool)
    sign_up(idp, made)
    attributes = [{"Name": name, "Value": value} for name, value in PHONE.items()]
    attributes.append({"Name": "phone_number_verified", "Value": "true"})
    idp.admin_update_user_attributes(UserPoolId=made.pool, Username="ann", UserAttributes=attributes)
    with refused("InvalidParameterException", NO_SMS):
        resend(idp, made)
    assert world.outbox.all() == []
    assert len(world.store.codes) == 0


def test_no_code_for_who_is_confirmed_unknown_or_disabled(idp: Any, world: World, made: Setup) -> None:
    with refused(*NOT_FOUND):
        resend(idp, made, "nobody")
    idp.admin_disable_user(UserPoolId=made.pool, Username="ann")
    with refused(*DISABLED):
        resend(idp, made)
    idp.admin_enable_user(UserPoolId=made.pool, Username="ann")
    confirm(idp, made, code(world))
    with refused("InvalidParameterException", "User is already confirmed."):
        resend(idp, made)


def test_hidden_users_get_an_answer_and_no_message(running: Running, idp: Any, world: World) -> None:
    made = hiding(running)
    user(running, made.pool, "done", **EMAIL, email_verified="true")
    sign_up(idp, made, "off", **EMAIL)
    idp.admin_disable_user(UserPoolId=made.pool, Username="off")
    world.outbox.clear()
    details = {"Destination": "d***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    assert resend(idp, made, "done") == details
    assert resend(idp, made, "off")["Destination"] == "o***@f***"
    assert resend(idp, made, "nobody") == resend(idp, made, "nobody")
    assert world.outbox.all() == []


# --- by an administrator -------------------------------------------------------------------------------


def test_an_administrator_confirms_without_verifying(idp: Any, world: World, made: Setup) -> None:
    idp.admin_confirm_sign_up(UserPoolId=made.pool, Username="ann")
    assert status(idp, made) == "CONFIRMED"
    assert stored(idp, made)["email_verified"] == "false"
    sign_in(idp, made)
    with refused("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED"):
        confirm(idp, made, code(world))


def test_an_administrator_names_who_and_where(running: Running, idp: Any, made: Setup) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_confirm_sign_up(UserPoolId=made.pool, Username="nobody")
    with refused("ResourceNotFoundException", "User pool us-east-1_none does not exist."):
        idp.admin_confirm_sign_up(UserPoolId="us-east-1_none", Username="ann")
    idp.admin_confirm_sign_up(UserPoolId=made.pool, Username=stored(idp, made)["sub"])
    assert status(idp, made) == "CONFIRMED"
