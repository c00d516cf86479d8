"""The metadata document of a SAML identity provider.

SAML 2.0 Metadata, sections 2.3 and 2.4. A document type declaration is refused before anything in it is read, so that
no entity is ever expanded or fetched.
"""

from __future__ import annotations

import base64

# Only the tokenizer: no tree is built, and `_refuse_doctype` stops at the first declaration.
from xml.parsers import expat

from msgspec import Struct, field

_MD = "urn:oasis:names:tc:SAML:2.0:metadata"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


class BadMetadata(Exception):
    """The document's mistake, in a few words."""


class Metadata(Struct, frozen=True, gc=False):
    """The used parts of a provider's metadata.

    `sign_out` is empty where it has no single logout by redirect. `certificates` are base64 DER, any of which may sign.
    """

    entity_id: str
    sign_in: str
    sign_out: str
    certificates: tuple[str, ...]


def parse(text: str) -> Metadata:
    """Read the first IDPSSODescriptor of the document.

    Raises:
        BadMetadata
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        # Text, not bytes: a declared encoding is that of the original file.
        parser.Parse(text.lstrip("\ufeff \t\r\n"), True)
    except expat.ExpatError:
        raise BadMetadata("it is not well-formed XML") from None
    except UnicodeEncodeError:
        raise BadMetadata("it has characters that XML does not allow") from None
    return reader.result()


def _refuse_doctype(*_: object) -> None:
    raise BadMetadata("a document type declaration is not allowed")


class _Reader(Struct):
    """Collects the elements of a document; names are `namespace name`."""

    entity_id: str = ""
    described: bool = False  # an IDPSSODescriptor was found
    inside: bool = False  # it is open
    signing: bool = False  # an open KeyDescriptor is for signing
    sign_in: str = ""
    sign_out: str = ""
    certificate: list[str] | None = None
    certificates: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_MD} IDPSSODescriptor" and not self.described:
            self.described = self.inside = True
        elif name == f"{_MD} EntityDescriptor" and not self.described:
            self.entity_id = attributes.get("entityID", "")
        elif self.inside:
            self._part(name, attributes)

    def _part(self, name: str, attributes: dict[str, str]) -> None:
        by_redirect = attributes.get("Binding") == _REDIRECT
        if name == f"{_MD} KeyDescriptor":
            # Without a use it is for both purposes.
            self.signing = attributes.get("use", "signing") == "signing"
        elif name == f"{_DS} X509Certificate" and self.signing:
            self.certificate = []
        elif name == f"{_MD} SingleSignOnService" and by_redirect:
            self.sign_in = self.sign_in or attributes.get("Location", "")
        elif name == f"{_MD} SingleLogoutService" and by_redirect:
            self.sign_out = self.sign_out or attributes.get("Location", "")

    def text(self, text: str) -> None:
        if self.certificate is not None:
            self.certificate.append(text)

    def end(self, name: str) -> None:
        if name == f"{_MD} IDPSSODescriptor":
            self.inside = False
        elif name == f"{_MD} KeyDescriptor":
            self.signing = False
        if self.certificate is not None:
            self.certificates.append("".join("".join(self.certificate).split()))
            self.certificate = None

    def result(self) -> Metadata:
        if not self.described or not self.entity_id:
            raise BadMetadata("it does not describe an identity provider (EntityDescriptor, IDPSSODescriptor)")
        if not self.sign_in.startswith(("http://", "https://")):
            raise BadMetadata("it has no SingleSignOnService with the HTTP-Redirect binding")
        if not self.certificates:
            raise BadMetadata("it has no signing certificate")
        for certificate in self.certificates:
            try:
                base64.b64decode(certificate, validate=True)
            except ValueError:
                raise BadMetadata("its signing certificate is not base64") from None
        return Metadata(self.entity_id, self.sign_in, self.sign_out, tuple(self.certificates))
