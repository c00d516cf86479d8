"""The comparison with moto runs; how fast tests are is for people to read."""

from __future__ import annotations

import pytest

from tests.benchmarks.suites import run


@pytest.mark.processes
def test_a_suite_of_our_own_is_measured() -> None:
    printed: list[str] = []
    found = run(3, moto=False, say=printed.append)
    cost = found["cognito-emulator"]
    assert 0 < cost.later < cost.shared, "the first test imports and starts all"
    assert "ms a test" in printed[0]
