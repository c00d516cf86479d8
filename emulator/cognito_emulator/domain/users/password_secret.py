"""The secret stored for a password: SRP's private value."""

from __future__ import annotations

import hashlib

_SHA256 = hashlib.sha256()  # a copy takes 0.7 of the time of a new one


def pad(number: int) -> bytes:
    """Write a number as whole bytes.

    A zero byte comes first when the first bit is set.
    """
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def private_value(name: str, identity: str, password: str, salt: bytes) -> int:
    """Calculate x = H(salt | H(name | identity | ":" | password)).

    Only x and the salt are stored of a password.
    """
    inner, outer = _SHA256.copy(), _SHA256.copy()
    inner.update(f"{name}{identity}:{password}".encode())
    outer.update(pad(int.from_bytes(salt, "big")) + inner.digest())
    return int.from_bytes(outer.digest(), "big")
