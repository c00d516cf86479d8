"""Sessions between challenges: asked with a fresh one, taken with all checks, spent once."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from emulator.domain import code as codes
from emulator.domain import errors, names
from emulator.domain.client import Client
from emulator.domain.pool import Pool
from emulator.domain.session import REMEMBERED, Session, digest
from emulator.domain.sign_in import SMS_MFA, Attempt, Challenge
from emulator.domain.user import User
from emulator.flows import messages

if TYPE_CHECKING:
    from emulator.world import World

# The service's sessions begin so and are some hundred characters long; clients treat them as opaque.
_PREFIX = "AYABe"


class Answered(Protocol):
    """What a session is checked against: the request that answers it."""

    @property
    def pool(self) -> Pool: ...
    @property
    def client(self) -> Client: ...
    @property
    def challenge(self) -> str: ...
    @property
    def responses(self) -> Mapping[str, str]: ...
    @property
    def session(self) -> str | None: ...
    @property
    def admin(self) -> bool: ...


def new_bearer(world: World) -> str:
    return _PREFIX + base64.urlsafe_b64encode(world.ids.bytes(384)).decode().rstrip("=")


def forget_old(world: World) -> None:
    """Drop sessions whose end is long past; call it inside a write block that adds one."""
    table = world.store.sessions
    for _ in range(2):
        oldest = table.first("all", None)
        if oldest is None or oldest.expires + REMEMBERED > world.clock.now():
            return
        table.delete(oldest.digest)


async def ask(
    world: World, pool: Pool, client: Client, attempt: Attempt, user: User, step: Challenge, spent: Session | None
) -> dict[str, Any]:
    """Put a challenge to the client, sending the code it needs; write `user` and use up the session just answered.

    Raises:
        InvalidParameter: the pool cannot send text messages.
    """
    parameters, sent = dict(step.parameters), ""
    if step.name == SMS_MFA:
        messages.check_can_send(pool, "phone_number")
        sent = world.ids.code()
        details = await messages.send_code(world, pool, user, purpose="mfa", attribute="phone_number", code=sent)
        parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] = details["DeliveryMedium"]
        parameters["CODE_DELIVERY_DESTINATION"] = details["Destination"]
    bearer = new_bearer(world)
    session = Session(
        digest(bearer),
        attempt,
        step.name,
        world.clock.now() + client.validity.session,
        code=codes.digest(sent) if sent else "",
        to=(user.get("phone_number") or "") if sent else "",
    )
    with world.store.write():
        world.store.users.put(user)
        if spent is not None:
            world.store.sessions.put(replace(spent, used=True))
        forget_old(world)
        world.store.sessions.put(session)
    return {"ChallengeName": step.name, "Session": bearer, "ChallengeParameters": parameters}


def spend(world: World, session: Session) -> None:
    with world.store.write():
        world.store.sessions.put(replace(session, used=True))


def renew(world: World, session: Session, changed: Session) -> str:
    """Use `session` up and go on with `changed` under a new bearer string, which is returned."""
    bearer = new_bearer(world)
    with world.store.write():
        world.store.sessions.put(replace(session, used=True))
        forget_old(world)
        world.store.sessions.put(replace(changed, digest=digest(bearer), used=False))
    return bearer


def find(world: World, bearer: str) -> Session:
    """An outstanding session.

    Raises:
        NotAuthorized: unknown, answered already, or expired; each in AWS's words.
    """
    session = world.store.sessions.get(digest(bearer))
    if session is None:
        raise errors.invalid_session()
    if session.used:
        raise errors.NotAuthorized("Invalid session for the user, session can only be used once.")
    if session.expires <= world.clock.now():
        raise errors.NotAuthorized("Invalid session for the user, session is expired.")
    return session


def take(world: World, request: Answered) -> Session:
    """The session that `request` answers: its own client, API family, challenge and user.

    Raises:
        InvalidParameter: no Session.
        NotAuthorized: any of it does not fit.
    """
    if not request.session:
        raise errors.missing_parameter("Session")
    session = find(world, request.session)
    attempt = session.attempt
    fits = (
        attempt.client_id == request.client.id
        and attempt.admin == request.admin
        and session.challenge == request.challenge
        and means(world, request.pool, request.responses["USERNAME"], attempt)
    )
    if not fits:
        raise errors.invalid_session()
    return session


def means(world: World, pool: Pool, typed: str, attempt: Attempt) -> bool:
    """Whether `typed` names the user of the attempt: the real name, or an alias of the same user."""
    if typed == attempt.username:
        return True
    user = names.find(world.store, pool, typed)
    return user is not None and user.sub == attempt.sub


def attempted_name(world: World, client: Client, bearer: str | None) -> str | None:
    """The real user name behind a session or secret block of that client, if there is one."""
    session = world.store.sessions.get(digest(bearer)) if bearer else None
    if session is None or session.attempt.client_id != client.id:
        return None
    return session.attempt.username
