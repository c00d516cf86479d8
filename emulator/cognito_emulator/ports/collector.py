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
        self._was_on = True

    def stop(self) -> None:
        with self._lock:
            if self._put_off == 0:
                self._was_on = gc.isenabled()
            self._put_off += 1
            gc.disable()

    def go_on(self, *, freeze: bool) -> None:
        with self._lock:
            self._put_off -= 1
            if self._put_off == 0:
                if freeze:
                    gc.freeze()  # else it would examine all new objects at once
                if self._was_on:
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
        _collector.go_on(freeze=True)


@contextmanager
def put_off_for_imports() -> Iterator[None]:
    """Collect no garbage while modules are imported into a program of others.

    Its objects are not frozen: a test may wait for one of them to be freed.
    """
    _collector.stop()
    try:
        yield
    finally:
        _collector.go_on(freeze=False)
