"""Two servers with one life: a signal ends both, and leaves the process as it was."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from cognito_emulator.runner import Running, open_sockets, serve_until_stopped
from cognito_emulator.settings import Settings


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_both_servers(tmp_path: Path, number: signal.Signals) -> None:
    settings = Settings(port=0, tls=True, tls_port=0, tls_dir=str(tmp_path), no_seed=True)
    sockets = open_sockets(settings)
    ports = sockets.port, sockets.tls_port
    before = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    seen: list[bool] = []

    def ready(running: Running) -> None:
        assert running.tls_port is not None
        seen.extend(answers(port) for port in (running.port, running.tls_port))
        os.kill(os.getpid(), number)

    started = time.monotonic()
    asyncio.run(serve_until_stopped(settings, sockets, list, ready))
    assert seen == [True, True]
    assert not any(answers(port) for port in ports if port is not None)
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before
    assert time.monotonic() - started < 10


def test_what_fails_once_loaded_is_raised() -> None:
    settings = Settings(port=0, no_seed=True)

    def ready(_: Running) -> None:
        raise OSError("no banner")

    with pytest.raises(OSError, match="no banner"):
        asyncio.run(serve_until_stopped(settings, open_sockets(settings), list, ready))


def test_to_stop_twice_is_to_stop_once() -> None:
    settings = Settings(port=0, no_seed=True)
    kept: list[Running] = []

    def ready(running: Running) -> None:
        kept.append(running)
        running.stop()
        running.stop()

    asyncio.run(serve_until_stopped(settings, open_sockets(settings), list, ready))
    kept[0].stop()  # the loop has ended
