"""The server's certificate has every name under which the server is reached."""

from __future__ import annotations

import argparse
import http.client
import socket
import ssl
from pathlib import Path

import pytest

from cognito_emulator import Emulator, runner
from cognito_emulator.domain.server_names import OF_CONTAINERS
from cognito_emulator.options import BadSetting, add_to, settings_from
from cognito_emulator.ports.tls import Authority
from cognito_emulator.settings import Settings
from cognito_emulator.sockets import names_of_machine


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


def check_name(one: Emulator, ca: Path, name: str) -> None:
    """Connect to this machine, and check the certificate for a name as clients do."""
    context = ssl.create_default_context(cafile=str(ca))
    port = int(one.tls_url.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=name) as secured,
    ):
        assert secured.getpeercert()


def test_a_server_fits_its_own_public_url_and_all_its_names(directory: Path) -> None:
    more = ("cognito", "idp.compose.example")
    settings = Settings(port=0, tls=True, tls_port=0, tls_dir=str(directory), host="0.0.0.0", tls_names=more)
    with Emulator(settings, public_url="https://cognito.test:9576") as one:
        machine = names_of_machine("0.0.0.0")
        for name in ("cognito.test", *more, "localhost", "127.0.0.1", *OF_CONTAINERS, *machine):
            check_name(one, directory / "ca.pem", name)
        with pytest.raises(ssl.SSLCertVerificationError):
            check_name(one, directory / "ca.pem", "other.test")


def test_a_certificate_that_lacks_a_name_is_made_anew_by_the_same_authority(directory: Path) -> None:
    authority = Authority(directory).pem
    for url in ("https://one.test", "https://two.test"):
        with Emulator(tls=True, tls_port=0, tls_dir=str(directory), public_url=url) as one:
            check_name(one, directory / "ca.pem", url.partition("://")[2])
            made = (directory / "localhost.pem").read_bytes()
        with Emulator(tls=True, tls_port=0, tls_dir=str(directory), public_url=url):
            assert (directory / "localhost.pem").read_bytes() == made
    assert Authority(directory).pem == authority


def test_a_public_url_of_run_time_fits_too(directory: Path) -> None:
    with Emulator(tls=True, tls_port=0, tls_dir=str(directory)) as one:
        with pytest.raises(ssl.SSLCertVerificationError):
            check_name(one, directory / "ca.pem", "late.test")
        connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=20)
        body = '{"url": "https://late.test"}'
        connection.request("PUT", "/_emulator/public-url", body, {"content-type": "application/json"})
        assert connection.getresponse().status == 200
        connection.close()
        check_name(one, directory / "ca.pem", "late.test")


def test_two_servers_that_share_a_directory_have_their_own_names(directory: Path) -> None:
    """The second one replaces the file while the first one starts."""
    first = runner._certificates(Settings(tls_dir=str(directory), public_url="https://a.test"), lambda _: False)
    second = runner._certificates(Settings(tls_dir=str(directory), public_url="https://b.test"), lambda _: False)
    for certificates, name in ((first, "a.test"), (second, "b.test")):
        here, there = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = ssl.create_default_context(cafile=str(directory / "ca.pem")).wrap_bio(
            here, there, server_hostname=name
        )
        server = certificates.context.wrap_bio(there, here, server_side=True)
        for side in (client, server, client):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
        assert client.getpeercert()
        assert certificates.requested(server) == name


def test_names_are_given_one_by_one_or_together() -> None:
    parser = argparse.ArgumentParser()
    add_to(parser)
    given = parser.parse_args(["--tls-name", "a", "--tls-name", "B.test,10.0.0.1"])
    assert settings_from(given, {})[0].tls_names == ("a", "b.test", "10.0.0.1")
    by_variable = settings_from(parser.parse_args([]), {"COGNITO_EMULATOR_TLS_NAME": "a,b"})[0]
    assert by_variable.tls_names == ("a", "b")
    for bad in ("", "a,", "http://a", "a b"):
        with pytest.raises(BadSetting, match=r"--tls-name: .* is not a host name or address"):
            settings_from(parser.parse_args(["--tls-name", bad]), {})


def test_what_impersonate_goes_with() -> None:
    parser = argparse.ArgumentParser()
    add_to(parser)
    assert settings_from(parser.parse_args(["--impersonate"]), {})[0].issued_as == "aws"
    assert settings_from(parser.parse_args(["--impersonate", "--issuer", "aws"]), {})[0].issued_as == "aws"
    for arguments in (["--impersonate", "--issuer", "local"], ["--proxy-others"]):
        with pytest.raises(BadSetting, match="impersonate"):
            settings_from(parser.parse_args(arguments), {})
