"""Ids that a seed fixes: handed out in place of random ones, for the time of one call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cognito_emulator.ports.ids import Ids
from cognito_emulator.world import World


class NotTaken(Exception):
    """A fixed id was not asked for (a pool's, where the tag `_custom_id_` fixes another)."""


class FixedIds:
    """An ids port that gives each fixed value once, and what `inner` gives from then on."""

    def __init__(self, inner: Ids, **fixed: str | None) -> None:
        """`fixed`: uuid, pool_suffix, client_id, client_secret; None where nothing is fixed."""
        self._inner = inner
        self._fixed = {name: value for name, value in fixed.items() if value is not None}

    @property
    def unused(self) -> set[str]:
        return set(self._fixed)

    def uuid(self) -> str:
        return self._fixed.pop("uuid", None) or self._inner.uuid()

    def pool_suffix(self) -> str:
        return self._fixed.pop("pool_suffix", None) or self._inner.pool_suffix()

    def client_id(self) -> str:
        return self._fixed.pop("client_id", None) or self._inner.client_id()

    def client_secret(self) -> str:
        return self._fixed.pop("client_secret", None) or self._inner.client_secret()

    def code(self, digits: int = 6) -> str:
        return self._inner.code(digits)

    def bytes(self, count: int) -> bytes:
        return self._inner.bytes(count)

    def password(self) -> str:
        return self._inner.password()


@contextmanager
def fixed_ids(world: World, **fixed: str | None) -> Iterator[None]:
    """`world.ids` with fixed values, put back afterwards. Nothing may be awaited inside: others would get them.

    Raises:
        NotTaken: the call went well and left a fixed value, so that the id is another.
    """
    inner = world.ids
    ids = world.ids = FixedIds(inner, **fixed)
    try:
        yield
    finally:
        world.ids = inner
    if ids.unused:
        raise NotTaken(", ".join(name.replace("_", " ") for name in sorted(ids.unused)))
