"""Coroutines that never wait, as those of operations that a seed calls."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits; return its result.

    Raises:
        RuntimeError: it waited; other requests could have seen half a seed.
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("an operation called by a seed waited for something")
