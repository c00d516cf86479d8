"""`GET /confirmUser/?client_id&user_name&confirmation_code`: the link of a verification e-mail.

Developer guide, "Customizing email verification messages". The link has no other parameters there; what else is sent,
such as `redirect_uri`, has no effect.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from emulator.domain.errors import ApiError
from emulator.domain.trigger import Caller
from emulator.flows import sign_up
from emulator.oauth.pages.trouble import tell
from emulator.world import World

CONFIRMED = "Your registration has been confirmed!"
_FAILED = "Your registration could not be confirmed."
_PARAMETERS = ("client_id", "user_name", "confirmation_code")


async def confirm_user(request: Request) -> Response:
    """Confirms the account as ConfirmSignUp does; 400 with the reason where that refuses."""
    if request.method == "HEAD":
        return HTMLResponse()  # a look at the link is no click
    values = [request.query_params.get(name, "") for name in _PARAMETERS]
    missing = [name for name, value in zip(_PARAMETERS, values, strict=True) if not value]
    if missing:
        return tell(request, _FAILED, 400, error=f"Missing required parameter {missing[0]}")
    try:
        await _confirm(request.app.state.world, *values)
    except ApiError as error:
        return tell(request, _FAILED, 400, error=error.message)
    return tell(request, CONFIRMED, 200, graphic="check")


async def _confirm(world: World, client_id: str, username: str, code: str) -> None:
    """Raises ApiError: as ConfirmSignUp."""
    pool, client = world.client(client_id)
    await sign_up.confirm(world, pool, client, username, code, Caller(client_id), force_alias=False)
