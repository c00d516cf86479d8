"""The control API of a running emulator, for the commands that speak to one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import strict_json
from cognito_emulator.files import Refused
from cognito_emulator.options import TOLD
from cognito_emulator.ready_file import url_in

DEFAULT_URL = "http://localhost:9229"
URL, READY_FILE = TOLD[0], "COGNITO_EMULATOR_READY_FILE"
_PATIENCE = 600.0  # seconds


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the flags that name the emulator."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--url", help=f"of the running emulator (${URL}, else {DEFAULT_URL})")
    where.add_argument("--ready-file", metavar="FILE", help="the file that it wrote when it was ready")


def url_of(flags: argparse.Namespace, environment: Mapping[str, str]) -> str:
    """Return the URL of the emulator that the flags, or else the environment, name.

    Raises:
        Refused
    """
    if flags.url:
        return str(flags.url).rstrip("/")
    path = flags.ready_file or (None if environment.get(URL) else environment.get(READY_FILE))
    if path is None:
        return (environment.get(URL) or DEFAULT_URL).rstrip("/")
    try:
        return url_in(path).rstrip("/")
    except OSError as error:
        raise Refused(f"cannot read the ready file {path}: {error.strerror}. Is the emulator running?") from None
    except ValueError:
        raise Refused(f"{path} is no ready file of an emulator.") from None


def call(url: str, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
    """Return the body of an answer of the control API.

    Raises:
        Refused: as `answer`.
    """
    return answer(url, method, path, body, kind)[0]


def answer(
    url: str, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
) -> tuple[bytes, Mapping[str, str]]:
    """Return the body and the headers of an answer of the control API.

    Raises:
        Refused: it could not be reached, or answered with an error, whose text this is.
    """
    # Only here: serving does not need them, and they would delay its start.
    import http.client
    import urllib.error
    import urllib.request

    # Not through a proxy of the environment: it is a program on this machine, or beside it.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        request = urllib.request.Request(f"{url}{path}", body, {"content-type": kind}, method=method)  # noqa: S310
        with opener.open(request, timeout=_PATIENCE) as received:
            return received.read(), received.headers
    except urllib.error.HTTPError as error:
        with error:
            raise Refused(_told(error.status, error.read())) from None
    except urllib.error.URLError as error:
        raise Refused(f"cannot reach an emulator at {url}: {error.reason}.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Refused(f"cannot reach an emulator at {url}: {error}.") from None


def _told(status: int | None, content: bytes) -> str:
    try:
        told: Any = strict_json.decode_own(content)
        return "\n".join([told["message"], *told.get("mistakes", ())])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"the emulator answers {status}."
