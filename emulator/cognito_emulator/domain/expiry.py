"""Records that end by themselves, and leave when others come: nothing runs to sweep them."""

from __future__ import annotations

from typing import Protocol, TypeVar

from cognito_emulator.domain.table import Table


class Ending(Protocol):
    """A record with an end, in epoch seconds."""

    @property
    def expires(self) -> float: ...


E = TypeVar("E", bound=Ending)


def drop_ended(table: Table[E], now: float, *, most: int = 2, remembered: float = 0.0) -> None:
    """Inside a write block that adds a record: drop the oldest ones whose end is `remembered` seconds past.

    Two go for one that comes, so that those who never come back do not pile up. The table has the index `all`, in order
    of creation; a record in it holds the later ones until its own end.
    """
    for _ in range(most):
        oldest = table.first("all", None)
        if oldest is None or oldest.expires + remembered > now:
            return
        table.delete(table.key_of(oldest))
