"""Time-based one-time passwords [RFC 6238]: SHA-1, 6 digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac

STEP = 30
# Steps before and after the present one whose code is accepted [assumed], as recommended [RFC 6238 §5.2].
SKEW = 1


def make_secret(random_bytes: bytes) -> str:
    """Make a base32 secret of 32 bytes, without padding (52 characters)."""
    return base64.b32encode(random_bytes).decode().rstrip("=")


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
