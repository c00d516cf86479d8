"""The JSON Schema takes what seeds are made of, and refuses what they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jsonschema
import pytest

from cognito_emulator import cli
from cognito_emulator.seed import read_yaml
from cognito_emulator.seed.export import export
from cognito_emulator.seed.nodes import Node, Scalar, Sequence
from cognito_emulator.seed.schema import schema
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.readme import ROOT, blocks
from tests.helpers.seeds import EVERYTHING, world_of

SCHEMA = schema()
SEED = ROOT / "emulator" / "cognito_emulator" / "seed"
FIRST_LINE = "# yaml-language-server: $schema=http://localhost:9229/_emulator/schema"
EXAMPLES = [SEED / "default.yaml", *sorted((ROOT / "fixtures" / "seeds").glob("*.yaml"))]
GUIDE = sorted((SEED.parent / "guide").glob("*.md"))


def plain(node: Node) -> Any:
    """The value as an editor of YAML 1.2 reads it."""
    if isinstance(node, Scalar):
        if node.null != "no":
            return None
        if node.text in ("true", "false"):
            return node.text == "true"
        return float(node.text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", node.text) else node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {name: plain(value) for name, _, value in node.entries}


def problems(content: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)]


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example_seeds_fit_and_name_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.splitlines()[0] == FIRST_LINE
    assert problems(plain(read_yaml.read(text))) == []


@needs_newest
def test_seeds_of_the_documentation_fit() -> None:
    found = [block for block in blocks("yaml") if block.startswith("UserPools:")]
    for page in GUIDE:
        found += re.findall(r"^```yaml\n(UserPools:\n.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    for block in found:
        assert problems(plain(read_yaml.read(block))) == [], block


@needs_newest
def test_everything_that_a_seed_can_hold_fits_and_so_does_its_export() -> None:
    assert problems(EVERYTHING) == []
    exported = {**export(world_of(EVERYTHING), secrets=True), "LeftOut": {"messages": 1}}
    assert exported["State"]
    assert problems(exported) == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"UserPool": []}, "'UserPool' was unexpected"),
        ({"UserPools": [{"PoolNam": "p"}]}, "'PoolNam' was unexpected"),
        ({"UserPools": [{}]}, "'PoolName' is a required property"),
        ({"UserPools": [{"PoolName": "p", "UserPoolId": "x"}]}, "'UserPoolId' was unexpected"),
        ({"UserPools": [{"PoolName": "p", "Id": "local"}]}, "does not match"),
        ({"UserPools": [{"PoolName": "p", "MfaConfig": {"MfaConfiguration": "MAYBE"}}]}, "is not one of"),
        (
            {"UserPools": [{"PoolName": "p", "Users": [{"Username": "a", "Atributes": {}}]}]},
            "'Atributes' was unexpected",
        ),
        ({"UserPools": [{"PoolName": "p", "Clients": [{"ClientName": "c", "Policies": 1}]}]}, "'Policies' was unexp"),
        ({"UserPools": [{"PoolName": "p", "Policies": {"PasswordPolicy": {"MinimumLength": 3}}}]}, "minimum of 6"),
        ({"IdentityPools": [{"IdentityPoolName": "p"}]}, "'AllowUnauthenticatedIdentities' is a required"),
        ({"State": {"Row": {}}}, "'Row' was unexpected"),
        ({"State": {"Rows": {"limits": []}}}, "'limits' was unexpected"),
        ({"State": {"Fields": {"groups": ["[]"]}}}, "does not match"),
        ({"LeftOut": {"messages": "few"}}, "is not of type 'integer'"),
        ({"LoginProviders": [{"ProviderName": "p", "Url": "u", "mock": True}]}, "'mock' was unexpected"),
    ],
)
def test_mistakes_are_found(content: Any, text: str) -> None:
    assert any(text in problem for problem in problems(content)), problems(content)


def test_the_command_and_the_address_have_it(running: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA
    with urlopen(f"{running.url}/_emulator/schema") as answer:
        assert json.load(answer) == SCHEMA
