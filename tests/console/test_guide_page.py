"""The guide's page about the console's tools: its commands are answered, its names are there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import cognito_emulator
from tests.helpers.build import setup, user
from tests.helpers.console_site import ROOT, Site
from tests.helpers.harness import Running

PAGE = (Path(cognito_emulator.__file__).parent / "guide" / "console-tools.md").read_text("utf-8")
URL = "http://localhost:9229"


def commands() -> list[str]:
    return [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


def test_the_commands_are_answered(site: Site) -> None:
    assert len(commands()) == 3
    for line in commands():
        program, url = shlex.split(line)
        answer = site.request("GET", url.removeprefix(URL), headers={"accept": "*/*"})
        assert (program, answer.status) == ("curl", 200), line
        assert isinstance(json.loads(answer.text), dict)


def test_links_lead_to_pages(site: Site) -> None:
    for url in re.findall(rf"\]\({URL}([^)]+)\)", PAGE):
        site.get(url)


def test_what_is_pressed_is_there(running: Running, site: Site) -> None:
    place = setup(running)
    sub = user(running, place.pool)
    paths = [site.at(place.pool, "users"), site.at(place.pool, "users", sub), f"{ROOT}/flows"]
    shown = " ".join(site.get(path).words("body") for path in paths)
    for name in set(re.findall(r"\*\*([^*]+)\*\*", PAGE)):
        assert name in shown, name
