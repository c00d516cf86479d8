"""The secret stored for a password: SRP's private value."""

from __future__ import annotations

import hashlib


def pad(number: int) -> bytes:
    """Write a number as whole bytes.

    A zero byte comes first when the first bit is set.
    """
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def private_value(name: str, identity: str, password: str, salt: bytes) -> int:
    """Calculate x = H(salt | H(name | identity | ":" | password)).

    Only x and the salt are stored of a password.
    """
    inner = hashlib.sha256(f"{name}{identity}:{password}".encode()).digest()
    outer = hashlib.sha256(pad(int.from_bytes(salt, "big")) + inner).digest()
    return int.from_bytes(outer, "big")
