"""Sign-in that a SAML provider begins, single logout, metadata behind a URL, and what is no message at all."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from cognito_emulator.domain.federation.saml import entity_id, stamp
from tests.helpers.browser import APP, Answer, Browser
from tests.helpers.federated import refusal, users
from tests.helpers.harness import Running
from tests.helpers.saml import metadata
from tests.helpers.saml_idp import (
    CERTIFICATE,
    IDP,
    OTHER,
    OTHER_CERTIFICATE,
    A,
    P,
    Says,
    corp,
    encoded,
    pem,
    read_query,
    signed,
    visit,
)
from tests.helpers.site import Site

NO_STATE = "Invalid samlResponse or relayState from identity provider"
INVALID = "Invalid SAML response received: "
ALONE = {"SupportedIdentityProviders": ["Corp"]}


def begun(site: Site, **changes: Any) -> Answer:
    """What the provider sends without being asked."""
    wanted = {"identity_provider": "Corp", "client_id": site.client, "redirect_uri": APP, "response_type": "code"}
    says = Says(f"{site.running.url}/saml2/idpresponse", entity_id(site.pool), site.running.world.clock.now())
    for name, value in changes.pop("says", {}).items():
        setattr(says, name, value)
    state = urlencode({**wanted, "scope": "openid", "state": "st-1", **changes})
    fields = {"SAMLResponse": encoded(says.response(signed(says.assertion()))), "RelayState": state}
    return site.browser().post("/saml2/idpresponse", fields)


def test_the_provider_begins(running: Running) -> None:
    site = corp(running, IDPInit="true", client=ALONE)
    answer = begun(site)
    assert answer.left
    assert answer.params["code"]
    by_identifier = begun(site, identity_provider="", idp_identifier="acme.com")
    assert by_identifier.params["code"]


def test_the_provider_may_not_begin_or_says_the_wrong_thing(running: Running) -> None:
    assert begun(corp(running, client=ALONE)).params == {"error": NO_STATE}
    site = corp(running, IDPInit="true", client=ALONE)
    assert not begun(site, redirect_uri="https://evil.example.com/").left
    assert not begun(site, identity_provider="None").left
    assert begun(site, scope="x y").params == {"error": NO_STATE}
    old = begun(site, says={"issued": -361.0})
    assert refusal(old) == ("server_error", INVALID + "the assertion is older than 6 minutes.")
    asked = begun(site, says={"request_id": "_x"})
    assert refusal(asked) == ("server_error", INVALID + "InResponseTo does not fit the request.")


def signed_in(site: Site) -> Browser:
    at = visit(site)
    at.says.session = "index-1"
    assert at.send(at.says.response(signed(at.says.assertion()))).params["code"]
    return at.browser


def leave(site: Site, browser: Browser) -> Answer:
    query = urlencode({"client_id": site.client, "logout_uri": "https://app.example.com/"})
    return browser.get(f"/logout?{query}", follow=False)


def said(site: Site, request_id: str, status: str = "Success") -> Any:
    now = stamp(site.running.world.clock.now())
    return etree.fromstring(
        f"""<p:LogoutResponse xmlns:p="{P}" ID="_l" Version="2.0" IssueInstant="{now}" InResponseTo="{request_id}"
        Destination="{site.running.url}/saml2/logout"><a:Issuer xmlns:a="{A}">{IDP}</a:Issuer>
        <p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></p:Status></p:LogoutResponse>"""
    )


def test_single_logout(running: Running) -> None:
    site = corp(running, IDPSignout="true")
    browser = signed_in(site)
    location = leave(site, browser).headers["location"]
    assert location.startswith("https://idp.example.com/slo?SAMLRequest=")
    request, query = read_query(location, "SAMLRequest")
    assert request.tag == f"{{{P}}}LogoutRequest"
    assert (request.findtext(f"{{{A}}}NameID"), request.findtext(f"{{{P}}}SessionIndex")) == ("ann", "index-1")
    told, _, _ = urlsplit(location).query.partition("&Signature=")
    key: Any = pem(running.call("GetSigningCertificate", UserPoolId=site.pool)["Certificate"]).public_key()
    key.verify(base64.b64decode(query["Signature"]), told.encode(), PKCS1v15(), SHA256())
    assert "cognito" not in browser.cookies
    fields = {"SAMLResponse": encoded(signed(said(site, request.get("ID")))), "RelayState": query["RelayState"]}
    kept, browser.cookies = browser.cookies, {}
    assert browser.post("/saml2/logout", fields).title == "Signing out…"
    browser.cookies = kept
    assert browser.submit(follow=False).headers["location"] == "https://app.example.com/"
    assert browser.post("/saml2/logout", fields).params["error"] == NO_STATE


@pytest.mark.parametrize("kind", ["unsigned", "another key", "another request", "not successful"])
def test_a_sign_out_that_is_not_believed(running: Running, kind: str) -> None:
    site = corp(running, IDPSignout="true")
    browser = signed_in(site)
    request, query = read_query(leave(site, browser).headers["location"], "SAMLRequest")
    answer = said(site, "_x" if kind == "another request" else request.get("ID"))
    if kind == "not successful":
        answer = said(site, request.get("ID"), "Responder")
    if kind != "unsigned":
        answer = signed(answer, OTHER) if kind == "another key" else signed(answer)
    fields = {"SAMLResponse": encoded(answer), "RelayState": query["RelayState"]}
    assert browser.post("/saml2/logout", fields).params["error"] == NO_STATE


def test_without_single_logout(running: Running) -> None:
    site = corp(running)
    assert leave(site, signed_in(site)).headers["location"] == "https://app.example.com/"
    nowhere = corp(running, IDPSignout="true", MetadataFile=metadata(certificate=CERTIFICATE))
    assert leave(nowhere, signed_in(nowhere)).headers["location"] == "https://app.example.com/"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = getattr(self.server, "document", "").encode()
        self.send_response(200 if body else 503)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def published() -> Iterator[Any]:
    """A server of metadata: its `document`, or 503."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_metadata_by_url_and_a_new_key(running: Running, published: Any) -> None:
    published.document = metadata(certificate=CERTIFICATE)
    url = f"http://127.0.0.1:{published.server_port}/metadata"
    site = corp(running, MetadataURL=url)
    described = running.call("DescribeIdentityProvider", UserPoolId=site.pool, ProviderName="Corp")["IdentityProvider"]
    assert described["ProviderDetails"]["MetadataURL"] == url
    assert "MetadataFile" not in described["ProviderDetails"]
    assert described["ProviderDetails"]["SSORedirectBindingURI"] == "https://idp.example.com/sso"
    signed_in(site)

    def by_another_key() -> dict[str, str]:
        at = visit(site)
        return at.send(at.says.response(signed(at.says.assertion(), OTHER))).params

    published.document = metadata(certificate=OTHER_CERTIFICATE)
    assert "error" in by_another_key()
    running.world.clock.advance(6 * 3600)
    assert "code" in by_another_key()
    published.document = ""
    running.world.clock.advance(6 * 3600)
    assert "code" in by_another_key()
    published.document = "<x/>"
    running.world.clock.advance(6 * 3600)
    assert "code" in by_another_key()


def test_several_certificates(running: Running) -> None:
    both = f"{CERTIFICATE}</ds:X509Certificate><ds:X509Certificate>{OTHER_CERTIFICATE}"
    site = corp(running, MetadataFile=metadata(certificate=both))
    for key in ({}, {"key": OTHER}):
        at = visit(site)
        assert "code" in at.send(at.says.response(signed(at.says.assertion(), **key))).params


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "a document type declaration is not allowed."),
        ('<?xml version="1.0" encoding="utf-16"?><x/>', "it is no Response."),
        ("<x>" * 41 + "</x>" * 41, "it is nested too deep."),
        ("<x", "it is not well-formed XML."),
        ("<x/>" + " " * 80_000, "it has more than 100000 characters."),
    ],
)
def test_xml_that_is_not_read(running: Running, text: str, why: str) -> None:
    at = visit(corp(running))
    assert refusal(at.send(text.encode())) == ("server_error", INVALID + why)


def test_forms_without_their_fields(running: Running) -> None:
    browser = corp(running).browser()
    missing = browser.post("/saml2/idpresponse", {"SAMLResponse": "x"})
    assert missing.params["error"] == "Required String parameter 'RelayState' is not present"
    assert browser.post("/saml2/idpresponse", {"RelayState": "x"}).params["error"] == NO_STATE
    assert browser.post("/saml2/idpresponse", {"RelayState": "x", "SAMLResponse": "x"}).params["error"] == NO_STATE
    assert browser.post("/saml2/logout", {}).params["error"] == NO_STATE
    assert browser.get("/saml2/idpresponse").status == 405
    assert browser.get("/saml2/logout").status == 405


NAMES = ["Response", "Assertion", "Issuer", "Subject", "NameID", "Conditions", "Signature", "SignedInfo", "Reference"]
ELEMENTS = st.recursive(
    st.builds(
        "<{0}:{1} ID='{2}' NotBefore='{3}'/>".format,
        st.sampled_from("pad"),
        st.sampled_from(NAMES),
        *[st.sampled_from("ab")] * 2,
    ),
    lambda inner: st.builds(
        "<{0}:{1} ID='{2}'>{3}</{0}:{1}>".format,
        st.sampled_from("pad"),
        st.sampled_from(NAMES),
        st.text("ab", max_size=2),
        st.lists(inner, max_size=4).map("".join),
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    message=st.one_of(
        st.binary(min_size=1, max_size=200),
        ELEMENTS.map(
            lambda body: f"<p:Response xmlns:p='{P}' xmlns:a='{A}' xmlns:d='urn:d' ID='r'>{body}</p:Response>".encode()
        ),
    ),
    changed=st.tuples(st.integers(0, 5000), st.binary(max_size=3)),
)
def test_no_message_breaks_anything(running: Running, message: bytes, changed: tuple[int, bytes]) -> None:
    """Neither rubbish nor a good response with a few bytes replaced."""
    site = corp(running)
    at = visit(site)
    assert refusal(at.send(message))[0] == "server_error"
    at = visit(site)
    good = etree.tostring(signed(at.says.response(at.says.assertion())))
    place = changed[0] % len(good)
    answer = at.send(good[:place] + changed[1] + good[place + len(changed[1]) :])
    assert answer.left
    assert ("code" in answer.params) != ("error" in answer.params)
    assert set(users(running, site.pool)) <= {"Corp_ann"}
