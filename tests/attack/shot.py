"""One request, as bytes, and what kind it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Header = tuple[str, str | bytes]


@dataclass(frozen=True)
class Shot:
    """What is sent.

    Attributes:
        kind: operation, browser, control or http.
        name: the operation, or method and path.
        sent: the bytes, whole.
        answers: how many answers are due (pipelining).
        head: the answers have no body.
        ends: nothing is sent on the connection afterwards.
        broken: it is no HTTP, or does not say what it is: the server may hang up.
    """

    kind: str
    name: str
    sent: bytes
    answers: int = 1
    head: bool = False
    ends: bool = False
    broken: bool = False


def request(method: str, target: str | bytes, headers: Iterable[Header], body: bytes | None = None) -> bytes:
    """An HTTP/1.1 request; of a body its length is told."""
    where = target if isinstance(target, bytes) else target.encode("latin-1", "replace")
    lines = [method.encode() + b" " + where + b" HTTP/1.1"]
    for name, value in headers:
        lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode("utf-8", "replace")))
    if body is not None:
        lines.append(f"content-length: {len(body)}".encode())
    return b"\r\n".join([*lines, b"", body or b""])
