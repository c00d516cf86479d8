"""Links in emails that act when they are clicked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.oauth.pages.error_pages import tell
from cognito_emulator.ports.journal import note_refusal
from cognito_emulator.world import World

Act = Callable[[World, Mapping[str, str]], Awaitable[str]]


async def clicked(request: Request, names: Sequence[str], act: Act, failed: str) -> Response:
    """Call `act` with the parameters of these `names`; show its text on a page.

    The status is 400 with `failed` and the reason where a parameter is missing or `act` raises an ApiError.
    """
    if request.method == "HEAD":
        return HTMLResponse()  # HEAD is not a click
    values = {name: request.query_params.get(name, "") for name in names}
    missing = [name for name, value in values.items() if not value]
    if missing:
        return tell(request, failed, 400, error=f"Missing required parameter {missing[0]}")
    try:
        done = await act(request.app.state.world, values)
    except ApiError as error:
        note_refusal(error)
        return tell(request, failed, 400, error=error.message)
    return tell(request, done, 200, graphic="check")
