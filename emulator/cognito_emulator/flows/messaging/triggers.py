"""Calls of Lambda triggers by one function, `run`.

The rules for the answer of each trigger are with its use case. A pool without such a trigger gets the neutral answer.
A failing function refuses the request with AWS's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.function_call import AnswerUnreadable, FunctionFailed, FunctionTimedOut, FunctionUnreachable

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def run(
    world: World,
    pool: Pool,
    name: str,
    source: str,
    *,
    username: str | None,
    request: Mapping[str, Any],
    response: Mapping[str, Any] = trigger.EMPTY,
    caller: Caller,
    version: int = 1,
) -> Mapping[str, Any] | None:
    """Return the `response` of the function for trigger `name`; None without one.

    `source` is the part of triggerSource after the underscore (`trigger.source_of`). `response` holds the fields
    before the function fills them in. After this call a record must be looked up again before it is written.

    Raises:
        UserLambdaValidation: the function refused, or crashed.
        UnexpectedLambda: it could not be called, or did not answer in time.
        InvalidLambdaResponse: its answer is not the event.
    """
    arn = trigger.function_of(pool, name)
    if arn is None:
        return None
    sent = trigger_event.event(
        pool, trigger_event.source_of(name, source), username, request, response, caller=caller, version=version
    )
    return _response(await _invoke(world, name, arn, sent))


async def notify(
    world: World, pool: Pool, name: str, source: str, *, username: str, request: Mapping[str, Any], caller: Caller
) -> None:
    """Call a custom sender, if `pool` has one, and do not wait for it.

    Its event has no `response` [observed: DefinitelyTyped/DefinitelyTyped#52111].

    Raises:
        UnexpectedLambda: it could not be called.
    """
    arn = trigger.function_of(pool, name)
    if arn is not None:
        event = trigger_event.event(
            pool, trigger_event.source_of(name, source), username, request, trigger.EMPTY, caller=caller
        )
        del event["response"]
        await _invoke(world, name, arn, event, synchronous=False)


async def _invoke(world: World, name: str, arn: str, event: Mapping[str, Any], *, synchronous: bool = True) -> Any:
    try:
        return await world.triggers.invoke(arn, event, synchronous=synchronous)
    except FunctionFailed as failed:
        raise errors.UserLambdaValidation(f"{name} failed with error {failed.message}.").because(
            "triggers.refused", value=name
        ) from None
    except FunctionTimedOut:
        text = f"{name} invocation failed due to error Socket timeout while invoking Lambda function."
        raise errors.UnexpectedLambda(text).because("triggers.failed", value=name) from None
    except FunctionUnreachable as unreachable:
        raise errors.UnexpectedLambda(f"{name} invocation failed due to error {unreachable.code}.").because(
            "triggers.failed", value=name
        ) from None
    except AnswerUnreadable:
        raise errors.no_json_answer() from None


def _response(answer: Any) -> Mapping[str, Any]:
    """Return the `response` of a function's answer.

    The function must return the whole event [docs: cognito-user-pools-working-with-lambda-triggers]. Only its
    `response` is read.
    """
    if answer is None:
        raise errors.no_json_answer()
    if not isinstance(answer, Mapping) or not isinstance(answer.get("response"), Mapping):
        raise errors.unrecognizable_answer()
    found: Mapping[str, Any] = answer["response"]
    return found


def flag(response: Mapping[str, Any], name: str) -> bool:
    """Return a field that is true or false; absent and null are false.

    Raises:
        InvalidLambdaResponse: anything else.
    """
    value = response.get(name)
    if value is not None and not isinstance(value, bool):
        raise errors.unrecognizable_answer()
    return bool(value)


def text(response: Mapping[str, Any], name: str) -> str | None:
    """Return a field that holds a text or null.

    Raises:
        InvalidLambdaResponse: anything else.
    """
    value = response.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.unrecognizable_answer()
    return value


def texts(response: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return a field that holds a map of texts.

    Absent and null are an empty map. Null values in it are left out.

    Raises:
        InvalidLambdaResponse: anything else.
    """
    value = response.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(item is None or isinstance(item, str) for item in value.values()):
        raise errors.unrecognizable_answer()
    return {key: item for key, item in value.items() if item is not None}
