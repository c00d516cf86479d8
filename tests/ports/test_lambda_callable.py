"""Functions that are Python callables, found by ARN."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.ports.function_call import AnswerUnreadable, FunctionFailed, FunctionTimedOut, FunctionUnreachable
from cognito_emulator.ports.handler_runtime import Context
from cognito_emulator.ports.lambda_callable import CallableFunction
from cognito_emulator.ports.triggers import Router

ARN = "arn:aws:lambda:us-east-1:000000000000:function:pre-sign-up"


def invoke(handler: Callable[..., Any], event: dict[str, Any] | None = None, limit: float = 5.0) -> Any:
    router = Router(limit=limit)
    router.bind(ARN, CallableFunction(handler))
    return asyncio.run(router.invoke(ARN, event or {}))


def test_the_answer_is_what_the_callable_returns() -> None:
    assert invoke(lambda event, _: {**event, "b": [1, None]}, {"a": "ä"}) == {"a": "ä", "b": [1, None]}


def test_nothing_returned_is_none() -> None:
    assert invoke(lambda event, _: None) is None


def test_a_callable_gets_a_copy_of_the_event() -> None:
    event: dict[str, Any] = {"response": {}}

    def handler(mine: Any, _: Any) -> Any:
        mine["response"]["autoConfirmUser"] = True
        return mine

    assert invoke(handler, event) == {"response": {"autoConfirmUser": True}}
    assert event == {"response": {}}


def test_an_async_callable_is_awaited() -> None:
    async def handler(event: Any, _: Any) -> Any:
        await asyncio.sleep(0)
        return event

    assert invoke(handler, {"a": 1}) == {"a": 1}


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_a_call_that_timed_out_is_made_again_as_often_as_is_set(attempts: int) -> None:
    held, called = threading.Event(), []

    def too_slow(_: Any, context: Context) -> None:
        called.append(context.aws_request_id)
        held.wait(10)

    router = Router(limit=0.2, attempts=attempts)  # in which each has begun
    router.bind(ARN, CallableFunction(too_slow))
    with pytest.raises(FunctionTimedOut):
        asyncio.run(router.invoke(ARN, {}))
    held.set()
    assert len(called) == len(set(called)) == attempts  # each is a request of its own


def test_the_answer_of_a_later_attempt_is_the_answer() -> None:
    held, called = threading.Event(), []

    def slow_at_first(event: Any, _: Context) -> Any:
        called.append(event)
        return held.wait(10) if len(called) == 1 else event

    router = Router(limit=0.3, attempts=5)  # on a busy machine the second may be late too
    router.bind(ARN, CallableFunction(slow_at_first))
    assert asyncio.run(router.invoke(ARN, {"a": 1})) == {"a": 1}
    held.set()


def test_what_failed_is_not_called_again() -> None:
    called = []

    def fail(event: Any, _: Context) -> None:
        called.append(event)
        raise ValueError("no")

    router = Router(attempts=3)
    router.bind(ARN, CallableFunction(fail))
    with pytest.raises(FunctionFailed):
        asyncio.run(router.invoke(ARN, {}))
    assert len(called) == 1


def test_the_context_has_the_members_of_lambdas() -> None:
    seen: list[Context] = []
    invoke(lambda event, context: seen.append(context))
    (context,) = seen
    assert context.function_name == "pre-sign-up"
    assert context.invoked_function_arn == ARN
    assert 4000 < context.get_remaining_time_in_millis() <= 5000
    assert len(context.aws_request_id) == 36


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("Email not allowed"), "Email not allowed"),
        (KeyError("challengeMetaData"), "'challengeMetaData'"),
        (StopIteration(), ""),
        (TimeoutError("mine"), "mine"),
    ],
)
def test_an_exception_is_the_functions_failure(error: Exception, message: str) -> None:
    def handler(event: Any, context: Any) -> None:
        raise error

    async def slow(event: Any, context: Any) -> None:
        raise error

    for each in (handler, slow) if not isinstance(error, StopIteration) else (handler,):
        with pytest.raises(FunctionFailed) as caught:
            invoke(each)
        assert caught.value.message == message


def test_a_callable_that_exits_ends_only_its_call() -> None:
    with pytest.raises(
        FunctionFailed, match=r"^RequestId: [-0-9a-f]{36} Error: Runtime exited with error: exit status 3$"
    ):
        invoke(lambda event, context: sys.exit(3))


def test_what_is_no_json_fails_as_in_lambdas_runtime() -> None:
    with pytest.raises(
        FunctionFailed, match=r"^Unable to marshal response: Object of type set is not JSON serializable$"
    ):
        invoke(lambda event, context: {1, 2})


def test_nan_is_no_json() -> None:
    with pytest.raises(AnswerUnreadable):
        invoke(lambda event, context: float("nan"))


def test_an_answer_above_six_megabytes_is_refused() -> None:
    assert len(invoke(lambda event, context: "x" * (6 * 1024 * 1024 - 2))) == 6 * 1024 * 1024 - 2
    with pytest.raises(FunctionFailed, match="exceeded maximum allowed payload size"):
        invoke(lambda event, context: "x" * (6 * 1024 * 1024 - 1))


def test_a_callable_that_does_not_answer_times_out() -> None:
    go_on = threading.Event()
    with pytest.raises(FunctionTimedOut):
        invoke(lambda event, context: go_on.wait(10), limit=0.05)
    go_on.set()


def test_an_async_callable_that_does_not_answer_is_cancelled() -> None:
    ended: list[str] = []

    async def handler(event: Any, context: Any) -> None:
        try:
            await asyncio.sleep(10)
        finally:
            ended.append("cancelled")

    with pytest.raises(FunctionTimedOut):
        invoke(handler, limit=0.05)
    assert ended == ["cancelled"]


def test_an_arn_that_nobody_bound_is_no_function() -> None:
    with pytest.raises(FunctionUnreachable) as caught:
        asyncio.run(Router().invoke(ARN, {}))
    assert caught.value.code == "ResourceNotFoundException"


def test_an_arn_can_be_forgotten() -> None:
    router = Router()
    router.bind(ARN, CallableFunction(lambda event, context: 1))
    assert asyncio.run(router.invoke(ARN, {})) == 1
    router.unbind(ARN)
    with pytest.raises(FunctionUnreachable):
        asyncio.run(router.invoke(ARN, {}))


def test_an_asynchronous_call_is_not_waited_for_and_its_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    go_on, done = threading.Event(), threading.Event()

    def handler(event: Any, context: Any) -> None:
        go_on.wait(10)
        done.set()
        raise ValueError("no mail today")

    async def work() -> None:
        router = Router(limit=0.01)  # which is for calls that are waited for
        router.bind(ARN, CallableFunction(handler))
        assert await router.invoke(ARN, {}, synchronous=False) is None
        assert not done.is_set()
        go_on.set()
        await router.settled()
        assert done.is_set()

    asyncio.run(work())
    assert f"{ARN} failed: no mail today" in caplog.text


def test_an_asynchronous_call_to_no_function_fails_at_once() -> None:
    with pytest.raises(FunctionUnreachable):
        asyncio.run(Router().invoke(ARN, {}, synchronous=False))


def test_an_async_callable_that_exits_ends_nothing_else() -> None:
    async def handler(_event: Any, _: Any) -> None:
        sys.exit(3)

    with pytest.raises(FunctionFailed, match=r"^RequestId: \S+ Error: Runtime exited with error: exit status 3$"):
        invoke(handler)


def test_an_async_callable_that_is_cancelled_has_failed() -> None:
    async def handler(_event: Any, _: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    with pytest.raises(FunctionFailed, match=r"^The handler was cancelled\.$"):
        invoke(handler)


def test_an_async_callable_ends_when_nobody_waits_any_more() -> None:
    ended = []

    async def handler(_event: Any, _: Any) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    with pytest.raises(FunctionTimedOut):
        invoke(handler, limit=0.05)
    assert ended


@pytest.mark.parametrize("answer", ["\ud800", {"a": {"\ud800": 1}}, [float("inf")], float("nan")], ids=repr)
def test_an_answer_that_could_not_be_sent_on_is_unreadable(answer: Any) -> None:
    with pytest.raises(AnswerUnreadable):
        invoke(lambda event, _: answer)


def test_an_error_of_half_characters_can_be_told() -> None:
    def handler(_event: Any, _: Any) -> None:
        raise ValueError("no \ud800")

    with pytest.raises(FunctionFailed, match=r"^no \?$"):
        invoke(handler)
