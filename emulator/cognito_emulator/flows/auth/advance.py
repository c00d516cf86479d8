"""Go on after a proof: the next challenge, or the end of the sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.next_step import SignedIn, next_step
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.threats.auth_event import IN_PROGRESS, PASS
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import passkey_sign_in, risk_refusal, sessions, sign_in_triggers
from cognito_emulator.flows.auth.context import SignIn
from cognito_emulator.flows.auth.outcome import Complete, Outcome
from cognito_emulator.flows.threats import auth_events, protection, risk_notices
from cognito_emulator.flows.tokens import issue
from cognito_emulator.flows.tokens.access import check_credit

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def advance(world: World, attempt: Attempt, user: User, caller: Caller, spent: Session | None = None) -> Outcome:
    """Go on after a proof: return the next challenge with its session, or tokens.

    `user` is the record as the proof changes it, `spent` the session just answered; both are written together
    with what comes next, so that a refusal here leaves neither behind.

    Raises:
        NotAuthorized: threat protection blocks the sign-in.
        ApiError: as `next_step`, and as the triggers.
    """
    check_credit(world, attempt)
    judgement = protection.judge(world, attempt, user, caller.away)
    if protection.is_blocked(judgement):
        await risk_refusal.refuse(world, judgement, spent, caller)
    outcome = await _go_on(world, judgement, user, caller, spent)
    if judgement is not attempt:
        await risk_notices.tell(world, judgement, caller)
    return outcome


async def _go_on(world: World, attempt: Attempt, user: User, caller: Caller, spent: Session | None) -> Outcome:
    pool, client = world.client(attempt.who.client_id, caller.away)
    device = world.store.devices.get((pool.id, user.sub, attempt.how.device))
    passkey = bool(attempt.goal.targets) and bool(passkey_sign_in.of_user(world, pool, user))
    step = next_step(attempt, user, pool, device, passkey=passkey)
    if isinstance(step, SignedIn):
        write_proof(world, user, spent)
        return await finish(world, attempt, caller)
    signin = SignIn(pool, client, caller, attempt, user, attempt.who.username)
    passkey_request, step = passkey_sign_in.with_passkey_request(world, pool, user, signin.typed, step)
    challenge = await sessions.ask(world, signin, step, spent, passkey_request)
    auth_events.sign_in(world, attempt, IN_PROGRESS)
    return challenge


def write_proof(world: World, user: User, spent: Session | None) -> None:
    """Write the user as a proof changes them; end the session that was answered."""
    if spent is None and world.store.users.get(user.key) is user:
        return  # a password proved: nothing has changed
    with world.store.write():
        world.store.users.put(user)
        if spent is not None:
            world.store.sessions.put(replace(spent, used=True))


async def finish(world: World, attempt: Attempt, caller: Caller) -> Outcome:
    """Run the last trigger and issue tokens.

    On the pages, `hosted.authorize.finish` does that.
    """
    await sign_in_triggers.run_post_authentication(world, attempt, caller)
    if attempt.how.hosted:
        auth_events.sign_in(world, attempt, PASS)
        return Complete(attempt)
    tokens = await issue.sign_in(world, attempt, caller)
    auth_events.sign_in(world, attempt, PASS)
    return tokens
