"""Time-based one-time passwords [RFC 6238]: SHA-1, 6 digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac
import re

STEP = 30
# Steps before and after the present one whose code is accepted [assumed], as recommended [RFC 6238 §5.2].
SKEW = 1
LEAST_BITS = 112  # the least strength that NIST SP 800-131A accepts; RFC 4226 wants 128, many generators make less
_BASE32 = re.compile(r"[A-Z2-7]*")


def make_secret(random_bytes: bytes) -> str:
    """Make a base32 secret of 32 bytes, without padding (52 characters)."""
    return base64.b32encode(random_bytes).decode().rstrip("=")


def secret_problem(secret: str) -> str | None:
    """Return what is wrong with a secret, as the end of a sentence; None if it is one."""
    text = secret.rstrip("=")
    if not _BASE32.fullmatch(text) or len(text) % 8 in (1, 3, 6):
        return "is base32 (A-Z and 2-7)"
    bits = len(text) * 5 // 8 * 8
    return None if bits >= LEAST_BITS else f"has at least {LEAST_BITS} bits; this one has {bits}"


def usable_code(secret: str, last_step: int, now: float) -> tuple[str, int] | None:
    """Return the first unused code, of this time step or the next, and its step.

    None if both have been used."""
    import pyotp

    current = int(now) // STEP
    for step in range(current, current + SKEW + 1):
        if step > last_step:
            return pyotp.TOTP(secret).generate_otp(step), step
    return None


def accepted_step(secret: str, code: str, now: float) -> int | None:
    """Return the time step that has this code; None if the code is wrong.

    Only steps within the allowed skew of `now` are tried.
    """
    import pyotp  # imported late, since it takes long

    generator = pyotp.TOTP(secret)
    current = int(now) // STEP
    for step in range(current - SKEW, current + SKEW + 1):
        if step >= 0 and hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            return step
    return None
