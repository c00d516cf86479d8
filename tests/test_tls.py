"""HTTPS beside HTTP: a local authority that is kept, certificates by name, files of one's own."""

from __future__ import annotations

import argparse
import http.client
import json
import socket
import ssl
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from cognito_emulator.cli import main
from cognito_emulator.options import BadSetting, add_to, settings_from
from cognito_emulator.ports import tls
from cognito_emulator.ports.tls import Authority, CannotUseTls
from cognito_emulator.server import Emulator
from cognito_emulator.sockets import PortTaken
from tests.helpers.command import served
from tests.helpers.oauth_client import CALLBACK, OAUTH

CUSTOM = "auth.shop.test"
SEED: dict[str, Any] = {
    "UserPools": [
        {
            "PoolName": "p",
            "Clients": [{"ClientName": "c", "ClientId": "4abcdefghijklmnopqrstuvwxy", **OAUTH}],
            "Users": [{"Username": "ann", "Password": "Correct-horse-7"}],
        }
    ]
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def emulator(directory: Path) -> Any:
    with Emulator(seed=SEED, tls=True, tls_port=0, tls_dir=str(directory)) as running:
        cognito = running.client()
        pool = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        arn = "arn:aws:acm:us-east-1:000000000000:certificate/x"
        cognito.create_user_pool_domain(UserPoolId=pool, Domain=CUSTOM, CustomDomainConfig={"CertificateArn": arn})
        cognito.create_user_pool_domain(UserPoolId=pool, Domain="shop")
        yield running


def port_of(emulator: Emulator) -> int:
    return int(emulator.tls_url.rpartition(":")[2])


def get(emulator: Emulator, trusted: Path, name: str, path: str = "/_emulator/health") -> http.client.HTTPResponse:
    """GET as a browser does: the name is asked for (SNI), checked against the certificate, and is the Host."""
    context = ssl.create_default_context(cafile=str(trusted))
    connection = http.client.HTTPSConnection(name, port_of(emulator), context=context, timeout=30)
    plain = socket.create_connection(("127.0.0.1", port_of(emulator)), timeout=30)
    connection.sock = context.wrap_socket(plain, server_hostname=name)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer
    finally:
        connection.close()


NAMES = ["localhost", "127.0.0.1", "shop.auth.localhost", "shop.auth.us-east-1.amazoncognito.com", CUSTOM]
NAMES += ["cognito-idp.eu-west-1.amazonaws.com", "cognito-identity.us-gov-west-1.amazonaws.com"]


@pytest.mark.parametrize("name", NAMES)
def test_each_name_has_a_certificate(emulator: Emulator, directory: Path, name: str) -> None:
    path = "/_emulator/health" if name in ("localhost", "127.0.0.1") else "/oauth2/token"
    assert get(emulator, directory / "ca.pem", name, path).status in (200, 405)


OTHERS = ["example.com", "shop.auth.example.com", "a.b.auth.localhost", "s3.eu-west-1.amazonaws.com"]


@pytest.mark.parametrize("name", OTHERS)
def test_other_names_have_none(emulator: Emulator, directory: Path, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        get(emulator, directory / "ca.pem", name)


def test_a_custom_domain_of_a_world_has_one(emulator: Emulator, directory: Path) -> None:
    cognito = emulator.client(endpoint_url=f"{emulator.url}/w/one")
    pool = cognito.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    name, arn = "login.one.example", "arn:aws:acm:us-east-1:000000000000:certificate/x"
    cognito.create_user_pool_domain(UserPoolId=pool, Domain=name, CustomDomainConfig={"CertificateArn": arn})
    assert get(emulator, directory / "ca.pem", name, "/w/one/oauth2/token").status == 405


def test_http_is_there_too(emulator: Emulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)
    connection.request("GET", "/_emulator/health")
    assert connection.getresponse().status == 200
    connection.close()


def test_a_session_by_tls_is_secure(emulator: Emulator, directory: Path) -> None:
    path = f"/logout?client_id=4abcdefghijklmnopqrstuvwxy&logout_uri={OAUTH['LogoutURLs'][0]}"
    answer = get(emulator, directory / "ca.pem", "localhost", path)
    assert answer.status == 302
    assert "; Secure" in str(answer.getheader("set-cookie"))
    assert CALLBACK not in str(answer.getheader("location"))


def test_the_authority_is_kept_and_its_key_is_secret(emulator: Emulator, directory: Path) -> None:
    before = (directory / "ca.pem").read_text()
    assert Authority(directory).pem == before
    for name in ("ca-key.pem", "localhost.pem"):
        assert (directory / name).stat().st_mode & 0o077 == 0


def test_the_certificate_is_printed(
    emulator: Emulator, directory: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["ca", "--tls-dir", str(directory)]) == 0
    assert capsys.readouterr().out == (directory / "ca.pem").read_text()
    (tmp_path / "file").write_text("x")
    assert main(["ca", "--tls-dir", str(tmp_path / "file")]) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_files_of_ones_own(directory: Path, emulator: Emulator) -> None:
    own = str(directory / "localhost.pem")
    with Emulator(tls_cert=own, tls_key=own, tls_port=0) as other:
        assert get(other, directory / "ca.pem", "localhost").status == 200


def test_what_cannot_be_used_is_said_at_the_start(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("x")
    with pytest.raises(CannotUseTls, match=r"bad\.pem"), Emulator(tls_cert=str(bad), tls_key=str(bad), tls_port=0):
        pass
    broken = tmp_path / "dir"
    broken.mkdir()
    (broken / "ca.pem").write_text("x")
    (broken / "ca-key.pem").write_text("x")
    with pytest.raises(CannotUseTls, match="cannot be used"), Emulator(tls=True, tls_port=0, tls_dir=str(broken)):
        pass


def test_a_certificate_of_another_authority_is_made_anew(directory: Path, tmp_path: Path) -> None:
    first = Authority(tmp_path)
    first.context(("localhost",))
    made = (tmp_path / "localhost.pem").read_bytes()
    assert first.context(("localhost",)) is not None
    assert (tmp_path / "localhost.pem").read_bytes() == made
    (tmp_path / "ca.pem").unlink()
    Authority(tmp_path).context(("localhost",))
    assert (tmp_path / "localhost.pem").read_bytes() != made


def test_a_taken_port_names_its_option(emulator: Emulator) -> None:
    with pytest.raises(PortTaken, match="--tls-port"), Emulator(tls=True, tls_port=port_of(emulator)):
        pass


def test_without_tls_there_is_no_such_url() -> None:
    with Emulator() as plain, pytest.raises(RuntimeError, match="tls=True"):
        _ = plain.tls_url


def test_certificate_and_key_go_together() -> None:
    parser = argparse.ArgumentParser()
    add_to(parser)
    with pytest.raises(BadSetting, match="go together"):
        settings_from(parser.parse_args(["--tls-cert", "x"]), {})
    settings, _ = settings_from(parser.parse_args(["--tls-cert", "x", "--tls-key", "y"]), {})
    assert settings.has_tls
    assert settings.tls_port == 9230


# --- certificates that are there already --------------------------------------------------------------------


def leaf(directory: Path, name: str = "localhost") -> x509.Certificate:
    return x509.load_pem_x509_certificate((directory / f"{name}.pem").read_bytes())


def dns_names(certificate: x509.Certificate) -> list[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in found]


def test_a_certificate_of_other_names_is_made_anew(tmp_path: Path) -> None:
    """An older emulator may have made it: for fewer names."""
    authority = Authority(tmp_path)
    authority.context(("localhost",))
    first = leaf(tmp_path)
    authority.context(("localhost", "127.0.0.1", "*.auth.localhost"))
    second = leaf(tmp_path)
    assert (dns_names(first), dns_names(second)) == (["localhost"], ["localhost", "127.0.0.1", "*.auth.localhost"])
    authority.context(("*.auth.localhost", "localhost", "127.0.0.1"))  # another file
    authority.context(("localhost", "*.auth.localhost", "127.0.0.1"))  # in another order
    assert leaf(tmp_path) == second


def test_a_certificate_without_its_key_is_made_anew(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.context(("localhost",))
    path = tmp_path / "localhost.pem"
    alone = path.read_text().partition("-----BEGIN PRIVATE")[0]
    for text in (alone, alone + Authority(tmp_path / "other").pem, ""):
        path.write_text(text)
        authority.context(("localhost",))
        assert "PRIVATE KEY" in path.read_text()


def test_an_authority_that_has_expired_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tls, "_AUTHORITY_DAYS", 1)  # it begins a day before now
    old = Authority.__new__(Authority)
    old.directory, old.path, old._key_path = tmp_path, tmp_path / "ca.pem", tmp_path / "ca-key.pem"
    old._make()
    before = old.pem
    monkeypatch.setattr(tls, "_AUTHORITY_DAYS", 3650)
    assert Authority(tmp_path).pem != before
    assert caplog.messages == [
        f"{tmp_path / 'ca.pem'} has expired: a new certificate authority is made; it has to be trusted again."
    ]
    now = Authority(tmp_path).pem
    assert Authority(tmp_path).pem == now
    assert len(caplog.messages) == 1


@pytest.mark.parametrize("name", ["ca.pem", "ca-key.pem"])
def test_a_file_of_the_authority_that_is_missing_is_said(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = Authority(tmp_path).pem
    assert caplog.messages == []
    (tmp_path / name).unlink()
    assert Authority(tmp_path).pem != before
    assert caplog.messages == [
        f"{tmp_path / name} is missing: a new certificate authority is made; it has to be trusted again."
    ]


OTHER_HOST = "127.77.0.1"


def can_listen_on_other_host() -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((OTHER_HOST, 0))
        except OSError:
            return False
    return True


@pytest.mark.processes
@pytest.mark.skipif(not can_listen_on_other_host(), reason="this machine has one loopback address")
def test_a_host_that_is_not_localhost_is_what_is_printed_and_issued(tmp_path: Path) -> None:
    with served("--host", OTHER_HOST, "--port", "0", "--tls", "--tls-port", "0", "--tls-dir", str(tmp_path)) as one:
        lines = [line.split() for line in one.banner]
        (api,) = (line[1] for line in lines if line[:1] == ["API"])
        (secure,) = (line[1] for line in lines if line[:1] == ["HTTPS"])
        assert api.startswith(f"http://{OTHER_HOST}:")
        assert not [line for line in one.banner if "localhost:" in line and "localhost:3000" not in line]
        pool = "us-east-1_localpool"
        with urllib.request.urlopen(f"{api}{pool}/.well-known/openid-configuration", timeout=20) as answer:
            assert json.loads(answer.read())["issuer"] == f"{api}{pool}"
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        with urllib.request.urlopen(f"{secure}_emulator/health", timeout=20, context=context) as answer:
            assert answer.status == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_where_localhost_answers_it_is_printed_and_issued(host: str) -> None:
    with Emulator(host=host) as one:
        assert one.world.public_url == f"http://localhost:{one.port}"
