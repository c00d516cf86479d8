"""Recognize what comes through the proxy of --impersonate.

The proxy itself is imported where there is one.
"""

from __future__ import annotations

from collections.abc import Iterable

METHOD = b"CONNECT "
TUNNEL = "tunnel"  # the key of the named host in the `state` of a request's scope
HTTPS_PORT = 443


def closing(status: bytes, text: bytes) -> bytes:
    """Return an answer in plain text after which the connection is closed."""
    length = str(len(text)).encode()
    lines = (b"HTTP/1.1 " + status, b"content-type: text/plain", b"content-length: " + length, b"connection: close")
    return b"\r\n".join((*lines, b"", text))


def names_host(headers: Iterable[tuple[bytes, bytes]], tunnel: str) -> bool:
    """Return whether the Host header of a request is the host of its tunnel."""
    named = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
    return len(named) == 1 and named[0].removesuffix(f":{HTTPS_PORT}") == tunnel
