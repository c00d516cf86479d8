"""The built-in provider's part of the protocol.

It follows OpenID Connect Core and [RFC 6749 §4.1]. Its clients use HTTP as with any provider. It signs with a key of
its own.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec.structs import replace

from cognito_emulator.domain.expiry import drop_ended
from cognito_emulator.domain.federation import mock_idp as rules
from cognito_emulator.domain.federation import oidc
from cognito_emulator.domain.federation.mock_idp import MockCode, Person
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.hosted.authorization import digest
from cognito_emulator.domain.identity_pools import issuer_name
from cognito_emulator.flows.federation.oidc_client import MOCK_IDP_PATH
from cognito_emulator.ports.keys import BadSignature, SigningKey, unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World


class Refused(Exception):
    """A request that is refused; `error` is the code of RFC 6749."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


def find(world: World, pool_id: str, name: str) -> Provider | None:
    """Return the mock provider of that name, if there is one."""
    provider = world.store.providers.get((pool_id, name))
    return provider if provider is not None and oidc.is_mock(provider) else None


def issuer(world: World, provider: Provider) -> str:
    """Return the issuer, which is the same for all requests."""
    return f"{world.fixed_url}{_path(provider)}"


def page(world: World, provider: Provider) -> str:
    """Return where the provider's pages are, as the browser reaches them."""
    return f"{world.public_url}{_path(provider)}"


def _path(provider: Provider) -> str:
    return f"{MOCK_IDP_PATH}/{provider.pool_id}/{quote(provider.name, safe='')}"


async def key(world: World) -> SigningKey:
    """Return the one key of all mock providers.

    User pools and identity pools never sign with it.
    """
    return (await world.keys.of(issuer_name.NAME)).access_key


def people(world: World, provider: Provider) -> list[Person]:
    """Return the people to choose from: earlier ones, newest first, else the samples."""
    known = sorted(world.store.people.where("provider", provider.key), key=lambda one: -one.used)
    return known or rules.samples(provider)


def remember(world: World, person: Person) -> Person:
    """Store a person for the list to choose from."""
    person = replace(person, used=world.clock.now())
    known = sorted(world.store.people.where("provider", (person.pool_id, person.provider)), key=lambda one: one.used)
    surplus = [one for one in known if one.key != person.key][: max(len(known) - rules.MAX_REMEMBERED + 1, 0)]
    with world.store.write():
        for one in surplus:
            world.store.people.delete(one.key)
        if person.chosen:
            for one in known:
                if one.chosen and one.key != person.key and one not in surplus:
                    world.store.people.put(replace(one, chosen=False))
        world.store.people.put(person)
    return person


def take_chosen(world: World, provider: Provider) -> Person | None:
    """Return the person chosen beforehand for the next sign-in.

    The choice is valid once.
    """
    for one in world.store.people.where("provider", provider.key):
        if one.chosen:
            return remember(world, replace(one, chosen=False))
    return None


def give_code(world: World, person: Person, redirect_uri: str, nonce: str | None) -> str:
    code = f"mock-{world.ids.bytes(24).hex()}"
    now = world.clock.now()
    record = MockCode(
        digest(code), person.pool_id, person.provider, person.claims, redirect_uri, nonce, now + rules.CODE_LIFETIME
    )
    with world.store.write():
        drop_ended(world.store.mock_codes, now)
        world.store.mock_codes.put(record)
    return code


async def exchange(world: World, provider: Provider, given: Mapping[str, str]) -> dict[str, Any]:
    """Answer the token endpoint; a code is valid once.

    Raises:
        Refused
    """
    details = provider.details
    secret = "" if provider.type == "SignInWithApple" else details.get("client_secret", "")
    right = hmac.compare_digest(given.get("client_secret", "").encode(), secret.encode())
    if given.get("client_id") != details["client_id"] or not right:
        raise Refused("invalid_client")
    if given.get("grant_type") != "authorization_code":
        raise Refused("unsupported_grant_type")
    code = world.store.mock_codes.get(digest(given.get("code", "")))
    if code is None:
        raise Refused("invalid_grant")
    with world.store.write():
        world.store.mock_codes.delete(code.digest)
    now = world.clock.now()
    fits = (code.pool_id, code.provider) == provider.key and code.redirect_uri == given.get("redirect_uri")
    if not fits or code.expires <= now:
        raise Refused("invalid_grant")
    signing = await key(world)
    about = {"iss": issuer(world, provider), "iat": int(now), "exp": int(now) + rules.TOKEN_LIFETIME}
    header = {"alg": "RS256", "kid": signing.kid}
    works = [partial(signing.sign, {**about, "use": "access", "claims": dict(code.claims)}, **header)]
    if rules.has_id_token(provider):
        nonce = {} if code.nonce is None else {"nonce": code.nonce}
        claims = {**code.claims, **about, "aud": details["client_id"], **nonce}
        works.append(partial(signing.sign, claims, **header))
    access, *identity = await world.crypto.together(*works)
    answer = {"access_token": access, "token_type": "Bearer", "expires_in": rules.TOKEN_LIFETIME}
    if identity:
        answer |= {"id_token": identity[0], "scope": details["authorize_scopes"]}
    return answer


async def profile(world: World, provider: Provider, token: str) -> dict[str, Any]:
    """Return the userInfo claims for the bearer of an access token.

    Raises:
        Refused
    """
    signing = await key(world)
    try:
        kid, _ = unverified(token)
        claims = signing.verify(token) if kid == signing.kid else {}
    except BadSignature:
        claims = {}
    good = claims.get("iss") == issuer(world, provider) and claims.get("use") == "access"
    if not good or claims["exp"] <= world.clock.now():
        raise Refused("invalid_token")
    return rules.profile(provider, claims["claims"])
