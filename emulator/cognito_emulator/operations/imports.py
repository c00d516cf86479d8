"""User import from CSV files: the header of a file, and jobs that read one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.page import slice_of
from cognito_emulator.domain.users.import_job import ImportJob, current
from cognito_emulator.domain.users.imported_hash import require_library
from cognito_emulator.domain.users.user_csv import header
from cognito_emulator.flows.users import imports
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

MAX_LISTED = 50


def _shape(world: World, job: ImportJob) -> dict[str, Any]:
    """Return UserImportJobType; the URL is shown as long as the job is."""
    return {
        "JobName": job.name,
        "JobId": job.id,
        "UserPoolId": job.pool_id,
        "PreSignedUrl": imports.upload_url(world, job),
        "CreationDate": stamp(job.created),
        "StartDate": None if job.started is None else stamp(job.started),
        "CompletionDate": None if job.completed is None else stamp(job.completed),
        "Status": job.status,
        "CloudWatchLogsRoleArn": job.role_arn,
        "PasswordHashingAlgorithm": job.algorithm,
        "ImportedUsers": job.imported,
        "SkippedUsers": job.skipped,
        "FailedUsers": job.failed,
        "CompletionMessage": job.message,
    }


@operation("GetCSVHeader")
async def get_csv_header(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserPoolId": pool.id, "CSVHeader": header(pool.schema)}


@operation(
    "CreateUserImportJob",
    simplified="The log is shown by the control API, not by CloudWatch; `$2x$` hashes fit ASCII passwords only.",
)
async def create_user_import_job(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    job_name: str,
    cloud_watch_logs_role_arn: str,
    password_hashing_algorithm: str | None = None,
) -> Mapping[str, Any]:
    """Create a job, whose log is not sent to CloudWatch.

    `GET /_emulator/imports/<job id>` shows the log.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    if password_hashing_algorithm is not None:
        require_library(password_hashing_algorithm)
    job = ImportJob(
        f"import-{world.ids.client_id()[:10]}",
        pool.id,
        pool.account,
        job_name,
        cloud_watch_logs_role_arn,
        world.clock.now(),
        password_hashing_algorithm,
    )
    with world.store.write():
        world.store.import_jobs.put(job)
    return {"UserImportJob": _shape(world, job)}


@operation("DescribeUserImportJob", simplified="An unstarted job expires after exactly 24 hours.")
async def describe_user_import_job(
    world: World, *, caller: Caller, user_pool_id: str, job_id: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserImportJob": _shape(world, imports.find(world, pool, job_id))}


@operation("ListUserImportJobs")
async def list_user_import_jobs(
    world: World, *, caller: Caller, user_pool_id: str, max_results: int, pagination_token: str | None = None
) -> Mapping[str, Any]:
    """List jobs, newest first [docs: ListUserImportJobs].

    The model's list holds 1 to 50 jobs, so that an empty one is left out.
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    now = world.clock.now()
    jobs = [current(job, now) for job in reversed(world.store.import_jobs.where("pool", pool.id))]
    page = slice_of(jobs, f"ListUserImportJobs:{pool.id}", min(max_results, MAX_LISTED), pagination_token)
    found = [_shape(world, job) for job in page.items]
    return {"UserImportJobs": found or None, "PaginationToken": page.token}


@operation(
    "StartUserImportJob",
    simplified="Bad rows fail a job only if it imported no user: the service's threshold is not known.",
)
async def start_user_import_job(world: World, *, caller: Caller, user_pool_id: str, job_id: str) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserImportJob": _shape(world, imports.start(world, pool, imports.find(world, pool, job_id)))}


@operation("StopUserImportJob", simplified="The job ends at once, without the status Stopping.")
async def stop_user_import_job(world: World, *, caller: Caller, user_pool_id: str, job_id: str) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserImportJob": _shape(world, imports.stop(world, imports.find(world, pool, job_id)))}
