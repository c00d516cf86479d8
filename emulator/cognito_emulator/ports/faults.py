"""The active faults, with their counters and their chance.

Without a rule a look costs one empty tuple.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextvars import ContextVar
from typing import Any

from cognito_emulator.domain.faults import Fault, Occasion, is_due, is_spent, matches
from cognito_emulator.ports.events import FAULT, Events
from cognito_emulator.ports.journal import CURRENT

HEADER = b"x-emulator-fault"
# The name in an ASGI scope's `state` under which a connection can be cut.
CUT = "cut"
_SEEDS = 2**32

# The ids of the faults that have struck the request in hand, and the errors that its operation models.
_STRUCK: ContextVar[list[str] | None] = ContextVar("struck_faults", default=None)
MODELLED: ContextVar[frozenset[str] | None] = ContextVar("modelled_errors", default=None)


class Dropped(Exception):
    """The connection is to be cut: there is no answer."""


class Active:
    """A rule with its counters.

    `seen` occasions have matched it, `struck` of them were struck.
    """

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = self.struck = 0
        self.seed = random.randrange(_SEEDS) if fault.seed is None else fault.seed  # noqa: S311 - no secret
        self._chance = random.Random(self.seed)  # noqa: S311

    @property
    def is_spent(self) -> bool:
        return is_spent(self.fault, self.struck)

    def strikes(self) -> bool:
        """Count an occasion that matches; tell whether it is struck."""
        self.seen += 1
        draw = self._chance.random() if self.seen > self.fault.after and not self.is_spent else 0.0
        if not is_due(self.fault, self.seen, self.struck, draw):
            return False
        self.struck += 1
        return True


class Faults:
    """The rules in their order; the first that strikes counts."""

    def __init__(self, events: Events | None = None) -> None:
        self._events = events or Events()
        self._active: tuple[Active, ...] = ()
        self._number = 0

    def __bool__(self) -> bool:
        return bool(self._active)

    def all(self) -> tuple[Active, ...]:
        return self._active

    def find(self, fault_id: str) -> Active | None:
        return next((one for one in self._active if one.fault.id == fault_id), None)

    def new_id(self) -> str:
        """Return an id that no rule has."""
        while True:
            self._number += 1
            made = f"fault-{self._number}"
            if self.find(made) is None:
                return made

    def set(self, faults: Iterable[Fault]) -> None:
        """Make these the rules, with new counters."""
        self._active = tuple(map(Active, faults))

    def add(self, faults: Iterable[Fault]) -> None:
        """Add rules behind the others; one with the id of another takes its place."""
        for fault in faults:
            new = Active(fault)
            if self.find(fault.id) is None:
                self._active = (*self._active, new)
            else:
                self._active = tuple(new if one.fault.id == fault.id else one for one in self._active)

    def remove(self, accept: Callable[[Fault], bool] = lambda _: True) -> None:
        self._active = tuple(one for one in self._active if not accept(one.fault))

    def strike(self, occasion: Occasion) -> Fault | None:
        """Return the rule that strikes, and note it with the request in hand.

        None strikes what no request of `begin` causes: a seed, a call of the control API.
        """
        struck = _STRUCK.get()
        if struck is None:
            return None
        for one in self._active:
            if matches(one.fault, occasion) and one.strikes():
                struck.append(one.fault.id)
                self._note(one, occasion)
                return one.fault
        return None

    def _note(self, one: Active, occasion: Occasion) -> None:
        fault_id, entry = one.fault.id, CURRENT.get()
        if entry is not None:
            entry.fault = f"{entry.fault}, {fault_id}" if entry.fault else fault_id
        self._events.publish(
            FAULT,
            lambda: {
                "fault": fault_id,
                "target": occasion.target,
                "operation": occasion.names[0] if occasion.names else occasion.path,
                "pool": occasion.pool or None,
                "request": entry.id if entry is not None else None,
                "struck": one.struck,
            },
        )


def begin() -> list[str]:
    """Begin to note the faults that strike the request in hand."""
    struck: list[str] = []
    _STRUCK.set(struck)
    return struck


def header(struck: list[str]) -> tuple[bytes, bytes]:
    """Return the header that names the faults which have struck."""
    return HEADER, ", ".join(struck).encode("ascii")


async def wait(fault: Fault) -> None:
    """Wait as long as the rule says; other requests go on."""
    if fault.latency_ms:
        await asyncio.sleep(fault.latency_ms / 1000)


async def cut(scope: MutableMapping[str, Any], receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> None:
    """Close the connection of a request without an answer."""
    close = scope.get("state", {}).get(CUT)
    if close is not None:
        close()
        while (await receive())["type"] != "http.disconnect":
            pass
