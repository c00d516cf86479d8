"""Tokens for machines: an app client proves itself by its secret and gets an access token of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from emulator.domain import errors
from emulator.domain.client import Client
from emulator.domain.client_oauth import STANDARD_SCOPES
from emulator.domain.token import client_claims

if TYPE_CHECKING:
    from emulator.world import World


def granted(client: Client, wanted: Sequence[str] | None) -> list[str]:
    """The custom scopes of a machine's token: those asked for, or all of the client's.

    Raises:
        InvalidParameter: a scope that the client does not have.
    """
    allowed = [scope for scope in client.scopes if scope not in STANDARD_SCOPES]
    for scope in wanted or ():
        if scope not in allowed:
            raise errors.InvalidParameter(f"Invalid scope requested: {scope}")
    return list(dict.fromkeys(wanted)) if wanted else allowed


async def issue(world: World, client_id: str, scopes: Sequence[str]) -> dict[str, Any]:
    """ClientAuthenticationResult: an access token without a user.

    Raises:
        ResourceNotFound: the client went away meanwhile.
    """
    pool, _ = world.client(client_id)
    keys = await world.keys.of(pool.id)
    pool, client = world.client(client_id)
    claims = client_claims(client, scopes, world.issuer(pool), int(world.clock.now()), world.ids.uuid())
    return {
        "AccessToken": keys.access_key.sign(claims),
        "ExpiresIn": client.validity.access,
        "TokenType": "Bearer",
    }
