"""Records that expire, removed when a later one is added.

No background task removes them.
"""

from __future__ import annotations

from typing import Protocol, TypeVar

from cognito_emulator.domain.table import Table

# Ended records are remembered while the table has at most so many: memory ends before a busy hour does.
MOST_REMEMBERED = 1_000


class Ending(Protocol):
    """A record with an end, in epoch seconds."""

    @property
    def expires(self) -> float: ...


E = TypeVar("E", bound=Ending)


def drop_ended(table: Table[E], now: float, *, most: int = 2, remembered: float = 0.0) -> None:
    """Drop the oldest records whose end is `remembered` seconds past.

    Where the table is full of them, it only has to be past.

    Call it inside a write block that adds a record. For each new record two are dropped, so that abandoned ones do not
    accumulate. The table has the index `all`, in order of creation. A record in it keeps the later ones until its own
    end.
    """
    for _ in range(most):
        grace = remembered if len(table) <= MOST_REMEMBERED else 0.0
        oldest = table.first("all", None)
        if oldest is None or oldest.expires + grace > now:
            return
        table.delete(table.key_of(oldest))
