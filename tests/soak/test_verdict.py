"""What the soak's verdict holds, misses and does not judge."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.harness import Running
from tests.soak import worker
from tests.soak.journey import Connection, set_up, travel
from tests.soak.measured import Measurements
from tests.soak.verdict import ROUNDS, Judgement, judge, percentiles, settled
from tests.soak.watch import Sample, look
from tests.soak.worker import Pace, Report

EVEN = [0.001] * 200


def samples(*memory: float, files: tuple[int, ...] = ()) -> list[Sample]:
    counts = files or (20,) * len(memory)
    return [Sample(float(n), n * 100, each, counts[n], 1.0) for n, each in enumerate(memory)]


def parts(seconds: list[float], errors: list[str], found: list[Sample]) -> dict[str, Judgement]:
    return {each.name: each for each in judge(seconds, errors, found)}


def test_a_good_run_holds_in_every_part() -> None:
    assert [each.holds for each in judge(EVEN, [], samples(*[70.0] * 12))] == [True] * 4


def test_one_error_is_one_too_many_and_is_shown() -> None:
    found = parts(EVEN, ["SignUp: 500"], samples(*[70.0] * 12))["errors"]
    assert (found.holds, found.text) == (False, "1 errors, the first: SignUp: 500")


@pytest.mark.parametrize(("last", "holds"), [(74.3, True), (74.5, False)])
def test_memory_may_grow_by_a_little(last: float, holds: bool) -> None:
    found = parts(EVEN, [], samples(*[70.0] * 9, *[last] * 3))["memory"]
    assert found.holds is holds
    assert found.text == f"70.0 MiB in the first quarter since the run has settled, {last:.1f} MiB in the last"


def test_one_peak_is_no_growth() -> None:
    assert parts(EVEN, [], samples(*[70.0] * 6, 200.0, *[70.0] * 4, 200.0))["memory"].holds


def test_files_that_stay_open_are_found() -> None:
    grown = samples(*[70.0] * 12, files=(20,) * 11 + (29,))
    assert parts(EVEN, [], grown)["files"].holds is False
    assert parts(EVEN, [], samples(*[70.0] * 12, files=(20,) * 11 + (28,)))["files"].holds


def test_answers_are_even_up_to_ten_times() -> None:
    assert parts([0.001] * 90 + [0.0099] * 10, [], [])["answers"].holds
    assert parts([0.001] * 90 + [0.0101] * 10, [], [])["answers"].holds is False


def test_a_run_that_is_too_short_is_not_judged() -> None:
    found = parts([], [], samples(70.0, 90.0))
    assert [each.holds for each in found.values()] == [True, None, None, None]


def test_memory_is_judged_once_the_ring_has_gone_round_and_sessions_end() -> None:
    found = samples(*[70.0] * 31)
    assert [each.at for each in settled(found, 10, 0)] == [22, 23, 24, 25, 26, 27, 28, 29, 30]  # after 2,150 requests
    assert [each.at for each in settled(found, 10, 29)] == [29, 30]


def test_the_log_of_changes_is_full_after_so_many_requests(running: Running) -> None:
    requests = 0

    def count(_kind: str, _seconds: float) -> None:
        nonlocal requests
        requests += 1

    connection = Connection(running.port, count)
    ids = set_up(connection)
    requests, before = 0, len(running.world.store.history.kept)
    for number in range(2):
        travel(connection, ids["pool"], ids["client"], f"user-{number}")
    connection.close()
    changes = len(running.world.store.history.kept) - before
    assert 50 * requests / changes == pytest.approx(ROUNDS, rel=0.02)


def test_percentiles_of_little() -> None:
    assert percentiles([]) == (0, 0)
    assert percentiles([0.002]) == (2, 2)


def test_a_look_counts_the_data_folder_and_survives_a_process_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1024 * 1024)
    assert look(-1, tmp_path, 1.0, 2).database == 1.0


def test_what_the_calibration_counted_is_no_part_of_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = Measurements(-1, tmp_path, 1, 0)
    found.collect([Report([0.001] * 50, [])])
    assert found.calibrated() > 0
    found.collect([Report([0.001] * 7, [])])
    found.look()
    found.print_line()
    assert found.conclude() == 0
    text = capsys.readouterr().out
    assert "nine tenths" in text
    assert [line.split()[2] for line in text.splitlines() if " s " in line and "MiB" in line] == ["7", "7"]


def test_a_run_without_answers_says_so(tmp_path: Path) -> None:
    found = Measurements(-1, tmp_path, 1, 0)
    found.collect([Report([], ["SignUp: 500"])])
    with pytest.raises(RuntimeError, match=r"nothing was answered: \['SignUp: 500'\]"):
        found.calibrated()


def test_errors_miss_the_goal(tmp_path: Path) -> None:
    found = Measurements(-1, tmp_path, 1, 0)
    found.collect([Report([0.001] * 7, [])])
    found.calibrated()
    found.collect([Report([0.001] * 7, ["SignUp: 500"])])
    found.look()
    assert found.conclude() == 1


def test_requests_keep_their_pace_and_a_pause_is_not_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = 100.0, []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(round(seconds, 3))
        now += seconds

    clock: Any = type("Clock", (), {"monotonic": staticmethod(lambda: now), "sleep": staticmethod(sleep)})
    monkeypatch.setattr(worker, "time", clock)
    rate: Any = type("Rate", (), {"value": 10.0})
    pace = Pace(rate)
    for _ in range(13):
        pace.wait()
    # What it is late by, at most a second, is caught up with at once.
    assert slept == [0.1, 0.1]
    rate.value = 0
    pace.wait()
    assert len(slept) == 2
    assert time.monotonic() > 0
