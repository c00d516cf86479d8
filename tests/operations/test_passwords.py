"""ChangePassword, AdminSetUserPassword, AdminResetUserPassword."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in
from tests.helpers.harness import Running
from tests.helpers.recovery import (
    BAD_LOGIN,
    DAY,
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
from tests.helpers.sign_up import EMAIL, NO_SMS, PHONE, sign_up, status, stored


@pytest.fixture
def made(running: Running) -> Setup:
    """A pool with ann, who has a verified e-mail address."""
    return ann(running, setup(running), EMAIL)


# --- ChangePassword --------------------------------------------------------------------------------------


def changer(idp: Any, made: Setup) -> Callable[..., None]:
    token = sign_in(idp, made)["AccessToken"]

    def change(previous: str | None, proposed: str) -> None:
        members = {} if previous is None else {"PreviousPassword": previous}
        idp.change_password(AccessToken=token, ProposedPassword=proposed, **members)

    return change


def test_change(idp: Any, world: World, made: Setup) -> None:
    changer(idp, made)(PASSWORD, NEW)
    sign_in(idp, made, password=NEW)
    with refused(*BAD_LOGIN):
        sign_in(idp, made)


def test_change_needs_the_old_password(idp: Any, made: Setup) -> None:
    change = changer(idp, made)
    with refused(*BAD_LOGIN):
        change("Wrong-horse-7", NEW)
    with refused("InvalidParameterException", "Missing required parameter OldPassword"):
        change(None, NEW)
    with refused("InvalidParameterException", "Missing required parameter OldPassword"):
        change(None, "Short-1")
    with refused(*BAD_LOGIN):
        change("Wrong-horse-7", "Short-1")  # the old password is judged first
    with refused(*WEAK):
        change(PASSWORD, "Short-1")
    sign_in(idp, made)


def test_five_changes_an_hour(idp: Any, world: World, made: Setup) -> None:
    change = changer(idp, made)
    for _ in range(4):
        with refused(*BAD_LOGIN):
            change("Wrong-horse-7", NEW)
    change(PASSWORD, NEW)
    with refused(*LIMIT):
        change(NEW, PASSWORD)
    world.clock.advance(HOUR)
    token = sign_in(idp, made, password=NEW)["AccessToken"]
    idp.change_password(AccessToken=token, PreviousPassword=NEW, ProposedPassword=PASSWORD)


def test_a_change_that_the_policy_refuses_counts(idp: Any, made: Setup) -> None:
    change = changer(idp, made)
    for _ in range(5):
        with refused(*WEAK):
            change(PASSWORD, "Short-1")
    with refused(*LIMIT):
        change(PASSWORD, NEW)
    sign_in(idp, made)


def test_wrong_old_passwords_do_not_lock_the_sign_in(idp: Any, made: Setup) -> None:
    change = changer(idp, made)
    for _ in range(5):
        with refused(*BAD_LOGIN):
            change("Wrong-horse-7", NEW)
    sign_in(idp, made)


def test_change_remembers_earlier_passwords(running: Running, idp: Any, world: World) -> None:
    made = remembering(running)
    change = changer(idp, made)
    with refused(*USED):
        change(PASSWORD, PASSWORD)
    change(PASSWORD, NEW)
    change(NEW, "Third-horse-9")
    with refused(*USED):
        change("Third-horse-9", PASSWORD)
    change("Third-horse-9", "Fourth-horse-0")
    world.clock.advance(HOUR)
    token = sign_in(idp, made, password="Fourth-horse-0")["AccessToken"]
    idp.change_password(AccessToken=token, PreviousPassword="Fourth-horse-0", ProposedPassword=PASSWORD)


def test_a_temporary_password_changed_here_is_still_asked_for(idp: Any, world: World, made: Setup) -> None:
    change = changer(idp, made)
    set_password(idp, made, "Temporary-9")
    change("Temporary-9", NEW)
    answer = idp.initiate_auth(
        ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": NEW}
    )
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_an_expired_temporary_password_changes_nothing(running: Running, idp: Any, world: World) -> None:
    validity = {"ClientName": "c", "AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "days"}}
    made = ann(running, setup(running, validity))
    world.clock.freeze()
    set_password(idp, made, "Temporary-9", Permanent=True)
    world.clock.advance(7 * DAY)
    token = sign_in(idp, made, password="Temporary-9")["AccessToken"]
    world.clock.advance(-7 * DAY)
    set_password(idp, made, "Temporary-9", Permanent=False)
    world.clock.advance(7 * DAY)
    with refused("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."):
        idp.change_password(AccessToken=token, PreviousPassword="Temporary-9", ProposedPassword=NEW)


def test_change_needs_a_live_token(idp: Any, made: Setup) -> None:
    with refused("NotAuthorizedException", "Invalid Access Token"):
        idp.change_password(AccessToken="a.b.c", PreviousPassword=PASSWORD, ProposedPassword=NEW)
    change = changer(idp, made)
    idp.admin_reset_user_password(UserPoolId=made.pool, Username="ann")
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        change(PASSWORD, NEW)


# --- AdminSetUserPassword --------------------------------------------------------------------------------


def test_a_permanent_password(idp: Any, world: World, made: Setup) -> None:
    set_password(idp, made, NEW, Permanent=True)
    assert status(idp, made) == "CONFIRMED"
    sign_in(idp, made, password=NEW)
    assert world.outbox.all() == []


@pytest.mark.parametrize("members", [{}, {"Permanent": False}])
def test_a_temporary_password_expires(idp: Any, world: World, made: Setup, members: dict[str, bool]) -> None:
    set_password(idp, made, NEW, **members)
    assert status(idp, made) == "FORCE_CHANGE_PASSWORD"
    parameters = {"USERNAME": "ann", "PASSWORD": NEW}
    world.clock.advance(7 * DAY - 5)
    answer = idp.initiate_auth(ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    world.clock.advance(5)
    with refused("NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."):
        sign_in(idp, made, password=NEW)


def test_set_for_an_unconfirmed_user(running: Running, idp: Any) -> None:
    made = setup(running)
    sign_up(idp, made, **EMAIL)
    set_password(idp, made, NEW, Permanent=True)
    assert status(idp, made) == "CONFIRMED"
    assert stored(idp, made)["email_verified"] == "false"
    sign_in(idp, made, password=NEW)


def test_set_ends_a_lock(idp: Any, made: Setup) -> None:
    for _ in range(5):
        with refused(*BAD_LOGIN):
            sign_in(idp, made, password="Wrong-horse-7")
    set_password(idp, made, NEW, Permanent=True)
    sign_in(idp, made, password=NEW)


def test_set_obeys_policy_and_history(running: Running, idp: Any) -> None:
    made = remembering(running)
    with refused(*WEAK):
        set_password(idp, made, "Short-1", Permanent=True)
    for permanent in (True, False):
        with refused(*USED):
            set_password(idp, made, PASSWORD, Permanent=permanent)
    assert status(idp, made) == "CONFIRMED"


def test_set_for_nobody(idp: Any, made: Setup) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_set_user_password(UserPoolId=made.pool, Username="nobody", Password=NEW)
    with refused("ResourceNotFoundException", "User pool us-east-1_none does not exist."):
        idp.admin_set_user_password(UserPoolId="us-east-1_none", Username="ann", Password=NEW)


# --- AdminResetUserPassword ------------------------------------------------------------------------------


def test_reset_requires_a_recovery(idp: Any, world: World, made: Setup) -> None:
    idp.admin_reset_user_password(UserPoolId=made.pool, Username="ann")
    assert status(idp, made) == "RESET_REQUIRED"
    (sent,) = world.outbox.all()
    assert (sent.purpose, sent.to) == ("recovery", "ann@example.com")
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        sign_in(idp, made)
    confirm(idp, made, code(world))
    sign_in(idp, made, password=NEW)


def test_administrators_are_not_limited(idp: Any, world: World, made: Setup) -> None:
    for _ in range(7):
        idp.admin_reset_user_password(UserPoolId=made.pool, Username="ann")
    assert len(world.outbox.all()) == 7


def test_whom_an_administrator_cannot_reset(running: Running, idp: Any, world: World, made: Setup) -> None:
    def reset(where: Setup, username: str = "ann") -> None:
        idp.admin_reset_user_password(UserPoolId=where.pool, Username=username)

    with refused("UserNotFoundException", "User does not exist."):
        reset(made, "nobody")
    idp.admin_disable_user(UserPoolId=made.pool, Username="ann")
    with refused("NotAuthorizedException", "User is disabled"):
        reset(made)
    unverified = ann(running, setup(running), EMAIL, verified=False)
    with refused(*NO_ADDRESS):
        reset(unverified)
    phone = ann(running, setup(running), PHONE)
    with refused("InvalidParameterException", NO_SMS):
        reset(phone)
    set_password(idp, unverified, "Temporary-9")
    with refused(*NOT_NOW):
        reset(unverified)
    unconfirmed = setup(running)
    sign_up(idp, unconfirmed, **EMAIL)
    with refused(*NOT_NOW):
        reset(unconfirmed)
    admin_only = ann(running, setup(running, AccountRecoverySetting=recovery("admin_only")), EMAIL)
    with refused("InvalidParameterException", "User pool does not have self-service account recovery configured."):
        reset(admin_only)
    assert world.outbox.all() == []
    assert status(idp, admin_only) == status(idp, phone) == "CONFIRMED"
