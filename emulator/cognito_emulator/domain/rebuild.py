"""Change very many rows without holding others up.

Tables are made anew beside those in use.

    compare, copy, index    a slice at a time; others read and write the tables in use
    exchange                the new ones take their place, at once: one commit, or one restore
    drop                    what has left, a slice at a time

What others change meanwhile is gone afterwards, as if it had been changed just before. Between two slices the caller
lets others run (`Steps`); it lets no one else restore, take or release a snapshot. Fifty thousand users: 2.9 s at once,
here no slice above some milliseconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.history import Change, Commit, Row
from cognito_emulator.domain.rows import Contents
from cognito_emulator.domain.snapshot_layer import SnapshotLayer, first_of
from cognito_emulator.domain.state import State, compare
from cognito_emulator.domain.table import Database, Earlier, Key, Table
from cognito_emulator.domain.wanted_rows import (
    PAUSE,
    BeforeChanges,
    OfSnapshot,
    OfState,
    Steps,
    T,
    Wanted,
    Where,
    earlier_rows,
)

__all__ = [
    "Rewound", "Steps", "T",
    "become", "copy", "has_changed_much", "nothing_left", "restore", "revert", "rewind", "undo",
]  # fmt: skip

_Changes = dict[str, dict[Key, Change]]  # by table and key

SLICE = 500  # rows that are indexed: some milliseconds
MANY = 2_000  # changed rows of a table that are not changed one by one
FEW = 200  # changed rows that are, also where they are most of the table
Parts = list[dict[Any, Any]]


def _nothing() -> None:
    """Do nothing."""


def become(
    database: Database, state: State, empty: Callable[[], Database], then: Callable[[], object] = _nothing
) -> Steps[int]:
    """Make a state the present one, as `state.become` does, in steps.

    Return how many rows it has changed.

    Args:
        empty: makes a database with the same tables.
        then: is called in the same step as the exchange.

    Raises:
        StoreError: rows of the state contradict each other; nothing has changed.
    """
    wanted, changes = OfState(state), _Changes()
    with _watched(database) as written:
        before = yield from _known_changes(database, state, wanted, changes)
        yield
        yield from _compared(before, {name: rows for name, rows in state.items() if name in before}, changes)
        yield from _dropped(before.values())
        others = yield from _made(database, wanted, changes, written, empty)
    left = database.exchange(others, changes)
    then()
    return (yield from _ended(database, changes, left))


def revert(
    database: Database, number: int, empty: Callable[[], Database], then: Callable[[], object] = _nothing
) -> Steps[None]:
    """Go back to a snapshot by a commit, as `Database.revert` does, in steps.

    Args:
        empty: makes a database with the same tables.
        then: is called in the same step as the exchange.
    """
    layers = database.layers(number)
    wanted, changes = OfSnapshot(database, layers), _Changes()
    with _watched(database) as written:
        yield from _compared_again(database, wanted, changes, _touched(layers))
        others = yield from _made(database, wanted, changes, written, empty)
    left = database.exchange(others, changes)
    then()
    yield from _ended(database, changes, left)


def undo(database: Database, commits: Iterable[Commit], empty: Callable[[], Database]) -> Steps[None]:
    """Take back the newest commits, as `Database.undo_since` does, in steps.

    Args:
        empty: makes a database with the same tables.

    Raises:
        what the guard raises; nothing has changed.
    """
    with _watched(database) as written:
        before: dict[Where, Row | None] = {}
        for at, change in enumerate(chain.from_iterable(commit.changes for commit in commits)):
            before.setdefault((change.table, change.key), change.before)
            if not at % PAUSE:
                yield
        wanted, changes = BeforeChanges(database, before, written), _Changes()
        yield from _compared_again(database, wanted, changes, before)
        others = yield from _made(database, wanted, changes, written, empty)
    left = database.exchange(others, changes, guarded=True)
    yield from _ended(database, changes, left)


def _touched(layers: list[SnapshotLayer]) -> Iterator[Where]:
    """Yield the table and key of each row that has been touched, some more than once.

    What others touch from now on is not among them.
    """
    newest = {table: list(touched.entries()) for table, touched in layers[-1].touched().items()}
    for layer in layers[:-1]:
        for table, touched in layer.touched().items():
            yield from ((table.name, key) for key, _ in touched.entries())
    for table, entries in newest.items():
        yield from ((table.name, key) for key, _ in entries)


def _made(
    database: Database, wanted: Wanted, changes: _Changes, written: list[Change], empty: Callable[[], Database]
) -> Steps[dict[str, Table[Any]]]:
    """Make the tables anew that change much.

    The exchange has to follow in the same step.

    Args:
        written: what others write meanwhile.
    """
    aside = empty()
    others = {name: aside.tables()[name] for name, found in changes.items() if _are_many(database, name, len(found))}
    for name, table in others.items():
        rows = yield from wanted.rows(name)
        yield from _load(table, rows)
        # From now on a row may count as changed that is not yet: going back to the snapshot leaves it as it is.
        yield from _enter_all(database, name, list(changes[name]))
    for name, key in {(change.table, change.key) for change in written}:
        _compare_again(database, wanted, changes, name, key)
        if name in others:
            _enter(database, name, [key])
    return others


def _are_many(database: Database, name: str, changed: int) -> bool:
    """Tell whether a table is made anew for so many changed rows."""
    return changed > MANY or (changed > FEW and changed * 4 > len(database.tables()[name]))


def _ended(database: Database, changes: _Changes, left: dict[str, Contents[Any]]) -> Steps[int]:
    """Forget and free what is no longer needed; return how many rows have changed."""
    for name in left:
        yield from _forget_gone(database, name, changes[name])
    count = sum(map(len, changes.values()))
    while database.history.free():
        yield
    yield from _dropped([*_parts(left.values()), *changes.values()])
    return count


def restore(
    database: Database, number: int, empty: Callable[[], Database], then: Callable[[], object] = _nothing
) -> Steps[None]:
    """Go back to a snapshot, as `Database.restore` does, in steps.

    Args:
        empty: makes a database with the same tables.
        then: is called in the same step as the exchange.
    """
    earlier = yield from _restored(database, number, empty, then)
    yield from _forgotten(database, earlier)


def _forgotten(database: Database, earlier: Earlier) -> Steps[None]:
    while database.history.free():
        yield
    layers = [touched for layer in earlier.layers for touched in layer.touched().values()]
    yield from _dropped([*_parts(earlier.contents.values()), *(touched.parts() for touched in layers)])
    yield from chain.from_iterable(touched.drop_created() for touched in layers)


class Rewound(Struct, frozen=True):
    """What undoes a rewind in steps, and what gives up what is kept for that.

    One of the two may be done.
    """

    take_back: Callable[[], Steps[None]]
    drop: Callable[[], Steps[None]]


def rewind(database: Database, number: int, empty: Callable[[], Database]) -> Steps[Rewound]:
    """Go back to a snapshot, as `Database.rewind` does, in steps."""
    earlier = yield from _restored(database, number, empty, _nothing)

    def take_back() -> Steps[None]:
        yield from _restored(database, number, empty, lambda: database.exchange_back(number, earlier))

    return Rewound(take_back, lambda: _forgotten(database, earlier))


def _restored(
    database: Database, number: int, empty: Callable[[], Database], then: Callable[[], object]
) -> Steps[Earlier]:
    """Go back to a snapshot; return what was there.

    Args:
        then: is called in the same step as the exchange.
    """
    layers = database.layers(number)
    newest = database.snapshot()  # what is changed from now on
    others: dict[str, Table[Any]] = {}
    try:
        large = _large(layers)
        aside = empty()
        for name in large:
            table = database.tables()[name]
            rows = yield from earlier_rows(table, [*layers, *database.layers(newest)])
            yield from _load(aside.tables()[name], rows)
            yield from _dropped([rows])
            others[name] = aside.tables()[name]
        few = first_of(layers, without=large)
    except BaseException:
        database.release(newest)
        raise
    earlier = database.exchange_for(number, others, few)
    then()
    return earlier


def copy(database: Database, other: Database, number: int) -> Steps[None]:
    """Make a new database what this one was at a snapshot, in steps.

    `Database.copy_into` does the same at once.
    """
    layers = database.layers(number)
    large = _large(layers)
    for name, table in database.tables().items():
        made = other.tables()[name]
        if name in large:
            rows = yield from earlier_rows(table, layers)
            yield from _load(made, rows)
            yield from _dropped([rows])
            made.reserve(table.last_seq)
        else:
            made.copy_from(table)
            yield
    other.undo({other.tables()[table.name]: rows for table, rows in first_of(layers, without=large).items()})


def has_changed_much(database: Database, number: int) -> bool:
    """Tell whether very many rows have been touched since a snapshot."""
    layers = database.layers(number)
    return sum(touched.count() for layer in layers for touched in layer.touched().values()) > MANY


def _large(layers: Iterable[SnapshotLayer]) -> list[str]:
    """Return the names of the tables that have changed much."""
    counts: Counter[str] = Counter()
    for layer in layers:
        for table, touched in layer.touched().items():
            counts[table.name] += touched.count()
    return [name for name, count in counts.items() if count > MANY]


@contextmanager
def _watched(database: Database) -> Iterator[list[Change]]:
    """Collect what others change meanwhile."""
    written: list[Change] = []
    prepare = database.prepare

    def watch(changes: tuple[Change, ...]) -> None:
        written.extend(changes)
        if prepare is not None:
            prepare(changes)

    database.prepare = watch
    try:
        yield written
    finally:
        database.prepare = prepare


def _known_changes(
    database: Database, state: State, wanted: Wanted, changes: _Changes
) -> Steps[dict[str, dict[Key, Row]]]:
    """Add the changes of tables that know what differs from the state.

    The others are returned as copies.
    """
    others: dict[str, dict[Key, Row]] = {}
    for name, table in database.tables().items():
        keys = table.touched_since(state.get(name))
        if keys is None:
            others[name] = table.rows()
            if len(table) > PAUSE:
                yield
        for key in keys or ():
            _compare_again(database, wanted, changes, name, key)
    return others


def _compared(before: State, after: State, changes: _Changes) -> Steps[None]:
    """Add the changes from one state to the other."""
    # This order of the two: rows that were put back before are the last of the present ones.
    for number, back in enumerate(compare(after, before)):
        if back is None or not number % PAUSE:
            yield
        if back is not None:
            changes.setdefault(back.table, {})[back.key] = Change(back.table, back.key, back.after, back.before)


def _compared_again(database: Database, wanted: Wanted, changes: _Changes, rows: Iterable[Where]) -> Steps[None]:
    for at, (name, key) in enumerate(rows):
        _compare_again(database, wanted, changes, name, key)
        if not at % PAUSE:
            yield


def _compare_again(database: Database, wanted: Wanted, changes: _Changes, name: str, key: Key) -> None:
    """Correct the change of a row that may have been written meanwhile."""
    present, after = database.tables()[name].row(key), wanted.row(name, key)
    if present != after:
        changes.setdefault(name, {})[key] = Change(name, key, present, after)
    elif name in changes:
        changes[name].pop(key, None)


def _load(table: Table[Any], rows: Mapping[Key, Row]) -> Steps[None]:
    """Fill an empty table."""
    values, last = iter(rows.values()), 0
    while part := list(islice(values, SLICE)):
        table.load(part)
        last = max(last, *(seq for seq, _ in part))
        yield
    table.reserve(last)


def _enter_all(database: Database, name: str, keys: list[Key]) -> Steps[None]:
    for at in range(0, len(keys), SLICE):
        _enter(database, name, keys[at : at + SLICE])
        yield


def _enter(database: Database, name: str, keys: Iterable[Key]) -> None:
    """Enter present rows into the newest snapshot before they are changed."""
    for newest in database.layers()[-1:]:
        newest.enter(database.tables()[name], keys)


def _forget_gone(database: Database, name: str, changes: Mapping[Key, Change]) -> Steps[None]:
    """Forget the rows in the newest snapshot that are neither in it nor here."""
    table, items = database.tables()[name], iter(changes.items())
    for newest in database.layers()[-1:]:
        while part := list(islice(items, SLICE)):
            newest.add({table: {key: None for key, change in part if change.after is None}})
            yield
        if (touched := newest.touched().get(table)) is not None:
            yield from touched.forget_gone()


def _parts(contents: Iterable[Contents[Any]]) -> Parts:
    return [part for rows, indexes in contents for part in (rows, *chain(*(one.parts() for one in indexes.values())))]


def nothing_left() -> Steps[None]:
    """Return no steps."""
    yield from ()


def _dropped(parts: Iterable[dict[Any, Any]]) -> Steps[None]:
    """Empty dictionaries that no one else has.

    To free all at once would hold others up too.
    """
    for part in parts:
        while part:
            for _ in islice(iter(part.popitem, None), min(PAUSE, len(part))):
                pass
            yield
        part.clear()  # else the memory of all of them would be given back at once, in the end
