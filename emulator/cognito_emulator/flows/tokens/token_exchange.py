"""Token exchange [RFC 8693]: a user's token for a narrower one.

Impersonation: the issued token looks as if the user acted. Delegation: an actor's token is presented too, and the
issued token's `act` claim names the actor. Both belong to the user's sign-in: its revocation revokes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens import token, token_changes
from cognito_emulator.domain.tokens.token import RefreshFamily, Subject
from cognito_emulator.domain.users.user import RESET_REQUIRED
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.federation import exchanged_subject
from cognito_emulator.flows.tokens import issue, scopes
from cognito_emulator.flows.tokens.access import has_expired, live_family
from cognito_emulator.flows.tokens.token_customization import AUTHENTICATION
from cognito_emulator.ports.keys import BadSignature, unverified

if TYPE_CHECKING:
    from cognito_emulator.world import World

ACCESS = "ACCESS_TOKEN"
ID = "ID_TOKEN"
_USE = {ACCESS: "access", ID: "id"}
IMPERSONATION = "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"
DELEGATION = "ALLOW_TOKEN_EXCHANGE_DELEGATION"


class Exchange(Struct, frozen=True):
    """A request: tokens with their types, and the use of the new one.

    `audience` is an audience or a resource. The providers are the names of the tokens' issuers, None for this pool.
    """

    subject: str
    subject_type: str
    actor: str | None
    actor_type: str | None
    scopes: Sequence[str] | None
    audience: str | None
    wanted: str
    subject_provider: str | None = None
    actor_provider: str | None = None


def check_flow(client: Client, *, delegation: bool) -> None:
    """Refuse a client without the flow.

    Raises:
        NotAuthorized
    """
    needed = DELEGATION if delegation else IMPERSONATION
    if needed not in client.flows:
        raise errors.NotAuthorized(f"{needed} is not enabled for the client.").because(
            "auth.flow-not-enabled", setting="ExplicitAuthFlows", value=client.flows
        )


async def exchange(world: World, pool_id: str, client_id: str, request: Exchange, caller: Caller) -> dict[str, Any]:
    """Return GetDerivedToken's answer.

    The new token ends with the client's access-token validity, or with the subject token if that is sooner [assumed].
    The pre token trigger is called, since the operation has its errors [model: GetDerivedToken]. Its source is an
    authentication, as at GetTokensFromRefreshToken [assumed].

    Raises:
        NotAuthorized: a token is not the pool's own, expired or revoked, or the user may not sign in.
        UserNotFound, ResourceNotFound: user, pool or client is deleted.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger.
    """
    issuer = request.subject_provider
    subject = await _presented(world, pool_id, client_id, issuer, request.subject, kind=request.subject_type)
    actor = None
    if request.actor is not None:
        kind = request.actor_type or ACCESS
        actor = await _presented(world, pool_id, client_id, request.actor_provider, request.actor, kind=kind)
    pool, client = world.client(client_id, caller.away)
    about = _subject(world, pool, client, subject, issuer)
    scope = " ".join(_granted(client, about, request.scopes))
    prepared = await issue.prepare(world, client_id, about.user.key, scope=scope, source=AUTHENTICATION, caller=caller)
    keys, changes = prepared.keys, prepared.changes
    pool, client = world.client(client_id, caller.away)
    about = _subject(world, pool, client, subject, issuer)
    granted = _granted(client, about, request.scopes)
    now = int(world.clock.now())
    jti = world.ids.uuid()
    claims = token.id_claims(about, now, jti) if request.wanted == ID else token.access_claims(about, now, jti)
    claims["exp"] = min(now + client.validity.access, subject["exp"])
    if request.wanted == ACCESS:
        claims["scope"] = " ".join(granted)
    if changes is not None:
        wanted_id = request.wanted == ID
        claims = (
            token_changes.apply_to_id(claims, changes.id)
            if wanted_id
            else token_changes.apply_to_access(claims, changes)
        )
        granted = str(claims.get("scope", "")).split()
    claims |= _about_parties(request, subject, actor)
    key = keys.id_key if request.wanted == ID else keys.access_key
    if issuer is not None:
        with world.store.write():
            world.store.families.put(about.family)
    (signed,) = await world.crypto.together(partial(key.sign, claims))
    issue.require_live(world, about.family)
    answer: dict[str, Any] = {
        "IssuedToken": signed,
        "IssuedTokenType": request.wanted,
        # N_A for a token that is no access token [RFC 8693 §2.2.1].
        "TokenType": "Bearer" if request.wanted == ACCESS else "N_A",
        "ExpiresIn": claims["exp"] - now,
    }
    return answer | ({"Scopes": granted} if request.wanted == ACCESS and granted else {})


def _about_parties(request: Exchange, subject: Mapping[str, Any], actor: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the claims about the audience and the actor."""
    claims: dict[str, Any] = {} if request.audience is None else {"aud": request.audience}
    if actor is not None:
        # The present actor is outside, earlier actors are inside [RFC 8693 §4.1].
        acts = {"sub": actor["sub"]} | ({"iss": actor["iss"]} if request.actor_provider else {})
        claims["act"] = acts | ({"act": subject["act"]} if "act" in subject else {})
    elif "act" in subject:
        claims["act"] = subject["act"]
    return claims


async def _presented(
    world: World, pool_id: str, client_id: str, provider: str | None, presented: str, *, kind: str
) -> Mapping[str, Any]:
    if provider is None:
        if kind == exchanged_subject.SAML2:
            raise errors.InvalidParameter("A SAML2 token needs the name of the provider that issued it.").because(
                "oauth.exchange-parameters"
            )
        return await verified(world, pool_id, presented, kind)
    return await exchanged_subject.claims(world, client_id, provider, presented, kind)


async def verified(world: World, pool_id: str, presented: str, kind: str) -> Mapping[str, Any]:
    """Return the claims of a valid token of this pool, of that kind.

    It is signed, not expired and not revoked.

    Raises:
        NotAuthorized, ResourceNotFound
    """
    kid, claims = unverified(presented)
    keys = await world.keys.of(pool_id)
    pool = world.store.pools.get(pool_id)
    key = keys.access_key_of(kid) if kind == ACCESS else keys.id_key_of(kid)
    if pool is None:
        raise errors.pool_not_found(pool_id)
    if key is None or claims.get("token_use") != _USE.get(kind) or not world.is_issuer(pool, claims.get("iss")):
        raise errors.NotAuthorized("Invalid token.").because("tokens.exchanged")
    try:
        claims = key.verify(presented)
    except BadSignature:
        raise errors.NotAuthorized("Could not verify signature for token.").because("tokens.exchanged") from None
    if has_expired(world, claims):
        raise errors.NotAuthorized("Token has expired.").because("tokens.exchanged")
    if "event_id" in claims and live_family(world, claims) is None:
        raise errors.NotAuthorized("Token has been revoked.").because("tokens.exchanged")
    return claims


def _subject(
    world: World, pool: Pool, client: Client, claims: Mapping[str, Any], provider: str | None = None
) -> Subject:
    """Return the current user of the new token; a machine's token has none."""
    family: RefreshFamily | None
    if provider is None:
        family, user = live_family(world, claims), world.store.users.get((pool.id, claims["sub"]))
    else:
        user = exchanged_subject.user_of(world, client.id, provider, claims)
        family = exchanged_subject.family(world, pool, client, user, name=provider, about=claims)
    if family is None:
        raise errors.NotAuthorized("Invalid token.").because("tokens.exchanged")
    user = require_enabled(user)
    if user.status == RESET_REQUIRED:
        raise errors.NotAuthorized("Password reset required for the user").because("auth.password-reset-required")
    held = scopes.active(world, pool.id, str(claims.get("scope", "")).split())
    return Subject(pool, client, user, issue.groups_of(world, user.key), family, world.issuer(pool), held)


def _granted(client: Client, subject: Subject, wanted: Sequence[str] | None) -> list[str]:
    """Return the requested scopes that subject token and client both have.

    Without a request they are the subject token's.
    """
    if not wanted:
        return list(subject.scopes)
    return [scope for scope in subject.scopes if scope in wanted and scope in client.scopes]
