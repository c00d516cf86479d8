"""Whole states of a database: take one, compare two, and make one the present.

A state is a copy of each table's rows. Records are never changed, so the copy stays what it is; a row that two states
share is one object in both, and is not looked at further.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice

from cognito_emulator.domain.history import Change, Row
from cognito_emulator.domain.table import Database, Key

_END: tuple[Key, None] = (None, None)
_PAUSE = 2_000  # rows: less than a millisecond

State = Mapping[str, Mapping[Key, Row]]  # rows by table


def state_of(database: Database) -> State:
    """Return the present state."""
    return {name: table.copied() for name, table in database.tables().items()}


def differences(before: State, after: State) -> list[Change]:
    """Return how one state became another.

    A table that a state does not name is empty in it.
    """
    return [change for change in compare(before, after) if change is not None]


def compare(before: State, after: State) -> Iterator[Change | None]:
    """Yield how one state became another, and None now and then where rows are equal."""
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) is not after.get(name):
            yield from _of_table(name, before.get(name, {}), after.get(name, {}))


def become(database: Database, state: State) -> list[Change]:
    """Make that state the present one, as one commit of the rows that differ.

    The guard is not asked: nothing is changed in what users are, all goes back to what it was.

    Returns:
        The changes: `before` as the state has it, `after` as it was until now.

    Raises:
        StoreError: rows of the state contradict each other; nothing has changed.
    """
    changes = differences(state, {name: table.view() for name, table in database.tables().items()})
    with database.write(guarded=False):
        database.put_back(changes)
    for change in changes:
        if change.before is not None:
            database.tables()[change.table].reserve(change.before[0])
    return changes


def _of_table(name: str, before: Mapping[Key, Row], after: Mapping[Key, Row]) -> Iterator[Change | None]:
    """Yield the changes of one table.

    Both are walked side by side: most rows follow each other in both, and no key of theirs is looked up.
    """
    others: Iterator[tuple[Key, Row | None]] = iter(after.items())
    other, row = next(others, _END)
    passed: set[Key] = set()  # keys whose rows come later in `after`
    items = iter(before.items())
    for _ in range(0, len(before), _PAUSE):
        for key, old in islice(items, _PAUSE):
            if row is old:
                other, row = next(others, _END)
                continue
            new = after.get(key)
            if new is not None:
                passed.add(key)
            if new is not old and new != old:
                yield Change(name, key, old, new)
            while row is not None and (other in passed or other not in before):
                if other not in before:
                    yield Change(name, other, None, row)
                other, row = next(others, _END)
        yield None
    for number, (key, added) in enumerate(chain([(other, row)], others)):
        if not number % _PAUSE:
            yield None
        if added is not None and key not in before:
            yield Change(name, key, None, added)
