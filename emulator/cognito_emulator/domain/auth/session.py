"""Sessions between the challenges of a sign-in.

They are single-use, expire, and are bound to client, user and API family.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct

from cognito_emulator.domain.auth.attempt import Attempt

# A used or expired session is kept this long after its end, so that it gets AWS's own error.
REMEMBERED = 3600.0


class Passkeys(Struct, frozen=True, gc=False):
    """The data that a passkey has to sign.

    It is `challenge`, for the relying party `rp_id`; `verify` requests that the passkey verifies the user.
    """

    challenge: bytes
    rp_id: str
    verify: bool


class Session(Struct, frozen=True, gc=False):
    """One open challenge.

    Its key is the hash of the bearer string that the client got.

    `code` is the hash of the code sent for it and `to` the address it went to. `srp` is the server's half of an SRP
    exchange (hex numbers). `totp_secret` comes from AssociateSoftwareToken inside MFA_SETUP; `verified` says that
    VerifySoftwareToken proved it. `private` are the privateChallengeParameters of a custom challenge, `metadata` its
    challengeMetadata. `passkeys` is the data that a passkey has to sign. `pair` is the hash of the Session of an SRP
    exchange inside USER_AUTH, whose record is found by its secret block.
    """

    digest: str
    attempt: Attempt
    challenge: str
    expires: float
    used: bool = False
    code: str = ""
    to: str = ""
    srp: tuple[str, ...] = ()
    totp_secret: str = ""
    verified: bool = False
    private: tuple[tuple[str, str], ...] = ()
    metadata: str | None = None
    passkeys: Passkeys | None = None
    pair: str = ""


def digest(bearer: str) -> str:
    """Return the key of a session by its bearer string."""
    return hashlib.sha256(bearer.encode()).hexdigest()
