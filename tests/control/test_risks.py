"""`/_emulator/risks` and `/_emulator/compromised`."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.helpers.build import PASSWORD, Setup, refused
from tests.helpers.control_api import CLIENT, POOL, Control
from tests.helpers.protected import BLOCKED_TEXT, LEAKED_TEXT, RESET_TEXT, add_ons

RISKS, LEAKS = "/_emulator/risks", "/_emulator/compromised"
HIGH = {"pool": None, "user": None, "ip": None, "level": "High"}


@pytest.fixture
def idp(control: Control) -> Any:
    """A client; the pool of these tests is on its guard, and blocks what it can."""
    idp = control.emulator.client()
    idp.update_user_pool(UserPoolId=POOL, UserPoolTier="PLUS", AutoVerifiedAttributes=["email"], **add_ons())
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    idp.update_user_pool_client(UserPoolId=POOL, ClientId=CLIENT, ExplicitAuthFlows=flows)
    return idp


def sign_in(idp: Any) -> Any:
    parameters = {"USERNAME": "ann", "PASSWORD": "Ann-12345"}
    return idp.initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def test_a_level_is_fixed_shown_and_forgotten(control: Control, idp: Any) -> None:
    assert control("GET", RISKS).json == {"risks": []}
    assert "AuthenticationResult" in sign_in(idp)
    assert control("PUT", RISKS, {"level": "High"}).json == HIGH
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        sign_in(idp)
    own = {"level": "None", "pool": POOL, "user": "ann", "ip": "127.0.0.1"}
    assert control("PUT", RISKS, own).json == {**own, "ip": "127.0.0.1/32"}
    assert control("GET", RISKS).json == {"risks": [HIGH, {**own, "ip": "127.0.0.1/32"}]}
    assert "AuthenticationResult" in sign_in(idp)
    assert control("DELETE", f"{RISKS}?pool={POOL}&user=ann&ip=127.0.0.1").json == {"risks": [HIGH]}
    assert control("DELETE", RISKS).json == {"risks": []}
    assert "AuthenticationResult" in sign_in(idp)


@pytest.mark.parametrize("filter_", ["pool=other", "user=bob", "ip=10.0.0.0/8"])
def test_only_what_is_meant_is_forgotten(control: Control, filter_: str) -> None:
    control("PUT", RISKS, {"level": "High", "pool": POOL, "user": "ann", "ip": "127.0.0.0/8"})
    assert len(control("DELETE", f"{RISKS}?{filter_}").json["risks"]) == 1


def test_a_level_takes_the_place_of_another(control: Control) -> None:
    control("PUT", RISKS, {"level": "High"})
    control("PUT", RISKS, {"level": "Low"})
    assert control("GET", RISKS).json == {"risks": [{**HIGH, "level": "Low"}]}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "'level' is missing."),
        ({"level": "Huge"}, "A level is one of None, Low, Medium, High, not 'Huge'."),
        ({"level": None}, "'level' must be a text."),
        ({"level": "Low", "pool": "us-east-1_none"}, "There is no pool us-east-1_none."),
        ({"level": "Low", "ip": "300.0.0.1"}, "'300.0.0.1' is no IP address and no range of them."),
        ({"level": "Low", "user": ""}, "'user' must be a text."),
        ({"level": "Low", "who": "ann"}, "Unknown member 'who'; known here: level, pool, user, ip."),
    ],
)
def test_bad_levels_change_nothing(control: Control, body: Any, text: str) -> None:
    answer = control("PUT", RISKS, body)
    assert (answer.status, answer.json["message"]) == (400, text)
    assert control("GET", RISKS).json == {"risks": []}


def test_forgetting_a_range_that_is_none(control: Control) -> None:
    answer = control("DELETE", f"{RISKS}?ip=x")
    assert (answer.status, answer.json["message"]) == (400, "'x' is no IP address and no range of them.")


def test_leaked_passwords(control: Control, idp: Any) -> None:
    digest = hashlib.sha256(b"Ann-12345").hexdigest()
    answer = control("PUT", LEAKS, {"passwords": ["Ann-12345"], "pool": POOL})
    assert answer.json == {"compromised": [{"pool": POOL, "sha256": digest}]} == control("GET", LEAKS).json
    with refused("PasswordResetRequiredException", RESET_TEXT):
        sign_in(idp)
    control("PUT", LEAKS, {"passwords": [PASSWORD]})
    with refused("InvalidPasswordException", LEAKED_TEXT):
        idp.sign_up(ClientId=CLIENT, Username="bob", Password=PASSWORD)
    left = control("DELETE", f"{LEAKS}?pool={POOL}").json["compromised"]
    assert [one["pool"] for one in left] == [None]
    assert control("DELETE", LEAKS).json == {"compromised": []}
    assert "UserSub" in idp.sign_up(ClientId=CLIENT, Username="bob", Password=PASSWORD)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "'passwords' must be a list of texts."),
        ({"passwords": "x"}, "'passwords' must be a list of texts."),
        ({"passwords": ["x", ""]}, "'passwords' must be a list of texts."),
        ({"passwords": ["x"], "pool": "us-east-1_none"}, "There is no pool us-east-1_none."),
        ({"passwords": ["x"], "user": "ann"}, "Unknown member 'user'; known here: passwords, pool."),
    ],
)
def test_bad_lists_change_nothing(control: Control, body: Any, text: str) -> None:
    answer = control("PUT", LEAKS, body)
    assert (answer.status, answer.json["message"]) == (400, text)
    assert control("GET", LEAKS).json == {"compromised": []}


def test_a_reset_and_the_end_of_a_pool_forget_it(control: Control) -> None:
    for pool in (POOL, None):
        named = {"pool": pool} if pool else {}
        control("PUT", RISKS, {"level": "High", **named})
        control("PUT", LEAKS, {"passwords": ["x"], **named})
    control.emulator.client().delete_user_pool(UserPoolId=POOL)
    assert [one["pool"] for one in control("GET", RISKS).json["risks"]] == [None]
    assert [one["pool"] for one in control("GET", LEAKS).json["compromised"]] == [None]
    control("POST", "/_emulator/reset")
    assert control("GET", RISKS).json == {"risks": []}
    assert control("GET", LEAKS).json == {"compromised": []}


PLACES = "/_emulator/places"


def test_where_addresses_are(control: Control, idp: Any) -> None:
    wide = {"ip": "127.0.0.0/8", "city": "Paris", "country": "France"}
    assert control("PUT", PLACES, wide).json == {"places": [wide]} == control("GET", PLACES).json
    sign_in(idp)

    def told() -> Any:
        found = idp.admin_list_user_auth_events(UserPoolId=POOL, Username="ann")["AuthEvents"][0]["EventContextData"]
        return found.get("City"), found.get("Country")

    assert told() == ("Paris", "France")
    control.emulator.set_place("127.0.0.1", country="Atlantis")
    assert told() == ("null", "Atlantis")
    control("PUT", PLACES, {**wide, "city": "Lyon"})
    assert told() == ("null", "Atlantis")  # the smaller range goes before
    assert control("DELETE", PLACES).json == {"places": []}
    assert told() == ("null", "null")
    with pytest.raises(ValueError, match="'x' is no IP address and no range of them"):
        control.emulator.set_place("x")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "'ip' is missing."),
        ({"ip": "x"}, "'x' is no IP address and no range of them."),
        ({"ip": "10.0.0.1", "city": 7}, "'city' must be a text."),
        ({"ip": "10.0.0.1", "planet": "Mars"}, "Unknown member 'planet'; known here: ip, city, country."),
    ],
)
def test_bad_places_change_nothing(control: Control, body: Any, text: str) -> None:
    answer = control("PUT", PLACES, body)
    assert (answer.status, answer.json["message"]) == (400, text)
    assert control("GET", PLACES).json == {"places": []}


def test_the_handle(control: Control, idp: Any) -> None:
    control.emulator.set_risk("Medium", pool=POOL, user="ann@example.com", ip="127.0.0.1")
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        sign_in(idp)
    control.emulator.set_risk("None", pool=POOL, user="ann@example.com", ip="127.0.0.1")
    control.emulator.compromise("Ann-12345", pool=POOL)
    with refused("PasswordResetRequiredException", RESET_TEXT):
        sign_in(idp)
    for wrong in ({"level": "high"}, {"level": "High", "pool": "x_1"}, {"level": "High", "ip": "x"}):
        with pytest.raises(ValueError, match=r"A level is one of|There is no pool|is no IP address"):
            control.emulator.set_risk(**wrong)
    with pytest.raises(ValueError, match="There is no pool x_1"):
        control.emulator.compromise("x", pool="x_1")


SEEDED = {
    "Id": "us-east-1_guarded",
    "PoolName": "guarded",
    "UserPoolTier": "PLUS",
    **add_ons(),
    "Clients": [{"ClientId": "guarded", "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}],
    "Users": [{"Username": name, "Password": f"{name}-A12345"} for name in ("ann", "bob", "eve")],
    "CompromisedPasswords": ["bob-A12345"],
    "Risks": [{"Username": "ann", "Level": "High"}, {"IpRange": "10.0.0.0/8", "Level": "Low"}],
}


def test_a_seed(control: Control) -> None:
    control.emulator.seed({"UserPools": [SEEDED]})
    at = Setup("us-east-1_guarded", "guarded")
    idp = control.emulator.client()

    def enter(name: str) -> Any:
        parameters = {"USERNAME": name, "PASSWORD": f"{name}-A12345"}
        return idp.initiate_auth(ClientId=at.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

    with refused("NotAuthorizedException", BLOCKED_TEXT):
        enter("ann")
    with refused("PasswordResetRequiredException", RESET_TEXT):
        enter("bob")
    assert "AuthenticationResult" in enter("eve")
    assert [one["ip"] for one in control("GET", RISKS).json["risks"]] == [None, "10.0.0.0/8"]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"Risks": [{"Level": "Huge"}]}, "A level is one of None, Low, Medium, High, not 'Huge'"),
        ({"Risks": [{"Username": "ann"}]}, "Level is missing"),
        ({"Risks": [{"Level": "Low", "IpRange": "x"}]}, "'x' is no IP address and no range of them"),
        ({"Risks": [{"Level": "Low", "Ip": "10.0.0.1"}]}, "unknown key"),
        ({"Risks": ["High"]}, "a mapping is expected"),
        ({"CompromisedPasswords": "x"}, "a list is expected, such as [Password-1]"),
        ({"CompromisedPasswords": [{"a": "b"}]}, "one value is expected"),
    ],
)
def test_mistakes_in_a_seed(control: Control, wrong: dict[str, Any], text: str) -> None:
    answer = control("POST", "/_emulator/seed", {"UserPools": [{**SEEDED, **wrong}]})
    assert answer.status == 400
    assert any(text in mistake for mistake in answer.json["mistakes"]), answer.json
    assert "us-east-1_guarded" not in control.emulator.world.store.pools
