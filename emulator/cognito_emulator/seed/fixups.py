"""Changes of seeded records that no operation makes, as the flows make them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType

from msgspec.structs import replace

from cognito_emulator.domain.clients import client_secrets
from cognito_emulator.domain.identity_pools.login_provider import LoginProvider
from cognito_emulator.domain.threats.known_risk import CompromisedPassword
from cognito_emulator.domain.users.user import UNCONFIRMED, Totp, User
from cognito_emulator.seed.model import ClientSeed
from cognito_emulator.world import World


def _change(world: World, key: tuple[str, str], change: Callable[[User], User]) -> None:
    user = world.store.users.get(key)
    if user is None:
        raise LookupError(f"no user {key}")
    with world.store.write():
        world.store.users.put(change(user))


def unconfirm(world: World, key: tuple[str, str]) -> None:
    """Set the state after SignUp: not confirmed, with the user's own password."""
    _change(world, key, lambda user: replace(user, status=UNCONFIRMED))


def enrol(world: World, key: tuple[str, str], secret: str) -> None:
    """Set the state after VerifySoftwareToken, without a used code.

    Preferences switch the authenticator on.
    """
    _change(world, key, lambda user: replace(user, factors=replace(user.factors, totp=Totp(secret=secret))))


def make_mock(world: World, key: tuple[str, str]) -> None:
    """Let the built-in provider replace this one."""
    provider = world.store.providers.get(key)
    if provider is None:
        raise LookupError(f"no provider {key}")
    with world.store.write():
        world.store.providers.put(replace(provider, mock=True))


def keep_login_provider(world: World, provider: LoginProvider) -> None:
    """Store the facts about a provider of logins.

    There is no IAM with an operation for it.
    """
    with world.store.write():
        world.store.login_providers.put(provider)


def keep_metadata(world: World, key: tuple[str, str], url: str, document: str) -> None:
    """Set the state of a SAML provider whose metadata was fetched from a URL."""
    provider = world.store.providers.get(key)
    if provider is None:
        raise LookupError(f"no provider {key}")
    details = {("MetadataURL" if name == "MetadataFile" else name): value for name, value in provider.details.items()}
    details["MetadataURL"] = url
    with world.store.write():
        world.store.providers.put(replace(provider, details=MappingProxyType(details), document=document))


def settle_client(world: World, client_id: str, seed: ClientSeed) -> None:
    """Give an app client its further secrets, and its type if it was registered."""
    client, now = world.store.clients.get(client_id), world.clock.now()
    if client is None:
        raise LookupError(f"no client {client_id}")
    for value in seed.added_secrets:
        if value not in client.secrets:
            client = client_secrets.added(client, value, now)
    with world.store.write():
        world.store.clients.put(replace(client, registered=seed.is_registered))


def keep_digests(world: World, pool_id: str, digests: Iterable[str]) -> None:
    """Let passwords count as compromised, of which only the digests are known."""
    with world.store.write():
        for digest in digests:
            world.store.compromised.put(CompromisedPassword(pool_id, digest))
