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
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from msgspec import Struct

from cognito_emulator.domain.history import Change, Kept, Mark, Recent, Row
from cognito_emulator.domain.rows import Contents
from cognito_emulator.domain.snapshot_layer import Layer, SnapshotLayer, first_of
from cognito_emulator.domain.state import State, compare
from cognito_emulator.domain.table import Database, Key, StoreError, Table, changes_of, now

T = TypeVar("T")
Steps = Generator[None, None, T]  # goes on after each slice when it is resumed
Where = tuple[str, Key]
_Changes = dict[str, dict[Key, Change]]  # by table and key

SLICE = 500  # rows that are indexed: some milliseconds
PAUSE = 2_000  # rows that are looked at
MANY = 2_000  # changed rows of a table that are not changed one by one
Parts = list[dict[Any, Any]]


class _Earlier(Struct, frozen=True):
    """What was there before a restore.

    Few rows, contents of tables by name, layers and logs.
    """

    rows: Layer
    contents: Mapping[str, Contents[Any]]
    layers: list[SnapshotLayer]
    marks: list[Mark]
    logs: tuple[Recent, Kept]


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
    with _watched(database) as written:
        changes, before = _known_changes(database, state)
        yield
        yield from _compared(before, {name: rows for name, rows in state.items() if name in before}, changes)
        yield from _dropped(before.values())
        aside = empty()
        others = {name: aside.tables()[name] for name, found in changes.items() if len(found) > MANY}
        for name, table in others.items():
            yield from _load(table, state.get(name, {}))
            # From now on a row may count as changed that is not yet: going back to the snapshot leaves it as it is.
            yield from _enter_all(database, name, list(changes[name]))
        for name, key in {(change.table, change.key) for change in written}:
            _compare_again(database, state, changes, (name, key))
            if name in others:
                _enter(database, name, [key])
        parts = _exchange(database, others, changes)
    then()
    for name in others:
        yield from _forget_gone(database, name, changes[name])
    count = sum(map(len, changes.values()))
    yield from _dropped([*parts, *changes.values()])
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
    yield from _forgotten(earlier)


def _forgotten(earlier: _Earlier) -> Steps[None]:
    layers = [touched.parts() for layer in earlier.layers for touched in layer.touched().values()]
    yield from _dropped([*_parts(earlier.contents.values()), *layers])


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
        yield from _restored(database, number, empty, lambda: _return(database, number, earlier))

    return Rewound(take_back, lambda: _forgotten(earlier))


def _restored(
    database: Database, number: int, empty: Callable[[], Database], then: Callable[[], object]
) -> Steps[_Earlier]:
    """Go back to a snapshot; return what was there.

    Args:
        then: is called in the same step as the exchange.
    """
    layers = database._layers[number:]
    newest = database.snapshot()  # what is changed from now on
    others: dict[str, Table[Any]] = {}
    try:
        large = _large(layers)
        aside = empty()
        for name in large:
            table = database.tables()[name]
            rows = yield from _earlier(table, [*layers, database._layers[newest]])
            yield from _load(aside.tables()[name], rows)
            yield from _dropped([rows])
            others[name] = aside.tables()[name]
        few = first_of(layers, without=large)
    except BaseException:
        database.release(newest)
        raise
    earlier = _go_back(database, number, others, few)
    then()
    return earlier


def has_changed_much(database: Database, number: int) -> bool:
    """Tell whether very many rows have been touched since a snapshot."""
    layers = database._layers[number:]
    return sum(touched.count() for layer in layers for touched in layer.touched().values()) > MANY


def _large(layers: Iterable[SnapshotLayer]) -> list[str]:
    """Return the names of the tables that have changed much."""
    counts: Counter[str] = Counter()
    for layer in layers:
        for table, touched in layer.touched().items():
            counts[table.name] += touched.count()
    return [name for name, count in counts.items() if count > MANY]


def _earlier(table: Table[Any], layers: list[SnapshotLayer]) -> Steps[dict[Key, Row]]:
    """Return a table's rows as they were before these layers.

    The newest layer may change meanwhile: what it has now is taken at once.
    """
    rows = table.rows()
    parts = [touched for layer in reversed(layers) if (touched := layer.touched().get(table))]
    newest = list(parts.pop(0).entries()) if layers[-1].touched().get(table) else []
    for number, (key, old) in enumerate(chain(newest, *(touched.entries() for touched in parts))):
        if not number % PAUSE:
            yield
        if old is None:
            rows.pop(key, None)
        else:
            rows[key] = old
    return rows


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


def _known_changes(database: Database, state: State) -> tuple[_Changes, dict[str, dict[Key, Row]]]:
    """Return the changes of tables that know what differs from the state.

    The others are returned as copies.
    """
    changes: _Changes = {}
    others: dict[str, dict[Key, Row]] = {}
    for name, table in database.tables().items():
        keys = table.touched_since(state.get(name))
        if keys is None:
            others[name] = table.rows()
        for key in keys or ():
            _compare_again(database, state, changes, (name, key))
    return changes, others


def _compared(before: State, after: State, changes: _Changes) -> Steps[None]:
    """Add the changes from one state to the other."""
    # This order of the two: rows that were put back before are the last of the present ones.
    for number, back in enumerate(compare(after, before)):
        if back is None or not number % PAUSE:
            yield
        if back is not None:
            changes.setdefault(back.table, {})[back.key] = Change(back.table, back.key, back.after, back.before)


def _compare_again(database: Database, state: State, changes: _Changes, where: Where) -> None:
    """Correct the change of a row that was written meanwhile."""
    name, key = where
    present, wanted = database.tables()[name].row(key), state.get(name, {}).get(key)
    if present != wanted:
        changes.setdefault(name, {})[key] = Change(name, key, present, wanted)
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
    if database._layers:
        database._layers[-1].enter(database.tables()[name], keys)


def _forget_gone(database: Database, name: str, changes: Mapping[Key, Change]) -> Steps[None]:
    """Forget the rows in the newest snapshot that are neither in it nor here."""
    gone = (key for key, change in changes.items() if change.after is None)
    table = database.tables()[name]
    while database._layers and (part := list(islice(gone, SLICE))):
        database._layers[-1].add({table: dict.fromkeys(part)})
        yield
    if database._layers and (touched := database._layers[-1].touched().get(table)) is not None:
        yield from touched.forget_gone()


def _exchange(database: Database, others: Mapping[str, Table[Any]], changes: _Changes) -> Parts:
    """Give some tables the rows of others, and change further rows, as one commit.

    Return what has left.

    Raises:
        StoreError: rows contradict each other; nothing has changed.
    """
    all_changes = tuple(chain.from_iterable(of.values() for of in changes.values()))
    if not all_changes:
        return []
    if database.prepare is not None:
        database.prepare(all_changes)
    few = [one for name, of in changes.items() if name not in others for one in of.values()]
    block: Layer = {}
    database._block = block
    try:
        database.put_back(Change(one.table, one.key, one.after, one.before) for one in few)
    except BaseException:
        database.undo(block)
        raise
    finally:
        database._block = None
    parts = _parts([database.tables()[name].take_over(other.contents()) for name, other in others.items()])
    for name, other in others.items():
        database.tables()[name].reserve(other.last_seq)
    if database._layers:
        database._layers[-1].add(block)
    for change in few:
        if change.after is not None:
            database.tables()[change.table].reserve(change.after[0])
    database.history.add(*database.stamp(), all_changes)
    return parts


def _go_back(database: Database, number: int, others: Mapping[str, Table[Any]], few: Layer) -> _Earlier:
    """Give some tables the rows of others, and the rest those of a snapshot.

    Return what was there.

    Args:
        few: rows of the rest as they were in it, but for what the newest snapshot has.
    """
    if database._block is not None:
        raise StoreError("restore inside a write block")
    present = database._present(number) if database.history.tells_restores else {}
    wanted = {table: rows for table, rows in database._layers[-1].rows().items() if table.name not in others}
    for table, rows in few.items():
        wanted[table] = {**wanted.get(table, {}), **rows}
    earlier = _Earlier(
        _put_back(database, wanted),
        {name: database.tables()[name].take_over(other.contents()) for name, other in others.items()},
        database._layers[number:],
        database._marks[number:],
        database.history.copy(),
    )
    database._layers[number:] = [SnapshotLayer(database._layers[number].lasts)]
    del database._marks[number + 1 :]
    database.history.cut(database._marks[number], changes_of(present))
    return earlier


def _return(database: Database, number: int, earlier: _Earlier) -> None:
    """Make all what it was before a restore; the present is that of the snapshot."""
    before = now(first_of(earlier.layers)) if database.history.tells_restores else {}
    _put_back(database, earlier.rows)
    for name, contents in earlier.contents.items():
        database.tables()[name].take_over(contents)
    database._layers[number:], database._marks[number:] = earlier.layers, earlier.marks
    database.history.resume(earlier.logs, changes_of(before))


def _put_back(database: Database, layer: Layer) -> Layer:
    """Make rows what they were; return them as they are."""
    present = now(layer)
    database.undo(layer)
    return present


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
