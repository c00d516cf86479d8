"""What concerns this emulator alone is measured; how fast it is is for people to read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.benchmarks.goals import goals
from tests.benchmarks.own import SECTIONS, SMALL, Values
from tests.benchmarks.rows import Found

# What goals go by; a value that no section finds leaves a goal that is never measured.
FOUND: Mapping[str, set[str]] = {
    "memory": {"memory after a sign-up and a sign-in / bare", "memory of each user"},
    "large pools": {"ListUsers, email =: CPU, very many users / 10", "reset after ten changes", "snapshot restored"},
    "data folder": {"SignUp: rate with --data / in memory", "start from --data with 100,000 users: CPU"},
    "history": {"SignUp: CPU with history / without", "AdminGetUser: CPU with history / without"},
    "seeds": {"YAML seed of 10,000 users to ready"},
    "hosted pages": {"sign-in page: p50"},
    "identity pools": {"GetCredentialsForIdentity: CPU / GetUser"},
}


@pytest.mark.parametrize("name", FOUND)
def test_a_section_finds_what_its_goals_go_by(name: str) -> None:
    values: Values = SECTIONS[name](SMALL)
    assert {goal.text for goal in goals(Found(), values) if goal.value is not None} >= FOUND[name]
