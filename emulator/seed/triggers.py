"""A seed calls no triggers: what it holds is there, as if everything before had happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from emulator.ports.triggers import Router
from emulator.world import World


class Silent(Router):
    """Every function gives back the event as it came, at once: the neutral answer."""

    def __init__(self, inner: Router) -> None:
        super().__init__()
        self._inner = inner

    async def invoke(self, arn: str, event: Mapping[str, Any], *, synchronous: bool = True) -> Any:  # noqa: ARG002
        return event

    def bound(self, arn: str) -> Any:
        return self._inner.bound(arn)


@contextmanager
def silent(world: World) -> Iterator[None]:
    """No function of `world` is called meanwhile. Nothing may be awaited inside."""
    inner = world.triggers
    world.triggers = Silent(inner)
    try:
        yield
    finally:
        world.triggers = inner
