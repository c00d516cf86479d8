"""The Region in which an unsigned call arrives.

A signed call has it in its signature. For the others AWS's host names have it; here the real host name or a path has
it. Without either it is the pool's own Region.

    cognito-idp.eu-west-1.amazonaws.com       the real name
    http://localhost:9229/eu-west-1           an endpoint of its own, for SDKs
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.ports.keys import unverified

if TYPE_CHECKING:
    from cognito_emulator.domain.pools.pool import Pool
    from cognito_emulator.world import World

_REGION = r"([a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})"
_PATH = re.compile(rf"/{_REGION}/?")
_HOST = re.compile(rf"(?:issuer-)?cognito-idp(?:-fips)?\.{_REGION}\.amazonaws\.com(?::[0-9]{{1,5}})?")


def is_endpoint(path: str) -> bool:
    """Return whether API calls are answered at this path."""
    return path == "/" or _PATH.fullmatch(path) is not None


def told(path: str, host: str) -> str:
    """Return the Region that path or Host name, else ""."""
    found = _PATH.fullmatch(path) or _HOST.fullmatch(host.lower())
    return found[1] if found else ""


def placed(world: World, operation: str, members: Mapping[str, Any], region: str) -> World:
    """Return the world as a call in that Region sees it.

    It is the world itself, or the view from a secondary Region of the pool.

    Raises:
        OperationNotEnabled, InvalidParameter: a secondary Region does not have this operation.
    """
    pool = _pool_of(world, members)
    if pool is None or pool.region == region:
        return world
    world.check_region(operation, pool.id, pool.account, region)
    return world.away_in(region)


def _pool_of(world: World, members: Mapping[str, Any]) -> Pool | None:
    """The pool that an unsigned call is about, by what it names: pool, app client or token."""
    client = world.store.clients.get(members.get("ClientId", ""))
    issuer = unverified(members["AccessToken"])[1].get("iss") if "AccessToken" in members else None
    by_token = issuer.rsplit("/", 1)[-1] if isinstance(issuer, str) else ""
    return world.store.pools.get(members.get("UserPoolId") or (client.pool_id if client else by_token))
