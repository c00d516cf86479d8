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

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import replica
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.keys import unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World

_REGION = r"([a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})"
_PATH = re.compile(rf"/{_REGION}/?")
_HOST = re.compile(rf"(?:issuer-)?cognito-idp(?:-fips)?\.{_REGION}\.(?:amazonaws\.com|api\.aws)(?::[0-9]{{1,5}})?")


def is_endpoint(path: str) -> bool:
    """Return whether API calls are answered at this path."""
    return path == "/" or _PATH.fullmatch(path) is not None


def told(path: str, host: str) -> str:
    """Return the Region that path or Host name, else ""."""
    found = _PATH.fullmatch(path) or _HOST.fullmatch(host.lower())
    return found[1] if found else ""


def check_region(world: World, operation: str, pool_id: str, account: str, region: str) -> None:
    """Refuse what a secondary Region of the pool does not do.

    Every operation that names a pool calls this.

    Raises:
        OperationNotEnabled, InvalidParameter
    """
    found = world.store.replicas.get((pool_id, region))
    now = world.clock.now()
    if found is not None and found.account == account and found.serves(now):
        replica.check_operation(operation, found.status(now))


def check_told(world: World, operation: str, members: Mapping[str, Any], region: str) -> None:
    """Refuse an unsigned call in a Region where its pool does not accept it.

    Raises:
        OperationNotEnabled, InvalidParameter: a secondary Region does not do this.
        ResourceNotFound: the pool has no replica there.
    """
    pool_id, client_id = _named(world, members)
    pool = world.store.pools.get(pool_id)
    if pool is None or pool.region == region:
        return
    check_region(world, operation, pool.id, pool.account, region)
    if world.find_pool(pool.id, pool.account, region) is None:
        raise errors.client_not_found(client_id) if client_id else errors.pool_not_found(pool_id)


def pool_of(world: World, members: Mapping[str, Any]) -> Pool | None:
    """Return the pool that a call names, by its id, an app client or a token."""
    return world.store.pools.get(_named(world, members)[0])


def _named(world: World, members: Mapping[str, Any]) -> tuple[str, str]:
    """Return the pool and the app client that an unsigned call is about.

    It names a pool, a client or a token.
    """
    claims = unverified(members["AccessToken"])[1] if "AccessToken" in members else {}
    issuer = claims.get("iss")
    by_token = issuer.rsplit("/", 1)[-1] if isinstance(issuer, str) else ""
    client_id = str(members.get("ClientId") or claims.get("client_id", ""))
    client = world.store.clients.get(client_id)
    return members.get("UserPoolId") or (client.pool_id if client else by_token), client_id
