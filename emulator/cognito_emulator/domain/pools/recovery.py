"""Hold point-in-time recoveries: the record, its states, and their refusals.

    InitiatePointInTimeRecovery
    --> PREVIEW_GENERATING --> PREVIEW_GENERATED --(24 h)--> PREVIEW_EXPIRED
          |        |                 |       | StartPointInTimeRecovery
          |        |                 |       v
          |        | Cancel...       |    RESTORING --> RESTORE_COMPLETED
          |        v                 v
          |     PREVIEW_CANCELLED <--+
          v
        PREVIEW_GENERATION_FAILED          the history does not reach back to the recovery point

Writes to the pool's users are paused in PREVIEW_GENERATING, PREVIEW_GENERATED and RESTORING. The rules and numbers are
those of the service model [docs: InitiatePointInTimeRecovery]. The texts of the errors are [own wording].
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.history import Change
from cognito_emulator.domain.pools.pool import Pool

FEATURE = "Point-in-time recovery"  # in FeatureUnavailableInTierException [own wording]
GENERATING = "PREVIEW_GENERATING"
GENERATED = "PREVIEW_GENERATED"
CANCELLED = "PREVIEW_CANCELLED"
FAILED = "PREVIEW_GENERATION_FAILED"
EXPIRED = "PREVIEW_EXPIRED"
RESTORING = "RESTORING"
COMPLETED = "RESTORE_COMPLETED"
_ACTIVE = (GENERATING, GENERATED, RESTORING)

DAY = 86_400.0
SETTLING = 1.0  # how long PREVIEW_GENERATING and RESTORING last, in seconds; AWS gives no time
NEWEST = 15 * 60.0
OLDEST = {"ESSENTIALS": DAY, "PLUS": 14 * DAY}
_MAX_ACTIVE = 5  # of an account
# (how many previews, in how many seconds)
_PREVIEWS_OF_POOL = ((3, DAY), (10, 30 * DAY))
_PREVIEWS_OF_ACCOUNT = ((10, DAY),)


class Preview(Struct, frozen=True, gc=False):
    """How many entities of one type the recovery creates, updates and deletes."""

    entity: str
    creates: int
    updates: int
    deletes: int


class Recovery(Struct, frozen=True, gc=False):
    """A recovery; its key is `id`. Times are epoch seconds.

    `point` is what the pool is recovered to. `phase` is the status as it was set at `since`; what it is by now,
    `status` tells. `reverts` are the rows that differ from what they were at the point, as long as they may be needed.
    """

    id: str
    pool_id: str
    account: str
    point: float
    created: float
    since: float
    phase: str = GENERATING
    preview: tuple[Preview, ...] | None = None  # None: it could not be made
    reverts: tuple[Change, ...] = ()

    def status(self, now: float) -> str:
        """Return the status at that time."""
        if now - self.since < SETTLING:
            return self.phase
        if self.phase == RESTORING:
            return COMPLETED
        if self.phase != GENERATING:
            return self.phase
        if self.preview is None:
            return FAILED
        return GENERATED if now < self.created + DAY else EXPIRED

    def is_active(self, now: float) -> bool:
        """Tell whether writes are paused for the recovery."""
        return self.status(now) in _ACTIVE


def check_tier(pool: Pool) -> None:
    """Check that the pool's plan has recoveries.

    Raises:
        FeatureUnavailableInTier: the pool is on the Lite plan.
    """
    if pool.tier not in OLDEST:
        raise errors.unavailable_in_tier(pool.tier, FEATURE)


def check_point(pool: Pool, point: float, now: float, tiers: Iterable[str]) -> None:
    """Refuse a recovery point that the pool cannot go back to.

    `tiers` are the pool's plans since then.

    Raises:
        InvalidParameter: too new, before the pool, or older than the plan allows.
        FeatureUnavailableInTier: the pool was not on the plan for long enough.
    """
    if point > now - NEWEST:
        raise errors.InvalidParameter("RestoreTimestamp must be at least 15 minutes in the past.").because(
            "pools.restore-point", setting="RestoreTimestamp"
        )
    if point < pool.created:
        raise errors.InvalidParameter("RestoreTimestamp cannot be earlier than the creation of the user pool.").because(
            "pools.restore-point", setting="RestoreTimestamp"
        )
    if point < now - OLDEST[pool.tier]:
        days = round(OLDEST[pool.tier] / DAY)
        raise errors.InvalidParameter(
            f"RestoreTimestamp is outside of the recovery period of the {pool.tier} tier ({days} day(s))."
        ).because("pools.restore-point", setting="UserPoolTier", value=pool.tier)
    for tier in tiers:
        if point < now - OLDEST.get(tier, 0.0):
            raise errors.unavailable_in_tier(tier, FEATURE)


def check_room(pool: Pool, recoveries: Iterable[Recovery], now: float) -> None:
    """Refuse one recovery more than there may be. `recoveries` are the account's.

    Raises:
        ConcurrentModification: one of the pool is active.
        LimitExceeded
    """
    of_account = list(recoveries)
    of_pool = [recovery for recovery in of_account if recovery.pool_id == pool.id]
    if any(recovery.is_active(now) for recovery in of_pool):
        raise errors.ConcurrentModification(f"A recovery of user pool {pool.id} is in progress.")
    if sum(recovery.is_active(now) for recovery in of_account) >= _MAX_ACTIVE:
        raise errors.LimitExceeded(f"An account can have at most {_MAX_ACTIVE} active recoveries.")
    if any(recovery.status(now) == COMPLETED and now - recovery.since < DAY for recovery in of_pool):
        raise errors.LimitExceeded("A user pool can be recovered once in 24 hours.")
    _check_previews("user pool", of_pool, _PREVIEWS_OF_POOL, now)
    _check_previews("account", of_account, _PREVIEWS_OF_ACCOUNT, now)


def _check_previews(
    owner: str, recoveries: Iterable[Recovery], limits: Iterable[tuple[int, float]], now: float
) -> None:
    ages = [now - recovery.created for recovery in recoveries]
    for most, period in limits:
        if sum(age < period for age in ages) >= most:
            hours = round(period / 3600)
            raise errors.LimitExceeded(f"At most {most} recovery previews can be created per {owner} in {hours} hours.")


def check_status(recovery: Recovery, now: float, wanted: tuple[str, ...]) -> None:
    """Check that the recovery is in one of the wanted states.

    Raises:
        InvalidParameter: the recovery cannot be started or cancelled any more, or not yet.
    """
    status = recovery.status(now)
    if status not in wanted:
        raise errors.InvalidParameter(f"The recovery is {status}; it must be {' or '.join(wanted)}.").because(
            "pools.recovery-state", value=status
        )


# Operations that change what a recovery restores, and the two of import jobs. The documentation names some
# [docs: InitiatePointInTimeRecovery; assumed].
WRITES = frozenset(
    {
        "AdminAddUserToGroup", "AdminConfirmSignUp", "AdminCreateUser", "AdminDeleteSoftwareToken", "AdminDeleteUser",
        "AdminDeleteUserAttributes", "AdminDisableProviderForUser", "AdminDisableUser", "AdminEnableUser",
        "AdminLinkProviderForUser", "AdminRemoveUserFromGroup", "AdminResetUserPassword", "AdminSetUserMFAPreference",
        "AdminSetUserPassword", "AdminSetUserSettings", "AdminUpdateUserAttributes", "AssociateSoftwareToken",
        "ChangePassword", "CompleteWebAuthnRegistration", "ConfirmForgotPassword", "ConfirmSignUp", "CreateGroup",
        "CreateUserImportJob", "DeleteGroup", "DeleteUser", "DeleteUserAttributes", "DeleteWebAuthnCredential",
        "SetUserMFAPreference", "SetUserSettings", "SignUp", "StartUserImportJob", "UpdateGroup",
        "UpdateUserAttributes", "VerifySoftwareToken", "VerifyUserAttribute",
    }
)  # fmt: skip


def paused(pool_id: str) -> errors.OperationNotEnabled:
    """Make the error of a write while a recovery is active [assumed].

    "not available ... for the current user pool configuration" [docs: OperationNotEnabledException].
    """
    return errors.OperationNotEnabled(
        f"Write operations of user pool {pool_id} are paused during its recovery."
    ).because("pools.recovery-pauses")
