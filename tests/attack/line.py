"""One kept-alive connection: bytes out, answers in. It knows as much HTTP as it takes to see where an answer ends."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass

LONGEST_WAIT = 20.0  # seconds; the clock of the caller shows that an answer is too slow


class Dropped(Exception):
    """The connection ended, or stayed silent, before the answer was whole."""


@dataclass(frozen=True)
class Reply:
    """An answer. Names of headers are in lower case; of several with one name all are in `headers`."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known == name]


class Line:
    """Opens when it is needed, and again after the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None
        self._read = b""

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._read = None, b""

    def ask(self, sent: bytes, answers: int = 1, *, head: bool = False, ends: bool = False) -> list[Reply]:
        """Send, and read so many answers; `head` says that they have no body, `ends` that nothing more will be sent.

        Raises:
            Dropped
        """
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=LONGEST_WAIT)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has heard all
                self._socket.sendall(sent)
            if ends:
                self._socket.shutdown(socket.SHUT_WR)
            return [self._answer(head=head) for _ in range(answers)]
        except OSError as error:
            self.close()
            raise Dropped(f"{type(error).__name__}: {error}") from error
        except Dropped:
            self.close()
            raise
        finally:
            if ends:
                self.close()

    def _answer(self, *, head: bool) -> Reply:
        while True:
            first, *lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            parts = first.split(" ", 2)
            if len(parts) < 2 or not parts[0].startswith("HTTP/1.") or not parts[1].isdigit():
                raise Dropped(f"no answer in HTTP: {first[:100]!r}")
            if not 100 <= int(parts[1]) < 200:
                break
        pairs = (line.partition(":") for line in lines)
        headers = tuple((name.lower(), value.strip()) for name, _, value in pairs)
        reply = Reply(int(parts[1]), headers, b"")
        body = b"" if head or reply.status in (204, 304) else self._body(reply)
        if "close" in reply.header("connection").lower():
            self.close()
        return Reply(reply.status, headers, body)

    def _body(self, reply: Reply) -> bytes:
        if reply.header("transfer-encoding").lower() == "chunked":
            chunks = []
            while size := int(self._until(b"\r\n").split(b";")[0], 16):
                chunks.append(self._exactly(size + 2)[:-2])
            self._until(b"\r\n")
            return b"".join(chunks)
        length = reply.header("content-length")
        if not length.isdigit():
            raise Dropped(f"the answer {reply.status} does not say where it ends")
        return self._exactly(int(length))

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._read:
            self._more()
        found, _, self._read = self._read.partition(mark)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._read) < size:
            self._more()
        found, self._read = self._read[:size], self._read[size:]
        return found

    def _more(self) -> None:
        assert self._socket is not None
        received = self._socket.recv(262_144)
        if not received:
            raise Dropped(f"closed after {len(self._read)} bytes of an answer")
        self._read += received
