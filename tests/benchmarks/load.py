"""Servers in processes of their own, and requests to them over kept-alive connections."""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PREFIXES = {"cognito-idp": "AWSCognitoIdentityProviderService", "cognito-identity": "AWSCognitoIdentityService"}


class Connected:
    """A server at a port, and one connection to it that is kept."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection: socket.socket | None = None
        self._called = 0.0

    @property
    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        raise NotImplementedError

    def call(self, operation: str, service: str = "cognito-idp", **members: Any) -> Any:
        """One request on a connection that is kept; its JSON."""
        # The server closes a connection on which nothing has happened for some seconds.
        if self._connection is None or time.perf_counter() - self._called > 2:
            self.hang_up()
            self._connection = _connect(self.port)
        self._called = time.perf_counter()
        self._connection.sendall(message(operation, members, service=service))
        status, body, closing = _receive(self._connection)
        if closing:
            self.hang_up()
        if status != 200:
            raise RuntimeError(f"{operation}: {status} {body!r}")
        return json.loads(body)

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Served(Connected):
    """One server process; a context manager."""

    def __init__(self, kind: str) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.served", kind]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        super().__init__(int(self._read()))

    def _read(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the server has ended")
        return line.strip()

    def ask(self, line: str) -> str:
        """Do a command of `tests.benchmarks.served`; its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        return self._read()

    @property
    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        return float(self.ask("cpu"))

    def settle(self) -> None:
        """Wait until it does nothing by itself any more (it makes keys ahead of need)."""
        before = -1.0
        while (now := self.cpu) - before > 0.002:
            before = now
            time.sleep(0.15)

    @property
    def memory(self) -> float:
        """Resident MiB; 0 where the system does not tell."""
        return memory_of(self._process.pid)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def memory_of(pid: int) -> float:
    """Resident MiB of a process; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)


def message(operation: str, members: dict[str, Any], *, signed: bool = True, service: str = "cognito-idp") -> bytes:
    """The bytes of `POST /`."""
    scope = f"Credential=AKID/20260905/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    body = json.dumps(members).encode()
    head = [
        "POST / HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/x-amz-json-1.1",
        f"X-Amz-Target: {PREFIXES[service]}.{operation}",
        *([f"Authorization: AWS4-HMAC-SHA256 {scope}"] if signed else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _receive(connection: socket.socket) -> tuple[int, bytes, bool]:
    data = b""
    while True:
        found = _whole(data)
        if found is not None:
            return *found, _is_closing(data)
        more = connection.recv(65536)
        if not more:
            raise RuntimeError("the server closed the connection")
        data += more


def _whole(data: bytes) -> tuple[int, bytes] | None:
    """(status, body) of an answer that has arrived whole."""
    head, blank, body = data.partition(b"\r\n\r\n")
    if not blank:
        return None
    lines = head.lower().split(b"\r\n")
    if b"transfer-encoding: chunked" in lines:
        return (int(head[9:12]), _joined(body)) if body.endswith(b"0\r\n\r\n") else None
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    return (int(head[9:12]), body) if len(body) >= length else None


def _joined(chunks: bytes) -> bytes:
    found = b""
    while chunks:
        size, _, rest = chunks.partition(b"\r\n")
        found += rest[: int(size, 16)]
        chunks = rest[int(size, 16) + 2 :]
    return found


def _is_closing(data: bytes) -> bool:
    """Tell whether the server ends the connection after this answer."""
    head = data.partition(b"\r\n\r\n")[0].lower()
    return head.startswith(b"http/1.0") or b"connection: close" in head


def _connect(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


@dataclass(frozen=True)
class Measured:
    """Seconds: of processor time a request on the server, at half and at 99 of 100 requests; requests a second."""

    cpu: float
    p50: float
    p99: float
    rate: float


def measure(served: Connected, requests: Callable[[int], bytes], count: int, connections: int = 1) -> Measured:
    """`count` requests, each made by `requests(number)`, on so many connections at once.

    Raises:
        RuntimeError: an answer was not 200.
    """
    messages = iter([requests(number) for number in range(count)])
    with _connections(served.port, connections) as pool:
        cpu, started = served.cpu, time.perf_counter()
        times = list(pool.run(messages))
        elapsed = time.perf_counter() - started
        cpu = served.cpu - cpu
    slowest = quantiles(times, n=100)[-1] if len(times) > 1 else times[0]
    return Measured(cpu / count, median(times), slowest, count / elapsed)


class _connections:  # noqa: N801 - used as a function
    """Open connections, each with one request under way."""

    def __init__(self, port: int, count: int) -> None:
        self._port = port
        self._open = [_connect(port) for _ in range(count)]

    def __enter__(self) -> _connections:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self._open:
            connection.close()

    def run(self, messages: Iterator[bytes]) -> Iterator[float]:
        """Send all; the seconds that each took."""
        selector = selectors.DefaultSelector()
        sent: dict[socket.socket, tuple[float, bytearray]] = {}
        for connection in self._open:
            if self._next(connection, messages, sent):
                selector.register(connection, selectors.EVENT_READ)
        while sent:
            for key, _ in selector.select():
                ready: Any = key.fileobj
                started, data = sent[ready]
                arrived = ready.recv(65536)
                data += arrived
                answer = _whole(bytes(data))
                if answer is None and not arrived:
                    raise RuntimeError("the server closed the connection")
                if answer is None:
                    continue
                if answer[0] != 200:
                    raise RuntimeError(f"{answer[0]} {answer[1]!r}")
                yield time.perf_counter() - started
                if _is_closing(bytes(data)):
                    ready = self._again(ready, selector, sent)
                if not self._next(ready, messages, sent):
                    selector.unregister(ready)
        selector.close()

    def _again(
        self, ended: socket.socket, selector: selectors.BaseSelector, sent: dict[socket.socket, tuple[float, bytearray]]
    ) -> socket.socket:
        """Open a connection in the place of one that the server has ended."""
        selector.unregister(ended)
        del sent[ended]
        ended.close()
        made = _connect(self._port)
        self._open = [made if each is ended else each for each in self._open]
        selector.register(made, selectors.EVENT_READ)
        return made

    @staticmethod
    def _next(
        connection: socket.socket, messages: Iterator[bytes], sent: dict[socket.socket, tuple[float, bytearray]]
    ) -> bool:
        data = next(messages, None)
        if data is None:
            sent.pop(connection, None)
            return False
        sent[connection] = (time.perf_counter(), bytearray())
        connection.sendall(data)
        return True
