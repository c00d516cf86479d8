"""End a sign-in that threat protection finds too risky."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.threats import auth_event
from cognito_emulator.flows.auth import sessions
from cognito_emulator.flows.threats import auth_events, risk_notices
from cognito_emulator.flows.threats.protection import is_blocked, judge

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def judge_risk(world: World, attempt: Attempt, caller: Caller) -> Attempt:
    """Judge the risk in custom authentication, where no proof waits to be written.

    All that follows from it is done, as in `judge`.

    Raises:
        NotAuthorized: it is too risky.
    """
    user = world.store.users.get(attempt.who.key)
    judgement = attempt if user is None else judge(world, attempt, user, caller.away)
    if judgement is not attempt:
        if is_blocked(judgement):
            await refuse(world, judgement, None, caller)
        await risk_notices.tell(world, judgement, caller)
    return judgement


async def refuse(world: World, attempt: Attempt, spent: Session | None, caller: Caller) -> NoReturn:
    """End a sign-in that was judged too risky.

    The session is used up, and the user notified if the pool says so.

    Raises:
        NotAuthorized
    """
    if spent is not None:
        sessions.mark_used(world, spent)
    auth_events.sign_in(world, attempt, auth_event.FAIL)
    await risk_notices.tell(world, attempt, caller)
    raise errors.blocked_for_risk()
