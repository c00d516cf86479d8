"""ListUsers: the search for users of a pool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.page import Page, page_of, read_token, slice_of, write_token
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import user_filter
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_filter import Filter

if TYPE_CHECKING:
    from cognito_emulator.world import World

TOKEN_LIFE = 3600
_ADDRESSES = ("email", "phone_number")
_INDEXED = (*_ADDRESSES, user_filter.USERNAME, user_filter.SUB)


def search(
    world: World,
    pool: Pool,
    condition: Filter | None,
    wanted: Sequence[str] | None,
    *,
    limit: int | None,
    token: str | None,
) -> Page[User]:
    """Return a page of ListUsers in the order of creation.

    Equality on user name, sub, email and phone number is a look-up by index. The guide says that results are sorted
    by the attribute that is searched for [docs: how-to-manage-user-accounts]. Each page is.

    Raises:
        InvalidParameter: `wanted` has attributes that can't be requested, or the token is another request's.
    """
    users = world.store.users
    _check_wanted(pool, wanted)
    request, token = _dated(f"ListUsers:{pool.id}:{condition}:{wanted}", token, world.clock.now())
    if condition is None:
        page = page_of(users, "pool", pool.id, request, limit, token)
    elif condition.prefix or condition.attribute not in _INDEXED:
        page = page_of(users, "pool", pool.id, request, limit, token, accept=condition.matches)
        page.items.sort(key=lambda user: condition.value_of(user) or "")
    elif condition.attribute in _ADDRESSES:
        page = page_of(users, condition.attribute, (pool.id, condition.value), request, limit, token)
    else:
        one = _the_one(world, pool, condition)
        page = slice_of([] if one is None else [one], request, limit, token)
    if any(user.get(name) is None for user in page.items for name in wanted or ()):
        raise errors.InvalidParameter("One or more requested attributes do not exist.").because(
            "users.search-attributes", setting="AttributesToGet"
        )
    return replace(page, token=page.token and f"{request.rsplit(':', 1)[1]}.{page.token}")


def _dated(request: str, token: str | None, now: float) -> tuple[str, str | None]:
    """Return `request` with the present second at its end, and `token` made its own.

    ListUsers tokens hold the second of their creation, since they are valid for an hour
    [docs: how-to-manage-user-accounts].

    Raises:
        InvalidParameter: the token is too old, or not a token of this request.
    """
    dated = f"{request}:{int(now)}"
    if token is None:
        return dated, None
    made, _, rest = token.partition(".")
    place = read_token(f"{request}:{made}", rest)
    if not rest or int(made) + TOKEN_LIFE <= now:
        raise errors.InvalidParameter("Invalid pagination token.").because("api.pagination-token")
    return dated, write_token(dated, place)


def _the_one(world: World, pool: Pool, condition: Filter) -> User | None:
    """Return the user that an equality on sub or user name finds.

    A user name is compared with its case, also where sign-in ignores it.
    """
    if condition.attribute == user_filter.SUB:
        return world.store.users.get((pool.id, condition.value))
    user = world.store.users.find("username", (pool.id, pool.fold(condition.value)))
    return user if user is not None and condition.matches(user) else None


def _check_wanted(pool: Pool, wanted: Sequence[str] | None) -> None:
    """Refuse a name in AttributesToGet that the schema does not have.

    An attribute that some user of the page lacks is refused as well [docs: ListUsers].
    """
    if any(pool.attribute(name) is None for name in wanted or ()):
        raise errors.InvalidParameter("One or more requested attributes do not exist.").because(
            "users.search-attributes", setting="AttributesToGet"
        )
