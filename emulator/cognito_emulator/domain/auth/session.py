"""Sessions of a sign-in between its challenges: single use, expiring, bound to client, user and API family."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from cognito_emulator.domain.auth.attempt import Attempt

# A spent or expired session is remembered this long after its end, so that it gets AWS's precise refusal.
REMEMBERED = 3600.0


class Passkeys(Struct, frozen=True, gc=False):
    """What a passkey is to sign: `challenge`, for the relying party `rp_id`; `verify` asks it to verify the user."""

    challenge: bytes
    rp_id: str
    verify: bool


class Session(Struct, frozen=True, gc=False):
    """One outstanding challenge. Its key is the hash of the bearer string given to the client.

    `code` is the hash of the code sent for it and `to` the address it went to, `srp` the server's half of an SRP
    exchange (hex numbers), `totp_secret` what AssociateSoftwareToken made inside MFA_SETUP; `verified` says
    VerifySoftwareToken proved it. `private` are the privateChallengeParameters of a custom challenge, `metadata` its
    challengeMetadata. `passkeys` is what a passkey is to sign. `pair` is the hash of the Session that goes
    with an SRP exchange inside USER_AUTH, whose record is found by its secret block.
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
    """The key of a session by its bearer string."""
    return hashlib.sha256(bearer.encode()).hexdigest()
