"""What no operation can do: changes of a seeded user's record, in the same words that the flows use."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from cognito_emulator.domain.identity_pools.login_provider import LoginProvider
from cognito_emulator.domain.users.user import UNCONFIRMED, Totp, User
from cognito_emulator.world import World


def _change(world: World, key: tuple[str, str], change: Callable[[User], User]) -> None:
    user = world.store.users.get(key)
    if user is None:
        raise LookupError(f"no user {key}")
    with world.store.write():
        world.store.users.put(change(user))


def unconfirm(world: World, key: tuple[str, str]) -> None:
    """As after SignUp: with a password of one's own, and not confirmed."""
    _change(world, key, lambda user: replace(user, status=UNCONFIRMED))


def enrol(world: World, key: tuple[str, str], secret: str) -> None:
    """As after VerifySoftwareToken, but for the code that it spends. Preferences switch the authenticator on."""
    _change(world, key, lambda user: replace(user, factors=replace(user.factors, totp=Totp(secret=secret))))


def make_mock(world: World, key: tuple[str, str]) -> None:
    """Let the built-in provider replace this one."""
    provider = world.store.providers.get(key)
    if provider is None:
        raise LookupError(f"no provider {key}")
    with world.store.write():
        world.store.providers.put(replace(provider, mock=True))


def keep_login_provider(world: World, provider: LoginProvider) -> None:
    """What is known about a provider of logins; there is no IAM whose operation would make it."""
    with world.store.write():
        world.store.login_providers.put(provider)
