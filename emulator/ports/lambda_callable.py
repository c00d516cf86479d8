"""Functions that are Python callables of this process."""

from __future__ import annotations

import inspect
import json
import signal
from collections.abc import Callable
from typing import Any

from emulator.ports.handler_runtime import Context
from emulator.ports.threads import on_thread
from emulator.ports.triggers import Call, FunctionFailed


class CallableFunction:
    """Calls `handler(event, context)`: an `async def` on the emulator's loop, anything else on a thread, where it may
    call the emulator and wait for the answer."""

    answers_at_once = False

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self._handler = handler

    async def __call__(self, call: Call) -> bytes:
        event, context = json.loads(call.event), Context(call.arn, call.request_id, call.limit)
        if inspect.iscoroutinefunction(self._handler):
            try:
                answer = await self._handler(event, context)
            except Exception as error:
                raise FunctionFailed(str(error)) from error
        else:
            answer = await on_thread(lambda: self._called(event, context), "trigger")
        try:
            return json.dumps(answer).encode()
        except (TypeError, ValueError, RecursionError) as error:
            # As Lambda's Python runtime words it (Runtime.MarshalError).
            raise FunctionFailed(f"Unable to marshal response: {error}") from error

    def stop(self) -> None:
        """There is nothing to end."""

    def _called(self, event: Any, context: Context) -> Any:
        try:
            return self._handler(event, context)
        except SystemExit as error:
            # sys.exit ends a function's process; this one is not its own.
            status = error.code if isinstance(error.code, int) else int(error.code is not None)
            raise FunctionFailed(exited(context.aws_request_id, status)) from error
        except Exception as error:
            raise FunctionFailed(str(error)) from error


def exited(request_id: str, status: int) -> str:
    """The errorMessage for a process that ended while it was called; `status` below 0 is a signal's number."""
    if status == 0:
        return f"RequestId: {request_id} Error: Runtime exited without providing a reason"
    how = f"exit status {status}" if status > 0 else f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
    return f"RequestId: {request_id} Error: Runtime exited with error: {how}"
