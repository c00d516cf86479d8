"""The documents for verifiers of identity pools' OpenID tokens."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.domain.identity_pools import identity_token
from cognito_emulator.flows.identity_pools import tokens
from cognito_emulator.world import World

PATH = f"/{identity_token.NAME}/.well-known"
_DAYS_30 = 30 * 24 * 3600


async def identity_configuration(request: Request) -> Response:
    """Answer `GET /cognito-identity/.well-known/openid-configuration`.

    There is no authorization endpoint, and so no authorization_endpoint. With AWS's issuers, which differ by Region,
    it names that of the settings' Region. All pools share one issuer.
    """
    world: World = request.app.state.world
    issuer = tokens.issuer(world, world.settings.region)
    document = {
        "issuer": issuer,
        "jwks_uri": f"{world.keys_at(issuer, f'/{identity_token.NAME}')}/.well-known/jwks_uri",
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS512"],
    }
    return JSONResponse(document)


async def identity_jwks(request: Request) -> Response:
    """Answer `GET /cognito-identity/.well-known/jwks_uri`.

    The path is AWS's, and so is the time for which the answer may be cached.
    """
    world: World = request.app.state.world
    keys = tokens.jwks(world, await tokens.key(world))
    return JSONResponse(keys, headers={"cache-control": f"public, max-age={_DAYS_30}"})
