"""The login pages of a pool: open one for a client; domains and looks."""

from __future__ import annotations

from starlette.responses import Response

from cognito_emulator.console.endpoint import screen
from cognito_emulator.console.logins import login_url, why_not
from cognito_emulator.console.view import View, path_of


async def _show(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    view.query()
    styles = {branding.client_id for branding in store.brandings.where("pool", pool.id)}
    rows = [
        {
            "client": client,
            "path": path_of(pool, "clients", client.id),
            "login": login_url(view.world, client),
            "why_not": why_not(client),
            "has_style": client.id in styles,
        }
        for client in store.clients.where("pool", pool.id)
    ]
    return view.page("pages.html", "Login pages", "pages", pool, rows=rows, domains=view.world.domains(pool))


show = screen(_show)
