"""Functions that are handler files, each run in warm child processes.

As in Lambda, one process answers one call at a time; calls that come meanwhile get another process. A handler may
therefore call the emulator, which may call the handler again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping

from cognito_emulator.domain import strict_json
from cognito_emulator.ports.function_call import Call, FunctionFailed, FunctionTimedOut, FunctionUnreachable
from cognito_emulator.ports.handler_process import Handler, Process, Stamp
from cognito_emulator.ports.lambda_callable import exited
from cognito_emulator.ports.threads import on_thread

log = logging.getLogger("emulator.functions")

MAX_PROCESSES = 16  # of one function; a handler that calls itself without end reaches it, or the time limit
MAX_IDLE = 2


class HandlerFunction:
    """Calls a handler file.

    Args:
        environment: that of its processes; called at the start of each.
    """

    answers_at_once = False

    def __init__(self, handler: Handler, environment: Callable[[], Mapping[str, str]]) -> None:
        self.handler = handler
        self._environment = environment
        self._changed = threading.Condition()
        self._idle: list[Process] = []
        self._all: set[Process] = set()
        self._stopped = False

    async def __call__(self, call: Call) -> bytes:
        job = _Job()
        try:
            return await on_thread(lambda: self._run(call, job), "handler")
        except asyncio.CancelledError:
            job.give_up()
            raise

    def stop(self) -> None:
        """End all processes; none starts again."""
        with self._changed:
            self._stopped = True
            ending, self._idle = set(self._all), []
            self._changed.notify_all()
        for process in ending:
            process.end()

    def _run(self, call: Call, job: _Job) -> bytes:
        process = self._take(call.limit)
        answer = None
        try:
            if job.takes(process):
                answer = process.ask(call)
        finally:
            self._give_back(process, usable=answer is not None and answer[:1] != b"L")
        if answer is None:
            raise FunctionFailed(exited(call.request_id, process.ended()))
        if answer[:1] in (b"E", b"L"):
            raise FunctionFailed(strict_json.decode_own(answer[1:])["errorMessage"])
        return answer[1:]

    def _take(self, limit: float) -> Process:
        """Return a free process, or a new one.

        Raises:
            FunctionTimedOut: the maximum of processes is busy.
            FunctionUnreachable: the emulator stops, or there is nothing to run the file with.
        """
        stamp, until = self.handler.stamp(), time.monotonic() + limit
        with self._changed:
            while not self._stopped:
                while self._idle:
                    process = self._idle.pop()
                    if process.is_alive and process.stamp == stamp:
                        return process
                    self._drop(process)
                if len(self._all) < MAX_PROCESSES:
                    return self._start(stamp)
                if not self._changed.wait(max(0.0, until - time.monotonic())):
                    raise FunctionTimedOut
        raise FunctionUnreachable("ServiceException")

    def _start(self, stamp: Stamp) -> Process:
        try:
            process = Process(self.handler, stamp, self._environment())
        except (OSError, ValueError) as error:  # ValueError: Windows passes no further pipe to a child
            log.error("%s cannot be run: %s", self.handler.file, error)
            raise FunctionUnreachable("ServiceException") from error
        self._all.add(process)
        return process

    def _give_back(self, process: Process, *, usable: bool) -> None:
        with self._changed:
            if usable and process.is_alive and not self._stopped and len(self._idle) < MAX_IDLE:
                self._idle.append(process)
            else:
                self._drop(process)
            self._changed.notify()

    def _drop(self, process: Process) -> None:
        self._all.discard(process)
        process.end()


class _Job:
    """One call and its process: cancelling the call ends the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._given_up = False

    def takes(self, process: Process) -> bool:
        """Return whether the call is still wanted."""
        with self._lock:
            self._process = process
            return not self._given_up

    def give_up(self) -> None:
        with self._lock:
            self._given_up = True
            if self._process is not None:
                self._process.kill()
