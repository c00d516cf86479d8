"""The user pool of a request, by its Host header.

localhost:9229, 127.0.0.1, …                    the emulator's own: the client id names the pool
<prefix>.auth.localhost                         a prefix domain, for browsers, which resolve *.localhost
<prefix>.auth.<region>.amazoncognito.com        the same by its real name
auth.example.com                                a custom domain
"""

from __future__ import annotations

import re

from msgspec import Struct
from starlette.requests import Request

from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain, key_of
from cognito_emulator.domain.pools import replica
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.pools import replicas
from cognito_emulator.oauth import requests
from cognito_emulator.world import World

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LOCAL = re.compile(rf"({_LABEL})\.auth\.localhost")
_REAL = re.compile(rf"({_LABEL})\.auth(?:-fips)?\.([a-z0-9-]+)\.amazoncognito\.com")


class Place(Struct, frozen=True):
    """The pool and domain at which a request arrived.

    Both are None at the emulator's own host. At a replica's prefix domain the pool is as the replica's Region shows
    it.
    """

    pool: Pool | None = None
    domain: HostedDomain | None = None

    @property
    def managed(self) -> bool:
        """Whether managed login is on; the emulator's own host has it for every pool."""
        return self.domain is None or self.domain.version == 2

    @property
    def away(self) -> str | None:
        """The secondary Region whose prefix domain it is."""
        return self.pool.away if self.pool else None


OWN = Place()


def host_of(request: Request) -> str:
    """Return the requested host, in lower case and without the port.

    Behind a proxy it is the host that the proxy reports.
    """
    named = request.headers.get("x-forwarded-host", "").split(",")[0].strip() or request.headers.get("host", "")
    return re.sub(r":\d+$", "", named.lower()).rstrip(".")


def base(request: Request) -> str:
    """Return the base URL for a provider's redirect back.

    It is `https://<host>` as the browser has it, with the world's prefix.

    A provider accepts only addresses that were registered with it.
    """
    forwarded = request.headers.get("x-forwarded-host", "").split(",")[0].strip()
    host = forwarded or request.headers.get("host", "")
    world: World = request.app.state.world
    return f"{'https' if requests.is_secure(request) else 'http'}://{host}{world.prefix}"


def place(request: Request) -> Place:
    """Return the place at which the request arrived.

    Raises:
        RefusedOnPage: the domain is no pool's.
    """
    world: World = request.app.state.world
    return find(world, host_of(request))


def find(world: World, host: str) -> Place:
    """Return the place of a host name in lower case without a port.

    Raises:
        RefusedOnPage: the name is one of a prefix domain, and no pool has it.
    """
    local, real = _LOCAL.fullmatch(host), _REAL.fullmatch(host)
    if local:
        found = _local(world, local[1])
    elif real:
        found = world.store.domains.get(key_of(real[1], real[2]))
    else:
        found = world.store.domains.get(key_of(host, "")) if "." in host else None
        if found is None:
            return OWN
    pool = world.store.pools.get(found.pool_id) if found else None
    if found is not None and pool is not None and not found.serves(pool):
        pool = world.find_pool(pool.id, pool.account, found.region)
        if pool is not None and not replicas.is_active(world, pool):
            raise RefusedOnPage(replica.not_enabled("Sign-in").message).because(
                "pools.replica-not-here", value="Sign-in"
            )
    if found is None or pool is None:
        raise RefusedOnPage("User pool domain does not exist.", status=404).because("hosted.domain-unknown")
    return Place(pool, found)


def _local(world: World, name: str) -> HostedDomain | None:
    """Return the prefix domain of that name.

    A prefix belongs to one Region. Where several Regions have it, the settings' Region comes first, then the oldest
    domain.
    """
    here = world.store.domains.get(key_of(name, world.settings.region))
    return here or world.store.domains.first("name", name)
