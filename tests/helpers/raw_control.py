"""Send raw requests to the control API."""

from __future__ import annotations

import http.client
import json
from typing import Any

from tests.helpers.control_api import Control


def status_of(control: Control, method: str, path: str, headers: dict[str, str]) -> int:
    """The status of a request without a body, with exactly these headers."""
    connection = http.client.HTTPConnection("127.0.0.1", control.emulator.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def raw(control: Control, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, Any]:
    """A request with exactly these headers, Host included."""
    connection = http.client.HTTPConnection("127.0.0.1", control.emulator.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"content-length": str(len(body)), **headers}.items():
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)
