"""Flows: walk the authorization code grant with PKCE step by step, as an app does."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.control_api import dispatch
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.logins import why_not
from cognito_emulator.console.view import View
from cognito_emulator.domain.base64url import base64url
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.ports.keys import unverified

_FORM = {"content-type": "application/x-www-form-urlencoded"}
_TOKENS = ("id_token", "access_token", "refresh_token")
STATE = "console"


def verifier_of(view: View) -> str:
    """Return the code verifier of this browser [RFC 7636 §4.1]; nothing is stored."""
    digest = hmac.new(view.world.secret, f"pkce|{view.nonce}".encode(), hashlib.sha256).digest()
    return base64url(digest).decode()


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier [RFC 7636 §4.2]."""
    return base64url(hashlib.sha256(verifier.encode()).digest()).decode()


def _client(view: View, client_id: str) -> Client | None:
    """Return the client of the walk: the requested one, or one with a login page.

    Raises:
        HTTPException: 404
    """
    store = view.world.store
    if not client_id:
        return next((one for one in store.clients if not why_not(one) and "code" in one.grants), None)
    client = store.clients.get(client_id)
    if client is None:
        raise HTTPException(404, "There is no such app client (any more).")
    return client


async def _show(view: View) -> Response:
    return _page(view, {}, "", None)


def _page(view: View, tokens: Mapping[str, str], step: str, answer: Any, status: int = 0) -> Response:
    view.nonce_made()
    client = _client(view, view.field("client") or view.query("client").get("client", ""))
    reason = why_not(client) if client else ""
    return view.page(
        "walk.html",
        "Flows",
        "flows",
        view.world.store.pools.get(client.pool_id) if client else None,
        client=client,
        reason=reason,
        clients=[one for one in view.world.store.clients if not why_not(one)][:200],
        authorize=_authorize(view, client) if client and not reason else "",
        logout=_logout(view, client) if client else "",
        tokens=tokens,
        claims={name: unverified(tokens[name])[1] for name in _TOKENS[:2] if name in tokens},
        step=step,
        answer=answer,
        answer_status=status,
    )


def _authorize(view: View, client: Client) -> str:
    values = {
        "client_id": client.id,
        "response_type": "code",
        "scope": " ".join(client.scopes),
        "redirect_uri": client.callback_urls[0],
        "state": STATE,
        "code_challenge_method": "S256",
        "code_challenge": challenge_of(verifier_of(view)),
    }
    return f"{view.world.public_url}/oauth2/authorize?{urlencode(values)}"


def _logout(view: View, client: Client) -> str:
    if not client.logout_urls:
        return ""
    values = {"client_id": client.id, "logout_uri": client.logout_urls[0]}
    return f"{view.world.public_url}/logout?{urlencode(values)}"


def code_of(address: str) -> str:
    """Return the code in the address that the browser has come back to.

    Raises:
        HTTPException: 400, it has an error, or no code.
    """
    try:
        found = parse_qs(urlsplit(address.strip()).query)
    except ValueError:
        raise HTTPException(400, "This is no address.") from None
    if "error" in found:
        detail = found.get("error_description", [""])[0]
        raise HTTPException(400, f"The sign-in has ended with {found['error'][0]}. {detail}".strip())
    if "code" not in found:
        raise HTTPException(400, "The address has no code. Paste the whole address, as the browser shows it.")
    return found["code"][0]


async def _step(view: View) -> Response:
    client = _client(view, view.field("client"))
    if client is None:
        raise HTTPException(400, "Choose an app client.")
    do, kept = view.field("do"), {name: view.field(name) for name in _TOKENS if view.field(name)}
    own = {"client_id": client.id, **({"client_secret": client.secrets[0]} if client.secrets else {})}
    if do == "exchange":
        uri = client.callback_urls[0] if client.callback_urls else ""
        more = {"grant_type": "authorization_code", "code": code_of(view.field("address")), "redirect_uri": uri}
        sent = {**own, **more, "code_verifier": verifier_of(view)}
    elif do == "refresh":
        sent = {**own, "grant_type": "refresh_token", "refresh_token": kept.get("refresh_token", "")}
    elif do == "revoke":
        sent = {**own, "token": kept.get("refresh_token", "")}
    elif do == "userinfo":
        bearer = {"authorization": f"Bearer {''.join(kept.get('access_token', '').split())}"}
        status, answer = await dispatch(view, "GET", "/oauth2/userInfo", b"", bearer)
        return _page(view, kept, do, answer, status)
    else:
        raise HTTPException(400, "'do' must be one of: exchange, refresh, userinfo, revoke.")
    path = "/oauth2/revoke" if do == "revoke" else "/oauth2/token"
    status, answer = await dispatch(view, "POST", path, urlencode(sent).encode(), _FORM)
    fresh = answer if isinstance(answer, dict) else {}
    return _page(view, {**kept, **{name: fresh[name] for name in _TOKENS if name in fresh}}, do, answer, status)


show, send = screen(_show), form(_step, _show)
