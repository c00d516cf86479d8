"""Long lists on pages: a part of them at a time, and fields that offer a choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct
from starlette.exceptions import HTTPException

from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.world import World

T = TypeVar("T")
PAGE = 200
MOST_OFFERED = 500  # entries of a field to choose from; where there are more, the field takes a text


class Part(Struct, Generic[T], frozen=True):
    """The rows of one page.

    `next` is where the next page begins, 0 where there is none.
    """

    rows: Sequence[T]
    after: int
    next: int
    total: int


def place_of(values: Mapping[str, str]) -> int:
    """Return where a page begins, by the value `after` of its address.

    Raises:
        HTTPException: 400
    """
    after = values.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        raise HTTPException(400, "'after' must be the place where a page begins.")
    return int(after)


def part_of(rows: Sequence[T], values: Mapping[str, str]) -> Part[T]:
    """Return the rows of the page that an address asks for.

    Raises:
        HTTPException: 400
    """
    after, total = place_of(values), len(rows)
    end = after + PAGE
    return Part(rows[after:end], after, end if end < total else 0, total)


def offered_groups(world: World, pool: Pool) -> Sequence[str] | None:
    """Return the names of a pool's groups.

    None where they are too many to choose from.
    """
    groups = world.store.groups
    if groups.count("pool", pool.id) > MOST_OFFERED:
        return None
    return [group.name for group in groups.where("pool", pool.id)]
