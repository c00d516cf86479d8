"""Write the records of the built-in seed: `python -m tests.seed.built_in --update`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from cognito_emulator.domain.users.password_secret import private_value
from cognito_emulator.domain.users.user import Password, User
from cognito_emulator.ports.clock import Clock
from cognito_emulator.seed import apply, parse_default
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.built_in import FILE
from cognito_emulator.seed.built_in_records import TIMES, TYPES
from cognito_emulator.world import World


def applied() -> World:
    """A world to which the seed was applied, by calls of operations, in one moment."""
    world = World(clock=Clock(1_800_000_000.0))
    at_once(apply(world, parse_default()))
    return world


def written() -> str:
    """The file: a record on each line."""
    world = applied()
    passwords = {name: typed for _, name, typed in parse_default().credentials}
    tables = [_table(world, name, passwords) for name in TYPES]
    return "{\n" + ",\n".join(tables) + "\n}\n"


def _table(world: World, name: str, passwords: Mapping[str, str]) -> str:
    lines = []
    for record in world.store.tables()[name]:
        row = dict(_differing(record, world.clock.now()))
        if name == "brandings":
            row["id"] = ""
        if isinstance(record, User) and record.password is not None:
            row["password"] = _documented(world, record, record.password, passwords[record.username])
        lines.append(json.dumps(row))
    return f"{json.dumps(name)}: [\n  " + ",\n  ".join(lines) + "\n]"


def _documented(world: World, user: User, password: Password, typed: str) -> dict[str, Any]:
    pool = world.store.pools.get(user.pool_id)
    assert pool is not None
    assert password.x == private_value(pool.srp_name, user.username, typed, password.salt)
    if password.expires is None:
        return {"text": typed}
    return {"text": typed, "expires": password.expires - world.clock.now()}


def _differing(record: Struct, now: float) -> Iterator[tuple[str, Any]]:
    """Yield the fields without those that have their default; times count from now."""
    for info in fields(type(record)):
        value = getattr(record, info.name)
        default = info.default if info.default_factory is NODEFAULT else info.default_factory()
        if info.name in TIMES:
            yield info.name, value - now
        elif default is NODEFAULT or value != default:
            yield info.name, _plain(value)


def _plain(value: Any) -> Any:
    """JSON's form of a value; mappings keep their order."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return dict(_differing(value, 0)) if isinstance(value, Struct) else value


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("--update writes the file; tests/seed/test_built_in.py compares it.")
    FILE.write_text(written(), "utf-8")
