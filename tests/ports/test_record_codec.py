"""Records as MessagePack: every type of record comes back exactly equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import asdict

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.history import Change
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.users.group import Group
from cognito_emulator.domain.users.user import CONFIRMED, Password, User
from cognito_emulator.ports.record_types import TYPES as RECORDS
from cognito_emulator.ports.records import CannotEncode, Codec, decode_value, encode_value
from cognito_emulator.ports.storage import MIGRATIONS
from tests.helpers.records import ANYTHING, sample

CODEC = Codec(RECORDS)


def kinds(value: Any) -> Any:
    """Describe a value with the type of each part, which equality does not compare."""
    if isinstance(value, Struct):
        return type(value), {name: kinds(part) for name, part in asdict(value).items()}
    if isinstance(value, Mapping):
        return type(value), [(kinds(key), kinds(item)) for key, item in value.items()]
    if isinstance(value, frozenset):
        return type(value), sorted(map(repr, value))
    if isinstance(value, (list, tuple)):
        return type(value), [kinds(part) for part in value]
    return type(value), value


@pytest.mark.parametrize("turn", [0, 1])
@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_record_of_each_type_comes_back_equal(name: str, turn: int) -> None:
    record = sample(RECORDS[name], turn)
    again = CODEC.decode(CODEC.encode(record))
    assert again == record
    assert kinds(again) == kinds(record)


def test_read_only_mappings_stay_read_only() -> None:
    full = sample(RECORDS["Provider"], 0)
    record = type(full)(**{**asdict(full), "details": MappingProxyType({"a": "b"})})
    again = CODEC.decode(CODEC.encode(record))
    assert again == record
    assert type(again.details) is MappingProxyType


def test_a_record_inside_a_value_of_any_kind_comes_back() -> None:
    change = Change("users", ("p", "s"), (1, sample(RECORDS["User"], 0)), None)
    recovery = msgspec.structs.replace(sample(RECORDS["Recovery"], 0), reverts=(change,))
    again = CODEC.decode(CODEC.encode(recovery))
    assert again == recovery
    assert kinds(again) == kinds(recovery)


def test_every_table_has_its_type_here() -> None:
    assert len(Store().tables()) == len(RECORDS)


@pytest.mark.parametrize("name", sorted(ANYTHING))
def test_a_value_of_any_kind_comes_back(name: str) -> None:
    again = decode_value(encode_value(ANYTHING[name]))
    assert again == ANYTHING[name]
    assert kinds(again) == kinds(ANYTHING[name])


@pytest.mark.parametrize("make", [object, set, lambda: [object()], lambda: {"a": {1, 2}}])
def test_what_could_not_be_read_back_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(CannotEncode):
        encode_value(make())


def test_a_field_that_is_newer_than_the_record_gets_its_default() -> None:
    class Group(Struct, frozen=True):
        pool_id: str
        name: str
        created: float
        modified: float

    old = Codec({}).encode(Group("p", "g", 1.0, 2.0))
    again = CODEC.decode(old)
    assert again == RECORDS["Group"](pool_id="p", name="g", created=1.0, modified=2.0)
    assert again.description is None


def test_a_type_that_is_not_known_is_an_error() -> None:
    with pytest.raises(KeyError):
        Codec({"Client": Client}).decode(CODEC.encode(Group("p", "g", 1.0, 2.0)))


def test_a_record_is_small() -> None:
    user = User("us-east-1_x", "s" * 36, "ann", "ann", 1.0, 2.0, CONFIRMED, password=Password(b"x" * 16, 2**256 - 1))
    assert len(CODEC.encode(user)) < 350


def test_fields_that_have_their_defaults_are_not_written() -> None:
    user = User("us-east-1_x", "s" * 36, "ann", "ann", 1.0, 2.0, CONFIRMED)
    assert b"lockout" not in CODEC.encode(user)
    again = CODEC.decode(CODEC.encode(user))
    assert again == user
    assert again.factors is user.factors, "users without MFA share what they have of it"
    assert b"enabled" in CODEC.encode(msgspec.structs.replace(user, enabled=False))


def test_users_that_are_read_share_what_they_have_in_common() -> None:
    written = [
        CODEC.encode(User("us-east-1_x", name, name, name, 1.0, 2.0, CONFIRMED, attributes=(("email", f"{name}@x"),)))
        for name in ("ann", "bob")
    ]
    ann, bob = map(CODEC.decode, written)
    assert ann.pool_id is bob.pool_id
    assert ann.status is bob.status
    assert ann.attributes[0][0] is bob.attributes[0][0]


def test_a_record_that_was_written_with_all_its_fields_can_be_read() -> None:
    """So they were, before defaults were left out."""
    user = User("us-east-1_x", "s" * 36, "ann", "ann", 1.0, 2.0, CONFIRMED, attributes=(("email", "a@x"),))
    written = msgspec.msgpack.encode(("User", msgspec.to_builtins(user)))
    assert b"lockouts_away" in written
    again = CODEC.decode(written)
    assert again == user
    assert kinds(again) == kinds(user)


def test_what_is_not_written_stays_what_it_is() -> None:
    """A default that is changed needs a migration (`ports.storage.MIGRATIONS`): data folders leave defaults out.

    Add a line for a field that is new.
    """
    if 2 in MIGRATIONS:
        return
    found: dict[str, type[Struct]] = {}
    for kind in RECORDS.values():
        structs(kind, found)
    present = {
        f"{name}.{info.name}: {sorted(info.default) if isinstance(info.default, frozenset) else info.default!r}"
        for name, kind in found.items()
        for info in msgspec.structs.fields(kind)
        if info.default is not msgspec.NODEFAULT
    }
    listed = (Path(__file__).parent / "omitted_defaults.txt").read_text().splitlines()[1:]
    assert set(listed) <= present, set(listed) - present


# --- the first format -------------------------------------------------------------------------------------------


def structs(kind: Any, found: dict[str, type[Struct]]) -> dict[str, type[Struct]]:
    """Collect the types of records, and those inside."""
    if isinstance(kind, type) and issubclass(kind, Struct) and kind.__name__ not in found:
        found[kind.__name__] = kind
        for hint in get_type_hints(kind).values():
            structs(hint, found)
    for part in get_args(kind):
        structs(part, found)
    return found


def test_records_of_the_first_format_can_be_read() -> None:
    """A field or type that goes, and a new field without a default, need a migration (`ports.storage.MIGRATIONS`).

    The first one leaves records as they are.
    """
    if 2 in MIGRATIONS:
        return
    found: dict[str, type[Struct]] = {}
    for kind in RECORDS.values():
        structs(kind, found)
    listed = (Path(__file__).parent / "first_format.txt").read_text().splitlines()[1:]
    for name, fields in (line.split(": ") for line in listed):
        assert name in found, f"{name} is gone"
        before, now = fields.split(), found[name].__struct_fields__
        assert set(before) <= set(now), f"{name} has lost {set(before) - set(now)}"
        defaults = found[name].__struct_defaults__
        without = now[: len(now) - len(defaults)]
        assert set(without) <= set(before), f"{name}: {set(without) - set(before)} without a default"
