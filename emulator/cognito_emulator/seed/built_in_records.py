"""Make the records of the built-in seed of the rows in its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from cognito_emulator.world import World

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


def make(world: World, table: str, row: Mapping[str, Any]) -> Struct:
    """Make the record of a row, as it is at this start."""
    now = world.clock.now()
    fields = {**row, **{name: now + row[name] for name in TIMES if name in row}}
    if row.get("id") == "":
        fields["id"] = world.ids.uuid()
    fields.pop("password", None)
    record = msgspec.convert(fields, TYPES[table])
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
