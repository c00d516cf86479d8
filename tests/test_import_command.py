"""`cognito-emulator import`, and files of other formats as seeds."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.cli import main
from cognito_emulator.runner import parse_seeds
from cognito_emulator.seed import check_files, parse_files
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings
from tests.helpers.imported_files import CASES, FILES

Capture = pytest.CaptureFixture[str]
URL = "CallbackUrl=http://localhost:3000/callback"


def flags(case: str) -> list[str]:
    files, options, *_ = CASES[case]
    given = [f"--parameter={name}={value}" for name, value in options.get("parameters", {}).items()]
    return [
        *(str(FILES / name) for name in files),
        *given,
        *(["--region", options["region"]] if "region" in options else []),
    ]


@pytest.mark.parametrize("case", CASES)
def test_check_takes_what_import_writes(case: str, tmp_path: Path, capsys: Capture) -> None:
    seed = tmp_path / "seed.yaml"
    assert main(["import", *flags(case), "-o", str(seed)]) == 0
    assert capsys.readouterr().out == f"written to {seed}\n"
    assert check_files([seed]) == []
    (pool,) = parse_files([seed]).pools
    assert pool.id == CASES[case][2]


def test_what_is_left_out_is_said_twice(capsys: Capture) -> None:
    assert main(["import", str(FILES / "sam.yaml")]) == 0
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert "the function arn:aws:lambda:us-east-1:000000000000:function:Welcome" in lines[0]
    assert out.startswith("# Made by cognito-emulator from ")
    assert [f"# - {line}" for line in lines] == out.splitlines()[2:4]


def test_a_mapped_trigger_is_a_file_beside_the_seed(tmp_path: Path) -> None:
    (tmp_path / "welcome.py").write_text("def handler(event, context):\n    return event\n")
    seed = tmp_path / "seed.yaml"
    trigger = "PostConfirmation=welcome.py:handler"
    assert main(["import", str(FILES / "sam.yaml"), "--trigger", trigger, "-o", str(seed)]) == 0
    (pool,) = parse_files([seed]).pools
    assert [handler.function for handler in pool.handlers.values()] == ["handler"]


@pytest.mark.parametrize(
    "content",
    [
        {"CallbackUrl": "http://localhost:1/", "LogoutUrls": ["http://localhost:2/", "http://localhost:3/"]},
        {"Parameters": {"CallbackUrl": "http://localhost:1/", "LogoutUrls": "http://localhost:2/,http://localhost:3/"}},
        [
            {"ParameterKey": "CallbackUrl", "ParameterValue": "http://localhost:1/"},
            {"ParameterKey": "LogoutUrls", "ParameterValue": "http://localhost:2/,http://localhost:3/"},
        ],
    ],
)
def test_a_file_of_parameters(tmp_path: Path, content: Any) -> None:
    """Amplify's parameters.json, and those of `aws cloudformation deploy`; a flag wins."""
    file, seed = tmp_path / "parameters.json", tmp_path / "seed.yaml"
    file.write_text(json.dumps(content))
    flags = ["--parameters", str(file), "--parameter", "Stage=prod", "-o", str(seed)]
    assert main(["import", str(FILES / "shop.yaml"), *flags]) == 0
    (pool,) = parse_files([seed]).pools
    web = pool.clients[0].block.members
    assert web["CallbackURLs"][0] == "http://localhost:1/"
    assert web["LogoutURLs"] == ["http://localhost:2/", "http://localhost:3/"]
    assert pool.block.members["PoolName"] == "stack-prod"


def test_a_folder_stands_for_its_files(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "db"
    folder.mkdir()
    assert main(["import", str(folder)]) == 1
    assert "has no file that can be imported (.json, " in capsys.readouterr().err
    for name in ("clients.json", "local_3kJ9xZ.json"):
        shutil.copy(FILES / name, folder)
    (folder / "notes.txt").write_text("mine")
    assert main(["import", str(folder), "-o", str(tmp_path / "seed.yaml")]) == 0
    (pool,) = parse_files([tmp_path / "seed.yaml"]).pools
    assert (len(pool.clients), len(pool.users)) == (1, 2)


def test_bad_files_and_flags(tmp_path: Path, capsys: Capture) -> None:
    def refusal(*arguments: str) -> str:
        assert main(["import", *arguments]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        return err

    assert refusal(str(FILES / "shop.yaml")).startswith(
        f"cognito-emulator: {FILES}/shop.yaml:62: Resources.Web.CallbackURLs: the parameter CallbackUrl has no default"
    )
    assert "cannot read none.yaml: No such file or directory." in refusal("none.yaml")
    (tmp_path / "p.json").write_text("[1]")
    parameters = refusal("x.yaml", "--parameters", str(tmp_path / "p.json"))
    assert "p.json has no parameters: it is an object of names and values, or CloudFormation's list." in parameters
    assert "--parameter 'x': it is NAME=VALUE." in refusal("x.yaml", "--parameter", "x")
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    assert "a file may have 67108864" in refusal(str(large))


def test_what_the_emulator_refuses_is_said_and_fails(tmp_path: Path, capsys: Capture) -> None:
    template, seed = tmp_path / "t.yaml", tmp_path / "seed.yaml"
    template.write_text("Resources:\n  P: {Type: AWS::Cognito::UserPool, Properties: {UserPoolTier: GOLD}}\n")
    assert main(["import", str(template), "-o", str(seed)]) == 1
    assert "refused: " in capsys.readouterr().err
    assert "UserPoolTier: GOLD" in seed.read_text()


def test_seed_takes_the_same_files(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    local = tmp_path / "local"
    shutil.copytree(FILES, local)
    with caplog.at_level(logging.WARNING):
        seeds = (str(local / "clients.json"), str(local / "local_3kJ9xZ.json"), str(local / "aws-exports.js"))
        with Emulator(seeds=seeds, port=0) as emulator:
            parameters = {"USERNAME": "ann@example.com", "PASSWORD": "Password1!"}
            tokens = emulator.client().initiate_auth(
                ClientId="2eJu3lyKlu0w1r6hzn0oq7", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
            )["AuthenticationResult"]
            assert tokens["AccessToken"]
            assert emulator.client(region="us-east-2").describe_user_pool(UserPoolId="us-east-2_Gen1Pool1")
    assert "the id local_3kJ9xZ is not in AWS's form: here it is us-east-1_3kJ9xZ" in caplog.text


def test_a_file_that_is_no_seed_gets_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "package.json"
    path.write_text('{"name": "shop", "version": "1", "dependencies": {}}')
    assert main(["check", str(path)]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{path}:1: is neither a seed, which begins with UserPools:, nor a CloudFormation")


def test_templates_are_of_the_region_and_account_of_the_settings() -> None:
    settings = Settings(port=0, seeds=(str(FILES / "cdk.json"),), region="eu-west-1", account="123456789012")
    (seed,) = parse_seeds(settings)
    assert seed.pools[0].id == "eu-west-1_PoolD3F588B8"
    assert [part.block.members["Domain"] for part in seed.pools[0].parts] == ["app-123456789012"]


def test_check_takes_the_same_files_and_names_the_place(capsys: Capture) -> None:
    assert main(["check", str(FILES / "cdk.json"), str(FILES / "users.csv")]) == 0
    assert main(["check", str(FILES / "shop.yaml")]) == 1
    assert f"{FILES}/shop.yaml:62: Resources.Web.CallbackURLs: " in capsys.readouterr().out
