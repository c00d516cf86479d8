"""Sign-in at a SAML provider: the request, the assertion that is believed, and every one that is not."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from cognito_emulator.domain.federation.saml import entity_id
from cognito_emulator.ports import saml_xml
from tests.helpers.federated import refusal, tokens, users
from tests.helpers.harness import Running
from tests.helpers.saml_idp import CERTIFICATE, MAIL, OTHER, A, P, Says, corp, encrypted, pem, read_query, signed, visit

NO_STATE = "Invalid samlResponse or relayState from identity provider"
INVALID = "Invalid SAML response received: "
BAD = INVALID + "SAML Assertion signature is invalid."


def test_the_request(running: Running) -> None:
    site = corp(running)
    at = visit(site)
    assert at.request.tag == f"{{{P}}}AuthnRequest"
    assert at.request.get("Destination") == "https://idp.example.com/sso"
    assert at.says.acs == f"{running.url}/saml2/idpresponse"
    assert at.request.findtext(f"{{{A}}}Issuer") == f"urn:amazon:cognito:sp:{site.pool}"
    assert len(at.state) > 60
    assert at.browser.page is not None
    assert "Signature=" not in at.browser.page.headers["location"]


def test_a_signed_request_by_the_pools_certificate(running: Running) -> None:
    site = corp(running, RequestSigningAlgorithm="rsa-sha256")
    at = visit(site)
    assert at.browser.page is not None
    told, _, signature = at.browser.page.headers["location"].partition("?")[2].partition("&Signature=")
    assert told.startswith("SAMLRequest=")
    _, given = read_query(at.browser.page.headers["location"], "SAMLRequest")
    assert signature
    key: Any = pem(running.call("GetSigningCertificate", UserPoolId=site.pool)["Certificate"]).public_key()
    key.verify(base64.b64decode(given["Signature"]), told.encode(), PKCS1v15(), SHA256())


@pytest.mark.parametrize("whole", [True, False])
def test_a_sign_in(running: Running, whole: bool) -> None:
    site = corp(running)
    at = visit(site)
    at.says.attributes = {MAIL: ["ann@acme.com"], "urn:groups": ["a", "b"]}
    one = at.says.assertion()
    answer = at.send(signed(at.says.response(one)) if whole else at.says.response(signed(one)))
    assert answer.params["state"] == "st-1"
    found = tokens(site, answer.params["code"])
    assert (found["email"], found["cognito:username"]) == ("ann@acme.com", "Corp_ann")
    assert found["identities"][0]["issuer"] == "https://idp.example.com"
    assert users(running, site.pool)["Corp_ann"]["status"] == "EXTERNAL_PROVIDER"


def test_at_a_domain_and_by_an_identifier(running: Running) -> None:
    at = visit(corp(running, domain="corp"), identity_provider="", idp_identifier="acme.com")
    assert at.says.acs == f"http://corp.auth.localhost:{running.port}/saml2/idpresponse"
    assert "code" in at.send(at.says.response(signed(at.says.assertion()))).params


def test_a_form_of_another_site_comes_without_the_cookie_and_is_sent_again(running: Running) -> None:
    at = visit(corp(running))
    kept, at.browser.cookies = at.browser.cookies, {}
    page = at.send(at.says.response(signed(at.says.assertion())))
    assert page.title == "Signing in…"
    at.browser.cookies = kept
    assert "code" in at.browser.submit().params


CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"ends": -61.0}, "the assertion is expired or not yet valid."),
    ({"begins": 61.0}, "the assertion is expired or not yet valid."),
    ({"audience": "urn:amazon:cognito:sp:us-east-1_other"}, "Audience is not the service provider."),
    ({"recipient": "https://x/acs"}, "no SubjectConfirmation fits: Recipient, InResponseTo or NotOnOrAfter."),
    ({"confirmed_until": -61.0}, "no SubjectConfirmation fits: Recipient, InResponseTo or NotOnOrAfter."),
    ({"method": "urn:other"}, "no SubjectConfirmation fits: Recipient, InResponseTo or NotOnOrAfter."),
    ({"destination": "https://x/acs"}, "Destination is not this endpoint."),
    ({"request_id": "_other"}, "InResponseTo does not fit the request."),
    ({"request_id": None}, "InResponseTo does not fit the request."),
    ({"issuer": "https://other"}, "Issuer is not the identity provider."),
    ({"subject": ""}, "NameID is missing."),
    ({"subject": "😀"}, "it has characters of 4 bytes."),
    ({"status": "urn:no"}, "the status is urn:no."),
]


@pytest.mark.parametrize(("changes", "text"), CHANGES)
def test_what_an_assertion_has_to_say(running: Running, changes: dict[str, Any], text: str) -> None:
    site = corp(running)
    at = visit(site)
    for name, value in changes.items():
        setattr(at.says, name, value)
    answer = at.send(etree.tostring(at.says.response(signed(at.says.assertion())), encoding="utf-8"))
    assert refusal(answer) == ("server_error", INVALID + text)
    assert users(running, site.pool) == {}


def test_the_request_id_of_the_confirmation_alone(running: Running) -> None:
    at = visit(corp(running))
    one = signed(Says(at.says.acs, at.says.audience, at.says.now, "_other").assertion())
    text = "no SubjectConfirmation fits: Recipient, InResponseTo or NotOnOrAfter."
    assert refusal(at.send(at.says.response(one))) == ("server_error", INVALID + text)


def test_unsigned_and_signed_by_another(running: Running) -> None:
    site = corp(running)
    at = visit(site)
    assert refusal(at.send(at.says.response(at.says.assertion()))) == ("server_error", BAD)
    at = visit(site)
    assert refusal(at.send(at.says.response(signed(at.says.assertion(), OTHER)))) == ("server_error", BAD)
    at = visit(site)
    one = signed(at.says.assertion())
    one.find(f"{{{A}}}Subject/{{{A}}}NameID").text = "eve"
    assert refusal(at.send(at.says.response(one))) == ("server_error", BAD)


def test_an_assertion_is_good_once_and_a_state_too(running: Running) -> None:
    site = corp(running)
    at = visit(site)
    one = at.says.response(signed(at.says.assertion()))
    assert "code" in at.send(one).params
    assert at.send(one).params["error"] == NO_STATE
    began = corp(running, IDPInit="true", client={"SupportedIdentityProviders": ["Corp"]})
    state = urlencode({"client_id": began.client, "identity_provider": "Corp", "response_type": "code"})
    state += "&" + urlencode({"redirect_uri": "https://app.example.com/callback", "scope": "openid"})
    says = Says(at.says.acs, entity_id(began.pool), running.world.clock.now())
    fields = {"SAMLResponse": base64.b64encode(etree.tostring(says.response(signed(says.assertion())))).decode()}
    first = began.browser().post("/saml2/idpresponse", {**fields, "RelayState": state})
    assert "code" in first.params
    again = began.browser().post("/saml2/idpresponse", {**fields, "RelayState": state})
    assert again.params["error_description"] == INVALID + "the assertion was used before."


def test_another_browser_brings_the_state(running: Running) -> None:
    at = visit(corp(running))
    at.browser.cookies["csrf-state"] = "00000000-0000-0000-0000-000000000000"
    assert at.send(at.says.response(signed(at.says.assertion()))).params["error"] == NO_STATE


def _copy(one: Any) -> Any:
    return etree.fromstring(etree.tostring(one))


def _wrap(at: Any, kind: str) -> Any:
    """A response in which Eve's assertion stands beside the signed one of Ann, or around it."""
    good = signed(at.says.assertion())
    evil = _copy(at.says.assertion())
    evil.find(f"{{{A}}}Subject/{{{A}}}NameID").text = "eve"
    signature = good.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    if kind == "before":
        evil.set("ID", "_evil")
        return at.says.response(evil, good)
    if kind == "after":
        evil.set("ID", "_evil")
        return at.says.response(good, evil)
    if kind == "same id":
        return at.says.response(evil, good)
    if kind == "inside the signature's object":
        bare = _copy(good)
        moved = _copy(signature)
        bare.remove(bare.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
        etree.SubElement(moved, "{http://www.w3.org/2000/09/xmldsig#}Object").append(bare)
        evil.set("ID", "_evil")
        evil.insert(1, moved)
        return at.says.response(evil)
    if kind == "in an extension":
        extension = etree.Element(f"{{{P}}}Extensions")
        extension.append(good)
        evil.set("ID", "_evil")
        evil.insert(1, _copy(signature))
        root = at.says.response(evil)
        root.insert(1, extension)
        return root
    evil.set("ID", "_evil")  # around: the signed one is part of the forged one
    evil.append(good)
    return at.says.response(evil)


@pytest.mark.parametrize(
    "kind", ["before", "after", "same id", "inside the signature's object", "in an extension", "around"]
)
def test_signature_wrapping(running: Running, kind: str) -> None:
    site = corp(running)
    at = visit(site)
    answer = at.send(_wrap(at, kind))
    assert refusal(answer)[0] == "server_error"
    assert users(running, site.pool) == {}


def test_a_signed_response_is_no_cover_for_another(running: Running) -> None:
    """A whole signed response inside a forged one."""
    site = corp(running)
    at = visit(site)
    good = signed(at.says.response(at.says.assertion()))
    inner = at.says.assertion()
    inner.set("ID", "_inner")
    evil = at.says.response(inner)
    evil.set("ID", "_evil")
    evil.insert(1, _copy(good.find("{http://www.w3.org/2000/09/xmldsig#}Signature")))
    etree.SubElement(evil, f"{{{P}}}Extensions").append(good)
    assert refusal(at.send(evil)) == ("server_error", BAD)


def test_a_comment_does_not_cut_the_name(running: Running) -> None:
    site = corp(running)
    at = visit(site)
    at.says.subject = "ann.evil"
    text = etree.tostring(at.says.response(signed(at.says.assertion())))
    assert "code" in at.send(text.replace(b"ann.evil", b"ann<!-- x -->.evil")).params
    assert list(users(running, site.pool)) == ["Corp_ann.evil"]


def test_encrypted_assertions(running: Running) -> None:
    site = corp(running, EncryptedResponses="true")
    details = running.call("DescribeIdentityProvider", UserPoolId=site.pool, ProviderName="Corp")["IdentityProvider"]
    certificate = details["ProviderDetails"]["ActiveEncryptionCertificate"]
    at = visit(site)
    assert "code" in at.send(at.says.response(encrypted(signed(at.says.assertion()), certificate))).params
    at = visit(site)
    assert "code" in at.send(signed(at.says.response(encrypted(at.says.assertion(), certificate)))).params
    at = visit(site)
    bare = at.says.response(encrypted(at.says.assertion(), certificate))
    assert refusal(at.send(bare)) == ("server_error", BAD)
    at = visit(site)
    plain = at.says.response(signed(at.says.assertion()))
    assert refusal(at.send(plain)) == ("server_error", INVALID + "the assertion is not encrypted.")
    at = visit(site)
    foreign = at.says.response(encrypted(signed(at.says.assertion()), CERTIFICATE))
    assert refusal(at.send(foreign)) == ("server_error", INVALID + "the assertion cannot be decrypted.")
    at = visit(corp(running))
    hidden = at.says.response(encrypted(signed(at.says.assertion()), certificate))
    assert refusal(at.send(hidden)) == ("server_error", INVALID + "the assertion is encrypted.")


def test_without_the_extra(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    site = corp(running)
    monkeypatch.setattr(saml_xml, "available", lambda: False)
    answer = site.browser().get(f"/oauth2/authorize?{site.query(identity_provider='Corp')}", follow=False)
    assert answer.status == 501
    assert "cognito-emulator[saml]" in answer.body
