"""Read `/_emulator/events`."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cognito_emulator.server import Emulator


class Stream:
    """Reads events one after the other."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer

    def next(self) -> tuple[str, Any]:
        found: dict[str, str] = {}
        while True:
            line = self._answer.readline().decode()
            assert line, "the stream has ended"
            if line == "\n" and "event" in found:
                return found["event"], json.loads(found["data"])
            name, _, value = line.rstrip("\n").partition(": ")
            found[name] = value

    def ends(self) -> bool:
        return b"event:" not in self._answer.read()


@contextmanager
def watching(emulator: Emulator, query: str = "") -> Iterator[Stream]:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=20)
    connection.request("GET", f"/_emulator/events{query}")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.readline() == b"retry: 1000\n"
    assert answer.readline() == b"\n"
    try:
        yield Stream(answer)
    finally:
        answer.close()
        connection.close()
