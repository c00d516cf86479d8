"""The built-in provider's SAML face: it answers an AuthnRequest by a Response that it signs by its own key."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from emulator.domain import saml
from emulator.domain.external_identity import text_of
from emulator.domain.pretend import Person
from emulator.domain.provider import Provider
from emulator.domain.provider_details import metadata
from emulator.flows import pretend
from emulator.ports import saml_xml
from emulator.ports.certificates import self_signed
from emulator.ports.saml_xml import AuthnRequest

if TYPE_CHECKING:
    from emulator.world import World


async def certificate(world: World) -> str:
    """What its responses are checked by: base64 DER."""
    return self_signed(await pretend.key(world), "pretend", 0.0)


async def response(world: World, provider: Provider, person: Person, asked: AuthnRequest) -> str:
    """A SAMLResponse field: that it is `person` who comes. An attribute is sent for each claim, by the claim's name."""
    from xml.sax.saxutils import escape, quoteattr  # not at the start: it brings urllib.request along

    now = world.clock.now()
    issuer = escape(metadata(provider.document or provider.details["MetadataFile"]).entity_id)
    ends, acs = saml.stamp(now + 300), quoteattr(asked.acs)
    about = f'Version="2.0" IssueInstant="{saml.stamp(now)}"'
    document = (
        f'<a:Assertion xmlns:a="{saml.ASSERTION}" ID="_{world.ids.uuid()}" {about}><a:Issuer>{issuer}</a:Issuer>'
        f"<a:Subject><a:NameID>{escape(person.subject)}</a:NameID>"
        f'<a:SubjectConfirmation Method="{saml.BEARER}"><a:SubjectConfirmationData Recipient={acs} '
        f'InResponseTo={quoteattr(asked.id)} NotOnOrAfter="{ends}"/></a:SubjectConfirmation></a:Subject>'
        f'<a:Conditions NotOnOrAfter="{ends}"><a:AudienceRestriction><a:Audience>'
        f"{escape(saml.entity_id(provider.pool_id))}</a:Audience></a:AudienceRestriction></a:Conditions>"
        f'<a:AuthnStatement AuthnInstant="{saml.stamp(now)}"/>'
        f"<a:AttributeStatement>{_attributes(person.claims)}</a:AttributeStatement></a:Assertion>"
    )
    key = await pretend.key(world)
    signed = saml_xml.sign(document, key.private, self_signed(key, "pretend", 0.0))
    outside = (
        f'<p:Response xmlns:p="{saml.PROTOCOL}" ID="_{world.ids.uuid()}" {about} Destination={acs} '
        f'InResponseTo={quoteattr(asked.id)}><p:Status><p:StatusCode Value="{saml.SUCCESS}"/></p:Status>'
        f"{signed}</p:Response>"
    )
    return base64.b64encode(outside.encode()).decode()


def _attributes(claims: Any) -> str:
    from xml.sax.saxutils import escape, quoteattr  # not at the start: it brings urllib.request along

    value = "<a:Attribute Name={}><a:AttributeValue>{}</a:AttributeValue></a:Attribute>"
    return "".join(value.format(quoteattr(name), escape(text_of(claim))) for name, claim in claims.items())
