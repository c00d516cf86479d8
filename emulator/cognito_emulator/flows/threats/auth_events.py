"""Records of user activity, and feedback on them.

An event stays although the call that it describes is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.event_risk import UNJUDGED, Risk
from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats import auth_event as rules
from cognito_emulator.domain.threats.auth_event import AuthEvent, Feedback
from cognito_emulator.domain.threats.threat import OFF, mode
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.threats import log_export

if TYPE_CHECKING:
    from cognito_emulator.world import World


def _put(world: World, event: AuthEvent, client_id: str | None = None) -> None:
    """Write a new or changed event, and export it.

    The oldest event of a long history is deleted.
    """
    table = world.store.auth_events
    with world.store.write():
        if event.id not in table and table.count("user", event.user_key) >= rules.KEPT:
            oldest = table.first("user", event.user_key)
            if oldest is not None:
                table.delete(oldest.id)
        table.put(event)
    log_export.user_activity(world, event, client_id)


def _next_number(world: World, user_key: tuple[str, str]) -> int:
    newest = world.store.auth_events.last("user", user_key)
    return newest.number + 1 if newest else 1


def sign_in(world: World, attempt: Attempt, response: str, failed: str | None = None) -> None:
    """Record the state of a sign-in, with one event for the whole sign-in.

    `failed` is the kind of the wrong answer. Nothing is stored for a user who does not exist, or where the pool does
    not watch this flow.
    """
    pool = world.store.pools.get(attempt.who.pool_id)
    user = world.store.users.get(attempt.who.key)
    if pool is None or user is None or mode(pool, attempt.how.flow) == OFF:
        return
    event = world.store.auth_events.get(attempt.event_id) or AuthEvent(
        id=attempt.event_id,
        pool_id=pool.id,
        sub=user.sub,
        number=_next_number(world, user.key),
        kind=rules.SIGN_IN,
        created=world.clock.now(),
        response=response,
        ip=attempt.how.origin.ip,
        agent=attempt.how.origin.agent,
        fingerprint=attempt.how.origin.fingerprint,
    )
    world.metrics.risk(pool.id, rules.SIGN_IN, event.risk, attempt.risk)
    answered = rules.challenges(attempt.proof.challenges, failed)
    changed = replace(event, response=response, challenges=answered, risk=attempt.risk)
    _put(world, changed, attempt.who.client_id)


def record(
    world: World,
    pool: Pool,
    sub: str,
    kind: str,
    response: str,
    *,
    origin: Origin,
    risk: Risk = UNJUDGED,
    flow: str = "",
) -> None:
    """Record an event that has ended already.

    Nothing is stored where the pool does not watch the flow.
    """
    if mode(pool, flow) == OFF or (pool.id, sub) not in world.store.users:
        return
    world.metrics.risk(pool.id, kind, UNJUDGED, risk)
    event = AuthEvent(
        world.ids.uuid(),
        pool.id,
        sub,
        _next_number(world, (pool.id, sub)),
        kind,
        world.clock.now(),
        response,
        ip=origin.ip,
        agent=origin.agent,
        fingerprint=origin.fingerprint,
        risk=risk,
    )
    _put(world, event)


@contextmanager
def recorded(world: World, pool: Pool, user: User | None, kind: str, origin: Origin) -> Iterator[None]:
    """Record Fail if the block inside is refused, else Pass; only with a user."""
    if user is None:
        yield
        return
    try:
        yield
    except errors.ApiError:
        record(world, pool, user.sub, kind, rules.FAIL, origin=origin)
        raise
    record(world, pool, user.sub, kind, rules.PASS, origin=origin)


def user_of(world: World, pool: Pool, username: str) -> User:
    """Return the user whose events are requested.

    Raises:
        UserPoolAddOnNotEnabled: the pool records no events [own wording]. UserNotFound
    """
    if not pool.records_events:
        raise errors.UserPoolAddOnNotEnabled("User pool add-on not enabled.")
    return names.get_for_admin(world.store, pool, username)


def find(world: World, user: User, event_id: str) -> AuthEvent:
    """Return an event of the user.

    Raises:
        ResourceNotFound: the user has no such event [own wording].
    """
    event = world.store.auth_events.get(event_id)
    if event is None or event.user_key != user.key:
        raise errors.ResourceNotFound("Auth event does not exist.").because("threats.event-unknown")
    return event


def give_feedback(world: World, event: AuthEvent, value: str, provider: str) -> None:
    """Set the feedback on an event, in place of an earlier one."""
    with world.store.write():
        world.store.auth_events.put(replace(event, feedback=Feedback(value, provider, world.clock.now())))


def give_user_feedback(world: World, pool: Pool, username: str, event_id: str, *, token: str, value: str) -> None:
    """Set a user's feedback, for UpdateAuthEventFeedback.

    The token proves that the caller has read the notification of this event.

    Raises:
        UserPoolAddOnNotEnabled, UserNotFound, ResourceNotFound
        NotAuthorized: the token is not this event's [own wording].
    """
    event = find(world, user_of(world, pool, username), event_id)
    if not rules.token_holds(world.secret, event, token):
        raise errors.NotAuthorized("Invalid feedback token.").because("threats.feedback-token")
    give_feedback(world, event, value, "User")
