"""SRP-6a as Cognito uses it: the server's half, and the client's for tests.

The group has 3072 bits [RFC 5054, RFC 3526], g = 2, with SHA-256. The differences from the RFC are those of Amazon's
own clients [observed: aws-amplify/amplify-js, NabuCasa/pycognito]. Numbers are padded to whole bytes, with a leading
zero byte when the first bit is set. The private value includes the pool's name. The key is 16 bytes of HKDF with the
label "Caldera Derived Key". The proof is an HMAC of pool name, user id, secret block and a timestamp.
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
from cognito_emulator.domain.auth.fixed_base import FixedBase
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
_generator = FixedBase(G, N, longest=512)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIMESTAMP = re.compile(
    rf"(?:{'|'.join(_WEEKDAYS)}) ({'|'.join(_MONTHS)}) ([0-9]{{1,2}}) ([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}) (?:UTC|GMT) "
    r"([0-9]{4})",
    re.IGNORECASE | re.ASCII,
)
_LONGEST = 2048  # digits of SRP_A; every challenge keeps them, so that longer ones are refused [own wording]


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _hash_number(*parts: bytes) -> int:
    return int.from_bytes(_hash(*parts), "big")


K = _hash_number(pad(N), pad(G))


def verifier(x: int) -> int:
    """Calculate v = g^x mod N."""
    return _generator.power(x)


def server_public(b: int, v: int) -> int:
    """Calculate B = k*v + g^b mod N."""
    return (K * v + _generator.power(b)) % N


def read_public(text: str) -> int:
    """Read a client's SRP_A.

    One that voids the proof, a multiple of N, gets a challenge too [assumed]. Every answer to that challenge has to be
    refused (`is_void`).

    Raises:
        InvalidParameter: no hexadecimal number [assumed], or too long [own wording].
    """
    if re.fullmatch(r"[0-9a-fA-F]+", text) is None:
        raise _invalid_srp_a(text)
    if len(text) > _LONGEST:
        raise errors.InvalidParameter("Invalid SRP_A value").because("auth.srp-value")
    return int(text, 16)


def scrambler(a_public: int, b_public: int) -> int:
    """Calculate u = H(A | B), which binds the proof to this exchange."""
    return _hash_number(pad(a_public), pad(b_public))


def session_key(u: int, s: int) -> bytes:
    """Derive the session key from the shared number S.

    It is HKDF with u as its salt [RFC 5869].
    """
    extracted = hmac.new(pad(u), pad(s), hashlib.sha256).digest()
    return hmac.new(extracted, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]


def server_key(a_public: int, b_public: int, b: int, v: int) -> bytes:
    """Calculate the session key on the server, which keeps v."""
    u = scrambler(a_public, b_public)
    return session_key(u, server_shared(a_public, u, b, v))


def server_shared(a_public: int, u: int, b: int, v: int) -> int:
    """Calculate the shared number on the server: S = (A * v^u)^b."""
    return power(a_public * power(v, u, N) % N, b, N)


def server_key_of(a_public: int, b_public: int, b: int, x: int) -> bytes:
    """Calculate the session key on a server that keeps x itself.

    Since v^u = g^(x*u), one of the two powers takes a third of the time.
    """
    u = scrambler(a_public, b_public)
    return session_key(u, power(a_public * _generator.power(x * u) % N, b, N))


def client_key(a: int, b_public: int, x: int) -> bytes:
    """Calculate the session key on the client."""
    u = scrambler(client_public(a), b_public)
    return session_key(u, client_shared(a, b_public, u, x))


def client_public(a: int) -> int:
    """Calculate A = g^a mod N."""
    return _generator.power(a)


def client_shared(a: int, b_public: int, u: int, x: int) -> int:
    """Calculate the shared number on the client: S = (B - k*g^x)^(a + u*x)."""
    return power((b_public - K * _generator.power(x)) % N, a + u * x, N)


def proof(key: bytes, name: str, identity: str, secret_block: bytes, timestamp: str) -> str:
    """Calculate PASSWORD_CLAIM_SIGNATURE."""
    message = name.encode() + identity.encode() + secret_block + timestamp.encode()
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()


class Claim(Struct, frozen=True, gc=False):
    """A client's answer to PASSWORD_VERIFIER or DEVICE_PASSWORD_VERIFIER.

    The proof signs the `timestamp` in its canonical form (`read_claim`).
    """

    secret_block: str
    signature: str
    timestamp: str


def read_claim(claim: Claim) -> Claim:
    """Return a claim with its timestamp in canonical form.

    Raises:
        InvalidParameter: no timestamp [observed: amazon-cognito-identity-js#683], or a signature that is no Base64
            [observed: ministackorg/ministack#1758].
    """
    timestamp = canonical_timestamp(claim.timestamp)
    if timestamp is None:
        raise errors.InvalidParameter("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.").because(
            "auth.srp-claim"
        )
    try:
        base64.b64decode(claim.signature, validate=True)
    except ValueError:
        raise errors.InvalidParameter("Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.").because(
            "auth.srp-claim"
        ) from None
    return replace(claim, timestamp=timestamp)


def is_void(a_public: int) -> bool:
    """Return whether A is a multiple of N [RFC 5054 §2.5.4].

    Everyone could then calculate the key.
    """
    return a_public % N == 0


def claim_holds(key: bytes, name: str, identity: str, claim: Claim) -> bool:
    """Return whether the proof is right.

    The age of its timestamp does not matter [assumed]; the age of the exchange does.
    """
    try:
        block = base64.b64decode(claim.secret_block, validate=True)
    except ValueError:
        return False
    expected = proof(key, name, identity, block, claim.timestamp)
    return hmac.compare_digest(expected.encode(), claim.signature.encode())


def canonical_timestamp(text: str) -> str | None:
    """Return `Sat Sep 5 09:03:02 UTC 2026` in the form that the proof signs.

    Return None if the text is no timestamp. The service reads other forms and takes the proof over this one alone
    [assumed]: names in any case, a padded day, GMT. It refuses a client that signs a padded day or a wrong weekday
    [observed: ministackorg/ministack#1758].
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
    """Write a UTC time as clients do."""
    day = f"{_WEEKDAYS[moment.weekday()]} {_MONTHS[moment.month - 1]} {moment.day}"
    return f"{day} {moment.hour:02}:{moment.minute:02}:{moment.second:02} UTC {moment.year:04}"


def _invalid_srp_a(value: str) -> errors.InvalidParameter:
    """Refuse an SRP_A that is no hexadecimal number [assumed]."""
    return errors.InvalidParameter(
        f"1 validation error detected: Value '{value}' at 'sRPA' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$"
    ).because("auth.srp-value")
