"""The guide's page about seed blocks claims only what is shown here: its examples run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest

from cognito_emulator import Emulator
from cognito_emulator.cli import main
from cognito_emulator.seed import parse_text
from cognito_emulator.seed.applying import apply
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.browser import Browser
from tests.helpers.newest import needs_newest
from tests.helpers.readme import ROOT, URL

PAGE = (ROOT / "emulator" / "cognito_emulator" / "guide" / "seed-blocks.md").read_text("utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(port=0)) as one:
        yield one


def test_python_runs(emulator: Emulator) -> None:
    for block in examples("python"):
        exec(compile(block.replace(URL, emulator.url), "seed-blocks.md", "exec"), {})


@needs_newest
@pytest.mark.parametrize("seed", examples("yaml"))
def test_seeds_have_no_mistakes(seed: str) -> None:
    assert seed.startswith("UserPools:")
    at_once(apply(World(Settings()), parse_text(seed, "seed-blocks.md")))


def test_commands_succeed(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    browser = Browser(emulator.port)
    for line in [line for block in examples("sh") for line in block.splitlines()]:
        program, *words = shlex.split(line)
        if program == "cognito-emulator":
            assert main(words) == 0, line
        elif program == "aws":
            operation = getattr(emulator.client(), words[1].replace("-", "_"))
            operation(
                UserPoolId=words[words.index("--user-pool-id") + 1],
                ClientId=words[words.index("--client-id") + 1],
                UseCognitoProvidedValues="--use-cognito-provided-values" in words,
            )
        elif "-u" in words:
            client, _, secret = words[words.index("-u") + 1].partition(":")
            form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
            assert browser.post("/oauth2/token", form).status == 200, line
        else:
            assert browser.get(words[-1].removeprefix(URL)).status == 200, line


def test_what_is_said_of_the_built_in_seed_is_there(emulator: Emulator) -> None:
    store = emulator.world.store
    assert set(re.findall(r"app client `(\w+)`", PAGE)) == {client.id for client in store.clients}
    assert re.findall(r"domain `(\w+)`", PAGE) == [domain.name for domain in store.domains]
