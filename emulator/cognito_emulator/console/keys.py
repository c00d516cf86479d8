"""The keyboard: what each key does."""

from __future__ import annotations

from starlette.responses import Response

from cognito_emulator.console.endpoint import screen
from cognito_emulator.console.view import View

KEYS = (
    ("?", "this page"),
    ("Ctrl K", "go to a page, user, pool, client, request or operation"),
    ("/", "search on this page"),
    ("j", "the next row"),
    ("k", "the row before"),
    ("Enter", "open the row"),
    ("x", "choose the row"),
    ("c", "copy the row's or the page's id; on a message its code"),
    ("n", "add, on lists that have it"),
    ("Esc", "leave a field, close a menu"),
)


async def _show(view: View) -> Response:
    view.query()
    return view.page("keys.html", "Keyboard", "keys", keys=KEYS)


show = screen(_show)
