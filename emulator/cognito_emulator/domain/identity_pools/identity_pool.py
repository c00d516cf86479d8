"""Identity pools: the record, and what AWS asks of its settings."""

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

MAX_POOLS = 1000  # an account and region; developer guide, "Quotas"
_ID = re.compile(r"[0-9a-f-]+")
_MAX_ID = 55  # the model's
# API reference, CreateIdentityPool: "The keys for SupportedLoginProviders are as follows".
SOCIAL = frozenset(
    {"graph.facebook.com", "accounts.google.com", "appleid.apple.com", "www.amazon.com", "api.twitter.com",
     "www.digits.com"}
)  # fmt: skip
_USER_POOL = re.compile(r"[^/\s]+(?:/[^/\s]+)*/[\w-]+_[0-9A-Za-z]+", re.ASCII)
_IAM = re.compile(r"arn:aws(?:-[a-z]+)*:iam::(\d{12}):(oidc|saml)-provider/(\S+)", re.ASCII)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class UserPoolProvider(Struct, frozen=True, gc=False):
    """An entry of CognitoIdentityProviders: the app client of a user pool whose ID tokens are logins."""

    name: str
    client_id: str
    checks_tokens: bool = False  # ServerSideTokenCheck


class IdentityPool(Struct, frozen=True, gc=False):
    """An identity pool. `created` is epoch seconds; `social` are SupportedLoginProviders, `tag_maps` the principal
    tags by provider name, `mappings` the role mappings by `provider:client` or other provider names. `classic` is
    AllowClassicFlow, None where it was never given."""

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
        """The OIDC provider that a key of a Logins map means: an issuer without its scheme."""
        return next((arn for arn in self.oidc if issuer_of(arn) == name), None)

    @property
    def foreign(self) -> frozenset[str]:
        """Providers that are no user pools, as keys of a Logins map have them."""
        return frozenset({*self.social, *self.saml, *(issuer_of(arn) for arn in self.oidc)})


def issuer_of(name: str) -> str:
    """The issuer in the ARN of an IAM OIDC provider; whatever else it is, the name itself."""
    parts = _IAM.fullmatch(name)
    return parts[3] if parts is not None and parts[2] == "oidc" else name


def read_user_pools(wire: Iterable[Mapping[str, Any]]) -> tuple[UserPoolProvider, ...]:
    """CognitoIdentityProviders. That the user pool exists is not asked, as with AWS (public test suites of
    infrastructure tools name pools that do not).

    Raises:
        InvalidParameter: an entry without ProviderName (the text is recorded), or, taken for the same, without
            ClientId or with a name that ends in no user pool id.
    """
    found = []
    for entry in wire:
        name, client = entry.get("ProviderName"), entry.get("ClientId")
        if not name or not client or _USER_POOL.fullmatch(name) is None:
            # [observed: amazon-quicksight-embedding-sample#1]
            raise errors.InvalidParameter("Invalid Cognito Identity Provider")
        found.append(UserPoolProvider(name, client, entry.get("ServerSideTokenCheck", False)))
    return tuple(found)


def read_social(wire: Mapping[str, str]) -> Mapping[str, str]:
    """SupportedLoginProviders.

    Raises:
        InvalidParameter: a key that is none of those documented; the words are ours.
    """
    for name in wire:
        if name not in SOCIAL:
            raise errors.InvalidParameter(f"{name} is not a supported login provider.")
    return MappingProxyType(dict(wire))


def read_arns(kind: str, arns: Iterable[str], account: str) -> tuple[str, ...]:
    """The ARNs of IAM providers of a kind, `oidc` or `saml`.

    Raises:
        InvalidParameter: no such ARN, or of another account (recorded).
    """
    found = tuple(arns)
    for arn in found:
        parts = _IAM.fullmatch(arn)
        if parts is None or (parts[1], parts[2]) != (account, kind):
            raise errors.InvalidParameter(f"Identity provider {arn} is not valid for account {account}")
    return found


def read_tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """IdentityPoolTags.

    Raises:
        InvalidParameter: too many, a name of AWS's own, or characters that no tag may have [own wording].
    """
    wrong = pool_tags.mistake(tags, "An identity pool")
    if wrong is not None:
        raise errors.InvalidParameter(wrong)
    return MappingProxyType(dict(tags))


def custom_id(tags: Mapping[str, str], region: str) -> str | None:
    """The id that the tag `_custom_id_` asks for: a whole id of this region, or what follows the region in it.

    [LocalStack documentation: "Using Predefined IDs for Pool Creation"]

    Raises:
        InvalidParameter: it is no identity pool id of this region; the words are ours.
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
    )


def check_developer(pool: IdentityPool) -> None:
    """Check that the developer provider has a name that no other provider has.

    No token proves its users: with the same name they would be those of the other provider.

    Raises:
        InvalidParameter: AWS is silent; the stricter reading, and words of ours.
    """
    if pool.developer in pool.foreign:
        raise errors.InvalidParameter("The DeveloperProviderName must not be the name of another login provider.")


def keep_developer(old: str | None, new: str | None) -> str | None:
    """The developer provider after an update: "once the provider name has been set, it cannot be changed".

    An update that leaves it out leaves it alone: it cannot be removed either.

    Raises:
        InvalidParameter: another name; the words are ours.
    """
    if old is not None and new is not None and old != new:
        raise errors.InvalidParameter("The DeveloperProviderName cannot be changed once it is set.")
    return old or new
