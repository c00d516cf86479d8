"""The examples of the guide's pages about issuers and host names run."""

from __future__ import annotations

import re
import shlex
import urllib.request
from pathlib import Path
from typing import Any

import pytest

import cognito_emulator
from cognito_emulator import Emulator
from cognito_emulator.cli import _parser, main
from cognito_emulator.control.public_url import state
from cognito_emulator.options import OPTIONS, TOLD
from tests.helpers.readme import URL

GUIDE = Path(cognito_emulator.__file__).parent / "guide"
PAGES = ["issuer", "real-host-names"]


def text_of(page: str) -> str:
    return (GUIDE / f"{page}.md").read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(page), re.MULTILINE | re.DOTALL)


def lines(page: str, program: str) -> list[str]:
    return [line for block in blocks(page, "sh") for line in block.splitlines() if line.startswith(f"{program} ")]


@pytest.mark.parametrize("page", PAGES)
def test_command_lines_are_accepted(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    for line in lines(page, "cognito-emulator"):
        arguments = shlex.split(line)[1:]
        if arguments[0] in ("ca", "node-hook"):
            _parser().parse_args(arguments)  # run where they are tested
            continue
        if arguments[0] == "exec":
            arguments = arguments[1 : arguments.index("--")]
        assert main(["config", *arguments]) == 0, line
    assert "_PUBLIC_URL" in capsys.readouterr().out


def status_of(line: str) -> int:
    """Do what a curl line does, where there is no curl."""
    given = shlex.split(line)[1:]
    named = dict(zip(given[1::2], given[2::2], strict=False))  # the first one is the URL, or -X with the URL behind it
    if given[0] == "-X":
        named = {"-X": given[1], **dict(zip(given[3::2], given[4::2], strict=True))}
    url = given[2] if given[0] == "-X" else given[0]
    headers = dict([named["-H"].split(": ", 1)]) if "-H" in named else {}
    body = named["-d"].encode() if "-d" in named else None
    request = urllib.request.Request(url, body, headers, method=named.get("-X", "GET"))
    with urllib.request.urlopen(request, timeout=20) as answer:
        return int(answer.status)


def test_curl_lines_change_the_address() -> None:
    with Emulator() as emulator:
        for line in lines("issuer", "curl"):
            assert status_of(line.replace(URL, emulator.url)) == 200, line
        assert state(emulator.world)["earlier"] == ["http://localhost:32768"]


def test_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks("real-host-names", "python"):
        exec(compile(block, "real-host-names.md", "exec"), names)
    assert names["found"]["issuer"].startswith("https://cognito-idp.us-east-1.amazonaws.com/")


@pytest.mark.parametrize("page", PAGES)
def test_what_is_named_exists(page: str) -> None:
    named = set(re.findall(r"COGNITO_EMULATOR_[A-Z_]*[A-Z]", text_of(page)))
    assert named <= {*(option.variable for option in OPTIONS), *TOLD}
    assert set(re.findall(r"^```(\S+)$", text_of(page), re.MULTILINE)) <= {"sh", "python", "text"}
    assert not [target for target in re.findall(r"\]\(([^)#]+)\)", text_of(page)) if not (GUIDE / target).is_file()]
    assert len(text_of(page)) < 12 * 1024
