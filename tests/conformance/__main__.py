"""`python -m tests.conformance`: the command; `--help` says what it can."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import boto3
import botocore

from cognito_emulator import Emulator
from cognito_emulator.settings import Settings
from tests.conformance import report
from tests.conformance.recording import RECORDED
from tests.conformance.run import Result, run
from tests.conformance.scenario import Scenario, scenarios
from tests.conformance.sweep import sweep
from tests.conformance.target import Target

# Dollars for a user who signs in within a month, beyond the free ones [docs: aws.amazon.com/cognito/pricing].
_USER = 0.02
_SIGN_INS = {"InitiateAuth", "AdminInitiateAuth"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the kit; return 0 where every scenario passed and nothing differs from what is recorded."""
    given = _parser().parse_args(arguments)
    chosen = scenarios(given.only)
    if given.list:
        _tell(*(f"{each.name:48}{each.title}" for each in chosen))
        return 0
    if given.aws:
        return _on_aws(given, chosen)
    if given.endpoint:
        return _finish(given, _results(given, Target(given.endpoint, given.region), chosen))
    with Emulator(Settings(port=0)) as emulator:
        results = _results(given, Target(emulator.url, given.region), chosen, quiet=given.dry_run)
    if given.dry_run:
        _tell(*_calls(results), _estimate(results))
        return 0
    return _finish(given, results)


def _tell(*lines: object) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="scenarios whose name matches, such as 'srp/*'")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--endpoint", metavar="URL", help="run against what answers there")
    parser.add_argument("--dry-run", action="store_true", help="print every call that --aws would make, and the cost")
    parser.add_argument("--aws", action="store_true", help="run against AWS and record its answers; needs --yes")
    parser.add_argument("--yes", action="store_true", help="make the calls that --dry-run prints")
    parser.add_argument("--profile", help="profile of the AWS configuration")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--record", type=Path, metavar="DIR", help="write the answers there")
    parser.add_argument("--against", type=Path, default=RECORDED, metavar="DIR", help="compare with these answers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    return parser


def _on_aws(given: argparse.Namespace, chosen: list[Scenario]) -> int:
    """Tell what a run would do and, with --yes, run; leave nothing behind, also where it is interrupted."""
    target = Target(None, given.region, given.profile)
    with Emulator(Settings(port=0)) as emulator:
        _tell(_estimate(run(Target(emulator.url, given.region), chosen, "dry")))
    if not given.yes:
        _tell("Nothing was sent. Say --yes to make these calls, in pools of the kit's own that are deleted afterwards.")
        return 2
    account = boto3.Session(profile_name=given.profile).client("sts", region_name=given.region).get_caller_identity()
    _tell(
        f"Account {account['Account']}, {given.region}.",
        f"Left by earlier runs and deleted: {sweep(target) or 'nothing'}.",
    )
    given.record = given.record or RECORDED
    try:
        return _finish(given, _results(given, target, chosen))
    finally:
        sweep(target)


def _results(given: argparse.Namespace, target: Target, chosen: list[Scenario], *, quiet: bool = False) -> list[Result]:
    run_id = secrets.token_hex(4)
    made = {
        "date": datetime.now(UTC).date().isoformat(),
        "region": target.region,
        "botocore": botocore.__version__,
        "service": "AWS" if target.is_aws else "endpoint",
    }

    def told(result: Result) -> None:
        result.recording.made.update(made)
        if given.record and result.outcome == "passed":
            result.recording.write(given.record)
        if not quiet:
            _tell(report.line(result))

    return run(target, chosen, run_id, against=None if given.record else given.against, told=told)


def _finish(given: argparse.Namespace, results: list[Result]) -> int:
    _tell("", report.table(results))
    if given.json:
        given.json.write_text(json.dumps(report.as_json(results), indent=1) + "\n", "utf-8")
    return int(any(result.outcome != "passed" or result.differences for result in results))


def _calls(results: list[Result]) -> list[str]:
    return [
        f"{result.scenario.name:48}{step.call}  {json.dumps(step.input, default=str)[:200]}"
        for result in results
        for step in result.recording.steps
    ]


def _estimate(results: list[Result]) -> str:
    calls = Counter(step.call for result in results for step in result.recording.steps)
    users = sum(count for call, count in calls.items() if call in _SIGN_INS)
    many = ", ".join(f"{call} {count}" for call, count in calls.most_common(8))
    return (
        f"{len(results)} scenarios, {calls.total()} calls ({many}, ...), {calls['CreateUserPool']} user pools. "
        f"At most {users} users sign in: {users * _USER:.2f} USD where no free users are left. No message is sent."
    )


if __name__ == "__main__":
    sys.exit(main())
