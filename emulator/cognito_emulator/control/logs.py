"""`/_emulator/logs`: the log entries that pools export (SetLogDeliveryConfiguration), which go nowhere else."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import query, world_of


async def list_logs(request: Request) -> Response:
    """`GET /_emulator/logs?pool=`: `destination` (the ARN) and `entry` of each, oldest first."""
    wanted = query(request, "pool").get("pool")
    found = [
        {"destination": one.destination, "entry": one.entry}
        for one in world_of(request).exported_logs.all()
        if wanted in (None, one.entry["logSourceId"]["userPoolId"])
    ]
    return JSONResponse({"logs": found})


async def clear_logs(request: Request) -> Response:
    """`DELETE /_emulator/logs`"""
    query(request)
    world_of(request).exported_logs.clear()
    return JSONResponse({"logs": []})
