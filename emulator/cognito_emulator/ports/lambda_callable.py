"""Functions that are Python callables of this process."""

from __future__ import annotations

import asyncio
import inspect
import json
import signal
from collections.abc import Callable
from typing import Any

from cognito_emulator.domain import strict_json
from cognito_emulator.ports.function_call import Call, FunctionFailed
from cognito_emulator.ports.handler_runtime import Context
from cognito_emulator.ports.threads import on_thread


class CallableFunction:
    """Calls `handler(event, context)` in this process.

    An `async def` runs on the emulator's loop. Any other function runs on a thread, where it may call the emulator and
    wait for the answer.
    """

    answers_at_once = False

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self._handler = handler

    async def __call__(self, call: Call) -> bytes:
        event, context = strict_json.decode_own(call.event), Context(call.arn, call.request_id, call.limit)
        if inspect.iscoroutinefunction(self._handler):
            answer = await self._awaited(event, context)
        else:
            answer = await on_thread(lambda: self._called(event, context), "trigger")
        try:
            return json.dumps(answer).encode()
        except (TypeError, ValueError, RecursionError) as error:
            # In the words of Lambda's Python runtime (Runtime.MarshalError).
            raise FunctionFailed(f"Unable to marshal response: {error}") from error

    def stop(self) -> None:
        """Do nothing: there is no process to end."""

    async def _awaited(self, event: Any, context: Context) -> Any:
        # In a task of its own: a cancellation by the handler must not end the request.
        task = asyncio.ensure_future(self._in_task(event, context))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # read, also without a waiting caller
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        if task.cancelled():
            raise FunctionFailed("The handler was cancelled.")
        return task.result()

    async def _in_task(self, event: Any, context: Context) -> Any:
        # Only the task's own error may leave it: SystemExit would end the loop, and with it the emulator.
        try:
            return await self._handler(event, context)
        except (SystemExit, Exception) as error:
            raise _failure(error, context) from error

    def _called(self, event: Any, context: Context) -> Any:
        try:
            return self._handler(event, context)
        except (SystemExit, Exception) as error:
            raise _failure(error, context) from error


def _failure(error: SystemExit | Exception, context: Context) -> FunctionFailed:
    if isinstance(error, SystemExit):
        # sys.exit ends a function's process, but this process is the emulator's.
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
        return FunctionFailed(exited(context.aws_request_id, status))
    return FunctionFailed(str(error))


def exited(request_id: str, status: int) -> str:
    """Return the errorMessage for a process that ended during a call.

    A `status` below 0 is a signal's number.
    """
    if status == 0:
        return f"RequestId: {request_id} Error: Runtime exited without providing a reason"
    how = f"exit status {status}" if status > 0 else f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
    return f"RequestId: {request_id} Error: Runtime exited with error: {how}"
