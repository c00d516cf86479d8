"""Risks that the developer sets by seeds, the control API or the test handle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import ip_network
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from cognito_emulator.domain.table import Table
from cognito_emulator.domain.threats import known_risk
from cognito_emulator.domain.threats.known_risk import CompromisedPassword, FixedRisk, Place
from cognito_emulator.domain.threats.threat import LEVELS

if TYPE_CHECKING:
    from cognito_emulator.world import World

R = TypeVar("R")
NONE = "None"
SLICE = 500  # records that are written at once


class BadRisk(ValueError):
    """The values make no sense; the text says why."""


def fix(world: World, level: str, pool: str | None = None, user: str | None = None, ip: str | None = None) -> FixedRisk:
    """Fix the risk level (None, Low, Medium, High) of sign-ins.

    It applies to a pool, a user, and an address or range; a part that is not named matches all. It replaces an
    earlier level of the same.

    Raises:
        BadRisk
    """
    if level not in (NONE, *LEVELS):
        raise BadRisk(f"A level is one of {', '.join((NONE, *LEVELS))}, not {level!r}")
    fixed = FixedRisk(_pool(world, pool), user or "", _range(ip), "" if level == NONE else level)
    with world.store.write():
        world.store.fixed_risks.put(fixed)
    return fixed


async def forget(world: World, pool: str | None = None, user: str | None = None, ip: str | None = None) -> None:
    """Delete the levels that were fixed for all named parts.

    Without a name all levels are deleted.

    Raises:
        BadRisk
    """
    place = None if ip is None else _range(ip)

    def is_meant(one: FixedRisk) -> bool:
        return pool in (None, one.pool_id) and user in (None, one.user) and place in (None, one.ip_range)

    await _delete(world, world.store.fixed_risks, is_meant)


def leak(world: World, passwords: Iterable[str], pool: str | None = None) -> None:
    """Mark passwords as compromised, in one pool or in all.

    Raises:
        BadRisk
    """
    known = [CompromisedPassword(_pool(world, pool), known_risk.digest(one)) for one in passwords]
    with world.store.write():
        for one in known:
            world.store.compromised.put(one)


async def leak_slowly(world: World, passwords: Iterable[str], pool: str | None = None) -> None:
    """Mark passwords as `leak` does, in slices.

    Raises:
        BadRisk
    """
    given = iter(passwords)
    while part := list(islice(given, SLICE)):
        leak(world, part, pool)
        await world.background.give_way()


async def forget_leaks(world: World, pool: str | None = None) -> None:
    """Remove the marks of compromised passwords.

    With `pool` only the marks of that pool alone are removed.
    """
    await _delete(world, world.store.compromised, lambda one: pool in (None, one.pool_id))


def locate(world: World, ip: str, city: str = "", country: str = "") -> Place:
    """Set the place of the addresses of a range, in place of an earlier one.

    Raises:
        BadRisk
    """
    place = Place(_range(ip), city, country)
    with world.store.write():
        world.store.places.put(place)
    return place


async def forget_places(world: World) -> None:
    await _delete(world, world.store.places, lambda _: True)


async def _delete(world: World, table: Table[R], is_meant: Callable[[R], bool]) -> None:
    """Delete the records that are meant, in slices."""
    found = filter(is_meant, table)
    while part := [table.key_of(one) for one in islice(found, SLICE)]:
        with world.store.write():
            for key in part:
                table.delete(key)
        await world.background.give_way()


def shown(fixed: FixedRisk) -> dict[str, str | None]:
    """Return `pool`, `user`, `ip` (null where it does not matter) and `level`."""
    return {
        "pool": fixed.pool_id or None,
        "user": fixed.user or None,
        "ip": fixed.ip_range or None,
        "level": fixed.level or NONE,
    }


def _pool(world: World, pool: str | None) -> str:
    if pool is not None and pool not in world.store.pools:
        raise BadRisk(f"There is no pool {pool}")
    return pool or ""


def _range(ip: str | None) -> str:
    if ip is None:
        return ""
    try:
        return str(ip_network(ip, strict=False))
    except ValueError:
        raise BadRisk(f"{ip!r} is no IP address and no range of them") from None
