"""Find pages, pools, users, clients, requests, messages, operations by name or id."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from urllib.parse import quote

from msgspec import Struct, to_builtins
from msgspec.structs import replace
from starlette.responses import JSONResponse, Response

from cognito_emulator.console.endpoint import screen
from cognito_emulator.console.frame import frame_of
from cognito_emulator.console.guide import ROOT as GUIDE
from cognito_emulator.console.users import search
from cognito_emulator.console.view import ROOT, View, path_of, user_path
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.ports import guide
from cognito_emulator.wire.model import SERVICES, service_model

MOST = 20
_MOST_OF_A_KIND = 6


class Hit(Struct, frozen=True):
    """Something that was found."""

    label: str
    detail: str
    url: str


async def hits(view: View, text: str) -> list[Hit]:
    """Return what matches, pages first, then what is in the pools."""
    found = [Hit(entry.title, "page", entry.path) for entry in frame_of(view, None).entries]
    if not text:
        return found
    text = text.lower()
    found = [hit for hit in found if text in hit.label.lower()]
    found += islice(_things(view, text), _MOST_OF_A_KIND * 2)
    found += [Hit(page.title, "guide", f"{GUIDE}/{page.name}") for page in guide.pages() if text in page.title.lower()]
    for pool in list(view.world.store.pools)[:20]:
        found += [
            Hit(user.username, f"user of {pool.name}", user_path(user)) for user in await _users(view, pool, text)
        ]
        if len(found) >= MOST:
            break
    found += islice(_requests(view, text), _MOST_OF_A_KIND)
    found += islice(_operations(text), _MOST_OF_A_KIND)
    return found[:MOST]


async def _users(view: View, pool: Pool, text: str) -> list[User]:
    def accept(user: User) -> bool:
        email = user.get("email") or ""
        return text in user.username.lower() or user.sub.startswith(text) or text in email.lower()

    return list((await search(view, pool, accept)).users[:_MOST_OF_A_KIND])


def _things(view: View, text: str) -> Iterator[Hit]:
    store = view.world.store
    for pool in store.pools:
        if text in f"{pool.id} {pool.name}".lower():
            yield Hit(pool.name, f"pool {pool.id}", path_of(pool, "users"))
    for client in store.clients:
        pool_of = store.pools.get(client.pool_id)
        if pool_of is not None and text in f"{client.id} {client.name}".lower():
            yield Hit(client.name, f"app client {client.id}", path_of(pool_of, "clients", client.id))


def _requests(view: View, text: str) -> Iterator[Hit]:
    for entry in reversed(list(view.world.journal)):
        if entry.id.startswith(text) or (text in entry.operation.lower() and entry.status >= 400):
            yield Hit(entry.operation, f"request, {entry.status} {entry.error}".strip(), f"{ROOT}/requests/{entry.id}")
    for message in reversed(view.world.outbox.all()):
        if text in f"{message.to} {message.code or ''}".lower():
            yield Hit(message.code or message.to, f"message to {message.to}", f"{ROOT}/inbox/{quote(message.id)}")


def _operations(text: str) -> Iterator[Hit]:
    for service in SERVICES:
        for name in service_model(service).names:
            if text in name.lower():
                yield Hit(name, f"operation of {service}", f"{ROOT}/api/{service}/{name}")


async def _show(view: View) -> Response:
    values = view.query("q", "format")
    found = await hits(view, values.get("q", "").strip())
    if values.get("format") == "json":
        # Pages have the prefix of their world put before their links; this is none.
        found = [replace(hit, url=f"{view.world.prefix}{hit.url}") for hit in found]
        return JSONResponse({"hits": to_builtins(found)}, headers={"cache-control": "no-store"})
    return view.page("find.html", "Search", hits=found, sought=values.get("q", ""))


show = screen(_show)
