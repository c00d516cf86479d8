"""What tokens of other providers have to say to be logins of an identity pool.

Developer guide, "Setting up an OIDC provider as an identity pool IdP" and "Setting up a SAML provider …". Texts are
those of user pools' tokens, which are recorded; where those do not fit, the words are ours and marked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.errors import NotAuthorized
from cognito_emulator.domain.federation import saml
from cognito_emulator.domain.federation.oidc import ProviderTrouble
from cognito_emulator.domain.federation.saml import Assertion, Expected, Message
from cognito_emulator.domain.identity_pools import identity_errors
from cognito_emulator.domain.identity_pools.login_provider import key_of
from cognito_emulator.domain.identity_pools.role_mapping import split_role

GRACE = 300  # seconds after its end for which a token is good: "a grace period of 5 minutes" (guide, after RFC 7523)
SAML_ROLE = "https://aws.amazon.com/SAML/Attributes/Role"
# IAM user guide, "Configure SAML assertions for the authentication response".
SAML_AUDIENCES = ("urn:amazon:webservices", "https://signin.aws.amazon.com/saml")
SAML_PLACE = "https://signin.aws.amazon.com/saml"
_PLACES = re.compile(r"https://(?:[a-z0-9-]+\.)?signin\.aws\.amazon\.com/saml", re.ASCII)


def audience(claims: Mapping[str, Any]) -> list[str]:
    """Read the clients that an ID token is for: azp if present, else aud (guide).

    Raises:
        NotAuthorized: it has no aud, which OpenID Connect Core, section 2, asks for.
    """
    named = claims.get("aud")
    if named is None:
        raise identity_errors.invalid_token("Missing a required claim: aud")
    given = claims.get("azp", named)
    return [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, str)]


def check_issued(claims: Mapping[str, Any], issuers: Collection[str], clients: Collection[str]) -> None:
    """Check who issued an ID token, and for which client.

    Raises:
        NotAuthorized
    """
    meant = audience(claims)
    if claims.get("iss") not in issuers:
        raise identity_errors.invalid_token("Issuer doesn't match providerName")
    if not any(one in clients for one in meant):
        raise identity_errors.unsupported_provider()


def unsupported(claims: Mapping[str, Any], issuers: Collection[str]) -> NotAuthorized:
    """The answer to an ID token of a provider that the pool does not have: what is wrong with the token itself comes
    first (the order is inferred from the answers that are recorded). `issuers` are those of the provider that was
    named."""
    try:
        check_issued(claims, issuers, ())
    except NotAuthorized as refusal:
        return refusal
    return identity_errors.unsupported_provider()


def check_times(claims: Mapping[str, Any], now: int) -> None:
    """When a token is good; `now` in epoch seconds.

    Raises:
        NotAuthorized
    """
    ends, begins = _number(claims.get("exp")), _number(claims.get("nbf", 0))
    if ends is None:
        raise identity_errors.invalid_token("Missing a required claim: exp")
    if now >= ends + GRACE:
        raise identity_errors.invalid_token(f"Token expired: {now} >= {int(ends)}")
    if begins is None or begins > now + GRACE:
        raise identity_errors.invalid_token(f"Token is not valid yet: {now} < {str(claims['nbf'])[:40]}")  # ours


def _number(value: Any) -> float | None:
    """A time in seconds; neither true, which is a number to Python, nor what no clock will ever show."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
    return value if good else None


def subject(claims: Mapping[str, Any]) -> str:
    """
    Raises:
        NotAuthorized
    """
    found = claims.get("sub")
    if not isinstance(found, str) or not found:
        raise identity_errors.invalid_token("Missing a required claim: sub")
    return found


def check_assertion(message: Message, assertion: Assertion, entity_id: str, now: float) -> None:
    """Check a SAML response whose signature is good.

    The provider sends it to AWS without a request ("AWS federation uses IdP-initiated login").

    Raises:
        NotAuthorized: the end of its time is told in milliseconds (recorded); the other words are ours.
    """
    ends = [one.not_on_or_after for one in assertion.confirmations]
    known = [end for end in (*ends, assertion.not_on_or_after, assertion.session_end) if end is not None]
    if known and now >= min(known) + saml.SKEW:
        raise identity_errors.invalid_token(f"Token expired: {int(now * 1000)} >= {int(min(known) * 1000)}")
    named = {name for restriction in assertion.audiences for name in restriction}
    meant = next((one for one in SAML_AUDIENCES if one in named), SAML_AUDIENCES[0])
    place = next((one.recipient for one in assertion.confirmations if _is_aws(one.recipient)), SAML_PLACE)
    expected = Expected(entity_id, meant, place, None, now)
    try:
        # Where a response was sent to is told twice, and AWS has several names for the place.
        saml.check_message(replace(message, destination=place) if _is_aws(message.destination) else message, expected)
        saml.check(assertion, expected)
    except ProviderTrouble as trouble:
        raise identity_errors.invalid_token(trouble.description) from None


def _is_aws(place: str) -> bool:
    """Whether a Recipient is AWS's sign-in, of one region or of all."""
    return _PLACES.fullmatch(place) is not None


def saml_roles(assertion: Assertion, arn: str) -> tuple[str, ...]:
    """The roles that the assertion offers by the provider `arn`: pairs of a role's ARN and the provider's, in either
    order (IAM user guide). Those of other providers are passed over."""
    found = []
    for value in assertion.attributes.get(SAML_ROLE, ()):
        parts = [part.strip() for part in value.split(",")]
        roles = [part for part in parts if split_role(part) is not None]
        if len(parts) == 2 and len(roles) == 1 and key_of(arn) in [key_of(part) for part in parts]:
            found.append(roles[0])
    return tuple(dict.fromkeys(found))
