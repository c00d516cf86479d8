"""The handler files of the guide's page about triggers run as it says."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import jwt
import pytest

from cognito_emulator import Emulator
from tests.helpers.lambda_process import needs_node
from tests.helpers.readme import ROOT, page


@pytest.mark.processes
@needs_node
def test_handler_files_of_the_page(tmp_path: Path) -> None:
    (config,) = [block for block in page("triggers").blocks("yaml") if block.startswith("LambdaConfig:")]
    shutil.copytree(ROOT / "fixtures" / "triggers" / "handlers", tmp_path / "handlers")
    pool = "".join(f"    {line}\n" for line in config.splitlines())
    (tmp_path / "seed.yaml").write_text(f"""
UserPools:
  - PoolName: local
{pool}
    Clients: [{{ClientName: web, ClientId: web, ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH]}}]
    Users: [{{Username: ann, Password: Password-1, Attributes: {{email: ann@example.com}}}}]
""")
    with Emulator(seed=tmp_path / "seed.yaml") as emulator:
        answer = emulator.client().initiate_auth(
            ClientId="web", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": "Password-1"}
        )
        token = answer["AuthenticationResult"]["IdToken"]
        assert jwt.decode(token, options={"verify_signature": False})["colour"] == "green"


def test_the_image_is_made_without_node_and_boto3() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "nodejs" not in text
    assert "apt-get" not in text
    (extras,) = re.findall(r"pip .*'\.\[(.*)\]'", text)
    assert not {"pytest", "dev", "all"} & set(extras.split(","))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras.split(",")) == set(project["optional-dependencies"]) - {"pytest", "dev", "all"}
