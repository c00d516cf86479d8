"""Keep the history of changes: each write block's rows, time and request.

    commit ──► recent   the last requests' commits, whole: journal, rewind
           ├─► kept     of a few tables only, but for days: point-in-time recovery
           └─► listeners

Both logs are bounded and hold references to records that were there anyway. Commits are numbered upwards for ever;
a number is not given out again. `Database` (domain.table) writes the history and applies what is read here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cognito_emulator.domain.history.change_logs import Kept, Recent
from cognito_emulator.domain.history.commits import Change, Commit, Forgotten, Mark, Row, net

__all__ = ["Change", "Commit", "Forgotten", "History", "Kept", "Mark", "Recent", "Row", "history_of", "net"]

REQUESTS = 1_000
# A request may change very much at once (the deletion of a pool); a thousand others change a few rows each.
CHANGES = 50_000
KEPT_CHANGES = 50_000
_KEPT_FOR_A_REQUEST = 50
_LEAST_REQUESTS = 5
KEPT_SECONDS = 14 * 86_400.0

log = logging.getLogger("emulator")


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

    def add(self, at: float, cause: str, changes: tuple[Change, ...]) -> None:
        """Enter a commit and tell the listeners."""
        self.number += 1
        commit = Commit(self.number, at, cause, changes)
        self.recent.add(commit)
        kept, lost = self.kept.add(commit)
        if self._commit_listeners:
            _tell(self._commit_listeners, commit)
        if self._kept_listeners and (kept is not None or lost):
            self._tell_kept([kept] if kept is not None else (), lost)

    def takes(self, changes: int, kept: int) -> bool:
        """Return whether a listener or a log gets a commit of so many changes.

        Args:
            kept: how many of them are in the kept tables.
        """
        is_told = bool(self._commit_listeners or self._kept_listeners)
        return is_told or self.recent.takes(changes) or self.kept.takes(kept)

    def pass_over(self, at: float, kept: int) -> None:
        """Enter a commit that no log takes: it is forgotten, with all earlier ones.

        Args:
            kept: how many of its changes are in the kept tables.
        """
        self.number += 1
        self.recent.cut(0)
        self.recent.forget(self.number)
        if kept:
            self.kept.drop(at)

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


def history_of(requests: int) -> History:
    """Return a history of so many requests; its log of changes is shorter for fewer."""
    return History(requests, kept_changes=min(KEPT_CHANGES, _KEPT_FOR_A_REQUEST * max(requests, _LEAST_REQUESTS)))


def _tell(listeners: Iterable[Callable[[Any], object]], what: object) -> None:
    for listener in listeners:
        try:
            listener(what)
        except Exception:
            log.exception("a listener of the history failed")
