"""Probes and facts: `/health`, `/ready`, `/info`, LocalStack's, `/`."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator import __version__
from cognito_emulator.control.inputs import world_of
from cognito_emulator.control.pool_info import pool_info
from cognito_emulator.wire.honoured import table
from cognito_emulator.wire.model import SERVICES


async def health(_: Request) -> Response:
    """Answer `GET /_emulator/health`, `/health`, `/__admin/health`: the process runs."""
    return JSONResponse({"status": "ok", "version": __version__})


async def ready(request: Request) -> Response:
    """Answer `GET /_emulator/ready`: 503 once the server is stopping.

    The server listens only when its seeds are loaded.
    """
    if world_of(request).outbox.closing:
        return JSONResponse({"status": "stopping"}, 503)
    return JSONResponse({"status": "ready"})


async def info(request: Request) -> Response:
    """Answer `GET /_emulator/info`.

    It has the version, URLs, the pools with their clients, and the identity pools.
    """
    world = world_of(request)
    return JSONResponse(
        {
            "version": __version__,
            "url": world.public_url,
            "issuer": world.settings.issued_as,
            "account": world.settings.account,
            "region": world.settings.region,
            "messages": f"{world.public_url}/_emulator/messages",
            "pools": [pool_info(world, pool) for pool in world.store.pools],
            "identityPools": [{"id": pool.id, "name": pool.name} for pool in world.store.identity_pools],
        }
    )


async def localstack_health(_: Request) -> Response:
    """Answer `GET /_localstack/health`.

    The form is that of LocalStack, for scripts made for it.
    """
    built = {service for service, _ in table()}
    services = {service: "running" if service in built else "disabled" for service in SERVICES}
    return JSONResponse({"services": services, "edition": "cognito-emulator", "version": __version__})


# The stages of a start [docs: LocalStack init-hooks]. Requests are answered once the seeds are loaded.
_STAGES = {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}


async def localstack_init(_: Request) -> Response:
    """Answer `GET /_localstack/init`, for scripts made for LocalStack.

    No script runs here.
    """
    return JSONResponse({"completed": _STAGES, "scripts": []})


async def localstack_stage(request: Request) -> Response:
    """Answer `GET /_localstack/init/<stage>`."""
    stage = request.path_params["stage"].upper()
    if stage not in _STAGES:
        raise HTTPException(404, f"No stage {stage}; there are {', '.join(_STAGES)}.")
    return JSONResponse({"completed": _STAGES[stage], "scripts": []})


async def front_page(request: Request) -> Response:
    """Answer `GET /`: list the endpoints."""
    url = world_of(request).public_url
    return JSONResponse(
        {
            "name": "cognito-emulator",
            "version": __version__,
            "api": f"POST {url}/ (AWS JSON 1.1: point the endpoint of an AWS SDK here)",
            "jwks": f"{url}/{{poolId}}/.well-known/jwks.json",
            "console": f"{url}/_emulator/",
            "guide": f"{url}/_emulator/guide/llms.txt",
            "info": f"{url}/_emulator/info",
            "health": f"{url}/_emulator/health",
            "messages": f"{url}/_emulator/messages",
        }
    )
