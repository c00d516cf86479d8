"""The contents of a seed.

They are the input and the place of every operation, and the values that no operation takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from cognito_emulator.seed.handlers import HandlerSeed
from cognito_emulator.seed.problems import Place
from cognito_emulator.seed.state import StateSeed


class Block(Struct, frozen=True):
    """The members of one operation, without the pool and user of the blocks above."""

    place: Place
    members: Mapping[str, Any]


class Word(Struct, frozen=True):
    """One text of a seed."""

    place: Place
    text: str


class PartSeed(Struct, frozen=True):
    """A further part of a pool, created by `operation`; `id` is a fixed one.

    Early ones come before app clients.
    """

    operation: str
    block: Block
    id: str | None = None
    is_early: bool = False


class ClientSeed(Struct, frozen=True):
    """An app client.

    `id` and `secret` are fixed ones, None where they are generated. `policies` are for CreateCIMDPolicy.
    `is_registered` says that it was made by dynamic registration. `added_secrets` are further secrets, `sessions` is
    for SetUserPoolClientSessionConfiguration.
    """

    block: Block
    id: str | None = None
    secret: str | None = None
    policies: tuple[Block, ...] = ()
    is_registered: bool = False
    added_secrets: tuple[str, ...] = ()
    sessions: Block | None = None


class ReplicaSeed(Struct, frozen=True):
    """A replica of a pool in another Region.

    `block` is for CreateUserPoolReplica. `settings` are members of UpdateUserPool, and `parts` what is created there.
    """

    block: Block
    status: str
    settings: Mapping[str, Any]
    parts: tuple[PartSeed, ...] = ()


class ProviderSeed(Struct, frozen=True):
    """An identity provider; with `mock` the built-in one replaces it.

    `document` is a SAML provider's metadata, where MetadataURL names it; a seed fetches nothing.
    """

    block: Block
    mock: bool = False
    document: str = ""

    @property
    def name(self) -> str:
        return str(self.block.members["ProviderName"])

    @property
    def is_saml(self) -> bool:
        return self.block.members.get("ProviderType") == "SAML"


class KeysSeed(Struct, frozen=True):
    """The signing keys of a pool, as PEM."""

    place: Place
    id_key: str
    access_key: str


class UserSeed(Struct, frozen=True):
    """A user.

    `password` is the permanent one; `confirmed` False makes the user UNCONFIRMED. `state` holds what the user has
    become (`seed.user_state`).
    """

    block: Block
    sub: str | None = None
    password: Word | None = None
    confirmed: bool = True
    enabled: bool = True
    groups: tuple[Word, ...] = ()
    totp: Word | None = None
    preference: Block | None = None
    state: Mapping[str, Any] = field(default_factory=dict)


class RiskSeed(Struct, frozen=True):
    """The risk of sign-ins, for threat protection."""

    place: Place
    level: str
    username: str | None = None
    ip_range: str | None = None


class PoolSeed(Struct, frozen=True):
    """A pool with all its contents.

    `id` is a fixed one, None where it is generated. `handlers` are the functions in files, by their placeholder ARNs
    in the block. `compromised` are passwords that count as compromised, `compromised_digests` their digests.
    `sessions` is for SetUserPoolSessionConfiguration. `key_text` is the text of which the signing keys are made.
    """

    block: Block
    id: str | None = None
    mfa: Block | None = None
    providers: tuple[ProviderSeed, ...] = ()
    clients: tuple[ClientSeed, ...] = ()
    groups: tuple[Block, ...] = ()
    users: tuple[UserSeed, ...] = ()
    handlers: Mapping[str, HandlerSeed] = field(default_factory=dict)
    compromised: tuple[str, ...] = ()
    risks: tuple[RiskSeed, ...] = ()
    parts: tuple[PartSeed, ...] = ()
    keys: KeysSeed | None = None
    compromised_digests: tuple[str, ...] = ()
    sessions: Block | None = None
    replicas: tuple[ReplicaSeed, ...] = ()
    key_text: str | None = None

    @property
    def region(self) -> str | None:
        return self.id.rpartition("_")[0] if self.id else None


class IdentityPoolSeed(Struct, frozen=True):
    """An identity pool.

    `id` is a fixed one, None where it is generated. `roles` is for SetIdentityPoolRoles, each of `tag_maps` for
    SetPrincipalTagAttributeMap.
    """

    block: Block
    id: str | None = None
    roles: Block | None = None
    tag_maps: tuple[Block, ...] = ()

    @property
    def region(self) -> str | None:
        return self.id.partition(":")[0] if self.id else None


class LoginProviderSeed(Struct, frozen=True):
    """A provider of logins for identity pools.

    `section` is its key at the top of the seed.
    """

    section: str
    block: Block


class LimitSeed(Struct, frozen=True):
    """A request rate of the account in a Region; None is the emulator's own."""

    block: Block
    region: str | None = None


class Seed(Struct, frozen=True):
    """A seed without mistakes of form."""

    pools: tuple[PoolSeed, ...] = ()
    identity_pools: tuple[IdentityPoolSeed, ...] = ()
    login_providers: tuple[LoginProviderSeed, ...] = ()
    limits: tuple[LimitSeed, ...] = ()
    states: tuple[StateSeed, ...] = ()

    @property
    def credentials(self) -> list[tuple[str, str, str]]:
        """The credentials of every user who has a password.

        Each is (pool id, user name, password as written), permanent or temporary. A pool without a fixed id is named
        by its PoolName.
        """
        found = []
        for pool in self.pools:
            for user in pool.users:
                typed = user.password.text if user.password else user.block.members.get("TemporaryPassword")
                if typed:
                    name = pool.id or pool.block.members["PoolName"]
                    found.append((name, user.block.members["Username"], typed))
        return found

    @property
    def secrets(self) -> dict[str, str]:
        """The fixed secrets of app clients, by the client's fixed id."""
        clients = [client for pool in self.pools for client in pool.clients]
        return {client.id: client.secret for client in clients if client.id and client.secret}
