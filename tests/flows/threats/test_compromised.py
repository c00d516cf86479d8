"""Passwords that count as leaked: where they are looked for, and what is done about them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, SrpClient, refused, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.protected import (
    LEAKED_TEXT,
    RESET_TEXT,
    configure,
    events,
    forget_configuration,
    from_,
    leak,
    protected,
    risk,
    status,
)

NEW = "Correct-horse-8"
EVENTS = ("SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE")
VERIFIED: dict[str, Any] = {"email": "ann@example.com", "email_verified": "true"}


def watching(running: Running, at: Setup, action: str, *events: str) -> None:
    found = {"EventFilter": list(events), "Actions": {"EventAction": action}}
    configure(running, at, CompromisedCredentialsRiskConfiguration=found)


def by_password(idp: Any, at: Setup) -> Any:
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    return idp.initiate_auth(ClientId=at.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def by_admin(idp: Any, at: Setup) -> Any:
    return from_(idp, at)


def by_choice(idp: Any, at: Setup) -> Any:
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD, "PREFERRED_CHALLENGE": "PASSWORD"}
    return idp.initiate_auth(ClientId=at.client, AuthFlow="USER_AUTH", AuthParameters=parameters)


def by_selection(idp: Any, at: Setup) -> Any:
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "ann"})
    return idp.respond_to_auth_challenge(
        ClientId=at.client,
        ChallengeName="SELECT_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD},
    )


WAYS = [by_password, by_admin, by_choice, by_selection]


@pytest.mark.parametrize("way", WAYS)
def test_a_leaked_password_at_the_sign_in_has_to_be_replaced(running: Running, idp: Any, way: Any) -> None:
    at = protected(running)
    user(running, at.pool, **VERIFIED)
    leak(running, PASSWORD)
    watching(running, at, "BLOCK", "SIGN_IN")
    with refused("PasswordResetRequiredException", RESET_TEXT):
        way(idp, at)
    assert status(idp, at) == "RESET_REQUIRED"
    newest = events(idp, at)[0]
    assert (newest["EventResponse"], risk(newest)) == ("Fail", ("Block", None, True))
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        way(idp, at)
    idp.forgot_password(ClientId=at.client, Username="ann")
    code = running.world.outbox.all()[-1].code
    idp.confirm_forgot_password(ClientId=at.client, Username="ann", ConfirmationCode=code, Password=NEW)
    assert sign_in(idp, at, password=NEW)["AccessToken"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("mode", "action"), [("ENFORCED", "NO_ACTION"), ("AUDIT", "BLOCK"), ("AUDIT", "NO_ACTION")])
def test_where_it_is_allowed_the_event_tells(running: Running, idp: Any, way: Any, mode: str, action: str) -> None:
    at = protected(running, mode)
    user(running, at.pool)
    leak(running, PASSWORD)
    watching(running, at, action, "SIGN_IN")
    assert "AuthenticationResult" in way(idp, at)
    assert status(idp, at) == "CONFIRMED"
    newest = events(idp, at)[0]
    assert (newest["EventResponse"], risk(newest)) == ("Pass", ("NoRisk", None, True))


@pytest.mark.parametrize("case", ["another event", "another password", "mode off", "a wrong password"])
def test_what_is_no_leak(running: Running, idp: Any, case: str) -> None:
    at = protected(running, "OFF" if case == "mode off" else "ENFORCED")
    user(running, at.pool)
    leak(running, NEW if case == "another password" else PASSWORD)
    watching(running, at, "BLOCK", *(["SIGN_UP", "PASSWORD_CHANGE"] if case == "another event" else ["SIGN_IN"]))
    if case == "a wrong password":
        leak(running, "Wrong-horse-7")
        with refused("NotAuthorizedException", "Incorrect username or password."):
            sign_in(idp, at, password="Wrong-horse-7")
    else:
        assert sign_in(idp, at)["AccessToken"]
    assert status(idp, at) == "CONFIRMED"


def test_srp_does_not_see_the_password(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    leak(running, PASSWORD)
    watching(running, at, "BLOCK", *EVENTS)
    client = SrpClient(at.pool, PASSWORD)
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    responses = client.responses(asked["ChallengeParameters"])
    answer = {"ClientId": at.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses}
    assert "AuthenticationResult" in idp.respond_to_auth_challenge(**answer)
    assert risk(events(idp, at)[0]) == ("NoRisk", None, False)


def test_a_skipped_address_is_no_excuse(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    leak(running, PASSWORD)
    found = {"EventFilter": ["SIGN_IN"], "Actions": {"EventAction": "BLOCK"}}
    skipped = {"SkippedIPRangeList": ["0.0.0.0/0"]}
    configure(running, at, CompromisedCredentialsRiskConfiguration=found, RiskExceptionConfiguration=skipped)
    with refused("PasswordResetRequiredException", RESET_TEXT):
        from_(idp, at)


def test_a_leak_of_one_pool_is_none_of_another(running: Running, idp: Any) -> None:
    at, other = protected(running), protected(running)
    for one in (at, other):
        user(running, one.pool)
        watching(running, one, "BLOCK", "SIGN_IN")
    leak(running, PASSWORD, pool=other.pool)
    assert sign_in(idp, at)["AccessToken"]
    with refused("PasswordResetRequiredException", RESET_TEXT):
        sign_in(idp, other)


def test_without_a_configuration_everything_is_blocked(running: Running, idp: Any) -> None:
    at = protected(running)
    user(running, at.pool)
    forget_configuration(running, at)
    leak(running, PASSWORD)
    with refused("InvalidPasswordException", LEAKED_TEXT):
        idp.sign_up(ClientId=at.client, Username="bob", Password=PASSWORD)
    with refused("PasswordResetRequiredException", RESET_TEXT):
        from_(idp, at)


# --- passwords that are chosen ---------------------------------------------------------------------------------


def signing_up(running: Running, idp: Any, at: Setup) -> None:
    idp.sign_up(ClientId=at.client, Username="ann", Password=NEW)


def recovering(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool, **VERIFIED)
    idp.forgot_password(ClientId=at.client, Username="ann")
    code = running.world.outbox.all()[-1].code
    idp.confirm_forgot_password(ClientId=at.client, Username="ann", ConfirmationCode=code, Password=NEW)


def changing(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    idp.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)


def replacing(running: Running, idp: Any, at: Setup, admin: bool = False) -> None:
    user(running, at.pool, permanent=False)
    asked = from_(idp, at) if admin else by_password(idp, at)
    respond = idp.admin_respond_to_auth_challenge if admin else idp.respond_to_auth_challenge
    respond(
        **({"UserPoolId": at.pool} if admin else {}),
        ClientId=at.client,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": NEW},
    )


def replacing_as_admin(running: Running, idp: Any, at: Setup) -> None:
    replacing(running, idp, at, admin=True)


CHOICES = [
    (signing_up, "SIGN_UP"),
    (recovering, "PASSWORD_CHANGE"),
    (changing, "PASSWORD_CHANGE"),
    (replacing, "PASSWORD_CHANGE"),
    (replacing_as_admin, "PASSWORD_CHANGE"),
]


@pytest.mark.parametrize(("way", "event"), CHOICES)
def test_nobody_chooses_a_leaked_password(running: Running, idp: Any, way: Any, event: str) -> None:
    at = protected(running)
    leak(running, NEW)
    watching(running, at, "BLOCK", event)
    with refused("InvalidPasswordException", LEAKED_TEXT):
        way(running, idp, at)
    for known in running.world.store.users:
        assert known.status == ("FORCE_CHANGE_PASSWORD" if way in (replacing, replacing_as_admin) else "CONFIRMED")
    if way is signing_up:
        assert len(running.world.store.users) == 0
    else:
        assert from_(idp, at)  # the password is the old one


@pytest.mark.parametrize(("way", "event"), CHOICES)
@pytest.mark.parametrize(("mode", "action"), [("ENFORCED", "NO_ACTION"), ("AUDIT", "BLOCK")])
def test_a_leaked_choice_that_is_allowed(
    running: Running, idp: Any, way: Any, event: str, mode: str, action: str
) -> None:
    at = protected(running, mode)
    leak(running, NEW)
    watching(running, at, action, event)
    way(running, idp, at)
    assert risk(events(idp, at)[0]) == ("NoRisk", None, True)


@pytest.mark.parametrize(("way", "event"), CHOICES)
def test_events_that_are_not_watched(running: Running, idp: Any, way: Any, event: str) -> None:
    at = protected(running)
    leak(running, NEW)
    watching(running, at, "BLOCK", *(one for one in EVENTS if one != event))
    way(running, idp, at)
    assert not any(risk(one)[2] for one in events(idp, at))


def test_administrators_choose_what_they_want(running: Running, idp: Any) -> None:
    at = protected(running)
    leak(running, PASSWORD, NEW)
    watching(running, at, "BLOCK", "SIGN_UP", "PASSWORD_CHANGE")
    user(running, at.pool)
    idp.admin_set_user_password(UserPoolId=at.pool, Username="ann", Password=NEW, Permanent=True)
    assert sign_in(idp, at, password=NEW)["AccessToken"]


def test_a_temporary_password_is_passed_over(running: Running, idp: Any) -> None:
    at = protected(running)
    leak(running, PASSWORD)
    watching(running, at, "BLOCK", "SIGN_IN")
    user(running, at.pool, permanent=False)
    assert from_(idp, at)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_the_policy_comes_first(running: Running, idp: Any) -> None:
    at = protected(running)
    leak(running, "short")
    watching(running, at, "BLOCK", "SIGN_UP")
    with refused("InvalidPasswordException", "Password did not conform with policy: Password not long enough"):
        idp.sign_up(ClientId=at.client, Username="ann", Password="short")
