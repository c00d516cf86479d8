"""Keep the history of changes: each write block's rows, time and request.

    commit ──► recent   the last requests' commits, whole: journal, rewind
           ├─► kept     of a few tables only, but for days: point-in-time recovery
           └─► listeners

Both logs are bounded and hold references to records that were there anyway. Commits are numbered upwards for ever;
a number is not given out again. `Database` (domain.table) writes the history and applies what is read here.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.leaving import Leaving

Row = tuple[int, Any]  # (sequence number, record): the number keeps listings in order of creation

REQUESTS = 1_000
# A request may change very much at once (the deletion of a pool); a thousand others change a few rows each.
CHANGES = 50_000
KEPT_CHANGES = 50_000
_KEPT_FOR_A_REQUEST = 50
_LEAST_REQUESTS = 5
KEPT_SECONDS = 14 * 86_400.0

log = logging.getLogger("emulator")


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


# What has come to the log of the kept tables, and the numbers of the commits that have left it.
KeptListener = Callable[[Sequence[Commit], Sequence[int]], object]


class History:
    """The log of commits.

    Args:
        requests: how many requests' commits are held whole; 0 holds none. A commit without a cause counts as one.
        changes: how many changes these commits may have together.
        kept_changes: how many changes are kept of the tables named by `keep`.
        kept_seconds: how long they are kept.
    """

    def __init__(
        self,
        requests: int = REQUESTS,
        changes: int = CHANGES,
        *,
        kept_changes: int = KEPT_CHANGES,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self.number = 0  # of the newest commit
        self.generation = 0  # goes up when commits are dropped because their changes were taken back by a restore
        self.recent = Recent(requests, changes)
        self.kept = Kept(kept_changes, kept_seconds)
        self._commit_listeners: list[Callable[[Commit], object]] = []
        self._restore_listeners: list[Callable[[tuple[Change, ...]], object]] = []
        self._kept_listeners: list[KeptListener] = []

    @property
    def floor(self) -> int:
        """The number after which all commits are held, except those a restore dropped."""
        return self.recent.floor

    def since(self, number: int) -> list[Commit]:
        """Return the commits after that number, oldest first.

        Raises:
            Forgotten
        """
        return self.recent.since(number)

    def keep(self, *tables: str) -> None:
        """Keep the changes of these tables for longer."""
        self.kept.tables |= frozenset(tables)

    def begin(self, at: float | None, commits: Iterable[Commit] = ()) -> None:
        """Take up the log of the kept tables that was kept elsewhere, with the state.

        What was changed up to a time (`at`) is not in it.
        """
        self.kept.lose(at)
        for commit in commits:
            self.kept.add(commit)
            self.number = max(self.number, commit.number)
        self.recent.forget(self.number)

    def on_commit(self, listener: Callable[[Commit], object]) -> None:
        """Call `listener` after each commit, when its write block is closed."""
        self._commit_listeners.append(listener)

    def on_restore(self, listener: Callable[[tuple[Change, ...]], object]) -> None:
        """Call `listener` with the changes of each restore: there is no commit of them."""
        self._restore_listeners.append(listener)

    def on_kept(self, listener: KeptListener) -> None:
        """Call `listener` with each change of the log of the kept tables."""
        self._kept_listeners.append(listener)

    @property
    def tells_restores(self) -> bool:
        return bool(self._restore_listeners)

    # --- for Database alone ------------------------------------------------------------------------------

    def add(
        self, at: float, cause: str, changes: tuple[Change, ...], kept_changes: tuple[Change, ...] | None = None
    ) -> None:
        """Enter a commit and tell the listeners.

        Args:
            kept_changes: those of the kept tables, where they are known.
        """
        self.number += 1
        commit = Commit(self.number, at, cause, changes)
        self.recent.add(commit)
        kept, lost = self.kept.add(commit, kept_changes)
        if self._commit_listeners:
            _tell(self._commit_listeners, commit)
        if self._kept_listeners and (kept is not None or lost):
            self._tell_kept([kept] if kept is not None else (), lost)

    def free(self) -> bool:
        """Free a part of what has left the logs; return whether there is more."""
        left = [log.leaving for log in (self.recent, self.kept) if len(log.leaving)]
        for one in left:
            one.free()
        return bool(left)

    def mark(self, at: float) -> Mark:
        return Mark(self.number, at)

    def cut(self, mark: Mark, changes: tuple[Change, ...] = ()) -> None:
        """Drop the commits after the mark, which a restore has undone.

        `changes` are the changes that it took back.
        """
        self.recent.cut(mark.number)
        lost = self.kept.cut(mark)
        self._restored(changes)
        if lost:
            self._tell_kept((), lost)

    def copy(self) -> tuple[Recent, Kept]:
        return self.recent.copy(), self.kept.copy()

    def resume(self, logs: tuple[Recent, Kept], changes: tuple[Change, ...] = ()) -> None:
        """Go on from a copy: what it holds is true again, by these changes."""
        there = {commit.number for commit in self.kept.commits()}
        self.recent, self.kept = logs
        back = {commit.number: commit for commit in self.kept.commits()}
        self._restored(changes)
        self._tell_kept([back[number] for number in back.keys() - there], sorted(there - back.keys()))

    def _tell_kept(self, added: Sequence[Commit], lost: Sequence[int]) -> None:
        for listener in self._kept_listeners:
            try:
                listener(added, lost)
            except Exception:
                log.exception("a listener of the history failed")

    def _restored(self, changes: tuple[Change, ...]) -> None:
        self.generation += 1
        if changes:
            _tell(self._restore_listeners, changes)


class Recent:
    """The newest commits, whole."""

    def __init__(self, requests: int, changes: int) -> None:
        self._most_requests = requests
        self._most_changes = changes
        self._commits: deque[Commit] = deque()
        self._by_cause: dict[str, int] = {}
        self._requests = 0
        self._changes = 0
        self.leaving = Leaving()
        self.floor = 0

    def __len__(self) -> int:
        return len(self._commits)

    def since(self, number: int) -> list[Commit]:
        if number < self.floor:
            raise Forgotten(f"changes up to number {self.floor} are forgotten")
        return _tail(self._commits, lambda commit: commit.number > number)

    def add(self, commit: Commit) -> None:
        self._commits.append(commit)
        self._changes += len(commit.changes)
        cause = commit.cause
        if not cause:
            self._requests += 1
        elif cause in self._by_cause:
            self._by_cause[cause] += 1
        else:
            self._by_cause[cause] = 1
            self._requests += 1
        self.leaving.free()
        while self._requests > self._most_requests or self._changes > self._most_changes:
            oldest = self._commits.popleft()
            self.floor = oldest.number
            self._uncount(oldest)
            self.leaving.take(oldest.changes)

    def cut(self, number: int) -> None:
        while self._commits and self._commits[-1].number > number:
            newest = self._commits.pop()
            self._uncount(newest)
            self.leaving.take(newest.changes)
        self.floor = min(self.floor, number)

    def forget(self, number: int) -> None:
        """Say that commits up to a number are not here."""
        self.floor = max(self.floor, number)

    def copy(self) -> Recent:
        made = Recent(self._most_requests, self._most_changes)
        made._commits, made._by_cause = self._commits.copy(), dict(self._by_cause)
        made._requests, made._changes, made.floor = self._requests, self._changes, self.floor
        return made

    def _uncount(self, commit: Commit) -> None:
        self._changes -= len(commit.changes)
        cause = commit.cause
        if cause and self._by_cause[cause] > 1:
            self._by_cause[cause] -= 1
            return
        self._by_cause.pop(cause, None)
        self._requests -= 1


class Kept:
    """The changes of some tables, for longer."""

    def __init__(self, changes: int, seconds: float) -> None:
        self.tables: frozenset[str] = frozenset()
        self._most_changes = changes
        self._seconds = seconds
        self._commits: deque[Commit] = deque()
        self._changes = 0
        self.leaving = Leaving()
        self.lost_at: float | None = None  # the latest time of a commit that is no longer here

    def __len__(self) -> int:
        return self._changes

    def after(self, time: float) -> list[Commit]:
        """Return the commits since the last one that was made by `time`, oldest first.

        Where the clock was set back, times do not rise with the numbers: then the order of the commits counts.

        Raises:
            Forgotten
        """
        found = _tail(self._commits, lambda commit: commit.at > time)
        if len(found) == len(self._commits) and self.lost_at is not None and self.lost_at > time:
            raise Forgotten(f"changes made at {self.lost_at} are forgotten")
        return found

    def commits(self) -> Iterator[Commit]:
        """Yield all, oldest first."""
        return iter(self._commits)

    def add(self, commit: Commit, kept: Sequence[Change] | None = None) -> tuple[Commit | None, Sequence[int]]:
        """Add what belongs here of a commit.

        Return that, and the numbers of commits that made room.

        Args:
            kept: what belongs here, where that is known.
        """
        tables = self.tables
        if kept is None:
            kept = [change for change in commit.changes if change.table in tables]
        if not kept:
            return None, ()
        if len(kept) < len(commit.changes):
            commit = Commit(commit.number, commit.at, commit.cause, tuple(kept))
        commits = self._commits
        commits.append(commit)
        self._changes += len(kept)
        oldest, gone = commit.at - self._seconds, []
        self.leaving.free()
        while commits and (commits[0].at < oldest or self._changes > self._most_changes):
            lost = commits.popleft()
            self._changes -= len(lost.changes)
            self.lost_at = lost.at if self.lost_at is None else max(self.lost_at, lost.at)
            gone.append(lost.number)
            self.leaving.take(lost.changes)
        return (commit if commits else None), gone  # one that is too large has come for nothing

    def lose(self, at: float | None) -> None:
        """Say that commits up to a time are not here."""
        self.lost_at = at

    def cut(self, mark: Mark) -> list[int]:
        """Drop the commits after the mark; return their numbers."""
        gone = []
        while self._commits and self._commits[-1].number > mark.number:
            lost = self._commits.pop()
            self._changes -= len(lost.changes)
            gone.append(lost.number)
            self.leaving.take(lost.changes)
        if self.lost_at is not None:
            # What was lost after the mark has been taken back with the rest.
            self.lost_at = min(self.lost_at, mark.at)
        return gone

    def copy(self) -> Kept:
        made = Kept(self._most_changes, self._seconds)
        made.tables, made.lost_at = self.tables, self.lost_at
        made._commits, made._changes = self._commits.copy(), self._changes
        return made


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


def history_of(requests: int) -> History:
    """Return a history of so many requests; its log of changes is shorter for fewer."""
    return History(requests, kept_changes=min(KEPT_CHANGES, _KEPT_FOR_A_REQUEST * max(requests, _LEAST_REQUESTS)))


def _tail(commits: deque[Commit], belongs: Callable[[Commit], bool]) -> list[Commit]:
    """Return the newest commits up to the first that does not belong, oldest first."""
    found = []
    for commit in reversed(commits):
        if not belongs(commit):
            break
        found.append(commit)
    found.reverse()
    return found


def _tell(listeners: Iterable[Callable[[Any], object]], what: object) -> None:
    for listener in listeners:
        try:
            listener(what)
        except Exception:
            log.exception("a listener of the history failed")
