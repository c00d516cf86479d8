"""Notices of risky sign-ins, with links by which the user answers.

The user says by a link whether it was their own sign-in.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.event_risk import NO_RISK
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.threats import auth_event, risk_notice
from cognito_emulator.domain.threats import threat as rules
from cognito_emulator.domain.threats.known_risk import place_of
from cognito_emulator.flows.messaging import messages
from cognito_emulator.flows.threats.risk_settings import configuration

if TYPE_CHECKING:
    from cognito_emulator.world import World

log = logging.getLogger("emulator.messages")


async def tell(world: World, attempt: Attempt, caller: Caller) -> None:
    """Send the notice of a sign-in that was assessed, if its level has Notify.

    "Amazon Cognito only sends notification messages to users when their action generates an automated risk response"
    [docs: cognito-user-pool-settings-adaptive-authentication]. They go to unverified addresses too. A notice that
    can't be sent changes nothing about the sign-in.
    """
    if attempt.risk.decision in ("", NO_RISK) or not attempt.risk.level:
        return
    pool = world.client(attempt.who.client_id, caller.away)[0]
    user = world.store.users.get(attempt.who.key)
    settings = configuration(world, pool, attempt.who.client_id)
    action = rules.action_for(settings, attempt.risk.level)
    if user is None or not action.notify:
        return
    token = auth_event.feedback_token(world.secret, attempt.who.pool_id, user.sub, attempt.event_id)
    base = world.public_url if world.domains(pool) else None
    place = place_of(world.store.places, attempt.how.origin.ip)
    values = risk_notice.facts(attempt, token, world.clock.now(), base, place)
    notify = settings["AccountTakeoverRiskConfiguration"].get("NotifyConfiguration", {})
    notice = risk_notice.compose(notify, rules.notice_of(attempt.risk), action.action, values)
    try:
        await messages.send_notice(world, pool, user, notice, caller)
    except errors.ApiError as refusal:
        log.warning("The notice of a sign-in of %s was not sent: %s", user.username, refusal.message)
