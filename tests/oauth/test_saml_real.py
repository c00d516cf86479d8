"""Sign-in and single logout at a real SAML provider: pysaml2's, which signs by the program xmlsec1."""

from __future__ import annotations

import base64
import os
import shutil
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cognito_emulator.domain.federation.saml import entity_id
from tests.helpers.build import refused
from tests.helpers.federated import tokens
from tests.helpers.foreign_logins import IAM, know
from tests.helpers.harness import Running
from tests.helpers.identity_pools import identity_pool, payload
from tests.helpers.saml_idp import CERTIFICATE, KEY, corp, pem, read_query, visit
from tests.helpers.site import Site

ENTITY = "https://pysaml2.example.com"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
MAIL = "urn:oid:1.2.840.113549.1.9.1.1"
REQUIRED = os.environ.get("REQUIRE_CLIENTS") == "1"

if shutil.which("xmlsec1") is None and not REQUIRED:
    pytest.skip("the program xmlsec1 is not installed", allow_module_level=True)

warnings.filterwarnings("ignore", module="saml2")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from saml2 import entity, sigver
    from saml2.config import IdPConfig
    from saml2.metadata import entity_descriptor
    from saml2.saml import NAMEID_FORMAT_PERSISTENT, NameID
    from saml2.server import Server


def config(folder: Path, relying: str | None) -> Any:
    """The provider, with the metadata of the user pool if it is known by now."""
    key = KEY.private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    (folder / "key.pem").write_bytes(key)
    (folder / "cert.pem").write_bytes(pem(CERTIFICATE).public_bytes(Encoding.PEM))
    found = IdPConfig()
    found.load(
        {
            "entityid": ENTITY,
            "xmlsec_binary": shutil.which("xmlsec1"),
            "key_file": str(folder / "key.pem"),
            "cert_file": str(folder / "cert.pem"),
            "service": {
                "idp": {
                    "endpoints": {
                        "single_sign_on_service": [(f"{ENTITY}/sso", REDIRECT)],
                        "single_logout_service": [(f"{ENTITY}/slo", REDIRECT)],
                    },
                    "want_authn_requests_signed": True,
                    "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}},
                }
            },
            **({"metadata": {"inline": [relying]}} if relying else {}),
        }
    )
    return found


def relying_party(site: Site) -> str:
    """What an administrator tells the provider of the user pool, with its certificate."""
    url = site.running.url
    certificate = site.running.call("GetSigningCertificate", UserPoolId=site.pool)["Certificate"]
    return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id(site.pool)}">
      <md:SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
      <md:KeyDescriptor><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
      <md:SingleLogoutService Binding="{POST}" Location="{url}/saml2/logout"/>
      <md:AssertionConsumerService Binding="{POST}" Location="{url}/saml2/idpresponse" index="0"/>
      </md:SPSSODescriptor></md:EntityDescriptor>"""


@pytest.fixture(autouse=True)
def _aes(monkeypatch: pytest.MonkeyPatch) -> None:
    """pysaml2 has no setting for it, and encrypts by triple DES, which nobody should use any more."""
    made = partial(sigver.pre_encryption_part, msg_enc="http://www.w3.org/2001/04/xmlenc#aes256-cbc")
    monkeypatch.setattr(entity, "pre_encryption_part", made)
    encrypt = sigver.SecurityContext.encrypt_assertion
    monkeypatch.setattr(encrypt, "__defaults__", ("aes-256", None))


@pytest.mark.processes
@pytest.mark.parametrize(("encrypted", "whole"), [(False, False), (False, True), (True, False)])
def test_sign_in_and_out(running: Running, tmp_path: Path, encrypted: bool, whole: bool) -> None:
    document = str(entity_descriptor(config(tmp_path, None)))
    site = corp(
        running,
        MetadataFile=document,
        RequestSigningAlgorithm="rsa-sha256",
        EncryptedResponses=str(encrypted).lower(),
        IDPSignout="true",
    )
    running.call("UpdateIdentityProvider", UserPoolId=site.pool, ProviderName="Corp", AttributeMapping={"email": MAIL})
    provider = Server(config=config(tmp_path, relying_party(site)))
    at = visit(site)
    assert at.browser.page is not None
    _, query = read_query(at.browser.page.headers["location"], "SAMLRequest")
    asked = provider.parse_authn_request(
        query["SAMLRequest"], REDIRECT, query["RelayState"], query["SigAlg"], query["Signature"]
    )
    response = provider.create_authn_response(
        {"email": ["ann@acme.com"]},
        asked.message.id,
        asked.message.assertion_consumer_service_url,
        entity_id(site.pool),
        name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text="ann"),
        sign_assertion=not whole,
        sign_response=whole,
        encrypt_assertion=encrypted,
        authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "authn_auth": ENTITY},
        sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
    )
    answer = at.send(str(response).encode())
    assert "code" in answer.params, answer
    found = tokens(site, answer.params["code"])
    assert (found["cognito:username"], found["email"]) == ("Corp_ann", "ann@acme.com")

    leaving = at.browser.get(
        f"/logout?client_id={site.client}&logout_uri=https%3A%2F%2Fapp.example.com%2F", follow=False
    )
    _, query = read_query(leaving.headers["location"], "SAMLRequest")
    out = provider.parse_logout_request(
        query["SAMLRequest"],
        REDIRECT,
        relay_state=query["RelayState"],
        sigalg=query["SigAlg"],
        signature=query["Signature"],
    )
    assert out.message.name_id.text == "ann"
    said = provider.create_logout_response(
        out.message,
        [POST],
        sign=True,
        sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
    )
    fields = {"SAMLResponse": base64.b64encode(str(said).encode()).decode(), "RelayState": query["RelayState"]}
    assert at.browser.post("/saml2/logout", fields, follow=False).headers["location"] == "https://app.example.com/"


AWS = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:amazon:webservices">
  <md:SPSSODescriptor WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
  <md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" index="1"
    Location="https://signin.aws.amazon.com/saml"/></md:SPSSODescriptor></md:EntityDescriptor>"""


@pytest.mark.processes
@pytest.mark.parametrize("whole", [False, True])
def test_its_response_is_a_login_of_an_identity_pool(running: Running, tmp_path: Path, whole: bool) -> None:
    """Nobody has asked for it, as with AWS: the provider begins, and the app hands the response on."""
    document = str(entity_descriptor(config(tmp_path, None)))
    know(running, SAMLProviders=[{"Name": "Corp", "SAMLMetadataDocument": document}])
    arn, role = f"{IAM}:saml-provider/Corp", f"{IAM}:role/editor"
    pool, identity = identity_pool(running, SamlProviderARNs=[arn], roles=None), running.client("cognito-identity")
    made = Server(config=config(tmp_path, AWS)).create_authn_response(
        {"email": ["ann@acme.com"]},
        None,
        "https://signin.aws.amazon.com/saml",
        "urn:amazon:webservices",
        name_id=NameID(format=NAMEID_FORMAT_PERSISTENT, text="ann"),
        sign_assertion=not whole,
        sign_response=whole,
        authn={"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:Password", "authn_auth": ENTITY},
        sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
    )
    logins = {arn: base64.b64encode(str(made).encode()).decode()}
    known = identity.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    claims = {"Claim": MAIL, "MatchType": "Equals", "Value": "ann@acme.com", "RoleARN": role}
    mapping = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [claims]}}
    identity.set_identity_pool_roles(IdentityPoolId=pool, Roles={}, RoleMappings={arn: mapping})
    told = identity.get_credentials_for_identity(IdentityId=known, Logins=logins)
    assert payload(told["Credentials"]["SessionToken"])["role"] == role
    with refused("NotAuthorizedException", "Invalid login token. The SAML assertion was used before."):
        identity.get_id(IdentityPoolId=pool, Logins=logins)
