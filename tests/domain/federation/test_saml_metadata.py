"""Reading SAML metadata, and what is refused of it."""

from __future__ import annotations

import pytest

from cognito_emulator.domain.federation.saml_metadata import BadMetadata, Metadata, parse
from tests.helpers.saml import CERTIFICATE, REDIRECT, SIGN_IN, SIGN_OUT, metadata

PROLOGUE = '<?xml version="1.0" encoding="UTF-16"?>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def test_everything_is_read() -> None:
    assert parse(metadata(sign_out=True)) == Metadata("https://idp.example.com", SIGN_IN, SIGN_OUT, (CERTIFICATE,))
    assert parse(metadata()).sign_out == ""


def test_text_is_text_whatever_encoding_it_declares() -> None:
    assert parse(f"\ufeff\n{metadata(entity='urn:für', head=PROLOGUE)}").entity_id == "urn:für"


def test_the_first_identity_provider_of_many() -> None:
    many = f"<all>{metadata(entity='one')}{metadata(entity='two', certificate='AAAA')}</all>"
    assert parse(many) == Metadata("one", SIGN_IN, "", (CERTIFICATE,))


def test_a_key_without_a_use_signs() -> None:
    assert len(parse(metadata().replace('use="encryption"', "")).certificates) == 2


@pytest.mark.parametrize("head", [BOMB, OUTSIDE, "<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "http://x/x.dtd">'])
def test_document_types_are_refused(head: str) -> None:
    with pytest.raises(BadMetadata, match=r"^a document type declaration is not allowed$"):
        parse(metadata(head=head).replace("idp.example.com", "&b;"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is not well-formed XML"),
        ("<x>", "it is not well-formed XML"),
        ("<x>&a;</x>", "it is not well-formed XML"),
        ("<x>\0</x>", "it is not well-formed XML"),
        ("<x>\ud800</x>", "it has characters that XML does not allow"),
        ("<x/>", "it does not describe an identity provider (EntityDescriptor, IDPSSODescriptor)"),
        (metadata(entity=""), "it does not describe an identity provider (EntityDescriptor, IDPSSODescriptor)"),
        (
            metadata().replace("IDPSSODescriptor", "SPSSODescriptor"),
            "it does not describe an identity provider (EntityDescriptor, IDPSSODescriptor)",
        ),
        (metadata().replace(REDIRECT, "other"), "it has no SingleSignOnService with the HTTP-Redirect binding"),
        (metadata().replace(SIGN_IN, "javascript:x"), "it has no SingleSignOnService with the HTTP-Redirect binding"),
        (metadata().replace('use="signing"', 'use="encryption"'), "it has no signing certificate"),
        (metadata(certificate="?"), "its signing certificate is not base64"),
        ("<x>" * 30_000, "it is not well-formed XML"),
    ],
)
def test_problems(text: str, problem: str) -> None:
    with pytest.raises(BadMetadata) as raised:
        parse(text)
    assert str(raised.value) == problem
