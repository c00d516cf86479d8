"""The functions that Lambda triggers call, found by ARN.

    Router ─┬─ functions bound to an ARN: Python callables (`ports.lambda_callable`),
            │                             handler files (`ports.lambda_process`)
            └─ every other ARN: the Lambda API at an endpoint (`ports.lambda_api`)

"Amazon Cognito invokes Lambda functions synchronously. When called, your Lambda function must respond within 5 seconds"
[docs: cognito-user-pools-working-with-lambda-triggers]. AWS may call a function again after a timeout, without a
promise how often. Here a setting has the number of attempts, one by default, so that a test can see a second call.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from msgspec.structs import replace

from cognito_emulator.domain import strict_json
from cognito_emulator.ports.failing_function import FailingFunction
from cognito_emulator.ports.faults import Faults
from cognito_emulator.ports.function_call import (
    MAX_ANSWER,
    AnswerUnreadable,
    Call,
    Function,
    FunctionFailed,
    FunctionTimedOut,
    FunctionUnreachable,
)
from cognito_emulator.ports.ids import RandomIds
from cognito_emulator.ports.journal import CURRENT, TriggerCall

log = logging.getLogger("emulator.triggers")

LIMIT = 5.0  # seconds; "You can't change this five-second timeout value"
ASYNCHRONOUS_LIMIT = 900.0  # seconds; the longest run of a function [docs: Lambda gettingstarted-limits]


class Triggers(Protocol):
    """The port that calls functions."""

    async def invoke(self, arn: str, event: Mapping[str, Any], *, synchronous: bool = True) -> Any:
        """Call a function and return its decoded answer; None if there is none.

        The function gets a copy of the event. A call that is not `synchronous` (custom senders) returns None as soon as
        it is accepted; its failure is logged.

        Raises:
            FunctionFailed, FunctionTimedOut, FunctionUnreachable, AnswerUnreadable
        """


class Router:
    """Finds the function of an ARN.

    Args:
        elsewhere: has the functions that are not bound; without it they do not exist.
        limit: seconds in which a synchronous call must have answered.
        attempts: the number of calls where a synchronous one times out. No other failure is tried again.
    """

    def __init__(self, elsewhere: Function | None = None, *, limit: float = LIMIT, attempts: int = 1) -> None:
        self.limit = limit
        self.faults = Faults()
        self._attempts = attempts
        self._elsewhere = elsewhere
        self._functions: dict[str, Function] = {}
        self._names: dict[str, Function] = {}
        self._under_way: set[asyncio.Task[FunctionUnreachable | None]] = set()

    def bind(self, arn: str, function: Function) -> None:
        """Bind `function` to `arn`, from now on."""
        self._functions[arn] = function

    def bind_name(self, name: str, function: Function) -> None:
        """Bind `function` to every ARN with that function name.

        A binding of the ARN itself wins.
        """
        self._names[name] = function

    def bindings(self) -> dict[str, Function]:
        """Return a copy of the bindings by ARN."""
        return dict(self._functions)

    def unbind(self, arn: str) -> None:
        function = self._functions.pop(arn, None)
        if function is not None:
            function.stop()

    def bound(self, arn: str) -> Function | None:
        """Return the function that is bound to `arn`."""
        return self._functions.get(arn)

    async def invoke(self, arn: str, event: Mapping[str, Any], *, synchronous: bool = True) -> Any:
        function = self._functions.get(arn) or self._names.get(name_in(arn), self._elsewhere)
        if self.faults:
            function = FailingFunction(self.faults, function, event)
        if function is None:
            raise FunctionUnreachable("ResourceNotFoundException")
        limit = self.limit if synchronous else ASYNCHRONOUS_LIMIT
        call = Call(arn, json.dumps(event).encode(), RandomIds().uuid(), limit, synchronous)
        noted = _note(arn, event, synchronous)
        if synchronous:
            with noted:
                noted.call.answer = answer = await self._answered(function, call)
            return answer
        task = asyncio.get_running_loop().create_task(_unwatched(function, call, noted))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        if function.answers_at_once:
            done, _ = await asyncio.wait({task}, timeout=self.limit)
            if done and (unreachable := task.result()):
                raise unreachable
        return None

    async def _answered(self, function: Function, call: Call) -> Any:
        for _ in range(1, self._attempts):
            try:
                return await _answer(function, call)
            except FunctionTimedOut:
                log.warning("%s did not answer within %s s: it is called again", call.arn, call.limit)
                call = replace(call, request_id=RandomIds().uuid())
        return await _answer(function, call)

    async def settled(self) -> None:
        """Wait for the calls that are not synchronous."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    def stop(self) -> None:
        """Cancel running calls, and stop the functions.

        Call it on the loop's thread, or after the loop.
        """
        for task in list(self._under_way):
            if not task.get_loop().is_closed():
                task.cancel()
        for function in [*self._functions.values(), *self._names.values()]:
            function.stop()


def reaching(endpoint: str | None, functions: Iterable[str] = (), attempts: int = 1) -> Router:
    """Make a router to the Lambda API and to functions elsewhere.

    The Lambda API is at `endpoint`, if there is one. Each of the `functions` is `<name or ARN>=<URL>`, with a URL as
    `ports.lambda_api.LambdaApi` takes it.
    """
    router = Router(attempts=attempts)
    if endpoint or functions:
        from cognito_emulator.ports.lambda_api import LambdaApi  # it imports an HTTP client

        router = Router(LambdaApi(endpoint) if endpoint else None, attempts=attempts)
        for entry in functions:
            name, _, url = entry.partition("=")
            (router.bind if name.startswith("arn:") else router.bind_name)(name, LambdaApi(url))
    return router


def name_in(arn: str) -> str:
    """Return the function's name in an ARN; any other text as a whole.

    The ARN is `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`.
    """
    parts = arn.split(":")
    return parts[6] if len(parts) > 6 and parts[5] == "function" else arn


async def _answer(function: Function, call: Call) -> Any:
    try:
        async with asyncio.timeout(call.limit):
            raw = await function(call)
    except TimeoutError:
        raise FunctionTimedOut from None
    return _decoded(raw)


class _Noted:
    """Notes in the journal how a call went: its time, and why it failed."""

    def __init__(self, call: TriggerCall) -> None:
        self.call = call
        self._started = time.perf_counter()

    def __enter__(self) -> TriggerCall:
        return self.call

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.call.ms = round((time.perf_counter() - self._started) * 1000, 2)
        if error is not None:
            self.call.error = f"{type(error).__name__}: {error}".removesuffix(": ")


def _note(arn: str, event: Mapping[str, Any], synchronous: bool) -> _Noted:
    """Note a call with the current request, if there is a journal."""
    call, entry = TriggerCall(arn, event, synchronous), CURRENT.get()
    if entry is not None:
        entry.triggers = (*entry.triggers, call)
    return _Noted(call)


async def _unwatched(function: Function, call: Call, noted: _Noted) -> FunctionUnreachable | None:
    """Call a function without a waiting caller; return why it was not called at all.

    A failure is written to the log.
    """
    try:
        with noted:
            noted.call.answer = await _answer(function, call)
    except FunctionFailed as error:
        log.warning("%s failed: %s", call.arn, error.message)
    except FunctionTimedOut:
        log.warning("%s did not end within %s s", call.arn, call.limit)
    except AnswerUnreadable:
        pass  # no caller reads it
    except FunctionUnreachable as error:
        log.warning("%s was not called: %s", call.arn, error.code)
        return error
    return None


def _decoded(raw: bytes) -> Any:
    if len(raw) > MAX_ANSWER:
        raise FunctionFailed(f"Response payload size exceeded maximum allowed payload size ({MAX_ANSWER} bytes).")
    try:
        return strict_json.decode(raw) if raw.strip() else None
    except ValueError:
        raise AnswerUnreadable from None
