"""Read messages that SAML providers sign and encrypt.

It uses lxml and signxml (the extra `saml`), which are imported with the first message.

Only signed content is returned. Elements come from the canonical form that was verified, never from the document. A
copy beside it can therefore not replace them (signature wrapping).
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable
from importlib.util import find_spec
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.parsers import expat  # only the tokenizer, which stops at the first declaration of a document type

from msgspec import Struct

from cognito_emulator.domain.federation.saml import LONGEST, Assertion, Confirmation, Message, NoMoment, moment
from cognito_emulator.ports.saml_cipher import CannotDecrypt, decrypted

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_P = "{urn:oasis:names:tc:SAML:2.0:protocol}"
_A = "{urn:oasis:names:tc:SAML:2.0:assertion}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_DEPTH = 40
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_BAD_SIGNATURE = "SAML Assertion signature is invalid."  # [observed: aws-sdk-js-v3#6201]


class BadMessage(Exception):
    """A message that is refused; the text says why."""


def available() -> bool:
    """Return whether the extra `saml` is installed."""
    return find_spec("lxml") is not None and find_spec("signxml") is not None


def read_response(
    presented: str, certificates: Iterable[str], key: RSAPrivateKey | None, *, encrypted: bool
) -> tuple[Message, Assertion]:
    """Read the Response of a SAMLResponse field, and its one assertion.

    Args:
        certificates: base64 DER; any of them may have signed the response or the assertion.
        key: decrypts the assertion, which must be encrypted with `encrypted` and must not without; None for a service
            that gets none.

    Raises:
        BadMessage
    """
    root = _parsed(_text(presented))
    if root.tag != f"{_P}Response":
        raise BadMessage("it is no Response.")
    _check_ids(root)
    known = list(certificates)
    signed = root.find(f"{_DS}Signature") is not None
    trusted = _verified(root, known) if signed else root
    message = _message(trusted)
    found = _only_assertion(trusted)
    if (found.tag == f"{_A}EncryptedAssertion") != encrypted:
        raise BadMessage("the assertion is not encrypted." if encrypted else "the assertion is encrypted.")
    if encrypted and key is not None:
        try:
            found = _parsed(decrypted(found, key))
        except CannotDecrypt:
            raise BadMessage("the assertion cannot be decrypted.") from None
        if found.tag != f"{_A}Assertion":
            raise BadMessage("what is encrypted is no Assertion.")
        _check_ids(found)
    if found.find(f"{_DS}Signature") is not None:
        found = _verified(found, known)
    elif not signed:
        raise BadMessage(_BAD_SIGNATURE)
    return message, _assertion(found)


def read_assertion(presented: str, certificates: Iterable[str]) -> Assertion:
    """Read a signed assertion in base64 or base64url [RFC 8693 §3].

    Raises:
        BadMessage
    """
    plain = presented.replace("-", "+").replace("_", "/").rstrip("=")
    root = _parsed(_text(plain + "=" * (-len(plain) % 4)))
    if root.tag != f"{_A}Assertion":
        raise BadMessage("it is no Assertion.")
    _check_ids(root)
    if root.find(f"{_DS}Signature") is None:
        raise BadMessage(_BAD_SIGNATURE)
    return _assertion(_verified(root, list(certificates)))


class AuthnRequest(Struct, frozen=True):
    """The parts of a request that the built-in provider needs."""

    id: str
    acs: str


def read_request(presented: str) -> AuthnRequest:
    """Read the AuthnRequest of the HTTP-Redirect binding.

    Raises:
        BadMessage
    """
    try:
        unpacker = zlib.decompressobj(wbits=-15)
        text = unpacker.decompress(base64.b64decode(presented, validate=True), LONGEST).decode()
    except (ValueError, zlib.error):
        raise BadMessage("it cannot be unpacked.") from None
    root = _parsed(text)
    if root.tag != f"{_P}AuthnRequest" or not root.get("ID"):
        raise BadMessage("it is no AuthnRequest.")
    return AuthnRequest(root.get("ID"), root.get("AssertionConsumerServiceURL", ""))


def sign(document: str, key: RSAPrivateKey, certificate: str) -> str:
    """Sign an element with a signature inside it.

    Raises:
        BadMessage: its contents fit into no XML.
    """
    from cryptography import x509
    from lxml import etree
    from signxml.algorithms import CanonicalizationMethod
    from signxml.signer import XMLSigner

    root = _parsed(document)
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    known = x509.load_der_x509_certificate(base64.b64decode(certificate))
    return str(
        etree.tostring(signer.sign(root, key=key, cert=[known], reference_uri=root.get("ID")), encoding="unicode")
    )


def read_logout(presented: str, certificates: Iterable[str]) -> Message:
    """Read a signed LogoutResponse.

    Raises:
        BadMessage
    """
    root = _parsed(_text(presented))
    if root.tag != f"{_P}LogoutResponse":
        raise BadMessage("it is no LogoutResponse.")
    _check_ids(root)
    return _message(_verified(root, list(certificates)))


def query(name: str, document: str, relay_state: str, key: RSAPrivateKey | None) -> str:
    """Write a message for the HTTP-Redirect binding; a key signs it.

    Bindings, section 3.4.4.1.
    """
    packer = zlib.compressobj(wbits=-15)
    packed = base64.b64encode(packer.compress(document.encode()) + packer.flush()).decode()
    told = f"{name}={quote(packed, safe='')}&RelayState={quote(relay_state, safe='')}"
    if key is None:
        return told
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    told += f"&SigAlg={quote('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', safe='')}"
    signature = base64.b64encode(key.sign(told.encode(), PKCS1v15(), SHA256())).decode()
    return f"{told}&Signature={quote(signature, safe='')}"


def _text(presented: str) -> str:
    if len(presented) > LONGEST:
        raise BadMessage(f"it has more than {LONGEST} characters.")
    try:
        text = base64.b64decode("".join(presented.split()), validate=True).decode()
    except ValueError:
        raise BadMessage("it is no base64 of UTF-8.") from None
    if any(ord(character) > 0xFFFF for character in text):
        raise BadMessage("it has characters of 4 bytes.")
    return text


class _Guard:
    """Refuses document types before they are read, and deeply nested elements."""

    def __init__(self) -> None:
        self.depth = 0

    def start(self, *_: object) -> None:
        self.depth += 1
        if self.depth > _DEPTH:
            raise BadMessage("it is nested too deep.")

    def end(self, *_: object) -> None:
        self.depth -= 1

    def doctype(self, *_: object) -> None:
        raise BadMessage("a document type declaration is not allowed.")


def _parsed(text: str) -> Any:
    """Parse a document without comments, which no signature covers.

    Raises:
        BadMessage
    """
    from lxml import etree

    data = _DECLARATION.sub("", text).encode()
    guard, tokenizer = _Guard(), expat.ParserCreate("utf-8")
    tokenizer.StartElementHandler = guard.start
    tokenizer.EndElementHandler = guard.end
    tokenizer.StartDoctypeDeclHandler = guard.doctype
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        tokenizer.Parse(data, True)
        return etree.fromstring(data, parser)
    except (expat.ExpatError, etree.LxmlError, ValueError):
        raise BadMessage("it is not well-formed XML.") from None


def _check_ids(root: Any) -> None:
    """Refuse an ID that is there twice, whatever its attribute's name."""
    seen = set()
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.rpartition("}")[2].lower() == "id":
                if value in seen:
                    raise BadMessage("an ID is there twice.")
                seen.add(value)


def _only_assertion(response: Any) -> Any:
    everywhere = [one for tag in ("Assertion", "EncryptedAssertion") for one in response.iter(f"{_A}{tag}")]
    if len(everywhere) != 1 or everywhere[0].getparent() is not response:
        raise BadMessage("it has not one assertion.")
    return everywhere[0]


def _verified(element: Any, certificates: list[str]) -> Any:
    """Return the element as its own signature covers it.

    Raises:
        BadMessage
    """
    from lxml import etree

    _check_signature(element)
    # Alone, with the namespaces that it inherits, so that no reference leads outside of it.
    alone = etree.tostring(element, with_tail=False)
    for certificate in certificates:
        found = _verified_by(alone, certificate)
        if found is not None and found.tag == element.tag and found.get("ID") == element.get("ID"):
            return found
    raise BadMessage(_BAD_SIGNATURE)


def _check_signature(element: Any) -> None:
    """Refuse all but one signature of the whole element.

    Only the transforms of SAML are allowed (Core, section 5.4).
    """
    signatures = element.findall(f"{_DS}Signature")
    references = element.findall(f"{_DS}Signature/{_DS}SignedInfo/{_DS}Reference")
    if len(signatures) != 1 or len(references) != 1 or signatures[0].find(f"{_DS}Object") is not None:
        raise BadMessage(_BAD_SIGNATURE)
    transforms = [one.get("Algorithm", "") for one in references[0].iter(f"{_DS}Transform")]
    allowed = (_ENVELOPED, _EXCLUSIVE, f"{_EXCLUSIVE}WithComments")
    fits = bool(element.get("ID")) and references[0].get("URI") == f"#{element.get('ID')}"
    if not fits or len(transforms) > 2 or _ENVELOPED not in transforms or any(one not in allowed for one in transforms):
        raise BadMessage(_BAD_SIGNATURE)


def _verified_by(alone: bytes, certificate: str) -> Any:
    from cryptography import x509
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    try:
        known = x509.load_der_x509_certificate(base64.b64decode(certificate))
        # A certificate in metadata is a key that is trusted until it is removed; it does not expire.
        config = SignatureConfiguration(location="./", verification_time=known.not_valid_before_utc)
        result = XMLVerifier().verify(alone, x509_cert=known, id_attribute="ID", expect_config=config)
    except Exception:  # whatever the library raises, it is not verified
        return None
    return getattr(result, "signed_xml", None)


def _content(element: Any) -> str:
    """Return the element's text; empty where it has other content too."""
    return "" if element is None or len(element) else (element.text or "")


def _message(root: Any) -> Message:
    issuer = root.find(f"{_A}Issuer")
    status = root.find(f"{_P}Status/{_P}StatusCode")
    return Message(
        None if issuer is None else _content(issuer).strip(),
        root.get("Destination", ""),
        root.get("InResponseTo"),
        "" if status is None else status.get("Value", ""),
        root.get("Version", ""),
    )


def _assertion(root: Any) -> Assertion:
    try:
        conditions = root.findall(f"{_A}Conditions")
        if len(conditions) > 1 or len(root.findall(f"{_A}Subject")) != 1:
            raise BadMessage("Subject or Conditions are there more than once, or no Subject is.")
        given = conditions[0] if conditions else {}
        name_ids = root.findall(f"{_A}Subject/{_A}NameID")
        name_id = name_ids[0] if len(name_ids) == 1 else None
        statements = root.findall(f"{_A}AuthnStatement")
        first = statements[0] if statements else {}
        return Assertion(
            root.get("ID", ""),
            root.get("Version", ""),
            _content(root.find(f"{_A}Issuer")).strip(),
            moment(root.get("IssueInstant")),
            _content(name_id),  # exactly: it identifies the user
            "" if name_id is None else name_id.get("Format", ""),
            tuple(_confirmation(one) for one in root.findall(f"{_A}Subject/{_A}SubjectConfirmation")),
            moment(given.get("NotBefore")),
            moment(given.get("NotOnOrAfter")),
            tuple(
                tuple(_content(audience).strip() for audience in one.findall(f"{_A}Audience"))
                for one in root.findall(f"{_A}Conditions/{_A}AudienceRestriction")
            ),
            first.get("SessionIndex"),
            moment(first.get("SessionNotOnOrAfter")),
            bool(statements),
            MappingProxyType(_attributes(root)),
        )
    except NoMoment:
        raise BadMessage("it has a time that cannot be read.") from None


def _confirmation(element: Any) -> Confirmation:
    data = element.find(f"{_A}SubjectConfirmationData")
    given = {} if data is None else data
    return Confirmation(
        element.get("Method", ""),
        given.get("Recipient", ""),
        given.get("InResponseTo"),
        moment(given.get("NotBefore")),
        moment(given.get("NotOnOrAfter")),
    )


def _attributes(root: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in root.findall(f"{_A}AttributeStatement/{_A}Attribute"):
        name, values = one.get("Name", ""), tuple(_content(value) for value in one.findall(f"{_A}AttributeValue"))
        if name and values:
            found[name] = (*found.get(name, ()), *values)
    return found
