"""Files that commands read and write."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class Refused(Exception):
    """Nothing was done: the emulator refused or is unreachable, or a file is bad."""


def read_file(path: str) -> bytes:
    """Read a file that may not be empty.

    Raises:
        Refused: there is none, or it is empty.
    """
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise Refused(f"cannot read {path}: {_reason(error)}.") from None
    if not content:
        raise Refused(f"{path} is empty.")
    return content


def write_file(path: str, content: bytes) -> None:
    """Write a file whole or not at all; only its owner may read it.

    Raises:
        Refused
    """
    beside = f"{path}.{os.getpid()}.part"
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        Path(beside).replace(path)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            Path(beside).unlink()
        raise Refused(f"cannot write {path}: {_reason(error)}.") from None


def _reason(error: OSError | ValueError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
