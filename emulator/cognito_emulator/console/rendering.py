"""Render the console's pages: templates, headers and static files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from cognito_emulator.console import words
from cognito_emulator.ports import static_files

if TYPE_CHECKING:
    from jinja2 import Environment

# What a page without scripts must not have; Chromium complains of the focus too.
_SCRIPT = re.compile(r"<script\b[^>]*></script>")
_FOCUS = re.compile(r"(<input\b[^>]*?)\sautofocus\b")
FOLDER = Path(__file__).parent
_SHARED = ("base.html", "parts.html", "home.html")
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# An e-mail's text comes from templates and functions: no script, no form, nothing from the network.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
# A login page in a frame is to be looked at: no script, no form.
PREVIEW_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
HEADERS: Mapping[str, str] = {
    "cache-control": "no-store",
    "x-frame-options": "DENY",
    # Not "no-referrer": the browser would send `Origin: null` with the forms, which are checked by it.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": POLICY,
}


@cache
def _environment() -> Environment:
    """Return the templates' environment, which is loaded with the first page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= words.FILTERS
    environment.globals["version"] = version
    return environment


def load() -> None:
    """Load what all pages are made with, as `oauth.pages.render.load` does."""
    import_module("cognito_emulator.console.frame")
    for name in _SHARED:
        _environment().get_template(name)


def page(template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """Return a page."""
    text = _environment().get_template(template).render(values)
    return HTMLResponse(text, status, HEADERS)


def mail(body: str) -> Response:
    """Return an e-mail's body for the sandboxed frame of its page."""
    return _framed(body, MAIL_POLICY)


def preview(body: str) -> Response:
    """Return a login page for the frame on the console, without its scripts.

    Nothing on it can be used.
    """
    quiet = _FOCUS.sub(r"\1", _SCRIPT.sub("", body))
    return _framed(quiet.replace("<body", "<body inert", 1), PREVIEW_POLICY)


def _framed(body: str, policy: str) -> Response:
    headers = {**HEADERS, "content-security-policy": policy, "x-frame-options": "SAMEORIGIN"}
    return HTMLResponse(body, headers=headers)


def static(name: str) -> bytes:
    """Return a file of `static`.

    Raises:
        KeyError: there is no such file.
    """
    return static_files.read(FOLDER / "static", name)


def version(name: str) -> str:
    """Return a value that changes with the file, for the browser's cache."""
    return static_files.version(FOLDER / "static", name)
