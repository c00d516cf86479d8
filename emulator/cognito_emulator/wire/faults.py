"""Apply faults to API calls, once the operation is known, before validation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.faults import API, Occasion, api_error
from cognito_emulator.ports.faults import MODELLED, Dropped, wait
from cognito_emulator.wire.about import about

if TYPE_CHECKING:
    from cognito_emulator.wire.model import OperationModel
    from cognito_emulator.world import World


async def strike(world: World, model: OperationModel, value: Any, region: str) -> None:
    """Let a call go on, wait, fail or be cut off, as the rules say.

    Raises:
        ApiError: the error of a rule.
        Dropped: the connection is to be cut.
    """
    MODELLED.set(model.errors)
    found = about(world, value if isinstance(value, Mapping) else {})
    occasion = Occasion(
        API,
        (model.name,),
        pool=found.pool,
        client=found.client,
        users=found.users,
        service=model.service,
        region=region,
    )
    fault = world.faults.strike(occasion)
    if fault is None:
        return
    await wait(fault)
    if fault.drop:
        raise Dropped
    if fault.failure is not None:
        raise api_error(fault.failure)
