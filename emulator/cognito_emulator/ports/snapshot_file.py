"""Write a snapshot to a file and read it: JSON, gzip, with a version stamp.

    {"format":…,"tables":{
    "users":[
    [1,{…}],
    [2,{…}]
    ],"groups":[
    …
    ]}}

No text of JSON holds a line's end. So rows are read some lines at a time: to decode a text is one call, during which no
other thread of Python runs. A file whose lines are otherwise is decoded as a whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
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
_PIECE = 64 * 1024  # bytes
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
    deflate = zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP)
    parts = [deflate.compress(text) for text in _texts(snapshot)]
    return b"".join([*parts, deflate.flush()])


def _texts(snapshot: Snapshot) -> Iterator[bytes]:
    stamp: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "taken": snapshot.taken,
        "clock": snapshot.clock,
        "keys": {pool: pems(keys) for pool, keys in snapshot.keys.items()},
    }
    yield encode(stamp)[:-1] + b',"tables":{'
    tables = {name: list(rows.values()) for name, rows in snapshot.state.items() if rows}
    for number, (name, rows) in enumerate(tables.items()):
        yield (b"\n]," if number else b"\n") + encode(name) + b":["
        for at in range(0, len(rows), SLICE):
            yield (b",\n" if at else b"\n") + encode_rows(name, rows[at : at + SLICE])[1:-1]
    yield b"\n]}}" if tables else b"}}"


def _by_lines(lines: Sequence[bytes]) -> tuple[_File, dict[str, list[bytes]]] | None:
    """Return the stamp, and the lines of each table.

    None where a file has other lines.
    """
    if not lines[0].endswith(b',"tables":{') or lines[-1] != b"]}}":
        return None
    file = msgspec.json.decode(lines[0] + b"}}", type=_File)
    tables: dict[str, list[bytes]] = {}
    rows: list[bytes] | None = None
    for line in lines[1:-1]:
        if line.endswith(b":["):
            rows = tables.setdefault(msgspec.json.decode(line.removeprefix(b"],")[:-2], type=str), [])
        elif rows is None:
            return None
        else:
            rows.append(line)
    return file, tables


def _decoded(table: str, raw: Raw | list[bytes]) -> list[Row]:
    """Read rows a slice at a time."""
    if isinstance(raw, list):
        parts = (b"".join(raw[at : at + SLICE]) for at in range(0, len(raw), SLICE))
        return [row for part in parts for row in decode_rows(table, b"[" + part.removesuffix(b",") + b"]")]
    texts = msgspec.json.decode(raw, type=list[Raw])
    slices = (b"[" + b",".join(map(bytes, texts[at : at + SLICE])) + b"]" for at in range(0, len(texts), SLICE))
    return [row for one in slices for row in decode_rows(table, one)]


def read(data: bytes) -> Snapshot:
    """Read what `write` has written.

    Raises:
        BadFile
    """
    lines = list(_lines(data))
    tables: Mapping[str, Raw | list[bytes]]
    try:
        file, tables = _by_lines(lines) or _whole(b"\n".join(lines))
        _check_stamp(file)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _reason(b"\n".join(lines), error) from None
    try:
        keys = {pool: read_pems(*pair, is_written_here=True) for pool, pair in file.keys.items()}
        return Snapshot(file.taken, _state(tables), file.clock, keys)
    except (msgspec.MsgspecError, StoreError, BadKey, RecursionError) as error:
        raise BadFile(f"it is damaged: {error}") from None


def _whole(text: bytes) -> tuple[_File, Mapping[str, Raw]]:
    file = msgspec.json.decode(text, type=_File)
    return file, file.tables


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


def _lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of a compressed text.

    Raises:
        BadFile
    """
    begun: list[bytes] = []
    for piece in _decompressed(data):
        first, *more = piece.split(b"\n")
        begun.append(first)
        if more:
            yield b"".join(begun)
            yield from more[:-1]
            begun = more[-1:]
    yield b"".join(begun)


def _decompressed(data: bytes) -> Iterator[bytes]:
    """Yield a compressed text in pieces: very much memory would be filled at once."""
    inflate, size = zlib.decompressobj(_GZIP), 0
    for at in range(0, len(data), _PIECE):
        rest = data[at : at + _PIECE]
        while rest and not inflate.eof:
            try:
                piece = inflate.decompress(rest, 16 * _PIECE)
            except zlib.error:
                raise BadFile("it is no snapshot of cognito-emulator") from None
            size, rest = size + len(piece), inflate.unconsumed_tail
            if size > LARGEST:
                raise BadFile(f"it holds more than {LARGEST} bytes")
            yield piece
    if not inflate.eof:
        raise BadFile("it is damaged: its end is missing")


def _state(tables: Mapping[str, Raw | list[bytes]]) -> dict[str, dict[Key, Row]]:
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
        if len(state[name]) < len(rows) or len({seq for seq, _ in rows}) < len(rows) or any(seq < 1 for seq, _ in rows):
            raise StoreError(f"two rows of {name} are in one place")
    return state
