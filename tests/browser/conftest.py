"""Chromium for the tests of the pages, an app to come back to, screenshots, and axe-core to judge accessibility.

PAGES_SCREENSHOTS names a folder for screenshots; CHROMIUM the browser, if it is another than `chromium` on the path.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.harness import Running
from tests.npm import install, unavailable

NODE = Path(__file__).parent / "node"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: ViewportSize = {"width": 1280, "height": 860}
NARROW: ViewportSize = {"width": 360, "height": 740}


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


@dataclass
class Watch:
    """A page under test, and what must not happen on it."""

    page: Page
    axe: str
    folder: Path | None
    name: str
    complaints: list[str] = field(default_factory=list)

    def look(self, what: str) -> None:
        """Judge what is shown now, wide and narrow, light and dark; keep screenshots."""
        schemes: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
        for scheme in schemes:
            for size, viewport in (("wide", WIDE), ("narrow", NARROW)):
                self.page.emulate_media(color_scheme=scheme)
                self.page.set_viewport_size(viewport)
                self.page.wait_for_timeout(160)  # colours change smoothly
                self._judge(f"{what} ({size}, {scheme})")
                if self.folder is not None:
                    path = self.folder / f"{self.name}-{what}-{size}-{scheme}.png"
                    self.page.screenshot(path=str(path), full_page=True)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(WIDE)

    def _judge(self, where: str) -> None:
        overflow = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not overflow, f"{where} is wider than the window"
        # Through the debugger, which the page's Content-Security-Policy does not bind.
        self.page.evaluate(self.axe)
        found = self.page.evaluate("async () => (await axe.run(document)).violations")
        bad = [one for one in found if one["impact"] in ("serious", "critical")]
        told = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in bad]
        assert not told, f"{where}: {told}"


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
