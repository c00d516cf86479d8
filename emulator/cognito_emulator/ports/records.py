"""Write records as MessagePack for the data folder, and read them back.

A record is `[name of its type, {field: value}]`. What MessagePack lacks is an extension: whole numbers
above 64 bits, and tuples, sets and read-only mappings where a field's type does not tell them (`Any`). So records come
back exactly equal, type by type.

A field that a record was written without gets its default; so a new field with a default needs no new format
(`ports.storage`), and no field of a record that has its default is written. A default that is changed needs a new
format. The types are those of `record_types`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from types import MappingProxyType, NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct
from msgspec.structs import fields as struct_fields

from cognito_emulator.domain.pools.attributes import shared

__all__ = ["CannotEncode", "Codec", "decode_value", "encode_value", "struct_packing"]

_WHOLE, _TUPLE, _FROZENSET, _READ_ONLY, _TIME, _RECORD = range(1, 7)
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_PLAIN = (str, bool, float, bytes, NoneType)
_ANYTHING = (Any, Hashable)
# Texts that very many records have in common, which share one object: fields, and the names of attributes.
_REPEATED = ("pool_id", "status")
_NAMED = tuple[tuple[str, str], ...]

Convert = Callable[[Any], Any]


class CannotEncode(TypeError):
    """A value of a record has no form that can be read back."""


class Codec:
    """Encodes and decodes records.

    Args:
        types: of the records, by name.
    """

    def __init__(self, types: Mapping[str, type[Struct]]) -> None:
        self._types = types
        _INSIDE.update(types)

    def encode(self, record: Struct) -> bytes:
        """Write a record.

        Raises:
            CannotEncode
        """
        kind = type(record)
        pack = _packing(kind)
        return _encode((kind.__name__, record if pack is None else pack(record)))

    def decode(self, data: bytes) -> Any:
        """Read a record.

        Raises:
            msgspec.DecodeError, KeyError, TypeError, ValueError: it was not written by `encode`.
        """
        name, fields = decode_value(data)
        unpack = _unpacking(self._types[name])
        return fields if unpack is None else unpack(fields)


def encode_value(value: Any) -> bytes:
    """Write a value of any kind that `Any` in a record may have.

    Raises:
        CannotEncode
    """
    return _encode(_pack_any(value))


def decode_value(data: bytes | memoryview) -> Any:
    """Read what `encode_value` has written."""
    return _decode(data)


# Types of the records that a value of any kind may hold, by name.
_INSIDE: dict[str, type[Struct]] = {}


# --- values without a type --------------------------------------------------------------------------------------


def _pack_whole(value: int) -> Any:
    if _SMALLEST <= value <= _LARGEST:
        return value
    size = value.bit_length() // 8 + 1
    return msgspec.msgpack.Ext(_WHOLE, value.to_bytes(size, "big", signed=True))


def _pack_any(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if type(value) is int:
        return _pack_whole(value)
    if type(value) is dict:
        return {key: _pack_any(item) for key, item in value.items()}
    if type(value) is list:
        return [_pack_any(item) for item in value]
    code = next((code for kind, code in _EXTENDED if isinstance(value, kind)), None)
    if code is not None:
        return msgspec.msgpack.Ext(code, _encode(_PARTS[code](value)))
    if isinstance(value, str):  # an enumeration's
        return str.__str__(value)
    if isinstance(value, Struct) and type(value).__name__ in _INSIDE:
        kind = type(value)
        pack = _packing(kind)
        return msgspec.msgpack.Ext(_RECORD, _encode((kind.__name__, value if pack is None else pack(value))))
    raise CannotEncode(f"a {type(value).__name__} cannot be written")


_EXTENDED: tuple[tuple[type, int], ...] = (
    (tuple, _TUPLE),
    (frozenset, _FROZENSET),
    (MappingProxyType, _READ_ONLY),
    (datetime, _TIME),
)
_PARTS: Mapping[int, Convert] = {
    _TUPLE: lambda value: [_pack_any(item) for item in value],
    _FROZENSET: lambda value: [_pack_any(item) for item in value],
    _READ_ONLY: lambda value: {key: _pack_any(item) for key, item in value.items()},
    _TIME: datetime.isoformat,
}
_MADE: Mapping[int, Convert] = {
    _TUPLE: tuple,
    _FROZENSET: frozenset,
    _READ_ONLY: MappingProxyType,
    _TIME: datetime.fromisoformat,
}


def _extended(code: int, data: memoryview) -> Any:
    if code == _WHOLE:
        return int.from_bytes(data, "big", signed=True)
    if code == _RECORD:
        name, fields = _decode(data)
        unpack = _unpacking(_INSIDE[name])
        return fields if unpack is None else unpack(fields)
    return _MADE[code](_decode(data))


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ext_hook=_extended).decode


# --- values of a known type; None is for what needs no conversion ------------------------------------------------


@cache
def _packing(kind: Any) -> Convert | None:
    """Return what makes a value of this type one that MessagePack has."""
    if kind is int:
        return _pack_whole
    if kind in _PLAIN or get_origin(kind) is Literal or _is_text(kind):
        return None
    if kind in _ANYTHING:
        return _pack_any
    if _is_named_tuple(kind):
        return None
    if isinstance(kind, type) and issubclass(kind, Struct):
        hints = get_type_hints(kind)
        return struct_packing(kind, {name: pack for name, hint in hints.items() if (pack := _packing(hint))})
    origin, inside = get_origin(kind), [_packing(part) for part in get_args(kind) if part is not ...]
    if origin in (Union, UnionType):
        return _optional(kind, inside)
    if origin in (tuple, frozenset):
        return _items_packing(inside, fixed=origin is tuple and ... not in get_args(kind))
    if _is_mapping(origin):
        return _mapping_packing(inside[1])
    raise CannotEncode(f"no form is known for {kind}")


@cache
def _unpacking(kind: Any) -> Convert | None:
    """Return what takes back `_packing`."""
    if kind is int or kind in _ANYTHING or kind in _PLAIN or get_origin(kind) is Literal:
        return None
    if _is_text(kind):
        text: Convert = kind
        return text
    if kind == _NAMED:
        return _named_values
    if _is_named_tuple(kind):
        make: Convert = kind._make
        return make
    if isinstance(kind, type) and issubclass(kind, Struct):
        hints = get_type_hints(kind)
        converted = {name: made for name, hint in hints.items() if (made := _unpacking(hint))}
        return _struct_unpacking(
            kind, {**converted, **{name: sys.intern for name in _REPEATED if hints.get(name) is str}}
        )
    origin, inside = get_origin(kind), [_unpacking(part) for part in get_args(kind) if part is not ...]
    if origin in (Union, UnionType):
        return _optional(kind, inside)
    if origin in (tuple, frozenset):
        return _items_unpacking(origin, inside, fixed=origin is tuple and ... not in get_args(kind))
    if _is_mapping(origin):
        return _mapping_unpacking(inside[1])
    raise CannotEncode(f"no form is known for {kind}")


def _named_values(items: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return shared([(sys.intern(name), value) for name, value in items])


def _is_text(kind: Any) -> bool:
    """Tell whether a type is an enumeration of texts, whose values are written."""
    return isinstance(kind, type) and issubclass(kind, StrEnum)


def _is_named_tuple(kind: Any) -> bool:
    """Tell whether a type is a named tuple of values that need no conversion."""
    if not (isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields")):
        return False
    return all(_packing(hint) is None for hint in get_type_hints(kind).values())


def _is_mapping(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, Mapping)


def struct_packing(kind: type[Struct], converted: Mapping[str, Convert]) -> Convert:
    """Return what packs a record without the fields that have their defaults.

    They are most fields, and half of a user's bytes.
    """
    parts = tuple((info.name, converted.get(info.name), info.default) for info in struct_fields(kind))
    values_of = attrgetter(*kind.__struct_fields__) if len(parts) > 1 else None

    def pack(record: Struct) -> dict[str, Any]:
        values = (getattr(record, parts[0][0]),) if values_of is None else values_of(record)
        return {
            name: value if convert is None else convert(value)
            for value, (name, convert, default) in zip(values, parts, strict=True)
            if value is not default
        }

    return pack


def _struct_unpacking(kind: type[Struct], converted: Mapping[str, Convert]) -> Convert:
    parts = tuple(converted.items())

    def unpack(fields: dict[str, Any]) -> Struct:
        for name, convert in parts:
            if name in fields:
                fields[name] = convert(fields[name])
        return kind(**fields)

    return unpack


def _optional(kind: Any, inside: list[Convert | None]) -> Convert | None:
    converted = [convert for convert in inside if convert is not None]
    if not converted:
        return None
    if len(inside) != 2 or NoneType not in get_args(kind):
        raise CannotEncode(f"no form is known for {kind}")
    convert = converted[0]
    return lambda value: None if value is None else convert(value)


def _items_packing(inside: list[Convert | None], *, fixed: bool) -> Convert | None:
    if not any(inside):
        return None
    if fixed:
        return lambda value: [
            item if convert is None else convert(item) for item, convert in zip(value, inside, strict=True)
        ]
    (convert,) = inside
    assert convert is not None  # noqa: S101 - `any` above
    return lambda value: [convert(item) for item in value]


def _items_unpacking(origin: type, inside: list[Convert | None], *, fixed: bool) -> Convert:
    if not any(inside):
        return origin
    if fixed:
        return lambda value: tuple(
            [item if convert is None else convert(item) for item, convert in zip(value, inside, strict=True)]
        )
    (convert,) = inside
    assert convert is not None  # noqa: S101 - `any` above
    return lambda value: origin([convert(item) for item in value])


def _mapping_packing(inside: Convert | None) -> Convert:
    def pack(value: Mapping[Any, Any]) -> Any:
        made = dict(value) if inside is None else {key: inside(item) for key, item in value.items()}
        return msgspec.msgpack.Ext(_READ_ONLY, _encode(made)) if isinstance(value, MappingProxyType) else made

    return pack


def _mapping_unpacking(inside: Convert | None) -> Convert | None:
    if inside is None:
        return None

    def unpack(value: Mapping[Any, Any]) -> Mapping[Any, Any]:
        made = {key: inside(item) for key, item in value.items()}
        return MappingProxyType(made) if isinstance(value, MappingProxyType) else made

    return unpack
