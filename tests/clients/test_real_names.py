"""Libraries with AWS's host names built in reach an emulator that impersonates AWS: unmodified, without a hosts file.

They get the variables that `exec --impersonate` sets.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.impersonation import Place, variables
from tests.helpers.build import PASSWORD, Setup
from tests.helpers.edge_site import DOMAIN, SITE, website
from tests.helpers.node import Node

POOL, CLIENT, OTHER = "us-east-1_Abcdefghi", "4abcdefghijklmnopqrstuvwxy", "5abcdefghijklmnopqrstuvwxy"
FOLDER = Path(__file__).parent / "cloudauth"
ISSUER = f"https://cognito-idp.us-east-1.amazonaws.com/{POOL}"


def pool(id_: str, client: str) -> dict[str, Any]:
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    return {
        "Id": id_,
        "PoolName": id_,
        "Clients": [{"ClientName": "c", "ClientId": client, "ExplicitAuthFlows": flows}],
        "Groups": [{"GroupName": "admins"}],
        "Users": [{"Username": "ann", "Password": PASSWORD, "Groups": ["admins"]}],
    }


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    seed = {"UserPools": [pool(POOL, CLIENT), pool("us-east-1_Bbcdefghi", OTHER)]}
    with Emulator(seed=seed, impersonate=True, tls_dir=str(tmp_path_factory.mktemp("tls"))) as running:
        yield running


@pytest.fixture
def told(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a program below `exec --impersonate`."""
    place = Place(emulator.url, Path(emulator.settings.tls_dir) / "ca.pem")
    for name, value in {**variables(place, os.environ, tmp_path), "COGNITO_EMULATOR_URL": emulator.url}.items():
        monkeypatch.setenv(name, value)


def tokens(emulator: Emulator, client: str) -> dict[str, str]:
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    answer = emulator.client().initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)[
        "AuthenticationResult"
    ]
    return {"id": answer["IdToken"], "access": answer["AccessToken"]}


@pytest.mark.usefixtures("told")
def test_libraries_of_node(node: Node, emulator: Emulator) -> None:
    """AWS SDK v3, aws-jwt-verify, cognito-express, @aws-amplify/adapter-nextjs."""
    foreign = tokens(emulator, OTHER)
    given = {"region": "us-east-1", "password": PASSWORD, "foreign": foreign["id"], "foreignAccess": foreign["access"]}
    steps = node.run("real_names.mjs", emulator, Setup(POOL, CLIENT, None), **given)
    assert steps["sdk"] == {"host": "cognito-idp.us-east-1.amazonaws.com", "isSignedIn": True}
    assert steps["jwt-verify"] == ["ann", ISSUER]
    assert steps["jwt-verify foreign"].startswith("issuer not configured: ")
    assert steps["express"] == ["ann", "ann"]
    assert steps["express foreign"] == "token is not from your User Pool"
    assert steps["nextjs"] == ["ann", ISSUER]
    assert steps["nextjs foreign"] is None


@pytest.mark.usefixtures("told")
def test_libraries_of_python(cloudauth: Path, emulator: Emulator) -> None:
    """fastapi-cloudauth and django-cognito-jwt."""
    given = {**tokens(emulator, CLIENT), "foreign": tokens(emulator, OTHER)["id"]}
    given |= {"region": "us-east-1", "poolId": POOL, "clientId": CLIENT}
    done = subprocess.run(
        [cloudauth, "verify.py"], cwd=FOLDER, input=json.dumps(given), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    steps = {line["step"]: line["value"] for line in map(json.loads, done.stdout.splitlines())}
    assert steps["fastapi /admins access"] == [200, "welcome"]
    assert steps["fastapi /owners access"][0] == 403
    assert steps["fastapi /me id"] == [200, {"username": "ann"}]
    assert [steps[f"fastapi /me {token}"][0] for token in ("access", "foreign")] == [401, 401]
    assert steps["django id"] == "ann"
    assert steps["django foreign"] == "No key found for this token"


@pytest.mark.usefixtures("told")
def test_cognito_at_edge(edge: Node, emulator: Emulator) -> None:
    """A website's function, its user pool's domain, and the browser in between: no agent of the test's own."""
    setup, stale = website(emulator, secret=True)
    domain = f"{DOMAIN}.auth.us-east-1.amazoncognito.com"
    given: dict[str, Any] = {"region": "us-east-1", "domain": domain, "secret": setup.secret, "password": PASSWORD}
    steps = edge.run("cognito_at_edge.mjs", emulator, setup, **given, csrf=False, stale=stale)
    assert steps["sent to"] == {"status": "302", "host": domain, "path": "/authorize"}
    assert steps["back"] == {"status": 302, "origin": SITE, "path": "/"}
    assert steps["signed in"]["status"] == "302", steps["signed in"]
    assert steps["the page"]["status"] == "forwarded"
    assert steps["refreshed"]["new"] is True
