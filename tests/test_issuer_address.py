"""The address of issuers and links: fixed, of each request, changed at run time."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from cognito_emulator import Emulator
from cognito_emulator.ports.address import Address
from tests.helpers.raw import IDP_TARGET, JSON_1_1

POOL, CLIENT = "us-east-1_Abcdefghi", "4abcdefghijklmnopqrstuvwxy"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH"]
SEED: dict[str, Any] = {
    "UserPools": [
        {
            "Id": POOL,
            "PoolName": "p",
            "Clients": [{"ClientName": "c", "ClientId": CLIENT, "ExplicitAuthFlows": FLOWS}],
            "Users": [{"Username": "ann", "Password": "Correct-horse-7"}],
        }
    ]
}
PATH = "/_emulator/public-url"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(seed=SEED, public_url="request", tls_names=("idp.example",)) as running:
        yield running


@pytest.fixture
def emulator(server: Emulator) -> Iterator[Emulator]:
    yield server
    server.world.address.change(f"http://localhost:{server.port}", follows=True)


def ask(
    emulator: Emulator, host: str | None, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    sent = b"" if body is None else json.dumps(body).encode()
    named = {} if host is None else {"host": host}
    for name, value in {
        **named,
        "content-type": "application/json",
        "content-length": str(len(sent)),
        **headers,
    }.items():
        connection.putheader(name, value)
    connection.endheaders(sent)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def call(emulator: Emulator, host: str | None, operation: str, body: Any, path: str = "/") -> Any:
    headers = {"x-amz-target": f"{IDP_TARGET}{operation}", "content-type": JSON_1_1}
    return ask(emulator, host, "POST", path, body, **headers)[1]


def sign_in(emulator: Emulator, host: str | None, path: str = "/") -> str:
    parameters = {"USERNAME": "ann", "PASSWORD": "Correct-horse-7"}
    body = {"ClientId": CLIENT, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
    return str(call(emulator, host, "InitiateAuth", body, path)["AuthenticationResult"]["AccessToken"])


def issuer(token: str) -> str:
    return str(jwt.decode(token, options={"verify_signature": False})["iss"])


OWN = [
    "localhost:32768",
    "127.0.0.1:1",
    "[::1]:9229",
    "cognito:9229",
    "host.docker.internal:4",
    "idp.example:9",
    "a.test",
]


@pytest.mark.parametrize("host", OWN)
def test_issuer_discovery_and_links_are_at_the_host_of_the_request(emulator: Emulator, host: str) -> None:
    token = sign_in(emulator, host)
    assert issuer(token) == f"http://{host}/{POOL}"
    found = ask(emulator, host, "GET", f"/{POOL}/.well-known/openid-configuration")[1]
    assert found["issuer"] == issuer(token)
    assert found["jwks_uri"] == f"http://{host}/{POOL}/.well-known/jwks.json"
    assert found["token_endpoint"] == f"http://{host}/oauth2/token"
    assert call(emulator, "localhost:2", "GetUser", {"AccessToken": token})["Username"] == "ann"


FOREIGN = ["evil.example", "idp.example.evil.example", "8.8.8.8.nip.io", 'a"b', "a@localhost", "localhost/x", "", None]


@pytest.mark.parametrize("host", FOREIGN)
def test_other_hosts_get_the_fixed_address(emulator: Emulator, host: str | None) -> None:
    assert issuer(sign_in(emulator, host)) == f"http://localhost:{emulator.port}/{POOL}"


def forged(emulator: Emulator, base: str) -> str:
    """A token of this pool's key whose issuer is at another address."""

    async def make() -> str:
        keys = await emulator.world.keys.of(POOL)
        claims = {**jwt.decode(sign_in_here, options={"verify_signature": False}), "iss": f"{base}/{POOL}"}
        return keys.access_key.sign(claims)

    sign_in_here = sign_in(emulator, "localhost")
    return emulator._await(make())


ISSUED = {
    "http://localhost:1": True,
    "https://localhost:1": True,
    "http://evil.example": False,
    "http://localhost:1/w/one": False,
    "http://localhost:1/path": False,
    "ftp://localhost": False,
    "http://a@localhost": False,
    "": False,
}


@pytest.mark.parametrize("base", ISSUED)
def test_the_addresses_that_may_have_issued_a_token(emulator: Emulator, base: str) -> None:
    answer = call(emulator, "localhost", "GetUser", {"AccessToken": forged(emulator, base)})
    assert ("Username" in answer) is ISSUED[base], answer
    if not ISSUED[base]:
        assert answer["message"] == "Invalid Access Token"


def test_worlds_have_the_host_and_their_own_path(emulator: Emulator) -> None:
    token = sign_in(emulator, "localhost:5", "/w/one/")
    assert issuer(token) == f"http://localhost:5/w/one/{POOL}"
    assert call(emulator, "cognito:6", "GetUser", {"AccessToken": token}, "/w/one/")["Username"] == "ann"
    for path in ("/", "/w/two/"):
        assert (
            call(emulator, "localhost:5", "GetUser", {"AccessToken": token}, path)["message"] == "Invalid Access Token"
        )


def test_it_changes_at_run_time_and_earlier_tokens_stay_valid(emulator: Emulator) -> None:
    before = sign_in(emulator, "localhost:5")
    status, state = ask(emulator, "localhost", "PUT", PATH, {"url": "https://cognito.example:9230/"})
    own = f"http://localhost:{emulator.port}"
    assert (status, state) == (200, {"url": "https://cognito.example:9230", "followsRequests": False, "earlier": [own]})
    token = sign_in(emulator, "localhost:5")
    assert issuer(token) == f"https://cognito.example:9230/{POOL}"
    assert ask(emulator, "cognito.example", "GET", PATH)[1]["url"] == "https://cognito.example:9230"
    assert call(emulator, "localhost", "GetUser", {"AccessToken": before})["message"] == "Invalid Access Token"
    ask(emulator, "localhost", "PUT", PATH, {"url": "request"})
    assert ask(emulator, "cognito:7", "GET", PATH)[1]["url"] == "http://cognito:7"
    ask(emulator, "localhost", "PUT", PATH, {"url": "http://later.test"})
    for valid in (token, sign_in(emulator, None)):
        assert call(emulator, "localhost", "GetUser", {"AccessToken": valid})["Username"] == "ann"


BAD = [{}, {"url": 1}, {"url": "localhost"}, {"url": "http://a?b"}, {"url": "http://a", "x": 1}, {"url": "ftp://a"}]


@pytest.mark.parametrize("body", BAD)
def test_a_bad_change_changes_nothing(emulator: Emulator, body: Any) -> None:
    before = ask(emulator, "localhost", "GET", PATH)
    status, answer = ask(emulator, "localhost", "PUT", PATH, body)
    assert status == 400
    assert "request" in answer["message"]
    assert ask(emulator, "localhost", "GET", PATH) == before


def test_who_may_change_it(emulator: Emulator) -> None:
    assert ask(emulator, "evil.example", "PUT", PATH, {"url": "http://evil.example"})[0] == 403
    assert ask(emulator, "localhost", "PUT", PATH, {"url": "http://a.test"}, origin="http://evil.example")[0] == 403
    status, answer = ask(emulator, "localhost", "PUT", f"/w/one{PATH}", {"url": "http://a.test"})
    assert (status, answer["message"][:19]) == (400, "Worlds share the ad")


def test_only_so_many_earlier_addresses_are_remembered() -> None:
    address = Address("http://a0", follows=False, is_own=lambda _: True)
    for number in range(1, 150):
        address.change(f"http://a{number}", follows=False)
    assert len(address.earlier) == 100
    assert not address.is_own("http://a0")
    assert address.is_own("http://a149")
    assert address.is_own("http://a148")
    assert not address.is_own("http://localhost")
