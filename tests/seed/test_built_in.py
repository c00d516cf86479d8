"""The records of the built-in seed are those that `default.yaml` makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.users.password import matches
from cognito_emulator.domain.users.user import Password, User
from cognito_emulator.ports.clock import Clock
from cognito_emulator.runner import start_seeds
from cognito_emulator.seed import parse_default
from cognito_emulator.seed.built_in import FILE, BuiltIn
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.seed import built_in


def put(now: float) -> World:
    world = World(clock=Clock(now))
    BuiltIn().put(world)
    return world


def records(world: World) -> Iterator[tuple[str, Struct]]:
    """All records, table by table, without what is random."""
    for name, table in world.store.tables().items():
        for record in table:
            yield name, without_random(name, record)


def without_random(table: str, record: Any) -> Struct:
    if isinstance(record, User) and record.password is not None:
        return replace(record, password=Password(b"", 0, expires=record.password.expires))
    made: Struct = replace(record, id="") if table == "brandings" else record
    return made


def test_the_file_is_what_the_seed_makes() -> None:
    """Else: `python -m tests.seed.built_in --update`."""
    assert FILE.read_text("utf-8") == built_in.written()


def test_they_are_the_records_of_the_applied_seed() -> None:
    applied = built_in.applied()
    assert list(records(put(applied.clock.now()))) == list(records(applied))


def test_passwords_are_the_documented_ones_and_salted_at_each_start() -> None:
    first, second = put(1_900_000_000.0), put(1_900_000_000.0)
    for pool_id, name, typed in BuiltIn().credentials:
        pool = first.store.pools.get(pool_id)
        assert pool is not None
        users = [world.store.users.find("username", (pool_id, name)) for world in (first, second)]
        kept = [user.password for user in users if user is not None and user.password is not None]
        assert all(matches(password, pool.srp_name, name, typed) for password in kept)
        assert len({password.salt for password in kept}) == 2
    ids = [{branding.id for branding in world.store.brandings} for world in (first, second)]
    assert len(ids[0] | ids[1]) == 6
    assert "" not in ids[0] | ids[1]


def test_it_documents_what_the_seed_does() -> None:
    seed = parse_default()
    assert BuiltIn().credentials == seed.credentials
    assert BuiltIn().secrets == seed.secrets
    assert len(seed.secrets) == 2


def test_it_is_for_the_settings_that_made_it() -> None:
    """Another account, another Region or a data folder: the seed is applied."""
    (found,) = start_seeds(Settings())
    assert isinstance(found, BuiltIn)
    for other in (Settings(region="eu-west-1"), Settings(account="111111111111"), Settings(data="folder")):
        assert start_seeds(other) == [parse_default()]
    assert start_seeds(Settings(no_seed=True)) == []
