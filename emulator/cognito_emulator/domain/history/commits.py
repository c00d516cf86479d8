"""What the history is made of: changes, and the commits that they are in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from msgspec import Struct

Row = tuple[int, Any]  # (sequence number, record): the number keeps listings in order of creation


class Forgotten(Exception):
    """The history does not reach back that far."""


class Change(Struct, frozen=True, gc=False):
    """What happened to one row; None where it was not there."""

    table: str
    key: Hashable
    before: Row | None
    after: Row | None


class Commit(Struct, frozen=True, gc=False):
    """One committed write block; `at` is by the clock of the database.

    `cause` is the request's id, "" if there is none.
    """

    number: int
    at: float
    cause: str
    changes: tuple[Change, ...]


class Mark(Struct, frozen=True, gc=False):
    """A place in the history to which it can be cut back.

    It is the number of the newest commit, and the time.
    """

    number: int
    at: float


def net(commits: Iterable[Commit]) -> Iterator[Change]:
    """Sum up commits: for each row its first `before` and its last `after`."""
    first: dict[tuple[str, Hashable], Change] = {}
    last: dict[tuple[str, Hashable], Change] = {}
    for commit in commits:
        for change in commit.changes:
            where = change.table, change.key
            first.setdefault(where, change)
            last[where] = change
    for where, change in first.items():
        after = last[where].after
        if change.before != after:
            yield Change(change.table, change.key, change.before, after)


def tail(commits: deque[Commit], belongs: Callable[[Commit], bool]) -> list[Commit]:
    """Return the newest commits up to the first that does not belong, oldest first."""
    found = []
    for commit in reversed(commits):
        if not belongs(commit):
            break
        found.append(commit)
    found.reverse()
    return found
