"""The pages for contributors name files, rooms and commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from cognito_emulator import __version__
from tests.helpers.readme import ROOT

PACKAGE = ROOT / "emulator" / "cognito_emulator"
HOUSE = ROOT / "emulator" / "README.md"
PAGES = (HOUSE, *(ROOT / ".github").glob("*.md"))


def test_the_files_of_the_house_are_there() -> None:
    named = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", HOUSE.read_text("utf-8"))
    assert len(named) > 15
    assert [name for name in named if not any((place / name).is_file() for place in (PACKAGE, ROOT))] == []


def test_the_rooms_of_the_house_are_those_of_the_package() -> None:
    text = HOUSE.read_text("utf-8")
    for floor in ("domain", "flows"):
        rooms = sorted(path.parent.name for path in (PACKAGE / floor).glob("*/__init__.py"))
        assert [room for room in rooms if f"`{room}`" not in text] == []
        assert [
            room for room in rooms if not (PACKAGE / floor / room / "__init__.py").read_text().startswith('"""')
        ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_forms_and_workflows_can_be_read() -> None:
    found = [*(ROOT / ".github").rglob("*.yml")]
    assert {path.name for path in found} >= {"ci.yml", "newest.yml", "publish.yml", "difference.yml", "problem.yml"}
    assert all(isinstance(yaml.safe_load(path.read_text("utf-8")), dict) for path in found)


def test_one_place_has_the_version() -> None:
    """pyproject.toml reads it from the package, and a tag is held against the same line."""
    written = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "pyproject.toml", *PACKAGE.rglob("*.py"))
        if f'version__ = "{__version__}"' in path.read_text("utf-8")
        or f'\nversion = "{__version__}"' in path.read_text("utf-8")
    ]
    assert written == ["emulator/cognito_emulator/__init__.py"]
