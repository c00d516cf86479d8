"""Try what `.ci/package` has built, with nothing but the standard library.

try_package.py same WHEEL WHEEL FOLDER    two wheels have the same files, and all of the package's
try_package.py installed COMMAND          the installed command does what a user tries first
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from zipfile import ZipFile

PACKAGE = "cognito_emulator"
# What pages load, and what shows that their package data is there.
PAGES = {
    "/_emulator/": "<h1",
    "/_emulator/guide": "Guide",
    "/_emulator/guide/sign-in": "Sign",
    "/login?client_id={client}&response_type=code&redirect_uri=https%3A%2F%2Fapp.example.com%2F": 'name="password"',
}


def same(first: str, second: str, folder: str) -> None:
    """Compare two wheels with each other, and with the files of the package."""
    found = [{info.filename: info.CRC for info in ZipFile(path).infolist()} for path in (first, second)]
    differing = {name for name in found[0].keys() | found[1].keys() if found[0].get(name) != found[1].get(name)}
    assert not {name for name in differing if not name.endswith("/RECORD")}, f"the wheels differ: {sorted(differing)}"
    files = {
        path.relative_to(folder).as_posix()
        for path in Path(folder, PACKAGE).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    missing = sorted(files - found[0].keys())
    assert not missing, f"not in the wheel: {missing}"
    print(f"{Path(first).name}: {len(files)} files, the same from the sdist")


def installed(command: str) -> None:
    """Start the installed command away from the repository; sign in and open pages."""
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    flags = ["serve", "--port", "0", "--ready-file", "ready.json"]
    process = subprocess.Popen([command, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        url = _url(process)
        info = json.loads(_get(f"{url}/_emulator/info"))
        assert info["version"] == version, info
        client = _sign_in(url)
        for path, part in PAGES.items():
            assert part in _get(url + path.format(client=client)), path
    finally:
        process.terminate()
        status = process.wait(10)
    assert status == 0, f"it ended with {status}"
    print(f"cognito-emulator {version}: a sign-in and {len(PAGES)} pages")


def _url(process: subprocess.Popen[str]) -> str:
    ends, ready = time.monotonic() + 30, Path("ready.json")
    while time.monotonic() < ends and process.poll() is None:
        if ready.exists():
            return str(json.loads(ready.read_text("utf-8"))["url"])
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"it did not start: {process.communicate()[1]}")


def _get(url: str) -> str:
    try:
        with urlopen(Request(url, headers={"Accept": "text/html"})) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        raise AssertionError(f"{url}: {error.code} {error.read()[:300]!r}") from None


def _call(url: str, operation: str, **members: Any) -> Any:
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
        "Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/cognito-idp/aws4_request, "
        "SignedHeaders=host, Signature=0",
    }
    with urlopen(Request(f"{url}/", json.dumps(members).encode(), headers)) as answer:
        return json.loads(answer.read() or b"{}")


def _sign_in(url: str) -> str:
    """Make a pool and a user who signs in; return the id of a client that has pages."""
    pool = _call(url, "CreateUserPool", PoolName="p")["UserPool"]["Id"]
    settings = {
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "CallbackURLs": ["https://app.example.com/"],
        "SupportedIdentityProviders": ["COGNITO"],
    }
    made = _call(url, "CreateUserPoolClient", UserPoolId=pool, ClientName="c", **settings)["UserPoolClient"]
    password = "Correct-horse-7"
    _call(url, "AdminCreateUser", UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")
    _call(url, "AdminSetUserPassword", UserPoolId=pool, Username="ann", Password=password, Permanent=True)
    parameters = {"USERNAME": "ann", "PASSWORD": password}
    answer = _call(
        url, "InitiateAuth", ClientId=made["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
    )
    assert answer["AuthenticationResult"]["IdToken"].count(".") == 2, answer
    return str(made["ClientId"])


if __name__ == "__main__":
    {"same": same, "installed": installed}[sys.argv[1]](*sys.argv[2:])
