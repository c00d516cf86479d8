"""Tell what a request is about: pool, app client and user, all unverified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain.users import names
from cognito_emulator.ports.keys import unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World

_NAMES = ("Username", "username", "UserSub")
_PARAMETERS = ("AuthParameters", "ChallengeResponses")
_TOKENS = ("AccessToken", "access_token", "IdToken", "id_token", "token", "subject_token")
_LONGEST_TOKEN = 16_384


class About(Struct, frozen=True):
    """What a request names; "" where it does not.

    `users` are all names of the user, in lower case.
    """

    pool: str = ""
    client: str = ""
    users: frozenset[str] = frozenset()


def about(world: World, members: Mapping[str, Any], pool: str = "") -> About:
    """Return what members of the API, or parameters of OAuth and of forms, name.

    Args:
        pool: the pool, where something else than the members names it.
    """
    pool = pool or _text(members.get("UserPoolId"))
    client = _text(members.get("ClientId")) or _text(members.get("client_id"))
    typed = set(_typed(members))
    for name in _TOKENS:
        token = _text(members.get(name))
        if token.count(".") == 2 and len(token) <= _LONGEST_TOKEN:
            claims = unverified(token)[1]
            pool = pool or _text(claims.get("iss")).rpartition("/")[2]
            client = client or _text(claims.get("client_id")) or _text(claims.get("aud"))
            typed |= {_text(claims.get(one)) for one in ("username", "cognito:username", "sub")}
    if not pool and client:
        known = world.store.clients.get(client)
        pool = known.pool_id if known else ""
    return About(pool, client, frozenset(_all_names(world, pool, typed - {""})))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _typed(members: Mapping[str, Any]) -> Iterator[str]:
    for name in _NAMES:
        yield _text(members.get(name))
    for name in _PARAMETERS:
        parameters = members.get(name)
        if isinstance(parameters, Mapping):
            yield _text(parameters.get("USERNAME"))


def _all_names(world: World, pool_id: str, typed: set[str]) -> Iterator[str]:
    """Yield the names as typed, and every other name of the users that they lead to."""
    pool = world.store.pools.get(pool_id)
    for name in typed:
        yield name.lower()
        user = None
        if pool is not None:
            user = world.store.users.get((pool.id, name)) or names.find(world.store, pool, name)
        if user is not None:
            known = (user.username, user.sub, user.get("email"), user.get("phone_number"))
            yield from (one.lower() for one in known if one)
