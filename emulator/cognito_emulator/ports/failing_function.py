"""A function behind the faults of triggers: each call of it may be struck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.faults import BAD_ANSWER, FAILED, TIMEOUT, TRIGGER, UNREACHABLE, Fault, Occasion
from cognito_emulator.ports.faults import Faults, wait
from cognito_emulator.ports.function_call import Call, Function, FunctionFailed, FunctionTimedOut, FunctionUnreachable

_OTHER_NAMES = {"TokenGeneration": "PreTokenGeneration"}


def occasion_of(event: Mapping[str, Any]) -> Occasion:
    """Return what a rule may match of a call: trigger, source, pool, client, user."""
    source = str(event.get("triggerSource", ""))
    name = source.partition("_")[0]
    context = event.get("callerContext")
    user = event.get("userName")
    attributes = (event.get("request") or {}).get("userAttributes") or {}
    names = [user, *(attributes.get(one) for one in ("sub", "email", "phone_number"))]
    return Occasion(
        TRIGGER,
        (_OTHER_NAMES.get(name, name), source),
        pool=str(event.get("userPoolId", "")),
        client=str(context.get("clientId", "")) if isinstance(context, Mapping) else "",
        users=frozenset(text.lower() for text in names if isinstance(text, str)),
    )


class FailingFunction:
    """Asks for a fault at each call, so that a second attempt may pass.

    Args:
        inner: the function itself; None where there is none.
    """

    def __init__(self, faults: Faults, inner: Function | None, event: Mapping[str, Any]) -> None:
        self.answers_at_once = inner.answers_at_once if inner is not None else True
        self._faults, self._inner = faults, inner
        self._occasion = occasion_of(event)

    async def __call__(self, call: Call) -> bytes:
        fault = self._faults.strike(self._occasion)
        if fault is not None:
            await wait(fault)
            if (answer := _ending(fault)) is not None:
                return answer
        if self._inner is None:
            raise FunctionUnreachable("ResourceNotFoundException")
        return await self._inner(call)

    def stop(self) -> None:
        """Stop nothing: the function itself is stopped where it is bound."""


def _ending(fault: Fault) -> bytes | None:
    """Return the answer of a call that is struck; None if it is made all the same.

    Raises:
        FunctionFailed, FunctionTimedOut, FunctionUnreachable
    """
    if fault.drop:
        raise FunctionUnreachable("ServiceException")
    failure = fault.failure
    if failure is None:
        return None
    if failure.code == TIMEOUT:
        raise FunctionTimedOut
    if failure.code == FAILED:
        raise FunctionFailed(failure.message)
    if failure.code == BAD_ANSWER:
        return b"no JSON"
    raise FunctionUnreachable("ServiceException" if failure.code == UNREACHABLE else failure.code)
