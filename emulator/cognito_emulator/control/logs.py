"""`/_emulator/logs`: the log entries that pools export.

SetLogDeliveryConfiguration turns the export on; the entries go nowhere else.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import query, world_of


async def list_logs(request: Request) -> Response:
    """Answer `GET /_emulator/logs?pool=`: list the entries, oldest first.

    Each has its `destination` (the ARN) and `entry`.
    """
    wanted = query(request, "pool").get("pool")
    found = [
        {"destination": one.destination, "entry": one.entry}
        for one in world_of(request).exported_logs.all()
        if wanted in (None, one.entry["logSourceId"]["userPoolId"])
    ]
    return JSONResponse({"logs": found})


async def clear_logs(request: Request) -> Response:
    """Answer `DELETE /_emulator/logs`."""
    query(request)
    world_of(request).exported_logs.clear()
    return JSONResponse({"logs": []})
