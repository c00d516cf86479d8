"""Apps of one page for the tests in Chromium: a script of tests/clients/node, bundled and served."""

from __future__ import annotations

import functools
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.helpers.node import FOLDER
from tests.helpers.npm import install

PAGE = """<!doctype html><html lang=en><title>The app</title><link rel=icon href="data:,">
<button id=in>Sign in</button><button id=out>Sign out</button><output></output>
<script type=application/json id=settings>SETTINGS</script><script type=module src=app.js></script></html>"""


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Quiet."""


def bundle(script: str, folder: Path) -> None:
    """Put `app.js` into the folder: the script with all that it imports."""
    install(FOLDER)
    entry = [script, "--bundle", "--format=esm", f"--outfile={folder / 'app.js'}"]
    command = ["node", "node_modules/esbuild/bin/esbuild", *entry, "--log-level=error"]
    subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=120, check=True)


def write_page(folder: Path, settings: str) -> None:
    """The page of the app, with its settings, which are JSON."""
    (folder / "index.html").write_text(PAGE.replace("SETTINGS", settings), "utf-8")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which the folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    thread.join(10)
    server.server_close()
