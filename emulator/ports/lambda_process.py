"""Functions that are handler files, each run in warm child processes: as in Lambda, one process answers one call at a
time, and calls that come meanwhile get another one. So a handler may call the emulator, which may call it again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from emulator.ports.lambda_callable import exited
from emulator.ports.threads import on_thread
from emulator.ports.triggers import MAX_ANSWER, Call, FunctionFailed, FunctionTimedOut, FunctionUnreachable

log = logging.getLogger("emulator.functions")

MAX_PROCESSES = 16  # of one function; a handler that calls itself without end runs into it, and into the time limit
MAX_IDLE = 2
SOURCES = (".py", ".js", ".mjs", ".cjs")
_HERE = Path(__file__).parent
_LAST_WORDS = 1.0  # seconds for a process to end that will not answer any more
_LONGEST_LINE = 16 * 1024  # of what a handler prints


@dataclass(frozen=True, slots=True)
class Handler:
    """A function in a file; `base` is the folder from which the file was named, where Python finds modules too."""

    file: Path
    function: str
    base: Path

    def command(self, descriptor: int) -> list[str]:
        if self.file.suffix == ".py":
            own = [sys.executable, str(_HERE / "handler_runtime.py")]
            return [*own, str(self.file), self.function, str(descriptor), str(self.base)]
        return ["node", str(_HERE / "handler_runtime.mjs"), str(self.file), self.function, str(descriptor)]

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Changes when the file, or source beside it, is edited."""
        found = []
        with suppress(OSError), os.scandir(self.file.parent) as entries:
            for entry in entries:
                if entry.name.endswith(SOURCES):
                    known = entry.stat()
                    found.append((entry.name, known.st_mtime_ns, known.st_size))
        return tuple(sorted(found))


class HandlerFunction:
    """Calls a handler file.

    Args:
        environment: of its processes; asked when one is started.
    """

    answers_at_once = False

    def __init__(self, handler: Handler, environment: Callable[[], Mapping[str, str]]) -> None:
        self.handler = handler
        self._environment = environment
        self._changed = threading.Condition()
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
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
            raise FunctionFailed(json.loads(answer[1:])["errorMessage"])
        return answer[1:]

    def _take(self, limit: float) -> _Process:
        """A process that is free, or a new one.

        Raises:
            FunctionTimedOut: as many as may be are busy.
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

    def _start(self, stamp: tuple[tuple[str, int, int], ...]) -> _Process:
        try:
            process = _Process(self.handler, stamp, self._environment())
        except (OSError, ValueError) as error:  # ValueError: Windows hands no further pipe to a child
            log.error("%s cannot be run: %s", self.handler.file, error)
            raise FunctionUnreachable("ServiceException") from error
        self._all.add(process)
        return process

    def _give_back(self, process: _Process, *, usable: bool) -> None:
        with self._changed:
            if usable and not self._stopped and len(self._idle) < MAX_IDLE:
                self._idle.append(process)
            else:
                self._drop(process)
            self._changed.notify()

    def _drop(self, process: _Process) -> None:
        self._all.discard(process)
        process.end()


class _Job:
    """One call's hold on its process: giving up ends the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._given_up = False

    def takes(self, process: _Process) -> bool:
        """Whether the call is still wanted."""
        with self._lock:
            self._process = process
            return not self._given_up

    def give_up(self) -> None:
        with self._lock:
            self._given_up = True
            if self._process is not None:
                self._process.kill()


class _Process:
    """A child that answers calls, one after the other. It ends when its standard input does, which it also does when
    this process is killed."""

    def __init__(
        self, handler: Handler, stamp: tuple[tuple[str, int, int], ...], environment: Mapping[str, str]
    ) -> None:
        self.stamp = stamp
        self._name = handler.file.name
        reading, writing = os.pipe()
        try:
            self._child = subprocess.Popen(  # noqa: S603 - a file that the user named at the start
                handler.command(writing),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(writing,),
                cwd=handler.file.parent,
                env=dict(environment),
                start_new_session=True,  # so that what it starts ends with it
            )
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._answers = open(reading, "rb")  # noqa: SIM115 - lives as long as the process
        self._ending = threading.Lock()
        threading.Thread(target=self._tell, name="handler-log", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def ask(self, call: Call) -> bytes | None:
        """The line that it answers; None if it ends before."""
        head = json.dumps({"arn": call.arn, "requestId": call.request_id, "limit": call.limit})
        line = head[:-1].encode() + b', "event": ' + call.event + b"}\n"
        assert self._child.stdin is not None  # noqa: S101 - it was asked for
        answer = b""
        with suppress(OSError, ValueError):  # it has ended; end() has closed the pipe
            self._child.stdin.write(line)
            self._child.stdin.flush()
            answer = self._answers.readline(MAX_ANSWER + 3)
        if answer.endswith(b"\n"):
            return answer[:-1]
        if len(answer) > MAX_ANSWER:
            self.kill()
            return answer
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(_LAST_WORDS)
        return None

    def ended(self) -> int:
        """How it ended: its status, or a signal's number below 0."""
        return self._child.wait()

    def kill(self) -> None:
        if self._child.returncode is not None:
            return  # the number may be another's by now
        with suppress(OSError):
            os.killpg(self._child.pid, signal.SIGKILL)

    def end(self) -> None:
        """End it now, and let go of its pipes."""
        with self._ending:
            self.kill()
            self._child.wait()
        with suppress(OSError):
            if self._child.stdin is not None:
                self._child.stdin.close()
        with suppress(OSError):
            self._answers.close()

    def _tell(self) -> None:
        """What it prints, into the log."""
        assert self._child.stdout is not None  # noqa: S101 - it was asked for
        with self._child.stdout as printed:
            while line := printed.readline(_LONGEST_LINE):
                text = line.decode(errors="replace").rstrip()
                if text:
                    log.info("%s: %s", self._name, text)
