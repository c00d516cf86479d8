"""Show home: pools, the last requests and messages, the clock, client settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cognito_emulator.console.chart import chart_of
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.logins import login_url
from cognito_emulator.console.requests import is_own
from cognito_emulator.console.view import HOME, View
from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.clock import state
from cognito_emulator.control.connect.kinds import SNIPPETS
from cognito_emulator.control.connect.target import NoTarget, Target, choose_target
from cognito_emulator.control.inputs import is_browser
from cognito_emulator.control.journal_view import summary
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.journal import Entry
from cognito_emulator.seed import SeedError, parse_default

MOST = 8
MOST_POOLS = 100


async def lead_here(request: Request) -> Response:
    """Answer `GET /_emulator`: lead a browser on to the console."""
    if not is_browser(request):
        raise HTTPException(404)
    return RedirectResponse(HOME, 308)


async def show(request: Request) -> Response:
    """Answer `GET /_emulator/`: the console's first page, but not as JSON."""
    if not (is_browser(request) or request.headers.get("accept", "*/*").startswith("*/*")):
        raise HTTPException(404)
    return await _page(request)


async def _show(view: View) -> Response:
    values = view.query("client", "connect")
    world, store = view.world, view.world.store
    pools = list(store.pools)[:MOST_POOLS]
    connect = values.get("connect", "boto3")
    if connect not in SNIPPETS:
        raise HTTPException(400, f"'connect' must be one of: {', '.join(SNIPPETS)}.")
    target = _target(view, values.get("client"))
    return view.page(
        "home.html",
        "Home",
        "home",
        pools=[_pool(view, pool) for pool in pools],
        more_pools=len(store.pools) - len(pools),
        counts=_counts(view),
        chart=chart_of(world),
        requests=[summary(world, entry) for entry in reversed(_asked(view)[-MOST:])],
        messages=list(reversed(world.outbox.all()[-MOST:])),
        clock=state(world.clock),
        clients=list(store.clients)[:200],
        target=target,
        connect=connect,
        snippets=SNIPPETS,
        snippet=SNIPPETS[connect].text(target) if target else "",
        note=SNIPPETS[connect].note(target) if target else "",
        code=SNIPPETS[connect].code(target) if target else "",
        identity_pools=list(store.identity_pools),
    )


def _pool(view: View, pool: Pool) -> Mapping[str, Any]:
    store = view.world.store
    clients = store.clients.where("pool", pool.id)
    logins = (login_url(view.world, client) for client in clients)
    return {
        "pool": pool,
        "users": store.users.count("pool", pool.id),
        "clients": len(clients),
        "domains": [domain.name for domain in view.world.domains(pool)],
        "login": next((url for url in logins if url), None),
    }


def _asked(view: View) -> Sequence[Entry]:
    """Return the journal without what the console and the mock providers were asked."""
    return view.world.journal.all(lambda entry: not is_own(entry))


def _counts(view: View) -> Sequence[tuple[str, int, str]]:
    world = view.world
    asked = _asked(view)
    refused = sum(entry.is_refusal for entry in asked)
    return [
        ("Users", len(world.store.users), HOME),
        ("Requests", len(asked), "/_emulator/console/requests"),
        ("Refused", refused, "/_emulator/console/requests?error=*"),
        ("Messages", len(world.outbox.all()), "/_emulator/console/inbox"),
    ]


def _target(view: View, client_id: str | None) -> Target | None:
    """Return what the settings lead to.

    Raises:
        HTTPException: 404
    """
    try:
        return choose_target(view.world, client_id=client_id)
    except NoTarget as error:
        raise HTTPException(404, str(error)) from None


async def _load(view: View) -> Response:
    """Load the built-in seed, as the emulator does without another one."""
    if view.field("do") != "example":
        raise HTTPException(400, "'do' must be: example.")
    baseline: Baseline = view.request.app.state.baseline
    try:
        await baseline.sow(parse_default())
    except SeedError as error:
        raise HTTPException(400, "; ".join(str(mistake) for mistake in error.mistakes)) from None
    return view.go(HOME, "loaded")


_page, send = screen(_show), form(_load, _show)
