"""Files that are packaged beside templates: style sheets, scripts, images."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path


@cache
def read(folder: Path, name: str) -> bytes:
    """Return a file of a folder; a name with a path in it is none.

    Raises:
        KeyError: there is no such file.
    """
    names = {path.name: path for path in folder.iterdir()}
    return names[name].read_bytes()


@cache
def version(folder: Path, name: str) -> str:
    """Return a value that changes with the file, for the browser's cache.

    Raises:
        KeyError: there is no such file.
    """
    return sha256(read(folder, name)).hexdigest()[:12]
