"""`POST /oauth2/register`: the dynamic registration endpoint.

It is at a pool's domain. At the emulator's own host it is `POST /{poolId}/oauth2/register`, since no domain names the
pool.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.oauth_error import OAuthError, invalid_request
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.hosted import dynamic_registration as flow
from cognito_emulator.oauth import hosts
from cognito_emulator.oauth.errors import answer, on_page, refused
from cognito_emulator.wire.body import Disconnected, RequestTooLarge, read_body
from cognito_emulator.wire.headers import by_name
from cognito_emulator.world import World

_LARGEST = 64 * 1024


async def register(request: Request) -> Response:
    world: World = request.app.state.world
    try:
        pool = _pool(request, world)
        metadata = await _json(request)
        return answer(request, await flow.register(world, pool, _bearer(request), metadata), 201)
    except OAuthError as error:
        response = refused(request, error)
        if error.status in (401, 403):
            response.headers["www-authenticate"] = f'Bearer error="{error.error}"'
        return response
    except RefusedOnPage as error:
        return on_page(request, error)


def _pool(request: Request, world: World) -> Pool | None:
    named = request.path_params.get("pool_id")
    if named is None:
        return hosts.place(request).pool
    pool = world.store.pools.get(named)
    if pool is None:
        raise RefusedOnPage(f"User pool {named} does not exist.", status=404).because("api.pool-unknown")
    return pool


def _bearer(request: Request) -> str | None:
    """Return the bearer token of the Authorization header, if there is one.

    Raises:
        OAuthError: the header has no bearer token.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise invalid_request("The Authorization header must be Bearer").because("oauth.authorization-header")
    return token.strip()


async def _json(request: Request) -> object:
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise invalid_request("Content-Type must be application/json").because("oauth.content-type")
    try:
        found: object = strict_json.decode(await read_body(request.receive, by_name(request.headers.raw), _LARGEST))
    except (RequestTooLarge, Disconnected, ValueError):
        raise invalid_request("The request body is not valid JSON").because("clients.registration-metadata") from None
    return found
