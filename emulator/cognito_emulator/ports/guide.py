"""The guide: Markdown pages that ship with the package, in the folder `guide`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parents[1] / "guide"
LONGEST_SUMMARY = 200
# Pages in the order of the index, by subject. A page that is not named here follows the others.
SUBJECTS = (
    ("Begin", ("clients", "issuer", "real-host-names", "seeds", "seed-blocks", "import", "pytest",
               "signing-in-from-tests", "troubleshooting")),
    ("Sign in", ("sign-in", "passkeys", "hosted-login", "pages", "oauth", "mcp", "tokens", "federation")),
    ("More of Cognito", ("identity-pools", "messages", "triggers", "threat-protection", "replicas")),
    ("See and steer", ("console", "console-tools", "control-api", "requests", "clock", "faults", "snapshots")),
    ("Keep and share", ("keeping", "worlds")),
    ("Run", ("javascript", "ci", "containers", "testcontainers", "beside-other-emulators",
             "terraform", "cdk", "sam", "speed", "where-the-time-goes")),
    ("Look up", ("settings", "pytest-reference", "operations", "differences", "coding-agents", "changes")),
    ("Trust", ("how-we-know", "assumed", "conformance", "comparison", "soak")),
)  # fmt: skip
OTHERS = "More"
ORDER = tuple(name for _, names in SUBJECTS for name in names)
_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"^<!-- .* -->\n", re.MULTILINE)


class Section(Struct, frozen=True):
    """A part of a page, from a heading to the next.

    `anchor` is "" for the part below the title, whose level is 1.
    """

    level: int
    title: str
    anchor: str
    text: str


class Page(Struct, frozen=True):
    """A page of the guide. `summary` is its first sentence."""

    name: str
    title: str
    summary: str
    text: str

    @property
    def sections(self) -> Sequence[Section]:
        """The parts of the page."""
        return _sections(self)


@cache
def pages() -> Sequence[Page]:
    """Return all pages in the order of the index."""
    found = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.md"))}
    listed = [found[name] for name in ORDER if name in found]
    return [*listed, *(page for name, page in found.items() if name not in ORDER)]


def find(name: str) -> Page | None:
    """Return the page of that name."""
    return next((page for page in pages() if page.name == name), None)


def index() -> Sequence[tuple[str, Sequence[Page]]]:
    """Return the pages by subject."""
    by_name = {page.name: page for page in pages()}
    subjects = [(subject, [by_name[name] for name in names if name in by_name]) for subject, names in SUBJECTS]
    others = [page for page in pages() if page.name not in ORDER]
    return [*subjects, *([(OTHERS, others)] if others else [])]


def search(words: str) -> list[tuple[Page, Section]]:
    """Return the parts of pages that have all the words, hits in a title first."""
    wanted = words.lower().split()
    if not wanted:
        return []
    found = [
        (page, section)
        for page in pages()
        for section in page.sections
        if all(word in f"{page.title} {section.title} {section.text}".lower() for word in wanted)
    ]
    return sorted(found, key=lambda hit: not any(word in hit[1].title.lower() for word in wanted))


def slug(title: str) -> str:
    """Return a heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _read(path: Path) -> Page:
    text = _MARK.sub("", path.read_text("utf-8"))
    first, _, rest = text.partition("\n")
    paragraph = " ".join(rest.strip().partition("\n\n")[0].split())
    return Page(path.stem, first.removeprefix("#").strip(), _first_sentence(paragraph), text)


def _first_sentence(paragraph: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|<(https?:[^>]*)>|`", r"\1\2", paragraph)
    found = re.match(r"(.+?[.:])(?= [A-Z]|$)", plain)
    sentence = (found[1] if found else plain).rstrip(":")
    return sentence if len(sentence) <= LONGEST_SUMMARY else f"{sentence[: LONGEST_SUMMARY - 1]}…"


@cache
def _sections(page: Page) -> Sequence[Section]:
    return tuple(_divide(page))


def _divide(page: Page) -> Iterator[Section]:
    blank = _FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), page.text)
    starts = list(re.finditer(r"^(#+) (.+)$", blank, re.MULTILINE))
    for number, start in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(page.text)
        anchor = slug(start[2]) if number else ""
        yield Section(len(start[1]), start[2].strip(), anchor, page.text[start.end() : end].strip())
