"""SECRET_HASH in the answer to a challenge: of whose name it may be, and that it does not tell who exists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers import custom_auth as custom
from tests.helpers.build import DEVELOPER, PASSWORD, Setup, SrpClient, refused, setup, user
from tests.helpers.harness import Running
from tests.helpers.protected import ADDRESS_TEXT, add_ons, configure
from tests.helpers.sign_in import WRONG, begin, respond, srp_begin

NEW = {"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8"}
BLOCK = "PASSWORD_CLAIM_SECRET_BLOCK"


def mismatch(at: Setup) -> Any:
    return refused("NotAuthorizedException", f"Unable to verify secret hash for client {at.client}")


def test_a_needless_secret_block_does_not_say_whose_hash_is_good(running: Running, idp: Any) -> None:
    at = setup(running, {"GenerateSecret": True})
    user(running, at.pool, permanent=False)
    user(running, at.pool, "bob")
    session = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, **at.hashed("ann"))["Session"]
    client = SrpClient(at.pool, PASSWORD)
    block = srp_begin(idp, at, client, "bob", **at.hashed("bob"))["SECRET_BLOCK"]
    for needless in ({}, {BLOCK: block}):
        with mismatch(at):
            respond(idp, at, "NEW_PASSWORD_REQUIRED", session, **NEW, **needless, **at.hashed("bob"))
    answer = respond(idp, at, "NEW_PASSWORD_REQUIRED", session, **NEW, **{BLOCK: block}, **at.hashed("ann"))
    assert "AuthenticationResult" in answer


def test_a_needless_secret_block_does_not_say_which_flow_is_watched(running: Running, idp: Any) -> None:
    """Custom authentication has no threat protection of its own here: its address block does not hold."""
    at = custom.pool_with(running, custom.functions_of(running), EmailConfiguration=DEVELOPER, **add_ons())
    configure(running, at)
    user(running, at.pool, "bob", permanent=False)
    session = begin(idp, at, USERNAME="bob", PASSWORD=PASSWORD)["Session"]
    client = SrpClient(at.pool, PASSWORD)
    asked = custom.begin(idp, at, CHALLENGE_NAME="SRP_A", SRP_A=client.public)
    block = asked["ChallengeParameters"]["SECRET_BLOCK"]
    configure(running, at, RiskExceptionConfiguration={"BlockedIPRangeList": ["127.0.0.0/8"]})
    for needless in ({}, {BLOCK: block}):
        with refused("NotAuthorizedException", ADDRESS_TEXT):
            respond(idp, at, "NEW_PASSWORD_REQUIRED", session, **{**NEW, "USERNAME": "bob"}, **needless)
    # The block that is needed says so still: the flow of this one is not watched.
    answer = respond(
        idp, at, "PASSWORD_VERIFIER", asked.get("Session"), **client.responses(asked["ChallengeParameters"])
    )
    assert answer["ChallengeName"] == "CUSTOM_CHALLENGE"


@pytest.mark.parametrize("typed", ["Ann@x.example", "ANN@X.EXAMPLE", "nobody@x.example"])
def test_a_hash_does_not_tell_who_exists(running: Running, idp: Any, typed: str) -> None:
    """The answer to the SRP challenge names the user as the challenge did, and is hashed with either name."""
    members = {"GenerateSecret": True, "PreventUserExistenceErrors": "ENABLED"}
    folding = {"UsernameConfiguration": {"CaseSensitive": False}}
    at = setup(running, members, UsernameAttributes=["email"], **folding)
    user(running, at.pool, "Ann@x.example")
    client = SrpClient(at.pool, PASSWORD)
    asked = srp_begin(idp, at, client, typed, **at.hashed(typed))
    assert asked["USERNAME"] != typed
    wrong = client.responses(asked) | {"PASSWORD_CLAIM_SIGNATURE": "AAAA"}
    for hashed in (typed, asked["USERNAME"]):
        with refused("NotAuthorizedException", WRONG):
            respond(idp, at, "PASSWORD_VERIFIER", **wrong, **at.hashed(hashed))
    with mismatch(at):
        respond(idp, at, "PASSWORD_VERIFIER", **wrong, **at.hashed("bob@x.example"))
