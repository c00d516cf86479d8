"""A SAML provider in the test process: it says and signs whatever a test wants."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from cognito_emulator.domain.federation.saml import entity_id, stamp
from cognito_emulator.ports.certificates import self_signed
from cognito_emulator.ports.keys import SigningKey, make_key_set
from tests.helpers.browser import Answer, Browser
from tests.helpers.federated import with_provider
from tests.helpers.harness import Running
from tests.helpers.saml import metadata
from tests.helpers.site import Site

IDP = "https://idp.example.com"
MAIL = "urn:mail"
P, A, DS = (
    "urn:oasis:names:tc:SAML:2.0:protocol",
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "http://www.w3.org/2000/09/xmldsig#",
)
KEY, OTHER = make_key_set().id_key, make_key_set().id_key
# Good for longer than any test's clock goes: one that has expired cannot be configured.
CERTIFICATE, OTHER_CERTIFICATE = (self_signed(key, "idp", 4_000_000_000.0) for key in (KEY, OTHER))


def signed(element: Any, key: SigningKey = KEY, **more: Any) -> Any:
    """The element with an enveloped signature of itself, after its Issuer."""
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0, **more)
    return signer.sign(
        element, key=key.private, cert=[pem(self_signed(key, "idp", 0.0))], reference_uri=element.get("ID")
    )


def pem(certificate: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(certificate))


def encoded(element: Any) -> str:
    return base64.b64encode(element if isinstance(element, bytes) else etree.tostring(element)).decode()


@dataclass
class Says:
    """An assertion to be made; None leaves a part out. Times are seconds from now."""

    acs: str
    audience: str
    now: float
    request_id: str | None = None
    id: str = field(default_factory=lambda: f"_{os.urandom(12).hex()}")
    issuer: str = IDP
    subject: str = "ann"
    attributes: dict[str, list[str]] = field(default_factory=lambda: {MAIL: ["ann@acme.com"]})
    begins: float = -5.0
    ends: float = 300.0
    confirmed_until: float = 300.0
    issued: float = 0.0
    recipient: str | None = None
    destination: str | None = None
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    session: str = "s-1"

    def assertion(self) -> Any:
        at = self.now
        values = "".join(
            f'<a:Attribute Name="{name}">{"".join(f"<a:AttributeValue>{escape(v)}</a:AttributeValue>" for v in given)}'
            "</a:Attribute>"
            for name, given in self.attributes.items()
        )
        answers = f' InResponseTo="{self.request_id}"' if self.request_id else ""
        text = f"""<a:Assertion xmlns:a="{A}" ID="{self.id}" Version="2.0" IssueInstant="{stamp(at + self.issued)}">
          <a:Issuer>{self.issuer}</a:Issuer>
          <a:Subject><a:NameID>{escape(self.subject)}</a:NameID><a:SubjectConfirmation Method="{self.method}">
            <a:SubjectConfirmationData Recipient="{self.recipient or self.acs}"{answers}
              NotOnOrAfter="{stamp(at + self.confirmed_until)}"/></a:SubjectConfirmation></a:Subject>
          <a:Conditions NotBefore="{stamp(at + self.begins)}" NotOnOrAfter="{stamp(at + self.ends)}">
            <a:AudienceRestriction><a:Audience>{self.audience}</a:Audience></a:AudienceRestriction></a:Conditions>
          <a:AuthnStatement AuthnInstant="{stamp(at)}" SessionIndex="{self.session}"/>
          <a:AttributeStatement>{values}</a:AttributeStatement></a:Assertion>"""
        return etree.fromstring(text)

    def response(self, *assertions: Any) -> Any:
        answers = f' InResponseTo="{self.request_id}"' if self.request_id else ""
        head = f"""<p:Response xmlns:p="{P}" ID="_r{self.id}" Version="2.0" IssueInstant="{stamp(self.now)}"
          Destination="{self.destination or self.acs}"{answers}><a:Issuer xmlns:a="{A}">{self.issuer}</a:Issuer>
          <p:Status><p:StatusCode Value="{self.status}"/></p:Status></p:Response>"""
        root = etree.fromstring(head)
        for one in assertions:
            root.append(one)
        return root


def encrypted(assertion: Any, certificate: str) -> Any:
    """The assertion for the holder of the certificate's key: AES-256-GCM by RSA-OAEP."""
    key, nonce = os.urandom(32), os.urandom(12)
    public: Any = pem(certificate).public_key()
    wrapped = public.encrypt(key, OAEP(MGF1(SHA1()), SHA1(), None))
    hidden = nonce + AESGCM(key).encrypt(nonce, etree.tostring(assertion), None)
    value = "<x:CipherData><x:CipherValue>{}</x:CipherValue></x:CipherData>"
    return etree.fromstring(
        f"""<a:EncryptedAssertion xmlns:a="{A}"><x:EncryptedData xmlns:x="http://www.w3.org/2001/04/xmlenc#">
        <x:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/><d:KeyInfo xmlns:d="{DS}">
        <x:EncryptedKey><x:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/>
        {value.format(base64.b64encode(wrapped).decode())}</x:EncryptedKey></d:KeyInfo>
        {value.format(base64.b64encode(hidden).decode())}</x:EncryptedData></a:EncryptedAssertion>"""
    )


@dataclass
class Visit:
    """A browser that was sent to the provider `Corp`."""

    site: Site
    browser: Browser
    state: str
    request: Any
    says: Says

    def send(self, response: Any, *, state: str | None = None) -> Answer:
        fields = {"SAMLResponse": encoded(response), "RelayState": self.state if state is None else state}
        return self.browser.post("/saml2/idpresponse", fields)


def corp(running: Running, *, domain: str | None = None, client: dict[str, Any] | None = None, **details: str) -> Site:
    """A pool with the SAML provider `Corp`."""
    given = {"MetadataFile": metadata(sign_out=True, certificate=CERTIFICATE), **details}
    if "MetadataURL" in given:
        given.pop("MetadataFile")
    site = with_provider(
        running, "Corp", "SAML", given, mapping={"email": MAIL}, client=client, identifiers=["acme.com"]
    )
    if domain:
        running.call("CreateUserPoolDomain", UserPoolId=site.pool, Domain=domain, ManagedLoginVersion=2)
        return Site(running, site.pool, site.client, domain)
    return site


def read_query(location: str, name: str) -> tuple[Any, dict[str, str]]:
    """The message in a redirect, and the whole query."""
    import zlib

    given = dict(parse_qsl(urlsplit(location).query))
    return etree.fromstring(zlib.decompress(base64.b64decode(given[name]), -15)), given


def visit(site: Site, **more: str) -> Visit:
    browser = site.browser()
    answer = browser.get(f"/oauth2/authorize?{site.query(**{'identity_provider': 'Corp', **more})}", follow=False)
    assert answer.status == 302, answer.body
    request, given = read_query(answer.headers["location"], "SAMLRequest")
    acs = request.get("AssertionConsumerServiceURL")
    says = Says(acs, entity_id(site.pool), site.running.world.clock.now(), request.get("ID"))
    return Visit(site, browser, given["RelayState"], request, says)
