"""`GET /authEventFeedback?…`: the one-click links in notices of risky sign-ins.

Users "invoke this operation when they select the link that corresponds to {one-click-link-valid} or
{one-click-link-invalid}" [docs: UpdateAuthEventFeedback]. The texts of AWS's page are not documented [own wording].
"""

from __future__ import annotations

from collections.abc import Mapping

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
    """Record the feedback as UpdateAuthEventFeedback does.

    The answer is 400 with the reason where that refuses.
    """
    return await clicked(request, PARAMETERS, _give, _FAILED)


async def _give(world: World, values: Mapping[str, str]) -> str:
    """Record the feedback; return the text for the page.

    Raises:
        ApiError: as UpdateAuthEventFeedback.
    """
    pool_id, username, event_id, token, value = (values[name] for name in PARAMETERS)
    if value not in THANKS:
        raise errors.InvalidParameter("Feedback is Valid or Invalid.").because("api.parameter-value")
    pool = world.store.pools.get(pool_id)
    if pool is None:
        raise errors.pool_not_found(pool_id)
    auth_events.give_user_feedback(world, pool, username, event_id, token=token, value=value)
    return THANKS[value]
