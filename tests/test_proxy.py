"""The proxy of --impersonate: AWS's own names, and nothing else, are served behind CONNECT."""

from __future__ import annotations

import asyncio
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import certifi
import pytest
import requests

from cognito_emulator import Emulator, proxy
from cognito_emulator.banner import banner
from cognito_emulator.ports import public_hosts
from tests.helpers.oauth_client import CALLBACK, OAUTH
from tests.helpers.raw import IDP_TARGET, JSON_1_1

IDP = "cognito-idp.us-east-1.amazonaws.com"
SHOP, CUSTOM = "shop.auth.us-east-1.amazoncognito.com", "login.shop.example"
POOL, CLIENT = "us-east-1_Abcdefghi", "4abcdefghijklmnopqrstuvwxy"
ARN = "arn:aws:acm:us-east-1:000000000000:certificate/x"
SEED: dict[str, Any] = {
    "UserPools": [
        {
            "Id": POOL,
            "PoolName": "p",
            "Clients": [
                {"ClientName": "c", "ClientId": CLIENT, **OAUTH, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]},
            ],
            "Users": [{"Username": "ann", "Password": "Correct-horse-7"}],
        }
    ]
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def emulator(directory: Path) -> Iterator[Emulator]:
    with Emulator(seed=SEED, impersonate=True, tls_dir=str(directory)) as running:
        idp = running.client()
        idp.create_user_pool_domain(UserPoolId=POOL, Domain="shop")
        idp.create_user_pool_domain(UserPoolId=POOL, Domain=CUSTOM, CustomDomainConfig={"CertificateArn": ARN})
        yield running


def connect(emulator: Emulator, sent: bytes) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", emulator.port), timeout=20)
    opened.sendall(sent)
    return opened


def read_all(opened: socket.socket) -> bytes:
    found = b""
    while chunk := opened.recv(65536):
        found += chunk
    return found


def refused(emulator: Emulator, sent: bytes) -> str:
    """What is answered to a CONNECT that is refused: the connection ends with it."""
    with connect(emulator, sent) as opened:
        return read_all(opened).decode()


def ask(emulator: Emulator, ca: Path, host: str, path: str, *, sni: str | None = None, name: str | None = None) -> str:
    """GET through the proxy; the TLS and HTTP names are those of CONNECT unless they are given."""
    with connect(emulator, f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()) as opened:
        assert opened.recv(4096) == b"HTTP/1.1 200 Connection Established\r\n\r\n"
        context = ssl.create_default_context(cafile=str(ca))
        with context.wrap_socket(opened, server_hostname=sni or host) as secured:
            secured.sendall(f"GET {path} HTTP/1.1\r\nHost: {name or host}\r\nConnection: close\r\n\r\n".encode())
            return read_all(secured).decode()


@pytest.fixture
def by_proxy(emulator: Emulator, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a program that knows the proxy and the authority, and no endpoint."""
    for name in ("https_proxy", "no_proxy", "NO_PROXY", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", emulator.url)
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(directory / "ca.pem"))


@pytest.mark.usefixtures("by_proxy")
def test_boto3_and_requests_reach_awss_own_names(emulator: Emulator) -> None:
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    idp = boto3.Session().client("cognito-idp", region_name="us-east-1", **keys)
    assert idp.meta.endpoint_url == f"https://{IDP}"
    parameters = {"USERNAME": "ann", "PASSWORD": "Correct-horse-7"}
    tokens = idp.initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert tokens["AuthenticationResult"]["AccessToken"]
    found = requests.get(f"https://{IDP}/{POOL}/.well-known/openid-configuration", timeout=20).json()
    assert found["issuer"] == f"https://{IDP}/{POOL}"
    assert found["jwks_uri"] == f"https://{IDP}/{POOL}/.well-known/jwks.json"
    assert found["token_endpoint"] == f"https://{CUSTOM}/oauth2/token"
    assert requests.get(found["jwks_uri"], timeout=20).json() == emulator.jwks(POOL)
    found = requests.get("https://cognito-identity.amazonaws.com/.well-known/openid-configuration", timeout=20).json()
    assert found["issuer"] == "https://cognito-identity.amazonaws.com"
    assert requests.get(found["jwks_uri"], timeout=20).json()["keys"][0]["alg"] == "RS512"
    assert requests.get(f"https://{IDP}/.well-known/jwks_uri", timeout=20).status_code == 404
    identity = boto3.Session().client("cognito-identity", region_name="us-east-1", **keys)
    assert identity.list_identity_pools(MaxResults=1)["IdentityPools"] == []
    idp.close()


@pytest.mark.parametrize("host", [SHOP, CUSTOM])
def test_the_hosted_login_is_at_its_own_domain(emulator: Emulator, directory: Path, host: str) -> None:
    assert ask(emulator, directory / "ca.pem", host, "/oauth2/token").startswith("HTTP/1.1 405 ")
    query = urlencode({"client_id": CLIENT, "response_type": "code", "redirect_uri": CALLBACK})
    page = ask(emulator, directory / "ca.pem", host, f"/login?{query}")
    assert page.startswith("HTTP/1.1 200 ")
    assert 'name="username"' in page
    assert "; Secure" in page


OTHERS = (
    "example.com:443", "localhost:443", "127.0.0.1:22", "169.254.169.254:80", "sts.us-east-1.amazonaws.com:443",
    f"{IDP}:80", f"{IDP}:8443", f"{IDP}.evil.example:443", "evil.amazoncognito.com:443", "unknown.shop.example:443",
)  # fmt: skip


@pytest.mark.parametrize("target", OTHERS)
def test_nothing_but_the_named_hosts_is_served_or_connected_to(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    reached: list[Any] = []
    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", lambda *given, **named: reached.append(given))
    monkeypatch.setattr(public_hosts, "reach", lambda *given: reached.append(given))
    answer = refused(emulator, f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
    assert answer.startswith("HTTP/1.1 403 cognito-emulator serves only the host names of Cognito; --proxy-others ")
    assert f"Not {target}: " in answer
    assert reached == []


def test_a_program_sees_why_it_is_refused(emulator: Emulator) -> None:
    proxies = {"https": emulator.url}
    with pytest.raises(requests.exceptions.ProxyError, match="serves only the host names of Cognito"):
        requests.get("https://example.com/", proxies=proxies, timeout=20)


BAD = {
    b"CONNECT \r\n\r\n": "400",
    b"CONNECT host HTTP/1.1\r\n\r\n": "400",
    b"CONNECT host:99999 HTTP/1.1\r\n\r\n": "400",
    b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n": "400",
    b"CONNECT user@" + IDP.encode() + b":443 HTTP/1.1\r\n\r\n": "400",
    b"CONNECT " + IDP.encode() + b":443 HTTP/1.1\r\n\r\n\x16\x03\x01": "400",  # before the answer
    b"CONNECT " + b"a" * 9000: "431",
    b"CONNECT a:1 HTTP/1.1\r\n" + b"x: y\r\n" * 2000 + b"\r\n": "431",
}


@pytest.mark.parametrize("sent", BAD)
def test_bad_heads_are_refused(emulator: Emulator, sent: bytes) -> None:
    assert refused(emulator, sent).startswith(f"HTTP/1.1 {BAD[sent]} ")


def test_a_head_that_does_not_end_is_dropped(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "_PATIENCE", 0.05)
    assert refused(emulator, b"CONNECT example.com:443 HTTP/1.1\r\n").startswith("HTTP/1.1 408 ")


def test_a_handshake_that_does_not_begin_is_dropped(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "_PATIENCE", 0.05)
    answer = "HTTP/1.1 200 Connection Established\r\n\r\n"
    with suppress(ConnectionResetError):
        assert refused(emulator, f"CONNECT {IDP}:443 HTTP/1.1\r\n\r\n".encode()) == answer


def test_the_banner_tells_where_the_proxy_is(emulator: Emulator, directory: Path) -> None:
    shown = list(banner(emulator._now_running()))
    assert f"  Proxy     {emulator.url}  for AWS's host names (trust {directory / 'ca.pem'})" in shown


def test_a_head_may_come_in_pieces(emulator: Emulator) -> None:
    with connect(emulator, b"C") as opened:
        for part in (b"ONNE", b"CT exam", b"ple.com:443 HTTP/1.1\r\n", b"\r", b"\n"):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.sendall(part)
        assert read_all(opened).startswith(b"HTTP/1.1 403 ")
    with connect(emulator, b"") as opened:
        for byte in b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n":
            opened.sendall(bytes([byte]))
        assert read_all(opened).startswith(b"HTTP/1.1 200 ")


def test_the_names_of_tls_and_http_are_those_of_the_tunnel(emulator: Emulator, directory: Path) -> None:
    ca = directory / "ca.pem"
    assert ask(emulator, ca, IDP, "/health").startswith("HTTP/1.1 200 ")
    assert ask(emulator, ca, IDP, "/health", name=f"{IDP}:443").startswith("HTTP/1.1 200 ")
    for name in ("localhost", SHOP, f"{IDP}:80", "evil.example"):
        assert ask(emulator, ca, IDP, "/_emulator/info", name=name).startswith("HTTP/1.1 421 ")
    for sni in (SHOP, "cognito-idp.eu-west-1.amazonaws.com", "localhost"):
        with suppress(OSError):  # it may be closed or reset
            assert ask(emulator, ca, IDP, "/health", sni=sni) == ""


def test_a_program_that_does_not_trust_the_authority_is_told_of(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"https://{IDP}/", proxies={"https": emulator.url}, verify=certifi.where(), timeout=20)
    ask_again = f"http://127.0.0.1:{emulator.port}/health"
    assert requests.get(ask_again, timeout=20).status_code == 200  # by now it is logged
    (line,) = [line for line in caplog.messages if line.startswith(f"TLS for {IDP} failed: ")]
    assert line.endswith("(`cognito-emulator ca` tells how to trust the authority.)")


def test_the_users_own_certificate_is_for_the_port_of_tls_alone(directory: Path) -> None:
    own = str(directory / "localhost.pem")
    with Emulator(impersonate=True, tls_dir=str(directory), tls_cert=own, tls_key=own, tls_port=0) as one:
        assert ask(one, directory / "ca.pem", IDP, "/health").startswith("HTTP/1.1 200 ")


def test_the_control_api_is_not_in_a_tunnel(emulator: Emulator, directory: Path) -> None:
    assert ask(emulator, directory / "ca.pem", IDP, "/_emulator/messages").startswith("HTTP/1.1 403 ")


def test_a_tunnel_holds_no_other(emulator: Emulator, directory: Path) -> None:
    with connect(emulator, f"CONNECT {IDP}:443 HTTP/1.1\r\n\r\n".encode()) as opened:
        opened.recv(4096)
        context = ssl.create_default_context(cafile=str(directory / "ca.pem"))
        with context.wrap_socket(opened, server_hostname=IDP) as secured:
            secured.sendall(f"CONNECT {SHOP}:443 HTTP/1.1\r\nHost: {SHOP}:443\r\n\r\n".encode())
            assert b"200 Connection Established" not in secured.recv(4096)


def test_a_tunnel_serves_many_requests(emulator: Emulator, directory: Path) -> None:
    with requests.Session() as session:
        session.verify = str(directory / "ca.pem")
        session.proxies = {"https": emulator.url}
        session.trust_env = False
        for number in range(3):
            body = json.dumps({"UserPoolId": POOL, "ClientId": CLIENT, "x": "y" * number * 100_000})
            headers = {"x-amz-target": f"{IDP_TARGET}ListUserPools", "content-type": JSON_1_1}
            answer = session.post(f"https://{IDP}/", body, headers=headers, timeout=20)
            assert answer.headers["x-amzn-RequestId"]
            assert answer.json()["__type"] == "MissingAuthenticationTokenException"


def test_without_impersonate_there_is_no_proxy(tmp_path: Path) -> None:
    with Emulator() as plain:
        answer = refused(plain, f"CONNECT {IDP}:443 HTTP/1.1\r\nHost: {IDP}:443\r\nConnection: close\r\n\r\n".encode())
        assert " 200 " not in answer.partition("\r\n")[0]


def test_it_ends_with_open_tunnels(directory: Path) -> None:
    with Emulator(impersonate=True, tls_dir=str(directory)) as one:
        silent = connect(one, f"CONNECT {IDP}:443 HTTP/1.1\r\n\r\n".encode())
        assert silent.recv(4096)
        waiting = connect(one, b"CONNECT ")
    silent.close()
    waiting.close()


# --- --proxy-others --------------------------------------------------------------------------------------------


class Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"hello\n")  # before it is asked
        while data := self.request.recv(65536):
            self.wfile.write(data)


@pytest.fixture
def others(directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator that passes on; what it would reach on the internet is a server of this process."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        async def reach(make: Callable[[], asyncio.Protocol], host: str, port: int) -> asyncio.Transport:
            if host == "gone.example":
                raise OSError("no such host")
            address = server.server_address
            transport, _ = await asyncio.get_running_loop().create_connection(make, str(address[0]), int(address[1]))
            return transport

        monkeypatch.setattr(public_hosts, "reach", reach)
        with Emulator(impersonate=True, proxy_others=True, tls_dir=str(directory)) as running:
            yield running
        server.shutdown()


def test_others_are_passed_on_by_a_switch(others: Emulator, directory: Path) -> None:
    with connect(others, b"CONNECT example.com:443 HTTP/1.1\r\n\r\n") as opened:
        heard = opened.makefile("rb")
        assert heard.readline() == b"HTTP/1.1 200 Connection Established\r\n"
        assert heard.readline() == b"\r\n"
        assert heard.readline() == b"hello\n"
        sent = b"x" * 3_000_000 + b"\n"

        def send() -> None:
            opened.sendall(sent)
            opened.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        assert heard.read() == sent
        sender.join()
    assert refused(others, b"CONNECT gone.example:443 HTTP/1.1\r\n\r\n").startswith("HTTP/1.1 502 ")
    assert ask(others, directory / "ca.pem", IDP, "/health").startswith("HTTP/1.1 200 "), "Cognito's own names never"


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["169.254.169.254"], ["::1"], []])
def test_only_public_hosts_are_passed_on_to(addresses: list[str]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return addresses

    with pytest.raises(public_hosts.NotPublic, match="NO_PROXY"):
        asyncio.run(public_hosts.reach(asyncio.Protocol, "example.com", 443, resolve))


def test_the_address_that_was_checked_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[Any] = []

    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    async def create(self: Any, make: Any, host: str, port: int) -> tuple[Any, Any]:
        reached.append((host, port))
        return None, None

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_connection", create)
    asyncio.run(public_hosts.reach(asyncio.Protocol, "example.com", 8443, resolve))
    assert reached == [("93.184.216.34", 8443)]
