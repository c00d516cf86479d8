"""`GET /authEventFeedback?…`: the one-click links in notices of risky sign-ins.

API reference, UpdateAuthEventFeedback: users "invoke this operation when they select the link that corresponds to
{one-click-link-valid} or {one-click-link-invalid}". What AWS's page says is not documented; these words are ours.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from emulator.domain import errors
from emulator.domain.errors import ApiError
from emulator.domain.risk_notice import INVALID, PARAMETERS, VALID
from emulator.flows import auth_events
from emulator.oauth.pages.trouble import tell
from emulator.world import World

THANKS = {
    VALID: "Thank you. The sign-in was marked as yours.",
    INVALID: "Thank you. The sign-in was marked as not yours. Change your password now.",
}
_FAILED = "Your feedback could not be recorded."


async def feedback(request: Request) -> Response:
    """Records the feedback as UpdateAuthEventFeedback does; 400 with the reason where that refuses."""
    if request.method == "HEAD":
        return HTMLResponse()  # a look at the link is no click
    values = [request.query_params.get(name, "") for name in PARAMETERS]
    missing = [name for name, value in zip(PARAMETERS, values, strict=True) if not value]
    if missing:
        return tell(request, _FAILED, 400, error=f"Missing required parameter {missing[0]}")
    pool_id, username, event_id, token, value = values
    if value not in THANKS:
        return tell(request, _FAILED, 400, error="Feedback is Valid or Invalid.")
    try:
        _give(request.app.state.world, pool_id, username, event_id, token, value)
    except ApiError as error:
        return tell(request, _FAILED, 400, error=error.message)
    return tell(request, THANKS[value], 200, graphic="check")


def _give(world: World, pool_id: str, username: str, event_id: str, token: str, value: str) -> None:
    """Raises ApiError: as UpdateAuthEventFeedback."""
    pool = world.store.pools.get(pool_id)
    if pool is None:
        raise errors.pool_not_found(pool_id)
    auth_events.give_user_feedback(world, pool, username, event_id, token, value)
