"""The real command as a child process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

COMMAND = [sys.executable, "-m", "cognito_emulator"]


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without settings of the emulator, and with `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COGNITO_EMULATOR_")}
    return {**kept, **variables}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], env=environment(**variables), capture_output=True, text=True, timeout=60, check=False
    )


@dataclass
class Served:
    """A running command. `banner` is what it printed up to `Ready.`; `log` grows with its stderr."""

    process: subprocess.Popen[str]
    banner: list[str]
    log: list[str] = field(default_factory=list)

    @property
    def port(self) -> int:
        found = re.search(r"API +http://localhost:(\d+)/", "\n".join(self.banner))
        assert found, self.banner
        return int(found[1])

    def log_line(self, part: str, seconds: float = 10) -> str:
        """The first line of the log with `part` in it, once it is there."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for line in list(self.log):
                if part in line:
                    return line
            time.sleep(0.01)
        raise AssertionError(f"{part!r} is not in the log: {self.log}")

    def stop(self) -> int:
        """Send SIGTERM; the exit status, which comes soon."""
        self.process.terminate()
        return self.process.wait(10)


@contextmanager
def served(*arguments: str, **variables: str) -> Iterator[Served]:
    """The command, once it has printed `Ready.`"""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment(**variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout
    assert process.stderr
    one = Served(process, [])
    reader = threading.Thread(target=lambda: one.log.extend(process.stderr or ()), daemon=True)
    reader.start()
    try:
        for line in process.stdout:
            one.banner.append(line.rstrip("\n"))
            if line == "Ready.\n":
                break
        assert one.banner, "".join(one.log)
        yield one
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        reader.join(10)
        process.stdout.close()
        process.stderr.close()
