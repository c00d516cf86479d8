"""SRP_A and the answers to PASSWORD_VERIFIER: what is malformed, what is wrong, and what is only unusual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.users import password_secret
from tests.helpers.build import PASSWORD, Setup, SrpClient, refused, setup, user
from tests.helpers.harness import Running
from tests.helpers.sign_in import WRONG, begin, respond, srp_begin

FORMAT = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."
BASE64 = "Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string."
# In the order in which the service misses them (measured).
KEYS = ["USERNAME", "TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"]


@pytest.fixture
def at(running: Running) -> Setup:
    made = setup(running)
    user(running, made.pool)
    return made


def answered(idp: Any, at: Setup, change: dict[str, str], password: str = PASSWORD) -> Any:
    """A right answer with a change."""
    client = SrpClient(at.pool, password)
    return respond(idp, at, "PASSWORD_VERIFIER", **(client.responses(srp_begin(idp, at, client)) | change))


# --- the answer ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"PASSWORD_CLAIM_SIGNATURE": "AAAA"},
        {"PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"},
        {"PASSWORD_CLAIM_SECRET_BLOCK": "not base64!"},
        {"TIMESTAMP": "Sat Sep 5 09:03:02 UTC 2020"},
        {"USERNAME": "bob"},
    ],
)
def test_any_change_of_the_proof(running: Running, idp: Any, at: Setup, change: dict[str, str]) -> None:
    user(running, at.pool, "bob")
    with refused("NotAuthorizedException", WRONG):
        answered(idp, at, change)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"TIMESTAMP": "now"}, FORMAT),
        ({"TIMESTAMP": "2026-09-05T09:03:02Z"}, FORMAT),
        ({"TIMESTAMP": "Sat Sept 5 09:03:02 UTC 2026"}, FORMAT),
        ({"PASSWORD_CLAIM_SIGNATURE": "é"}, BASE64),
        ({"PASSWORD_CLAIM_SIGNATURE": "not base64!"}, BASE64),
        # The format is looked at before the exchange is.
        ({"TIMESTAMP": "now", "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"}, FORMAT),
        ({"PASSWORD_CLAIM_SIGNATURE": "!", "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA"}, BASE64),
    ],
)
def test_a_malformed_proof(idp: Any, at: Setup, change: dict[str, str], text: str) -> None:
    """amazon-cognito-identity-js#683 for the timestamp."""
    with refused("InvalidParameterException", text):
        answered(idp, at, change)


@pytest.mark.parametrize("number", range(len(KEYS)))
def test_every_part_is_needed(idp: Any, at: Setup, number: int) -> None:
    client = SrpClient(at.pool, PASSWORD)
    whole = client.responses(srp_begin(idp, at, client))
    without = {key: value for key, value in whole.items() if key != KEYS[number]}
    with refused("InvalidParameterException", f"Missing required parameter {KEYS[number]}"):
        respond(idp, at, "PASSWORD_VERIFIER", **without)
    first = {key: whole[key] for key in KEYS[:number]}
    if first:
        with refused("InvalidParameterException", f"Missing required parameter {KEYS[number]}"):
            respond(idp, at, "PASSWORD_VERIFIER", **first)


def test_no_answer_at_all(idp: Any, at: Setup) -> None:
    text = "Missing required parameter challenge responses."
    with refused("InvalidParameterException", text):
        respond(idp, at, "PASSWORD_VERIFIER")
    with refused("InvalidParameterException", text):
        idp.respond_to_auth_challenge(ClientId=at.client, ChallengeName="PASSWORD_VERIFIER")


@pytest.mark.parametrize("away", [timedelta(days=11), timedelta(days=-11), timedelta(minutes=6)])
def test_a_timestamp_of_another_day(idp: Any, at: Setup, away: timedelta) -> None:
    """Measured: how old it is does not matter."""
    client = SrpClient(at.pool, PASSWORD)
    answer = client.responses(srp_begin(idp, at, client), datetime.now(UTC) + away)
    assert "AccessToken" in respond(idp, at, "PASSWORD_VERIFIER", **answer)["AuthenticationResult"]


@pytest.mark.parametrize("zone", ["GMT", "utc"])
def test_a_timestamp_in_another_form(idp: Any, at: Setup, zone: str) -> None:
    """Measured: it is read, and the proof is of the canonical form."""
    moment = datetime(2026, 9, 5, 9, 3, 2, tzinfo=UTC)
    client = SrpClient(at.pool, PASSWORD)
    answer = client.responses(srp_begin(idp, at, client), moment) | {"TIMESTAMP": f"sat SEP 05 09:03:02 {zone} 2026"}
    assert "AccessToken" in respond(idp, at, "PASSWORD_VERIFIER", **answer)["AuthenticationResult"]


# --- more than one ---------------------------------------------------------------------------------------


def test_a_second_proof_after_a_wrong_one(idp: Any, at: Setup) -> None:
    """Measured: the challenge stays good."""
    client = SrpClient(at.pool, PASSWORD)
    right = client.responses(srp_begin(idp, at, client))
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **right | {"PASSWORD_CLAIM_SIGNATURE": "AAAA"})
    assert "AccessToken" in respond(idp, at, "PASSWORD_VERIFIER", **right)["AuthenticationResult"]
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **right)


def test_a_second_proof_comes_within_the_session(running: Running, idp: Any, at: Setup) -> None:
    client = SrpClient(at.pool, PASSWORD)
    right = client.responses(srp_begin(idp, at, client))
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **right | {"PASSWORD_CLAIM_SIGNATURE": "AAAA"})
    running.world.clock.advance(181)
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "PASSWORD_VERIFIER", **right)


def test_wrong_proofs_of_one_challenge_lock_the_user(running: Running, idp: Any, at: Setup) -> None:
    running.world.clock.freeze(1_800_000_000)
    client = SrpClient(at.pool, PASSWORD)
    right = client.responses(srp_begin(idp, at, client))
    for _ in range(5):
        with refused("NotAuthorizedException", WRONG):
            respond(idp, at, "PASSWORD_VERIFIER", **right | {"PASSWORD_CLAIM_SIGNATURE": "AAAA"})
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        respond(idp, at, "PASSWORD_VERIFIER", **right)


# --- SRP_A -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("public", ["xyz", "-5", "0x1", "1\n"])
def test_srp_a_is_a_number(idp: Any, at: Setup, public: str) -> None:
    text = (
        f"1 validation error detected: Value '{public}' at 'sRPA' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$"
    )
    with refused("InvalidParameterException", text):
        begin(idp, at, "USER_SRP_AUTH", USERNAME="ann", SRP_A=public)


def voided(at: Setup, parameters: dict[str, str], public: int) -> dict[str, str]:
    """The answer of one who knows what the key is where A is a multiple of N: that of S = 0."""
    import base64

    u = srp._hash_number(password_secret.pad(public), password_secret.pad(int(parameters["SRP_B"], 16)))
    block, stamp = parameters["SECRET_BLOCK"], srp.write_timestamp(datetime.now(UTC))
    proof = srp.proof(srp.session_key(u, 0), at.pool.split("_")[1], "ann", base64.b64decode(block), stamp)
    values = ("ann", stamp, proof, block)
    return dict(zip(KEYS, values, strict=True))


@pytest.mark.parametrize("public", [0, srp.N, 2 * srp.N], ids=["0", "N", "2N"])
@pytest.mark.parametrize("client", [{}, {"PreventUserExistenceErrors": "ENABLED"}], ids=["legacy", "hiding"])
def test_a_multiple_of_n_lets_nobody_in(running: Running, idp: Any, public: int, client: dict[str, str]) -> None:
    """Measured: there is a challenge, and no answer to it is right. Its key is known to everybody."""
    at = setup(running, client)
    user(running, at.pool)
    asked = begin(idp, at, "USER_SRP_AUTH", USERNAME="ann", SRP_A=f"{public:x}")
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    for _ in range(2):
        with refused("NotAuthorizedException", WRONG):
            respond(idp, at, "PASSWORD_VERIFIER", **voided(at, asked["ChallengeParameters"], public))
