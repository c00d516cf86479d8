"""The README: short enough to be read to its end, and its two command lines as CI runs them.

Its examples and links are tested with those of the guide, in `tests/guide`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import Any

import boto3
import pytest

from cognito_emulator import Emulator
from cognito_emulator.settings import Settings
from tests.guide.walking import Walk
from tests.helpers.readme import README, ROOT, Page, between

LARGEST = 12 * 1024


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_it_is_read_to_its_end() -> None:
    assert len(README.encode()) <= LARGEST


def test_ci_runs_the_readme_s_two_lines_as_they_stand() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    for name in ("start", "test"):
        assert f"readme_line {name}" in script
        assert between(name).count("\n") == 2, "one line between its fences"


def test_the_first_line_installs_all_features() -> None:
    assert "pip install '.[all]' &&" in between("start")
    extras = project()["project"]["optional-dependencies"]
    (named,) = [re.findall(r"\[(.*)\]", line)[0].split(",") for line in extras["all"]]
    assert set(named) == set(extras) - {"all", "dev"}


@pytest.mark.processes
def test_features_are_not_loaded_before_they_are_used() -> None:
    """Although the first line installs all, nothing starts slower."""
    libraries = [
        "argon2",
        "bcrypt",
        "boto3",
        "jinja2",
        "lxml",
        "markdown_it",
        "publicsuffixlist",
        "signxml",
        "webauthn",
    ]
    code = f"""
import os, sys
from cognito_emulator import Emulator
from cognito_emulator.settings import Settings
with Emulator(Settings(port=0)):
    print([name for name in {libraries} if name in sys.modules], flush=True)
    os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_its_examples_end_in_what_they_show(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The Python signs a new user up and in, and the variables lead an SDK to the emulator."""
    monkeypatch.chdir(tmp_path)
    with Emulator(Settings(port=0)) as emulator:
        walk = Walk(Page(ROOT / "README.md"), emulator, monkeypatch)
        assert walk.all() >= 10
        assert walk.names["tokens"]["TokenType"] == "Bearer"
        assert "erin\n" in capsys.readouterr().out
        pools = boto3.Session().client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
        assert [pool["Id"] for pool in pools] == ["us-east-1_localpool"]


def test_it_says_whose_it_is_not() -> None:
    assert "Not affiliated with, endorsed or sponsored by Amazon." in README
