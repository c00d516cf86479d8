"""Python's collector of garbage, which stops everything while it looks through all that there is."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Collector:
    """Off while anyone wants it to be."""

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
                gc.freeze()  # else all that was made would be looked through at once
                gc.enable()


_collector = _Collector()


@contextmanager
def put_off(*, when: bool = True) -> Iterator[None]:
    """Collect nothing while much is made that stays, nor look through it later: it is forgotten when it is released."""
    if not when:
        yield
        return
    _collector.stop()
    try:
        yield
    finally:
        _collector.go_on()
