"""A handler file, and a child process that runs it.

Their protocol is described in `ports.handler_runtime`.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO

from msgspec import Struct

from cognito_emulator.ports.function_call import MAX_ANSWER, Call

log = logging.getLogger("emulator.functions")

Stamp = tuple[tuple[str, int, int], ...]
SOURCES = (".py", ".js", ".mjs", ".cjs")
_INSTALLED = frozenset({"node_modules", "site-packages", "venv"})  # and names that begin with a dot
_MOST_FILES = 2_000  # sources that are checked before each call
_HERE = Path(__file__).parent
_LAST_WORDS = 1.0  # seconds for the end of a process that does not answer any more
_LONGEST_LINE = 16 * 1024  # bytes of a line that a handler prints
_INHERITS = sys.platform != "win32"  # a child may be given a pipe beside the three standard ones
_STANDARD_OUTPUT = 1


class Handler(Struct, frozen=True):
    """A function in a file.

    `base` is the folder from which the file was named; Python finds modules there too.
    """

    file: Path
    function: str
    base: Path

    def command(self, descriptor: int) -> list[str]:
        if self.file.suffix == ".py":
            own = [sys.executable, str(_HERE / "handler_runtime.py")]
            return [*own, str(self.file), self.function, str(descriptor), str(self.base)]
        return ["node", str(_HERE / "handler_runtime.mjs"), str(self.file), self.function, str(descriptor)]

    def stamp(self) -> Stamp:
        """Return a value that changes with the sources.

        They are the file, and the sources beside it or in a folder below.
        """
        return tuple(sorted(islice(_sources(str(self.file.parent)), _MOST_FILES)))


def _sources(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield the sources in a folder and below it, without installed ones."""
    below = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # it is gone already
                if entry.name.endswith(SOURCES):
                    known = entry.stat()
                    yield entry.path, known.st_mtime_ns, known.st_size
                elif entry.name[0] not in "._" and entry.name not in _INSTALLED and entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
    for path in below:
        yield from _sources(path)


class Process:
    """A child process that answers calls, one after the other.

    It ends when its standard input does, and so when this process is killed.
    """

    def __init__(
        self, handler: Handler, stamp: Stamp, environment: Mapping[str, str], *, inherits: bool = _INHERITS
    ) -> None:
        """Start the process.

        Without `inherits` its answers come by standard output, and what the handler prints by standard error.
        """
        self.stamp = stamp
        self._name = handler.file.name
        self._child, self._answers, self._printed = (_with_a_pipe if inherits else _with_output)(handler, environment)
        self._ending = threading.Lock()
        self._killed = False
        threading.Thread(target=self._tell, name="handler-log", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return not self._killed and self._child.poll() is None

    def ask(self, call: Call) -> bytes | None:
        """Return the line that answers a call; None if the process ends before."""
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
        """Return its exit status, or a signal's number below 0."""
        return self._child.wait()

    def kill(self) -> None:
        self._killed = True
        if self._child.returncode is not None:
            return  # the number may belong to another process by now
        with suppress(OSError):
            if sys.platform == "win32":
                self._child.kill()  # processes that it started go on
            else:
                os.killpg(self._child.pid, signal.SIGKILL)

    def end(self) -> None:
        """End it now, and close its pipes."""
        with self._ending:
            self.kill()
            self._child.wait()
        with suppress(OSError):
            if self._child.stdin is not None:
                self._child.stdin.close()
        with suppress(OSError):
            self._answers.close()

    def _tell(self) -> None:
        """Write the handler's output into the log."""
        with self._printed as printed:
            while line := printed.readline(_LONGEST_LINE):
                text = line.decode(errors="replace").rstrip()
                if text:
                    log.info("%s: %s", self._name, text)


_Started = tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]  # the process, its answers, what it prints


def _with_a_pipe(handler: Handler, environment: Mapping[str, str]) -> _Started:
    """Start a process whose answers come by a pipe of their own."""
    reading, writing = os.pipe()
    try:
        child = subprocess.Popen(  # noqa: S603 - a file that the user named at the start
            handler.command(writing),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(writing,),
            cwd=handler.file.parent,
            env=dict(environment),
            start_new_session=True,  # so that processes that it starts end with it
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    assert child.stdout is not None  # noqa: S101 - it was asked for
    return child, open(reading, "rb"), child.stdout


def _with_output(handler: Handler, environment: Mapping[str, str]) -> _Started:
    """Start a process whose answers come by its standard output.

    Windows passes no other pipe on.
    """
    child = subprocess.Popen(  # noqa: S603 - a file that the user named at the start
        handler.command(_STANDARD_OUTPUT),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=handler.file.parent,
        env=dict(environment),
        start_new_session=True,
    )
    assert child.stdout is not None and child.stderr is not None  # noqa: S101, PT018 - they were asked for
    return child, child.stdout, child.stderr
