"""Another world of a running server, for the builders of tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from botocore import xform_name

from cognito_emulator.world import World
from tests.helpers.harness import Running


@dataclass(frozen=True)
class Below:
    """The world below `path`. It is built over HTTP, since its store is nowhere else to be reached."""

    running: Running
    path: str

    @property
    def port(self) -> int:
        return self.running.port

    @property
    def url(self) -> str:
        return f"{self.running.url}{self.path}"

    def call(self, operation: str, **members: Any) -> Any:
        client = self.running.client(endpoint_path=self.path)
        return getattr(client, xform_name(operation))(**members)


def below(running: Running, name: str) -> Running:
    """That world, as builders take it: `setup`, `site`, `user` and the like."""
    return cast("Running", Below(running, f"/w/{name}"))


def made_worlds(patch: pytest.MonkeyPatch) -> list[World]:
    """A list of the worlds that are made from now on, in this order."""
    made: list[World] = []
    stand_below = World.stand_below

    def noted(world: World, other: World, prefix: str) -> None:
        stand_below(world, other, prefix)
        made.append(world)

    patch.setattr(World, "stand_below", noted)
    return made
