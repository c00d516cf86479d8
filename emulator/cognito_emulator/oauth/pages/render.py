"""The rendering of templates, with the headers of every page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from cognito_emulator.ports import static_files

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parents[1]
_SHARED = ("base.html", "head.html", "messages.html", "parts.html")  # by the pages that are not classic
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Not for forms whose answer redirects to the app: Chromium applies the policy to every redirect that follows,
# those of the app included, and the sign-in would end there.
_FORMS_STAY = "; form-action 'self'"
# No cross-origin-opener-policy: apps open these pages in a pop-up, whose callback then calls its opener.
HEADERS: Mapping[str, str] = {
    "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
    "pragma": "no-cache",
    "expires": "0",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    # Not "no-referrer": the browser would send `Origin: null` with the forms, which are checked by it.
    "referrer-policy": "same-origin",
}


@cache
def _environment() -> Environment:
    """Return the templates' environment, which is loaded with the first page.

    An emulator without pages starts faster.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def load() -> None:
    """Load what all pages are made with: Jinja, and the templates that they share.

    It takes 100 ms of a thread, before the first page is made on the loop.
    """
    for name in _SHARED:
        _environment().get_template(name)


# The values that a template may leave out.
_ABSENT: Mapping[str, Any] = {
    "error": None, "notice": None, "lead": None, "graphic": None, "messages": None, "back_url": None,
    "recovery_url": None, "resend_action": None, "ask_name": False, "with_code": False, "fields": (), "can_skip": False,
    "detail": None, "hint": None, "next_url": None, "next_label": "", "device_name": "", "field_errors": {},
    "local_hint": None, "ask_code": True, "wide": False,
}  # fmt: skip


class Focus:
    """The one field of a page that has the focus.

    It is the first with an error, else the first that wants it.
    """

    def __init__(self, wrong: Collection[str]) -> None:
        self._wrong, self._taken = wrong, False

    def take(self, name: str, wanted: bool) -> bool:
        """Return whether the field of that name takes the focus.

        Fields ask in the page's order.
        """
        takes = not self._taken and (name in self._wrong if self._wrong else wanted)
        self._taken = self._taken or takes
        return takes


def page(template: str, values: Mapping[str, Any], *, status: int = 200, leaves: bool = False) -> Response:
    """Return a page. `leaves`: a form on it may lead to the app."""
    layout = "classic.html" if values["look"].classic else "base.html"
    own = {"layout": layout, "focusing": Focus(values.get("field_errors", ()))}
    text = _environment().get_template(template).render({**_ABSENT, **own, **values})
    policy = _POLICY if leaves else _POLICY + _FORMS_STAY
    return HTMLResponse(text, status, {**HEADERS, "content-security-policy": policy})


def static(name: str) -> bytes:
    """Return a file of `static`.

    Raises:
        KeyError: there is no such file.
    """
    return static_files.read(FOLDER / "static", name)


def version(name: str) -> str:
    """Return a value that changes with the file, for the browser's cache."""
    return static_files.version(FOLDER / "static", name)
