"""Chromium for the tests of the pages, an app to come back to, screenshots, and axe-core to judge accessibility.

PAGES_SCREENSHOTS names a folder for screenshots; CHROMIUM the browser, if it is another than `chromium` on the path.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.helpers.harness import Running
from tests.helpers.npm import install, unavailable
from tests.helpers.watch import FLAGS, WIDE, Watch

NODE = Path(__file__).parent / "node"


class _App(BaseHTTPRequestHandler):
    """The app's callback: it shows that the browser came back."""

    def do_GET(self) -> None:
        body = b"<!doctype html><html lang=en><title>The app</title><h1>The app</h1></html>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The callback address of an app on this machine, at another origin than the pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _App)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/callback"
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """For this package only: its event loop runs in the tests' own thread, where others could start none."""
    path = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    if path is None:
        unavailable("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, to be run in a page."""
    install(NODE)
    return (NODE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


@pytest.fixture
def context(chromium: Browser, running: Running) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport=WIDE)
    made.set_default_timeout(15_000)
    yield made
    made.close()


@pytest.fixture
def watch(context: BrowserContext, axe: str, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """A page whose console stays silent: no script error, nothing refused by the Content-Security-Policy."""
    folder = os.environ.get("PAGES_SCREENSHOTS")
    path = Path(folder) if folder else None
    if path is not None:
        path.mkdir(parents=True, exist_ok=True)
    name = request.node.name.removeprefix("test_")[:40]
    watched = Watch(context.new_page(), axe, path, name)
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.on(
        "console",
        lambda message: watched.complaints.append(message.text) if message.type == "error" else None,
    )
    yield watched
    assert not watched.complaints, watched.complaints
