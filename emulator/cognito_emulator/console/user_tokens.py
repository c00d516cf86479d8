"""Tokens of a user in one click: made without a sign-in, decoded, to be copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.control_api import ask
from cognito_emulator.console.editing import read_object
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.listing import offered_groups
from cognito_emulator.console.tokens import Decoded, decode
from cognito_emulator.console.view import View
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User

_KINDS = (("ID token", "IdToken"), ("Access token", "AccessToken"), ("Refresh token", "RefreshToken"))
_LISTS = ("scopes", "groups")
_NUMBERS = ("expires_in",)


async def _show(view: View) -> Response:
    view.query()
    pool = view.pool()
    return _page(view, pool, view.user(pool), [])


def _page(view: View, pool: Pool, user: User, made: list[tuple[str, str, Decoded]]) -> Response:
    clients = view.world.store.clients.where("pool", pool.id)
    chosen = next((one for one in clients if one.id == view.field("client")), None)
    return view.page(
        "user_tokens.html",
        f"Tokens of {user.username}",
        "users",
        pool,
        user=user,
        clients=clients,
        chosen=chosen or (clients[0] if clients else None),
        groups=offered_groups(view.world, pool) or [],
        made=made,
    )


def order_of(view: View, pool: Pool, user: User) -> Mapping[str, Any]:
    """Read the form as a body of `POST /_emulator/tokens`.

    Raises:
        HTTPException: 400
    """
    order: dict[str, Any] = {"pool": pool.id, "client": view.field("client"), "username": user.username}
    for name in _LISTS:
        if view.field(name).strip():
            order[name] = view.field(name).replace(",", " ").split()
    for name in _NUMBERS:
        if view.field(name).strip():
            order[name] = _number(name, view.field(name).strip())
    if view.field("claims").strip():
        order["claims"] = read_object(view.field("claims"))
    return order


def _number(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 12):
        raise HTTPException(400, f"{name!r} must be a whole number of seconds; one below 0 makes expired tokens.")
    return int(text)


async def _make(view: View) -> Response:
    pool = view.pool()
    user = view.user(pool)
    answer = await ask(view, "POST", "/tokens", order_of(view, pool, user))
    found = [(title, answer[name]) for title, name in _KINDS if name in answer]
    made = [(title, token, await decode(view.world, token)) for title, token in found]
    return _page(view, pool, user, made)


show, send = screen(_show), form(_make, _show)
