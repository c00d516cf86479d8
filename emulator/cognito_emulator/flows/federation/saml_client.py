"""The client of SAML providers: request, assertion and sign-out by the browser.

[docs: cognito-user-pools-saml-idp]. The metadata behind a URL is fetched when the provider is created. It is fetched
again when the provider is used and the metadata is 6 hours old.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.expiry import drop_ended
from cognito_emulator.domain.federation import saml
from cognito_emulator.domain.federation.attribute_mapping import External
from cognito_emulator.domain.federation.departure import Departure
from cognito_emulator.domain.federation.oidc import ProviderTrouble
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.federation.provider_details import completed, metadata, metadata_not_retrieved
from cognito_emulator.domain.federation.redirection import Outgoing
from cognito_emulator.domain.federation.saml import Assertion, Expected, SamlSession, SigningOut, UsedAssertion
from cognito_emulator.domain.federation.saml_metadata import Metadata
from cognito_emulator.domain.hosted.authorization import AuthorizationRequest, RefusedByRedirect, RefusedOnPage, digest
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.federation import departures, mock_idp, mock_idp_saml, redirects, used_assertions
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.hosted.authorize import Finished
from cognito_emulator.ports import saml_xml
from cognito_emulator.ports.saml_xml import BadMessage
from cognito_emulator.ports.web import WebError

if TYPE_CHECKING:
    from cognito_emulator.world import World

_TIMEOUT = 5.0
_METADATA = {"accept": "application/samlmetadata+xml, text/xml, */*;q=0.1"}
# Seconds: "every 6 hours or before the metadata expires" [docs: cognito-user-pools-managing-saml-idp].
REFRESH = 6 * 3600
# [observed: gaiin-platform/amplify-genai-backend#25]
NO_STATE = "Invalid samlResponse or relayState from identity provider"


async def fetch(world: World, url: str, provider: Provider | None = None) -> str:
    """Return the document at a MetadataURL.

    Raises:
        InvalidParameter
    """
    try:
        answer = await redirects.request(world, Outgoing("GET", url, _METADATA), _TIMEOUT, provider)
        if answer.status == 200:
            return answer.body.decode()
    except (WebError, ValueError):
        pass
    raise metadata_not_retrieved(url)


async def known(world: World, provider: Provider) -> Metadata:
    """Return the provider's metadata.

    It stays as it was where its URL has nothing new that is usable.

    Raises:
        InvalidParameter: it was a document that is not usable.
    """
    url, now = provider.details.get("MetadataURL"), world.clock.now()
    if url and not provider.mock and provider.fetched + REFRESH <= now:
        fresh = replace(provider, fetched=now)
        try:
            document = await fetch(world, url, provider)
            certificate = provider.details.get("ActiveEncryptionCertificate", "")
            details = completed("SAML", provider.details, provider.details, certificate, document)
            fresh = replace(fresh, document=document, details=MappingProxyType(details))
        except errors.InvalidParameter:
            pass
        present = world.store.providers.get(provider.key)
        if present is provider:
            with world.store.write():
                world.store.providers.put(fresh)
            provider = fresh
    found = metadata(provider.document or provider.details["MetadataFile"])
    if not provider.mock:
        return found
    page = f"{mock_idp.page(world, provider)}/saml"
    return replace(found, sign_in=page, certificates=(await mock_idp_saml.certificate(world),))


async def depart(world: World, provider: Provider, asked: AuthorizationRequest, cookie: str, callback: str) -> str:
    """Return the URL of the provider's page, with an AuthnRequest and a RelayState.

    The RelayState is valid for this browser alone.

    Raises:
        RefusedOnPage: the extra is not installed.
        InvalidParameter
    """
    _check_built()
    at = await known(world, provider)
    keys = await world.keys.of(provider.pool_id)
    request_id = f"_{world.ids.uuid()}"
    document = saml.authn_request(provider.pool_id, request_id, at.sign_in, callback, world.clock.now())
    state = departures.send(world, asked, provider.name, cookie, callback=callback, request_id=request_id)
    signing = keys.first.id_key.private if provider.details.get("RequestSigningAlgorithm") else None
    return _with_query(at.sign_in, saml_xml.query("SAMLRequest", document, state, signing))


def _check_built() -> None:
    if not saml_xml.available():
        raise RefusedOnPage(
            "Sign-in at SAML providers needs the extra saml: cognito-emulator[saml].", None, 501
        ).because("emulator.extra-missing", value="saml")


def _with_query(url: str, query: str) -> str:
    base, _, fragment = url.partition("#")
    return f"{base}{'&' if '?' in base else '?'}{query}{'#' + fragment if fragment else ''}"


async def unasked(world: World, relay_state: str, domain_pool: Pool | None, acs: str, *, managed: bool) -> Departure:
    """Start a sign-in that the provider begins.

    Its RelayState is the query of an authorization request.

    Raises:
        RefusedOnPage: it is not one, or the provider has no IDPInit.
    """
    try:
        pairs = parse_qsl(relay_state, keep_blank_values=True, max_num_fields=30)
    except ValueError:
        raise RefusedOnPage(NO_STATE).because("federation.state") from None
    given = dict(pairs)
    if len(given) != len(pairs) or "client_id" not in given:
        raise RefusedOnPage(NO_STATE).because("federation.state")
    await authorize.load_client(world, given["client_id"], domain_pool)
    try:
        asked = authorize.read(world, given, domain_pool, managed=managed)
    except RefusedByRedirect:
        # The sender of this form is not known: no browser is redirected by what it posts.
        raise RefusedOnPage(NO_STATE).because("federation.state") from None
    provider = world.store.providers.get((asked.pool_id, asked.identity_provider or ""))
    if provider is None or not provider.starts_sign_in:
        raise RefusedOnPage(NO_STATE).because("federation.state")
    return Departure("", asked, provider.name, "", 0.0, callback=acs)


async def arrive(world: World, provider: Provider, departure: Departure, presented: str) -> tuple[External, Assertion]:
    """Return the user that the provider asserts; use up the assertion.

    Raises:
        ProviderTrouble
        RefusedOnPage: the extra is not installed.
        InvalidParameter: the metadata cannot be used.
    """
    _check_built()
    at = await known(world, provider)
    keys = await world.keys.of(provider.pool_id)
    try:
        message, assertion = saml_xml.read_response(
            presented, at.certificates, keys.first.id_key.private, encrypted=provider.wants_encryption
        )
    except BadMessage as problem:
        raise saml.invalid(str(problem)) from None
    now = world.clock.now()
    expected = Expected(
        at.entity_id, saml.entity_id(provider.pool_id), departure.callback, departure.request_id or None, now
    )
    saml.check_message(message, expected)
    saml.check(assertion, expected)
    _spend(world, provider, assertion, now)
    return External(provider.name, assertion.name_id, assertion.claims, {"samlResponse": assertion.claims}), assertion


async def exchanged(world: World, provider: Provider, presented: str) -> Assertion:
    """Return an assertion that is presented for a token exchange, and use it up.

    Its Recipient is the token endpoint [RFC 7522 §3] or the address to which the provider posts. No request asked for
    it, so it must name none. AWS's rules for it are not documented [assumed].

    Raises:
        ProviderTrouble, InvalidParameter
        NotImplementedHere: the extra is not installed.
    """
    if not saml_xml.available():
        raise errors.NotImplementedHere("SAML assertions need the extra saml: cognito-emulator[saml].")
    at = await known(world, provider)
    try:
        assertion = saml_xml.read_assertion(presented, at.certificates)
    except BadMessage as problem:
        raise saml.invalid(str(problem)) from None
    now = world.clock.now()
    paths = ("/oauth2/token", "/saml2/idpresponse")
    named = [one.recipient for one in assertion.confirmations]
    own = (recipient for path in paths for recipient in named if world.is_own_url(recipient, path))
    place = next(own, f"{world.public_url}{paths[0]}")
    saml.check(assertion, Expected(at.entity_id, saml.entity_id(provider.pool_id), place, None, now))
    _spend(world, provider, assertion, now)
    return assertion


def _spend(world: World, provider: Provider, assertion: Assertion, now: float) -> None:
    """Store the assertion, or refuse one that was used before.

    Replayed assertions are refused [docs: cognito-user-pools-saml-idp-things-to-know].

    Raises:
        ProviderTrouble
    """
    where = f"{provider.pool_id}\n{provider.name}\n{assertion.id}"
    if not used_assertions.keep(world, [UsedAssertion(digest(where), saml.kept_until(assertion, now))]):
        raise saml.invalid("the assertion was used before.")


def remember(world: World, provider: Provider, assertion: Assertion, done: Finished) -> None:
    """Store what the sign-out must name, with the browser's session."""
    if done.cookie is None or not provider.takes_sign_out:
        return
    now, table = world.clock.now(), world.store.saml_sessions
    with world.store.write():
        drop_ended(table, now)
        table.put(
            SamlSession(
                digest(done.cookie),
                provider.name,
                assertion.name_id,
                assertion.name_format,
                assertion.session_index,
                now + done.max_age,
            )
        )


async def sign_out(world: World, cookie: str | None, browser: str, callback: str, leads_to: str) -> str | None:
    """Return the single-logout URL of the browser's SAML provider.

    It has a signed LogoutRequest. Returns None where the user did not come from such a provider.
    """
    key = digest(cookie) if cookie else ""
    session, opened = world.store.saml_sessions.get(key), world.store.browser_sessions.get(key)
    if session is None or opened is None or opened.expires <= world.clock.now():
        return None
    with world.store.write():
        world.store.saml_sessions.delete(key)
    keys = await world.keys.of(opened.pool_id)
    provider = world.store.providers.get((opened.pool_id, session.provider))
    target = provider.details.get("SLORedirectBindingURI") if provider else None
    if provider is None or provider.mock or not target or not provider.takes_sign_out:
        return None
    now, state = world.clock.now(), f"{world.ids.uuid()}{world.ids.bytes(16).hex()}"
    request_id = f"_{world.ids.uuid()}"
    document = saml.logout_request(provider.pool_id, request_id, target, session, now)
    table, ends = world.store.signing_out, now + saml.SIGN_OUT_LIFETIME
    with world.store.write():
        drop_ended(table, now)
        table.put(SigningOut(digest(state), *provider.key, request_id, leads_to, callback, digest(browser), ends))
    return _with_query(target, saml_xml.query("SAMLRequest", document, state, keys.first.id_key.private))


async def signed_out(world: World, given: Mapping[str, str], browser: str | None) -> str:
    """Return the URL for a browser that comes back with a LogoutResponse.

    Raises:
        RefusedOnPage: the browser was not sent there, or the answer is not the provider's.
    """
    leaving = world.store.signing_out.get(digest(given.get("RelayState", "")))
    if leaving is None or not browser or not hmac.compare_digest(leaving.browser, digest(browser)):
        raise RefusedOnPage(NO_STATE).because("federation.state")
    with world.store.write():
        world.store.signing_out.delete(leaving.digest)
    provider = world.store.providers.get((leaving.pool_id, leaving.provider))
    if provider is None or leaving.expires <= world.clock.now():
        raise RefusedOnPage(NO_STATE).because("federation.state")
    try:
        at = await known(world, provider)
        message = saml_xml.read_logout(given.get("SAMLResponse", ""), at.certificates)
        now = world.clock.now()
        saml.check_message(message, Expected(at.entity_id, "", leaving.callback, leaving.request_id, now))
    except (BadMessage, ProviderTrouble, errors.InvalidParameter):
        raise RefusedOnPage(NO_STATE).because("federation.state") from None
    return leaving.leads_to
