"""Show app clients of a pool: list, make, change (JSON of UpdateUserPoolClient)."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.editing import changeable, read_object
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.listing import part_of
from cognito_emulator.console.logins import login_url, why_not
from cognito_emulator.console.view import View, path_of
from cognito_emulator.console.words import text_of
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.pool import Pool

_IDS = frozenset({"UserPoolId", "ClientId"})
USUAL = ("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")


async def _list(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    part = part_of(store.clients.where("pool", pool.id), view.query("after"))
    rows = [
        {
            "client": client,
            "path": path_of(pool, "clients", client.id),
            "login": login_url(view.world, client),
            "sign_ins": store.families.count("client", client.id),
        }
        for client in part.rows
    ]
    return view.page("clients.html", "Clients", "clients", pool, rows=rows, part=part)


async def _create(view: View) -> Response:
    pool = view.pool()
    made = await view.call(
        "CreateUserPoolClient",
        pool,
        ClientName=view.field("name"),
        GenerateSecret=bool(view.field("secret")),
        ExplicitAuthFlows=list(USUAL),
    )
    return view.go(path_of(pool, "clients", made["UserPoolClient"]["ClientId"]), "created")


def _found(view: View, pool: Pool) -> Client:
    client = view.world.store.clients.get(view.request.path_params["client_id"])
    if client is None or client.pool_id != pool.id:
        raise HTTPException(404, "There is no such app client (any more).")
    return client


async def _client(view: View) -> Response:
    pool = view.pool()
    client = _found(view, pool)
    view.query()
    described = (await view.call("DescribeUserPoolClient", pool, ClientId=client.id))["UserPoolClient"]
    return view.page(
        "client.html",
        client.name,
        "clients",
        pool,
        client=client,
        described={name: value for name, value in described.items() if name != "ClientSecret"},
        settings=view.field("settings") or text_of(changeable("UpdateUserPoolClient", described, _IDS)),
        login=login_url(view.world, client),
        why_not=why_not(client),
    )


async def _change(view: View) -> Response:
    pool = view.pool()
    client, do = _found(view, pool), view.field("do")
    if do == "save":
        members = read_object(view.field("settings"))
        await view.send("UpdateUserPoolClient", {**members, "ClientId": client.id, "UserPoolId": pool.id}, pool)
        return view.go(path_of(pool, "clients", client.id), "saved")
    if do == "delete":
        await view.call("DeleteUserPoolClient", pool, ClientId=client.id)
        return view.go(path_of(pool, "clients"), "deleted")
    raise HTTPException(400, "'do' must be one of: save, delete.")


show, send = screen(_list), form(_create, _list)
client, send_client = screen(_client), form(_change, _client)
