"""Groups and memberships."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Group(Struct, frozen=True, gc=False):
    """A group of a pool; its key is (pool_id, name).

    The lowest precedence wins; none comes last.
    """

    pool_id: str
    name: str
    created: float
    modified: float
    description: str | None = None
    role_arn: str | None = None
    precedence: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.name


class Membership(Struct, frozen=True, gc=False):
    """A user (by sub) in a group; its key is (pool_id, group, sub)."""

    pool_id: str
    group: str
    sub: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.pool_id, self.group, self.sub


def by_precedence(groups: Iterable[Group]) -> list[Group]:
    """Sort groups by precedence, the lowest first, none last.

    Groups of one precedence are sorted by name: AWS promises no order among them.
    """
    return sorted(groups, key=lambda g: (g.precedence is None, g.precedence or 0, g.name))


def preferred_role(groups: Iterable[Group]) -> str | None:
    """Return the role of the group with the lowest precedence.

    Return None where several such groups have different roles [docs: cognito-user-pools-user-groups].
    """
    ranked = [group for group in by_precedence(groups) if group.role_arn]
    if not ranked:
        return None
    best = {group.role_arn for group in ranked if group.precedence == ranked[0].precedence}
    return best.pop() if len(best) == 1 else None
