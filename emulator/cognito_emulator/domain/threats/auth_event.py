"""User activity that threat protection stores, and feedback on it.

A sign-in is one event from its first step on; its response follows the steps:

    begin ──► InProgress ──► Pass
      │           │  ▲
      │           ▼  │ (the session allows another try)
      └────────► Fail
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.event_risk import UNJUDGED, Risk
from cognito_emulator.domain.auth.origin import NO_FINGERPRINT, Fingerprint
from cognito_emulator.domain.page import DEFAULT_LIMIT, Page, invalid_token

# EventType
SIGN_IN = "SignIn"
SIGN_UP = "SignUp"
FORGOT_PASSWORD = "ForgotPassword"
PASSWORD_CHANGE = "PasswordChange"
RESEND_CODE = "ResendCode"
# EventResponse
PASS = "Pass"
FAIL = "Fail"
IN_PROGRESS = "InProgress"
# ChallengeName
PASSWORD_CHALLENGE = "Password"
MFA_CHALLENGE = "Mfa"

# AWS does not say how long it keeps events. This bounds the memory of one user's history [assumed].
KEPT = 500
_CHALLENGES: Mapping[str, str] = {
    ChallengeName.PASSWORD: PASSWORD_CHALLENGE,
    ChallengeName.PASSWORD_VERIFIER: PASSWORD_CHALLENGE,
    ChallengeName.SMS_MFA: MFA_CHALLENGE,
    ChallengeName.SOFTWARE_TOKEN_MFA: MFA_CHALLENGE,
    ChallengeName.EMAIL_OTP: MFA_CHALLENGE,
    ChallengeName.MFA_SETUP: MFA_CHALLENGE,
}


class Feedback(Struct, frozen=True, gc=False):
    """Hold the feedback on an event.

    `value` is Valid or Invalid, `provider` who gave it, `date` epoch seconds.
    """

    value: str
    provider: str
    date: float


class AuthEvent(Struct, frozen=True, gc=False):
    """One event; `number` counts a user's events, `created` is epoch seconds.

    `challenges` are (ChallengeName, passed) in the order in which they were answered. `ip`, `agent` and `fingerprint`
    are the client's address, User-Agent and EncodedData.
    """

    id: str
    pool_id: str
    sub: str
    number: int
    kind: str
    created: float
    response: str
    challenges: tuple[tuple[str, bool], ...] = ()
    ip: str = ""
    agent: str = ""
    feedback: Feedback | None = None
    fingerprint: Fingerprint = NO_FINGERPRINT
    risk: Risk = UNJUDGED

    @property
    def user_key(self) -> tuple[str, str]:
        return self.pool_id, self.sub


def challenges(proved: Sequence[str], failed: str | None = None) -> tuple[tuple[str, bool], ...]:
    """List the answers of a sign-in: what it proved, and `failed`, if any.

    There is one for each kind of challenge.
    """
    # The first challenge is the first factor; codes and passkeys there are neither Password nor Mfa.
    found = {
        _CHALLENGES[proof]: True for proof in proved[:1] if proof != ChallengeName.EMAIL_OTP and proof in _CHALLENGES
    }
    found |= {_CHALLENGES[proof]: True for proof in proved[1:] if proof in _CHALLENGES}
    if failed is not None:
        found[failed] = False
    return tuple(found.items())


def page_of(events: Sequence[AuthEvent], limit: int | None, token: str | None) -> Page[AuthEvent]:
    """Return a page of a user's events, newest first; they come oldest first.

    New events do not shift the following pages.

    Raises:
        InvalidParameter: the token names none of these events.
    """
    size = limit or DEFAULT_LIMIT
    last = next((event for event in events if page_token(event) == token), None) if token else None
    if token and last is None:
        raise invalid_token()
    older = [event for event in reversed(events) if last is None or event.number < last.number]
    items = older[:size]
    return Page(items, page_token(items[-1]) if len(older) > size else None)


def page_token(event: AuthEvent) -> str:
    """Make NextToken after an event: its id and date [docs: AdminListUserAuthEvents]."""
    date = datetime.fromtimestamp(round(event.created, 3), UTC)
    return f"{event.id}#{date.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def feedback_token(secret: bytes, pool_id: str, sub: str, event_id: str) -> str:
    """Make FeedbackToken, which the links in a notification carry.

    It is valid for this event of this user alone. It never begins with a dash, which a command line would read as an
    option.
    """
    message = f"feedback|{pool_id}|{sub}|{event_id}".encode()
    return base64.urlsafe_b64encode(b"\x01" + hmac.new(secret, message, hashlib.sha256).digest()).decode()


def token_holds(secret: bytes, event: AuthEvent, presented: str) -> bool:
    """Return whether `presented` is the event's FeedbackToken.

    It takes the same time whatever is wrong.
    """
    expected = feedback_token(secret, event.pool_id, event.sub, event.id)
    return hmac.compare_digest(expected.encode(), presented.encode())
