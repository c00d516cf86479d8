"""Python's garbage collector, which stops everything while it runs."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Collector:
    """The collector, off while any caller needs it to be off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._put_off = 0

    def stop(self) -> None:
        with self._lock:
            self._put_off += 1
            gc.disable()

    def go_on(self) -> None:
        with self._lock:
            self._put_off -= 1
            if self._put_off == 0:
                gc.freeze()  # else it would examine all new objects at once
                gc.enable()


_collector = _Collector()


@contextmanager
def put_off(*, when: bool = True) -> Iterator[None]:
    """Collect no garbage while many lasting objects are made.

    They are not examined later either: each is freed when it is released.
    """
    if not when:
        yield
        return
    _collector.stop()
    try:
        yield
    finally:
        _collector.go_on()
