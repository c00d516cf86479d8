"""User import jobs: the record, its states, and refusals by state.

Created ──(24 h)──► Expired
   │ StartUserImportJob
   ▼
Pending ──► InProgress ──► Succeeded | Failed
   └─────────────┴── StopUserImportJob ──► Stopped

[docs: UserImportJobType, cognito-user-pools-using-import-tool]
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors

UNSTARTED = 86400.0  # a job that is not started expires after 24 hours
UPLOAD = 900.0  # the URL is valid for 15 minutes
ACTIVE = ("Pending", "InProgress")


class ImportJob(Struct, frozen=True, gc=False):
    """A job; its key is `id`.

    `content` is the file as uploaded, `log` the lines that AWS writes to CloudWatch. `algorithm` made the hashes of the
    column `password_hash`; without one the column is ignored.
    """

    id: str
    pool_id: str
    account: str
    name: str
    role_arn: str
    created: float
    algorithm: str | None = None
    status: str = "Created"
    started: float | None = None
    completed: float | None = None
    message: str | None = None
    imported: int = 0
    skipped: int = 0
    failed: int = 0
    content: bytes | None = None
    log: tuple[str, ...] = ()


def current(job: ImportJob, now: float) -> ImportJob:
    """Return the job as it is at `now`.

    A job that was never started expires, and its data is dropped.
    """
    if job.status == "Created" and now >= job.created + UNSTARTED:
        return replace(job, status="Expired", message="The user import job has expired.", content=None)
    return job


def signature(secret: bytes, job: ImportJob) -> str:
    """Sign the upload URL of a job."""
    return hmac.new(secret, f"upload|{job.id}".encode(), hashlib.sha256).hexdigest()


def is_signed(secret: bytes, job: ImportJob, sent: str) -> bool:
    """Return whether an upload has the signature of the job."""
    return hmac.compare_digest(signature(secret, job).encode(), sent.encode("utf-8", "replace"))


def takes_file(job: ImportJob, now: float) -> bool:
    """Return whether a file may be put now: in time, and the job not started."""
    return now < job.created + UPLOAD and job.status == "Created"


def check_can_start(job: ImportJob, others: Iterable[ImportJob], *, verifies_addresses: bool) -> None:
    """Refuse to start a job that cannot run.

    The text for a missing file is the service's [assumed]; the others are ours [own wording].

    Raises:
        PreconditionNotMet: started, expired, no file, no auto-verified attribute in the pool, or another job of the
            account is running ("only one at a time for an account").
    """
    if job.status != "Created":
        raise errors.PreconditionNotMet(f"The user import job cannot be started. Its status is {job.status}.")
    if job.content is None:
        raise errors.PreconditionNotMet(f"No csv file was uploaded for {job.id}")
    if not verifies_addresses:
        raise errors.PreconditionNotMet("The user pool has no auto-verified attribute.")
    if any(other.status in ACTIVE for other in others):
        raise errors.PreconditionNotMet("Another user import job is in progress.")


def check_can_stop(job: ImportJob) -> None:
    """Refuse to stop a job that does not run.

    Raises:
        PreconditionNotMet: [own wording]
    """
    if job.status not in ACTIVE:
        raise errors.PreconditionNotMet(f"The user import job cannot be stopped. Its status is {job.status}.")


def check_idle(jobs: Iterable[ImportJob]) -> None:
    """Refuse to change a pool into which users are being imported.

    Raises:
        UserImportInProgress: [own wording]
    """
    if any(job.status in ACTIVE for job in jobs):
        raise errors.UserImportInProgress("A user import job is in progress for this user pool.")


SUCCEEDED = "Import Job Completed Successfully."


def outcome(job: ImportJob, now: float) -> ImportJob:
    """Return the job after its last row.

    A job that imported no user has failed; the service's threshold is not documented [assumed].
    """
    if job.imported == 0 and job.failed + job.skipped > 0:
        text = "Too many users have failed or been skipped during the import."
        return replace(job, status="Failed", message=text, completed=now, content=None)
    # [docs: cognito-user-pools-using-import-tool]
    return replace(job, status="Succeeded", message=SUCCEEDED, completed=now, content=None)
