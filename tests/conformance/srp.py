"""The client's half of SRP, written from RFC 5054 and the documentation of USER_SRP_AUTH.

A scenario calls `begin()` for SRP_A and `answer(...)` for the responses to PASSWORD_VERIFIER.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

# The 3072-bit group of RFC 5054, appendix A.
_N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
_G = 2


class Srp:
    """One exchange of a user (or device) `name` of the group (pool or device group) `group`."""

    def __init__(self, group: str, password: str) -> None:
        """Begin with a fresh secret; `group` is the part of the pool's id after the underscore."""
        self._group = group
        self._password = password
        self._a = secrets.randbits(256) | 1 << 255  # "at least 256 bits" [RFC 5054 §3.1]
        self._public = pow(_G, self._a, _N)

    def begin(self) -> str:
        """Return SRP_A."""
        return f"{self._public:x}"

    def answer(self, challenge: Mapping[str, str], *, now: datetime | None = None) -> dict[str, str]:
        """Return the responses to PASSWORD_VERIFIER with these ChallengeParameters."""
        name = challenge["USER_ID_FOR_SRP"]
        moment = now or datetime.now(UTC)
        stamp = moment.strftime(f"%a %b {moment.day} %H:%M:%S UTC %Y")
        key = self._key(name, int(challenge["SALT"], 16), int(challenge["SRP_B"], 16))
        block = base64.b64decode(challenge["SECRET_BLOCK"])
        signed = hmac.new(key, self._group.encode() + name.encode() + block + stamp.encode(), hashlib.sha256).digest()
        return {
            "USERNAME": name,
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "TIMESTAMP": stamp,
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signed).decode(),
        }

    def _key(self, name: str, salt: int, public: int) -> bytes:
        k = _number(_padded(_N) + _padded(_G))
        u = _number(_padded(self._public) + _padded(public))
        inner = hashlib.sha256(f"{self._group}{name}:{self._password}".encode()).digest()
        x = _number(_padded(salt) + inner)
        shared = pow(public - k * pow(_G, x, _N), self._a + u * x, _N)
        extracted = hmac.new(_padded(u), _padded(shared), hashlib.sha256).digest()
        return hmac.new(extracted, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest(), "big")


def _padded(number: int) -> bytes:
    """Return the bytes of a positive number as two's complement, as Java's BigInteger writes them."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")
