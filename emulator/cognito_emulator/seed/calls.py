"""The calls of operations by which a seed is applied, and what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.seed import upsert as upserting
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.ids import NotTaken, fixed_ids
from cognito_emulator.seed.model import Block
from cognito_emulator.seed.problems import Notes, Place
from cognito_emulator.wire.model import IDP, Service
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World


class Calls:
    """Calls operations, and notes what they refuse.

    `upsert` says that what is there already is changed, not refused.
    """

    def __init__(self, world: World, *, upsert: bool) -> None:
        self.world = world
        self.upsert = upsert
        self.notes = Notes()

    def call(
        self,
        caller: Caller,
        place: Place,
        operation: str,
        members: Mapping[str, Any],
        service: Service = IDP,
        **fixed: str | None,
    ) -> Mapping[str, Any] | None:
        """Return the answer of an operation.

        If it refuses, note a mistake and return None.
        """
        try:
            with fixed_ids(self.world, **fixed):
                return at_once(call(self.world, service, operation, members, caller))
        except ApiError as error:
            self.notes.add(place, f"{operation} answers {error.code}: {error.message}")
        except NotTaken as error:
            self.notes.add(place, f"{operation} does not take the fixed {error}; another member decides it")
        return None

    def ask(self, caller: Caller, operation: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the answer of an operation that reads what is known to be there."""
        return at_once(call(self.world, IDP, operation, members, caller))


class Inside:
    """Calls of operations on one pool."""

    def __init__(self, calls: Calls, caller: Caller, pool_id: str) -> None:
        self.pool_id = pool_id
        self.calls = calls
        self.caller = caller

    def call(self, block: Block, operation: str, **fixed: str | None) -> Mapping[str, Any] | None:
        members = {**block.members, "UserPoolId": self.pool_id}
        if self.calls.upsert:
            change = upserting.change_of(self.calls.world.store, operation, members, fixed.get("client_id"))
            if change is not None:
                return self.calls.call(self.caller, block.place, *change)
        return self.calls.call(self.caller, block.place, operation, members, IDP, **fixed)
