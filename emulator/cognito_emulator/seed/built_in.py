"""The built-in seed as the records that `default.yaml` makes.

Most starts have this seed. To read YAML, to import the handlers and to call them took 60 % of such a start, so
`default.json` has the rows that they would leave. `tests/seed/test_built_in.py` holds the two equal, and
`python -m tests.seed.built_in --update` writes it.

What differs from one start to the next is not in the file: a time in it counts from the start, an empty id is a new
one, and a password is what the page of the seed says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.resource_server import ResourceServer
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.hosted.branding import Branding
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import password
from cognito_emulator.domain.users.group import Group, Membership
from cognito_emulator.domain.users.user import User
from cognito_emulator.settings import Settings
from cognito_emulator.world import World

FILE = Path(__file__).with_name("default.json")
TIMES = ("created", "modified", "fetched")
# In the order in which the seed makes them. Read here: the table of all types is imported by few starts.
TYPES: Mapping[str, type[Struct]] = MappingProxyType(
    {
        "pools": Pool,
        "providers": Provider,
        "resource_servers": ResourceServer,
        "clients": Client,
        "domains": HostedDomain,
        "brandings": Branding,
        "groups": Group,
        "users": User,
        "memberships": Membership,
        "identity_pools": IdentityPool,
    }
)


class BuiltIn:
    """The built-in seed; it documents what `seed.model.Seed` does."""

    @property
    def credentials(self) -> list[tuple[str, str, str]]:
        """The credentials of every user: (pool id, user name, password)."""
        return [(user["pool_id"], user["username"], user["password"]["text"]) for user in _rows()["users"]]

    @property
    def secrets(self) -> dict[str, str]:
        """The secrets of app clients, by the client's id."""
        return {client["id"]: client["secret"] for client in _rows()["clients"] if client.get("secret")}

    def put(self, world: World) -> None:
        """Write the records into an empty world."""
        with world.store.write():
            for table, rows in _rows().items():
                for row in rows:
                    world.store.tables()[table].put(_record(world, TYPES[table], row))


def fits(settings: Settings) -> bool:
    """Tell whether the records are what the seed makes with these settings.

    Of all settings, operations put the account and the Region alone into records.
    """
    return (settings.account, settings.region) == (Settings().account, Settings().region)


@cache
def _rows() -> Mapping[str, list[dict[str, Any]]]:
    rows: Mapping[str, list[dict[str, Any]]] = msgspec.json.decode(FILE.read_bytes())
    return rows


def _record(world: World, kind: type[Struct], row: Mapping[str, Any]) -> Struct:
    now = world.clock.now()
    fields = {**row, **{name: now + row[name] for name in TIMES if name in row}}
    if row.get("id") == "":
        fields["id"] = world.ids.uuid()
    fields.pop("password", None)
    record = msgspec.convert(fields, kind)
    if isinstance(record, User):
        record = _with_password(world, record, row["password"])
    return replace(record, **dict(_read_only(record)))


def _with_password(world: World, user: User, documented: Mapping[str, Any]) -> User:
    pool, expires = world.store.pools.get(user.pool_id), documented.get("expires")
    assert pool is not None  # noqa: S101 - the file has it before its users
    until = None if expires is None else world.clock.now() + expires
    made = password.make(world.ids.bytes(16), pool.srp_name, user.username, documented["text"], until)
    return replace(user, password=made)


def _read_only(record: Struct) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the mappings of wire members, which no one may change."""
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if type(value) is dict and name != "schema":
            yield name, MappingProxyType(value)
