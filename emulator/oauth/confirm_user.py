"""`GET /confirmUser/?client_id&user_name&confirmation_code`: the link of a verification e-mail.

Developer guide, "Customizing email verification messages". The link has no other parameters there; what else is sent,
such as `redirect_uri`, has no effect.
"""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from emulator.domain.errors import ApiError
from emulator.domain.trigger import Caller
from emulator.flows import sign_up
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
        return _page(_FAILED, f"Missing required parameter {missing[0]}", 400)
    try:
        await _confirm(request.app.state.world, *values)
    except ApiError as error:
        return _page(_FAILED, error.message, 400)
    return _page(CONFIRMED)


async def _confirm(world: World, client_id: str, username: str, code: str) -> None:
    """Raises ApiError: as ConfirmSignUp."""
    pool, client = world.client(client_id)
    await sign_up.confirm(world, pool, client, username, code, Caller(client_id), force_alias=False)


def _page(title: str, reason: str = "", status: int = 200) -> Response:
    body = f"<p>{escape(reason)}</p>" if reason else ""
    html = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1>{body}</html>\n'
    return HTMLResponse(html, status)
