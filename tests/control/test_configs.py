"""`/_emulator/config` and `cognito-emulator config --for`: settings of clients, from one source."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from cognito_emulator.cli import main
from cognito_emulator.control.connect.kinds import SNIPPETS
from cognito_emulator.server import Emulator
from cognito_emulator.settings import Settings

Capture = pytest.CaptureFixture[str]
NAMES = (
    "boto3 cli env amplify amplify-outputs aws-exports identity-js jwt-verify"
    " spring express terraform sam cdk dotnet go"
)
POOL, CLIENT, SERVER = "us-east-1_localpool", "localweb000000000000000001", "localserver000000000000001"
OTHER = {"UserPools": [{"Id": "eu-west-1_other", "PoolName": "o", "Clients": [{"ClientId": "o1", "ClientName": "o"}]}]}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Settings(port=0)) as emulator:
        yield emulator


def get(emulator: Emulator, path: str) -> tuple[str, Any]:
    with urllib.request.urlopen(f"{emulator.url}/_emulator/config{path}") as answer:
        return answer.read().decode(), answer.headers


def refused(emulator: Emulator, path: str, status: int) -> str:
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(emulator, path)
    with caught.value as error:
        assert error.status == status
        return str(json.loads(error.read())["message"])


def test_the_names_are_those_that_are_promised(emulator: Emulator) -> None:
    listed = [one["name"] for one in json.loads(get(emulator, "")[0])["configs"]]
    assert set(NAMES.split()) <= set(listed)
    assert listed == list(SNIPPETS)


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_command_prints_what_the_url_answers(emulator: Emulator, capsys: Capture, name: str) -> None:
    text, headers = get(emulator, f"/{name}")
    assert headers["content-type"].split(";")[0] == SNIPPETS[name].kind
    assert emulator.url in text or f"host.docker.internal:{emulator.port}" in text
    assert name == "terraform" or POOL in text
    assert main(["config", "--for", name, "--url", emulator.url]) == 0
    out, err = capsys.readouterr()
    assert (out, err.strip()) == (text, headers.get("x-emulator-note", ""))


def test_boto3_signs_in_by_what_is_printed(emulator: Emulator) -> None:
    names: dict[str, Any] = {}
    exec(get(emulator, "/boto3")[0], names)
    parameters = {"USERNAME": "alice", "PASSWORD": "Alice-123"}
    answer = names["cognito"].initiate_auth(
        ClientId=names["client_id"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
    )
    assert answer["AuthenticationResult"]["AccessToken"]


def test_outputs_have_the_pool_and_the_hosted_login(emulator: Emulator) -> None:
    outputs = json.loads(get(emulator, "/amplify-outputs")[0])
    auth = outputs["auth"]
    assert (auth["user_pool_id"], auth["user_pool_client_id"], auth["aws_region"]) == (POOL, CLIENT, "us-east-1")
    assert auth["identity_pool_id"] == "us-east-1:10ca1000-0000-4000-8000-000000000001"
    assert auth["mfa_configuration"] == "OPTIONAL"
    assert auth["oauth"]["response_type"] == "code"
    assert "http://localhost:3000/" in auth["oauth"]["redirect_sign_in_uri"]
    assert outputs["custom"]["cognito_emulator"]["user_pool_endpoint"] == emulator.url


def test_amplify_is_told_both_endpoints_and_what_it_lacks(emulator: Emulator) -> None:
    note = get(emulator, "/amplify-outputs")[1]["x-emulator-note"]
    assert "config.Auth.Cognito.identityPoolEndpoint = outputs.custom.cognito_emulator.identity_pool_endpoint;" in note
    text = get(emulator, "/amplify")[0]
    assert "loginWith: {" in text
    hint = "Amplify opens the hosted login by HTTPS, at local.auth.localhost:9230: start the emulator with --tls."
    for said in (note, text, get(emulator, "/aws-exports")[0]):
        assert hint in said
        assert "secret" not in said
    for name in ("amplify", "amplify5", "aws-exports"):
        assert "Amplify cannot use an app client with a secret" in get(emulator, f"/{name}?client={SERVER}")[0]
    assert "with a secret" in get(emulator, f"/amplify-outputs?client={SERVER}")[1]["x-emulator-note"]


def test_exports_are_one_object_of_json(emulator: Emulator) -> None:
    found = re.search(r"const awsmobile = (\{.*?^\});", get(emulator, "/aws-exports")[0], re.DOTALL | re.MULTILINE)
    assert found is not None
    exports = json.loads(found[1])
    assert (exports["aws_user_pools_id"], exports["aws_user_pools_web_client_id"]) == (POOL, CLIENT)
    assert exports["oauth"]["redirectSignIn"].split(",")[0] == "http://localhost:3000/"


def test_yaml_and_json_of_servers(emulator: Emulator) -> None:
    issuer = f"{emulator.url}/{POOL}"
    spring = yaml.safe_load(get(emulator, "/spring")[0])["spring"]["security"]["oauth2"]
    assert spring["resourceserver"]["jwt"]["issuer-uri"] == issuer
    assert spring["client"]["registration"]["cognito"]["client-id"] == CLIENT
    sam = yaml.safe_load(get(emulator, "/sam")[0])["Globals"]["Function"]["Environment"]["Variables"]
    assert sam["COGNITO_CLIENT_ID"] == CLIENT
    assert sam["AWS_ENDPOINT_URL_COGNITO_IDENTITY"] == f"http://host.docker.internal:{emulator.port}"
    dotnet = json.loads(get(emulator, "/dotnet")[0])
    assert dotnet["AWS"]["ServiceURL"] == emulator.url
    assert dotnet["Authentication"]["Schemes"]["Bearer"]["ValidIssuer"] == issuer


def test_which_client_is_a_matter_of_names(emulator: Emulator) -> None:
    assert f'client_id = "{SERVER}"' in get(emulator, f"/boto3?client={SERVER}")[0]
    emulator.seed(OTHER)
    try:
        text = get(emulator, "/boto3?pool=eu-west-1_other")[0]
        assert 'client_id = "o1"' in text
        assert 'region_name="eu-west-1"' in text
        message = refused(emulator, "/boto3?pool=eu-west-1_other&client=" + CLIENT, 404)
        assert message == "There is no such app client (any more)."
    finally:
        emulator.reset()


def test_unknown_names(emulator: Emulator, capsys: Capture) -> None:
    known = f"There are: {', '.join(SNIPPETS)}."
    assert refused(emulator, "/cobol", 404) == f"There are no settings for 'cobol'. {known}"
    assert refused(emulator, "/boto3?pool=x", 404) == "There is no such user pool (any more)."
    assert refused(emulator, "/boto3?colour=red", 400).startswith("Unknown query parameter 'colour'")
    assert main(["config", "--for", "cobol", "--url", emulator.url]) == 1
    assert known in capsys.readouterr().err
    assert main(["config", "--client", "x"]) == 1
    assert "name a kind of client" in capsys.readouterr().err


def test_without_a_client_there_are_no_settings() -> None:
    with Emulator(Settings(port=0, no_seed=True)) as empty:
        assert refused(empty, "/boto3", 404) == "There is no app client to which settings could lead."
