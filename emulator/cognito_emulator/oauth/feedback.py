"""`GET /authEventFeedback?…`: the one-click links in notices of risky sign-ins.

API reference, UpdateAuthEventFeedback: users "invoke this operation when they select the link that corresponds to
{one-click-link-valid} or {one-click-link-invalid}". What AWS's page says is not documented; these words are ours.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.domain.threats.risk_notice import INVALID, PARAMETERS, VALID
from cognito_emulator.flows.threats import auth_events
from cognito_emulator.oauth.links import clicked
from cognito_emulator.world import World

THANKS = {
    VALID: "Thank you. The sign-in was marked as yours.",
    INVALID: "Thank you. The sign-in was marked as not yours. Change your password now.",
}
_FAILED = "Your feedback could not be recorded."


async def feedback(request: Request) -> Response:
    """Records the feedback as UpdateAuthEventFeedback does; 400 with the reason where that refuses."""
    return await clicked(request, PARAMETERS, _give, _FAILED)


async def _give(world: World, pool_id: str, username: str, event_id: str, token: str, value: str) -> str:
    """Raises ApiError: as UpdateAuthEventFeedback."""
    if value not in THANKS:
        raise errors.InvalidParameter("Feedback is Valid or Invalid.")
    pool = world.store.pools.get(pool_id)
    if pool is None:
        raise errors.pool_not_found(pool_id)
    auth_events.give_user_feedback(world, pool, username, event_id, token=token, value=value)
    return THANKS[value]
