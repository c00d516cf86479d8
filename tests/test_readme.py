"""The README claims only what is shown here: its Python, shell and YAML run against an emulator."""

from __future__ import annotations

import http.client
import re
import shlex
from collections.abc import Iterator
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import yaml
from msgspec import NODEFAULT
from msgspec.structs import fields

from cognito_emulator import Emulator
from cognito_emulator.cli import main
from cognito_emulator.for_tests import ForTests
from cognito_emulator.options import OPTIONS, TOLD
from cognito_emulator.pool_handle import CognitoPool
from cognito_emulator.seed import parse_text
from cognito_emulator.settings import Settings
from tests.helpers.readme import README, ROOT, URL, between, blocks

pytest_plugins = "pytester"
IGNORED = ("docker", "export")


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(Settings(port=0)) as emulator:
        yield emulator


@pytest.fixture
def emulator(server: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator with the built-in seed, as the README starts it, and its working folder."""
    monkeypatch.chdir(ROOT)
    yield server
    server.reset()


def here(text: str, emulator: Emulator) -> str:
    return text.replace(URL, emulator.url)


def python_blocks(tests: bool) -> list[str]:
    return [block for block in blocks("python") if block.startswith("# test_") == tests]


def shell_lines() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines()]


def workflow_lines() -> list[str]:
    return [step["run"] for step in github_workflow()["jobs"]["test"]["steps"] if "run" in step]


def github_workflow() -> Any:
    (block,) = [block for block in blocks("yaml") if block.startswith("jobs:")]
    return yaml.safe_load(block)


def lines_of(program: str) -> list[str]:
    return [line for line in shell_lines() if line.split()[0] == program]


# --- Python -----------------------------------------------------------------------------------------------


def test_python_runs_from_top_to_bottom(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}
    for block in python_blocks(tests=False):
        exec(compile(here(block, emulator), "README.md", "exec"), names)
    assert names["user"]["Username"] == "erin"
    assert names["claims"]["email"] == "erin@example.com"
    assert names["credentials"]["AccessKeyId"].startswith("ASIA")
    printed = capsys.readouterr().out
    assert "erin@example.com" in printed
    assert "['shop']" in printed


@pytest.mark.processes
def test_pytest_examples_pass(pytester: pytest.Pytester) -> None:
    examples = {block.splitlines()[0].removeprefix("# "): block for block in python_blocks(tests=True)}
    for name, block in examples.items():
        (pytester.path / name).write_text(block)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")
    result.assert_outcomes(passed=sum(block.count("\ndef test_") for block in examples.values()))


def test_methods_of_the_fixtures_are_as_they_are_written() -> None:
    written = re.findall(r"`((?:pool|cognito)\.\w+\(.*?\) -> [^`]+)`", README)
    handles = {"pool": CognitoPool, "cognito": Emulator}
    for text in written:
        handle, name = text.split("(")[0].split(".")
        found = signature(getattr(handles[handle], name))
        plain = [each.replace(annotation=Parameter.empty) for each in list(found.parameters.values())[1:]]
        shown = str(found.replace(parameters=plain, return_annotation=Signature.empty)).replace("'", '"')
        assert text == f"{handle}.{name}{shown} -> {found.return_annotation}"
    documented = {text.split("(")[0] for text in written}
    assert {f"pool.{name}" for name in ("add_user", "sign_in", "tokens")} <= documented
    own = {name for name in vars(ForTests) if not name.startswith("_")} - {
        "client",
        "rework",
        "sign_in_facts",
        "totp_of",
    }
    assert {f"cognito.{name}" for name in own} <= documented


@pytest.mark.processes
def test_fixtures_named_are_those_of_the_plugin(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest_subprocess("--fixtures", "-p", "no:cacheprovider").stdout.str()
    existing = set(re.findall(r"^(cognito\w*)", listed, re.MULTILINE))
    assert set(re.findall(r"^\| `(cognito\w*)` \|", README, re.MULTILINE)) == existing


# --- shell ------------------------------------------------------------------------------------------------


def test_every_shell_line_is_of_a_kind_that_is_tested() -> None:
    tested = {"aws", "curl", "cognito-emulator", *IGNORED}
    untested = {line for line in shell_lines() + workflow_lines() if line.split()[0] not in tested}
    assert untested == {between("start").strip("`sh\n"), between("test").strip("`sh\n"), "make test"}


def run_curl(line: str) -> int:
    """Do what the curl line does, where there is no curl; the status."""
    arguments = iter(shlex.split(line)[1:])
    method, headers, body, url = "GET", {}, None, ""
    for argument in arguments:
        if argument == "-X":
            method = next(arguments)
        elif argument == "-H":
            name, _, value = next(arguments).partition(": ")
            headers[name] = value
        elif argument in ("-d", "--data-binary"):
            body = next(arguments)
        elif not argument.startswith("-"):
            url = argument
    if body is not None and body.startswith("@"):
        body = (ROOT / body[1:]).read_text()
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.mark.parametrize("lines", [shell_lines(), workflow_lines()], ids=["sh", "workflow"])
def test_curl_lines_are_accepted(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    lines = [line for line in lines if line.startswith("curl ")]
    assert lines
    with Emulator(Settings(port=0)) as emulator:
        attributes = [{"Name": "email", "Value": "erin@example.com"}]
        web = "localweb000000000000000001"
        emulator.client().sign_up(ClientId=web, Username="erin", Password="Erin-1234", UserAttributes=attributes)
        for line in lines:
            assert run_curl(here(line, emulator)) == 200, line
        emulator.reset()
        assert "eu-west-1_Shop00001" in emulator.world.store.pools, "posted with ?baseline=1"


def test_exported_variables_lead_sdks_here(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in lines_of("export"):
        for pair in shlex.split(line, comments=True)[1:]:
            monkeypatch.setenv(*here(pair, emulator).split("=", 1))
    pools = boto3.Session().client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
    assert [pool["Id"] for pool in pools] == ["us-east-1_localpool"]


def test_command_lines_are_accepted(emulator: Emulator, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for line in [*lines_of("cognito-emulator"), "cognito-emulator --issuer aws"]:
        arguments = shlex.split(line)[1:]
        assert line in README
        if arguments[0] == "exec":
            arguments = arguments[1 : arguments.index("--")]
        if arguments[:1] in (["export"], ["snapshot"]):
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("COGNITO_EMULATOR_URL", emulator.url)
                patch.chdir(tmp_path)
                assert main(arguments) == 0, line
            continue
        if arguments[:1] != ["check"]:
            arguments = ["config", *arguments]  # reads the flags just so, and does not serve
        assert main(arguments) == 0, line
    assert "COGNITO_EMULATOR_ISSUER=aws  # flag" in capsys.readouterr().out


# --- YAML, settings, names --------------------------------------------------------------------------------


def test_example_seed_signs_in(emulator: Emulator, tmp_path: Path) -> None:
    (block,) = [block for block in blocks("yaml") if block.startswith("UserPools:") and "frank" in block]
    (tmp_path / "seed.yaml").write_text(block)
    emulator.seed(tmp_path / "seed.yaml")
    answer = emulator.client().initiate_auth(
        ClientId="myweb",
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "frank", "PASSWORD": "Frank-123"},
    )
    assert "AccessToken" in answer["AuthenticationResult"]


def test_containers_are_given_settings_that_exist() -> None:
    (compose,) = [block for block in blocks("yaml") if block.startswith("services:")]
    given = yaml.safe_load(compose)["services"]["cognito"]["environment"]
    given |= github_workflow()["jobs"]["test"]["services"]["cognito"]["env"]
    known = {option.variable: option for option in OPTIONS}
    for name, value in given.items():
        known[name].read(value)
    assert set(re.findall(r"COGNITO_EMULATOR_[A-Z_]*[A-Z]", README)) <= {*known, *TOLD}


def settings_table() -> str:
    """The README's section."""
    defaults = {each.name: None if each.default is NODEFAULT else each.default for each in fields(Settings)}
    lines = ["| Flag | Variable | Default | Meaning |", "|---|---|---|---|"]
    for option in OPTIONS:
        flag = f"--{option.flag} {option.metavar}" if option.metavar else f"--{option.flag}"
        default = option.meant(defaults[option.field])
        shown = "" if default in (None, (), False) else f"`{default}`"
        lines.append(f"| `{flag}` | `{option.variable}` | {shown} | {option.help} |")
    return "\n".join(lines)


def test_settings_are_those_of_the_command() -> None:
    assert between("settings") == settings_table()


def test_paths_of_the_control_api_exist(emulator: Emulator) -> None:
    paths = set(re.findall(r"/_\w+(?:/[a-z]+)+", README))
    assert len(paths) >= 6
    for path in sorted(
        paths - {"/_emulator/events", "/_emulator/requests/count"}
    ):  # one never ends, one is of POST alone
        # 405 is a path that wants another method; 404 with a text of its own is an empty answer.
        status = run_curl(f"curl {emulator.url}{path}")
        assert status in (200, 405) or path.endswith("/latest"), path


def test_built_in_seed_holds_what_is_said(emulator: Emulator) -> None:
    assert "(a pool, two app clients, four users, an identity pool)" in README
    store = emulator.world.store
    tables = (store.pools, store.clients, store.users, store.identity_pools)
    assert [len(list(table)) for table in tables] == [1, 2, 4, 1]


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\((?!#)([^)]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_ci_runs_the_readme_s_two_lines_as_they_stand() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    for name in ("start", "test"):
        assert f"readme_line {name}" in script
        assert between(name).count("\n") == 2, "one line between its fences"


def test_seeds_of_the_examples_have_no_mistakes() -> None:
    for block in blocks("yaml"):
        if block.startswith("UserPools:"):
            parse_text(block, "README.md")
