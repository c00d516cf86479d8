"""Commits that have left a log of the history, until they are freed."""

from __future__ import annotations

from collections.abc import Sequence

FREED = 1_000  # changes that are freed with each later commit, or twice as many as it has


class Leaving:
    """Changes of large commits that have left a log.

    They are freed in parts, one with each later commit: to free all at once would hold others up.
    """

    def __init__(self) -> None:
        self._changes: list[object] = []

    def __len__(self) -> int:
        return len(self._changes)

    def take(self, changes: Sequence[object]) -> None:
        if len(changes) > FREED:
            self._changes.extend(changes)

    def free(self, coming: int = 0) -> None:
        """Free some changes when a commit of so many comes.

        Large commits, one after the other, must not leave more than they bring.
        """
        if self._changes:
            del self._changes[-max(FREED, 2 * coming) :]
