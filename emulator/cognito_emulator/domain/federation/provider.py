"""Identity providers of user pools, and the links of their users."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct, field

from cognito_emulator.domain.users.user import User

SOCIAL = ("Facebook", "Google", "LoginWithAmazon", "SignInWithApple")
SUBJECT = "Cognito_Subject"


class Provider(Struct, frozen=True, gc=False):
    """An identity provider of a pool; its key is (pool_id, name).

    `details` are complete: the ones that were sent, those read from SAML metadata, and the endpoints that AWS knows.
    `mapping` leads from pool attribute to claim, `acr` from level to the provider's own name of it. `created` and
    `modified` are epoch seconds. With `mock` the built-in provider replaces it.
    `document` is the SAML metadata at its MetadataURL, `fetched` when it was asked for last.
    """

    pool_id: str
    name: str
    type: str
    created: float
    modified: float
    details: Mapping[str, str]
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    identifiers: tuple[str, ...] = ()
    acr: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    mock: bool = False
    document: str = ""
    fetched: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        return self.pool_id, self.name

    @property
    def starts_sign_in(self) -> bool:
        """Return whether it may send assertions without a request (SAML, IDPInit)."""
        return self.type == "SAML" and self._is_on("IDPInit")

    @property
    def takes_sign_out(self) -> bool:
        """Whether the provider's session ends with the pool's (SAML, IDPSignout)."""
        return self._is_on("IDPSignout")

    @property
    def wants_encryption(self) -> bool:
        """Whether assertions have to be encrypted (SAML, EncryptedResponses)."""
        return self._is_on("EncryptedResponses")

    def _is_on(self, flag: str) -> bool:
        return self.details.get(flag, "").lower() == "true"


class ProviderLink(Struct, frozen=True, gc=False):
    """A provider's user who signs in as a user of the pool.

    Its key is (pool_id, provider, attribute, value).

    `attribute` is the claim that identifies the person, Cognito_Subject for the provider's own subject. `value` is
    exactly the provider's, whatever the pool's case sensitivity
    [docs: cognito-user-pools-saml-idp, "Case sensitivity of SAML user names"]. `primary` marks the identity that made a
    federated user; others are linked. `created` is epoch seconds.
    """

    pool_id: str
    provider: str
    attribute: str
    value: str
    sub: str
    user_id: str
    type: str
    created: float
    issuer: str | None = None
    primary: bool = False

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.pool_id, self.provider, self.attribute, self.value

    @property
    def folded(self) -> tuple[str, str, str, str]:
        """The key in lower case: identities that differ in case alone share it."""
        return self.pool_id, self.provider, self.attribute, self.value.lower()


def with_identities(user: User, identities: Iterable[ProviderLink]) -> User:
    """Return `user` with the attribute `identities`.

    It is stored as a JSON text, and absent where there are none.
    """
    entries = [
        {
            "userId": identity.user_id,
            "providerName": identity.provider,
            "providerType": identity.type,
            "issuer": identity.issuer,
            "primary": identity.primary,
            "dateCreated": int(identity.created * 1000),
        }
        for identity in identities
    ]
    text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False) if entries else None
    return user.with_attributes([("identities", text)])


def without_provider(settings: Mapping[str, object], kept: list[str]) -> Mapping[str, object]:
    """Return an app client's settings with these SupportedIdentityProviders left.

    Without any of them, the member is removed.
    """
    rest = {name: value for name, value in settings.items() if name != "SupportedIdentityProviders"}
    return MappingProxyType(rest | ({"SupportedIdentityProviders": kept} if kept else {}))
