"""Keep every change before it is answered.

What is changed together is collected, and then encoded and written at once.

    write block ── note ──► collecting ── one at a time ──► encode, one transaction
                                                                  │
    answer ── waits for all that is noted by now ◄── landed, or taken back ◄┘

What comes while a transaction is under way shares the next one. Where one fails, all that is not yet kept is taken
back, newest first, so that memory and disk are equal again; the requests that waited for it are answered with an error.

A transaction of few rows copies memory into the system's, which takes less time than to wake a thread for it, and is
done on the loop (a SignUp with a data folder costs 20 us more than without, on a thread 40). What is more, or waits
for the disk, is a thread's; and everything for a while where a write has been slow.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile

from cognito_emulator.domain.errors import InternalError
from cognito_emulator.domain.history import Change
from cognito_emulator.ports.journal import REQUEST_ID
from cognito_emulator.ports.storage import RowName, Rows, Storage, Write

log = logging.getLogger("emulator")

TakeBack = Callable[[Sequence[Change]], object]
Encode = Callable[[Sequence[Change]], Rows]
Document = bytes | None | Callable[[], bytes]  # as it is, deleted, or encoded when it is written
PATIENCE = 0.002  # seconds for which a transaction waits for more
FEW = 64  # changes that are written on the loop
SLOW = 0.02  # seconds of a write, after which the next ones are a thread's
MOST_SLOW = 100  # so many
MOST_REFUSED = 10_000  # requests that are remembered until they are answered


class NotKept(InternalError):
    """A change could not be written to the data folder, and was taken back."""

    def __init__(self, reason: object) -> None:
        super().__init__(f"The data folder cannot be written ({reason}); the change was taken back.")


class Batch:
    """What one transaction writes, and how it is taken back."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.documents: dict[RowName, Document] = {}
        self.is_rebase = False
        self.undos: list[Callable[[], object]] = []
        self.causes: set[str] = set()
        self.waiting: list[asyncio.Future[None]] = []
        self.error: Exception | None = None

    def encode(self, encode: Encode) -> Write:
        """Return what is to be written.

        A row that has changed several times is encoded once.
        """
        rows = encode(self.changes)
        for name, document in self.documents.items():
            rows[name] = document() if callable(document) else document
        return Write(rows, self.is_rebase)


class Keeper:
    """The writer of a world's changes into its data folder, on the world's loop alone.

    Args:
        storage: the folder.
        encode: makes rows of changes of the store.
        take_back: makes rows of the store what they were `before`; it may note nothing here (`is_silent`).
        is_resumed: whether the world was read from it.
        now: for tests, the seconds by which a write is slow.
    """

    def __init__(
        self,
        storage: Storage,
        encode: Encode,
        take_back: TakeBack,
        *,
        is_resumed: bool = False,
        now: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.storage = storage
        self.is_resumed = is_resumed
        self.is_silent = False
        self._encode = encode
        self._take_back = take_back
        self._now = now
        self._slow = 0  # transactions that are still a thread's
        self._collected: deque[Batch] = deque()  # the last one takes more
        self._flying: Batch | None = None
        self._held: Batch | None = None  # this batch, and those after it, are not written yet
        self._holders = 0
        self._refused: dict[str, Exception] = {}  # requests of which a change was taken back, not yet answered
        self._work: queue.SimpleQueue[tuple[Batch, Write | None] | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._is_due = False
        self._timer: asyncio.TimerHandle | None = None
        self._active = 0  # requests under way; those of them that wait here add nothing more
        self._waiting = 0

    # --- noting ---------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Refuse a change of a request of which an earlier change was taken back.

        Raises:
            NotKept
        """
        if self._refused and not self.is_silent and (error := self._refused.get(REQUEST_ID.get())):
            raise NotKept(error)

    def note(self, changes: Sequence[Change]) -> None:
        """Note changes of the store."""
        if not self.is_silent:
            self._open().changes.extend(changes)

    def put(self, kind: str, number: int, value: Document, undo: Callable[[], object] | None = None) -> None:
        """Note a document; None deletes it. `undo` takes the change back in memory."""
        if self.is_silent:
            return
        batch = self._open()
        batch.documents[kind, number] = value
        if undo is not None:
            batch.undos.append(undo)

    def rebase(self, undo: Callable[[], object]) -> None:
        """Make the state of now the baseline of the next start."""
        batch = self._open()
        batch.is_rebase = True
        batch.undos.append(undo)
        self._collected.append(Batch())

    def _open(self) -> Batch:
        if not self._collected:
            self._collected.append(Batch())
        batch = self._collected[-1]
        batch.causes.add(REQUEST_ID.get())
        self._plan()
        return batch

    def request(self) -> _Request:
        """Note a request that may change something, in a `with` block.

        Transactions wait for it, for a moment."""
        return _Request(self)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Write nothing meanwhile: what is noted inside is kept whole or not at all.

        Requests that only read are answered meanwhile; those that write wait.
        """
        self._holders += 1
        if self._held is None:
            self._held = Batch()
            self._collected.append(self._held)
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._held = None
                self._plan()

    # --- waiting --------------------------------------------------------------------------------------------

    async def settled(self) -> None:
        """Wait until all that the request in hand may have seen is kept.

        Raises:
            NotKept: it is not.
        """
        cause = REQUEST_ID.get()
        batch = self._awaited(cause)
        if batch is not None:
            landed = asyncio.get_running_loop().create_future()
            batch.waiting.append(landed)
            self._waiting += 1
            self._plan()
            try:
                await landed
            finally:
                self._waiting -= 1
            if batch.error is not None:
                self._refused.pop(cause, None)
                raise NotKept(batch.error)
        if self._refused and (error := self._refused.pop(cause, None)):
            raise NotKept(error)

    def _awaited(self, cause: str) -> Batch | None:
        """Return the newest batch that a request must wait for."""
        if self._held is None and self._collected and self._collected[-1].causes:
            return self._collected[-1]
        batches = list(self._collected)
        if self._held is not None and not any(cause in batch.causes for batch in batches):
            batches = list(takewhile(lambda batch: batch is not self._held, batches))
        return next((batch for batch in reversed(batches) if batch.causes), self._flying)

    # --- writing --------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Begin to write after what runs now.

        Requests that are answered together share a transaction.
        """
        if self._is_due or self._flying is not None or not self._collected:
            return
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        if self._waiting >= self._active:
            self._is_due = True
            self._loop.call_soon(self._take_off)
        elif self._timer is None:
            self._timer = self._loop.call_later(PATIENCE, self._take_off)

    def _take_off(self) -> None:
        self._is_due = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._flying is not None:
            return
        while self._collected and self._collected[0] is not self._held and not self._collected[0].causes:
            self._collected.popleft()
        if not self._collected or self._collected[0] is self._held:
            return
        batch = self._flying = self._collected.popleft()
        write: Write | None = None
        if len(batch.changes) + len(batch.documents) <= FEW and not self._is_slow():
            write = self._encoded(batch)
            if write is None or self.storage.is_quick(write):
                self._write_here(batch, write)
                return
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_there, name="data", daemon=True)
            self._thread.start()
        self._work.put((batch, write))

    def _is_slow(self) -> bool:
        """Tell whether writes have been slow, and count one that is a thread's for that."""
        is_slow = self._slow > 0
        if is_slow:
            self._slow -= 1
        return is_slow

    def _write_here(self, batch: Batch, write: Write | None) -> None:
        """Write on the loop."""
        started = self._now()
        self._write(batch, write)
        if self._now() - started > SLOW:
            self._slow = MOST_SLOW
        self._landed(batch)

    def _write_there(self) -> None:
        """Write on a thread."""
        while self._write_next():
            pass

    def _write_next(self) -> bool:
        """Write what comes next.

        What was written is let go of before the thread waits again.

        Return False at the end.
        """
        work = self._work.get()
        if work is None:
            return False
        batch, write = work
        self._write(batch, write or self._encoded(batch))
        assert self._loop is not None  # noqa: S101 - `_plan`
        try:
            self._loop.call_soon_threadsafe(self._landed, batch)
        except RuntimeError:  # the loop has gone
            return False
        return True

    def _encoded(self, batch: Batch) -> Write | None:
        """Return what a batch writes; None if it has an error."""
        try:
            return batch.encode(self._encode)
        except Exception as error:
            log.exception("a change cannot be encoded")
            batch.error = error
            return None

    def _write(self, batch: Batch, write: Write | None) -> None:
        """Write what was encoded; the batch has the error if that fails."""
        if write is None:
            return
        try:
            self.storage.write(write)
        except (sqlite3.Error, OSError) as error:
            batch.error = error
        except Exception as error:
            log.exception("writing to the data folder failed")
            batch.error = error

    def _landed(self, batch: Batch) -> None:
        self._flying = None
        error = batch.error
        if error is None:
            _wake(batch)
            self._plan()
            return
        failed = [batch, *self._collected]
        self._collected.clear()
        if self._held is not None:
            self._held = Batch()
            self._collected.append(self._held)
        log.error("%s", NotKept(error).message)
        self._undo(failed)
        for one in failed:
            one.error = error
            for cause in one.causes - {""}:
                self._refused[cause] = error
            _wake(one)
        while len(self._refused) > MOST_REFUSED:
            del self._refused[next(iter(self._refused))]

    def _undo(self, failed: Sequence[Batch]) -> None:
        """Make memory what the disk is."""
        self.is_silent = True
        try:
            for one in reversed(failed):
                for undo in reversed(one.undos):
                    undo()
            self._take_back([change for one in failed for change in one.changes])
        finally:
            self.is_silent = False

    async def close(self) -> None:
        """Keep what is noted, and let go of the folder."""
        self._held = None
        while self._flying is not None or any(batch.causes for batch in self._collected):
            self._take_off()
            if self._flying is not None:
                landed = asyncio.get_running_loop().create_future()
                self._flying.waiting.append(landed)
                await landed
        if self._thread is not None:
            self._work.put(None)
            self._thread.join()
        self.is_silent = True  # what a request of a dropped world still changes is gone with it
        self.storage.close()


class _Request:
    """A request under way; a generator's context would cost it twice as much."""

    __slots__ = ("_keeper",)

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def __enter__(self) -> None:
        self._keeper._active += 1

    def __exit__(self, *_: object) -> None:
        self._keeper._active -= 1
        self._keeper._plan()


def _wake(batch: Batch) -> None:
    for landed in batch.waiting:
        if not landed.done():
            landed.set_result(None)
    batch.waiting.clear()
