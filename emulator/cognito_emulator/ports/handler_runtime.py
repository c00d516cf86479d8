"""The program that runs a Python handler file in a process of its own.

`ports.handler_process` starts it by its path.

    python handler_runtime.py <file> <function> <descriptor> [<more of sys.path>]

It reads calls from standard input, a line of JSON each. For each it writes a line to the descriptor: `A` and the
answer's JSON, or `E` and `{"errorType", "errorMessage"}`, or `L` and the same as its last line. The handler's output
goes to standard output; where that is the descriptor, to standard error. It imports no module of the package: the
handler has the process to itself.
"""

from __future__ import annotations

import json
import os
import sys
import time
from types import SimpleNamespace
from typing import Any


class Context:
    """The context object of a handler [docs: Lambda python-context]."""

    client_context = None

    def __init__(self, arn: str, request_id: str, limit: float) -> None:
        """Set the attributes; `limit` is the seconds until the call times out."""
        name = arn.split(":")[6] if arn.count(":") >= 6 else arn
        self.function_name = name
        self.function_version = "$LATEST"
        self.invoked_function_arn = arn
        self.memory_limit_in_mb = "128"
        self.aws_request_id = request_id
        self.log_group_name = f"/aws/lambda/{name}"
        self.log_stream_name = "local"
        self.identity: Any = SimpleNamespace(cognito_identity_id=None, cognito_identity_pool_id=None)
        self._deadline = time.monotonic() + limit

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class _Refused(Exception):
    """The file has no such handler; the text is that of Lambda's runtime."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def _load(file: str, function: str) -> Any:
    from importlib.util import module_from_spec, spec_from_file_location

    name = os.path.splitext(os.path.basename(file))[0]
    try:
        spec = spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} is no Python file")
        module = sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise _Refused("Runtime.UserCodeSyntaxError", f"Syntax error in module '{name}': {error}") from error
    except ImportError as error:
        raise _Refused("Runtime.ImportModuleError", f"Unable to import module '{name}': {error}") from error
    handler = getattr(module, function, None)
    if handler is None:
        raise _Refused("Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{name}'")
    return handler


def _answer(handler: Any, call: Any) -> bytes:
    context = Context(call["arn"], call["requestId"], call["limit"])
    result = handler(call["event"], context)
    try:
        return b"A" + json.dumps(result).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise _Refused("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _failure(mark: bytes, error: Exception) -> bytes:
    import traceback

    traceback.print_exception(error)
    kind = error.kind if isinstance(error, _Refused) else type(error).__name__
    return mark + json.dumps({"errorType": kind, "errorMessage": str(error)}).encode()


def _answers(descriptor: int) -> int:
    """Return the descriptor of the answers, with the handler's output out of its way."""
    if descriptor != 1:
        return descriptor
    kept = os.dup(1)
    os.dup2(2, 1)
    return kept


def main(file: str, function: str, descriptor: str, *more: str) -> None:
    """Answer calls until standard input ends.

    It ends when the caller ends, also in the middle of a call.
    """
    import queue
    import threading

    sys.path[:1] = [os.path.dirname(file), *more]  # instead of this file's folder
    calls: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def receive() -> None:
        # By the descriptor: a thread that waits in `sys.stdin` would break the interpreter's end.
        rest = b""
        while chunk := os.read(0, 1 << 16):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                calls.put(line)
        os._exit(0)

    threading.Thread(target=receive, daemon=True).start()
    sys.stdin = open(os.devnull)  # noqa: SIM115 - a handler that reads finds nothing
    handler = None
    with open(_answers(int(descriptor)), "wb") as answers:
        while True:
            call = json.loads(calls.get())
            try:
                handler = handler or _load(file, function)
                line = _answer(handler, call)
            except Exception as error:
                line = _failure(b"E" if handler else b"L", error)
            sys.stdout.flush()
            answers.write(line + b"\n")
            answers.flush()
            if not handler:
                return


if __name__ == "__main__":
    main(*sys.argv[1:])
