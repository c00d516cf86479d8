"""Links between users of the pool and their identities at other providers.

    provider's user  --link-->  user of the pool: their next sign-in at the provider is that user's
                     <-unlink-

The links are records of their own; the user's attribute `identities`, which users and administrators cannot write,
shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.federation.provider import SOCIAL, SUBJECT, Provider, ProviderLink, with_identities
from cognito_emulator.domain.federation.provider_details import metadata
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_user

if TYPE_CHECKING:
    from cognito_emulator.world import World

MAX_LINKS = 5  # a user [docs: AdminLinkProviderForUser]
OWN = "Cognito"  # the provider name of the pool's own users


class Person(Struct, frozen=True):
    """ProviderUserIdentifierType: a user as a provider names them.

    The provider Cognito is the pool itself.
    """

    provider: str = ""
    attribute: str = ""
    value: str = ""


def find_provider(world: World, pool: Pool, name: str) -> Provider:
    """Return the provider of that name.

    Raises:
        ResourceNotFound
    """
    provider = world.store.providers.get((pool.id, name))
    if provider is None:
        raise errors.ResourceNotFound(f"Identity provider {name} does not exist.").because(
            "federation.provider-unknown", value=name
        )
    return provider


def link(world: World, pool: Pool, destination: Person, source: Person) -> None:
    """Link `source` to the user `destination`, for AdminLinkProviderForUser.

    At the next sign-in `source` is that user.

    Raises:
        InvalidParameter, ResourceNotFound, UserNotFound, LimitExceeded
    """
    if source.provider == OWN:
        raise _native_source()
    provider = find_provider(world, pool, source.provider)
    _check_source(provider, source)
    user = _destination(world, pool, destination)
    identity = _identity(world, pool, provider, source, user)
    _check_free(world, pool, identity)
    linked = world.store.identities.where("user", user.key)
    if sum(not known.primary for known in linked) >= MAX_LINKS:
        raise errors.LimitExceeded(f"The limit of {MAX_LINKS} linked identities per user is reached.")
    changed = with_identities(replace(user, modified=world.clock.now()), [*linked, identity])
    with world.store.write():
        world.store.identities.put(identity)
        world.store.users.put(changed)


def unlink(world: World, pool: Pool, person: Person) -> None:
    """Unlink an identity from its user, for AdminDisableProviderForUser.

    A pool's own user loses the password. The attribute and value must be those of the link.

    Raises:
        InvalidParameter, ResourceNotFound, UserNotFound
    """
    if person.provider == OWN:
        _take_password(world, pool, person)
        return
    identity = world.store.identities.get((pool.id, person.provider, person.attribute, person.value))
    if identity is None:
        find_provider(world, pool, person.provider)
        raise errors.user_not_found()
    user = world.store.users.get((pool.id, identity.sub))
    rest = [known for known in world.store.identities.where("user", (pool.id, identity.sub)) if known != identity]
    with world.store.write():
        world.store.identities.delete(identity.key)
        if user is not None:
            world.store.users.put(with_identities(replace(user, modified=world.clock.now()), rest))


def _take_password(world: World, pool: Pool, person: Person) -> None:
    """Delete a user's password and end their sessions.

    The status stays [assumed].
    """
    if person.attribute != SUBJECT:
        # [docs: AdminDisableProviderForUser] [own wording]
        raise errors.InvalidParameter(f"ProviderAttributeName must be {SUBJECT} for the provider {OWN}.").because(
            "federation.link"
        )
    user = require_user(names.find_exact(world.store, pool, person.value))
    with world.store.write():
        world.store.users.put(replace(user, password=None, imported_hash=None, modified=world.clock.now()))


def _check_source(provider: Provider, source: Person) -> None:
    """Refuse an attribute that can't name a provider's user.

    It is the subject, or a mapped attribute of an OIDC or SAML provider.

    Raises:
        InvalidParameter: [docs: AdminLinkProviderForUser] [own wording]
    """
    if not source.attribute or not source.value:
        text = "SourceUser must have a ProviderAttributeName and a ProviderAttributeValue."
        raise errors.InvalidParameter(f"Invalid SourceUser: {text}").because("federation.link")
    if source.attribute == SUBJECT:
        return
    if provider.type in SOCIAL:
        text = f"ProviderAttributeName must be {SUBJECT} for the provider {provider.name}."
        raise errors.InvalidParameter(f"Invalid SourceUser: {text}").because("federation.link")
    if source.attribute not in provider.mapping:
        text = f"{source.attribute} is not mapped by the provider {provider.name}."
        raise errors.InvalidParameter(f"Invalid SourceUser: {text}").because("federation.link")


def _destination(world: World, pool: Pool, person: Person) -> User:
    """Return the user who is the destination of a link.

    Raises:
        UserNotFound
    """
    if person.provider == OWN:
        user = names.find_for_admin(world.store, pool, person.value)
    else:
        known = world.store.identities.get((pool.id, person.provider, SUBJECT, person.value))
        # Only a user that the provider's sign-in created is one of its users; a linked one is the pool's own.
        user = world.store.users.get((pool.id, known.sub)) if known and known.primary else None
    return require_user(user)


def issuer_of(provider: Provider) -> str | None:
    """Return `issuer` of an entry of `identities`: a SAML provider's entity ID."""
    return (
        metadata(provider.document or provider.details["MetadataFile"]).entity_id if provider.type == "SAML" else None
    )


def _identity(world: World, pool: Pool, provider: Provider, source: Person, user: User) -> ProviderLink:
    return ProviderLink(
        pool.id,
        provider.name,
        source.attribute,
        source.value,
        user.sub,
        user_id=source.value,
        type=provider.type,
        created=world.clock.now(),
        issuer=issuer_of(provider),
    )


def _check_free(world: World, pool: Pool, identity: ProviderLink) -> None:
    """Refuse an identity that is a user already, or linked to one.

    Raises:
        InvalidParameter: the text for a linked one is [observed: aws-amplify/amplify-js#13334], the others are
            [assumed].
    """
    known = world.store.identities.get(identity.key)
    if known is not None and known.primary:
        raise _merging()
    if known is not None and known.sub == identity.sub:
        raise errors.InvalidParameter("SourceUser is already linked to DestinationUser").because("federation.link")
    if known is not None:
        raise _native_source()
    # A user has the name that the identity's own user would have, so the identity has signed in before.
    own_name = f"{identity.provider}_{identity.user_id}"
    if identity.attribute == SUBJECT and names.find_exact(world.store, pool, own_name) is not None:
        raise _merging()


def _merging() -> errors.InvalidParameter:
    return errors.InvalidParameter(
        "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link"
    ).because("federation.link")


def _native_source() -> errors.InvalidParameter:
    return errors.InvalidParameter(
        "Invalid SourceUser: Cognito users with a username/password may not be passed in as a SourceUser, "
        "only as a DestinationUser"
    ).because("federation.link")
