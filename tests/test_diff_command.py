"""`cognito-emulator diff`: seeds, pools and emulators compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cognito_emulator.cli import main
from cognito_emulator.seed import parse_mapping
from cognito_emulator.seed.difference import differences
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings
from tests.helpers.imported_files import FILES

Capture = pytest.CaptureFixture[str]
REAL = FILES.parent / "real.yaml"
POOL = "eu-west-1_Real"


def found(first: Any, second: Any) -> list[str]:
    return [str(one) for one in differences(parse_mapping(first), parse_mapping(second))]


def pool(**members: Any) -> dict[str, Any]:
    return {"UserPools": [{"PoolName": "p", **members}]}


CLIENT = {"ClientName": "web", "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
TURNED = {"ClientName": "web", "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]}
ANN = {"Username": "ann", "Password": "Ann-12345"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (pool(), pool()),
        (pool(), pool(MfaConfig={"MfaConfiguration": "OFF"})),
        (pool(Clients=[CLIENT]), pool(Clients=[TURNED])),
        (pool(Clients=[{**CLIENT, "GenerateSecret": True}]), pool(Clients=[{**CLIENT, "GenerateSecret": True}])),
        (pool(Users=[ANN]), pool(Users=[{**ANN, "Attributes": {}}])),
        (pool(Clients=[CLIENT], UserPoolTier="ESSENTIALS"), pool(Clients=[CLIENT])),
    ],
)
def test_the_same_in_other_words(first: Any, second: Any) -> None:
    assert found(first, second) == []


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        (pool(), pool(Groups=[{"GroupName": "g"}]), ["+ UserPools[p].Groups[g]"]),
        (pool(Clients=[CLIENT]), pool(), ["- UserPools[p].Clients[web]"]),
        (
            pool(Clients=[CLIENT]),
            pool(Clients=[{**CLIENT, "RefreshTokenValidity": 7}]),
            ["~ UserPools[p].Clients[web].RefreshTokenValidity: 30 -> 7"],
        ),
        (
            pool(Users=[ANN]),
            pool(Users=[{**ANN, "Password": "Ann-54321"}]),
            ['~ UserPools[p].Users[ann].Password: "***" -> "***"'],
        ),
        (
            pool(Id="us-east-1_a"),
            pool(Id="us-east-1_b"),
            ['~ UserPools[us-east-1_a].Id: "us-east-1_a" -> "us-east-1_b"'],
        ),
        (
            pool(Policies={"PasswordPolicy": {"MinimumLength": 8}}),
            pool(Policies={"PasswordPolicy": {"MinimumLength": 9}}),
            ["~ UserPools[p].Policies.PasswordPolicy.MinimumLength: 8 -> 9"],
        ),
        (pool(), {}, ["- UserPools[p]"]),
    ],
)
def test_differences_by_path(first: Any, second: Any, lines: list[str]) -> None:
    assert found(first, second) == lines


def test_secrets_are_compared_and_never_shown() -> None:
    def seed(secret: str) -> Any:
        details = {
            "client_id": "c", "client_secret": secret, "authorize_scopes": "openid", "attributes_request_method": "GET",
            "oidc_issuer": "https://login.corp.example", "authorize_url": "https://login.corp.example/a",
            "token_url": "https://login.corp.example/t", "attributes_url": "https://login.corp.example/u",
            "jwks_uri": "https://login.corp.example/j",
        }  # fmt: skip
        provider = {"ProviderName": "Corp", "ProviderType": "OIDC", "ProviderDetails": details, "mock": True}
        return pool(IdentityProviders=[provider], Clients=[{"ClientName": "web", "ClientSecret": secret * 4}])

    first, second = (parse_mapping(seed(secret)) for secret in ("secret1", "secret2"))
    lines = [str(one) for one in differences(first, second)]
    assert lines == [
        '~ UserPools[p].IdentityProviders[Corp].ProviderDetails.client_secret: "***" -> "***"',
        '~ UserPools[p].Clients[web].ClientSecret: "***" -> "***"',
    ]
    (only,) = differences(first, parse_mapping({}))
    assert "secret1" not in repr(only)
    assert only.before["Clients"][0]["ClientName"] == "web"


def test_several_pools_are_paired_by_their_ids() -> None:
    first = {"UserPools": [{"Id": f"us-east-1_{name}", "PoolName": name} for name in "ab"]}
    second = {"UserPools": [{"Id": f"us-east-1_{name}", "PoolName": name} for name in "cb"]}
    assert found(first, second) == ["- UserPools[us-east-1_a]", "+ UserPools[us-east-1_c]"]


@pytest.fixture(scope="module")
def real() -> Iterator[Emulator]:
    with Emulator(Settings(port=0, seeds=(str(REAL),))) as emulator:
        yield emulator


def test_an_emulator_and_the_seed_that_it_was_started_with(real: Emulator, capsys: Capture) -> None:
    assert main(["diff", str(REAL), real.url]) == 0
    assert capsys.readouterr().out == "0 differences\n"


def test_a_pool_and_a_seed(real: Emulator, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    where = ["--endpoint-url", real.url]
    assert main(["diff", POOL, str(REAL), *where, "--users"]) == 0, capsys.readouterr().out
    content = yaml.safe_load(REAL.read_text())
    content["UserPools"][0]["Clients"][0]["AccessTokenValidity"] = 5
    seed = tmp_path / "seed.yaml"
    seed.write_text(yaml.safe_dump(content))
    capsys.readouterr()
    assert main(["diff", POOL, str(seed), *where]) == 1
    line = f"~ UserPools[{POOL}].Clients[realweb1].AccessTokenValidity: 20 -> 5"
    assert capsys.readouterr().out == f"{line}\n1 difference\n"
    assert main(["diff", str(REAL), str(seed), "--json"]) == 1
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["kind"], one["before"], one["after"]) == ("changed", 20, 5)


def test_a_template_and_its_seed(tmp_path: Path, capsys: Capture) -> None:
    seed = tmp_path / "seed.yaml"
    assert main(["import", str(FILES / "cdk.json"), "-o", str(seed)]) == 0
    assert main(["diff", str(FILES / "cdk.json"), str(seed)]) == 0


def test_sides_that_cannot_be_read(capsys: Capture) -> None:
    assert main(["diff", str(REAL), "none.yaml"]) == 2
    assert "none.yaml: cannot be read" in capsys.readouterr().err
    assert main(["diff", str(REAL), "http://127.0.0.1:1"]) == 2
    assert "cannot reach an emulator" in capsys.readouterr().err
