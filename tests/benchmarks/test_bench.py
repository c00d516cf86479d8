"""The benchmark runs; how fast things are is for people to read."""

from __future__ import annotations

from tests.benchmarks.bench import QUICK, Report, run


def test_the_benchmark_runs() -> None:
    printed: list[str] = []
    report = Report(printed.append)
    run(QUICK, report)
    names = {name for name, _, _ in report.lines}
    assert {
        "password sign-in: CPU",
        "SRP sign-in, both calls: CPU",
        "GetCredentialsForIdentity: CPU",
        "AdminGetUser: CPU",
        "sign-in page: p50",
        "SignUp: rate with a data folder",
        "start from 50 users: CPU",
        "start",
    } <= names
    assert all(value >= 0 for _, value, _ in report.lines)
    assert all(name in "".join(printed) for name in names)


def test_a_goal_that_is_missed_is_marked() -> None:
    printed: list[str] = []
    report = Report(printed.append)
    report.ratio("a", 2.0, "H", 1)
    report.ratio("b", 2.0, "H", 3)
    report.ratio("c", 2.0, "H", 3, least=True)
    assert ["MISSED" in line for line in printed] == [True, False, True]
