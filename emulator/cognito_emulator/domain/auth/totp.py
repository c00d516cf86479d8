"""Time-based one-time passwords (RFC 6238): SHA-1, 6 digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac

STEP = 30
# How far from its window a code is taken is not documented; one step each way is what RFC 6238 §5.2 recommends.
SKEW = 1


def make_secret(random_bytes: bytes) -> str:
    """A base32 secret of 32 bytes, without padding (52 characters, as the service's)."""
    return base64.b32encode(random_bytes).decode().rstrip("=")


def accepted_step(secret: str, code: str, now: float) -> int | None:
    """The time step whose code this is, within the allowed skew of `now`; None if it is wrong."""
    import pyotp  # not at the start, which it would make longer

    generator = pyotp.TOTP(secret)
    current = int(now) // STEP
    for step in range(current - SKEW, current + SKEW + 1):
        if step >= 0 and hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            return step
    return None
