"""SRP-6a as Cognito speaks it: the server's half, and the client's for tests and tools.

RFC 5054's 3072-bit group (RFC 3526 prime), g = 2, SHA-256. What differs from the RFC, as seen in Amazon's own
clients: numbers are padded to whole bytes with a leading zero byte when the first bit is set; the private value
binds the pool's name; the key is 16 bytes of HKDF with the label "Caldera Derived Key"; and the proof is an HMAC
over pool name, user id, secret block and a timestamp.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.modexp import power
from cognito_emulator.domain.users.password_secret import pad

N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIMESTAMP = re.compile(
    rf"(?:{'|'.join(_WEEKDAYS)}) ({'|'.join(_MONTHS)}) ([0-9]{{1,2}}) ([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}) (?:UTC|GMT) "
    r"([0-9]{4})",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 2048  # digits of SRP_A; [own wording] refuses more, since every challenge keeps them


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _hash_number(*parts: bytes) -> int:
    return int.from_bytes(_hash(*parts), "big")


K = _hash_number(pad(N), pad(G))


def verifier(x: int) -> int:
    """v = g^x mod N."""
    return power(G, x, N)


def server_public(b: int, v: int) -> int:
    """B = k*v + g^b mod N."""
    return (K * v + power(G, b, N)) % N


def read_public(text: str) -> int:
    """A client's SRP_A. One that voids the proof, a multiple of N, gets a challenge too [observed: measured], and
    whatever answers that is to be refused (`is_void`).

    Raises:
        InvalidParameter: no hexadecimal number [observed: measured], or too long.
    """
    if re.fullmatch(r"[0-9a-fA-F]+", text) is None:
        raise errors.invalid_srp_a(text)
    if len(text) > _LONGEST:
        raise errors.InvalidParameter("Invalid SRP_A value")
    return int(text, 16)


def _session_key(u: int, s: int) -> bytes:
    extracted = hmac.new(pad(u), pad(s), hashlib.sha256).digest()
    return hmac.new(extracted, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]


def server_key(a_public: int, b_public: int, b: int, v: int) -> bytes:
    """The session key by the server's arithmetic: S = (A * v^u)^b."""
    u = _hash_number(pad(a_public), pad(b_public))
    return _session_key(u, power(a_public * power(v, u, N) % N, b, N))


def client_key(a: int, b_public: int, x: int) -> bytes:
    """The session key by the client's arithmetic: S = (B - k*g^x)^(a + u*x)."""
    u = _hash_number(pad(power(G, a, N)), pad(b_public))
    return _session_key(u, power((b_public - K * power(G, x, N)) % N, a + u * x, N))


def proof(key: bytes, name: str, identity: str, secret_block: bytes, timestamp: str) -> str:
    """PASSWORD_CLAIM_SIGNATURE."""
    message = name.encode() + identity.encode() + secret_block + timestamp.encode()
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


class Claim(Struct, frozen=True, gc=False):
    """A client's answer to PASSWORD_VERIFIER (or DEVICE_PASSWORD_VERIFIER). What a proof signs is the `timestamp` in
    canonical form (`read_claim`)."""

    secret_block: str
    signature: str
    timestamp: str


def read_claim(claim: Claim) -> Claim:
    """A claim with its timestamp in canonical form.

    Raises:
        InvalidParameter: no timestamp [observed: amazon-cognito-identity-js#683], or a signature that is no Base64
            [observed: measured].
    """
    timestamp = canonical_timestamp(claim.timestamp)
    if timestamp is None:
        raise errors.InvalidParameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
    try:
        base64.b64decode(claim.signature, validate=True)
    except ValueError:
        raise errors.InvalidParameter("Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.") from None
    return replace(claim, timestamp=timestamp)


def is_void(a_public: int) -> bool:
    """Whether A is a multiple of N: the key would be known to everybody (RFC 5054 §2.5.4)."""
    return a_public % N == 0


def claim_holds(key: bytes, name: str, identity: str, claim: Claim) -> bool:
    """Whether the proof is right. How old its timestamp is does not matter [observed: measured, of 11 days]; that the
    exchange is young does."""
    try:
        block = base64.b64decode(claim.secret_block, validate=True)
    except ValueError:
        return False
    expected = proof(key, name, identity, block, claim.timestamp)
    return hmac.compare_digest(expected.encode(), claim.signature.encode())


def canonical_timestamp(text: str) -> str | None:
    """`Sat Sep 5 09:03:02 UTC 2026` as every client should write it; None if it is anything else.

    The service reads more than that and takes the proof over this form alone [observed: measured]: names in any case,
    a padded day, GMT. A client that signs a padded day or a wrong weekday is refused (recorded).
    """
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return None
    month = _MONTHS.index(found[1].title()) + 1
    try:
        return write_timestamp(datetime.fromisoformat(f"{found[4]}-{month:02}-{int(found[2]):02}T{found[3]}"))
    except ValueError:
        return None


def write_timestamp(moment: datetime) -> str:
    """A UTC moment as clients write it."""
    day = f"{_WEEKDAYS[moment.weekday()]} {_MONTHS[moment.month - 1]} {moment.day}"
    return f"{day} {moment:%H:%M:%S} UTC {moment.year:04}"
