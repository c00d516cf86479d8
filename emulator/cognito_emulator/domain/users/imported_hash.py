"""Password hashes of other systems, which user import takes.

Forms and upper bounds of the four algorithms are documented [docs: cognito-user-pools-using-import-tool]. Lower bounds
are not: a salt of 8 and a hash of 16 bytes are required [assumed], so that no guess is right by chance. Only a digest
of the hash is stored ("Double hashing").

`matches` takes up to a third of a second and 64 MiB: run it on a worker.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from importlib.util import find_spec

from msgspec import Struct

from cognito_emulator.domain import errors

BCRYPT, SCRYPT, ARGON2ID, PBKDF2 = "BCRYPT", "SCRYPT", "ARGON2ID", "PBKDF2_SHA256"
_LIBRARIES = {BCRYPT: "bcrypt", ARGON2ID: "argon2"}

_NUMBER = "([1-9][0-9]{0,17})"
_FORMS = {
    BCRYPT: re.compile(r"\$2[abxy]\$([0-9]{2})\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})"),
    SCRYPT: re.compile(rf"{_NUMBER}\${_NUMBER}\${_NUMBER}\$([0-9a-fA-F]+)\$([0-9a-fA-F]+)"),
    ARGON2ID: re.compile(
        rf"\$argon2id\$v=(16|19)\$m={_NUMBER},t={_NUMBER},p={_NUMBER}\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
    ),
    # Some programs write the `+` of base64 as a dot, or add padding.
    PBKDF2: re.compile(rf"\$pbkdf2-sha256\${_NUMBER}\$([A-Za-z0-9+./]+=*)\$([A-Za-z0-9+./]+=*)"),
}
_HIGHEST = {BCRYPT: (12,), SCRYPT: (65536, 8, 1), ARGON2ID: (19, 19456, 2, 1), PBKDF2: (600_000,)}
_SHORTEST_SALT = 8  # bytes [RFC 9106 §3.1]
_HASH = range(16, 65)  # bytes; two blocks of SHA-256 at most, since each costs all the iterations
_BCRYPT_SALT = re.compile(rb"\$2[abxy]\$(?:0[4-9]|1[0-2])\$[./A-Za-z0-9]{22}")
_BCRYPT_HASH = 31  # characters
_BCRYPT_MOST = 72  # bytes of a password that bcrypt reads; its programs ignore the rest
_BCRYPT_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SCRYPT_MEMORY = 128 * 1024 * 1024  # bytes; the largest parameters take half of it


class BadHash(Exception):
    """A hash that cannot be imported.

    The text goes into the log of the job [own wording].
    """


class ImportedHash(Struct, frozen=True, gc=False):
    """The stored parts of a hash.

    They are `costs` in the order in which they are written, and a SHA-256 digest of its `length`. bcrypt's `salt` is
    the part of the text before the hash.
    """

    algorithm: str
    costs: tuple[int, ...]
    salt: bytes
    length: int
    digest: bytes


def require_library(algorithm: str) -> None:
    """Refuse an algorithm whose package is not installed.

    Raises:
        NotImplementedHere
    """
    library = _LIBRARIES.get(algorithm)
    if library is not None and find_spec(library) is None:
        raise errors.NotImplementedHere(
            f"{algorithm} needs the extra `imports` of cognito-emulator, which installs the packages bcrypt and "
            "argon2-cffi."
        )


def read(algorithm: str, text: str) -> ImportedHash:
    """Read the hash of a row.

    Raises:
        BadHash: malformed, of another algorithm, or costlier than the service allows.
    """
    found = _FORMS[algorithm].fullmatch(text)
    if found is None:
        if any(form.fullmatch(text) for form in _FORMS.values()):
            raise BadHash(f"The password hash was not made by {algorithm}.")
        raise _malformed(algorithm)
    *numbers, salt_text, hash_text = found.groups()
    costs = tuple(int(number) for number in numbers)
    if any(cost > highest for cost, highest in zip(costs, _HIGHEST[algorithm], strict=True)):
        raise BadHash(f"A parameter of the password hash exceeds the maximum of {algorithm}.")
    if not _possible(algorithm, costs):
        raise _malformed(algorithm)
    if algorithm == BCRYPT:
        prefix = text[: -len(salt_text + hash_text)]
        salt = (prefix + _without_spare_bits(salt_text, 4)).encode()
        return ImportedHash(algorithm, costs, salt, _BCRYPT_HASH, _digest(_without_spare_bits(hash_text, 2).encode()))
    try:
        salt, derived = (_bytes(algorithm, part) for part in (salt_text, hash_text))
    except ValueError:
        raise _malformed(algorithm) from None
    if len(salt) < _SHORTEST_SALT or len(derived) not in _HASH:
        raise _malformed(algorithm)
    return ImportedHash(algorithm, costs, salt, len(derived), _digest(derived))


def check(kept: ImportedHash) -> None:
    """Refuse a stored hash that `matches` cannot calculate at a fair cost.

    Raises:
        BadHash
    """
    algorithm, highest = kept.algorithm, _HIGHEST[kept.algorithm]
    if len(kept.costs) != len(highest) or not all(
        0 < cost <= most for cost, most in zip(kept.costs, highest, strict=True)
    ):
        raise BadHash(f"A parameter of the password hash is missing, or exceeds the maximum of {algorithm}.")
    is_good = _possible(algorithm, kept.costs) and len(kept.digest) == hashlib.sha256().digest_size
    if algorithm == BCRYPT:
        is_good = is_good and kept.length == _BCRYPT_HASH and _BCRYPT_SALT.fullmatch(kept.salt) is not None
    elif is_good:
        is_good = len(kept.salt) >= _SHORTEST_SALT and kept.length in _HASH
    if not is_good:
        raise _malformed(algorithm)


def _malformed(algorithm: str) -> BadHash:
    return BadHash(f"The password hash does not have the format of {algorithm}.")


def _possible(algorithm: str, costs: tuple[int, ...]) -> bool:
    """Return whether the algorithm is defined for these costs."""
    if algorithm == BCRYPT:
        return costs[0] >= 4
    if algorithm == SCRYPT:
        n, r, _ = costs
        return n > 1 and n & (n - 1) == 0 and n < 2 ** (16 * r)  # [RFC 7914 §2]
    if algorithm == ARGON2ID:
        _, memory, _, lanes = costs
        return memory >= 8 * lanes  # [RFC 9106 §3.1]
    return True


def _without_spare_bits(text: str, bits: int) -> str:
    """Set the unused bits of the last character of bcrypt's base64 to zero.

    Some programs leave them at other values.
    """
    return text[:-1] + _BCRYPT_ALPHABET[_BCRYPT_ALPHABET.index(text[-1]) >> bits << bits]


def _bytes(algorithm: str, text: str) -> bytes:
    """Decode a salt or a hash.

    Raises:
        ValueError: it is none.
    """
    if algorithm == SCRYPT:
        return bytes.fromhex(text)
    plain = text.rstrip("=").replace(".", "+")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _digest(derived: bytes) -> bytes:
    return hashlib.sha256(derived).digest()


def matches(kept: ImportedHash, typed: str) -> bool:
    """Return whether `typed` is the password of that hash.

    It is slow: run it on a worker. Its library must be installed.
    """
    derived = _DERIVE[kept.algorithm](kept, typed.encode())
    return hmac.compare_digest(_digest(derived), kept.digest)


def _bcrypt(kept: ImportedHash, typed: bytes) -> bytes:
    import bcrypt

    return bcrypt.hashpw(typed[:_BCRYPT_MOST], kept.salt)[len(kept.salt) :]


def _scrypt(kept: ImportedHash, typed: bytes) -> bytes:
    n, r, p = kept.costs
    return hashlib.scrypt(typed, salt=kept.salt, n=n, r=r, p=p, maxmem=_SCRYPT_MEMORY, dklen=kept.length)


def _argon2id(kept: ImportedHash, typed: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    version, memory, rounds, lanes = kept.costs
    return hash_secret_raw(typed, kept.salt, rounds, memory, lanes, kept.length, Type.ID, version)


def _pbkdf2(kept: ImportedHash, typed: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", typed, kept.salt, kept.costs[0], kept.length)


_DERIVE: dict[str, Callable[[ImportedHash, bytes], bytes]] = {
    BCRYPT: _bcrypt,
    SCRYPT: _scrypt,
    ARGON2ID: _argon2id,
    PBKDF2: _pbkdf2,
}
