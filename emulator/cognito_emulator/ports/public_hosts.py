"""Connections to hosts of the internet, for the proxy.

None goes to this machine or its network.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from cognito_emulator.domain.hosts import is_public_address
from cognito_emulator.ports.web import addresses_of

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class NotPublic(OSError):
    """A host has an address that is not on the public internet."""


async def reach(
    make: Callable[[], asyncio.Protocol], host: str, port: int, resolve: Resolve = addresses_of
) -> asyncio.Transport:
    """Connect to a host, at the address that was checked.

    Raises:
        OSError: it has no address, or does not answer.
        NotPublic: one of its addresses is not public.
    """
    addresses = await resolve(host, port)
    if not addresses or not all(is_public_address(address) for address in addresses):
        raise NotPublic("only hosts of the public internet are passed on to; name others in NO_PROXY")
    transport, _ = await asyncio.get_running_loop().create_connection(make, addresses[0], port)
    return transport
