"""The pool's keys and OpenID configuration, for verifiers of tokens.

The documents are those of OpenID Connect Discovery and [RFC 8414 §3].
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.domain.clients import cimd_policy
from cognito_emulator.domain.hosted.dynamic_registration import is_on
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.world import World

_METHODS = ["client_secret_basic", "client_secret_post"]


def _missing(pool_id: str) -> Response:
    return JSONResponse({"message": f"User pool {pool_id} does not exist."}, 400)


async def jwks(request: Request) -> Response:
    """Answer `GET /{poolId}/.well-known/jwks.json`.

    The key of ID tokens comes first, then the key of access tokens.
    """
    world: World = request.app.state.world
    pool_id = request.path_params["pool_id"]
    if pool_id not in world.store.pools:
        return _missing(pool_id)
    keys = await world.keys.of(pool_id)
    return JSONResponse(keys.jwks(), headers={"cache-control": "public, max-age=86400"})


async def openid_configuration(request: Request) -> Response:
    """Answer `GET /{poolId}/.well-known/openid-configuration`.

    The endpoints are at the emulator's own host, since not every program resolves the names of a pool's domains. With
    AWS's issuer they are at the pool's domain, as on AWS.
    """
    world: World = request.app.state.world
    pool = world.store.pools.get(request.path_params["pool_id"])
    if pool is None:
        return _missing(request.path_params["pool_id"])
    domains = world.domains(pool) if world.settings.issued_as == "aws" else []
    # Where a pool has both, the custom domain comes first, as for passkeys [assumed].
    at = min(domains, key=lambda domain: not domain.is_custom, default=None)
    if at is None:
        return document(world, pool, world.public_url, f"/{pool.id}/oauth2/register")
    return document(world, pool, f"https://{at.host}{world.prefix}", "/oauth2/register")


def document(world: World, pool: Pool, base: str, register: str) -> Response:
    """Return the configuration, with the endpoints at `base`."""
    found: dict[str, Any] = {
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "end_session_endpoint": f"{base}/logout",
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": world.issuer(pool),
        "jwks_uri": f"{world.keys_at(world.issuer(pool), f'/{pool.id}')}/.well-known/jwks.json",
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": f"{base}/oauth2/revoke",
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": f"{base}/oauth2/token",
        "token_endpoint_auth_methods_supported": _METHODS,
        "userinfo_endpoint": f"{base}/oauth2/userInfo",
    }
    if cimd_policy.is_available(pool) and world.store.cimd_policies.count("pool", pool.id):
        # That it is said where there is a policy, and none with it, is a guess: clients look for both [assumed].
        found["client_id_metadata_document_supported"] = True
        found["token_endpoint_auth_methods_supported"] = [*_METHODS, "none"]
    if is_on(pool):
        found["registration_endpoint"] = f"{base}{register}"
    return JSONResponse(found)
