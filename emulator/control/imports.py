"""User import beside the API: the upload of a job's file (as to S3), and the job's log (instead of CloudWatch)."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator.control.inputs import world_of
from emulator.flows import imports
from emulator.wire.endpoint import read_body

MAX_FILE = 100 * 1024 * 1024  # bytes; developer guide


async def upload(request: Request) -> Response:
    """`PUT` to a job's PreSignedUrl: 200 without a body, or 403 in S3's form."""
    content = await read_body(request.receive, dict(request.scope["headers"]), MAX_FILE)
    signature = request.query_params.get("X-Amz-Signature", "")
    if imports.upload(world_of(request), request.path_params["job_id"], signature, content):
        return Response()
    text = "<Error><Code>AccessDenied</Code><Message>Request has expired or is not signed.</Message></Error>"
    return Response(text, 403, media_type="application/xml")


async def show_log(request: Request) -> Response:
    """`GET /_emulator/imports/{job id}`: status and log lines of a job."""
    job = world_of(request).store.import_jobs.get(request.path_params["job_id"])
    if job is None:
        raise HTTPException(404, "There is no such import job.")
    return JSONResponse({"job": job.id, "pool": job.pool_id, "status": job.status, "log": list(job.log)})
