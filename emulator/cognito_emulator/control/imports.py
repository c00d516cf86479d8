"""User import beside the API: the upload of a file, and a job's log.

On AWS the upload goes to S3 and the log to CloudWatch.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.control.inputs import world_of
from cognito_emulator.control.long_answers import json_answer
from cognito_emulator.domain.users.import_job import UPLOAD, ImportJob
from cognito_emulator.flows.users import imports
from cognito_emulator.wire.body import Disconnected, RequestTooLarge, declared, read_body
from cognito_emulator.wire.headers import by_name
from cognito_emulator.world import World

MAX_FILE = 100 * 1024 * 1024  # bytes [docs: cognito-user-pools-using-import-tool]


async def upload(request: Request) -> Response:
    """Answer `PUT` to a job's PreSignedUrl with 200 without a body, or as S3 does.

    The signature and the state of the job are checked before the file is read, and again afterwards.
    """
    world, headers = world_of(request), by_name(request.scope["headers"])
    job = world.store.import_jobs.get(request.path_params["job_id"])
    if job is None or not imports.is_signed(world, job, request.query_params.get("X-Amz-Signature", "")):
        return _error(403, "SignatureDoesNotMatch", _NO_SIGNATURE)
    if not imports.takes_file(world, job):
        return _expired(world, job)
    try:
        content = await read_body(request.receive, headers, MAX_FILE)
    except RequestTooLarge:
        size = {"ProposedSize": str(declared(headers))} if declared(headers) else {}
        return _error(400, "EntityTooLarge", _TOO_LARGE, **size, MaxSizeAllowed=str(MAX_FILE))
    except Disconnected:
        return _error(400, "IncompleteBody", _INCOMPLETE)
    return Response() if imports.upload(world, job.id, content) else _expired(world, job)


# [docs: Amazon S3 API Reference, Error responses] [observed: versity/versitygw#2041, aws/aws-sdk-js#3493]
_NO_SIGNATURE = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)
_TOO_LARGE = "Your proposed upload exceeds the maximum allowed size"
_INCOMPLETE = "You did not provide the number of bytes specified by the Content-Length HTTP header"


def _expired(world: World, job: ImportJob) -> Response:
    """Return S3's answer to an expired URL, also for a job that was started.

    S3 would accept the file, which nothing reads any more [assumed].
    """
    moments = {"Expires": _moment(job.created + UPLOAD), "ServerTime": _moment(world.clock.now())}
    return _error(403, "AccessDenied", "Request has expired", **moments)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _error(status: int, code: str, message: str, **more: str) -> Response:
    parts = {"Code": code, "Message": message, **more}
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items())
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inside}</Error>'
    return Response(text, status, media_type="application/xml")


async def show_log(request: Request) -> Response:
    """Answer `GET /_emulator/imports/{job id}`: status and log lines of a job."""
    world = world_of(request)
    job = world.store.import_jobs.get(request.path_params["job_id"])
    if job is None:
        raise HTTPException(404, "There is no such import job.")
    shown = {"job": job.id, "pool": job.pool_id, "status": job.status, "log": iter(job.log)}
    return await json_answer(world, shown)
