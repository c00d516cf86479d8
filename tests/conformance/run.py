"""One run: scenarios against a target, each with pools of its own."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from tests.conformance.compare import Difference, differences
from tests.conformance.recording import Recording, read
from tests.conformance.scenario import Scenario
from tests.conformance.service import OtherTextError, Service, is_not_offered
from tests.conformance.target import Target


@dataclass(frozen=True)
class Result:
    """How one scenario went: passed, failed (with where and why), or not offered by the service.

    `is_text_only`: it failed because the text of the expected error is another.
    """

    scenario: Scenario
    outcome: str
    detail: str
    recording: Recording
    differences: list[Difference] = field(default_factory=list)
    is_text_only: bool = False


def run(
    target: Target,
    scenarios: Iterable[Scenario],
    run_id: str,
    *,
    against: Path | None = None,
    told: Callable[[Result], None] = lambda result: None,
) -> list[Result]:
    """Run the scenarios one after another; compare each with its recording below `against`, where there is one."""
    results = []
    for number, scenario in enumerate(scenarios):
        result = run_one(target, scenario, f"{run_id}{number:03d}")
        path = against / f"{scenario.name}.json" if against else None
        if path is not None and path.exists():
            result.differences.extend(differences(read(path), result.recording))
        results.append(result)
        told(result)
    return results


def run_one(target: Target, scenario: Scenario, run_id: str) -> Result:
    """Run one scenario, and delete what it made, also where it is interrupted."""
    service = Service(target, scenario.name, run_id)
    try:
        scenario.run(service)
    except (AssertionError, BotoCoreError, HTTPError, KeyError, IndexError, TypeError, ValueError) as error:
        is_text = isinstance(error, OtherTextError)
        return Result(scenario, "failed", _where(error), service.recording, is_text_only=is_text)
    except ClientError as error:
        outcome = "not offered" if is_not_offered(error) else "failed"
        return Result(scenario, outcome, _where(error), service.recording)
    finally:
        service.close()
    return Result(scenario, "passed", "", service.recording)


def _where(error: Exception) -> str:
    """Say in which line of the scenario the error came up."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "scenarios" in frame.filename]
    place = f"line {frames[-1].lineno}: {frames[-1].line}" if frames else "before its first line"
    text = " ".join(str(error).split())
    return f"{place}  ({type(error).__name__}: {text[:300]})" if text else place
