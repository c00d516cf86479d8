"""Run the kit against this emulator and three others, and print what each passes, by area.

python -m tests.conformance.comparison                    installs the others into a folder that is thrown away
python -m tests.conformance.comparison --cache FOLDER     keeps them there
python -m tests.conformance.comparison --write-guide      writes the table into the guide's page
"""

from __future__ import annotations

import argparse
import json
import platform
import secrets
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore

from cognito_emulator import Emulator, __version__
from cognito_emulator.settings import Settings
from tests.benchmarks.peers import Environment, Process, Server, installed
from tests.conformance import offers, tally
from tests.conformance.offers import Offer
from tests.conformance.run import run
from tests.conformance.scenario import Scenario, scenarios
from tests.conformance.tally import Tally
from tests.conformance.target import Target
from tests.helpers.readme import GUIDE, between

PAGE, SECTION = GUIDE / "comparison.md", "comparison"
OURS, MOTO, COGNITO_LOCAL = "cognito-emulator", "moto", "cognito-local"
# Without it, cognito-local's pools take e-mail addresses alone as usernames, and Cognito's pools do not
# [docs: README of cognito-local, "Configuration"].
_COGNITO_LOCAL_CONFIG: dict[str, Any] = {"UserPoolDefaults": {"UsernameAttributes": []}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; return 0 where this emulator passed everything."""
    given = _parser().parse_args(arguments)
    chosen = scenarios(given.only)
    with tempfile.TemporaryDirectory() as scratch:
        if not given.installed:
            _tell("Installing moto, ministack and cognito-local ...")
        environment = installed(given.cache, Path(scratch), as_it_is=given.installed)
        tallies = [_count(*each, chosen) for each in _started(environment, Path(scratch), given.peers)]
    if given.json:
        given.json.write_text(json.dumps([each.as_json() for each in tallies], indent=1) + "\n", "utf-8")
    text = report(tallies, datetime.now(UTC).date().isoformat())
    _tell("", text, *(f"{name} was left out: {why}" for name, why in environment.failures.items()))
    if given.write_guide:
        write_guide(text)
    return int(any(each.name == OURS and each.of("failed", "not offered") for each in tallies))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.comparison", description=__doc__)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="scenarios whose name matches, such as 'srp/*'")
    parser.add_argument("--peers", nargs="*", metavar="NAME", help="only these: cognito-emulator, moto, ...")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="install the others there, and keep them")
    parser.add_argument("--installed", action="store_true", help="take what --cache has, and install nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result of each scenario there")
    parser.add_argument("--write-guide", action="store_true", help=f"write the table into {PAGE.name}")
    return parser


def _tell(*lines: object) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _started(
    environment: Environment, scratch: Path, names: Sequence[str] | None
) -> Iterator[tuple[str, str, str, Offer]]:
    """Start one after another: name, version, address, and what it offers."""
    if not names or OURS in names:
        with Emulator(Settings(port=0)) as emulator:
            yield OURS, __version__, emulator.url, Offer()
    if names == [OURS]:
        return
    for server in environment.servers():
        if names and server.name not in names:
            continue
        offer = offers.of_moto(environment.python) if server.name == MOTO else Offer()
        try:
            with _peer(server, scratch) as url:
                yield server.name, server.version, url, offer
        except RuntimeError as error:
            environment.failures[server.name] = str(error)


@contextmanager
def _peer(server: Server, scratch: Path) -> Iterator[str]:
    """Run another emulator in a folder of its own; its address."""
    folder = scratch / server.name
    folder.mkdir()
    if server.name == COGNITO_LOCAL:
        (folder / ".cognito").mkdir()
        (folder / ".cognito" / "config.json").write_text(json.dumps(_COGNITO_LOCAL_CONFIG), "utf-8")
    with Process(replace(server, folder=folder)) as process:
        yield f"http://127.0.0.1:{process.port}"


def _count(name: str, version: str, url: str, offer: Offer, chosen: Sequence[Scenario]) -> Tally:
    _tell(f"{name} {version}: {len(chosen)} scenarios ...")
    results = run(Target(url), chosen, secrets.token_hex(4))
    counted = [(result, offers.counted(result, offer)) for result in results]
    _tell(f"    {dict(Counter(outcome for _, outcome in counted))}")
    return Tally(name, version, counted)


def report(tallies: Sequence[Tally], date: str) -> str:
    """Return the section of the guide: when, with which versions, the table, and why we fail where we do."""
    versions = ", ".join(f"{each.name} {each.version}" for each in tallies)
    ours = next((each for each in tallies if each.name == OURS), None)
    failures = ours.failures() if ours else []
    told = [f"- `{scenario}`: {why}" for scenario, why in failures] or ["No scenario fails on this emulator."]
    made = f"{date}: {versions}; botocore {botocore.__version__}, Python {platform.python_version()}."
    return "\n".join(["", made, "", *tally.table(tallies), "", *told, ""])


def write_guide(text: str) -> None:
    """Put the section between its marks on the page."""
    page = PAGE.read_text("utf-8")
    between(SECTION, page)
    before, start, rest = page.partition(f"<!-- {SECTION} -->")
    _, end, after = rest.partition(f"<!-- /{SECTION} -->")
    PAGE.write_text(f"{before}{start}\n{text}\n{end}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
