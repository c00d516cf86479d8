"""Whatever is given as a seed: it is read, or refused with a SeedError; nothing else is ever raised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cognito_emulator.seed import Seed, SeedError, parse_files, parse_mapping, parse_text
from cognito_emulator.seed.allowed_keys import form

pytestmark = pytest.mark.exhaustive

WORDS = sorted(form("CreateUserPool", ("Id", "MfaConfig", "Clients", "Groups", "Users")).keys)
WORDS += ["UserPools", "ClientName", "ClientId", "GroupName", "Username", "Sub", "Password", "Attributes", "TOTPSecret"]
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(["OFF", "admins", "null", "012"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(), inner, max_size=5),
    max_leaves=25,
)
seeds = st.fixed_dictionaries({"UserPools": st.lists(st.dictionaries(st.sampled_from(WORDS), values), max_size=3)})
markup = st.text(alphabet="UserPools:[]{}-&*!?|>'\"%@`#,~<=\\\n\t 01a\x00\x85\ud800é", max_size=80)


def seed_or_mistakes(make: Any) -> None:
    """Whatever else than a SeedError is raised fails the test by itself."""
    made = []
    try:
        made = [isinstance(make(), Seed)]
    except SeedError as error:
        made = [str(mistake).startswith("s") for mistake in error.mistakes]
    assert made
    assert all(made)


@given(st.text() | markup)
def test_any_text(text: str) -> None:
    seed_or_mistakes(lambda: parse_text(text, "s"))


@given(values | seeds)
def test_any_json(value: Any) -> None:
    seed_or_mistakes(lambda: parse_text(json.dumps(value, indent=1), "s"))


@given(values | seeds)
def test_any_yaml(value: Any) -> None:
    seed_or_mistakes(lambda: parse_text(yaml.safe_dump(value), "s"))


@given(values | seeds)
def test_any_mapping(value: Any) -> None:
    seed_or_mistakes(lambda: parse_mapping(value, "s"))


@given(raw=st.binary())
def test_any_bytes(tmp_path_factory: Any, raw: bytes) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "seed.yaml"
    path.write_bytes(raw)
    found: list[Any] = []
    try:
        found = [parse_files([path])]
    except SeedError as error:
        found = error.mistakes
    assert found
