"""What the settings of a client lead to, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.world import World

TEXT, JSON, YAML = "text/plain", "application/json", "application/yaml"


class NoTarget(Exception):
    """There is no such pool or app client."""


class Target(Struct, frozen=True):
    """An app client of a pool."""

    world: World
    pool: Pool
    client: Client

    @property
    def url(self) -> str:
        return self.world.public_url

    @property
    def issuer(self) -> str:
        return self.world.issuer(self.pool)

    @property
    def jwks(self) -> str:
        return f"{self.url}/{self.pool.id}/.well-known/jwks.json"

    @property
    def identity_pool(self) -> IdentityPool | None:
        """The first identity pool that takes the client's ID tokens."""
        pools = self.world.store.identity_pools
        return next((one for one in pools if any(up.client_id == self.client.id for up in one.user_pools)), None)

    @property
    def scopes(self) -> tuple[str, ...]:
        return self.client.scopes or ("openid",)

    @property
    def callback(self) -> str:
        return next(iter(self.client.callback_urls), "http://localhost:3000/callback")

    @property
    def domain(self) -> str | None:
        """The name of the pool's domain, without AWS's host."""
        return next((one.name for one in self.world.domains(self.pool) if "." not in one.name), None)

    @property
    def oauth_host(self) -> str:
        """The host and port of the hosted login.

        Amplify puts `https://` before it; only the HTTPS port answers that.
        """
        settings = self.world.settings
        domain = self.domain
        return f"{domain}.auth.localhost:{settings.tls_port}" if domain else f"localhost:{settings.tls_port}"


class Snippet(Struct, frozen=True):
    """The settings of one kind of client.

    `kind` is the media type of the text. `note` says what a format without comments cannot. `code` is what a program
    needs besides it.
    """

    title: str
    text: Callable[[Target], str]
    kind: str = TEXT
    note: Callable[[Target], str] = lambda _: ""
    code: Callable[[Target], str] = lambda _: ""


def choose_target(world: World, pool_id: str | None = None, client_id: str | None = None) -> Target | None:
    """Return the requested client, or else one without a secret.

    It is None where there is no client.

    Raises:
        NoTarget
    """
    store = world.store
    if pool_id is not None and pool_id not in store.pools:
        raise NoTarget("There is no such user pool (any more).")
    clients = [one for one in store.clients if pool_id is None or one.pool_id == pool_id]
    if client_id is not None:
        clients = [one for one in clients if one.id == client_id]
        if not clients:
            raise NoTarget("There is no such app client (any more).")
    chosen = next((one for one in clients if not one.secrets), next(iter(clients), None))
    pool = store.pools.get(chosen.pool_id) if chosen else None
    return Target(world, pool, chosen) if pool and chosen else None


def quoted(text: str) -> str:
    """Write a text as JSON, JavaScript, Python, HCL, C# and Go do."""
    return json.dumps(text)


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def without_empty(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if value not in (None, "", [], {})}
