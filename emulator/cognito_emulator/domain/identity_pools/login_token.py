"""What tokens of other providers have to say to be logins of an identity pool.

[docs: open-id, saml-identity-provider] The texts are those for user pools' tokens [assumed], or ours where a tag says
so.
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

GRACE = 300  # seconds after its end for which a token is valid: "a grace period of 5 minutes" [docs: open-id]
SAML_ROLE = "https://aws.amazon.com/SAML/Attributes/Role"
# [docs: IAM id_roles_providers_create_saml_assertions]
SAML_AUDIENCES = ("urn:amazon:webservices", "https://signin.aws.amazon.com/saml")
SAML_PLACE = "https://signin.aws.amazon.com/saml"
_PLACES = re.compile(r"https://(?:[a-z0-9-]+\.)?signin\.aws\.amazon\.com/saml", re.ASCII)


def audience(claims: Mapping[str, Any]) -> list[str]:
    """Read the clients that an ID token is for: azp, else aud [docs: open-id].

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
    """Return the refusal of an ID token whose provider the pool does not have.

    A mistake of the token itself comes first [assumed]. `issuers` are those of the named provider.
    """
    try:
        check_issued(claims, issuers, ())
    except NotAuthorized as refusal:
        return refusal
    return identity_errors.unsupported_provider()


def check_times(claims: Mapping[str, Any], now: int) -> None:
    """Refuse an ID token before or after its time.

    `now` is in epoch seconds.

    Raises:
        NotAuthorized: expired [observed: qqaatw/JciHitachiHA#33], or not valid yet [own wording].
    """
    ends, begins = _number(claims.get("exp")), _number(claims.get("nbf", 0))
    if ends is None:
        raise identity_errors.invalid_token("Missing a required claim: exp")
    if now >= ends + GRACE:
        raise identity_errors.invalid_token(f"Token expired: {now} >= {int(ends)}")
    if begins is None or begins > now + GRACE:
        raise identity_errors.invalid_token(f"Token is not valid yet: {now} < {str(claims['nbf'])[:40]}")


def _number(value: Any) -> float | None:
    """Return a time in seconds; None if it is none.

    true is a number in Python and no time; nor are very large numbers.
    """
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
    return value if good else None


def subject(claims: Mapping[str, Any]) -> str:
    """Return the subject of an ID token.

    Raises:
        NotAuthorized: there is none.
    """
    found = claims.get("sub")
    if not isinstance(found, str) or not found:
        raise identity_errors.invalid_token("Missing a required claim: sub")
    return found


def check_assertion(message: Message, assertion: Assertion, entity_id: str, now: float) -> None:
    """Check a SAML response whose signature is right.

    The provider sends it to AWS without a request ("AWS federation uses IdP-initiated login").

    Raises:
        NotAuthorized: the text has the end of its time in milliseconds [assumed]; the other texts are ours
            [own wording].
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
        # The receiver of a response is in it twice, and AWS has several addresses for it.
        saml.check_message(replace(message, destination=place) if _is_aws(message.destination) else message, expected)
        saml.check(assertion, expected)
    except ProviderTrouble as trouble:
        raise identity_errors.invalid_token(trouble.description) from None


def _is_aws(place: str) -> bool:
    """Return whether a Recipient is AWS's sign-in, of one Region or of all."""
    return _PLACES.fullmatch(place) is not None


def saml_roles(assertion: Assertion, arn: str) -> tuple[str, ...]:
    """List the roles that the assertion offers with the provider `arn`.

    They come in pairs of a role's ARN and the provider's, in either order
    [docs: IAM id_roles_providers_create_saml_assertions]. Those with other providers are left out.
    """
    found = []
    for value in assertion.attributes.get(SAML_ROLE, ()):
        parts = [part.strip() for part in value.split(",")]
        roles = [part for part in parts if split_role(part) is not None]
        if len(parts) == 2 and len(roles) == 1 and key_of(arn) in [key_of(part) for part in parts]:
            found.append(roles[0])
    return tuple(dict.fromkeys(found))
