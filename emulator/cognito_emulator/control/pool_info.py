"""What programs are told of a pool.

`/_emulator/info` tells it, and the emulator when it is ready.
"""

from __future__ import annotations

from typing import Any

from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.world import World


def pool_info(world: World, pool: Pool) -> dict[str, Any]:
    clients = world.store.clients.where("pool", pool.id)
    return {
        "id": pool.id,
        "name": pool.name,
        "issuer": world.issuer(pool),
        "jwks": f"{world.public_url}/{pool.id}/.well-known/jwks.json",
        "clients": [{"id": client.id, "name": client.name, "secret": bool(client.secrets)} for client in clients],
    }
