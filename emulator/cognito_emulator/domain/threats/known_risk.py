"""Hold the risks that the emulator's own settings define.

They are fixed levels, leaked passwords and places of addresses. AWS has no such settings: it calculates levels itself,
and has lists of leaked passwords and of addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_network

from msgspec import Struct

from cognito_emulator.domain.auth.origin import address
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.table import Table
from cognito_emulator.domain.threats.threat import is_in
from cognito_emulator.domain.users.user import User


class CompromisedPassword(Struct, frozen=True, gc=False):
    """A password that counts as leaked, by its hash; `pool_id` is empty for all pools."""

    pool_id: str
    digest: str

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.digest


class FixedRisk(Struct, frozen=True, gc=False):
    """Hold the level of sign-ins of one user, one range of addresses, or both.

    `user` is any of the user's sign-in names, or the sub. `pool_id`, `user` and `ip_range` are empty where they do not
    matter, `level` where there is no risk. A more specific record comes before a less specific one.
    """

    pool_id: str
    user: str
    ip_range: str
    level: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.pool_id, self.user, self.ip_range

    @property
    def folded_users(self) -> list[str]:
        """The user in lower case, if it is of one."""
        return [self.user.lower()] if self.user else []

    @property
    def ranges(self) -> list[tuple[str, str]]:
        """Where it holds for all users: the pool and the range, as `ranges_of` writes it."""
        return [(self.pool_id, one) for one in _written(self.ip_range)] if not self.user else []

    @property
    def weight(self) -> tuple[bool, bool, bool]:
        return bool(self.user), bool(self.ip_range), bool(self.pool_id)

    def fits(self, pool: Pool, user: User, ip: str) -> bool:
        if self.pool_id not in ("", pool.id) or (self.ip_range and not is_in(ip, (self.ip_range,))):
            return False
        return not self.user or pool.fold(self.user) in names_of(pool, user)


class Place(Struct, frozen=True, gc=False):
    """Where the addresses of a range are."""

    ip_range: str
    city: str
    country: str

    @property
    def ranges(self) -> list[str]:
        """The range, as `ranges_of` writes it."""
        return _written(self.ip_range)


def _written(ip_range: str) -> list[str]:
    """Return a range as `ranges_of` writes it; an empty one matches all addresses."""
    try:
        return [str(ip_network(ip_range, strict=False)) if ip_range else ""]
    except ValueError:
        return []


NOWHERE = Place("", "", "")


@lru_cache(maxsize=256)
def ranges_of(ip: str) -> tuple[str, ...]:
    """Return every range that has an address, the smallest first.

    A text that is no address has none.
    """
    found = address(ip)
    if found is None:
        return ()
    lengths = range(found.max_prefixlen, -1, -1)
    return tuple(str(ip_network((str(found), length), strict=False)) for length in lengths)


def place_of(places: Table[Place], ip: str) -> Place:
    """Return the place of an address, by the smallest range that has it.

    It is empty if no range has it.
    """
    if not len(places):
        return NOWHERE
    return next((place for one in ranges_of(ip) if (place := places.first("range", one)) is not None), NOWHERE)


def names_of(pool: Pool, user: User) -> set[str]:
    """Return the names of a user, folded as the pool compares them."""
    given = (user.username, user.sub, user.get("email"), user.get("phone_number"))
    return {pool.fold(name) for name in given if name}


def digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def fixed_level(fixed: Table[FixedRisk], pool: Pool, user: User, ip: str) -> str | None:
    """Return the level that was set for such a sign-in; None without one.

    Of two that say as much, the earlier one counts.
    """
    if not len(fixed):
        return None
    fitting = [(one.weight, -seq, one) for seq, one in _candidates(fixed, pool, user, ip) if one.fits(pool, user, ip)]
    return max(fitting)[2].level if fitting else None


def _candidates(fixed: Table[FixedRisk], pool: Pool, user: User, ip: str) -> Iterator[tuple[int, FixedRisk]]:
    """Yield the levels of the user, and of ranges that have the address.

    Each comes with its sequence number.
    """
    for name in {name.lower() for name in names_of(pool, user)}:
        yield from fixed.after("user", name)
    for pool_id in ("", pool.id):
        for ip_range in ("", *ranges_of(ip)):
            yield from fixed.after("range", (pool_id, ip_range))
