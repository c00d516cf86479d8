"""Record requests and their answers, one entry a request, the newest ones only.

    edge (wire, app) ── begin ──► entry ── finish ──► ring ──► those who wait, events
                                    ▲
            triggers, messages, changes made while the request is answered name it by `CURRENT`

An entry refers to the request's own bytes; nothing is copied, decoded, masked or looked up before an entry is read
(control.journal_view). Bodies are bounded, each and together. An entry has left the processor's caches when
it leaves the journal, so that each of its objects counts: lists, and members decoded from the body, made AdminGetUser
5 % slower.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from itertools import count
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.reasons import Reason, reason_of

REQUESTS = 1_000
BYTES = 64 * 1024 * 1024  # of all bodies together
LONGEST_BODY = 64 * 1024  # bytes of one body that is kept, of pages and of the OAuth endpoints

API, PAGE, TOKEN, CONTROL = "api", "page", "token", "control"
KINDS = (API, PAGE, TOKEN, CONTROL)


class TriggerCall(Struct):
    """One call of a Lambda function: its event, and its answer or why it failed.

    `ms` is how long it took.
    """

    arn: str
    event: Mapping[str, Any]
    synchronous: bool = True
    answer: Any = None
    error: str = ""
    ms: float | None = None


class Entry(Struct, gc=False):
    """One request.

    `time` is the machine's clock at its start, and `at` the emulator's, in epoch seconds.

    `input` is what a page shows of it; else `query` and `body` say it. `answer` is the body as it was sent.
    `commit` is the number of the newest change before it. `reason` is the rule that refused it, `is_refused` that a
    page has noted a refusal.
    `fault` names the fault rules that have struck, and `fault_reason` one that lets the request fail.
    """

    id: str
    number: int
    kind: str
    method: str
    path: str
    time: float
    at: float
    commit: int
    operation: str = ""
    query: bytes = b""
    body: bytes = b""
    content_type: bytes = b""
    location: bytes = b""
    input: Mapping[str, Any] | None = None
    answer: bytes = b""
    status: int = 0
    error: str = ""
    text: str = ""
    ms: float | None = None
    reason: Reason | None = None
    is_refused: bool = False
    fault: str = ""
    fault_reason: Reason | None = None
    messages: tuple[str, ...] = ()
    triggers: tuple[TriggerCall, ...] = ()
    started: float = 0.0

    @property
    def size(self) -> int:
        """The bytes of its bodies."""
        return len(self.body) + len(self.answer)

    @property
    def is_finished(self) -> bool:
        return self.ms is not None

    @property
    def is_refusal(self) -> bool:
        """Whether the answer is an error, by status, on a page or in a redirect."""
        return self.status >= 400 or self.is_refused or b"error=" in self.location


# The current request; None outside of one, and where no journal is kept.
CURRENT: ContextVar[Entry | None] = ContextVar("current_entry", default=None)
# Its id, for the history of changes; "" outside of one.
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")


def note_refusal(error: ApiError) -> None:
    """Note the refusal of the current request, where its answer is a page."""
    entry = CURRENT.get()
    if entry is not None:
        entry.is_refused, entry.error, entry.text = True, error.code, error.message
        entry.reason = reason_of(error)


def note_reason(error: Exception) -> None:
    """Note why the request in hand is refused, where the answer itself has the error.

    A reason that was noted before stays: a redirect tells less than the error that led to it.
    """
    entry = CURRENT.get()
    if entry is not None:
        entry.is_refused = True
        entry.reason = entry.reason or reason_of(error)


class Journal:
    """The newest requests, oldest first.

    Args:
        requests: how many are kept; 0 keeps none.
        size: how many bytes their bodies may have together.
    """

    def __init__(self, requests: int = REQUESTS, size: int = BYTES) -> None:
        self._most, self._most_bytes = requests, size
        self._entries: deque[Entry] = deque()
        self._numbers = count(1)
        self._bytes = 0
        self._arrival: asyncio.Event | None = None
        self._listeners: list[Callable[[Entry], object]] = []
        self.closing = False

    @property
    def is_on(self) -> bool:
        return self._most > 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def on_entry(self, listener: Callable[[Entry], object]) -> None:
        """Call `listener` with each finished entry."""
        self._listeners.append(listener)

    def begin(self, request_id: str, kind: str, method: str, path: str, *, at: float, commit: int) -> Entry | None:
        """Begin the entry of the current request.

        Without a journal only the id is noted.
        """
        REQUEST_ID.set(request_id)
        if not self._most:
            return None
        number = next(self._numbers)
        entry = Entry(request_id, number, kind, method, path, time.time(), at, commit, started=time.perf_counter())
        CURRENT.set(entry)
        return entry

    def finish(self, entry: Entry, status: int) -> None:
        """Enter a request that has been answered, and wake those who wait."""
        entry.status = status
        if entry.fault_reason is not None and entry.is_refusal:
            entry.reason = entry.fault_reason
        entry.ms = round((time.perf_counter() - entry.started) * 1000, 2)
        self._entries.append(entry)
        self._bytes += len(entry.body) + len(entry.answer)
        while len(self._entries) > self._most or (self._bytes > self._most_bytes and len(self._entries) > 1):
            oldest = self._entries.popleft()
            self._bytes -= len(oldest.body) + len(oldest.answer)
        for listener in self._listeners:
            listener(entry)
        if self._arrival is not None:
            self._wake()

    def find(self, request_id: str) -> Entry | None:
        return next((entry for entry in reversed(self._entries) if entry.id == request_id), None)

    def all(self, accept: Callable[[Entry], bool] = lambda _: True) -> list[Entry]:
        return [entry for entry in self._entries if accept(entry)]

    async def wait(self, accept: Callable[[Entry], bool], seconds: float) -> list[Entry]:
        """Return the accepted entries as soon as there is one.

        After `seconds` of real time there is none.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := self.all(accept)) and not self.closing:
                    self._arrival = self._arrival or asyncio.Event()
                    await self._arrival.wait()
                return found
        except TimeoutError:
            return []

    def clear(self, accept: Callable[[Entry], bool] = lambda _: True) -> int:
        """Forget the accepted entries; return how many they were."""
        kept = [entry for entry in self._entries if not accept(entry)]
        gone = len(self._entries) - len(kept)
        self._entries = deque(kept)
        self._bytes = sum(entry.size for entry in kept)
        return gone

    def close(self) -> None:
        """Let those who wait go: the server stops."""
        self.closing = True
        self._wake()

    def _wake(self) -> None:
        if self._arrival is not None:
            self._arrival.set()
            self._arrival = None
