"""The pages of the guide: their form, their size, their links."""

from __future__ import annotations

import re

import pytest

from cognito_emulator import __version__
from cognito_emulator.domain.rules import RULES
from cognito_emulator.ports import guide
from cognito_emulator.routes import ROUTES
from tests.guide.generated import PAGES as GENERATED
from tests.helpers.readme import GUIDE, ROOT, Page, page, pages

LARGEST = 12 * 1024
LARGEST_OF_ALL = 16 * 1024  # a page that is written from the code
each_page = pytest.mark.parametrize("document", pages(), ids=lambda document: document.name)
each_guide_page = pytest.mark.parametrize("document", pages()[1:], ids=lambda document: document.name)


@each_page
def test_a_page_can_be_read_to_its_end(document: Page) -> None:
    most = LARGEST_OF_ALL if document.name in GENERATED.values() else LARGEST
    assert len(document.text.encode()) <= most


@each_guide_page
def test_a_page_begins_with_its_title_and_what_it_is_for(document: Page) -> None:
    assert re.match(r"# \S.*\n\n\S", document.text)
    shown = guide.find(document.path.stem)
    assert shown is not None
    assert 3 <= len(shown.title) <= 60
    assert 10 <= len(shown.summary) <= 200


@each_page
def test_links_lead_to_pages_and_headings(document: Page) -> None:
    defined = re.findall(r"^\[[^\]]+\]: (\S+)$", document.prose, re.MULTILINE)
    for target in [*re.findall(r"\]\(([^)\s]+)\)", document.prose), *defined]:
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = (document.path.parent / path).resolve() if path else document.path
        assert found.exists(), target
        in_guide = found.parent == GUIDE and found.suffix == ".md"
        assert in_guide or document.name == "README.md", f"{target} is not shipped with the package"
        if anchor:
            assert anchor in {guide.slug(title) for title in Page(found).headings}, target


@each_page
def test_anchors_of_a_page_differ(document: Page) -> None:
    slugs = [guide.slug(title) for title in document.headings]
    assert len(slugs) == len(set(slugs))


def test_the_newest_changes_are_of_this_version() -> None:
    assert page("changes").headings[1] == __version__


def test_paths_of_the_control_api_exist() -> None:
    """Up to the first name that stands for many."""
    known = [row.path.partition("{")[0] for row in ROUTES if row.path.startswith("/_emulator/")]
    named = {path for document in pages() for path in re.findall(r"/_emulator(?:/[a-z.-]+)+", document.text)}
    assert len(named) >= 20
    found = {path for path in named for route in known if path.startswith(route.rstrip("/")) and route != "/_emulator/"}
    assert named - found == set()


def test_rules_that_are_named_exist_and_texts_are_the_emulators() -> None:
    text = page("troubleshooting").text
    named = re.findall(r"`([a-z-]+\.[a-z0-9-]+)`", text)
    assert len(named) >= 35
    assert {name for name in named if name not in RULES} == set()
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "emulator").rglob("*.py"))
    rows = re.findall(r"^\| ([A-Z][^|`]+) \| `", text, re.MULTILINE)
    assert len(rows) >= 25
    for row in rows:
        parts = [part.strip() for part in row.split("...")]
        assert all(part in sources for part in parts), row
