"""Export users as a seed; import them from a seed or Cognito's CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.control_api import ask
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.seeding import apply, download
from cognito_emulator.console.view import View, path_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.users import imports

KINDS = ("seed", "csv")
_ENDED = ("Succeeded", "Failed", "Stopped", "Expired")


async def _export(view: View) -> Response:
    view.query()
    return await download(view, view.pool())


async def _show(view: View) -> Response:
    pool = view.pool()
    job_id = view.query("job").get("job")
    columns = (await view.call("GetCSVHeader", pool))["CSVHeader"]
    job = await _job(view, pool, job_id) if job_id else None
    return view.page("users_import.html", "Import users", "users", pool, columns=",".join(columns), job=job)


async def _job(view: View, pool: Pool, job_id: str) -> Mapping[str, Any]:
    described = (await view.call("DescribeUserImportJob", pool, JobId=job_id))["UserImportJob"]
    log = (await ask(view, "GET", f"/imports/{described['JobId']}"))["log"]
    return {**described, "log": log, "is_ended": described["Status"] in _ENDED}


async def _import(view: View) -> Response:
    pool, kind, text = view.pool(), view.field("kind"), view.field("content")
    if kind not in KINDS:
        raise HTTPException(400, f"'kind' must be one of: {', '.join(KINDS)}.")
    if not text.strip():
        raise HTTPException(400, "There is nothing to import: paste the text, or choose a file.")
    if kind == "seed":
        await apply(view, text)
        return view.go(path_of(pool, "users"), "applied")
    role = f"arn:aws:iam::{pool.account}:role/console"
    created = await view.call("CreateUserImportJob", pool, JobName="console", CloudWatchLogsRoleArn=role)
    job_id = created["UserImportJob"]["JobId"]
    # A browser sends each line's end as CRLF.
    imports.upload(view.world, job_id, text.replace("\r\n", "\n").encode("utf-8", "replace"))
    await view.call("StartUserImportJob", pool, JobId=job_id)
    return view.go(path_of(pool, "users", "import"), job=job_id)


export = screen(_export)
show, send = screen(_show), form(_import, _show)
