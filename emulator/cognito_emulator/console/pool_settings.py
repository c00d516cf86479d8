"""The settings of a pool, by the JSON of UpdateUserPool and SetUserPoolMfaConfig."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.editing import changeable, read_object
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import HOME, View, path_of
from cognito_emulator.console.words import text_of

_IDS = frozenset({"UserPoolId"})
_OPERATIONS = {"settings": "UpdateUserPool", "mfa": "SetUserPoolMfaConfig"}


async def _show(view: View) -> Response:
    pool = view.pool()
    view.query()
    described = (await view.call("DescribeUserPool", pool))["UserPool"]
    mfa = await view.call("GetUserPoolMfaConfig", pool)
    return view.page(
        "settings.html",
        "Settings",
        "settings",
        pool,
        described={name: value for name, value in described.items() if name != "SchemaAttributes"},
        schema=list(pool.schema.values()),
        settings=view.field("settings") or text_of(changeable("UpdateUserPool", described, _IDS)),
        mfa=view.field("mfa") or text_of(changeable("SetUserPoolMfaConfig", mfa, _IDS)),
        issuer=view.world.issuer(pool),
        jwks=f"{view.world.public_url}/{pool.id}/.well-known/jwks.json",
    )


async def _change(view: View) -> Response:
    pool, do = view.pool(), view.field("do")
    if do in _OPERATIONS:
        await view.send(_OPERATIONS[do], {**read_object(view.field(do)), "UserPoolId": pool.id}, pool)
        return view.go(path_of(pool, "settings"), "saved")
    if do == "delete":
        await view.call("DeleteUserPool", pool)
        return view.go(HOME, "deleted")
    raise HTTPException(400, "'do' must be one of: settings, mfa, delete.")


show, send = screen(_show), form(_change, _show)
