"""Codes by e-mail or SMS: one pending code for a user and purpose.

A code is kept as a hash, with its lifetime and attempts.
"""

from __future__ import annotations

import hashlib
import hmac

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors

DAY = 86400
LIFETIME = {"sign_up": DAY, "attribute": DAY, "recovery": 3600}
# Per user and hour [docs: quotas]: ConfirmSignUp and VerifyUserAttribute 15, recovery 5 to 20 by risk (5 here), new
# codes by ResendConfirmationCode and GetUserAttributeVerificationCode 5, ChangePassword 5.
MAX_WRONG = {"sign_up": 15, "attribute": 15, "recovery": 5}
MAX_SENT = 5
WINDOW = 3600.0
CHANGE = "change"
_SIMULATED = "simulated"


class PendingCode(Struct, frozen=True, gc=False):
    """The newest code of a user for one purpose; key (pool_id, sub, purpose).

    `purpose` is sign_up, recovery, or attribute:<name>. A used code stays with an empty `digest`, so that its counters
    stay. `wrong` and `sent` count since `window` (epoch seconds). `to` is the address that got the code, where the
    purpose needs it. ChangePassword, which has no code, counts its calls in a record of its own.
    """

    pool_id: str
    sub: str
    purpose: str
    digest: str
    expires: float
    attribute: str
    wrong: int = 0
    sent: int = 1
    window: float = 0.0
    to: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.pool_id, self.sub, self.purpose

    @property
    def is_simulated(self) -> bool:
        """Return whether the record is simulated: no user was sent a code."""
        return self.digest == _SIMULATED

    def is_over(self, now: float) -> bool:
        """Return whether neither the code nor its counters matter any more."""
        return self.expires <= now and now - self.window >= WINDOW

    @property
    def kind(self) -> str:
        return self.purpose.split(":", 1)[0]


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def issue(
    old: PendingCode | None,
    pool_id: str,
    sub: str,
    purpose: str,
    attribute: str,
    *,
    code: str,
    now: float,
    to: str = "",
    limited: bool = True,
) -> PendingCode:
    """Make the record of a new code, which replaces the old one.

    The first code of a sign-up is not a resend and does not count; administrators are not `limited`.

    Raises:
        LimitExceeded: too many codes of this purpose in the running hour.
    """
    sent, wrong, window = _running(old, now)
    sent += 0 if old is None and purpose == "sign_up" else 1
    if limited and sent > MAX_SENT:
        raise errors.attempt_limit()
    expires = now + LIFETIME[purpose.split(":", 1)[0]]
    return PendingCode(pool_id, sub, purpose, digest(code), expires, attribute, wrong, sent, window, to)


def simulate(old: PendingCode | None, pool_id: str, sub: str, now: float) -> PendingCode:
    """Make the record of a recovery code that no user was sent: no code fits it.

    With PreventUserExistenceErrors, ConfirmForgotPassword answers CodeMismatch for a user who does not exist after a
    request for a code, and ExpiredCode without such a request [docs: cognito-user-pool-managing-errors].

    Raises:
        LimitExceeded: as for a real one.
    """
    record = issue(old, pool_id, sub, "recovery", "email", code="", now=now)
    return replace(record, digest=_SIMULATED)


def count_call(old: PendingCode | None, pool_id: str, sub: str, now: float) -> PendingCode:
    """Count one more call of ChangePassword, whether it succeeds or not.

    Raises:
        LimitExceeded: too many in the running hour.
    """
    sent, _, window = _running(old, now)
    if sent >= MAX_SENT:
        raise errors.attempt_limit()
    return PendingCode(pool_id, sub, CHANGE, "", 0.0, "", 0, sent + 1, window)


def _running(old: PendingCode | None, now: float) -> tuple[int, int, float]:
    """Return the counters (sent, wrong) of the current hour, and its beginning."""
    if old is None or now - old.window >= WINDOW:
        return 0, 0, now
    return old.sent, old.wrong, old.window


class Verdict(Struct, frozen=True, gc=False):
    """The result of an attempt: the record to keep, and an error to answer."""

    record: PendingCode | None
    error: errors.ApiError | None = None


def check(pending: PendingCode | None, code: str, now: float) -> Verdict:
    """Judge a code that a user entered.

    The caller stores `verdict.record` in a write block of its own, whatever happens next, and raises
    `verdict.error`. A right code is spent.
    """
    if pending is None or not pending.digest or pending.expires <= now:
        return Verdict(pending, errors.expired_code().because(_why_not(pending)))
    sent, wrong, window = _running(pending, now)
    if wrong >= MAX_WRONG[pending.kind]:
        return Verdict(pending, errors.attempt_limit())
    if not hmac.compare_digest(pending.digest, digest(code)):
        error = errors.wrong_code().because("auth.user-hidden") if pending.is_simulated else errors.wrong_code()
        return Verdict(replace(pending, sent=sent, wrong=wrong + 1, window=window), error)
    return Verdict(replace(pending, digest="", wrong=0))


def _why_not(pending: PendingCode | None) -> str:
    """Return the rule by which there is no code to compare with."""
    if pending is None:
        return "codes.not-requested"
    return "codes.expired" if pending.digest else "codes.used"
