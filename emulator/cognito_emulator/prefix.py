"""An application below a path, which it does not know, as behind a proxy.

    /w/one/login ──► /login            what it is asked
    /login       ──► /w/one/login      what it answers: redirects, cookies, links of pages and of style sheets

Absolute URLs are the application's own affair (`World.public_url`).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import quote

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]

# A quotation mark in a page's text is escaped, so that none of these is text.
_LINK = re.compile(rb'(\s(?:href|src|srcset|action|formaction|poster|data-(?:root|href|url|events))=")/(?!/)')
_STYLE_LINK = re.compile(rb"(\burl\([\"']?)/(?!/)")
_COOKIE_PATH = re.compile(rb"(;\s*path=)/([^;]*)", re.IGNORECASE)
_REWRITTEN = {b"text/html": _LINK, b"text/css": _STYLE_LINK}


class Prefixed:
    """Passes requests below `prefix` to `app`, and its answers back."""

    def __init__(self, app: App, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(self._prefix) or "/"
        raw = scope.get("raw_path") or b""
        start = self._prefix.encode()
        raw = (raw.removeprefix(start) or b"/") if raw.startswith(start) else quote(path).encode()
        inner = {**scope, "path": path, "raw_path": raw, "headers": own_cookies(scope["headers"])}
        await self._app(inner, receive, _Answer(self._prefix.encode(), send).send)


def own_cookies(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Return the headers with one cookie of each name.

    A browser sends the cookies of longer paths first [RFC 6265 §5.4], and after them those of the whole host.
    """
    seen: set[bytes] = set()
    found = []
    for name, value in headers:
        if name == b"cookie":
            pairs = [pair.strip() for pair in value.split(b";")]
            kept = [pair for pair in pairs if not _is_seen(seen, pair.partition(b"=")[0])]
            found.append((name, b"; ".join(kept)))
        else:
            found.append((name, value))
    return found


def _is_seen(seen: set[bytes], name: bytes) -> bool:
    is_seen = name in seen
    seen.add(name)
    return is_seen


class _Answer:
    """One answer. A page is held until it is whole, for its length changes."""

    def __init__(self, prefix: bytes, send: Send) -> None:
        self._prefix = prefix
        self._send = send
        self._start: Message | None = None
        self._pattern: re.Pattern[bytes] | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, self._header(name.lower(), value)) for name, value in message["headers"]]
            kind = dict(headers).get(b"content-type", b"").partition(b";")[0].strip().lower()
            self._pattern = _REWRITTEN.get(kind)
            self._start = {**message, "headers": headers}
            if self._pattern is None:
                await self._send(self._start)
        elif self._pattern is None or self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_whole(self._start, self._pattern)

    async def _send_whole(self, start: Message, pattern: re.Pattern[bytes]) -> None:
        body = pattern.sub(lambda found: found[1] + self._prefix + b"/", self._body)
        length = str(len(body)).encode()
        headers = [(name, length if name == b"content-length" else value) for name, value in start["headers"]]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    def _header(self, name: bytes, value: bytes) -> bytes:
        if name == b"location" and value.startswith(b"/") and not value.startswith(b"//"):
            return self._prefix + value
        if name == b"set-cookie":
            return _COOKIE_PATH.sub(lambda at: at[1] + self._prefix + (b"/" + at[2]).rstrip(b"/"), value)
        return value
