"""Record requests and answers of pages and OAuth endpoints for the journal."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.ports.journal import CONTROL, LONGEST_BODY, PAGE, TOKEN, Entry
from cognito_emulator.wire.body import Receive, Send
from cognito_emulator.wire.headers import by_name

if TYPE_CHECKING:
    from cognito_emulator.world import World

# The header that names the journal's entry of a refused request, where its cause stands.
WHY = b"x-emulator-why"
_READS = ("GET", "HEAD", "OPTIONS")
_FILES = "/_pages/"
_DECODED = "/_emulator/console/tokens"  # a form that changes nothing
_JSON = b"json"


def why_url(world: World, entry: Entry) -> bytes:
    """Return the URL of a request's entry."""
    return f"{world.public_url}/_emulator/requests/{entry.id}".encode()


def kind_of(method: str, path: str, *, is_open: bool, is_control: bool) -> str | None:
    """Return the kind of entry that a request gets.

    It is None for requests that look at the emulator, and for the pages' files.
    """
    if is_control:
        return None if method in _READS or path == _DECODED else CONTROL
    if path.startswith(_FILES):
        return None
    return TOKEN if is_open else PAGE


class Recorder:
    """Passes a request's body and answer on, and keeps of both what the journal shows."""

    def __init__(self, world: World, entry: Entry, receive: Receive, send: Send) -> None:
        self._world, self._entry = world, entry
        self._receive, self._send = receive, send
        self._is_json = False

    async def receive(self) -> MutableMapping[str, Any]:
        message = await self._receive()
        if message["type"] == "http.request" and len(self._entry.body) < LONGEST_BODY:
            self._entry.body = (self._entry.body + message.get("body", b""))[:LONGEST_BODY]
        return message

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._begin(message)
        elif self._is_json and len(self._entry.answer) < LONGEST_BODY:
            self._entry.answer = (self._entry.answer + message.get("body", b""))[:LONGEST_BODY]
        await self._send(message)

    def _begin(self, message: MutableMapping[str, Any]) -> None:
        entry, headers = self._entry, by_name(message["headers"])
        entry.status = message["status"]
        entry.location = headers.get(b"location", b"")
        self._is_json = _JSON in headers.get(b"content-type", b"")
        if entry.is_refusal:
            message["headers"] = [*message["headers"], (WHY, why_url(self._world, entry))]
