"""Randomness: ids, secrets, codes, bytes. The scripted form repeats itself from a seed."""

from __future__ import annotations

import os
import random
import string
from typing import Protocol

_ALNUM = string.ascii_letters + string.digits
_LOWER = string.ascii_lowercase + string.digits


class Ids(Protocol):
    """Everything random that the rules need, named by its use."""

    def uuid(self) -> str: ...
    def pool_suffix(self) -> str:
        """9 characters [A-Za-z0-9], the part of a pool id after the region."""

    def client_id(self) -> str:
        """26 characters [a-z0-9]."""

    def client_secret(self) -> str:
        """52 characters [a-z0-9]."""

    def code(self, digits: int = 6) -> str:
        """A code for a message; leading zeros are kept."""

    def bytes(self, count: int) -> bytes: ...
    def password(self) -> str:
        """A temporary password with every kind of character; the caller lengthens it to its policy."""


class RandomIds:
    """The operating system's randomness. `fixed_code` makes every message code the same (`--code`)."""

    def __init__(self, fixed_code: str | None = None) -> None:
        self.fixed_code = fixed_code

    def bytes(self, count: int) -> bytes:
        return os.urandom(count)

    def uuid(self) -> str:
        """A random UUID (version 4). Written by hand: one is made for every answer, and `uuid` takes thrice as long."""
        digits = self.bytes(16).hex()
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def _of(self, alphabet: str, count: int) -> str:
        """Characters of one draw: `SystemRandom.choices` would ask the system once for each of them.

        Eight bytes more than are needed, so that no character is likelier than another by more than 2**-64.
        """
        number, chosen = int.from_bytes(self.bytes(count + 8), "big"), []
        for _ in range(count):
            number, at = divmod(number, len(alphabet))
            chosen.append(alphabet[at])
        return "".join(chosen)

    def pool_suffix(self) -> str:
        return self._of(_ALNUM, 9)

    def client_id(self) -> str:
        return self._of(_LOWER, 26)

    def client_secret(self) -> str:
        return self._of(_LOWER, 52)

    def code(self, digits: int = 6) -> str:
        return self.fixed_code or self._of(string.digits, digits)

    def password(self) -> str:
        return self._of(_ALNUM, 4) + "".join(
            self._of(kind, 2) for kind in (string.ascii_uppercase, string.ascii_lowercase, string.digits, "!#%+-_")
        )


class ScriptedIds(RandomIds):
    """Repeatable ids for tests: the same seed gives the same ids in the same order. Never for anything else."""

    def __init__(self, seed: int = 0, fixed_code: str | None = None) -> None:
        super().__init__(fixed_code)
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)
