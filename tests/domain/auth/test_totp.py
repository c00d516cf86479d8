from __future__ import annotations

import base64

from cognito_emulator.domain.auth import totp

# RFC 6238, appendix B (SHA-1), last six digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()


def test_vectors_of_the_rfc() -> None:
    assert totp.accepted_step(SECRET, "287082", 59) == 1
    assert totp.accepted_step(SECRET, "081804", 1111111109) == 1111111109 // 30


def test_one_step_of_skew_and_no_more() -> None:
    assert totp.accepted_step(SECRET, "287082", 59 + 30) == 1
    assert totp.accepted_step(SECRET, "287082", 0) == 1
    assert totp.accepted_step(SECRET, "287082", 59 + 60) is None


def test_wrong_codes() -> None:
    assert totp.accepted_step(SECRET, "287083", 59) is None
    assert totp.accepted_step(SECRET, "", 59) is None


def test_secrets_are_plain_base32() -> None:
    secret = totp.make_secret(bytes(range(32)))
    assert len(secret) == 52
    assert base64.b32decode(secret + "====") == bytes(range(32))
