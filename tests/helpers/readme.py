"""The README and the pages of the guide: their text, their fenced blocks, their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "emulator" / "cognito_emulator" / "guide"
README = (ROOT / "README.md").read_text(encoding="utf-8")
URL = "http://localhost:9229"
_FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A document for users."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def fences(self) -> list[tuple[str, str]]:
        """Language and text of the fenced blocks, in order."""
        return _FENCE.findall(self.text)

    @property
    def prose(self) -> str:
        """The text without fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def headings(self) -> list[str]:
        return re.findall(r"^#+ (.+)$", self.prose, re.MULTILINE)

    def blocks(self, language: str) -> list[str]:
        return [block for kind, block in self.fences if kind == language]

    def lines(self, program: str) -> list[str]:
        """The shell lines that call a program."""
        lines = [line for block in self.blocks("sh") for line in block.splitlines() if line]
        return [line for line in lines if line.split()[0] == program]


def pages() -> list[Page]:
    """All documents for users: the README first."""
    return [Page(ROOT / "README.md"), *(Page(path) for path in sorted(GUIDE.glob("*.md")))]


def page(name: str) -> Page:
    """A page of the guide."""
    return Page(GUIDE / f"{name}.md")


def blocks(language: str) -> list[str]:
    """The blocks of a language in all documents."""
    return [block for each in pages() for block in each.blocks(language)]


def between(name: str, text: str = README) -> str:
    """What stands between `<!-- name -->` and `<!-- /name -->`, without line ends around it."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    assert found is not None, f"there is no section {name!r}"
    return found[1].strip("\n")
