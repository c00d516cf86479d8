"""A server that stands for another emulator: it checks signatures, as AWS does, and remembers what it was sent."""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

SECRET = "the-secret"
_SIGNED = re.compile(r"Credential=[^/]+/(\S+), SignedHeaders=(\S+), Signature=(\w+)")


@dataclass
class Seen:
    """One request: header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def is_signed_well(self) -> bool:
        """Whether the signature fits method, path, query, signed headers (Host among them) and body."""
        found = _SIGNED.search(self.headers.get("authorization", ""))
        if found is None:
            return False
        scope, names, signature = found.groups()
        if not {"host", "x-amz-date"} <= set(names.split(";")) <= self.headers.keys():
            return False
        parts = urlsplit(self.target)
        pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
        query = "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
        lines = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names.split(";"))
        digest = self.headers.get("x-amz-content-sha256") or hashlib.sha256(self.body).hexdigest()
        request = f"{self.method}\n{parts.path}\n{query}\n{lines}\n{names}\n{digest}"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{scope}\n{hashed}"
        key = b"AWS4" + SECRET.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.new(key, text.encode(), "sha256").hexdigest() == signature


@dataclass
class SignedServer:
    """Answers every request with `answer` (status, content type, body), or 403 where the signature is wrong."""

    answer: tuple[int, str, bytes] = (200, "text/plain", b"hello")
    needs_signature: bool = True
    seen: list[Seen] = field(default_factory=list)

    def __post_init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                request = Seen(
                    self.command, self.path, {name.lower(): v for name, v in self.headers.items()}, self.body()
                )
                outer.seen.append(request)
                is_good = not outer.needs_signature or request.is_signed_well()
                status, kind, body = outer.answer if is_good else (403, "text/plain", b"SignatureDoesNotMatch")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Twice", "1")
                self.send_header("X-Twice", "2")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_PUT = do_OPTIONS = handle_one  # noqa: N815

            def body(self) -> bytes:
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
