"""Randomness: ids, secrets, codes, bytes.

The scripted form repeats its values for a seed.
"""

from __future__ import annotations

import os
import random
import string
import threading
from collections.abc import Sequence
from typing import Protocol

_ALNUM = string.ascii_letters + string.digits
_BATCH = 16_384  # bytes drawn at once
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}  # of a UUID, by the digit drawn
_LOWER = string.ascii_lowercase + string.digits
# The alphabet of each character of a temporary password.
_PASSWORD = (
    *(_ALNUM,) * 4, *(string.ascii_uppercase,) * 2, *(string.ascii_lowercase,) * 2, *(string.digits,) * 2,
    *("!#%+-_",) * 2,
)  # fmt: skip


_forks = 0  # of this process and those before it


def _count_fork() -> None:
    global _forks  # noqa: PLW0603 - a fact about the process
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)


class Ids(Protocol):
    """Everything random that the rules need, named by its use."""

    def uuid(self) -> str: ...
    def pool_suffix(self) -> str:
        """Make 9 letters and digits, the part of a pool id after the region."""

    def client_id(self) -> str:
        """Make 26 lower-case letters and digits."""

    def client_secret(self) -> str:
        """Make 52 lower-case letters and digits."""

    def code(self, digits: int = 6) -> str:
        """Make a code for a message; leading zeros are kept."""

    def bytes(self, count: int) -> bytes: ...
    def password(self) -> str:
        """Make a temporary password with every kind of character.

        The caller lengthens it to its policy.
        """


class RandomIds:
    """The operating system's randomness.

    It is drawn in batches: a sign-in takes nine values, and a request to the system costs more than their bytes.

    `fixed_code` makes every message code the same (`--code`).
    """

    def __init__(self, fixed_code: str | None = None) -> None:
        self.fixed_code = fixed_code
        self._drawn, self._at = b"", 0
        self._lock, self._forks = threading.Lock(), _forks

    def bytes(self, count: int) -> bytes:
        if self._forks != _forks:  # a child process must not have its parent's values
            self._drawn, self._at = b"", 0
            self._lock, self._forks = threading.Lock(), _forks
        with self._lock:
            at, end = self._at, self._at + count
            if end > len(self._drawn):
                self._drawn, at, end = os.urandom(max(_BATCH, count)), 0, count
            self._at = end
            return self._drawn[at:end]

    def uuid(self) -> str:
        """Make a random UUID (version 4).

        Every answer has one, and the module `uuid` takes three times as long.
        """
        digits = self.bytes(16).hex()
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANTS[digits[16]]}{digits[17:20]}-{digits[20:]}"

    def _of(self, alphabet: str, count: int) -> str:
        return self._one_of_each((alphabet,) * count)

    def _one_of_each(self, alphabets: Sequence[str]) -> str:
        """Choose a character of each alphabet, with one draw.

        `SystemRandom.choices` would ask the system once for each of them. Eight bytes more than needed are drawn, so
        that no character is likelier than another by more than 2**-64.
        """
        number, chosen = int.from_bytes(self.bytes(len(alphabets) + 8), "big"), []
        for alphabet in alphabets:
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
        return self._one_of_each(_PASSWORD)


class ScriptedIds(RandomIds):
    """Repeatable ids for tests alone.

    The same seed gives the same ids in the same order.
    """

    def __init__(self, seed: int = 0, fixed_code: str | None = None) -> None:
        super().__init__(fixed_code)
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)
