"""What no operation sets: further rows, and fields of those of operations.

Only exports write them.

    State:
      Rows: {places: ['{"ip_range": ...}'], ...}          records as JSON, by table
      Fields: {groups: ['{"Key": [...], "created": ...}']}  fields of a record, by its key

They are JSON inside a text: its values have types of their own. A record whose pool is not there is a mistake. Fields
of a record that is not there are left out, since its block may have been deleted from the seed.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable, Iterator, Mapping
from functools import cache
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.table import StoreError
from cognito_emulator.ports.record_json import decode_record
from cognito_emulator.ports.record_types import RECORDS
from cognito_emulator.seed import retained
from cognito_emulator.seed.allowed_keys import TEXT
from cognito_emulator.seed.coercion import Field, fields, typed
from cognito_emulator.seed.problems import Notes, Place, did_you_mean
from cognito_emulator.wire.model import Shape
from cognito_emulator.world import World

SECTION = "State"
# The tables whose rows no operation of a seed makes. Of four, those that belong to no pool, or to another Region in
# which the pool has no replica. Of the last, those that no operation would make any more (`seed.retained`).
ROWS = (
    "places", "import_jobs", "people", "federated_identities", "auth_events", "virtual_passkeys",
    "fixed_risks", "compromised", "domains", "log_deliveries",
    *retained.ROWS,
)  # fmt: skip
_DATES = ("created", "modified")
# The fields that the blocks of these tables do not set; those of `seed.retained` where no operation would any more.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "pools": (*_DATES, *retained.POOL_FIELDS),
    "clients": (
        *_DATES, "secret", "added_secrets", "has_generated_secret", "shown_secret", "rotated", *retained.CLIENT_FIELDS,
    ),
    "cimd_policies": _DATES,
    "groups": _DATES,
    "users": ("pending_attributes", "lockout", "lockouts_away"),
    "providers": (*_DATES, "fetched", "details"),
    "terms": _DATES,
    "risks": ("modified",),
    "domains": ("created",),
    "replicas": (*_DATES, "phase", "since"),
    "brandings": _DATES,
    "looks": _DATES,
    "identity_pools": ("created",),
}  # fmt: skip
PARTS: Mapping[str, Collection[str]] = {"Rows": ROWS, "Fields": FIELDS}
SLICE = 20  # rows of a step
_TEXTS = Shape("Texts", "list", element=TEXT)


# What rows were before, by table and key; None where there was none.
Before = dict[tuple[str, Hashable], Any]


class RowSeed(Struct, frozen=True):
    """A row to be written."""

    place: Place
    table: str
    record: Any


class FieldSeed(Struct, frozen=True):
    """Fields of a row to be changed."""

    place: Place
    table: str
    key: Hashable
    values: Mapping[str, Any]


class StateSeed(Struct, frozen=True):
    """The section of one seed."""

    rows: tuple[RowSeed, ...] = ()
    fields: tuple[FieldSeed, ...] = ()


def read(notes: Notes, found: Field | None) -> StateSeed:
    """Return the section of a seed, as far as it has no mistake."""
    parts = fields(notes, found, tuple(PARTS)) if found is not None else None
    if parts is None:
        return StateSeed()
    rows = [_row(notes, *one) for one in _texts(notes, parts.get("Rows"), ROWS)]
    patches = [_patch(notes, *one) for one in _texts(notes, parts.get("Fields"), FIELDS)]
    return StateSeed(tuple(row for row in rows if row), tuple(patch for patch in patches if patch))


def _texts(notes: Notes, field: Field | None, tables: Collection[str]) -> Iterator[tuple[Place, str, str]]:
    """Yield the place, the table and the text of each entry."""
    listed = fields(notes, field, tables) if field is not None else None
    for table, found in (listed or {}).items():
        for number, text in enumerate(typed(notes, _TEXTS, found) or ()):
            yield found.place.item(number, found.place.line), table, text


def _row(notes: Notes, place: Place, table: str, text: str) -> RowSeed | None:
    try:
        return RowSeed(place, table, decode_record(table, text))
    except (msgspec.MsgspecError, RecursionError) as error:
        notes.add(place, f"is no record of {table}: {error}")
        return None


def _patch(notes: Notes, place: Place, table: str, text: str) -> FieldSeed | None:
    try:
        found = strict_json.decode(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "Key" not in found:
        notes.add(place, "a JSON object is expected, with Key and fields")
        return None
    key = found.pop("Key")
    values = {}
    for name, value in found.items():
        if name not in FIELDS[table]:
            notes.add(place, f"{name} is no field of {table} that a seed sets.{did_you_mean(name, FIELDS[table])}")
            return None
        try:
            values[name] = msgspec.convert(value, _hints(table)[name])
        except (msgspec.ValidationError, RecursionError) as error:
            notes.add(place, f"{name}: {error}")
            return None
    parts = tuple(key) if isinstance(key, list) else key
    if not all(part is None or isinstance(part, str) for part in (parts if isinstance(parts, tuple) else (parts,))):
        notes.add(place, "Key is a text, or a list of texts")
        return None
    return FieldSeed(place, table, parts, values)


@cache
def _hints(table: str) -> Mapping[str, Any]:
    return get_type_hints(RECORDS[table])


def steps(world: World, notes: Notes, state: StateSeed, before: Before) -> Iterator[None]:
    """Write it all, a slice with each step.

    Note what cannot be written, and what was there `before`.
    """
    for start in range(0, len(state.rows), SLICE):
        _write(world, notes, state.rows[start : start + SLICE], before)
        yield
    for start in range(0, len(state.fields), SLICE):
        with world.store.write():
            for one in state.fields[start : start + SLICE]:
                table = world.store.tables()[one.table]
                record = table.get(one.key)
                if record is not None:
                    before.setdefault((one.table, one.key), record)
                    table.put(replace(record, **one.values))
        yield


def _write(world: World, notes: Notes, rows: tuple[RowSeed, ...], before: Before) -> None:
    place, there = rows[0].place, dict(before)
    try:
        with world.store.write():
            for row in rows:
                place, record = row.place, row.record
                pool_id = getattr(record, "pool_id", "")
                if pool_id and pool_id not in world.store.pools and pool_id not in world.store.identity_pools:
                    notes.add(place, f"there is no pool {pool_id[:128]!r}")
                    continue
                if hasattr(record, "account"):
                    record = replace(record, account=world.settings.account)
                table = world.store.tables()[row.table]
                key = table.key_of(record)
                there.setdefault((row.table, key), table.get(key))
                table.put(record)
    except StoreError as error:
        notes.add(place, f"contradicts another record: {error}")
    else:
        before.update(there)


def take_back(world: World, before: Before) -> Iterator[None]:
    """Make rows what they were, a slice with each step.

    Those of a pool that is gone are gone with it.
    """
    left = list(reversed(before.items()))
    for start in range(0, len(left), SLICE):
        with world.store.write():
            for (name, key), record in left[start : start + SLICE]:
                table = world.store.tables()[name]
                if record is not None:
                    table.put(record)
                elif table.get(key) is not None:
                    table.delete(key)
        yield


def patch_text(key: Hashable, values: Mapping[str, Any]) -> str:
    """Write fields of a record, as `read` takes them."""
    plain = msgspec.to_builtins({"Key": key, **values}, enc_hook=dict)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
