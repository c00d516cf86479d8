"""First calls import on threads, while the loop answers others: an import of 130 ms would hold all requests up."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

pytestmark = pytest.mark.processes

# Runs an emulator, asks it what imports much, and prints by step what its loop has imported itself.
_PROGRAM = """
import json, sys, threading, urllib.error, urllib.request
import boto3

step, found = "", {}

class Watch:
    def find_spec(self, name, path=None, target=None):
        if step:
            is_loop = threading.current_thread().name == "cognito-emulator"
            found.setdefault(step, {"loop": [], "threads": []})["loop" if is_loop else "threads"].append(name)

def get(path, **more):
    try:
        return urllib.request.urlopen(urllib.request.Request(emulator.url + path, **more)).read()
    except urllib.error.HTTPError as error:
        return error.read()

sys.meta_path.insert(0, Watch())
from cognito_emulator.server import Emulator

SEED = '{"UserPools": [{"PoolName": "b", "Clients": [{"ClientName": "c"}], "Users": [{"Username": "a"}]}]}'
QUERY = "response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&client_id="
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"

with Emulator(port=0, no_seed=False) as emulator:
    idp, identity = emulator.client(), emulator.client("cognito-identity")
    app = {"ClientId": "localweb000000000000000001"}
    ann = {"USERNAME": "ann", "PASSWORD": "Password-1"}
    tokens = {}
    steps = {
        "unknown path": lambda: get("/_emulator/nothing"),
        "sign-up": lambda: idp.sign_up(**app, Username="ann", Password="Password-1", UserAttributes=[
            {"Name": "email", "Value": "ann@example.com"}]),
        "admin": lambda: idp.admin_confirm_sign_up(UserPoolId="us-east-1_localpool", Username="ann"),
        "sign-in": lambda: tokens.update(idp.initiate_auth(
            **app, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=ann)["AuthenticationResult"]),
        "SRP": lambda: idp.initiate_auth(**app, AuthFlow="USER_SRP_AUTH", AuthParameters={
            "USERNAME": "ann", "SRP_A": "abcdef"}),
        "refresh": lambda: idp.initiate_auth(**app, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={
            "REFRESH_TOKEN": tokens["RefreshToken"]}),
        "user": lambda: idp.get_user(AccessToken=tokens["AccessToken"]),
        "not ASCII": lambda: idp.admin_create_user(UserPoolId="us-east-1_localpool", Username="\u017ee\u010da",
            UserAttributes=[{"Name": "email", "Value": "zeca@example.com"}]),
        "identity pool": lambda: identity.create_identity_pool(
            IdentityPoolName="a", AllowUnauthenticatedIdentities=True),
        "export": lambda: get("/_emulator/export"),
        "an ARN": lambda: idp.create_user_pool(PoolName="a", LambdaConfig={"PreSignUp": ARN}),
        "provider": lambda: idp.create_identity_provider(
            UserPoolId="us-east-1_localpool", ProviderName="Facebook", ProviderType="Facebook", AttributeMapping={},
            ProviderDetails={"client_id": "a", "client_secret": "b", "authorize_scopes": "email"}),
        "page": lambda: get("/login?" + QUERY + app["ClientId"]),
        "console": lambda: get("/_emulator/", headers={"accept": "text/html"}),
        "screen": lambda: get("/_emulator/console/pools/us-east-1_localpool/users"),
        "keys": lambda: get("/us-east-1_localpool/.well-known/jwks.json"),
        "token endpoint": lambda: get("/oauth2/token", data=b"grant_type=x"),
        "deletion": lambda: idp.delete_user_pool(UserPoolId=idp.list_user_pools(MaxResults=9)["UserPools"][-1]["Id"]),
        "seed": lambda: emulator.seed(json.loads(SEED)),
        "posted seed": lambda: get("/_emulator/seed", data=SEED.encode(), headers={"content-type": "application/json"}),
    }
    for step, do in steps.items():
        do()
    step = ""
print(json.dumps(found))
"""


@cache
def imported() -> dict[str, dict[str, list[str]]]:
    """What was imported, by step: on the loop's thread and on others."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, list[str]]] = json.loads(done.stdout)
    return found


def test_the_loop_imports_nothing() -> None:
    found = {step: on["loop"] for step, on in imported().items() if on["loop"]}
    assert found == {}


@pytest.mark.parametrize(
    ("step", "module"),
    [
        ("sign-up", "cognito_emulator.operations.sign_up"),
        ("sign-in", "cognito_emulator.flows.auth.entry"),
        ("not ASCII", "regex"),
        ("identity pool", "cognito_emulator.operations.identity.identity_pools"),
        ("page", "jinja2"),
        ("console", "cognito_emulator.console.frame"),
        ("seed", "cognito_emulator.operations.limits"),
        ("export", "cognito_emulator.operations.domains"),
    ],
)
def test_threads_import_what_is_needed(step: str, module: str) -> None:
    assert module in imported()[step]["threads"]
