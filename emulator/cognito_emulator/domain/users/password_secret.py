"""The secret that stands for a password: SRP's private value, as Cognito computes it."""

from __future__ import annotations

import hashlib


def pad(number: int) -> bytes:
    """A number as whole bytes, with a zero byte in front when the first bit is set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def private_value(name: str, identity: str, password: str, salt: bytes) -> int:
    """x = H(salt | H(name | identity | ":" | password)): all that is kept of a password, beside its salt."""
    inner = hashlib.sha256(f"{name}{identity}:{password}".encode()).digest()
    outer = hashlib.sha256(pad(int.from_bytes(salt, "big")) + inner).digest()
    return int.from_bytes(outer, "big")
