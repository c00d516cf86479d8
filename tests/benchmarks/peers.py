"""The servers that are compared: this emulator, a bare application, and three other emulators, each as a process.

The others are installed into a folder of their own: with pip into a virtual environment, with npm.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.load import ROOT, Connected, memory_of, message
from tests.benchmarks.starting import bare_command, free_port, is_answered, with_bytecode

PYTHON_PEERS = ("moto[server,cognitoidp]", "ministack", "pytest")
# No module of these names: what uvicorn and the emulator fall back to.
_WITHOUT = ("uvloop", "httptools")


@dataclass(frozen=True)
class Server:
    """How to start a server; `tells` is what its process is told beside the environment."""

    name: str
    command: Callable[[int], list[str]]
    tells: Callable[[int], dict[str, str]] = lambda _: {}
    folder: Path = ROOT
    version: str = ""


@dataclass
class Environment:
    """The folder that the other emulators are installed in."""

    folder: Path
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        return self.folder / "env" / "bin" / "python"

    def install(self) -> None:
        """Install what is not there yet; what fails is noted, and left out."""
        if not self.python.exists():
            venv.create(self.folder / "env", with_pip=True)
        for name in PYTHON_PEERS:
            self._try(name.partition("[")[0], [str(self.python), "-m", "pip", "install", "-q", name], self.folder)
        node = self.folder / "node"
        node.mkdir(exist_ok=True)
        if not (node / "node_modules" / "cognito-local").exists():
            install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "cognito-local"]
            self._try("cognito-local", install, node)

    def _try(self, name: str, command: list[str], folder: Path) -> None:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        except OSError as error:
            self.failures[name] = str(error)
            return
        if done.returncode:
            self.failures[name] = (done.stderr or done.stdout).strip()[-300:]

    def servers(self) -> list[Server]:
        """Return those that are installed."""
        found = [
            Server("moto", lambda port: [str(self.python), "-m", "moto.server", "-p", str(port)], folder=self.folder),
            Server(
                "ministack",
                lambda _: [str(self.folder / "env" / "bin" / "ministack")],
                lambda port: {"GATEWAY_PORT": str(port)},
                self.folder,
            ),
            Server(
                "cognito-local",
                lambda _: [str(self.folder / "node" / "node_modules" / ".bin" / "cognito-local")],
                lambda port: {"PORT": str(port)},
                self.folder,
            ),
        ]
        return [
            Server(each.name, each.command, each.tells, each.folder, version)
            for each in found
            if (version := self._version(each.name)) and each.name not in self.failures
        ]

    def _version(self, name: str) -> str:
        if name == "cognito-local":
            described = self.folder / "node" / "node_modules" / name / "package.json"
            return str(json.loads(described.read_text())["version"]) if described.exists() else ""
        code = f"from importlib.metadata import version; print(version({name!r}))"
        done = subprocess.run([str(self.python), "-c", code], capture_output=True, text=True)
        return done.stdout.strip()


def installed(cache: Path | None, scratch: Path, *, as_it_is: bool = False) -> Environment:
    """Return the other emulators, installed into the folder `cache`, or into one below `scratch`.

    Args:
        as_it_is: take what the folder has, and install nothing.
    """
    folder = cache or scratch / "others"
    folder.mkdir(parents=True, exist_ok=True)
    environment = Environment(folder.resolve())  # commands run in other folders
    if not as_it_is:
        environment.install()
    return environment


def without_extras(folder: Path) -> dict[str, str]:
    """Return variables with which a Python process finds neither uvloop nor httptools."""
    folder.mkdir(exist_ok=True)
    for name in _WITHOUT:
        (folder / f"{name}.py").write_text(f"raise ImportError('{name} is left out')\n")
    earlier = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": f"{folder}{os.pathsep}{earlier}" if earlier else str(folder)}


def own(*flags: str, extra: Mapping[str, str] | None = None) -> Server:
    """Return this emulator, by its command, with a log that is written (and thrown away)."""
    told = dict(extra or {})

    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "cognito_emulator", "serve", "--port", str(port), *flags]

    return Server("ours", command, lambda _: told)


def bare(extra: Mapping[str, str] | None = None) -> Server:
    """Return the least that could answer."""
    told = dict(extra or {})
    return Server("bare", bare_command, lambda _: told)


class Process(Connected):
    """A server that runs; a context manager."""

    def __init__(self, server: Server, request: bytes | None = None) -> None:
        super().__init__(free_port())
        self.server = server
        self._request = request or message("ListUserPools", {"MaxResults": 1})
        self.seconds = 0.0  # to the first answer
        environment = {**with_bytecode(), **server.tells(self.port)}
        started = time.perf_counter()
        self._process = subprocess.Popen(
            server.command(self.port),
            cwd=server.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self._wait(started)
        except BaseException:
            self.__exit__()
            raise

    def _wait(self, started: float) -> None:
        while time.perf_counter() - started < 60:
            if self._process.poll() is not None:
                break
            if is_answered(self.port, self._request):
                self.seconds = time.perf_counter() - started
                return
            time.sleep(0.002)
        raise RuntimeError(f"no answer from {self.server.name}")

    @property
    def cpu(self) -> float:
        """Seconds of processor time used so far, by all threads."""
        return time.clock_gettime((~self._process.pid << 3) | 2)  # CPUCLOCK_SCHED of that process

    @property
    def memory(self) -> float:
        return memory_of(self._process.pid)

    def settle(self) -> None:
        """Wait until it does nothing by itself any more."""
        for _ in range(40):
            before = self.cpu
            time.sleep(0.1)
            if self.cpu - before < 0.002:
                return

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self._process.kill()
        self._process.wait()
