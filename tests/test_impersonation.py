"""What programs are told with --impersonate: variables, files of authorities, the hook of Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest

from cognito_emulator import Emulator
from cognito_emulator.cli import main
from cognito_emulator.domain.server_names import amazon_certificate
from cognito_emulator.impersonation import BUNDLES, NODE_HOOK, Place, variables
from tests.helpers.command import run

IDP = "cognito-idp.us-east-1.amazonaws.com"
POOL, CUSTOM = "us-east-1_localpool", "login.shop.example"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    authority = tmp_path / "ca.pem"
    authority.write_text("OURS\n")
    return Place("http://localhost:9229", authority, ["login.shop.example", "b.example"])


def test_proxy_and_authority_are_named_in_every_spelling(place: Place, tmp_path: Path) -> None:
    made = variables(place, {}, tmp_path)
    assert made["HTTPS_PROXY"] == made["https_proxy"] == "http://localhost:9229"
    assert made["NO_PROXY"] == made["no_proxy"] == "localhost,127.0.0.1,::1"
    (bundle,) = {made[name] for name in BUNDLES}
    assert Path(bundle).read_text() == f"{Path(certifi.where()).read_text()}\n{_system()}OURS\n\n"
    assert made["NODE_EXTRA_CA_CERTS"] == str(place.authority)
    assert made["NODE_OPTIONS"] == f'--require "{NODE_HOOK}"'
    assert made["COGNITO_EMULATOR_HOSTS"] == "login.shop.example,b.example"
    assert "HTTP_PROXY" not in made


def _system() -> str:
    """What OpenSSL trusts by itself, where it is a file."""
    import ssl

    paths = (ssl.get_default_verify_paths().cafile or "", "/etc/ssl/certs/ca-certificates.crt")
    found = [Path(path) for path in paths if path and Path(path).is_file()]
    return f"{found[0].read_text()}\n" if found else ""


def test_what_the_environment_has_is_kept(place: Place, tmp_path: Path) -> None:
    for name in ("theirs", "other"):
        (tmp_path / f"{name}.pem").write_text(name.upper())
    theirs, other = str(tmp_path / "theirs.pem"), str(tmp_path / "other.pem")
    given = {
        "SSL_CERT_FILE": theirs,
        "AWS_CA_BUNDLE": theirs,
        "REQUESTS_CA_BUNDLE": other,
        "CURL_CA_BUNDLE": "/no/such/file",
        "NODE_EXTRA_CA_CERTS": other,
        "NODE_OPTIONS": "--max-old-space-size=100",
        "NO_PROXY": "a.test, localhost",
    }
    made = variables(place, given, tmp_path)
    assert Path(made["SSL_CERT_FILE"]).read_text() == "THEIRS\nOTHER\nOURS\n\n"
    assert Path(made["NODE_EXTRA_CA_CERTS"]).read_text() == "OTHER\nOURS\n"
    assert made["NODE_OPTIONS"] == f'--require "{NODE_HOOK}" --max-old-space-size=100'
    assert made["NO_PROXY"] == "a.test,localhost,127.0.0.1,::1"


def test_the_path_of_the_hook_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["node-hook"]) == 0
    assert capsys.readouterr().out == f"{NODE_HOOK}\n"
    assert NODE_HOOK.is_file()


# --- real programs ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    directory = str(tmp_path_factory.mktemp("tls"))
    with Emulator(impersonate=True, tls_dir=directory, no_seed=False) as running:
        arn = "arn:aws:acm:us-east-1:000000000000:certificate/x"
        config = {"CertificateArn": arn}
        running.client().create_user_pool_domain(UserPoolId=POOL, Domain=CUSTOM, CustomDomainConfig=config)
        yield running


def node(emulator: Emulator, tmp_path: Path, script: str, hosts: tuple[str, ...] = (CUSTOM,)) -> dict[str, Any]:
    """Run a module with the variables; the JSON that it prints."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    place = Place(emulator.url, Path(emulator.settings.tls_dir) / "ca.pem", hosts)
    made = {**os.environ, **variables(place, os.environ, tmp_path), "COGNITO_EMULATOR_URL": emulator.url}
    (tmp_path / "script.mjs").write_text(script)
    done = subprocess.run(
        ["node", tmp_path / "script.mjs"], env=made, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


SCRIPT = """
import https from 'node:https';
import { connect } from 'node:tls';
const get = (url) => new Promise((resolve, reject) => https.get(url, { agent: new https.Agent({ keepAlive: true }) },
  (answer) => { let text = ''; answer.on('data', (part) => (text += part)); answer.on('end', () => resolve(text)); })
  .on('error', reject));
const failure = (promise) => promise.then(() => 'none', (error) => String(error.cause ?? error));
const configuration = '/us-east-1_localpool/.well-known/openid-configuration';
const big = await (await fetch('https://IDP/', { method: 'POST', body: 'x'.repeat(3_000_000) })).text();
console.log(JSON.stringify({
  fetched: (await (await fetch('https://IDP' + configuration)).json()).issuer,
  got: JSON.parse(await get('https://IDP' + configuration)).issuer,
  custom: (await (await fetch('https://login.shop.example/.well-known/openid-configuration')).json()).token_endpoint,
  raw: await new Promise((done) => connect(443, 'IDP', {}, function () { this.end(); done(this.authorized); })),
  big: big.slice(0, 20),
  plain: await failure(fetch('https://127.0.0.1:59999/')),
  other: await failure(fetch('https://unknown.invalid/')),
}));
""".replace("IDP", IDP)


@pytest.mark.processes
def test_a_node_program_reaches_the_names_and_nothing_else_changes(emulator: Emulator, tmp_path: Path) -> None:
    found = node(emulator, tmp_path, SCRIPT)
    assert found["fetched"] == found["got"] == f"https://{IDP}/{POOL}"
    assert found["custom"] == f"https://{CUSTOM}/oauth2/token"
    assert found["raw"] is True
    assert found["big"].startswith("{")
    assert "ECONNREFUSED" in found["plain"]
    assert "unknown.invalid" in found["other"]
    assert "ENOTFOUND" in found["other"] or "EAI_AGAIN" in found["other"]


NAMES = [
    "cognito-idp.eu-west-1.amazonaws.com", "issuer-cognito-idp.us-gov-west-1.amazonaws.com", "s3.eu-west-1.api.aws",
    "cognito-identity.amazonaws.com", "cognito-idp.eu-west-1.api.aws",
    "cognito-identity.cn-north-1.amazonaws.com.cn", "cognito-idp-fips.us-east-1.amazonaws.com", "sts.amazonaws.com",
    "shop.auth.us-east-1.amazoncognito.com", "shop.auth-fips.us-east-1.amazoncognito.com", "cognito-idp.amazonaws.com",
    "a.b.auth.us-east-1.amazoncognito.com", "cognito-idp.eu-west-1.amazonaws.com.evil.example", "localhost", "",
]  # fmt: skip


@pytest.mark.processes
def test_the_hook_knows_the_same_names(emulator: Emulator, tmp_path: Path) -> None:
    script = f"""import {{ createRequire }} from 'node:module';
const {{ isNamed }} = createRequire(import.meta.url)({json.dumps(str(NODE_HOOK))});
console.log(JSON.stringify({{ named: {json.dumps(NAMES)}.filter(isNamed) }}));"""
    assert node(emulator, tmp_path, script)["named"] == [name for name in NAMES if amazon_certificate(name)]


@pytest.mark.processes
def test_a_node_program_sees_why_a_name_is_refused(emulator: Emulator, tmp_path: Path) -> None:
    script = (
        "try { await fetch('https://b.example/') } catch (e) { console.log(JSON.stringify({ why: e.cause.message })) }"
    )
    why = node(emulator, tmp_path, script, ("b.example",))["why"]
    assert why.startswith(f"cognito-emulator at {emulator.url} does not serve b.example: HTTP/1.1 403 ")


PROGRAM = """
import os, boto3, requests
for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL")]:
    del os.environ[name]
idp = boto3.client("cognito-idp")
print(idp.meta.endpoint_url, sorted(idp.initiate_auth(
    ClientId="localweb000000000000000001", AuthFlow="USER_PASSWORD_AUTH",
    AuthParameters={"USERNAME": "alice", "PASSWORD": "Alice-123"})["AuthenticationResult"])[0])
print(requests.get(f"{idp.meta.endpoint_url}/us-east-1_localpool/.well-known/openid-configuration").json()["issuer"])
"""


@pytest.mark.processes
def test_exec_sets_all_of_it(tmp_path: Path) -> None:
    done = run("exec", "--impersonate", "--tls-dir", str(tmp_path), "--", sys.executable, "-c", PROGRAM)
    assert done.stdout.splitlines() == [f"https://{IDP} AccessToken", f"https://{IDP}/{POOL}"], done.stderr
