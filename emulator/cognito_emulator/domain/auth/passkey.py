"""Hold the passkeys of users: the records, their users and relying parties.

[docs: amazon-cognito-user-pools-authentication-flow-methods]
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.base64url import base64url
from cognito_emulator.domain.users.user import User

MAX_PASSKEYS = 20  # a user
CHALLENGE_BYTES = 16
ES256, RS256 = -7, -257
TIMEOUT = 60_000  # milliseconds, as in the service's options [assumed]
# The lifetime of a challenge [assumed]. Browsers may take at least five minutes to verify the user, whatever the
# timeout says (Web Authentication, "Recommended Range ... of timeout").
LIFETIME = 300.0
_ORIGIN = re.compile(r"(https?)://([^/:@?#\s]+)(?::[0-9]{1,5})?")
_ANDROID = re.compile(r"android:apk-key-hash:[A-Za-z0-9_-]{43}")  # Base64url of a SHA-256
# The maker of a passkey, by its AAGUID, where that is well known. AWS does not publish its names [assumed].
_MAKERS: Mapping[str, str] = {
    "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
    "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain (Managed)",
    "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
    "adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome on Mac",
    "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
    "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
    "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
    "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
    "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
    "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
}


class Attested(Struct, frozen=True, gc=False):
    """The facts that an authenticator states about a new credential.

    `public_key` is a COSE key. `synced` says that it may be copied between devices. `attachment` is None where the
    client sent none.
    """

    id: bytes
    public_key: bytes
    sign_count: int
    aaguid: str
    user_verified: bool
    synced: bool
    attachment: str | None
    transports: tuple[str, ...]

    @property
    def friendly_name(self) -> str:
        return _MAKERS.get(self.aaguid, "Passkey")


class Passkey(Struct, frozen=True, gc=False):
    """A registered passkey; its key is (pool_id, id).

    `rp_id` is the relying party that it was made for, `created` is epoch seconds.
    """

    pool_id: str
    sub: str
    id: str
    rp_id: str
    created: float
    attested: Attested

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.id

    @property
    def user_key(self) -> tuple[str, str]:
        return self.pool_id, self.sub


class PendingPasskey(Struct, frozen=True, gc=False):
    """The registration that a user has begun, one at a time.

    Its key is (pool_id, sub); `expires` is epoch seconds.
    """

    pool_id: str
    sub: str
    client_id: str
    rp_id: str
    challenge: bytes
    expires: float

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.sub


class VirtualPasskey(Struct, frozen=True, gc=False):
    """A passkey that the emulator itself can answer with, for tests.

    Its key and id are the passkey's.

    `private` is the private key, the number of a P-256 key in 32 bytes.
    """

    pool_id: str
    sub: str
    id: str
    rp_id: str
    private: bytes

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.id

    @property
    def user_key(self) -> tuple[str, str]:
        return self.pool_id, self.sub


def encode(value: bytes) -> str:
    """Write base64url without padding, as Web Authentication does in JSON."""
    return base64url(value).decode()


def decode(text: str) -> bytes:
    """Read what `encode` has written."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def allows(rp_id: str, origin: str) -> bool:
    """Return whether a page of that origin may use the relying party.

    It has to be secure, and on the party's domain or below. Browsers treat plain http on localhost as secure. A native
    Android app has the hash of its certificate as its origin [observed: amplify-android#3039]. A file on the relying
    party's host proves to Android that the app belongs to it; that file is not read here.
    """
    if _ANDROID.fullmatch(origin):
        return True
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        return False
    scheme, host, party = match[1], match[2].lower(), rp_id.lower()
    secure = scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return secure and (host == party or host.endswith(f".{party}"))


def creation_options(
    registration: PendingPasskey, user: User, verification: str, existing: Iterable[Passkey]
) -> dict[str, Any]:
    """Make PublicKeyCredentialCreationOptions as JSON.

    Its members and values are [assumed]. `attestation` is not requested.
    """
    return {
        "rp": {"id": registration.rp_id, "name": registration.rp_id},
        "user": {
            "id": encode(user.sub.encode()),
            "name": user.username,
            "displayName": user.get("name") or "",
        },
        "challenge": encode(registration.challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (ES256, RS256)],
        "timeout": TIMEOUT,
        "excludeCredentials": [{"type": "public-key", "id": passkey.id} for passkey in existing],
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": verification,
        },
    }


def check_room(count: int) -> None:
    """Refuse one more passkey than a user may have.

    Raises:
        LimitExceeded: the user has the maximum [own wording].
    """
    if count >= MAX_PASSKEYS:
        raise errors.LimitExceeded(f"The limit of {MAX_PASSKEYS} passkeys per user is reached.").because(
            "passkeys.limit", value=count
        )
