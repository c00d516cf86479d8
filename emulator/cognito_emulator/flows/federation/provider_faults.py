"""Apply faults to calls to identity providers: down, slow, or answering an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cognito_emulator.domain.faults import IDP, TIMEOUT, UNREACHABLE, Failure, Occasion
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.ports.faults import wait
from cognito_emulator.ports.web import Answer, WebError, WebTimeout

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def strike(world: World, url: str, provider: Provider | None, seconds: float) -> Answer | None:
    """Return the answer of the rule that strikes a call, if it has one.

    Args:
        provider: None where the call is for none of a user pool's providers.
        seconds: the time that the call has; a rule that is slower ends it.

    Raises:
        WebError
    """
    pool, name = (provider.pool_id, provider.name) if provider is not None else ("", "")
    fault = world.faults.strike(Occasion(IDP, (name,) if name else (), path=url.partition("?")[0], pool=pool))
    if fault is None:
        return None
    if fault.latency_ms >= seconds * 1000:
        raise WebTimeout("a fault: it has not answered in time")
    await wait(fault)
    if fault.drop:
        raise WebError("a fault: it has closed the connection")
    return None if fault.failure is None else _answer(fault.failure)


def _answer(failure: Failure) -> Answer:
    """Return a provider's error.

    Raises:
        WebError
    """
    if failure.code == TIMEOUT:
        raise WebTimeout("a fault: it has not answered in time")
    if failure.code == UNREACHABLE:
        raise WebError("a fault: it cannot be reached")
    told = {"error": failure.code or "server_error", "error_description": failure.message}
    return Answer(failure.status, {"content-type": "application/json"}, json.dumps(told).encode())
