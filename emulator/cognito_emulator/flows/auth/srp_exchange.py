"""The SRP exchange of a sign-in: the challenge, and the check of the proof.

PASSWORD_VERIFIER carries no Session: the SECRET_BLOCK, opaque to the client, identifies the attempt.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.first_factor import USER_AUTH
from cognito_emulator.domain.auth.session import Session, digest
from cognito_emulator.domain.auth.srp import Claim
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import password_secret
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import hidden_users, sessions
from cognito_emulator.flows.auth.challenge_answer import Answered
from cognito_emulator.flows.auth.outcome import PendingChallenge

if TYPE_CHECKING:
    from cognito_emulator.world import World

_BLOCK_BYTES = 768
# In the order in which the service reports them missing [assumed].
_KEYS = ("TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK")


async def challenge(world: World, attempt: Attempt, user: User, srp_a: str) -> PendingChallenge:
    """Return PASSWORD_VERIFIER for a user who has a password.

    Raises:
        InvalidParameter: SRP_A is not a number.
    """
    public = srp.read_public(srp_a)
    kept = user.password
    if kept is None:
        raise errors.wrong_credentials().because("auth.password-none")
    verifier = kept.verifier
    if verifier is None:
        (verifier,) = await world.crypto.together(partial(srp.verifier, kept.x))
        now = world.store.users.get(user.key)
        if now is not None and now.password == kept:
            with world.store.write():
                world.store.users.put(replace(now, password=replace(kept, verifier=verifier)))
    return _begin(world, attempt, public, Secret(kept.salt, verifier))


def simulated_challenge(world: World, pool: Pool, attempt: Attempt, typed: str, srp_a: str) -> PendingChallenge:
    """Return PASSWORD_VERIFIER for a user who does not exist.

    A name gets the same salt and id each time [RFC 5054 §2.5.1.3]. The verifier is any number, since none has to fit
    it. From a private value it would take a time that shows the difference.
    """
    public = srp.read_public(srp_a)
    salt = hidden_users.derive(world, "salt", pool, typed)[:16]
    seed = hidden_users.derive(world, "verifier", pool, typed)
    verifier = int.from_bytes(hashlib.shake_256(seed).digest(len(password_secret.pad(srp.N))), "big") % srp.N
    return _begin(world, attempt, public, Secret(salt, verifier))


class Secret(Struct, frozen=True):
    """What the server keeps of a secret: the salt, and the verifier g^x."""

    salt: bytes
    verifier: int


def ask(
    world: World, attempt: Attempt, a_public: int, secret: Secret, name: str = ChallengeName.PASSWORD_VERIFIER
) -> tuple[Session, dict[str, str]]:
    """Return the session that waits for the proof, and the values for the client.

    The session is not stored yet. Whether the user may still sign in is looked up when the proof comes.

    Raises:
        ResourceNotFound: the client was deleted while the verifier was calculated.
    """
    b = int.from_bytes(world.ids.bytes(32), "big")
    b_public = srp.server_public(b, secret.verifier)  # 0.2 ms; a thread would add 0.15 ms
    block = base64.b64encode(world.ids.bytes(_BLOCK_BYTES)).decode()
    client = world.client(attempt.who.client_id)[1]
    session = Session(
        digest(block),
        attempt,
        name,
        world.clock.now() + client.validity.session,
        srp=(f"{a_public:x}", f"{b_public:x}", f"{b:x}"),
    )
    parameters = {
        "SALT": f"{int.from_bytes(secret.salt, 'big'):x}",
        "SECRET_BLOCK": block,
        "SRP_B": f"{b_public:x}",
        "USERNAME": attempt.who.username,
    }
    return session, parameters


def _begin(world: World, attempt: Attempt, a_public: int, secret: Secret) -> PendingChallenge:
    session, parameters = ask(world, attempt, a_public, secret)
    parameters["USER_ID_FOR_SRP"] = attempt.who.username
    bearer = None
    if attempt.how.flow == USER_AUTH:
        # The documented example of this flow answers with a Session [docs: user-pool-lambda-challenge].
        bearer = sessions.new_bearer(world)
        session = replace(session, pair=digest(bearer))
    with world.store.write():
        sessions.forget_old(world)
        world.store.sessions.put(session)
    return PendingChallenge(ChallengeName.PASSWORD_VERIFIER, parameters, bearer)


def take(world: World, request: Answered) -> tuple[Session, Claim]:
    """Return the attempt of an answer with a proof, and the proof.

    The caller uses the attempt up when the proof is right. A wrong one may be followed by another while the session
    lasts [assumed].

    Raises:
        InvalidParameter: a part of the answer is missing or malformed.
        NotAuthorized: the secret block is not the emulator's, of another client, user or challenge, answered
            already, or too old; all with the text for a wrong password [assumed].
    """
    responses = request.responses
    for key in _KEYS:
        if not responses.get(key):
            raise errors.missing_parameter(key)
    block = responses["PASSWORD_CLAIM_SECRET_BLOCK"]
    claim = srp.read_claim(Claim(block, responses["PASSWORD_CLAIM_SIGNATURE"], responses["TIMESTAMP"]))
    session = world.store.sessions.get(digest(block))
    if session is None or session.used or session.expires <= world.clock.now():
        raise errors.wrong_credentials().because("auth.srp-challenge")
    if session.pair and not request.session:
        raise errors.missing_parameter("Session")
    if session.pair and session.pair != digest(request.session or ""):
        raise errors.invalid_session().because("auth.session-other-call")
    attempt = session.attempt
    ours = (attempt.who.client_id, attempt.how.admin, attempt.how.hosted, session.challenge) == (
        request.client.id,
        request.admin,
        request.hosted,
        request.challenge,
    )
    if not ours or not sessions.names_user(world, request.pool, responses["USERNAME"], attempt):
        raise errors.wrong_credentials().because("auth.session-other-call")
    return session, claim


def look_again(world: World, session: Session) -> Session:
    """Return an attempt as it is after a wait.

    Raises:
        NotAuthorized: it was used up, or its time is over.
    """
    now = world.store.sessions.get(session.digest)
    if now is None or now.used or now.expires <= world.clock.now():
        raise errors.wrong_credentials().because("auth.srp-challenge")
    return now


async def check_hidden_proof(world: World, session: Session, claim: Claim) -> None:
    """Check the proof of a user who does not exist, as slowly as a wrong one."""
    x = int(session.srp[1], 16) % 2**256
    await holds(world, session, of_private(x), Prover("", ""), claim)


class Prover(Struct, frozen=True):
    """What the proof names: pool name and user name, or group key and device key."""

    name: str
    identity: str


# Calculates the session key of A, B and b, with what the server keeps of the secret.
KeyOf = Callable[[int, int, int], bytes]


def of_private(x: int) -> KeyOf:
    """Return the session key's calculation where the server keeps the private value."""
    return partial(srp.server_key_of, x=x)


def of_verifier(v: int) -> KeyOf:
    """Return the session key's calculation where the server keeps the verifier alone."""
    return partial(srp.server_key, v=v)


async def holds(world: World, session: Session, key_of: KeyOf, prover: Prover, claim: Claim) -> bool:
    """Return whether the proof shows that the client knows the secret.

    The server calculates the shared number itself. The caller looks the records up again.
    """
    (right,) = await world.crypto.together(partial(_holds, session, key_of, prover, claim))
    return right


def _holds(session: Session, key_of: KeyOf, prover: Prover, claim: Claim) -> bool:
    a_public, b_public, b = (int(number, 16) for number in session.srp)
    key = key_of(a_public, b_public, b)
    return srp.claim_holds(key, prover.name, prover.identity, claim) and not srp.is_void(a_public)
