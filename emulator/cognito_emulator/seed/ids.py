"""Ids that a seed fixes, in place of random ones during one call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cognito_emulator.ports.ids import Ids
from cognito_emulator.world import World


class NotTaken(Exception):
    """A fixed id was not used (a pool's, where the tag `_custom_id_` fixes another)."""


class FixedIds:
    """A port of ids that returns each fixed value once, then those of `inner`."""

    def __init__(self, inner: Ids, **fixed: str | None) -> None:
        """Set the fixed values: uuid, pool_suffix, client_id, client_secret, or None."""
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
    """Replace `world.ids` with fixed values, and restore it afterwards.

    Nothing may be awaited inside: other requests would get them.

    Raises:
        NotTaken: the call succeeded without a fixed value, so the id is another.
    """
    inner = world.ids
    ids = world.ids = FixedIds(inner, **fixed)
    try:
        yield
    finally:
        world.ids = inner
    if ids.unused:
        raise NotTaken(", ".join(name.replace("_", " ") for name in sorted(ids.unused)))
