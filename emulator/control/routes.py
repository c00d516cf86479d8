"""The control API's routes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route


async def health(_: Request) -> Response:
    """`GET /_emulator/health`."""
    return JSONResponse({"status": "ok"})


def control_routes(localstack: bool = False) -> list[BaseRoute]:
    """The routes below `/_emulator`, or (`localstack`) those that existing scripts probe at the root."""
    return [Route("/_localstack/health" if localstack else "/health", health)]
