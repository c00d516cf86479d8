"""Serve an emulator in the foreground, and print the banner when it is ready."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from cognito_emulator import lean
from cognito_emulator.output import Writer
from cognito_emulator.ports.collector import put_off
from cognito_emulator.ready_file import CannotWrite, ready_file
from cognito_emulator.settings import Settings

if TYPE_CHECKING:
    from cognito_emulator.runner import Running


def serve_and_tell(settings: Settings) -> int:
    """Serve, and print the banner; end when that cannot be written.

    Raises:
        OSError: standard output cannot be written; and as `runner.serve`.
    """
    with put_off():  # modules stay: to look through them again and again took a tenth of a start
        lean.import_uvicorn()
        from cognito_emulator import runner

    failures: list[Exception] = []
    stop: list[Callable[[], object]] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        stop[0]()

    output = Writer(sys.stdout, failed=failed)

    def announce(running: Running) -> None:
        from cognito_emulator.banner import as_json, banner

        stop.append(running.stop)
        try:
            kept.enter_context(ready_file(settings.ready_file, runner.addresses(running)))
        except CannotWrite as error:
            failed(error)
            return
        output.write(as_json(running) if settings.log_format == "json" else "\n".join(banner(running)) + "\n")

    with ExitStack() as kept:
        runner.serve(settings, announce)
    output.flush()
    if failures:
        raise failures[0]
    return 0
