"""The SAML part of the built-in provider.

It answers an AuthnRequest with a Response that it signs with its own key.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain.federation import saml
from cognito_emulator.domain.federation.attribute_mapping import text_of
from cognito_emulator.domain.federation.mock_idp import Person
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.federation.provider_details import metadata
from cognito_emulator.flows.federation import mock_idp
from cognito_emulator.ports import saml_cipher, saml_xml
from cognito_emulator.ports.certificates import self_signed
from cognito_emulator.ports.saml_xml import AuthnRequest

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from cognito_emulator.world import World


LIFETIME = 300  # seconds


class Receiver(Struct, frozen=True):
    """The service provider that gets a Response: its name and its address.

    `request_id` is of its request, if it sent one; the assertion is encrypted for `key`, if it wants that.
    """

    audience: str
    acs: str
    request_id: str = ""
    key: RSAPublicKey | None = None


async def certificate(world: World) -> str:
    """Return the certificate that checks its responses, as Base64 DER."""
    return self_signed(await mock_idp.key(world), "mock", 0.0)


async def response(world: World, provider: Provider, person: Person, asked: AuthnRequest) -> str:
    """Return a SAMLResponse field that says that `person` has signed in.

    Each claim is sent as an attribute of the same name.
    """
    issuer = metadata(provider.document or provider.details["MetadataFile"]).entity_id
    keys = await world.keys.of(provider.pool_id)
    wanted = keys.first.id_key.public if provider.wants_encryption else None
    to = Receiver(saml.entity_id(provider.pool_id), asked.acs, asked.id, wanted)
    return await signed(world, issuer, person.subject, person.claims, to)


async def signed(world: World, issuer: str, subject: str, claims: Mapping[str, Any], to: Receiver) -> str:
    """Return a Response in Base64 with one signed assertion.

    Raises:
        BadMessage: XML cannot hold the claims.
    """
    from xml.sax.saxutils import escape, quoteattr  # not at the start: it brings urllib.request along

    now = world.clock.now()
    ends, acs = saml.stamp(now + LIFETIME), quoteattr(to.acs)
    about = f'Version="2.0" IssueInstant="{saml.stamp(now)}"'
    answers = f" InResponseTo={quoteattr(to.request_id)}" if to.request_id else ""
    document = (
        f'<a:Assertion xmlns:a="{saml.ASSERTION}" ID="_{world.ids.uuid()}" {about}>'
        f"<a:Issuer>{escape(issuer)}</a:Issuer>"
        f"<a:Subject><a:NameID>{escape(subject)}</a:NameID>"
        f'<a:SubjectConfirmation Method="{saml.BEARER}"><a:SubjectConfirmationData Recipient={acs}'
        f'{answers} NotOnOrAfter="{ends}"/></a:SubjectConfirmation></a:Subject>'
        f'<a:Conditions NotOnOrAfter="{ends}"><a:AudienceRestriction><a:Audience>'
        f"{escape(to.audience)}</a:Audience></a:AudienceRestriction></a:Conditions>"
        f'<a:AuthnStatement AuthnInstant="{saml.stamp(now)}"/>'
        f"<a:AttributeStatement>{_attributes(claims)}</a:AttributeStatement></a:Assertion>"
    )
    key = await mock_idp.key(world)
    assertion = saml_xml.sign(document, key.private, self_signed(key, "mock", 0.0))
    if to.key is not None:
        assertion = saml_cipher.encrypted(assertion, to.key)
    outside = (
        f'<p:Response xmlns:p="{saml.PROTOCOL}" ID="_{world.ids.uuid()}" {about} Destination={acs}'
        f'{answers}><p:Status><p:StatusCode Value="{saml.SUCCESS}"/></p:Status>'
        f"{assertion}</p:Response>"
    )
    return base64.b64encode(outside.encode()).decode()


def _attributes(claims: Mapping[str, Any]) -> str:
    """Return the claims as attributes; a list has a value for each item."""
    from xml.sax.saxutils import escape, quoteattr  # not at the start: it brings urllib.request along

    told = {name: claim if isinstance(claim, list) else [claim] for name, claim in claims.items()}
    return "".join(
        f"<a:Attribute Name={quoteattr(name)}>"
        + "".join(f"<a:AttributeValue>{escape(text_of(value))}</a:AttributeValue>" for value in values)
        + "</a:Attribute>"
        for name, values in told.items()
    )
