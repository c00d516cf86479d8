"""What token verifiers read: the pool's keys and its OpenID configuration (RFC 8414, OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.domain.clients import cimd_policy
from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.dynamic_registration import is_on
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.world import World

_METHODS = ["client_secret_basic", "client_secret_post"]


def _missing(pool_id: str) -> Response:
    return JSONResponse({"message": f"User pool {pool_id} does not exist."}, 400)


async def jwks(request: Request) -> Response:
    """`GET /{poolId}/.well-known/jwks.json`: the key of ID tokens, then the key of access tokens."""
    world: World = request.app.state.world
    pool_id = request.path_params["pool_id"]
    if pool_id not in world.store.pools:
        return _missing(pool_id)
    keys = await world.keys.of(pool_id)
    return JSONResponse(keys.jwks(), headers={"cache-control": "public, max-age=86400"})


async def openid_configuration(request: Request) -> Response:
    """`GET /{poolId}/.well-known/openid-configuration`; names what is served here, and where everybody finds it: the
    endpoints at the emulator's own host, since not every program resolves the names of a pool's domains. With AWS's
    issuer they are at the pool's domain, as on AWS."""
    world: World = request.app.state.world
    pool = world.store.pools.get(request.path_params["pool_id"])
    if pool is None:
        return _missing(request.path_params["pool_id"])
    domains = world.domains(pool) if world.settings.issuer == "aws" else []
    # Where a pool has both, which one AWS names is not known; a custom one first, as for passkeys.
    at = min(domains, key=lambda domain: not domain.is_custom, default=None)
    if at is None:
        return _document(world, pool, world.public_url, f"/{pool.id}/oauth2/register")
    return _document(world, pool, f"https://{at.host}", "/oauth2/register")


async def openid_configuration_of_domain(request: Request) -> Response:
    """`GET /.well-known/openid-configuration`: at a custom domain alone [docs: federation-endpoints], which the
    document names as it was asked for."""
    from cognito_emulator.oauth import hosts  # not at the start, which it would make longer

    world: World = request.app.state.world
    try:
        place = hosts.place(request)
    except RefusedOnPage:
        place = hosts.OWN
    if place.pool is None or place.domain is None or not place.domain.is_custom:
        raise HTTPException(404)
    return _document(world, place.pool, hosts.base(request), "/oauth2/register")


def _document(world: World, pool: Pool, base: str, register: str) -> Response:
    """The configuration, with the endpoints at `base`."""
    document: dict[str, Any] = {
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "end_session_endpoint": f"{base}/logout",
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": world.issuer(pool),
        "jwks_uri": f"{world.public_url}/{pool.id}/.well-known/jwks.json",
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
        document["client_id_metadata_document_supported"] = True
        document["token_endpoint_auth_methods_supported"] = [*_METHODS, "none"]
    if is_on(pool):
        document["registration_endpoint"] = f"{base}{register}"
    return JSONResponse(document)
