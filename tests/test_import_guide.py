"""The guide's page about imports: its lines are commands that are taken, and its names are those of the code."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from cognito_emulator import cli
from cognito_emulator.control.connect.kinds import SNIPPETS
from cognito_emulator.seed import check_files
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings
from tests.helpers.imported_files import FILES

PAGE = (files("cognito_emulator") / "guide" / "import.md").read_text("utf-8")
LINES = [
    line for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL) for line in block.splitlines()
]
URL, REAL = "http://localhost:9229", "eu-west-1_Abc123Def"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    real = {"UserPools": [{"Id": REAL, "PoolName": "real", "Users": [{"Username": "ann"}]}]}
    with Emulator(Settings(port=0)) as emulator:
        emulator.seed(real)
        yield emulator


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    """A project with the files that the page names."""
    shutil.copy(FILES / "sam.yaml", tmp_path / "template.yaml")
    shutil.copy(FILES / "amplify_outputs.json", tmp_path)
    shutil.copy(FILES / "state.json", tmp_path)
    for name in ("users.csv", "answers/pool.json", "answers/client.json"):
        shutil.copy(FILES / name, tmp_path)
    (tmp_path / ".cognito" / "db").mkdir(parents=True)
    for name in ("clients.json", "local_3kJ9xZ.json"):
        shutil.copy(FILES / name, tmp_path / ".cognito" / "db")
    (tmp_path / "other.yaml").write_text("UserPools: []")
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("COGNITO_EMULATOR_URL", emulator.url)


@pytest.mark.usefixtures("_folder")
def test_lines_run_from_top_to_bottom(emulator: Emulator) -> None:
    here = ["--endpoint-url", emulator.url]
    for line in LINES:
        program, *arguments = shlex.split(line.replace(URL, emulator.url))
        if "--profile" in arguments:
            at = arguments.index("--profile")
            del arguments[at : at + 2]
        command = arguments[0]
        if program == "curl":
            continue  # tests/control/test_configs.py
        assert program == "cognito-emulator"
        if command == "--seed":
            assert check_files(arguments[1:]) == []
            continue
        reaches = command == "pull" or (command == "diff" and arguments[1] == REAL)
        status = cli.main([*arguments, *(here if reaches else [])])
        assert status in ((0, 1) if command == "diff" else (0,)), line


def test_kinds_of_clients_are_all_named() -> None:
    listed = PAGE.partition("The kinds are ")[2].partition("`--pool`")[0]
    assert re.findall(r"`([a-z0-9-]+)`", listed) == list(SNIPPETS)


def test_serverless_framework_compiles_to_a_template(tmp_path: Path) -> None:
    """`serverless package` writes CloudFormation, with the functions of its own."""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The AWS CloudFormation template for this Serverless application",
        "Resources": {
            "ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
            "WelcomeLambdaFunction": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"FunctionName": "shop-dev-welcome"},
            },
            "CognitoUserPoolShop": {
                "Type": "AWS::Cognito::UserPool",
                "Properties": {
                    "UserPoolName": "Shop",
                    "LambdaConfig": {"PostConfirmation": {"Fn::GetAtt": ["WelcomeLambdaFunction", "Arn"]}},
                },
                "DependsOn": "WelcomeLambdaFunction",
            },
            "ShopClient": {
                "Type": "AWS::Cognito::UserPoolClient",
                "Properties": {"ClientName": "shop", "UserPoolId": {"Ref": "CognitoUserPoolShop"}},
            },
        },
    }
    path = tmp_path / "cloudformation-template-update-stack.json"
    path.write_text(json.dumps(template))
    assert check_files([path]) == []
