"""A client with a metadata document, and its user's browser, at the OAuth endpoints."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import Setup, user
from tests.helpers.documents import URL
from tests.helpers.harness import Running
from tests.helpers.oauth_client import CHALLENGE, VERIFIER, Browser, Reply, signed_in

OTHER = "https://b.example.com/x"
BACK = "https://client.example.com/back"
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def browser_at(running: Running, at: Setup, **attributes: Any) -> Browser:
    """A browser in which the pool's user is signed in."""
    return signed_in(running, at, user(running, at.pool, **attributes))


def ask(browser: Browser, client: str = URL, **changes: str | None) -> Reply:
    return browser.authorize(client, **{"redirect_uri": BACK, **PKCE, **changes})


def exchange(running: Running, code: str, client: str = URL, **changes: str) -> Reply:
    form = {"grant_type": "authorization_code", "client_id": client, "code": code, "redirect_uri": BACK}
    return Browser(running).token({**form, "code_verifier": VERIFIER, **changes})


def tokens(running: Running, browser: Browser) -> Any:
    answered = exchange(running, ask(browser).query["code"])
    assert answered.status == 200, answered.body
    return answered.json


def refresh(running: Running, token: str, client: str = URL, **more: str) -> Reply:
    return Browser(running).token({"grant_type": "refresh_token", "client_id": client, "refresh_token": token, **more})


def error_of(reply: Reply) -> str:
    """The text of the error page to which a browser is sent, and nowhere else."""
    assert reply.status == 302
    assert reply.location.startswith("/error?")
    return reply.query["error"]
