"""Hold the risks that the emulator's own settings define.

They are fixed levels, leaked passwords and places of addresses. AWS has no such settings: it calculates levels itself,
and has lists of leaked passwords and of addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from ipaddress import ip_network

from msgspec import Struct

from cognito_emulator.domain.pools.pool import Pool
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


NOWHERE = Place("", "", "")


def place_of(places: Iterable[Place], ip: str) -> Place:
    """Return the place of an address, by the smallest range that has it.

    It is empty if no range has it.
    """
    fitting = [one for one in places if is_in(ip, (one.ip_range,))]
    return max(fitting, key=lambda one: ip_network(one.ip_range).prefixlen, default=NOWHERE)


def names_of(pool: Pool, user: User) -> set[str]:
    """Return the names of a user, folded as the pool compares them."""
    given = (user.username, user.sub, user.get("email"), user.get("phone_number"))
    return {pool.fold(name) for name in given if name}


def digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def fixed_level(fixed: Iterable[FixedRisk], pool: Pool, user: User, ip: str) -> str | None:
    """Return the level that was set for such a sign-in; None without one."""
    fitting = [one for one in fixed if one.fits(pool, user, ip)]
    return max(fitting, key=lambda one: one.weight).level if fitting else None
