"""App clients: the record, and the typed view of its settings that rules read."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from cognito_emulator.domain.clients.client_metadata import ClientMetadata

# "If you don't specify a value for ExplicitAuthFlows, your app client supports these three"
# [docs: CreateUserPoolClient].
DEFAULT_FLOWS = frozenset({"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"})


MAX_CLIENTS = 1000  # in a pool [docs: quotas]


class Validity(Struct, frozen=True, gc=False):
    """Lifetimes in seconds."""

    access: int = 3600
    id: int = 3600
    refresh: int = 30 * 86400
    session: int = 180


class ClientSecret(Struct, frozen=True, gc=False):
    """A secret added by AddUserPoolClientSecret; `created` is epoch seconds."""

    id: str
    value: str
    created: float


class Client(Struct, frozen=True, gc=False):
    """Hold an app client of a pool.

    `settings` holds the wire members that Describe shows. `secret` is the one that the client was made with, which
    Describe shows too. It may be deleted once another was added. A check of a secret uses `secrets`.
    """

    id: str
    pool_id: str
    name: str
    secret: str | None
    created: float
    modified: float
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    validity: Validity = field(default_factory=Validity)
    flows: frozenset[str] = DEFAULT_FLOWS
    # None: no list given, so the default permissions.
    read_attributes: frozenset[str] | None = None
    write_attributes: frozenset[str] | None = None
    hides_users: bool = False  # PreventUserExistenceErrors ENABLED
    token_revocation: bool = True
    rotation: bool = False
    rotation_grace: int = 0
    sso_minutes: int = 60
    scopes: tuple[str, ...] = ()  # AllowedOAuthScopes
    added_secrets: tuple[ClientSecret, ...] = ()
    barred: bool = False  # SupportedIdentityProviders is empty: no user signs in on the pages
    registered: bool = False  # made by dynamic registration: ClientType DCR
    has_generated_secret: bool = False  # GenerateSecret
    shown_secret: str | None = None  # the id of the secret that Describe shows, if it is not `secret`
    rotated: float | None = None  # the last rotation of a secret that is in AWS Secrets Manager
    metadata: ClientMetadata | None = None  # of the client that this app client stands for (`through`); never stored

    def has_secret(self, sent: str | None) -> bool:
        """Return whether `sent` is a secret of the client.

        For a public client, return whether nothing was sent.
        """
        if not self.secrets:
            return sent is None
        return sent is not None and any(hmac.compare_digest(known.encode(), sent.encode()) for known in self.secrets)

    @property
    def has_oauth(self) -> bool:
        """Whether AllowedOAuthFlowsUserPoolClient is on: OAuth 2.0 is allowed."""
        return bool(self.settings.get("AllowedOAuthFlowsUserPoolClient"))

    @property
    def grants(self) -> frozenset[str]:
        """AllowedOAuthFlows: code, implicit, client_credentials."""
        return frozenset(self.settings.get("AllowedOAuthFlows", ()))

    @property
    def callback_urls(self) -> tuple[str, ...]:
        return tuple(self.settings.get("CallbackURLs", ()))

    @property
    def logout_urls(self) -> tuple[str, ...]:
        return tuple(self.settings.get("LogoutURLs", ()))

    @property
    def providers(self) -> frozenset[str]:
        """SupportedIdentityProviders: COGNITO and names of providers.

        Without a list the client has the pool's own users. With an empty list it has no users, since it "must support
        sign-in by Amazon Cognito local users or at least one third-party IdP" [docs: authorization-endpoint].
        """
        named = frozenset(self.settings.get("SupportedIdentityProviders", ()))
        return named or frozenset(() if self.barred else ("COGNITO",))

    @property
    def metadata_url(self) -> str:
        """The client id of a client known by its metadata document; else empty."""
        return self.metadata.url if self.metadata else ""

    def through(self, metadata: ClientMetadata) -> Client:
        """Return the app client as a client with that metadata document has it.

        It is public, its redirect URIs are the document's, and a grant needs both [docs:
        cognito-user-pools-client-id-metadata]. For reading: the store refuses it.
        """
        named = {"authorization_code": "code", "implicit": "implicit"}
        flows = [flow for grant, flow in named.items() if grant in metadata.grants and flow in self.grants]
        settings = {**self.settings, "CallbackURLs": list(metadata.redirect_uris), "AllowedOAuthFlows": flows}
        settings.pop("DefaultRedirectURI", None)
        return replace(self, secret=None, added_secrets=(), settings=settings, metadata=metadata)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every valid secret; none for a public client."""
        first = () if self.secret is None else (self.secret,)
        return (*first, *[secret.value for secret in self.added_secrets]) if self.added_secrets else first
