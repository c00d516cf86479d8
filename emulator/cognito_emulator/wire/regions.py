"""In which Region an unsigned call arrives. Signed ones say it in their signature; of the others AWS's hosts tell, and
here the host's real name or a path. Nothing told is the pool's own Region.

    cognito-idp.eu-west-1.amazonaws.com       the real name
    http://localhost:9229/eu-west-1           an endpoint of one's own, for SDKs
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
    """Whether API calls are answered at this path."""
    return path == "/" or _PATH.fullmatch(path) is not None


def told(path: str, host: str) -> str:
    """The Region that path or Host name, else ""."""
    found = _PATH.fullmatch(path) or _HOST.fullmatch(host.lower())
    return found[1] if found else ""


def placed(world: World, operation: str, members: Mapping[str, Any], region: str) -> World:
    """The world as the call sees it that arrived in that Region: as it is, or from a secondary Region of the pool.

    Raises:
        OperationNotEnabled, InvalidParameter: a secondary Region does not do this.
    """
    pool = pool_of(world, members)
    if pool is None or pool.region == region:
        return world
    world.check_region(operation, pool.id, pool.account, region)
    return world.away_in(region)


def pool_of(world: World, members: Mapping[str, Any]) -> Pool | None:
    """The pool that a call is about, by what it names: pool, app client or token."""
    client = world.store.clients.get(members.get("ClientId", ""))
    issuer = unverified(members["AccessToken"])[1].get("iss") if "AccessToken" in members else None
    by_token = issuer.rsplit("/", 1)[-1] if isinstance(issuer, str) else ""
    return world.store.pools.get(members.get("UserPoolId") or (client.pool_id if client else by_token))
