"""Watch a page in Chromium, and judge it with axe-core."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, ViewportSize

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
NARROW: ViewportSize = {"width": 375, "height": 740}


@dataclass
class Watch:
    """A page under test, and what must not happen on it."""

    page: Page
    axe: str
    folder: Path | None
    name: str
    complaints: list[str] = field(default_factory=list)

    def look(self, what: str) -> None:
        """Judge what is shown now, wide and narrow, light and dark; keep screenshots.

        The classic pages have AWS's colours, whose contrast is low, and its links without a line.
        """
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
        classic = self.page.locator("link[href*='/_pages/classic/']").count()
        options = {"rules": {rule: {"enabled": not classic} for rule in ("color-contrast", "link-in-text-block")}}
        found = self.page.evaluate("async options => (await axe.run(document, options)).violations", options)
        bad = [one for one in found if one["impact"] in ("serious", "critical")]
        told = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in bad]
        assert not told, f"{where}: {told}"
