"""Standard output and standard error while the emulator serves.

A thread of its own writes them.

A pipe without a reader is full after 64 KiB, and the next writer waits for ever. The event loop therefore never writes:
it puts texts into a queue of limited length. Texts beyond that are dropped and counted.
"""

from __future__ import annotations

import errno
import io
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

MOST = 10_000  # texts that wait
GATHER = 0.05  # seconds for texts that come often: waking the thread costs 0.3 ms under load
_SLICE = 50  # texts that are made without a break
_RETRY = 0.05
_LAST_WAIT = 0.25  # seconds that the end of the program waits for the rest


class Writer:
    """Writes texts to a stream, in their order, while the caller continues.

    Args:
        dropped: makes the text about the number of dropped texts.
        failed: called on the thread with the exception if the stream cannot be written; waiting texts are dropped.
        gather: the seconds in which texts gather, to be written at once.
    """

    def __init__(
        self,
        stream: TextIO | None,
        dropped: Callable[[int], str] = lambda count: f"… {count} dropped\n",
        failed: Callable[[OSError], None] = lambda _: None,
        gather: float = 0.0,
    ) -> None:
        self._stream = stream
        self._dropped, self._failed, self._gather = dropped, failed, gather
        self._texts: deque[object] = deque()
        self._lost = 0
        self._waiting = threading.Event()
        self._done = threading.Event()
        self._done.set()
        self._hurry = threading.Event()
        if stream is not None:
            threading.Thread(target=self._run, name="output", daemon=True).start()

    def write(self, text: object) -> None:
        """Put a text into the queue; never wait.

        It may be anything that `str` makes a text of: then the thread makes it.
        """
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
        """Wait for the queue and return whether all was written in time."""
        self._hurry.set()
        try:
            return self._done.wait(seconds)
        finally:
            self._hurry.clear()

    def _run(self) -> None:
        while True:
            self._waiting.wait()
            self._hurry.wait(self._gather)
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
        taken = []
        for number in range(len(self._texts)):
            if number % _SLICE == _SLICE - 1:
                time.sleep(0)  # the event loop may go on
            try:
                taken.append(str(self._texts.popleft()))
            except Exception:
                self._lost += 1
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
        # By the descriptor: a thread that waits inside the stream would break the end of the interpreter.
        left = memoryview(text.encode(stream.encoding or "utf-8", "backslashreplace"))
        while left:
            with suppress(BlockingIOError):
                left = left[os.write(descriptor, left) :]
                continue
            time.sleep(_RETRY)


def write_utf8(*streams: TextIO | None) -> None:
    """Make streams take every text.

    Those of Windows write the system's code page into files and pipes, where our seeds, JSON and pages are UTF-8.
    """
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def is_about_output(error: OSError) -> bool:
    """Return whether the error is about a descriptor: it names no file.

    It is that of a disk that is full or has failed.
    """
    return error.filename is None and error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG, errno.EBADF)


def forget_output() -> None:
    """Drop the rest of the output.

    Otherwise the interpreter's end would try to write it, and print an error.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
