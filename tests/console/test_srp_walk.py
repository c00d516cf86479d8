"""SRP number by number: the numbers prove the password, and a wrong one shows where it fails."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from cognito_emulator.domain.auth import srp
from tests.helpers.build import PASSWORD, Setup, give_totp, setup, user
from tests.helpers.console_site import ROOT, Answer, Site, newest
from tests.helpers.harness import Running

PATH = f"{ROOT}/flows/srp"
TITLES = ["A", "InitiateAuth", "B and SALT", "u", "x", "S", "Key", "TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE"]


@pytest.fixture
def place(running: Running) -> Setup:
    made = setup(running)
    user(running, made.pool)
    return made


def walk(site: Site, place: Setup, username: str = "ann", password: str = PASSWORD) -> Answer:
    return site.post(PATH, {"client": place.client, "username": username, "password": password})


def steps(answer: Answer) -> dict[str, str]:
    """The words of each step after its title, by its title."""
    found = [" ".join(one.get_text(" ").split()).partition(" · ")[2] for one in answer.soup.select(".steps > li")]
    titles = [*TITLES, "RespondToAuthChallenge"][: len(found)]
    assert [one.startswith(title) for one, title in zip(found, titles, strict=True)] == [True] * len(found)
    return {title: one.removeprefix(title).strip() for one, title in zip(found, titles, strict=True)}


def numbers(answer: Answer) -> list[str]:
    return [str(one["data-copy"]) for one in answer.soup.select(".steps [data-copy]")]


def test_the_numbers_fit_one_another(site: Site, place: Setup) -> None:
    answer = walk(site, place)
    told = steps(answer)
    assert list(told) == [*TITLES, "RespondToAuthChallenge"]
    a, challenge, u, x, shared, key, stamp, signature = numbers(answer)
    salt, b = (line.split()[1] for line in challenge.splitlines())
    assert int(u, 16) == srp.scrambler(int(a, 16), int(b, 16))
    inner = hashlib.sha256(f"{place.pool.split('_')[1]}ann:{PASSWORD}".encode()).digest()
    assert int(x, 16) == int.from_bytes(hashlib.sha256(bytes.fromhex(padded(salt)) + inner).digest(), "big")
    extracted = hmac.new(bytes.fromhex(padded(u)), bytes.fromhex(padded(shared)), hashlib.sha256).digest()
    assert key == hmac.new(extracted, b"Caldera Derived Key\x01", hashlib.sha256).hexdigest()[:32]
    assert stamp.endswith(" UTC 2030")
    assert len(signature) == 44
    assert told["x"].startswith("✓ the same")
    assert told["S"].startswith("✓ the same")
    assert told["RespondToAuthChallenge"].startswith("answered")
    assert told["RespondToAuthChallenge"].endswith("Signed in: these are the tokens.")
    assert "AccessToken" in told["RespondToAuthChallenge"]


def padded(number: str) -> str:
    """Whole bytes, with a zero byte where the first bit is set."""
    number = number.zfill(len(number) + len(number) % 2)
    return f"00{number}" if int(number[0], 16) > 7 else number


@pytest.fixture(autouse=True)
def _in_2030(running: Running) -> None:
    running.world.clock.freeze(1_893_456_000)


def test_a_wrong_password_shows_where_it_fails(running: Running, site: Site, place: Setup) -> None:
    answer = walk(site, place, password="Wrong-horse-1")
    told = steps(answer)
    assert "differs" not in told["u"]
    assert answer.words("[role=status]").startswith("x · It fails here")
    assert "It fails here: the pool keeps another x for this user." in told["x"]
    assert "The pool has another number, since x differs." in told["S"]
    assert "NotAuthorizedException: Incorrect username or password." in told["RespondToAuthChallenge"]
    assert "tokens" not in told["RespondToAuthChallenge"]
    kept = next(one.password for one in running.world.store.users if one.username == "ann")
    assert kept is not None
    assert f"{kept.x:x}" not in answer.text
    shown = site.get(f"{ROOT}/requests/{newest(running).id}")
    assert "RespondToAuthChallenge" in shown.words("h1")
    assert "Incorrect username or password." in shown.words(".why")
    assert shown.words(".why") != "Incorrect username or password.", "the rule is told"
    assert "Wrong-horse-1" not in shown.text


def test_a_user_who_does_not_exist(running: Running, site: Site) -> None:
    place = setup(running, {"PreventUserExistenceErrors": "ENABLED"})
    told = steps(walk(site, place, "ghost"))
    assert "There is no such user: the pool made the challenge up" in told["x"]
    assert told["RespondToAuthChallenge"].startswith("refused")
    open_place = setup(running, {"PreventUserExistenceErrors": "LEGACY"})
    told = steps(walk(site, open_place, "ghost"))
    assert list(told) == TITLES[:2]
    assert "UserNotFoundException: User does not exist." in told["InitiateAuth"]


def test_a_client_with_a_secret_and_what_comes_next(running: Running, idp: Any, site: Site) -> None:
    place = setup(running, {"GenerateSecret": True})
    user(running, place.pool)
    assert steps(walk(site, place))["RespondToAuthChallenge"].endswith("Signed in: these are the tokens.")
    other = setup(running)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=other.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    user(running, other.pool)
    give_totp(running, idp, other)
    told = steps(walk(site, other))["RespondToAuthChallenge"]
    assert told.endswith("The next challenge is SOFTWARE_TOKEN_MFA, which this page does not answer.")


def test_refusals(running: Running, site: Site, place: Setup) -> None:
    assert "User name" in site.get(f"{PATH}?client={place.client}&user=ann").words()
    for fields, expected in (
        ({"client": "none", "username": "a", "password": "b"}, "ALLOW_USER_SRP_AUTH"),
        ({"client": place.client, "username": " ", "password": "b"}, "Type in a user's name and a password."),
        ({"client": place.client, "username": "a", "password": ""}, "Type in a user's name and a password."),
    ):
        answer = site.post(PATH, fields)
        assert answer.status == 400
        assert expected in answer.refusal
    running.call("DeleteUserPool", UserPoolId=place.pool)
    assert "No app client takes SRP." in site.get(PATH).words()
