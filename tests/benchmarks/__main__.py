"""Measure this emulator beside others, and say which goals are held: `python -m tests.benchmarks`.

moto, ministack and cognito-local are installed into a folder that is deleted afterwards, or kept with --cache. The
baselines are of the same minute: Y is two RS256 signatures in one thread, H one JSON request to a bare uvicorn +
Starlette application. Judge by ratios: times differ from one machine to the next.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from cognito_emulator import __version__
from tests.benchmarks import own as alone
from tests.benchmarks.account import PLAIN, ROWS, SIGNING, SRP
from tests.benchmarks.goals import goals, medians
from tests.benchmarks.own import SECTIONS, SMALL, Amounts
from tests.benchmarks.peers import Environment, Server, bare, installed, own, without_extras
from tests.benchmarks.results import as_json, record, show_goals, show_rows, table, write_guide
from tests.benchmarks.rows import Effort, Found, Rows

QUICK = Effort(rounds=1, requests=20, seconds=0.1, srp=1, starts=1)
AGAIN = Effort(rounds=2, requests=400)  # without the extras, in a run that has measured with them
_NAMES = (*ROWS, SRP, "start", *SECTIONS, "tests", "without extras")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", metavar="ROW,…", default="", help=f"of: {', '.join(_NAMES)}")
    parser.add_argument("--without-extras", action="store_true", help="h11 and asyncio: no uvloop, no httptools")
    parser.add_argument("--without-peers", action="store_true", help="this emulator and the baselines alone")
    parser.add_argument("--cache", metavar="DIR", type=Path, help="keep the other emulators in this folder")
    parser.add_argument("--runs", type=_number, default=1, metavar="N", help="measure so often, and judge the medians")
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write everything to this file")
    parser.add_argument("--record", action="store_true", help="add the ratios to tests/benchmarks/history.csv")
    parser.add_argument("--write-guide", action="store_true", help="write the goals into the guide's page on speed")
    return parser


def _number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class Run:
    """One run of the command."""

    def __init__(self, arguments: argparse.Namespace, say: Callable[[str], object]) -> None:
        self.say = say
        # The name of one row has a comma.
        listed = arguments.only.replace(SRP, SRP.replace(",", ";")).split(",")
        self.only = [name.strip().replace(";", ",") for name in listed if name.strip()]
        unknown = [name for name in self.only if name not in _NAMES]
        if unknown:
            raise SystemExit(f"{unknown[0]} is none of: {', '.join(_NAMES)}")
        self.quick: bool = arguments.quick
        self.is_without_extras: bool = arguments.without_extras
        self.effort, self.amounts = (QUICK, SMALL) if self.quick else (Effort(), Amounts())
        self.found, self.values = Found(), dict[str, float]()
        self.without: Found | None = None
        self.versions = {"cognito-emulator": __version__, "Python": platform.python_version()}
        for name in ("uvicorn", "starlette", "cryptography"):
            self.versions[name] = version(name)

    def wants(self, name: str) -> bool:
        return not self.only or name in self.only

    def all(self, servers: Sequence[Server], environment: Environment | None, stubs: Mapping[str, str]) -> None:
        """Measure everything that is wanted.

        Args:
            stubs: variables with which a process finds no extras.
        """
        self.versions |= {server.name: server.version for server in servers}
        self.found.failures |= environment.failures if environment else {}
        self.rows(servers, stubs if self.is_without_extras else {})
        self.sections()
        self.tests(environment)
        if not self.is_without_extras:
            self.again(stubs)

    def rows(self, servers: Sequence[Server], extra: Mapping[str, str]) -> None:
        """Measure the requests, and the starts."""
        if any(self.wants(name) for name in (*ROWS, SRP)):
            self.say("Requests, by turns:")
            Rows(self.found, self.effort, self.only, self.say).run(bare(extra), [own(extra=extra), *servers])
        if self.wants("start"):
            self.say("Starts, by turns")
            Rows(self.found, self.effort).starts([bare(extra), own(extra=extra), *servers])

    def sections(self) -> None:
        """Measure what concerns this emulator alone."""
        for name, measure in SECTIONS.items():
            if self.wants(name):
                self._section(name, lambda measure=measure: measure(self.amounts))  # type: ignore[misc]

    def tests(self, environment: Environment | None) -> None:
        """Measure suites of tests."""
        if self.wants("tests"):
            python = str(environment.python) if environment and "moto" in self.versions else None
            self._section("tests", lambda: alone.tests(self.amounts, python))

    def _section(self, name: str, measure: Callable[[], Mapping[str, float]]) -> None:
        self.say(f"{name[0].upper()}{name[1:]}")
        try:
            self.values |= measure()
        except (RuntimeError, OSError, KeyError, ValueError) as error:
            self.found.failures[name] = f"{type(error).__name__}: {str(error)[:300]}"

    def again(self, extra: Mapping[str, str]) -> None:
        """Measure without the extras, beside a bare application without them."""
        if self.wants("without extras"):
            self.say("Without uvloop and httptools, by turns:")
            self.without = Found()
            effort = self.effort if self.quick else AGAIN
            rows = [*SIGNING, SRP, *PLAIN]
            Rows(self.without, effort, rows, self.say).run(bare(extra), [own(extra=extra)])


def main(arguments: Sequence[str] | None = None, say: Callable[[str], object] = print) -> Run:
    """Run it from the command line."""
    given = _parser().parse_args(arguments)
    runs, started = [Run(given, say) for _ in range(given.runs)], time.perf_counter()
    servers, environment = list[Server](), None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stubs = without_extras(folder / "stubs")
        if not given.without_peers:
            say("Installing moto, ministack and cognito-local …")
            environment = installed(given.cache, folder)
            servers = environment.servers()
        begun = time.perf_counter()
        for number, run in enumerate(runs, 1):
            if len(runs) > 1:
                say(f"Run {number} of {len(runs)}")
            run.all(servers, environment, stubs)
            show_rows(run.found, ["bare", "ours", *(server.name for server in servers)], say)
            for name, reason in run.found.failures.items():
                say(f"  not measured: {name}: {reason}")
    judged = [goals(run.found, run.values, run.without) for run in runs]
    found = medians(judged)
    show_goals(found, say)
    say(f"{time.perf_counter() - begun:.0f} s, and {begun - started:.0f} s to install")
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    if given.json:
        about = {"date": date, "versions": run.versions, "without_extras": given.without_extras}
        about["runs"] = [{f"{goal.number} {goal.text}": goal.value for goal in one} for one in judged]
        given.json.write_text(as_json(run.found, run.values, found, about))  # what was measured is the last run's
    if given.record:
        record(found, date, run.versions)
    if given.write_guide:
        write_guide(table(found, date, run.versions))
    return run


if __name__ == "__main__":
    main(sys.argv[1:])
