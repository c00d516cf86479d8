"""A proxy in front of an emulator that changes chosen answers, for tests of what compares answers."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

# What is made of the status and the members of an answer.
Change = Callable[[int, dict[str, Any]], tuple[int, dict[str, Any]]]


@contextmanager
def doctored(url: str, changes: Mapping[tuple[str, int], Change]) -> Iterator[str]:
    """Serve what answers at `url`, changed; yield the address.

    A change is for an operation and the number of its call, from 1.
    """
    counts: Counter[str] = Counter()
    pool = urllib3.PoolManager(retries=False)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found: Any = pool.request("POST", url + self.path, body=body, headers=dict(self.headers))
            operation = self.headers["X-Amz-Target"].split(".")[1]
            counts[operation] += 1
            change = changes.get((operation, counts[operation]), _unchanged)
            status, members = change(found.status, json.loads(found.data or b"{}"))
            self._send(status, json.dumps(members).encode(), found.headers)

        def _send(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name in ("Content-Type", "x-amzn-RequestId"):
                self.send_header(name, headers[name])
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Keep the output of tests clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _unchanged(status: int, members: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return status, members
