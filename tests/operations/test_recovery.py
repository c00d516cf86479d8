"""ForgotPassword and ConfirmForgotPassword."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.domain.users.user import Factors
from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, SMS, Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.recovery import (
    BAD_LOGIN,
    HOUR,
    LIMIT,
    NEW,
    NO_ADDRESS,
    NOT_NOW,
    USED,
    WEAK,
    ann,
    code,
    confirm,
    recovery,
    remembering,
    set_password,
)
from tests.helpers.sign_up import EMAIL, NO_SMS, PHONE, sign_up, status

WRONG = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
NOT_FOUND = ("UserNotFoundException", "Username/client id combination not found.")
HIDING = {"PreventUserExistenceErrors": "ENABLED"}


@pytest.fixture
def made(running: Running) -> Setup:
    """A pool with ann, who has a verified e-mail address."""
    return ann(running, setup(running), EMAIL)


def wrong(world: World) -> str:
    return f"{(int(code(world)) + 1) % 1_000_000:06}"


def forgot(idp: Any, made: Setup, username: str = "ann") -> dict[str, str]:
    details: dict[str, str] = idp.forgot_password(ClientId=made.client, Username=username)["CodeDeliveryDetails"]
    return details


# --- ForgotPassword ------------------------------------------------------------------------------------


def test_a_code_buys_a_new_password(idp: Any, world: World, made: Setup) -> None:
    assert forgot(idp, made) == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    (sent,) = world.outbox.all()
    assert (sent.purpose, sent.to, sent.user) == ("recovery", "ann@example.com", "ann")
    assert sent.body == f"Your verification code is {sent.code}. "
    assert status(idp, made) == "CONFIRMED"
    sign_in(idp, made)  # nothing changes before the code is used
    confirm(idp, made, code(world))
    with refused(*BAD_LOGIN):
        sign_in(idp, made)
    sign_in(idp, made, password=NEW)


@pytest.mark.parametrize(
    ("setting", "contacts", "medium"),
    [
        (("verified_email", "verified_phone_number"), (EMAIL, PHONE), "EMAIL"),
        (("verified_phone_number", "verified_email"), (EMAIL, PHONE), "SMS"),
        (("verified_phone_number", "verified_email"), (EMAIL,), "EMAIL"),
        (("verified_email",), (EMAIL, PHONE), "EMAIL"),
        ((), (EMAIL, PHONE), "SMS"),  # an empty setting is the legacy behaviour
        ((), (EMAIL,), "EMAIL"),
    ],
)
def test_the_medium_follows_the_pools_order(
    running: Running, idp: Any, setting: tuple[str, ...], contacts: tuple[dict[str, str], ...], medium: str
) -> None:
    members = {"AccountRecoverySetting": recovery(*setting) if setting else {}}
    made = ann(running, setup(running, SmsConfiguration=SMS, **members), *contacts)
    assert forgot(idp, made)["DeliveryMedium"] == medium


def test_unverified_addresses_are_passed_over(running: Running, idp: Any) -> None:
    made = setup(running, SmsConfiguration=SMS)
    user(running, made.pool, "ann", **EMAIL, **PHONE, phone_number_verified="true")
    assert forgot(idp, made)["DeliveryMedium"] == "SMS"


def test_the_phone_of_sms_mfa_gets_no_recovery_code(running: Running, idp: Any, world: World) -> None:
    order = recovery("verified_phone_number", "verified_email")
    made = setup(
        running,
        AccountRecoverySetting=order,
        SmsConfiguration=SMS,
        MfaConfiguration="OPTIONAL",
        AutoVerifiedAttributes=["phone_number"],
    )
    ann(running, made, EMAIL, PHONE)
    assert forgot(idp, made)["DeliveryMedium"] == "SMS"
    _give_sms_mfa(running, world, made)
    assert forgot(idp, made)["DeliveryMedium"] == "EMAIL"


def _give_sms_mfa(running: Running, world: World, made: Setup) -> None:
    async def change() -> None:
        (found,) = world.store.users.where("pool", made.pool)
        with world.store.write():
            world.store.users.put(replace(found, factors=Factors(frozenset({"SMS_MFA"}), "SMS_MFA")))

    running.run(change())


def test_a_phone_is_no_way_without_sms_configuration(running: Running, idp: Any, world: World) -> None:
    order = recovery("verified_phone_number", "verified_email")
    made = ann(running, setup(running, AccountRecoverySetting=order), EMAIL, PHONE)
    assert forgot(idp, made)["DeliveryMedium"] == "EMAIL"
    other = ann(running, setup(running, AccountRecoverySetting=order), PHONE)
    world.outbox.clear()
    with refused("InvalidParameterException", NO_SMS):
        forgot(idp, other)
    assert world.outbox.all() == []


def test_by_alias(running: Running, idp: Any, world: World) -> None:
    made = ann(running, setup(running, AliasAttributes=["email"]), EMAIL)
    forgot(idp, made, "ann@example.com")
    confirm(idp, made, code(world), username="ann@example.com")
    sign_in(idp, made, "ann@example.com", NEW)


def test_who_is_refused(running: Running, idp: Any, world: World, made: Setup) -> None:
    with refused(*NOT_FOUND):
        forgot(idp, made, "nobody")
    idp.admin_disable_user(UserPoolId=made.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        forgot(idp, made)
    unverified = ann(running, setup(running), EMAIL, PHONE, verified=False)
    with refused(*NO_ADDRESS):
        forgot(idp, unverified)
    temporary = setup(running)
    user(running, temporary.pool, "ann", permanent=False, **EMAIL, email_verified="true")
    with refused(*NOT_NOW):
        forgot(idp, temporary)
    unconfirmed = setup(running)
    sign_up(idp, unconfirmed, **EMAIL)
    with refused(*NO_ADDRESS):
        forgot(idp, unconfirmed)
    assert world.outbox.all() == []


def test_where_only_administrators_reset(running: Running, idp: Any) -> None:
    made = ann(running, setup(running, AccountRecoverySetting=recovery("admin_only")), EMAIL)
    for username in ("ann", "nobody"):
        with refused("NotAuthorizedException", "Contact administrator to reset password."):
            forgot(idp, made, username)


def test_five_codes_an_hour(idp: Any, world: World, made: Setup) -> None:
    for _ in range(5):
        forgot(idp, made)
    with refused(*LIMIT):
        forgot(idp, made)
    assert len(world.outbox.all()) == 5
    world.clock.advance(HOUR)
    forgot(idp, made)


# --- PreventUserExistenceErrors --------------------------------------------------------------------------


def test_hidden_users_get_an_answer_and_no_message(running: Running, idp: Any, world: World) -> None:
    made = ann(running, setup(running, HIDING), EMAIL)
    user(running, made.pool, "bare")
    user(running, made.pool, "off", email="off@example.com", email_verified="true")
    idp.admin_disable_user(UserPoolId=made.pool, Username="off")
    sign_up(idp, made, "new", email="new@example.com")
    for username in ("nobody", "bare", "off", "new"):
        details = forgot(idp, made, username)
        assert details == forgot(idp, made, username)
        assert (details["DeliveryMedium"], details["AttributeName"]) == ("EMAIL", "email")
        assert details["Destination"].startswith(f"{username[0]}***@")
    assert world.outbox.all() == []
    assert forgot(idp, made)["Destination"] == "a***@e***"
    assert len(world.outbox.all()) == 1


def test_a_temporary_password_is_an_error_all_the_same(running: Running, idp: Any) -> None:
    made = setup(running, HIDING)
    user(running, made.pool, "ann", permanent=False)
    with refused(*NOT_NOW):
        forgot(idp, made)


def test_the_simulated_medium_follows_name_and_settings(running: Running, idp: Any) -> None:
    order = recovery("verified_phone_number")
    made = setup(running, HIDING, AccountRecoverySetting=order, SmsConfiguration=SMS)
    assert forgot(idp, made, "nobody")["DeliveryMedium"] == "SMS"
    assert forgot(idp, made, "no@body.org")["Destination"] == "n***@b***"
    assert forgot(idp, made, "+15557654321")["Destination"] == "+*******4321"


@pytest.mark.parametrize("username", ["nobody", "off"])
def test_hidden_users_confirm_like_others_with_a_wrong_code(running: Running, idp: Any, username: str) -> None:
    made = setup(running, HIDING)
    user(running, made.pool, "off", email="off@example.com", email_verified="true")
    idp.admin_disable_user(UserPoolId=made.pool, Username="off")
    with refused(*EXPIRED):
        confirm(idp, made, "123456", username=username)
    forgot(idp, made, username)
    with refused(*WRONG):
        confirm(idp, made, "123456", username=username)
    for _ in range(4):
        with refused(*WRONG):
            confirm(idp, made, "123456", username=username)
    with refused(*LIMIT):
        confirm(idp, made, "123456", username=username)


def test_a_user_disabled_after_the_code_is_nobody(running: Running, idp: Any, world: World) -> None:
    made = ann(running, setup(running, HIDING), EMAIL)
    forgot(idp, made)
    idp.admin_disable_user(UserPoolId=made.pool, Username="ann")
    with refused(*WRONG):
        confirm(idp, made, code(world))
    idp.admin_enable_user(UserPoolId=made.pool, Username="ann")
    sign_in(idp, made)


# --- ConfirmForgotPassword -------------------------------------------------------------------------------


def test_a_wrong_code(idp: Any, world: World, made: Setup) -> None:
    forgot(idp, made)
    with refused(*WRONG):
        confirm(idp, made, wrong(world))
    sign_in(idp, made)
    confirm(idp, made, code(world))


def test_a_code_is_good_once(idp: Any, world: World, made: Setup) -> None:
    forgot(idp, made)
    confirm(idp, made, code(world))
    with refused(*EXPIRED):
        confirm(idp, made, code(world), PASSWORD)


def test_a_code_lives_for_an_hour(idp: Any, world: World, made: Setup) -> None:
    forgot(idp, made)
    world.clock.advance(HOUR)
    with refused(*EXPIRED):
        confirm(idp, made, code(world))
    forgot(idp, made)
    world.clock.advance(HOUR - 5)
    confirm(idp, made, code(world))


def test_a_code_that_was_never_asked_for(idp: Any, made: Setup) -> None:
    with refused(*EXPIRED):
        confirm(idp, made, "123456")


def test_five_wrong_codes_an_hour(idp: Any, world: World, made: Setup) -> None:
    forgot(idp, made)
    for _ in range(5):
        with refused(*WRONG):
            confirm(idp, made, wrong(world))
    with refused(*LIMIT):
        confirm(idp, made, code(world))
    forgot(idp, made)
    with refused(*LIMIT):
        confirm(idp, made, code(world))
    world.clock.advance(HOUR)
    forgot(idp, made)
    confirm(idp, made, code(world))


def test_a_weak_password_costs_no_attempt(idp: Any, world: World, made: Setup) -> None:
    forgot(idp, made)
    for _ in range(6):
        with refused(*WEAK):
            confirm(idp, made, wrong(world), "Short-1")
    confirm(idp, made, code(world))


def test_recovery_remembers_earlier_passwords(running: Running, idp: Any, world: World) -> None:
    made = remembering(running)
    forgot(idp, made)
    with refused(*WRONG):  # without the code nobody learns what the password was
        confirm(idp, made, wrong(world), PASSWORD)
    with refused(*USED):
        confirm(idp, made, code(world), PASSWORD)
    confirm(idp, made, code(world))
    sign_in(idp, made, password=NEW)


def test_recovery_ends_a_lock_and_a_reset(idp: Any, world: World, made: Setup) -> None:
    for _ in range(8):
        with refused("NotAuthorizedException"):
            sign_in(idp, made, password="Wrong-horse-7")
        world.clock.advance(10)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(idp, made, password="Wrong-horse-7")
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(idp, made)
    idp.admin_reset_user_password(UserPoolId=made.pool, Username="ann")
    confirm(idp, made, code(world))
    assert status(idp, made) == "CONFIRMED"
    sign_in(idp, made, password=NEW)


def test_an_address_that_has_changed_since_proves_nothing(idp: Any, world: World, made: Setup) -> None:
    forgot(idp, made)
    attributes = [{"Name": "email", "Value": "new@example.com"}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_update_user_attributes(UserPoolId=made.pool, Username="ann", UserAttributes=attributes)
    with refused(*EXPIRED):
        confirm(idp, made, code(world))


def test_a_code_does_not_outlive_a_temporary_password(idp: Any, world: World, made: Setup) -> None:
    forgot(idp, made)
    set_password(idp, made, "Temporary-9")
    with refused(*NOT_NOW):
        confirm(idp, made, code(world))
    assert status(idp, made) == "FORCE_CHANGE_PASSWORD"


def test_recovery_confirms_who_was_not(running: Running, idp: Any, world: World) -> None:
    made = setup(running)
    sign_up(idp, made, **EMAIL)
    attributes = [{"Name": "email_verified", "Value": "true"}]
    idp.admin_update_user_attributes(UserPoolId=made.pool, Username="ann", UserAttributes=attributes)
    forgot(idp, made)
    confirm(idp, made, code(world))
    assert status(idp, made) == "CONFIRMED"


def test_confirming_for_who_is_unknown_or_disabled(idp: Any, world: World, made: Setup) -> None:
    with refused(*NOT_FOUND):
        confirm(idp, made, "1", username="nobody")
    forgot(idp, made)
    idp.admin_disable_user(UserPoolId=made.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled."):
        confirm(idp, made, code(world))
