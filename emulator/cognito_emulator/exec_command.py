"""Run a command beside an emulator of its own: `cognito-emulator exec -- COMMAND`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from cognito_emulator import impersonation
from cognito_emulator.options import TOLD
from cognito_emulator.ready_file import ready_file
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings

# What a shell answers: the command is there but cannot be run, is not there, or ended by a signal (128 + its number).
CANNOT_RUN = 126
NOT_FOUND = 127
_BY_SIGNAL = 128
_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
_FROM_TERMINAL = ("SIGINT", "SIGQUIT")  # a terminal sends these to the command too


class CannotRun(Exception):
    """The command cannot be started; `status` is a shell's exit code for that."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def run_beside(settings: Settings, command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command beside a new emulator, and stop the emulator after it.

    The command gets the variables that point to the emulator.

    Returns:
        The command's exit code; 128 plus the signal's number where a signal ended it.

    Raises:
        CannotRun: the command cannot be started.
        CannotListen, CannotUseTls, SeedError: as `Emulator.start`.
        CannotWrite: of the ready file.
    """
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise CannotRun(f"exec: {command[0]}: no such command.", NOT_FOUND)
    with (
        Emulator(settings) as emulator,
        ready_file(settings.ready_file, emulator.addresses()),
        TemporaryDirectory(prefix="cognito-emulator-") as folder,
        _signals_passed_on() as pass_on_to,
    ):
        made = variables(emulator, environment)
        if settings.impersonate:
            made |= impersonation.variables(_place(emulator), environment, Path(folder))
        try:
            child = subprocess.Popen([program, *command[1:]], env=made)  # noqa: S603 - the user's own
        except OSError as error:
            raise CannotRun(f"exec: cannot run {command[0]}: {error.strerror}.", CANNOT_RUN) from None
        pass_on_to(child)
        status = child.wait()
    return status if status >= 0 else _BY_SIGNAL - status


def _place(emulator: Emulator) -> impersonation.Place:
    domains = emulator.on_loop(lambda: [domain.name for domain in emulator.world.store.domains if domain.is_custom])
    authority = Path(emulator.settings.tls_dir).expanduser() / "ca.pem"
    return impersonation.Place(emulator.url, authority, domains)


def variables(emulator: Emulator, environment: Mapping[str, str]) -> dict[str, str]:
    """Return `environment` with what points AWS clients to the emulator.

    Region and endpoints are set whatever they were; that of all services only with --fallback, and where there is none.
    Credentials are set only where there are none, since the command
    may need its own for other services.
    """
    addresses = emulator.addresses()
    region = emulator.settings.region
    made = {
        **environment,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": emulator.url,
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY": emulator.url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
    }
    made |= {name: str(url) for name, url in zip(TOLD, map(addresses.get, ("url", "tls_url")), strict=False) if url}
    if emulator.settings.fallback is not None:
        made.setdefault("AWS_ENDPOINT_URL", emulator.url)
    made.pop("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", None)
    if not any(made.get(name) for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_PROFILE")):
        made |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        made.pop("AWS_SESSION_TOKEN", None)
    return made


@contextmanager
def _signals_passed_on() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Pass signals on to the command that is named to the result, whose end is ours.

    Signals that come before the command are kept for it. A terminal sends its own to both already.
    """
    children: list[subprocess.Popen[bytes]] = []
    kept: list[int] = []

    def pass_on(number: int, _: FrameType | None) -> None:
        if signal.Signals(number).name in _FROM_TERMINAL and _is_in_foreground():
            return
        if children:
            children[0].send_signal(number)
        else:
            kept.append(number)

    def name(child: subprocess.Popen[bytes]) -> None:
        children.append(child)
        for number in kept:
            child.send_signal(number)

    numbers = [getattr(signal, name) for name in _FORWARDED if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield name
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_in_foreground() -> bool:
    """Tell whether a terminal sends its signals to this process group."""
    if sys.platform == "win32":
        return True
    else:  # noqa: RET505 - for the type checker
        try:
            terminal = os.open("/dev/tty", os.O_RDONLY)
        except OSError:
            return False
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp()
        except OSError:
            return False
        finally:
            os.close(terminal)
