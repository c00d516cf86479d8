"""The active faults, with their counters and their chance.

Without a rule a look costs one empty tuple.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextvars import ContextVar
from typing import Any, Protocol

from cognito_emulator.domain.faults import Fault, Occasion, is_due, is_spent, matches
from cognito_emulator.domain.reasons import Reason
from cognito_emulator.ports.events import FAULT, Events
from cognito_emulator.ports.journal import CURRENT

HEADER = b"x-emulator-fault"
# The name in an ASGI scope's `state` under which a connection can be cut.
CUT = "cut"
_SEEDS = 2**32
_MOST_DRAWS = 1_000_000  # that are made again; a rule that was asked more often goes on from there

# The ids of the faults that have struck the request in hand, and the errors that its operation models.
_STRUCK: ContextVar[list[str] | None] = ContextVar("struck_faults", default=None)
MODELLED: ContextVar[frozenset[str] | None] = ContextVar("modelled_errors", default=None)


class Dropped(Exception):
    """The connection is to be cut: there is no answer."""


class Active:
    """A rule with its counters.

    `seen` occasions have matched it, `struck` of them were struck.
    """

    def __init__(self, fault: Fault, seed: int | None = None, *, seen: int = 0, struck: int = 0) -> None:
        self.fault = fault
        self.seen, self.struck = seen, struck
        chosen = fault.seed if seed is None else seed
        self.seed = random.randrange(_SEEDS) if chosen is None else chosen  # noqa: S311 - no secret
        self._chance = random.Random(self.seed)  # noqa: S311
        if fault.probability < 1:
            for _ in range(min(seen - fault.after, _MOST_DRAWS)):
                self._chance.random()  # as often as before

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


class FaultListener(Protocol):
    """Is told of the rules before and after, and of the one that has counted."""

    def __call__(
        self, before: tuple[Active, ...], after: tuple[Active, ...], counted: Active | None = None
    ) -> None: ...


class Faults:
    """The rules in their order; the first that strikes counts."""

    def __init__(self, events: Events | None = None) -> None:
        self._events = events or Events()
        self._active: tuple[Active, ...] = ()
        self._number = 0
        self._listeners: list[FaultListener] = []

    def on_change(self, listener: FaultListener) -> None:
        """Call `listener` with the rules before and after each change.

        It is called too where a rule has counted.
        """
        self._listeners.append(listener)

    def put_back(self, active: Iterable[Active]) -> None:
        """Make these the rules, with the counters that they have."""
        self._active = tuple(active)

    def restore(self, active: Iterable[Active]) -> None:
        """Make these the rules again; what they have counted since stays counted."""
        again = tuple(active)
        if again != self._active:
            self._become(again)

    def _become(self, active: tuple[Active, ...]) -> None:
        before, self._active = self._active, active
        for listener in self._listeners:
            listener(before, active)

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
        self._become(())
        self._become(tuple(map(Active, faults)))

    def add(self, faults: Iterable[Fault]) -> None:
        """Add rules behind the others; one with the id of another takes its place."""
        for fault in faults:
            new = Active(fault)
            if self.find(fault.id) is None:
                self._become((*self._active, new))
            else:
                self._become(tuple(new if one.fault.id == fault.id else one for one in self._active))

    def remove(self, accept: Callable[[Fault], bool] = lambda _: True) -> None:
        left = tuple(one for one in self._active if not accept(one.fault))
        if len(left) < len(self._active):
            self._become(left)

    def strike(self, occasion: Occasion) -> Fault | None:
        """Return the rule that strikes, and note it with the request in hand.

        None strikes what no request of `begin` causes: a seed, a call of the control API.
        """
        struck = _STRUCK.get()
        if struck is None:
            return None
        for one in self._active:
            if matches(one.fault, occasion) and self._counts(one):
                struck.append(one.fault.id)
                self._note(one, occasion)
                return one.fault
        return None

    def _counts(self, one: Active) -> bool:
        """Count an occasion of a rule; tell whether it strikes."""
        strikes = one.strikes()
        for listener in self._listeners:
            listener(self._active, self._active, one)
        return strikes

    def _note(self, one: Active, occasion: Occasion) -> None:
        fault_id, entry = one.fault.id, CURRENT.get()
        if entry is not None:
            entry.fault = f"{entry.fault}, {fault_id}" if entry.fault else fault_id
            if one.fault.failure is not None or one.fault.drop:
                entry.fault_reason = Reason("emulator.fault", "fault", fault_id)
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
