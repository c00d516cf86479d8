"""User import jobs, which read their file row by row in the background.

A job pauses for other requests between slices of rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.attributes import shared
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import import_job, names, user_csv
from cognito_emulator.domain.users.import_job import ImportJob
from cognito_emulator.domain.users.user import CONFIRMED, RESET_REQUIRED, User

if TYPE_CHECKING:
    from cognito_emulator.world import World

_CODES = (("EMAIL_OTP", "email"), ("SMS_OTP", "phone_number"))
_SLICE = 100  # rows between two chances for requests


def find(world: World, pool: Pool, job_id: str) -> ImportJob:
    """Return a job of the pool in its present state.

    Raises:
        ResourceNotFound
    """
    job = world.store.import_jobs.get(job_id)
    if job is None or job.pool_id != pool.id:
        raise errors.ResourceNotFound(f"User import job {job_id} does not exist.").because(
            "users.import-unknown", value=job_id
        )
    return import_job.current(job, world.clock.now())


def upload_url(world: World, job: ImportJob) -> str:
    """Return the URL for the file: this emulator, in the form of S3's signed URL."""
    signed = import_job.signature(world.secret, job)
    return f"{world.public_url}/_import/{job.id}?X-Amz-Expires=899&X-Amz-Signature={signed}"


def is_signed(world: World, job: ImportJob, signature: str) -> bool:
    """Return whether the signature of an upload is the job's."""
    return import_job.is_signed(world.secret, job, signature)


def takes_file(world: World, job: ImportJob) -> bool:
    """Return whether the job takes a file now."""
    return import_job.takes_file(job, world.clock.now())


def upload(world: World, job_id: str, content: bytes) -> bool:
    """Store a file for its job, in place of an earlier one.

    Returns False if the job does not exist, or no longer takes a file.
    """
    job = world.store.import_jobs.get(job_id)
    if job is None or not takes_file(world, job):
        return False
    with world.store.write():
        world.store.import_jobs.put(replace(job, content=content))
    return True


def start(world: World, pool: Pool, job: ImportJob) -> ImportJob:
    """Start a job, which continues after the answer.

    Raises:
        PreconditionNotMet
    """
    others = world.store.import_jobs.where("account", job.account)
    import_job.check_can_start(job, others, verifies_addresses=bool(pool.auto_verified))
    begun = replace(job, status="Pending", started=world.clock.now())
    with world.store.write():
        world.store.import_jobs.put(begun)
    world.background.start(_work(world, job.id))
    return begun


def stop(world: World, job: ImportJob) -> ImportJob:
    """Stop a running job; the users that it has created stay.

    Raises:
        PreconditionNotMet
    """
    import_job.check_can_stop(job)
    text = "The Import Job was stopped by the developer."
    stopped = replace(job, status="Stopped", message=text, completed=world.clock.now(), content=None)
    with world.store.write():
        world.store.import_jobs.put(stopped)
    return stopped


async def _work(world: World, job_id: str) -> None:
    """Read the whole file, slice by slice.

    The job is looked up again for each slice, since it may have been stopped or deleted.
    """
    await world.background.give_way()
    job = _running(world, job_id)
    pool = world.store.pools.get(job.pool_id) if job else None
    if job is None or pool is None or job.content is None:
        return
    try:
        lines = await world.workers.run(user_csv.lines_of, job.content)
        columns = user_csv.cells(lines[0])
        user_csv.check_columns(pool.schema, columns, job.algorithm)
    except user_csv.BadFile as refusal:
        job = _running(world, job_id)
        if job is not None:
            _put(world, replace(job, status="Failed", message=str(refusal), completed=world.clock.now(), content=None))
        return
    job = _running(world, job_id)
    if job is None:
        return
    _put(world, replace(job, status="InProgress"))
    for first in range(1, len(lines), _SLICE):
        await world.background.give_way()
        if not _take(world, job_id, columns, first + 1, lines[first : first + _SLICE]):
            return
    job = _running(world, job_id)
    if job is not None:
        _put(world, import_job.outcome(job, world.clock.now()))


def _running(world: World, job_id: str) -> ImportJob | None:
    job = world.store.import_jobs.get(job_id)
    return job if job is not None and job.status in import_job.ACTIVE else None


def _put(world: World, job: ImportJob) -> None:
    with world.store.write():
        world.store.import_jobs.put(job)


def _take(world: World, job_id: str, columns: Sequence[str], first: int, lines: Sequence[str]) -> bool:
    """Create the users of some rows, or log the reasons why not.

    Returns False if the job is no longer running.
    """
    job = _running(world, job_id)
    pool = world.store.pools.get(job.pool_id) if job else None
    if job is None or pool is None:
        return False
    told = []
    counts = {"SUCCEEDED": 0, "SKIPPED": 0, "FAILED": 0}
    for number, line in enumerate(lines, first):
        if line.strip():
            outcome, text = _row(world, pool, job, columns, line)
            counts[outcome] += 1
            told.append(_line(outcome, number, text))
    done = replace(
        job,
        imported=job.imported + counts["SUCCEEDED"],
        skipped=job.skipped + counts["SKIPPED"],
        failed=job.failed + counts["FAILED"],
        log=(*job.log, *told),
    )
    _put(world, done)
    return True


def _row(world: World, pool: Pool, job: ImportJob, columns: Sequence[str], line: str) -> tuple[str, str]:
    """Import a row; return its outcome and the text for the log."""
    try:
        user = _new_user(world, pool, user_csv.row_of(pool, columns, line, job.algorithm))
    except user_csv.BadRow as refusal:
        return "FAILED", str(refusal)
    if user is None:
        return "SKIPPED", "The user already exists."
    with world.store.write():
        world.store.users.put(user)
    return "SUCCEEDED", "The import succeeded."


def _line(outcome: str, number: int, text: str) -> str:
    return f"[{outcome}] Line Number {number} - {text}"


def _status(pool: Pool, row: user_csv.Row) -> str:
    """Return CONFIRMED for a user who can sign in at once, else RESET_REQUIRED.

    They can by the imported password or by a one-time code [docs: cognito-user-pools-using-import-tool].
    """
    by_code = any(factor in pool.first_factors and row.attributes.get(name) for factor, name in _CODES)
    return CONFIRMED if row.hashed or by_code else RESET_REQUIRED


def _new_user(world: World, pool: Pool, row: user_csv.Row) -> User | None:
    """Return the user of a row, without a password that the emulator hashed.

    Returns None if a user of that name exists.

    Raises:
        BadRow: the name does not suit the pool, or another user signs in by a verified address of the row.
    """
    try:
        names.check_form(pool, row.username)
        attributes = names.with_implied(pool, row.username, row.attributes)
    except errors.InvalidParameter as refusal:
        raise user_csv.BadRow(refusal.message) from None
    if names.taken(world.store, pool, row.username, attributes):
        return None
    sub, now = world.ids.uuid(), world.clock.now()
    username = sub if pool.username_attributes else row.username
    user = names.with_aliases(
        pool,
        User(
            pool.id,
            sub,
            username,
            pool.fold(username),
            created=now,
            modified=now,
            status=_status(pool, row),
            attributes=shared(attributes.items()),
            imported_hash=row.hashed,
        ),
    )
    for attribute, _ in names.rivals(world.store, user):
        raise user_csv.BadRow(f"An account with the {attribute} already exists.")
    return user
