"""`/_emulator/tokens`: tokens and codes without a sign-in, expiry, new keys."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control import members
from cognito_emulator.control.inputs import world_of
from cognito_emulator.domain import errors
from cognito_emulator.flows.hosted import made_codes
from cognito_emulator.flows.tokens import expired_tokens, made_tokens
from cognito_emulator.flows.tokens.made_tokens import CannotExist, Order
from cognito_emulator.operations._outcomes import authentication_result

_ORDER = {
    "pool": members.text,
    "client": members.text,
    "username": members.text,
    "scopes": members.texts,
    "claims": members.mapping,
    "groups": members.texts,
    "auth_time": members.number,
    "expires_in": members.number,
    "acr": members.text,
    "amr": members.texts,
    "triggers": members.flag,
}
_EXPIRE = {"pool": members.text, "user": members.text, "client": members.text, "refresh": members.flag}
# The query of /oauth2/authorize, but for what only a page can ask.
_CODE_MEMBERS = (
    "client",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "resource",
    "acr_values",
)
_CODE = dict.fromkeys(_CODE_MEMBERS, members.text)


async def make_tokens(request: Request) -> Response:
    """Answer `POST /_emulator/tokens` with an AuthenticationResult.

    The members are those of `made_tokens.Order`.
    """
    found = await members.read(request, _ORDER, ("pool", "client", "username"))
    try:
        return JSONResponse(authentication_result(await made_tokens.make(world_of(request), Order(**found))))
    except CannotExist as problem:
        raise HTTPException(400, str(problem)) from None
    except errors.ApiError as error:
        raise HTTPException(400, f"{error.code}: {error.message}") from None


async def expire_tokens(request: Request) -> Response:
    """Answer `POST /_emulator/tokens/expire` of `{"pool", "user"}` or `{"client"}`.

    Their tokens count as expired here. Refresh tokens stay good, unless `"refresh": true`. The answer is how many
    sign-ins it was.
    """
    found = await members.read(request, _EXPIRE)
    try:
        count = await expired_tokens.expire(
            world_of(request),
            pool_id=found.get("pool"),
            username=found.get("user"),
            client_id=found.get("client"),
            refresh=found.get("refresh", False),
        )
    except CannotExist as problem:
        raise HTTPException(400, str(problem)) from None
    return JSONResponse({"expired": count})


async def make_code(request: Request) -> Response:
    """Answer `POST …/authorization-code` with a code and the location it is sent to.

    The members are the query of /oauth2/authorize, with `client` for the client's id.
    """
    found = await members.read(request, _CODE, ("client", "redirect_uri"))
    params = {("client_id" if name == "client" else name): value for name, value in found.items()}
    path = request.path_params
    try:
        made = await made_codes.make(world_of(request), path["pool_id"], path["user"], params)
    except CannotExist as problem:
        raise HTTPException(400, str(problem)) from None
    return JSONResponse({"code": made.code, "location": made.location})


async def rotate_keys(request: Request) -> Response:
    """Answer `POST /_emulator/pools/{id}/keys/rotate`.

    New tokens are signed by new keys; old ones still verify.
    """
    await members.read(request, {})
    world, pool_id = world_of(request), request.path_params["pool_id"]
    if pool_id not in world.store.pools:
        raise HTTPException(404, f"There is no pool {pool_id!r}.")
    keys = await world.keys.rotate(pool_id)
    signing = {"id": keys.id_key.kid, "access": keys.access_key.kid}
    return JSONResponse({"signing": signing, "kids": [key["kid"] for key in keys.jwks()["keys"]]})
