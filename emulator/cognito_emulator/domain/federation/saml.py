"""SAML 2.0 as the service provider: requests, and checks of answers.

SAML 2.0 Core and Profiles (section 4.1, web browser SSO) [docs: cognito-user-pools-saml-idp-things-to-know]. Messages
checked here have been signed; `ports.saml_xml` reads nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.federation.oidc import ProviderTrouble

LONGEST = 100_000  # characters of a SAMLResponse [docs: cognito-user-pools-saml-idp-things-to-know]
SKEW = 60  # seconds that clocks may differ [assumed]
MAX_AGE = 360  # seconds from the issue of an unsolicited assertion [docs: cognito-user-pools-SAML-session-initiation]
SIGN_OUT_LIFETIME = 300  # seconds in which the answer to a sign-out has to come

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


class NoMoment(Exception):
    """A time that cannot be read."""


class Confirmation(Struct, frozen=True, gc=False):
    """A SubjectConfirmation; times are epoch seconds, None where there is none."""

    method: str
    recipient: str = ""
    in_response_to: str | None = None
    not_before: float | None = None
    not_on_or_after: float | None = None


class Assertion(Struct, frozen=True, gc=False):
    """A signed assertion.

    `audiences` has a tuple for each AudienceRestriction; `attributes` are by their Name.
    """

    id: str
    version: str
    issuer: str
    issued: float | None
    name_id: str
    name_format: str
    confirmations: tuple[Confirmation, ...]
    not_before: float | None
    not_on_or_after: float | None
    audiences: tuple[tuple[str, ...], ...]
    session_index: str | None
    session_end: float | None
    authenticated: bool
    attributes: Mapping[str, tuple[str, ...]]

    @property
    def claims(self) -> dict[str, Any]:
        """Attributes as claims: one value as a text, several as a list."""
        return {name: values[0] if len(values) == 1 else list(values) for name, values in self.attributes.items()}


class Message(Struct, frozen=True, gc=False):
    """The outside of a Response or LogoutResponse."""

    issuer: str | None
    destination: str
    in_response_to: str | None
    status: str
    version: str


class Expected(Struct, frozen=True, gc=False):
    """Hold what an answer has to fit.

    `request_id` is None where there was no request; `now` is epoch seconds.
    """

    entity_id: str
    audience: str
    acs: str
    request_id: str | None
    now: float


class UsedAssertion(Struct, frozen=True, gc=False):
    """An assertion that was accepted.

    Its key is the hash of pool, provider and ID. `expires` is epoch seconds.
    """

    digest: str
    expires: float


class SamlSession(Struct, frozen=True, gc=False):
    """The data for a sign-out at the provider; the key is the BrowserSession's."""

    digest: str
    provider: str
    name_id: str
    name_format: str
    session_index: str | None
    expires: float


class SigningOut(Struct, frozen=True, gc=False):
    """A browser at a provider's single logout; the key is the hash of RelayState.

    `leads_to` is the final address of the sign-out, `callback` the pool's own address that gets the answer.
    """

    digest: str
    pool_id: str
    provider: str
    request_id: str
    leads_to: str
    callback: str
    browser: str
    expires: float


def entity_id(pool_id: str) -> str:
    return f"urn:amazon:cognito:sp:{pool_id}"


def invalid(detail: str) -> ProviderTrouble:
    """Signal an answer that cannot be trusted.

    The text about signatures is the service's [observed: aws-sdk-js-v3#6201]; the other details are ours [own wording].
    """
    return ProviderTrouble(f"Invalid SAML response received: {detail}", "server_error")


def moment(text: str | None) -> float | None:
    """Parse an xs:dateTime, which is in UTC, as epoch seconds.

    Core, section 1.3.3.

    Raises:
        NoMoment: it cannot be read.
    """
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise NoMoment from None


def stamp(now: float) -> str:
    return datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def authn_request(pool_id: str, request_id: str, destination: str, acs: str, now: float) -> str:
    """Write an AuthnRequest (Core, section 3.4.1)."""
    from xml.sax.saxutils import escape, quoteattr  # not at the start: it brings urllib.request along

    return (
        f'<saml2p:AuthnRequest xmlns:saml2p="{PROTOCOL}" AssertionConsumerServiceURL={quoteattr(acs)} '
        f'Destination={quoteattr(destination)} ID="{request_id}" IssueInstant="{stamp(now)}" '
        f'ProtocolBinding="{_POST}" Version="2.0"><saml2:Issuer xmlns:saml2="{ASSERTION}">'
        f"{escape(entity_id(pool_id))}</saml2:Issuer></saml2p:AuthnRequest>"
    )


def logout_request(pool_id: str, request_id: str, destination: str, session: SamlSession, now: float) -> str:
    """Write a LogoutRequest (Core, section 3.7.1)."""
    from xml.sax.saxutils import escape, quoteattr  # not at the start: it brings urllib.request along

    format_ = f" Format={quoteattr(session.name_format)}" if session.name_format else ""
    index = session.session_index
    about = f"<saml2p:SessionIndex>{escape(index)}</saml2p:SessionIndex>" if index else ""
    return (
        f'<saml2p:LogoutRequest xmlns:saml2p="{PROTOCOL}" xmlns:saml2="{ASSERTION}" '
        f'Destination={quoteattr(destination)} ID="{request_id}" IssueInstant="{stamp(now)}" Version="2.0">'
        f"<saml2:Issuer>{escape(entity_id(pool_id))}</saml2:Issuer>"
        f"<saml2:NameID{format_}>{escape(session.name_id)}</saml2:NameID>{about}</saml2p:LogoutRequest>"
    )


def check_message(message: Message, expected: Expected) -> None:
    """Check the outside of an answer.

    Raises:
        ProviderTrouble
    """
    if message.version != "2.0":
        raise invalid("its version is not 2.0.")
    if message.destination and message.destination != expected.acs:
        raise invalid("Destination is not this endpoint.")
    if message.issuer is not None and message.issuer != expected.entity_id:
        raise invalid("Issuer is not the identity provider.")
    if message.in_response_to != expected.request_id:
        raise invalid("InResponseTo does not fit the request.")
    if message.status != SUCCESS:
        raise invalid(f"the status is {message.status[:200]}.")


def check(assertion: Assertion, expected: Expected) -> None:
    """Check an assertion (Profiles, section 4.1.4.3).

    [docs: cognito-user-pools-saml-idp-things-to-know]

    Raises:
        ProviderTrouble
    """
    if assertion.version != "2.0" or not assertion.id:
        raise invalid("the assertion has no ID, or its version is not 2.0.")
    if assertion.issuer != expected.entity_id:
        raise invalid("Issuer is not the identity provider.")
    if not assertion.name_id:
        raise invalid("NameID is missing.")
    if not assertion.authenticated:
        raise invalid("AuthnStatement is missing.")
    if not assertion.audiences or any(expected.audience not in named for named in assertion.audiences):
        raise invalid("Audience is not the service provider.")
    if not _is_now(assertion.not_before, assertion.not_on_or_after, expected.now):
        raise invalid("the assertion is expired or not yet valid.")
    if assertion.session_end is not None and assertion.session_end <= expected.now - SKEW:
        raise invalid("the session at the identity provider is over.")
    if not any(_confirms(one, expected) for one in assertion.confirmations):
        raise invalid("no SubjectConfirmation fits: Recipient, InResponseTo or NotOnOrAfter.")
    if expected.request_id is None:
        if any(one.in_response_to is not None for one in assertion.confirmations):
            raise invalid("InResponseTo names a request that was not made.")
        if assertion.issued is None or not expected.now - MAX_AGE <= assertion.issued <= expected.now + SKEW:
            raise invalid("the assertion is older than 6 minutes.")


def _is_now(begins: float | None, ends: float | None, now: float) -> bool:
    return (begins is None or begins <= now + SKEW) and (ends is None or ends > now - SKEW)


def _confirms(one: Confirmation, expected: Expected) -> bool:
    """Return whether a bearer's confirmation fits.

    It has to have an end. A beginning, which Profiles 4.1.4.2 forbids, is checked if present.
    """
    if one.method != BEARER or one.recipient != expected.acs or one.in_response_to != expected.request_id:
        return False
    return one.not_on_or_after is not None and _is_now(one.not_before, one.not_on_or_after, expected.now)


def kept_until(assertion: Assertion, now: float) -> float:
    """Return until when the assertion must not come again: as long as it is valid."""
    ends = [one.not_on_or_after for one in assertion.confirmations if one.not_on_or_after is not None]
    return max([now, *ends]) + SKEW + 1
