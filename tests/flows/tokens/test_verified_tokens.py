"""What is remembered of a token is its signature: everything that can end it is looked up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.ports import signing_key
from cognito_emulator.ports.keys import make_key_set
from tests.helpers.build import Setup, refused, sign_in
from tests.helpers.control_api import CLIENT, Control
from tests.helpers.harness import Running

INVALID = ("NotAuthorizedException", "Invalid Access Token")
UNPROVED = ("NotAuthorizedException", "Could not verify signature for Access Token")
EXPIRED = ("NotAuthorizedException", "Access Token has expired")
REVOKED = ("NotAuthorizedException", "Access Token has been revoked")
Tokens = dict[str, Any]


@pytest.fixture
def tokens(idp: Any, at: Setup) -> Tokens:
    """Tokens of which the access token has been verified."""
    made = sign_in(idp, at)
    assert idp.get_user(AccessToken=made["AccessToken"])["Username"] == "ann"
    assert made["AccessToken"] in signing_key._verified
    return made


def _rotate_away(running: Running, at: Setup, _: Tokens) -> None:
    """Give the pool other keys, as a restored snapshot may."""
    running.world.keys.put(at.pool, make_key_set())


ENDS: dict[str, tuple[Callable[[Running, Setup, Tokens], Any], tuple[str, ...]]] = {
    "the clock": (lambda running, _, __: running.world.clock.advance(3601), EXPIRED),
    "GlobalSignOut": (lambda running, _, made: running.call("GlobalSignOut", AccessToken=made["AccessToken"]), REVOKED),
    "RevokeToken": (
        lambda running, at, made: running.call("RevokeToken", Token=made["RefreshToken"], ClientId=at.client),
        REVOKED,
    ),
    "AdminDisableUser": (
        lambda running, at, _: running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann"),
        REVOKED,
    ),
    "AdminDeleteUser": (
        lambda running, at, _: running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann"),
        ("UserNotFoundException",),
    ),
    "DeleteUserPoolClient": (
        lambda running, at, _: running.call("DeleteUserPoolClient", UserPoolId=at.pool, ClientId=at.client),
        ("ResourceNotFoundException",),
    ),
    "DeleteUserPool": (lambda running, at, _: running.call("DeleteUserPool", UserPoolId=at.pool), INVALID),
    "reset": (lambda running, _, __: running.reset(), INVALID),
    "other keys": (_rotate_away, INVALID),
}


@pytest.mark.parametrize("how", ENDS)
def test_a_token_that_was_verified_before_it_ended(
    running: Running, idp: Any, at: Setup, tokens: Tokens, how: str
) -> None:
    end, error = ENDS[how]
    end(running, at, tokens)
    with refused(*error):
        idp.get_user(AccessToken=tokens["AccessToken"])
    with refused(*error):
        idp.update_user_attributes(AccessToken=tokens["AccessToken"], UserAttributes=[])


def test_a_token_of_retired_keys_is_good(running: Running, idp: Any, at: Setup, tokens: Tokens) -> None:
    running.run(running.world.keys.rotate(at.pool))
    assert idp.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"
    newer = sign_in(idp, at)["AccessToken"]
    assert newer.partition(".")[0] != tokens["AccessToken"].partition(".")[0]
    assert idp.get_user(AccessToken=newer)["Username"] == "ann"


def test_a_token_that_is_like_one_that_was_verified(idp: Any, at: Setup, tokens: Tokens) -> None:
    head, claims, proof = tokens["AccessToken"].split(".")
    other = sign_in(idp, at)["AccessToken"].split(".")
    for altered, error in (
        ((head, other[1], proof), UNPROVED),
        ((head, claims, other[2]), UNPROVED),
        ((head, claims, proof[:-1] + chr(ord(proof[-1]) + 1)), UNPROVED),
        ((head, claims, ""), UNPROVED),
        ((tokens["IdToken"].partition(".")[0], claims, proof), INVALID),
    ):
        with refused(*error):
            idp.get_user(AccessToken=".".join(altered))
    with refused(*INVALID):
        idp.get_user(AccessToken=tokens["IdToken"])


def test_the_claims_that_are_remembered_do_not_change(running: Running, at: Setup, tokens: Tokens) -> None:
    token = tokens["AccessToken"]
    key = running.run(running.world.keys.of(at.pool)).access_key
    reads: list[Callable[[], Tokens]] = [lambda: key.verify(token), lambda: signing_key.unverified(token)[1]]
    for read in reads:
        read()["scope"] = "other"
        assert read()["scope"] == "aws.cognito.signin.user.admin"


def test_another_key_does_not_verify_a_remembered_token(running: Running, at: Setup, tokens: Tokens) -> None:
    keys = running.run(running.world.keys.of(at.pool))
    with pytest.raises(signing_key.BadSignature):
        keys.id_key.verify(tokens["AccessToken"])
    with pytest.raises(signing_key.BadSignature):
        keys.access_key.verify(tokens["AccessToken"], "RS512")


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_key, "MOST_VERIFIED", 3)
    monkeypatch.setattr(signing_key, "_verified", {})
    key = make_key_set().access_key
    made = [key.sign({"number": number}) for number in range(5)]
    assert [key.verify(token)["number"] for token in made] == [0, 1, 2, 3, 4]
    assert list(signing_key._verified) == made[2:]
    assert key.verify(made[0]) == {"number": 0}


def test_a_token_in_another_world_and_after_a_snapshot(control: Control) -> None:
    """The pool and its keys are the same there, the sign-in is not."""
    first = control.emulator.client()
    other = control.emulator.client(endpoint_url=f"{control.emulator.url}/w/other")
    assert control("POST", "/_emulator/snapshots/before").status in (200, 201)
    parameters = {"USERNAME": "ann", "PASSWORD": "Ann-12345"}
    answer = first.initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    token = answer["AuthenticationResult"]["AccessToken"]
    assert first.get_user(AccessToken=token)["Username"] == "ann"
    with refused(*INVALID):
        other.get_user(AccessToken=token)
    assert first.get_user(AccessToken=token)["Username"] == "ann"
    assert control("PUT", "/_emulator/snapshots/before").status in (200, 201)
    with refused(*REVOKED):
        first.get_user(AccessToken=token)
    for made in ("snapshots/before", "worlds/other"):
        assert control("DELETE", f"/_emulator/{made}").status == 200
