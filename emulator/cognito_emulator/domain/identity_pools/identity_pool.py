"""Identity pools: the record, and the checks of its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from cognito_emulator.domain import errors
from cognito_emulator.domain.identity_pools.principal_tags import TagMap
from cognito_emulator.domain.identity_pools.role_mapping import RoleMapping
from cognito_emulator.domain.pools import pool_tags
from cognito_emulator.domain.pools.pool_tags import CUSTOM_ID

MAX_POOLS = 1000  # in an account and Region [docs: quotas]
_ID = re.compile(r"[0-9a-f-]+")
_MAX_ID = 55  # [model: IdentityPoolId]
# "The keys for SupportedLoginProviders are as follows" [docs: CreateIdentityPool].
SOCIAL = frozenset(
    {"graph.facebook.com", "accounts.google.com", "appleid.apple.com", "www.amazon.com", "api.twitter.com",
     "www.digits.com"}
)  # fmt: skip
_USER_POOL = re.compile(r"[^/\s]+(?:/[^/\s]+)*/[\w-]+_[0-9A-Za-z]+", re.ASCII)
_IAM = re.compile(r"arn:aws(?:-[a-z]+)*:iam::(\d{12}):(oidc|saml)-provider/(\S+)", re.ASCII)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class UserPoolProvider(Struct, frozen=True, gc=False):
    """An entry of CognitoIdentityProviders.

    The ID tokens of this app client of a user pool are logins.
    """

    name: str
    client_id: str
    checks_tokens: bool = False  # ServerSideTokenCheck


class IdentityPool(Struct, frozen=True, gc=False):
    """An identity pool.

    `created` is epoch seconds. `social` are SupportedLoginProviders, `tag_maps` the principal tags by provider name,
    `mappings` the role mappings by `provider:client` or other provider names. `classic` is AllowClassicFlow, None where
    it was never sent.
    """

    id: str
    account: str
    region: str
    name: str
    created: float
    guests: bool
    classic: bool | None = None
    user_pools: tuple[UserPoolProvider, ...] = ()
    social: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    developer: str | None = None
    oidc: tuple[str, ...] = ()
    saml: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    roles: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    mappings: Mapping[str, RoleMapping] = field(default_factory=lambda: _NOTHING)
    tag_maps: Mapping[str, TagMap] = field(default_factory=lambda: _NOTHING)

    @property
    def arn(self) -> str:
        return f"arn:aws:cognito-identity:{self.region}:{self.account}:identitypool/{self.id}"

    def oidc_arn(self, name: str) -> str | None:
        """Return the ARN of the OIDC provider that a key of a Logins map names.

        The key is an issuer without its scheme.
        """
        return next((arn for arn in self.oidc if issuer_of(arn) == name), None)

    @property
    def foreign(self) -> frozenset[str]:
        """The providers other than user pools, as keys of a Logins map."""
        if not (self.social or self.saml or self.oidc):
            return frozenset()
        return frozenset({*self.social, *self.saml, *(issuer_of(arn) for arn in self.oidc)})


def issuer_of(name: str) -> str:
    """Return the issuer in the ARN of an IAM OIDC provider, else the name itself."""
    parts = _IAM.fullmatch(name)
    return parts[3] if parts is not None and parts[2] == "oidc" else name


def read_user_pools(wire: Iterable[Mapping[str, Any]]) -> tuple[UserPoolProvider, ...]:
    """Read CognitoIdentityProviders.

    AWS does not check that the user pool exists [observed: hashicorp/terraform-provider-aws].

    Raises:
        InvalidParameter: an entry without ProviderName [observed: amazon-quicksight-embedding-sample#1], or without
            ClientId, or with a name that ends in no user pool id [assumed].
    """
    found = []
    for entry in wire:
        name, client = entry.get("ProviderName"), entry.get("ClientId")
        if not name or not client or _USER_POOL.fullmatch(name) is None:
            # [observed: amazon-quicksight-embedding-sample#1]
            raise errors.InvalidParameter("Invalid Cognito Identity Provider").because(
                "identity.settings", setting="CognitoIdentityProviders"
            )
        found.append(UserPoolProvider(name, client, entry.get("ServerSideTokenCheck", False)))
    return tuple(found)


def read_social(wire: Mapping[str, str]) -> Mapping[str, str]:
    """Read SupportedLoginProviders.

    Raises:
        InvalidParameter: a key that is not documented [own wording].
    """
    for name in wire:
        if name not in SOCIAL:
            raise errors.InvalidParameter(f"{name} is not a supported login provider.").because(
                "identity.settings", setting="SupportedLoginProviders", value=name
            )
    return MappingProxyType(dict(wire))


def read_arns(kind: str, arns: Iterable[str], account: str) -> tuple[str, ...]:
    """Read the ARNs of IAM providers of a kind, `oidc` or `saml`.

    Raises:
        InvalidParameter: no such ARN, or of another account [observed: amplify-backend#855].
    """
    found = tuple(arns)
    for arn in found:
        parts = _IAM.fullmatch(arn)
        if parts is None or (parts[1], parts[2]) != (account, kind):
            raise errors.InvalidParameter(f"Identity provider {arn} is not valid for account {account}").because(
                "identity.settings", setting="OpenIdConnectProviderARNs", value=arn
            )
    return found


def read_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Read IdentityPoolTags.

    Raises:
        InvalidParameter: too many, a reserved name, or characters that no tag may have [own wording].
    """
    wrong = pool_tags.mistake(tags, "An identity pool")
    if wrong is not None:
        raise errors.InvalidParameter(wrong).because("identity.settings", setting="IdentityPoolTags")
    return MappingProxyType(dict(tags))


def custom_id(tags: Mapping[str, str], region: str) -> str | None:
    """Return the identity pool id that the tag `_custom_id_` requests.

    It is a whole id of this Region, or the part after the Region
    [docs: LocalStack Cognito, "Using Predefined IDs for Pool Creation"].

    Raises:
        InvalidParameter: it is no identity pool id of this Region [own wording].
    """
    wanted = tags.get(CUSTOM_ID)
    if wanted is None:
        return None
    whole = f"{region}:{wanted.removeprefix(f'{region}:')}"
    if _ID.fullmatch(whole.removeprefix(f"{region}:")) and len(whole) <= _MAX_ID:
        return whole
    raise errors.InvalidParameter(
        f"The tag {CUSTOM_ID} must be an identity pool id that begins with {region}:, or what follows in it, of the "
        f"characters 0-9, a-f and -: {wanted}"
    ).because("identity.settings", setting="IdentityPoolTags")


def check_developer(pool: IdentityPool) -> None:
    """Check that the developer provider has a name that no other provider has.

    No token proves its users: with the same name they would be those of the other provider.

    Raises:
        InvalidParameter: it has [assumed; own wording].
    """
    if pool.developer in pool.foreign:
        raise errors.InvalidParameter(
            "The DeveloperProviderName must not be the name of another login provider."
        ).because("identity.settings", setting="DeveloperProviderName")


def keep_developer(old: str | None, new: str | None) -> str | None:
    """Return the developer provider after an update.

    "once the provider name has been set, it cannot be changed" [docs: CreateIdentityPool]. An update without the member
    changes nothing: it cannot be removed either.

    Raises:
        InvalidParameter: another name [own wording].
    """
    if old is not None and new is not None and old != new:
        raise errors.InvalidParameter("The DeveloperProviderName cannot be changed once it is set.").because(
            "identity.settings", setting="DeveloperProviderName"
        )
    return old or new
