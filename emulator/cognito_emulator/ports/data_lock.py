"""Lock a data folder: one emulator at a time.

The system releases the lock when the process ends, however it ends.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "lock"


class Locked(Exception):
    """Another process has the folder. The text is its id, "" where it cannot be read."""


class DataLock:
    """The lock, held from when it is made until `release`.

    Raises:
        Locked
        OSError: the file cannot be opened.
    """

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._file)
        except OSError:
            owner = _owner(self._file)
            os.close(self._file)
            raise Locked(owner) from None
        os.ftruncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode())

    def release(self) -> None:
        os.close(self._file)


def _owner(file: int) -> str:
    try:
        text = os.pread(file, 20, 0) if hasattr(os, "pread") else b""
    except OSError:
        return ""
    return text.decode("ascii", "replace")


if sys.platform == "win32":
    import msvcrt

    _FAR = 2**30  # where the lock lies: what is locked cannot be read, and the process id should be

    def _lock(file: int) -> None:
        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
