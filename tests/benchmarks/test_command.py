"""The command runs, and says what is held; how fast things are is for people to read."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.benchmarks import results
from tests.benchmarks.__main__ import Run, main
from tests.benchmarks.goals import Goal, goals, medians
from tests.benchmarks.load import Measured, _whole
from tests.benchmarks.results import record, show_goals, table, write_guide
from tests.benchmarks.rows import Found


def test_a_quick_run_measures_and_judges(tmp_path: Path) -> None:
    printed: list[str] = []
    wanted = ("password sign-in", "GetUser")
    file = tmp_path / "found.json"
    run = main(
        ["--quick", "--without-peers", "--only", ",".join([*wanted, "start", "waits"]), "--json", str(file)],
        lambda text: printed.append(str(text)),
    )
    assert not run.found.failures
    text = "\n".join(printed)
    assert all(name in text for name in (*wanted, "Goals", "not measured", "held"))
    content = json.loads(file.read_text())
    assert {one["server"] for one in content["measured"]} == {"bare", "ours"}
    judged = {goal["text"]: goal["verdict"] for goal in content["goals"]}
    assert judged["GetUser: CPU"] in ("held", "not held")
    assert judged["start to first answer / bare"] in ("held", "not held")
    assert judged["start to first answer / best peer"] == "not measured"
    assert content["values"]["longest wait, DeleteUserPool ms"] > 0


def test_several_runs_are_judged_by_their_medians(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = iter([4.0, 1.0, 2.0])
    monkeypatch.setattr(Run, "all", lambda self, *_: self.values.update({"seed, s": next(measured)}))
    monkeypatch.setattr(results, "HISTORY", tmp_path / "history.csv")
    monkeypatch.setattr(results, "GUIDE", tmp_path / "speed.md")
    (tmp_path / "speed.md").write_text("# Speed\n\n<!-- goals -->\n<!-- /goals -->\n")
    printed: list[str] = []
    flags = ["--without-peers", "--runs", "3", "--record", "--write-guide", "--json", str(tmp_path / "found.json")]
    main(flags, lambda text: printed.append(str(text)))
    assert [text for text in printed if text.startswith("Run ")] == ["Run 1 of 3", "Run 2 of 3", "Run 3 of 3"]
    content, name = json.loads((tmp_path / "found.json").read_text()), "YAML seed of 10,000 users to ready"
    assert [run[f"9 {name}"] for run in content["runs"]] == [4.0, 1.0, 2.0]
    assert [(goal["value"], goal["verdict"]) for goal in content["goals"] if goal["text"] == name] == [(2.0, "held")]
    [row] = csv.DictReader((tmp_path / "history.csv").read_text().splitlines())
    assert row[f"9 {name}"] == "2.000"
    assert row["versions"].startswith("cognito-emulator=")
    assert f"| 9 | {name} | 2.00 s | ≤ 3 s | held |" in (tmp_path / "speed.md").read_text()
    with pytest.raises(SystemExit):
        main(["--runs", "0"])


def test_a_median_leaves_out_what_was_not_measured() -> None:
    def run(first: float | None, second: float | None) -> list[Goal]:
        return [Goal(1, "a", first, 2), Goal(2, "b", second, 2)]

    assert medians([run(1, None), run(5, 3), run(2, None)]) == run(2, 3)
    assert medians([run(None, 1)]) == run(None, 1)


def test_a_row_that_is_none_is_refused() -> None:
    with pytest.raises(SystemExit, match="nothing is none of: password sign-in"):
        main(["--only", "nothing"])


def _found() -> Found:
    def one(rate: float) -> list[Measured]:
        return [Measured(0.001, 0.002, 0.003, rate)]

    found = Found(y_cpu=[0.001])
    found.measured = {("ours", "refresh", 16): one(3_000), ("ours", "refresh", 1): one(400)}
    found.measured |= {("moto", "refresh", 16): one(900), ("ministack", "refresh", 16): one(1_500)}
    found.in_y[("ours", "refresh", 16)] = [1.4, 1.2, 1.3]
    found.starts = {"ours": [(0.4, 50)], "bare": [(0.2, 30)], "moto": [(0.9, 80)], "ministack": [(0.8, 60)]}
    return found


def test_goals_go_by_the_best_peer_and_the_middle_of_the_rounds() -> None:
    judged = {goal.text: goal for goal in goals(_found(), {"seed, s": 3.5}) if goal.value is not None}
    assert judged["refresh: rate / best peer"].value == 2
    assert judged["refresh: rate / Y in one thread"].value == 3
    assert (judged["refresh: CPU"].value, judged["refresh: CPU"].verdict) == (1.3, "held")
    assert (judged["refresh: p50, one connection"].value, judged["refresh: p50, one connection"].verdict) == (
        2,
        "not held",
    )
    assert judged["start to first answer / best peer"].value == 0.5
    assert judged["start to first answer / bare"].verdict == "not held"
    assert judged["YAML seed of 10,000 users to ready"].verdict == "not held"
    assert {goal.number for goal in goals(_found(), {}, _found())} == set(range(1, 11))


def test_a_goal_that_was_not_measured_is_neither_held_nor_missed() -> None:
    printed: list[str] = []
    show_goals([Goal(1, "a", None, 2), Goal(2, "b", 3, 2, is_least=True), Goal(2, "c", 3, 2)], printed.append)
    assert [line.split("  ")[-1] for line in printed[1:4]] == ["not measured", "held", "not held"]
    assert printed[-1] == "  1 of 2 measured are held"


def test_the_history_has_dates_versions_and_ratios(tmp_path: Path) -> None:
    file = tmp_path / "history.csv"
    record([Goal(1, "a", 1.5, 2), Goal(1, "b", None, 2)], "2026-11-30", {"Python": "3.11"}, file)
    record([Goal(1, "a", 1.25, 2), Goal(2, "c", 4, 2)], "2026-12-01", {"Python": "3.11"}, file)
    rows = list(csv.reader(file.read_text().splitlines()))
    assert rows == [
        ["date", "versions", "1 a", "2 c"],
        ["2026-11-30", "Python=3.11", "1.500", ""],
        ["2026-12-01", "Python=3.11", "1.250", "4.000"],
    ]


def test_the_guide_gets_the_table_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "speed.md"
    page.write_text("# Speed\n\n<!-- goals -->\nold\n<!-- /goals -->\n\nmore\n")
    write_guide(table([Goal(3, "a", 1.5, 2, unit=" Y")], "2026-11-30", {"Python": "3.11"}), page)
    text = page.read_text()
    assert "old" not in text
    assert "| 3 | a | 1.50 Y | ≤ 2 Y | held |" in text
    assert text.endswith("<!-- /goals -->\n\nmore\n")


def test_answers_of_other_servers_are_read() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert _whole(chunked) == (200, b"abcde")
    assert _whole(chunked[:-2]) is None
    assert _whole(b"HTTP/1.0 400 BAD\r\nContent-Length: 2\r\n\r\n{}") == (400, b"{}")
