"""The two logs of the history.

One has the newest commits whole, the other some tables for longer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from cognito_emulator.domain.history.commits import Commit, Forgotten, Mark, tail
from cognito_emulator.domain.history.leaving import Leaving


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
        return tail(self._commits, lambda commit: commit.number > number)

    def takes(self, changes: int) -> bool:
        """Return whether a commit of so many changes stays here for a while."""
        return changes <= self._most_changes

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
        self.leaving.free(len(commit.changes))
        while self._requests > self._most_requests or self._changes > self._most_changes:
            oldest = self._commits.popleft()
            self.floor = oldest.number
            self._uncount(oldest)
            if oldest is not commit:  # what makes one that is too large has taken longer than to free it
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
        found = tail(self._commits, lambda commit: commit.at > time)
        if len(found) == len(self._commits) and self.lost_at is not None and self.lost_at > time:
            raise Forgotten(f"changes made at {self.lost_at} are forgotten")
        return found

    def commits(self) -> Iterator[Commit]:
        """Yield all, oldest first."""
        return iter(self._commits)

    def takes(self, changes: int) -> bool:
        """Return whether a commit with so many changes of its tables stays for a while."""
        return 0 < changes <= self._most_changes

    def add(self, commit: Commit) -> tuple[Commit | None, Sequence[int]]:
        """Add what belongs here of a commit.

        Return that, and the numbers of commits that made room.
        """
        tables = self.tables
        kept = [change for change in commit.changes if change.table in tables]
        if not kept:
            return None, ()
        if len(kept) < len(commit.changes):
            commit = Commit(commit.number, commit.at, commit.cause, tuple(kept))
        commits = self._commits
        commits.append(commit)
        self._changes += len(kept)
        oldest, gone = commit.at - self._seconds, []
        self.leaving.free(len(commit.changes))
        while commits and (commits[0].at < oldest or self._changes > self._most_changes):
            lost = commits.popleft()
            self._changes -= len(lost.changes)
            self.lost_at = lost.at if self.lost_at is None else max(self.lost_at, lost.at)
            gone.append(lost.number)
            if lost is not commit:
                self.leaving.take(lost.changes)
        return (commit if commits else None), gone  # one that is too large has come for nothing

    def drop(self, at: float) -> None:
        """Drop all commits, and one of that time that is too large."""
        for commit in self._commits:
            self.leaving.take(commit.changes)
            at = max(at, commit.at)
        self._commits.clear()
        self._changes = 0
        self.lost_at = at if self.lost_at is None else max(self.lost_at, at)

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
