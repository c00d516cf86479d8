"""The guide's page about the hosted pages: its examples run, and it names what exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import cognito_emulator
from cognito_emulator import Emulator
from cognito_emulator.oauth.pages.render import static
from cognito_emulator.oauth.pages.wording import LANGUAGES
from cognito_emulator.seed import parse_text
from cognito_emulator.settings import Settings
from tests.helpers.readme import URL

GUIDE = (Path(cognito_emulator.__file__).parent / "guide" / "pages.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_page_has_a_title_and_is_short() -> None:
    assert GUIDE.startswith("# ")
    assert len(GUIDE.splitlines()) <= 120


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """An emulator with the built-in seed."""
    with Emulator(Settings(port=0)) as running:
        yield running


def test_the_address_is_a_page_of_the_built_in_seed(emulator: Emulator) -> None:
    (line,) = "".join(blocks("sh")).splitlines()
    program, *_, address = shlex.split(line)
    parts, here = urlsplit(address), urlsplit(emulator.url)
    assert (program, f"http://{parts.netloc}") == ("curl", URL)
    connection = HTTPConnection("127.0.0.1", here.port or 0, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}", headers={"host": here.netloc})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    assert answer.status == 200
    assert "Sign in to your account." in body


def test_python_runs(emulator: Emulator) -> None:
    names: dict[str, Any] = {}
    for block in blocks("python"):
        exec(compile(block.replace(URL, emulator.url), "pages.md", "exec"), names)
    domain = names["idp"].describe_user_pool_domain(Domain="classic")["DomainDescription"]
    assert domain["ManagedLoginVersion"] == 1


def test_seeds_have_no_mistakes() -> None:
    (block,) = blocks("yaml")
    parse_text(block, "guide.yaml")


def test_what_is_named_exists() -> None:
    sheet = static("classic.css").decode()
    assert ".modal-content" in sheet
    assert ".panel-left-border" in sheet
    assert f"{len(LANGUAGES)}, by `lang`" in GUIDE
