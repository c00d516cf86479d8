"""Serve the console's pages and forms: check origin and token, show refusals."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.console.view import Problem, View, token_of
from cognito_emulator.control.inputs import text_body
from cognito_emulator.domain.errors import ApiError
from cognito_emulator.ports.journal import note_refusal

Screen = Callable[[View], Awaitable[Response]]
Handler = Callable[[Request], Awaitable[Response]]
_MOST_FIELDS = 2_000
STALE = "This form was made by an earlier run of the emulator, or by another page. Reload the page and send it again."


def screen(show: Screen) -> Handler:
    """Make a page's handler."""

    async def answer(request: Request) -> Response:
        return await _told(View(request), show)

    return answer


def form(act: Screen, show: Screen) -> Handler:
    """Make the handler of a page's forms.

    `show` shows the page again, with the reason, where a form is refused.
    """

    async def answer(request: Request) -> Response:
        view = View(request)
        try:
            view.fields = await _fields(request)
            _check(view)
        except HTTPException as error:
            return _refusal(view, error)
        try:
            return await act(view)
        except ApiError as error:
            view.problem = Problem(error.code, error.message)
            note_refusal(error)
        except HTTPException as error:
            if error.status_code != 400:
                return _refusal(view, error)
            view.problem = Problem("", str(error.detail))
        return await _told(view, show)

    return answer


async def _told(view: View, show: Screen) -> Response:
    """Show a page, or a page that says why there is none."""
    try:
        return await show(view)
    except ApiError as error:
        return view.page("problem.html", "Refused", status=error.status, text=error.message, code=error.code)
    except HTTPException as error:
        return _refusal(view, error)


def _refusal(view: View, error: HTTPException) -> Response:
    title = "Not found" if error.status_code == 404 else "Refused"
    return view.page("problem.html", title, status=error.status_code, text=str(error.detail), code="")


async def _fields(request: Request) -> Mapping[str, Sequence[str]]:
    """Read a form.

    Raises:
        HTTPException: 400, 413
    """
    text = await text_body(request)
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, f"The form has more than {_MOST_FIELDS} fields.") from None


def _check(view: View) -> None:
    """Refuse a form that this browser did not get from this emulator.

    The guard has checked its origin.

    Raises:
        HTTPException: 403
    """
    expected = token_of(view.world, view.nonce)
    if not view.nonce or not hmac.compare_digest(expected.encode(), view.field("csrf").encode()):
        raise HTTPException(403, STALE)
