"""The guide's page on speed: its example runs, and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import cognito_emulator
from cognito_emulator import Emulator
from cognito_emulator.options import OPTIONS
from cognito_emulator.settings import Settings
from tests.benchmarks.__main__ import _parser

PAGE = Path(cognito_emulator.__file__).parent / "guide" / "speed.md"
TEXT = PAGE.read_text()


def test_the_example_measures_sign_ins() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    with Emulator(Settings(port=0)) as emulator:
        names: dict[str, object] = {}
        exec(block.replace("http://localhost:9229", emulator.url), names)
    times = names["times"]
    assert isinstance(times, list)
    assert len(times) == 20


def test_the_flags_that_it_names_exist() -> None:
    known = {f"--{option.flag}" for option in OPTIONS} | set(_parser()._option_string_actions)
    named = set(re.findall(r"--[a-z]+(?:-[a-z]+)*", TEXT))
    assert len(named) > 8
    assert named <= known


def test_the_table_has_a_place() -> None:
    assert TEXT.count("<!-- goals -->") == TEXT.count("<!-- /goals -->") == 1
    assert TEXT.startswith("# Speed\n")
