"""Addresses that cannot be read, in headers and in providers' details: refused in words, never answered by 500."""

from __future__ import annotations

import http.client
from urllib.parse import urlencode

import pytest

from tests.helpers.federated import SOCIAL, refusal, with_provider
from tests.helpers.harness import Running
from tests.helpers.page_paths import PATHS
from tests.helpers.site import site

TOKEN = "00000000-0000-4000-8000-000000000000"
UNREADABLE = ["http://[", "http://]", "https://[::1", "http://[v1.x", "[", "http://a:b", "http://a:99999", "//", "\xbd"]
PLACES = [
    "/", "/nothing", "/login", "/error", "/oauth2/authorize", "/oauth2/token", "/oauth2/userInfo", "/logout",
    "/saml2/idpresponse", "/_emulator/messages", "/_aws/ses", "/us-east-1_x/.well-known/jwks.json",
]  # fmt: skip


def ask(running: Running, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, bytes]:
    """A request with exactly these headers, Host included."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"content-length": str(len(body)), **headers}.items():
        connection.putheader(name, value.encode("latin-1"))
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


@pytest.mark.parametrize("origin", UNREADABLE)
def test_the_origin_of_a_form(running: Running, origin: str) -> None:
    place = site(running)
    form = {"host": place.host, "content-type": "application/x-www-form-urlencoded", "cookie": f"XSRF-TOKEN={TOKEN}"}
    body = urlencode({"_csrf": TOKEN})
    for path in sorted(PATHS):
        status, _ = ask(running, "POST", f"{path}?{place.query()}", {**form, "origin": origin}, body)
        only_get = path in ("/error", "/confirmUser", "/confirmUser/", "/confirmForgotPassword", "/oauth2/login")
        assert status == (405 if only_get else 403), path
    # Without it the form is ours.
    assert ask(running, "POST", f"/login?{place.query()}", form, body)[0] in (200, 302)


@pytest.mark.parametrize("name", ["referer", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-for", "forwarded"])
@pytest.mark.parametrize("value", UNREADABLE)
def test_other_headers(running: Running, name: str, value: str) -> None:
    place = site(running)
    for path in ("/login", "/oauth2/authorize", "/logout", "/_emulator/messages", "/"):
        status, _ = ask(running, "GET", f"{path}?{place.query()}", {"host": place.host, name: value})
        assert status < 500, path


@pytest.mark.parametrize("host", ["[", "]", "[::1", "a:b", "[v1.x]", "localhost/x", "a b", "http://localhost", "\xbd"])
def test_the_host(running: Running, host: str) -> None:
    """RFC 9112, section 3.2: 400."""
    for path in PLACES:
        status, body = ask(running, "GET", path, {"host": host})
        assert (status, b"Host header" in body) == (400, True), path


@pytest.mark.parametrize("host", ["localhost:9229", "[::1]:9229", "my_box", "auth.example.com.", "", "xn--m-ewa.de:1"])
def test_hosts_that_can_be_read(running: Running, host: str) -> None:
    assert ask(running, "GET", "/", {"host": host})[0] == 200


@pytest.mark.parametrize("name", ["authorize_url", "token_url", "attributes_url", "oidc_issuer"])
@pytest.mark.parametrize("url", ["https://\u2100.com", "https://[v1.x]/", "https://a:0"])
def test_a_social_providers_addresses(running: Running, name: str, url: str) -> None:
    place = with_provider(running, "Google", "Google", {**SOCIAL, name: url}, mapping={})
    answer = place.browser().get(f"/oauth2/authorize?{place.query(identity_provider='Google')}")
    error, text = refusal(answer)
    assert error == "server_error"
    assert text.startswith(("Google Error - no ", "Discovery of "))
