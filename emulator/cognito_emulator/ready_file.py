"""The file that tells where a running emulator answers (`--ready-file`)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from cognito_emulator.domain import strict_json


class CannotWrite(Exception):
    """Say why the ready file cannot be written."""


@contextmanager
def ready_file(path: str | None, addresses: Mapping[str, object]) -> Iterator[None]:
    """Keep the file at `path` for as long as the emulator answers.

    It is complete from its first moment.

    Args:
        path: None keeps none.
        addresses: what it holds as JSON: `url`, `pid`, and `tls_url` where HTTPS is served.

    Raises:
        CannotWrite
    """
    if path is not None:
        write(Path(path), addresses)
    try:
        yield
    finally:
        if path is not None:
            with suppress(OSError):
                Path(path).unlink()


def url_in(path: str) -> str:
    """Return the URL in a ready file.

    Raises:
        OSError: there is none.
        ValueError: it is no ready file.
    """
    try:
        return str(strict_json.decode_own(Path(path).read_text("utf-8"))["url"])
    except (KeyError, TypeError):
        raise ValueError("it has no URL") from None


def write(path: Path, addresses: Mapping[str, object]) -> None:
    """Write the file beside its place first, so that no reader sees a part of it.

    Raises:
        CannotWrite
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(json.dumps(addresses) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise CannotWrite(f"Cannot write the ready file {path}: {error.strerror}.") from None
