"""The part of `server.Emulator` that decides what threat protection finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from cognito_emulator.world import World

T = TypeVar("T")


class RiskMethods:
    """Methods for risks, of a class with a world that runs on a loop."""

    @property
    def world(self) -> World:
        raise NotImplementedError

    def on_loop(self, work: Callable[[], T]) -> T:
        raise NotImplementedError

    def set_risk(self, level: str, *, pool: str | None = None, user: str | None = None, ip: str | None = None) -> None:
        """Fix the risk (None, Low, Medium or High) of sign-ins with threat protection.

        Args:
            pool: a pool's id; without, in all pools.
            user: user name, sub, e-mail address or phone number; without, of all users.
            ip: the address, or range of addresses, from which they come; without, from everywhere.

        Raises:
            ValueError: there is no such level, pool or address.
        """
        from cognito_emulator.flows.threats import fixed_risks

        self.on_loop(lambda: fixed_risks.fix(self.world, level, pool, user, ip))

    def compromise(self, *passwords: str, pool: str | None = None) -> None:
        """Let passwords count as leaked, in one pool or in all.

        Raises:
            ValueError: there is no such pool.
        """
        from cognito_emulator.flows.threats import fixed_risks

        self.on_loop(lambda: fixed_risks.leak(self.world, passwords, pool))

    def set_place(self, ip: str, *, city: str = "", country: str = "") -> None:
        """Set the place of an address or range, which events and notices name.

        Raises:
            ValueError: it is no address.
        """
        from cognito_emulator.flows.threats import fixed_risks

        self.on_loop(lambda: fixed_risks.locate(self.world, ip, city, country))
