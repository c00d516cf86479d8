"""Write a snapshot to a file and read it: JSON, each row in a line, gzip, with a version stamp."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from cognito_emulator.domain.history import Row
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.table import Key, StoreError
from cognito_emulator.ports.clock import ClockState
from cognito_emulator.ports.key_files import BadKey, pems, read_pems
from cognito_emulator.ports.record_json import decode_rows, encode, encode_rows
from cognito_emulator.ports.record_types import RECORDS
from cognito_emulator.ports.snapshots import Snapshot

FORMAT = "cognito-emulator snapshot"
VERSION = 1
LARGEST = 1024**3  # bytes of JSON
_GZIP = 16 + zlib.MAX_WBITS
SLICE = 1_000  # rows
_SLICE_BYTES = 256 * 1024
_BETWEEN = re.compile(rb",\n")  # rows
_FAST = 1  # the level of compression


class BadFile(ValueError):
    """Bytes are no snapshot, or none that this version reads; the text says why."""


class _Stamp(Struct):
    """The members that all versions have."""

    format: str
    version: int


class _File(_Stamp):
    taken: float
    clock: ClockState
    keys: dict[str, tuple[str, str]]
    tables: dict[str, Raw]


def write(snapshot: Snapshot) -> bytes:
    """Write a snapshot. It holds secrets: private keys, and what proves passwords."""
    tables = {name: _encoded(name, list(rows.values())) for name, rows in snapshot.state.items() if rows}
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "taken": snapshot.taken,
        "clock": snapshot.clock,
        "keys": {pool: pems(keys) for pool, keys in snapshot.keys.items()},
        "tables": tables,
    }
    return gzip.compress(encode(content), _FAST, mtime=0)


def _encoded(table: str, rows: list[Row]) -> Raw:
    """Write rows a slice at a time.

    Each slice is one call, during which no other thread of Python runs."""
    slices = (encode_rows(table, rows[at : at + SLICE])[1:-1] for at in range(0, len(rows), SLICE))
    return Raw(b"[" + b",\n".join(slices) + b"]")


def _decoded(table: str, raw: Raw) -> list[Row]:
    """Read rows a slice at a time."""
    text = memoryview(raw)
    if _BETWEEN.search(text, 0, _SLICE_BYTES):
        try:
            return [row for lines in _slices(text) for row in decode_rows(table, lines)]
        except msgspec.DecodeError:
            pass  # the rows are not in lines; or something else is wrong, which is found below
    return _decoded_anyway(table, raw)


def _slices(text: memoryview) -> Iterator[bytes]:
    """Yield lists of some rows of a list that has each in a line.

    Line breaks are nowhere inside of JSON's texts: where to cut it is found without reading it.
    """
    at, last = 1, len(text) - 1
    while at < last:
        between = _BETWEEN.search(text, at + _SLICE_BYTES)
        end = last if between is None else between.start()
        yield b"[" + text[at:end] + b"]"
        at = end + 1


def _decoded_anyway(table: str, raw: Raw) -> list[Row]:
    """Read rows that are not in lines: an earlier version's, or what another program has formatted."""
    texts = msgspec.json.decode(raw, type=list[Raw])
    slices = (b"[" + b",".join(map(bytes, texts[at : at + SLICE])) + b"]" for at in range(0, len(texts), SLICE))
    return [row for one in slices for row in decode_rows(table, one)]


def read(data: bytes) -> Snapshot:
    """Read what `write` has written.

    Raises:
        BadFile
    """
    text = _decompressed(data)
    try:
        file = msgspec.json.decode(text, type=_File)  # most files are good: all is looked through once
        _check_stamp(file)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _reason(text, error) from None
    try:
        keys = {pool: read_pems(*pair, is_written_here=True) for pool, pair in file.keys.items()}
        return Snapshot(file.taken, _state(file.tables), file.clock, keys)
    except (msgspec.MsgspecError, StoreError, BadKey, RecursionError) as error:
        raise BadFile(f"it is damaged: {error}") from None


def _check_stamp(stamp: _Stamp) -> None:
    if stamp.format != FORMAT:
        raise BadFile("it is no snapshot of cognito-emulator")
    if stamp.version != VERSION:
        raise BadFile(f"its format is {stamp.version}; this version of cognito-emulator reads format {VERSION}")


def _reason(text: bytes, error: Exception) -> BadFile:
    """Return why a file cannot be read as this version's."""
    try:
        _check_stamp(msgspec.json.decode(text, type=_Stamp))
    except (msgspec.MsgspecError, RecursionError):
        return BadFile("it is no snapshot of cognito-emulator")
    except BadFile as reason:
        return reason
    return BadFile(f"it is damaged: {error}")


def _decompressed(data: bytes) -> bytes:
    inflate = zlib.decompressobj(_GZIP)
    try:
        text = inflate.decompress(data, LARGEST)
    except zlib.error:
        raise BadFile("it is no snapshot of cognito-emulator") from None
    if inflate.unconsumed_tail:
        raise BadFile(f"it holds more than {LARGEST} bytes")
    if not inflate.eof:
        raise BadFile("it is damaged: its end is missing")
    return text


def _state(tables: Mapping[str, Raw]) -> dict[str, dict[Key, Row]]:
    """Return the rows by table and key.

    Raises:
        StoreError: two of them contradict each other.
        msgspec.ValidationError
    """
    known = Store().tables()
    unknown = sorted(tables.keys() - RECORDS.keys())
    if unknown:
        raise StoreError(f"there is no table {unknown[0]}")
    state: dict[str, dict[Key, Row]] = {}
    for name, raw in tables.items():
        rows = _decoded(name, raw)
        state[name] = {known[name].key_of(row[1]): row for row in rows}
        places = {seq for seq, _ in rows}
        if min(len(state[name]), len(places)) < len(rows) or min(places, default=1) < 1:
            raise StoreError(f"two rows of {name} are in one place")
    return state
