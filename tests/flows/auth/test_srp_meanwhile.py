"""While an SRP proof is computed, others go on: what they change counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.build import FLOWS, PASSWORD, Setup, SrpClient, refused
from tests.helpers.harness import Running
from tests.helpers.held_crypto import HeldCrypto

WRONG = ("NotAuthorizedException", "Incorrect username or password.")


def _begin(idp: Any, at: Setup, client: SrpClient) -> dict[str, str]:
    parameters = {"USERNAME": "ann", "SRP_A": client.public}
    asked = idp.initiate_auth(ClientId=at.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    return dict(asked["ChallengeParameters"])


def _proof(idp: Any, at: Setup, password: str = PASSWORD, asked: dict[str, str] | None = None) -> Callable[[], Any]:
    """A call with the proof of that password."""
    client = SrpClient(at.pool, password)
    responses = client.responses(asked or _begin(idp, at, client))
    members = {"ClientId": at.client, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": responses}
    return lambda: idp.respond_to_auth_challenge(**members)["AuthenticationResult"]


def test_a_proof_that_nothing_happens_to(idp: Any, at: Setup, held: HeldCrypto) -> None:
    proof = _proof(idp, at)
    held.hold()
    proving = held.begin(proof)
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["Enabled"]
    held.go()
    assert "AccessToken" in proving.result(10)


@pytest.mark.parametrize(
    ("happens", "answer"),
    [
        ("AdminDisableUser", ("NotAuthorizedException", "User is disabled.")),
        ("AdminDeleteUser", WRONG),
        ("AdminSetUserPassword", WRONG),
        ("AdminResetUserPassword", ("PasswordResetRequiredException", "Password reset required for the user")),
    ],
)
def test_the_user_changes_while_a_proof_is_computed(
    running: Running, idp: Any, at: Setup, held: HeldCrypto, happens: str, answer: tuple[str, str]
) -> None:
    running.call(
        "AdminUpdateUserAttributes",
        UserPoolId=at.pool,
        Username="ann",
        UserAttributes=[{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}],
    )
    proof = _proof(idp, at)
    held.hold()
    proving = held.begin(proof)
    more = {"Password": "Another-word-8", "Permanent": True} if happens == "AdminSetUserPassword" else {}
    running.call(happens, UserPoolId=at.pool, Username="ann", **more)
    held.go()
    with refused(*answer):
        proving.result(10)


def test_one_challenge_gives_tokens_once(running: Running, idp: Any, at: Setup, held: HeldCrypto) -> None:
    proof = _proof(idp, at)
    held.hold()
    both = [held.begin(proof), held.begin(proof)]
    held.go()
    outcomes = [one.exception(10) for one in both]
    assert sum(outcome is None for outcome in outcomes) == 1
    assert "Incorrect username or password." in str(next(filter(None, outcomes)))


def test_guesses_at_the_same_time_are_locked_out_too(running: Running, idp: Any, at: Setup, held: HeldCrypto) -> None:
    running.world.clock.freeze(1_800_000_000)
    guesses = [_proof(idp, at, f"Guess-word-{number}") for number in range(5)]
    right = _proof(idp, at)
    held.hold()
    tried = [held.begin(guess) for guess in guesses]
    last = held.begin(right)
    held.go()
    for one in tried:
        with refused("NotAuthorizedException"):
            one.result(10)
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        last.result(10)


def test_the_verifier_of_a_changed_password_is_not_kept(
    running: Running, idp: Any, at: Setup, held: HeldCrypto
) -> None:
    held.hold()
    beginning = held.begin(lambda: _begin(idp, at, SrpClient(at.pool, PASSWORD)))
    new = "Another-word-8"
    running.call("AdminSetUserPassword", UserPoolId=at.pool, Username="ann", Password=new, Permanent=True)
    held.go()
    assert beginning.result(10)["SRP_B"]
    assert "AccessToken" in _signed_in(idp, at, new)


def _signed_in(idp: Any, at: Setup, password: str) -> Any:
    client = SrpClient(at.pool, password)
    members = {"ClientId": at.client, "ChallengeName": "PASSWORD_VERIFIER"}
    responses = client.responses(_begin(idp, at, client))
    return idp.respond_to_auth_challenge(**members, ChallengeResponses=responses)["AuthenticationResult"]


def test_a_client_that_is_deleted_before_its_challenge_is_there(
    running: Running, idp: Any, at: Setup, held: HeldCrypto
) -> None:
    other = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="o", ExplicitAuthFlows=FLOWS)
    there = Setup(at.pool, other["UserPoolClient"]["ClientId"])
    held.hold()
    beginning = held.begin(lambda: _begin(idp, there, SrpClient(at.pool, PASSWORD)))
    running.call("DeleteUserPoolClient", UserPoolId=at.pool, ClientId=there.client)
    held.go()
    with refused("ResourceNotFoundException"):
        beginning.result(10)
