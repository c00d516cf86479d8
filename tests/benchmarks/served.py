"""A server to measure, in a process of its own: `python -m tests.benchmarks.served bare|emulator|kept`.

Prints its port, then answers lines on standard input: `cpu` with the seconds of processor time used so far,
`users <pool> <count>` after putting that many users into a pool, `reset` with the seconds that a reset took.
"""

from __future__ import annotations

import atexit
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any


def bare() -> Callable[[str], str]:
    """The least that could answer: uvicorn, Starlette, one JSON endpoint. Its own thread, as the emulator's."""
    import asyncio
    import threading

    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def answer(request: Request) -> JSONResponse:
        given = await request.json()
        return JSONResponse({"Username": given.get("Username"), "Enabled": True})

    app = Starlette(routes=[Route("/", answer, methods=["POST"])])
    config = uvicorn.Config(app, port=0, log_level="warning", access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True).start()
    while not server.started:
        time.sleep(0.001)
    _say(server.servers[0].sockets[0].getsockname()[1])
    return lambda _: "unknown"


def kept() -> Callable[[str], str]:
    """The emulator with a data folder, which is deleted at the end."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return emulator(folder.name)


def emulator(data: str | None = None) -> Callable[[str], str]:
    """The emulator as a library user starts it."""
    from cognito_emulator import Emulator

    running = Emulator(log_codes=False, data=data).start()
    _say(running.port)

    def do(line: str) -> str:
        command, *arguments = line.split()
        if command == "users":
            running.on_loop(lambda: add_users(running._now_running().world, arguments[0], int(arguments[1])))
            return "done"
        return str(running.on_loop(lambda: timed_reset(running._now_running().world, arguments[0])))

    return do


def add_users(world: Any, pool_id: str, count: int) -> None:
    """Users with a sub, an e-mail address and a password, as AdminCreateUser makes them."""
    from cognito_emulator.domain.users.user import CONFIRMED, Password, User

    now = world.clock.now()
    with world.store.write():
        for number in range(count):
            name = f"user{number}"
            attributes = (("email", f"{name}@example.com"), ("email_verified", "true"))
            world.store.users.put(
                User(
                    pool_id,
                    world.ids.uuid(),
                    name,
                    name,
                    now,
                    now,
                    CONFIRMED,
                    attributes=attributes,
                    password=Password(world.ids.bytes(16), number),
                )
            )


def timed_reset(world: Any, pool_id: str) -> float:
    """Seconds for going back over ten changed users; the best of ten times, so that nothing else is counted."""
    from msgspec.structs import replace

    number = world.store.snapshot()
    best = float("inf")
    for _ in range(10):
        users = [user for _, (_, user) in zip(range(10), world.store.users.after("pool", pool_id), strict=False)]
        with world.store.write():
            for user in users:
                world.store.users.put(replace(user, enabled=False))
        started = time.perf_counter()
        world.store.restore(number)
        best = min(best, time.perf_counter() - started)
    world.store.release(number)
    return best


def _say(value: object) -> None:
    sys.stdout.write(f"{value}\n")
    sys.stdout.flush()


def main() -> None:
    do = {"bare": bare, "emulator": emulator, "kept": kept}[sys.argv[1]]()
    for line in sys.stdin:
        _say(time.process_time() if line.strip() == "cpu" else do(line))


if __name__ == "__main__":
    main()
