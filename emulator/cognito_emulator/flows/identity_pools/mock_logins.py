"""Login tokens of mock providers, as an app gets them from a provider's own SDK."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.federation import mock_idp as rules
from cognito_emulator.domain.federation.mock_idp import BadPerson, Person
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.identity_pools import identity_pool, login_provider, login_token
from cognito_emulator.domain.identity_pools.login_provider import ISSUERS, OPAQUE, LoginProvider
from cognito_emulator.flows.federation import mock_idp, mock_idp_saml
from cognito_emulator.flows.federation.mock_idp_saml import Receiver
from cognito_emulator.flows.identity_pools import provider_tokens
from cognito_emulator.ports import saml_xml
from cognito_emulator.ports.saml_xml import BadMessage

if TYPE_CHECKING:
    from cognito_emulator.world import World

# The provider type in whose form a missing subject is made.
_TYPES = {
    "accounts.google.com": "Google",
    "appleid.apple.com": "SignInWithApple",
    "graph.facebook.com": "Facebook",
    "www.amazon.com": "LoginWithAmazon",
}


class NotMock(Exception):
    """The built-in provider does not mock this provider; the text says why."""


async def token(world: World, name: str, client_id: str, given: Mapping[str, Any]) -> tuple[str, str]:
    """Return (key of a Logins map, token) about a person with the claims `given`.

    `rules.person` makes the person. `name` is a social provider's, an issuer without its scheme, or an ARN;
    `client_id` is the app that the token is for, and means nothing to a SAML provider.

    Raises:
        NotMock, BadPerson
    """
    known = _known(world, name)
    if known is not None and not (known.mock or name in OPAQUE):
        raise NotMock(f"{name} is not a mock: its own tokens count.")
    person = rules.person(_as_provider(name), given)
    if known is not None and login_provider.is_saml(known):
        return name, await _assertion(world, known, person)
    if not client_id:
        raise BadPerson("client_id is needed: the app that the token is for")
    signing = await mock_idp.key(world)
    now = int(world.clock.now())
    claims = {**person.claims, "aud": client_id, "iat": now, "exp": now + rules.TOKEN_LIFETIME}
    if known is not None:
        issuer = known.url
    elif name in ISSUERS:
        issuer = ISSUERS[name][0]
    else:
        issuer, claims = name, {**claims, "use": provider_tokens.USE}
    sign = partial(signing.sign, {**claims, "iss": issuer}, alg="RS256", kid=signing.kid)
    (signed,) = await world.crypto.together(sign)
    return identity_pool.issuer_of(name), signed


def _known(world: World, name: str) -> LoginProvider | None:
    """Return the record of a provider.

    Returns None for a social provider without one.

    Raises:
        NotMock: an IAM provider about which nothing is known.
    """
    account = world.settings.account
    keys = (name, login_provider.key_of(name), f"{account}:oidc-provider/{name}")
    found = next((one for key in keys if (one := world.store.login_providers.get(key)) is not None), None)
    if found is None and name not in identity_pool.SOCIAL:
        raise NotMock(f"Nothing is known about {name}: no seed has it.")
    return found


def _as_provider(name: str) -> Provider:
    return Provider("", name, _TYPES.get(name, "OIDC"), 0.0, 0.0, {})


async def _assertion(world: World, provider: LoginProvider, person: Person) -> str:
    if not saml_xml.available():
        raise NotMock("SAML assertions need the extra saml: cognito-emulator[saml].")
    issuer = login_provider.metadata(provider).entity_id
    to = Receiver(login_token.SAML_AUDIENCES[0], login_token.SAML_PLACE)
    try:
        return await mock_idp_saml.signed(world, issuer, person.subject, person.claims, to)
    except BadMessage:
        raise BadPerson("The claims fit into no XML") from None
