"""User import from CSV files: the header of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.domain.user_csv import header
from emulator.wire.registry import Caller, operation
from emulator.world import World


@operation("GetCSVHeader")
async def get_csv_header(world: World, *, caller: Caller, user_pool_id: str) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserPoolId": pool.id, "CSVHeader": header(pool.schema)}
