"""The comparison: what is counted as what, the table, the section of the guide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conformance import comparison
from tests.conformance.offers import Offer, counted
from tests.conformance.recording import Recording, Step
from tests.conformance.run import Result, run_one
from tests.conformance.scenario import Scenario
from tests.conformance.service import Service, is_not_offered
from tests.conformance.tally import Tally, table
from tests.conformance.target import Target
from tests.helpers.harness import Running
from tests.helpers.readme import between, page

REFUSED = {"code": "InternalError", "message": "", "status": 500}


def result(*steps: Step, outcome: str = "failed", name: str = "mfa/first", **more: Any) -> Result:
    scenario = Scenario(name, "A title.", "none", lambda service: None)
    return Result(scenario, outcome, "line 1", Recording(name, {}, list(steps)), **more)


def http(path: str, status: int) -> Step:
    return Step(f"GET http://localhost:1{path}", {}, {"status": status})


@pytest.mark.parametrize(
    ("step", "offer", "outcome"),
    [
        (Step("TagResource", {}, error=REFUSED), Offer(frozenset({"signup"})), "not offered"),
        (Step("SignUp", {}, error=REFUSED), Offer(frozenset({"signup"})), "failed"),
        (Step("SignUp", {}, {}), Offer(frozenset()), "failed"),  # it was answered, so it is there
        (Step("TagResource", {}, error=REFUSED), Offer(), "failed"),
        (http("/oauth2/token", 404), Offer(), "not offered"),
        (http("/oauth2/token", 400), Offer(), "failed"),
        (http("/oauth2/token", 400), Offer(has_pages=False), "not offered"),
        (http("/us-east-1_a/.well-known/jwks.json", 200), Offer(has_pages=False), "failed"),
    ],
)
def test_what_a_project_does_not_have_is_no_failure(step: Step, offer: Offer, outcome: str) -> None:
    assert counted(result(Step("SignUp", {}, {}), step), offer) == outcome


def test_what_passed_is_counted_as_it_is() -> None:
    step = http("/oauth2/token", 404)
    assert counted(result(step, outcome="passed"), Offer()) == "passed"
    assert counted(result(), Offer()) == "failed"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("Unsupported", 500, True),
        ("InvalidAction", 400, True),
        ("404", 404, True),
        ("ResourceNotFoundException", 404, False),
        ("InvalidParameterException", 400, False),
    ],
)
def test_an_error_tells_whether_the_operation_is_there(code: str, status: int, expected: bool) -> None:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    assert is_not_offered(ClientError(answer, "TagResource")) is expected


def test_a_failure_by_the_text_alone_is_told_apart(running: Running) -> None:
    def other_text(aws: Service) -> None:
        with aws.refused("ResourceNotFoundException", "Another text."):
            aws.idp.describe_user_pool(UserPoolId="us-east-1_aaaaaaaaa")

    def other_code(aws: Service) -> None:
        with aws.refused("UserNotFoundException", "Another text."):
            aws.idp.describe_user_pool(UserPoolId="us-east-1_aaaaaaaaa")

    for run, expected in ((other_text, True), (other_code, False)):
        found = run_one(Target(running.url), Scenario("kit/a", "A title.", "none", run), "text")
        assert (found.outcome, found.is_text_only) == ("failed", expected)


def test_the_table_counts_each_scenario_once() -> None:
    first = [(result(outcome="passed"), "passed"), (result(name="srp/a", is_text_only=True), "failed")]
    second = [(result(), "not offered"), (result(name="srp/a"), "failed")]
    assert table([Tally("one", "1", first), Tally("two", "2", second)]) == [
        "| Area | one | two |",
        "| --- | --- | --- |",
        "| `mfa` | 1 / 0 / 0 | 0 / 0 / 1 |",
        "| `srp` | 0 / 1 / 0 | 0 / 1 / 0 |",
        "| all | **1 / 1 / 0** | **0 / 1 / 1** |",
        "| failed by an error's text alone | 1 | 0 |",
    ]


def test_our_own_failures_are_listed() -> None:
    ours = Tally(comparison.OURS, "1", [(result(), "failed")])
    assert "- `mfa/first`: line 1" in comparison.report([ours], "2026-01-01")
    ours = Tally(comparison.OURS, "1", [(result(outcome="passed"), "passed")])
    assert "No scenario fails on this emulator." in comparison.report([ours], "2026-01-01")


def test_the_command_runs_the_kit_and_writes_the_guide(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "page.md"
    written.write_text("# A\n\n<!-- comparison -->\nold\n<!-- /comparison -->\n\nmore\n", "utf-8")
    monkeypatch.setattr(comparison, "PAGE", written)
    given = ["--peers", comparison.OURS, "--only", "errors/*", "--cache", str(tmp_path), "--installed"]
    assert comparison.main([*given, "--write-guide", "--json", str(tmp_path / "all.json")]) == 0
    text = written.read_text("utf-8")
    assert text.startswith("# A\n\n<!-- comparison -->\n")
    assert text.endswith("<!-- /comparison -->\n\nmore\n")
    assert "| `errors` | 6 / 0 / 0 |" in text
    assert "| `errors` | 6 / 0 / 0 |" in capsys.readouterr().out
    [found] = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert found["scenarios"]["errors/too_short"] == {"outcome": "passed", "detail": "", "text only": False}


def test_the_guide_shows_a_run_in_which_we_failed_nothing() -> None:
    section = between(comparison.SECTION, page("comparison").text)
    assert "No scenario fails on this emulator." in section
    assert "| Area | cognito-emulator | moto | ministack | cognito-local |" in section
