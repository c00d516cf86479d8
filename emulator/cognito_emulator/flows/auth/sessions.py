"""Sessions between challenges: begin, check and use up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.next_step import Challenge
from cognito_emulator.domain.auth.session import REMEMBERED, Passkeys, Session, digest
from cognito_emulator.domain.base64url import base64url
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.expiry import drop_ended
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.flows.auth import hidden_users, one_time_codes
from cognito_emulator.flows.auth.challenge_answer import Answered
from cognito_emulator.flows.auth.context import SignIn
from cognito_emulator.flows.auth.outcome import PendingChallenge

if TYPE_CHECKING:
    from cognito_emulator.world import World

# The service's sessions begin so and are some hundred characters long [assumed]; clients treat them as opaque.
_PREFIX = "AYABe"


def new_bearer(world: World) -> str:
    return _PREFIX + base64url(world.ids.bytes(384)).decode()


def forget_old(world: World) -> None:
    """Delete sessions that ended long ago.

    The caller has opened a write block that adds one.
    """
    drop_ended(world.store.sessions, world.clock.now(), remembered=REMEMBERED)


async def ask(
    world: World, signin: SignIn, step: Challenge, spent: Session | None = None, passkey_request: Passkeys | None = None
) -> PendingChallenge:
    """Send a challenge to the client, with the code that it needs.

    Writes `user` and uses up the session just answered. `asked` are the options for a passkey. For a user who does
    not exist nothing is written or sent.

    Raises:
        InvalidParameter: the pool cannot send text messages, or the user has no address for the code.
    """
    attempt, user = signin.attempt, signin.user
    outgoing = one_time_codes.prepare(world, signin.pool, attempt, user, step)
    bearer = new_bearer(world)
    session = Session(
        digest(bearer),
        attempt,
        step.name,
        world.clock.now() + signin.client.validity.session,
        code=outgoing.digest if outgoing else "",
        to=outgoing.to if outgoing else "",
        passkeys=passkey_request,
    )
    with world.store.write():
        if attempt.who.sub is not None:
            world.store.users.put(user)
        if spent is not None:
            world.store.sessions.put(replace(spent, used=True))
        forget_old(world)
        world.store.sessions.put(session)
    parameters = dict(step.parameters)
    if outgoing is not None:
        parameters |= outgoing.parameters
        await one_time_codes.send(world, signin.pool, user, outgoing, signin.caller)
    return PendingChallenge(step.name, parameters, bearer, step.available)


def mark_used(world: World, session: Session) -> None:
    with world.store.write():
        world.store.sessions.put(replace(session, used=True))


def renew(world: World, session: Session, changed: Session) -> str:
    """Use `session` up and continue with `changed`.

    Returns the new bearer string.
    """
    bearer = new_bearer(world)
    with world.store.write():
        world.store.sessions.put(replace(session, used=True))
        forget_old(world)
        world.store.sessions.put(replace(changed, digest=digest(bearer), used=False))
    return bearer


def find(world: World, bearer: str) -> Session:
    """Return an outstanding session.

    Raises:
        NotAuthorized: unknown, answered already, or expired; each with AWS's text.
    """
    session = world.store.sessions.get(digest(bearer))
    if session is None:
        raise errors.invalid_session().because("auth.session-unknown")
    if session.used:
        raise errors.NotAuthorized("Invalid session for the user, session can only be used once.").because(
            "auth.session-used"
        )
    if session.expires <= world.clock.now():
        raise errors.NotAuthorized("Invalid session for the user, session is expired.").because(
            "auth.session-expired", setting="AuthSessionValidity", value=_minutes(world, session)
        )
    return session


def _minutes(world: World, session: Session) -> Any:
    """Return how long a session of the app client lasts."""
    client = world.store.clients.get(session.attempt.who.client_id)
    return None if client is None else client.settings.get("AuthSessionValidity")


def take(world: World, request: Answered) -> Session:
    """Return the session that `request` answers.

    Its client, API family, challenge and user must be those of the request.

    Raises:
        InvalidParameter: no Session.
        NotAuthorized: any of it does not fit.
    """
    if not request.session:
        raise errors.missing_parameter("Session")
    session = find(world, request.session)
    attempt = session.attempt
    fits = (
        attempt.who.client_id == request.client.id
        and attempt.how.admin == request.admin
        and attempt.how.hosted == request.hosted
        and session.challenge == request.challenge
        and names_user(world, request.pool, request.responses["USERNAME"], attempt)
    )
    if not fits:
        raise errors.invalid_session().because("auth.session-other-call")
    return session


def names_user(world: World, pool: Pool, typed: str, attempt: Attempt) -> bool:
    """Tell whether `typed` names the user of the attempt.

    It is the real name, or an alias of the same user.
    """
    if typed == attempt.who.username:
        return True
    if attempt.who.sub is None:
        return hidden_users.name(world, pool, typed) == attempt.who.username
    user = names.find(world.store, pool, typed)
    return user is not None and user.sub == attempt.who.sub


def bearer_of(request: Answered) -> str | None:
    """Return the string that says to which sign-in an answer belongs.

    It is the secret block where a proof by SRP is required, else the Session. An unnecessary block has no effect.
    """
    if request.challenge in (ChallengeName.PASSWORD_VERIFIER, ChallengeName.DEVICE_PASSWORD_VERIFIER):
        return request.responses.get("PASSWORD_CLAIM_SECRET_BLOCK")
    return request.session


def flow_of(world: World, bearer: str | None) -> str:
    """Return the flow of the sign-in of a session or secret block.

    It is empty if there is none.
    """
    session = world.store.sessions.get(digest(bearer)) if bearer else None
    return session.attempt.how.flow if session else ""


def find_attempt(world: World, client: Client, bearer: str | None) -> Attempt | None:
    """Find the sign-in behind a session or secret block of that client."""
    session = world.store.sessions.get(digest(bearer)) if bearer else None
    return session.attempt if session is not None and session.attempt.who.client_id == client.id else None
