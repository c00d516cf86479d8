"""Write records as JSON, for files, and read them back as equal ones.

A record is an object of its fields, in a list of its table. It has whole numbers of every size; bytes are base64.

A field that a record was written without gets its default, as in the data folder (`ports.records`): files of snapshots
have no field of a record that has its default.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from cognito_emulator.domain.history import Change, Row
from cognito_emulator.ports.record_types import RECORDS
from cognito_emulator.ports.records import Convert, struct_packing


def encode(value: Any) -> bytes:
    """Write records, and what holds them, as JSON."""
    return _JSON.encode(value)


def encode_rows(table: str, rows: Iterable[Row]) -> bytes:
    """Write rows of a table as a JSON list, each in a line.

    Fields that have their defaults are left out.

    They are half of a user's text, and reading it takes half the time.
    """
    pack = _without_defaults(table)
    lines = _JSON.encode_lines([(seq, pack(record)) for seq, record in rows])
    return b"[" + lines[:-1].replace(b"\n", b",\n") + b"]"  # texts have no line breaks of their own


@cache
def _without_defaults(table: str) -> Convert:
    return struct_packing(RECORDS[table], {})


def decode_rows(table: str, data: bytes | msgspec.Raw) -> list[Row]:
    """Read the rows of a table, as `encode_rows` wrote them.

    Raises:
        msgspec.ValidationError: they are none of that table.
    """
    rows: list[Row] = _rows_decoder(table).decode(data)
    if table == "recoveries":
        return [(seq, replace(one, reverts=tuple(map(_typed, one.reverts)))) for seq, one in rows]
    return rows


def decode_record(table: str, data: bytes | str) -> Any:
    """Read one record of a table, as `encode` wrote it.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is none of that table.
    """
    return msgspec.json.decode(data, type=RECORDS[table], dec_hook=_key_of)


def _typed(change: Change) -> Change:
    """Read the rows of a change, whose type its table tells."""
    kind = RECORDS.get(change.table)
    if kind is None:
        raise msgspec.ValidationError(f"there is no table {change.table}")

    def row(plain: Any) -> Any:
        return None if plain is None else msgspec.convert(plain, tuple[int, kind], dec_hook=_key_of)  # type: ignore[valid-type]

    return replace(change, before=row(change.before), after=row(change.after))


def _plain_mapping(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"a {type(value).__name__} cannot be written")


def _key_of(kind: type, value: Any) -> Any:
    """Read the key of a row: a text, or several values."""
    if kind is not Hashable:
        raise NotImplementedError(f"a {kind.__name__} cannot be read")
    return tuple(value) if isinstance(value, list) else value


_JSON = msgspec.json.Encoder(enc_hook=_plain_mapping)


@cache
def _rows_decoder(table: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[tuple[int, RECORDS[table]]], dec_hook=_key_of)  # type: ignore[valid-type]
