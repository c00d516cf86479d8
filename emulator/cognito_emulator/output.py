"""Standard output and standard error as they are while the emulator serves: written by a thread of their own.

A pipe that is read by no program is full after 64 KiB, and the next one to write waits for ever. So the event loop
never writes: it leaves texts in a queue, which has an end. What does not fit is dropped and counted.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

MOST = 10_000  # texts that wait
_GATHER = 0.01  # seconds in which texts gather, to be written at once
_RETRY = 0.05
_LAST_WAIT = 0.25  # seconds that the end of the program waits for what is left


class Writer:
    """Writes texts to a stream, in their order, while the caller goes on.

    Args:
        dropped: makes the text that tells how many were dropped.
        failed: called on the thread with what was raised where the stream cannot be written; what waits is dropped.
    """

    def __init__(
        self,
        stream: TextIO | None,
        dropped: Callable[[int], str] = lambda count: f"… {count} dropped\n",
        failed: Callable[[OSError], None] = lambda _: None,
    ) -> None:
        self._stream = stream
        self._dropped, self._failed = dropped, failed
        self._texts: deque[str] = deque()
        self._lost = 0
        self._waiting = threading.Event()
        self._done = threading.Event()
        self._done.set()
        self._hurry = threading.Event()
        if stream is not None:
            threading.Thread(target=self._run, name="output", daemon=True).start()

    def write(self, text: str) -> None:
        """Leave a text to be written; never waits."""
        if self._stream is None:
            return
        if len(self._texts) >= MOST:
            self._lost += 1
            return
        self._texts.append(text)
        if not self._waiting.is_set():
            self._done.clear()
            self._waiting.set()

    def flush(self, seconds: float = _LAST_WAIT) -> bool:
        """Whether all that waits was written within so many seconds."""
        self._hurry.set()
        return self._done.wait(seconds)

    def _run(self) -> None:
        while True:
            self._waiting.wait()
            self._hurry.wait(_GATHER)
            self._waiting.clear()
            text = self._taken()
            try:
                self._put(text)
            except OSError as error:
                self._failed(error)
            if not self._waiting.is_set():
                self._done.set()
                if self._waiting.is_set():  # one came in between
                    self._done.clear()

    def _taken(self) -> str:
        taken = [self._texts.popleft() for _ in range(len(self._texts))]
        lost, self._lost = self._lost, 0
        return "".join((*taken, self._dropped(lost)) if lost else taken)

    def _put(self, text: str) -> None:
        stream = self._stream
        if stream is None or not text:
            return
        try:
            descriptor = stream.fileno()
        except (OSError, ValueError):  # a stream in memory
            stream.write(text)
            return
        # By the descriptor: a thread that waits inside the stream would break the interpreter's end.
        left = memoryview(text.encode(stream.encoding or "utf-8", "backslashreplace"))
        while left:
            with suppress(BlockingIOError):
                left = left[os.write(descriptor, left) :]
                continue
            time.sleep(_RETRY)
