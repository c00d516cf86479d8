"""The login pages of a pool: open one for a client; domains, looks, a preview."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console import rendering
from cognito_emulator.console.control_api import fetch
from cognito_emulator.console.endpoint import screen
from cognito_emulator.console.listing import part_of
from cognito_emulator.console.logins import login_path, login_url, why_not
from cognito_emulator.console.view import View, path_of
from cognito_emulator.domain.clients.client import Client


async def _show(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    values = view.query("client", "after")
    wanted = values.get("client")
    styles = {branding.client_id for branding in store.brandings.where("pool", pool.id)}
    clients = store.clients.where("pool", pool.id)
    part = part_of(clients, values)
    rows = [
        {
            "client": client,
            "path": path_of(pool, "clients", client.id),
            "login": login_url(view.world, client),
            "why_not": why_not(client),
            "has_style": client.id in styles,
        }
        for client in part.rows
    ]
    with_page = [client for client in clients if not why_not(client)]
    shown = next((client for client in with_page if client.id == wanted), with_page[0] if with_page else None)
    domains = view.world.domains(pool)
    return view.page("pages.html", "Login pages", "pages", pool, rows=rows, part=part, domains=domains, shown=shown)


async def _preview(view: View) -> Response:
    pool = view.pool()
    view.query()
    client: Client | None = view.world.store.clients.get(view.request.path_params["client_id"])
    if client is None or client.pool_id != pool.id or why_not(client):
        raise HTTPException(404, "There is no such app client with a login page (any more).")
    _, body = await fetch(view, "GET", login_path(client), b"", {})
    return rendering.preview(body.decode())


show = screen(_show)
preview = screen(_preview)
