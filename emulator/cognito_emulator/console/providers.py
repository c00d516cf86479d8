"""Identity providers of a pool."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.editing import changeable, read_object
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import View, path_of
from cognito_emulator.console.words import text_of
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.pools.pool import Pool

_IDS = frozenset({"UserPoolId", "ProviderName"})


async def _list(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    view.query()
    providers = store.providers.where("pool", pool.id)
    rows = [(provider, path_of(pool, "providers", provider.name)) for provider in providers]
    return view.page("providers.html", "Providers", "providers", pool, rows=rows)


def _found(view: View, pool: Pool) -> Provider:
    found = view.world.store.providers.get((pool.id, view.request.path_params["provider"]))
    if found is None:
        raise HTTPException(404, "There is no such identity provider (any more).")
    return found


async def _provider(view: View) -> Response:
    pool = view.pool()
    provider = _found(view, pool)
    view.query()
    described = (await view.call("DescribeIdentityProvider", pool, ProviderName=provider.name))["IdentityProvider"]
    return view.page(
        "provider.html",
        provider.name,
        "providers",
        pool,
        provider=provider,
        settings=view.field("settings") or text_of(changeable("UpdateIdentityProvider", described, _IDS)),
        clients=[one for one in view.world.store.clients.where("pool", pool.id) if provider.name in one.providers],
    )


async def _change(view: View) -> Response:
    pool = view.pool()
    provider, do = _found(view, pool), view.field("do")
    if do == "save":
        members = read_object(view.field("settings"))
        names = {"ProviderName": provider.name, "UserPoolId": pool.id}
        await view.send("UpdateIdentityProvider", {**members, **names}, pool)
        return view.go(path_of(pool, "providers", provider.name), "saved")
    if do == "delete":
        await view.call("DeleteIdentityProvider", pool, ProviderName=provider.name)
        return view.go(path_of(pool, "providers"), "deleted")
    raise HTTPException(400, "'do' must be one of: save, delete.")


show = screen(_list)
provider, send_provider = screen(_provider), form(_change, _provider)
