"""From the start of a process to its first answer, and the memory that it has then."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
from functools import cache

from tests.benchmarks.load import ROOT, memory_of

_BARE = """
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def answer(request):
    given = await request.json() if request.method == "POST" else {}
    return JSONResponse({"Username": given.get("Username"), "Enabled": True})

app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
uvicorn.run(app, port=PORT, log_level="warning", access_log=False)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def with_bytecode() -> dict[str, str]:
    """Return the environment of a Python process that keeps its bytecode, as installed packages have theirs.

    A checkout, or PYTHONDONTWRITEBYTECODE, would have it compile at each start what others have compiled.
    """
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder.name}


def bare_command(port: int) -> list[str]:
    return [sys.executable, "-c", _BARE.replace("PORT", str(port))]


def emulator_command(port: int) -> list[str]:
    """With the built-in seed: the bare command."""
    return [sys.executable, "-m", "cognito_emulator", "serve", "--port", str(port)]


def first_answer(command: list[str], port: int, request: bytes) -> tuple[float, float]:
    """(seconds until the first answer that is none of 503, resident MiB then)."""
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=with_bytecode(), stdout=quiet, stderr=quiet)
    try:
        while process.poll() is None and time.perf_counter() - started < 30:
            if is_answered(port, request):
                return time.perf_counter() - started, memory_of(process.pid)
            time.sleep(0.002)
        raise RuntimeError(f"no answer from {command[:4]}")
    finally:
        process.kill()
        process.wait()


def is_answered(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            answer = connection.recv(65536)
    except OSError:
        return False
    return answer.startswith(b"HTTP/1.1 200")
