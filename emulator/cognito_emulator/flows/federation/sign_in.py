"""The sign-in of users of identity providers: OIDC, social and SAML.

    InboundFederation ─► mapping ─► known?  no:  PreSignUp ─► user, group, identity ─► PostConfirmation ─┐
                                     │ yes: PreAuthentication ─► attributes ─► PostAuthentication ──────┤
                                     ▼                                                                  ▼
                            by subject, or by what an administrator linked                 flows.authorize.finish

[docs: cognito-user-pools-identity-federation]; for the functions that are called at a first and at a later sign-in
[docs: cognito-user-pools-working-with-lambda-triggers]. The pool's MFA is not required.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt, How, Who
from cognito_emulator.domain.auth.auth_flow import FEDERATION
from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.federation import attribute_mapping as rules
from cognito_emulator.domain.federation import provider_levels
from cognito_emulator.domain.federation.attribute_mapping import External
from cognito_emulator.domain.federation.provider import SUBJECT, Provider, ProviderLink, with_identities
from cognito_emulator.domain.hosted.authorization import AuthorizationRequest
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import replica, trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.group import Group, Membership
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import sign_in_triggers
from cognito_emulator.flows.federation.links import issuer_of
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.hosted.authorize import Finished
from cognito_emulator.flows.messaging import triggers
from cognito_emulator.flows.users import sign_up_triggers

if TYPE_CHECKING:
    from cognito_emulator.world import World


class Place(Struct, frozen=True):
    """Pool, client and provider as they are now. Valid until the next `await`."""

    pool: Pool
    client: Client
    provider: Provider


def place(world: World, client_id: str, provider: str, away: str | None = None) -> Place:
    """Return the pool, client and provider as they are now.

    Raises:
        ResourceNotFound: the client is deleted.
        InvalidParameter: the provider is deleted, or the client no longer has it.
    """
    pool, client = world.client(client_id, away)
    found = world.store.providers.get((pool.id, provider))
    if found is None or provider not in client.providers:
        raise errors.InvalidParameter("The identity provider is not enabled for the client.").because(
            "clients.provider-off", setting="SupportedIdentityProviders", value=client.providers
        )
    return Place(pool, client, found)


async def sign_in(
    world: World, asked: AuthorizationRequest, external: External, caller: Caller, origin: Origin
) -> Finished:
    """Sign the user in for the authorization request that led to the provider.

    Raises:
        InvalidParameter: attributes do not fit, the name is taken, or the provider is deleted.
        AliasExists: another user signs in by a verified address of this one.
        NotAuthorized: the user is disabled.
        OperationNotEnabled: a secondary Region creates no users.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse, UserNotFound, ResourceNotFound
    """
    asked = asked.with_nonce(external.nonce)
    claims, direct = await _claims(world, asked, external, caller)
    at = place(world, asked.client_id, external.provider, caller.away)
    attributes = rules.mapped(at.pool, at.client, at.provider, claims)
    if direct:
        attributes |= rules.added(at.pool, at.client, claims)
    if _known(world, at, external.subject, attributes) is None:
        user = await _first(world, at, external.subject, attributes, caller)
        attempt = _attempt(world, asked, user, origin)
    else:
        user = await _again(world, at, external.subject, attributes, caller)
        attempt = _attempt(world, asked, user, origin)
        await sign_in_triggers.run_post_authentication(world, attempt, caller)
    context = provider_levels.federated(at.pool, at.provider, external.raw.get("idToken", {}))
    return await authorize.finish(world, asked, attempt, caller, provider=external.provider, context=context)


def _attempt(world: World, asked: AuthorizationRequest, user: User, origin: Origin) -> Attempt:
    return Attempt(
        Who(asked.pool_id, asked.client_id, user.sub, user.username),
        How(FEDERATION, hosted=asked.digest, origin=origin),
        world.ids.uuid(),
    )


async def _claims(
    world: World, asked: AuthorizationRequest, external: External, caller: Caller
) -> tuple[Mapping[str, str], bool]:
    """Return the claims as texts, and whether InboundFederation has replaced them.

    An empty answer changes nothing.
    """
    own = rules.texts(external.claims)
    at = place(world, asked.client_id, external.provider, caller.away)
    if trigger.function_of(at.pool, trigger.INBOUND_FEDERATION) is None:
        return own, False
    response = await triggers.run(
        world,
        at.pool,
        trigger.INBOUND_FEDERATION,
        sign_up_triggers.EXTERNAL_PROVIDER,
        username=rules.username(at.pool, at.provider, external.subject),
        request={
            "providerName": at.provider.name,
            "providerType": at.provider.type,
            "attributes": {
                name: rules.texts(part) if isinstance(part, Mapping) else part for name, part in external.raw.items()
            },
        },
        response={"userAttributesToMap": {}},
        caller=caller,
    )
    replaced = triggers.texts(response or {}, "userAttributesToMap")
    return (replaced, True) if replaced else (own, False)


def known_identity(world: World, at: Place, subject: str, attributes: Mapping[str, str]) -> ProviderLink | None:
    """Return the identity of the subject, or of an attribute that is linked.

    An administrator links by a mapped attribute. Both are compared exactly, in pools with case-insensitive names too.
    Otherwise a person who can choose a subject at the provider could become another subject's user.
    """
    identity = world.store.identities.get((at.pool.id, at.provider.name, SUBJECT, subject))
    if identity is not None:
        return identity
    for name, value in rules.missing_links(at.provider, attributes):
        identity = world.store.identities.get((at.pool.id, at.provider.name, name, value))
        if identity is not None:
            return identity
    return None


def _known(world: World, at: Place, subject: str, attributes: Mapping[str, str]) -> tuple[ProviderLink, User] | None:
    identity = known_identity(world, at, subject, attributes)
    user = world.store.users.get((at.pool.id, identity.sub)) if identity else None
    return (identity, user) if identity is not None and user is not None else None


async def _again(world: World, at: Place, subject: str, attributes: Mapping[str, str], caller: Caller) -> User:
    """Sign in a known user: at a later sign-in, or the first of a linked person."""
    found = _known(world, at, subject, attributes)
    if found is None or not found[1].enabled:
        raise errors.NotAuthorized("User is not enabled").because("auth.user-disabled")
    if trigger.function_of(at.pool, trigger.PRE_AUTHENTICATION) is not None:
        user = found[1]
        await sign_in_triggers.run_pre_authentication(
            world, at.pool, at.client, user, typed=user.username, caller=caller
        )
        at = place(world, at.client.id, at.provider.name)
        found = _known(world, at, subject, attributes)
        if found is None or not found[1].enabled:
            raise errors.NotAuthorized("User is not enabled").because("auth.user-disabled")
    identity, user = found
    user = rules.updated(at.pool, user, attributes, world.clock.now())
    _check_rivals(world, user)
    bound = _bound(identity, subject)
    if bound != identity:
        rest = [known for known in world.store.identities.where("user", user.key) if known != identity]
        user = with_identities(user, [*rest, bound])
    with world.store.write():
        world.store.users.put(user)
        if bound != identity:
            world.store.identities.delete(identity.key)
            world.store.identities.put(bound)
    return user


def _bound(identity: ProviderLink, subject: str) -> ProviderLink:
    """Return a link by an attribute as a link by the subject.

    It is one from the first sign-in on. A user who has signed in is named by Cognito_Subject
    [docs: AdminDisableProviderForUser].
    """
    if identity.attribute == SUBJECT:
        return identity
    return replace(identity, attribute=SUBJECT, value=subject, user_id=subject)


def _check_rivals(world: World, user: User) -> None:
    """Refuse a user whose verified address is another user's sign-in name.

    Raises:
        AliasExists
    """
    rivals = names.rivals(world.store, user)
    if rivals:
        raise errors.alias_exists(rivals[0][0])


async def _first(world: World, at: Place, subject: str, attributes: Mapping[str, str], caller: Caller) -> User:
    """Create a user at the first sign-in, in the group of the provider's users."""
    if at.pool.is_replica:
        # "Federated users can only sign in if they have previously signed in to the primary" [docs:
        # user-pool-multi-region].
        raise replica.not_enabled("The first sign-in of a federated user")
    username = rules.username(at.pool, at.provider, subject)
    sub = world.ids.uuid()
    _check_case(world, at, subject, username)
    _new(world, at, username, sub, attributes)
    told = {**attributes, "cognito:email_alias": "", "cognito:phone_number_alias": ""}
    admission = await sign_up_triggers.before(
        world, at.pool, sign_up_triggers.EXTERNAL_PROVIDER, username, told, caller=caller
    )
    await world.background.all_deleted()  # a group that is made anew has no members
    at = place(world, at.client.id, at.provider.name, caller.away)
    if _known(world, at, subject, attributes) is not None:
        raise rules.already_there(username)
    _check_case(world, at, subject, username)
    user = _new(world, at, username, sub, attributes)
    if admission is not None:
        user = sign_up_triggers.admitted(at.pool, user, admission)
        _check_rivals(world, user)
    identity = _identity(world, at, subject, user)
    user = with_identities(user, [identity])
    with world.store.write():
        _join(world, at, user)
        world.store.identities.put(identity)
        world.store.users.put(user)
    await sign_up_triggers.confirmed(world, at.pool, user, sign_up_triggers.CONFIRM_SIGN_UP, caller)
    return user


def _check_case(world: World, at: Place, subject: str, username: str) -> None:
    """Refuse a subject that differs from a linked one in case alone.

    This holds where names do not tell the two apart.

    Raises:
        InvalidParameter
    """
    folded = at.pool.id, at.provider.name, SUBJECT, subject.lower()
    is_new = names.find_exact(world.store, at.pool, username) is None
    if is_new and not at.pool.case_sensitive and world.store.identities.where("folded", folded):
        raise rules.linked_in_other_case()


def _new(world: World, at: Place, username: str, sub: str, attributes: Mapping[str, str]) -> User:
    """Return a new user of the provider.

    Raises:
        InvalidParameter, AliasExists
    """
    if names.find_exact(world.store, at.pool, username) is not None:
        raise rules.already_there(username)
    user = rules.new_user(at.pool, username, sub, attributes, world.clock.now())
    _check_rivals(world, user)
    return user


def _identity(world: World, at: Place, subject: str, user: User) -> ProviderLink:
    return ProviderLink(
        at.pool.id,
        at.provider.name,
        SUBJECT,
        subject,
        user.sub,
        user_id=subject,
        type=at.provider.type,
        created=world.clock.now(),
        issuer=issuer_of(at.provider),
        primary=True,
    )


def _join(world: World, at: Place, user: User) -> None:
    """Add the user to the group `<pool id>_<provider>`, which the first user creates.

    The caller has opened a write block.
    """
    name = f"{at.pool.id}_{at.provider.name}"
    now = world.clock.now()
    if (at.pool.id, name) not in world.store.groups:
        text = f"Autogenerated group for users who sign in using {at.provider.name}"
        world.store.groups.put(Group(at.pool.id, name, now, now, description=text))
    world.store.memberships.put(Membership(at.pool.id, name, user.sub))
