"""The documents for verifiers of identity pools' OpenID tokens."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.domain.identity_pools import identity_token, issuer_name
from cognito_emulator.flows.identity_pools import tokens
from cognito_emulator.oauth import hosts
from cognito_emulator.world import World

PATH = f"/{issuer_name.NAME}/.well-known"
_DAYS_30 = 30 * 24 * 3600


async def identity_configuration(request: Request) -> Response:
    """Answer `GET /cognito-identity/.well-known/openid-configuration`.

    There is no authorization endpoint, and so no authorization_endpoint. With AWS's issuers, which differ by Region,
    it names that of the settings' Region. All pools share one issuer.
    """
    world: World = request.app.state.world
    issuer = tokens.issuer(world, world.settings.region)
    base = world.keys_at(issuer, f"/{issuer_name.NAME}")
    return JSONResponse(_document(issuer, f"{base}/.well-known/jwks_uri"))


def _document(issuer: str, keys: str) -> dict[str, object]:
    return {
        "issuer": issuer,
        "jwks_uri": keys,
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS512"],
    }


def configuration_at(host: str) -> Response:
    """Answer `GET /.well-known/openid-configuration` at the identity pools' host.

    AWS's host of identity pools is their issuer.
    """
    return JSONResponse(_document(f"https://{host}", f"https://{host}/.well-known/jwks_uri"))


async def jwks_at_host(request: Request) -> Response:
    """Answer `GET /.well-known/jwks_uri`, at AWS's host of identity pools alone.

    Raises:
        HTTPException: 404 at other hosts, or if tokens have another issuer.
    """
    if not is_at_host(request):
        raise HTTPException(404)
    return await identity_jwks(request)


def is_at_host(request: Request) -> bool:
    """Return whether a request arrived at AWS's host of identity pools.

    That host issues their tokens.
    """
    world: World = request.app.state.world
    return world.settings.issued_as == "aws" and identity_token.is_issuer_host(hosts.host_of(request))


async def identity_jwks(request: Request) -> Response:
    """Answer `GET /cognito-identity/.well-known/jwks_uri`.

    The path is AWS's, and so is the time for which the answer may be cached.
    """
    world: World = request.app.state.world
    keys = tokens.jwks(world, await tokens.key(world))
    return JSONResponse(keys, headers={"cache-control": f"public, max-age={_DAYS_30}"})
