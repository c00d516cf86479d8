"""Tokens of social, IAM OIDC and IAM SAML providers as logins.

Their keys are known already [docs: external-identity-providers]. The order of the checks is that of user pools'
tokens. The documentation says both that only the enhanced flow takes assertions and that GetOpenIdToken does
[docs: saml-identity-provider]. Here GetOpenIdToken does.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain.errors import NotAuthorized, NotImplementedHere
from cognito_emulator.domain.federation import saml
from cognito_emulator.domain.federation.saml import UsedAssertion
from cognito_emulator.domain.hosted.authorization import digest
from cognito_emulator.domain.identity_pools import identity_errors, login_provider, login_token
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.login_provider import ISSUERS, OPAQUE, LoginProvider
from cognito_emulator.flows.identity_pools import provider_keys
from cognito_emulator.flows.identity_pools.provider_keys import Evidence, OpenId
from cognito_emulator.ports import foreign_tokens, saml_xml
from cognito_emulator.ports.foreign_tokens import BadToken
from cognito_emulator.ports.keys import unverified
from cognito_emulator.ports.saml_xml import BadMessage

if TYPE_CHECKING:
    from cognito_emulator.world import World

log = logging.getLogger("emulator")
USE = "login"  # the `use` of an access token of the built-in provider


class Told(Struct, frozen=True):
    """The facts in a valid token; the fields are those of `logins.Proved`."""

    subject: str
    mapping: str
    claims: Mapping[str, Any]
    roles: tuple[str, ...] | None = None
    used: UsedAssertion | None = None


def prove(world: World, operation: str, pool: IdentityPool, name: str, token: str, *, evidence: Evidence) -> Told:
    """Return the user that the token is about.

    Raises:
        NotAuthorized, ExternalService, NotImplementedHere: as `logins.prove`.
    """
    if name in pool.social and name in OPAQUE:
        return _by_access_token(world, pool, name, token, evidence)
    provider = provider_keys.saml(world, pool, name)
    if provider is not None:
        return _by_assertion(world, operation, name, provider, token, evidence=evidence)
    _, claims = unverified(token)
    openid = provider_keys.open_id(world, pool, name, claims)
    if openid is None:
        _tell(pool, name)
        raise _unsupported(name, claims)
    return _by_id_token(world, openid, token, evidence)


def _unsupported(name: str, claims: Mapping[str, Any]) -> NotAuthorized:
    """Return the error for a token of a provider that the pool lacks.

    A provider without a record gets the same.
    """
    if name.startswith("arn:") or name in OPAQUE or (name in ISSUERS and not claims):
        return identity_errors.unsupported_provider()
    if not claims:
        return identity_errors.invalid_token("Not a valid OpenId Connect identity token.")  # [assumed]
    own = [f"{scheme}://{name}{end}" for scheme in ("https", "http") for end in ("", "/")]
    return login_token.unsupported(claims, ISSUERS.get(name, own))


def _tell(pool: IdentityPool, name: str) -> None:
    """Log what is missing, where the pool has the provider without a record."""
    arn = name if name in pool.saml else pool.oidc_arn(name)
    if arn is not None:
        section = "SAMLProviders" if name in pool.saml else "OpenIDConnectProviders"
        log.warning("Nothing is known about %s: no seed has it under %s.", arn, section)


def _by_id_token(world: World, provider: OpenId, token: str, evidence: Evidence) -> Told:
    _, claims = unverified(token)
    if not claims:
        raise identity_errors.invalid_token("Not a valid OpenId Connect identity token.")
    login_token.check_issued(claims, provider.issuers, provider.clients)
    now = int(world.clock.now())
    # The keys for an expired token were never fetched, so its signature is not checked.
    login_token.check_times(claims, now)
    claims = _signed(token, evidence.of(provider))
    login_token.check_issued(claims, provider.issuers, provider.clients)
    login_token.check_times(claims, now)
    return Told(login_token.subject(claims), provider.mapping, claims)


def _signed(token: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return foreign_tokens.verified(token, keys, None)
    except BadToken:
        raise identity_errors.invalid_token("Couldn't verify signed token.") from None


def _by_access_token(world: World, pool: IdentityPool, name: str, token: str, evidence: Evidence) -> Told:
    """Check an access token of the built-in provider.

    Only that provider can be asked about one. Of its claims AWS knows `iss`, `aud` and `sub`
    [docs: role-based-access-control].
    """
    try:
        claims = foreign_tokens.verified(token, evidence.mock_keys, None)
    except BadToken:
        raise identity_errors.invalid_token(f"Not an access token of {name}.") from None  # [own wording]
    if claims.get("iss") != name or claims.get("use") != USE:
        raise identity_errors.invalid_token(f"Not an access token of {name}.")
    login_token.check_issued(claims, (name,), login_provider.app_ids(pool.social[name], name))
    now = int(world.clock.now())
    if claims["exp"] <= now:
        raise identity_errors.invalid_token(f"Token expired: {now} >= {claims['exp']}")
    subject = login_token.subject(claims)
    known = {"iss": name, "aud": claims["aud"], "sub": subject}
    return Told(subject, name, known | ({"user_id": subject} if name == login_provider.AMAZON else {}))


def _by_assertion(
    world: World, operation: str, arn: str, provider: LoginProvider, presented: str, *, evidence: Evidence
) -> Told:
    if not saml_xml.available():
        raise NotImplementedHere(f"{operation}.Logins: SAML assertions need the extra saml: cognito-emulator[saml].")
    at, now = login_provider.metadata(provider), world.clock.now()
    certificates = (evidence.certificate,) if provider.mock else at.certificates
    try:
        message, assertion = saml_xml.read_response(presented, certificates, None, encrypted=False)
    except BadMessage as problem:
        raise identity_errors.invalid_token(f"Invalid SAML response received: {problem}") from None
    login_token.check_assertion(message, assertion, at.entity_id, now)
    # "You can replay a SAML assertion ID one time per API request in an identity pool authentication flow."
    # [docs: saml-identity-provider]
    used = UsedAssertion(digest(f"{operation}\n{arn}\n{assertion.id}"), saml.kept_until(assertion, now))
    return Told(assertion.name_id, arn, assertion.claims, login_token.saml_roles(assertion, arn), used)
