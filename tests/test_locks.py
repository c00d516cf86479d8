"""What the tests are run with is locked; what users install is kept below versions that nobody has tried."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.contract.written_for import version
from tests.helpers.readme import ROOT, between

CONSTRAINTS = ROOT / "tests" / "constraints.txt"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LINES = [line for line in CONSTRAINTS.read_text("utf-8").splitlines() if not line.startswith("#")]
LOCKED = [Requirement(line) for line in LINES]
PACKAGES = sorted((ROOT / "tests").glob("*/*/package.json"))
# Whose major versions are dates, or come every few weeks (pyproject.toml says so); and what users' tests bring.
UNBOUNDED = {"argon2-cffi", "cryptography", "pytest", "regex"}


def needed(name: str, extras: tuple[str, ...], seen: set[tuple[str, str]]) -> Iterator[str]:
    """All that an installed package requires here, by name."""
    try:
        texts = requires(name) or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, texts):
        wanted = any(requirement.marker is None or requirement.marker.evaluate({"extra": each}) for each in extras)
        for extra in ("", *requirement.extras) if wanted else ():
            pair = canonicalize_name(requirement.name), extra
            if pair not in seen:
                seen.add(pair)
                yield pair[0]
                yield from needed(requirement.name, ("", extra), seen)


def test_everything_that_tests_need_is_locked() -> None:
    """To lock anew: `.ci/raise-locks`."""
    here = {canonicalize_name(each.name) for each in LOCKED if each.marker is None or each.marker.evaluate()}
    wanted = set(needed("cognito-emulator", ("", "dev"), set())) - {"cognito-emulator"}
    assert len(wanted) > 60
    assert wanted - here == set()


def test_each_lock_is_one_version_and_names_no_place() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [\w.<>=!' ]+)?", line) for line in LINES)
    for name in {each.name for each in LOCKED}:
        fitting = [each for each in LOCKED if each.name == name and (each.marker is None or each.marker.evaluate())]
        assert len(fitting) <= 1, name
    assert "/" not in CONSTRAINTS.read_text("utf-8").replace("tests/constraints.txt", "").replace(".ci/raise-locks", "")


def test_botocore_is_the_one_that_the_emulator_is_written_for() -> None:
    assert {f"boto3=={version()}", f"botocore=={version()}"} <= set(LINES)


def test_the_tests_are_installed_with_the_locks() -> None:
    assert ".venv/bin/pip install -c tests/constraints.txt -e '.[dev]'" in between("test")
    installs = [line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if " install -q " in line]
    assert len([line for line in installs if "pip" in line]) == 2
    assert [line for line in installs if "pip" in line and " -c " not in line] == []


def test_one_extra_brings_all_others() -> None:
    extras = PYPROJECT["project"]["optional-dependencies"]
    (everything,) = map(Requirement, extras["all"])
    assert everything.extras == extras.keys() - {"all", "dev"}


def bounded() -> list[str]:
    project = PYPROJECT["project"]
    extras = [
        text for name, texts in project["optional-dependencies"].items() if name not in ("all", "dev") for text in texts
    ]
    return [*PYPROJECT["build-system"]["requires"], *project["dependencies"], *extras]


@pytest.mark.parametrize("text", bounded())
def test_no_unknown_major_version_is_installed(text: str) -> None:
    requirement = Requirement(text)
    below = [each for each in requirement.specifier if each.operator == "<"]
    assert bool(below) != (requirement.name in UNBOUNDED)


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_npm_packages_are_locked(path: Path) -> None:
    package: dict[str, Any] = json.loads(path.read_text("utf-8"))
    lock = json.loads(path.with_name("package-lock.json").read_text("utf-8"))
    asked = {**package.get("dependencies", {}), **package.get("devDependencies", {})}
    assert lock["lockfileVersion"] == 3
    for name, wanted in asked.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == wanted
    for name, entry in lock["packages"].items():
        assert not name or "integrity" in entry, name
        assert "resolved" not in entry, name
