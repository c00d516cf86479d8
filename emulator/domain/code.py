"""Codes sent by e-mail or SMS: one pending code per user and purpose, hashed, with lifetime and attempts."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace

from emulator.domain import errors

DAY = 86400
LIFETIME = {"sign_up": DAY, "attribute": DAY, "recovery": 3600}
# Developer guide, "Quotas": ConfirmSignUp and VerifyUserAttribute 15 an hour, recovery 5 to 20 by risk (the
# strictest is taken), each new code 5 an hour.
MAX_WRONG = {"sign_up": 15, "attribute": 15, "recovery": 5}
MAX_SENT = 5
WINDOW = 3600.0


@dataclass(frozen=True, slots=True)
class PendingCode:
    """The newest code of a user for one purpose; key (pool_id, sub, purpose).

    `purpose` is sign_up, recovery, or attribute:<name>. A used code stays as spent (`digest` empty), so that its
    counters do: `wrong` and `sent` count since `window` (epoch seconds).
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

    @property
    def key(self) -> tuple[str, str, str]:
        return self.pool_id, self.sub, self.purpose

    @property
    def kind(self) -> str:
        return self.purpose.split(":", 1)[0]


def digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def issue(
    old: PendingCode | None, pool_id: str, sub: str, purpose: str, attribute: str, code: str, now: float
) -> PendingCode:
    """The record of a new code, which replaces the old one.

    Raises:
        LimitExceeded: too many codes of this purpose in the running hour (a first code, at sign-up, is not a resend).
    """
    sent, window, wrong = 0, now, 0
    if old is not None and now - old.window < WINDOW:
        sent, window, wrong = old.sent, old.window, old.wrong
    if sent > MAX_SENT:
        raise errors.attempt_limit()
    expires = now + LIFETIME[purpose.split(":", 1)[0]]
    return PendingCode(pool_id, sub, purpose, digest(code), expires, attribute, wrong, sent + 1, window)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an attempt leaves behind: the record to keep, and the error to answer, if any."""

    record: PendingCode | None
    error: errors.ApiError | None = None


def check(pending: PendingCode | None, code: str, now: float) -> Verdict:
    """Judge a code typed by somebody.

    The caller stores `verdict.record` in a write block of its own, whatever happens next, and raises
    `verdict.error`. A right code is spent.
    """
    if pending is None or not pending.digest or pending.expires <= now:
        return Verdict(pending, errors.expired_code())
    wrong, window = pending.wrong, pending.window
    if now - window >= WINDOW:
        wrong, window = 0, now
    if wrong >= MAX_WRONG[pending.kind]:
        return Verdict(pending, errors.attempt_limit())
    if not hmac.compare_digest(pending.digest, digest(code)):
        return Verdict(replace(pending, wrong=wrong + 1, window=window), errors.wrong_code())
    return Verdict(replace(pending, digest="", wrong=0))
