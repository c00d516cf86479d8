"""Providers of logins for identity pools, beside user pools.

AWS reads them from IAM (CreateOpenIDConnectProvider, CreateSAMLProvider) and from the internet; here they are in the
seed. Tokens of an IAM provider that is not in the seed are refused. A social provider that is not in the seed is
replaced by the built-in provider.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.federation import saml_metadata
from cognito_emulator.domain.federation.saml_metadata import BadMetadata, Metadata
from cognito_emulator.domain.identity_pools.identity_pool import SOCIAL

GOOGLE, APPLE, AMAZON = "accounts.google.com", "appleid.apple.com", "www.amazon.com"
# The `iss` of their ID tokens; Google, "Verify the ID token": "https://accounts.google.com or accounts.google.com".
ISSUERS: Mapping[str, tuple[str, ...]] = {
    GOOGLE: ("https://accounts.google.com", "accounts.google.com"),
    APPLE: ("https://appleid.apple.com",),
}
# They issue access tokens that only they can read.
OPAQUE = frozenset(SOCIAL - ISSUERS.keys())
MOCK_ENTITY = "urn:cognito-emulator:mock"  # who issues a mock SAML provider's assertions
_WITH_SECRET = ("api.twitter.com", "www.digits.com")
_MAX_CLIENTS = 100  # client IDs of an OIDC provider [docs: IAM reference_iam-quotas]
_NAME = re.compile(r"[\w._-]{1,128}", re.ASCII)  # [docs: IAM CreateSAMLProvider]


class LoginProvider(Struct, frozen=True, gc=False):
    """A provider of logins.

    `url` is the issuer of ID tokens, as their `iss` has it. `clients` are the client ids of an IAM OIDC provider,
    `document` a SAML provider's metadata. With `mock` the built-in provider replaces it.
    """

    key: str
    url: str = ""
    clients: tuple[str, ...] = ()
    document: str = ""
    mock: bool = False


def key_of(arn: str) -> str:
    """Return the key of an IAM provider: the same in every partition."""
    return arn.partition(":iam::")[2]


def host_of(url: str) -> str:
    """Return an issuer without its scheme, as ARNs and Logins maps have it.

    The slash at the end of Auth0's issuer stays in `iss` alone.
    """
    return url.partition("://")[2].removesuffix("/")


def read_oidc(account: str, url: str, clients: tuple[str, ...], *, mock: bool) -> LoginProvider:
    """Return an OIDC provider of IAM.

    Raises:
        InvalidParameter: [own wording]
    """
    _check_url(url)
    if not clients:
        raise errors.InvalidParameter("ClientIDList is empty: it has to name a client.").because(
            "identity.login-provider", setting="ClientIDList"
        )
    if len(clients) > _MAX_CLIENTS or any(not 1 <= len(one) <= 255 for one in clients):
        raise errors.InvalidParameter(f"ClientIDList holds up to {_MAX_CLIENTS} texts of 1 to 255 characters.").because(
            "identity.login-provider", setting="ClientIDList"
        )
    return LoginProvider(f"{account}:oidc-provider/{host_of(url)}", url, clients, mock=mock)


def read_saml(account: str, name: str, document: str, *, mock: bool) -> LoginProvider:
    """Return a SAML provider of IAM; a mock needs no metadata.

    Raises:
        InvalidParameter: [own wording]
    """
    if _NAME.fullmatch(name) is None:
        raise errors.InvalidParameter("Name has 1 to 128 letters, digits, '.', '_' and '-'.").because(
            "identity.login-provider", setting="Name"
        )
    if document or not mock:
        try:
            saml_metadata.parse(document)
        except BadMetadata as problem:
            raise errors.InvalidParameter(f"SAMLMetadataDocument cannot be used: {problem}.").because(
                "identity.login-provider", setting="SAMLMetadataDocument"
            ) from None
    return LoginProvider(f"{account}:saml-provider/{name}", document=document, mock=mock)


def read_social(name: str, url: str) -> LoginProvider:
    """Read a social provider whose ID tokens have the issuer `url`.

    It is the real provider's or a local one's.

    Raises:
        InvalidParameter: [own wording]
    """
    if name not in ISSUERS:
        raise errors.InvalidParameter(
            f"ProviderName is one of {', '.join(sorted(ISSUERS))}, which give ID tokens."
        ).because("identity.login-provider", setting="ProviderName")
    _check_url(url)
    return LoginProvider(name, url)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
        parts = urlsplit("")
    if not good or parts.query or parts.fragment or "@" in parts.netloc or url.endswith("//"):
        raise errors.InvalidParameter("Url is an issuer: http or https, and no query.").because(
            "identity.login-provider", setting="Url"
        )
    if any(character.isspace() for character in url) or len(url) > 255:
        raise errors.InvalidParameter("Url has up to 255 characters and no space.").because(
            "identity.login-provider", setting="Url"
        )


def is_saml(provider: LoginProvider) -> bool:
    return ":saml-provider/" in provider.key


def metadata(provider: LoginProvider) -> Metadata:
    """Return a SAML provider's metadata; that of a mock only names the issuer."""
    if not provider.document:
        return Metadata(MOCK_ENTITY, "", "", ())
    return saml_metadata.parse(provider.document)


def app_ids(value: str, name: str = "") -> tuple[str, ...]:
    """List the client ids in a value of SupportedLoginProviders.

    Several are joined by semicolons [model: IdentityProviderId]. After Twitter's consumer key comes its secret.
    """
    found = tuple(one for one in value.split(";") if one)
    return found[:1] if name in _WITH_SECRET else found
