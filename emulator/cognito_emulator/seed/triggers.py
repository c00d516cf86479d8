"""The quiet application of a seed: no triggers, no requests.

Its contents exist as if every earlier step had happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from cognito_emulator.ports.triggers import Router
from cognito_emulator.ports.web import Answer, WebClosed
from cognito_emulator.world import World


class Silent(Router):
    """Functions that return the event unchanged at once.

    That is the neutral answer.
    """

    def __init__(self, inner: Router) -> None:
        super().__init__()
        self._inner = inner

    async def invoke(self, arn: str, event: Mapping[str, Any], *, synchronous: bool = True) -> Any:  # noqa: ARG002
        return event

    def bound(self, arn: str) -> Any:
        return self._inner.bound(arn)


class Unreachable:
    """A web port without a network.

    Discovery is done later, when its result is needed.
    """

    async def request(
        self,
        method: str,  # noqa: ARG002
        url: str,  # noqa: ARG002
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        body: bytes = b"",  # noqa: ARG002
        timeout: float = 5.0,  # noqa: ARG002, ASYNC109
    ) -> Answer:
        raise WebClosed("a seed fetches nothing")


@contextmanager
def silent(world: World) -> Iterator[None]:
    """Replace the functions and the web of `world` during a block.

    Nothing may be awaited inside.
    """
    inner, web = world.triggers, world.web
    world.triggers, world.web = Silent(inner), Unreachable()
    try:
        with world.background.alone():
            yield
    finally:
        world.triggers, world.web = inner, web
