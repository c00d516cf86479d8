"""The pages for contributors name files, rooms and commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cognito_emulator import __version__
from tests.contract.doctored import doctored_botocore, environment
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


# --- add an operation ---------------------------------------------------------------------------------------


def add_thing(model: dict[str, Any]) -> None:
    """Give the service model the operation of the page's example."""
    shapes, text = model["shapes"], {"shape": "StringType"}
    group = model["operations"]["GetGroup"]
    thing = {"input": {"shape": "DescribeThingRequest"}, "output": {"shape": "DescribeThingResponse"}}
    model["operations"]["DescribeThing"] = {**group, **thing, "name": "DescribeThing"}
    shapes["FilterType"] = {"type": "structure", "members": {"Name": text, "Value": text}}
    request = {"UserPoolId": {"shape": "UserPoolIdType"}, "Filter": {"shape": "FilterType"}}
    shapes["DescribeThingRequest"] = {"type": "structure", "required": ["UserPoolId"], "members": request}
    shapes["DescribeThingResponse"] = {"type": "structure", "members": {}}


CALL = """
import asyncio
from cognito_emulator.wire.registry import Caller, call
from cognito_emulator.world import World
members = {"UserPoolId": "us-east-1_a", "Filter": {"Name": "n", "Value": "v"}}
try:
    asyncio.run(call(World(), "cognito-idp", "DescribeThing", members, Caller("0", "us-east-1")))
except Exception as error:
    print(error.message)
"""


@pytest.mark.processes
def test_an_operation_is_added_as_the_page_says(tmp_path: Path) -> None:
    """Its example as a module of its own, in a copy of this repository and with a model that has the operation."""
    model, copy = tmp_path / "model", tmp_path / "copy"
    doctored_botocore(model, add_thing)
    shutil.copytree(ROOT / "emulator", copy / "emulator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        ROOT / "tests" / "contract", copy / "tests" / "contract", ignore=shutil.ignore_patterns("__pycache__")
    )
    (copy / "tests" / "__init__.py").touch()

    def run(*command: str) -> str:
        variables = environment(model, copy / "emulator", copy)
        done = subprocess.run([sys.executable, *command], cwd=copy, env=variables, capture_output=True, text=True)
        return done.stdout + done.stderr

    package = copy / "emulator" / "cognito_emulator"
    imports = (package / "operations" / "groups.py").read_text("utf-8").partition("\n\n\n")[0]
    example = re.search(r"```python\n(   @operation.*?)```", HOUSE.read_text("utf-8"), re.DOTALL)
    assert example is not None
    handler = re.sub(r"^   ", "", example[1], flags=re.MULTILINE)
    (package / "operations" / "things.py").write_text(f"{imports.partition('MAX_GROUPS')[0]}\n\n{handler}")
    assert run("-c", CALL) == "DescribeThing is not implemented by cognito-emulator yet.\n"

    honoured = package / "wire" / "honoured.txt"
    before = honoured.read_text("utf-8")
    assert run("-m", "tests.contract.written_for", "--update") == ""
    after = honoured.read_text("utf-8")
    added = "cognito-idp DescribeThing things\n  Filter\n  Filter.Name\n  Filter.Value\n  UserPoolId\n\n"
    assert added in after
    assert after.replace(added, "") == before
    assert run("-c", CALL) == "User pool us-east-1_a does not exist.\n"
    honoured.write_text(after.replace("  Filter.Value\n  UserPoolId\n\n", "  UserPoolId\n\n"))
    assert run("-c", CALL) == "DescribeThing.Filter.Value is not implemented by cognito-emulator yet.\n"
