"""ProviderDetails of each type of identity provider.

Some details have to be sent, and AWS adds others [docs: CreateIdentityProvider]. Read-only ones are made again whenever
details are sent, so that a description can be sent back. Texts without a tag are ours [own wording].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.federation import saml_metadata
from cognito_emulator.domain.federation.saml_metadata import BadMetadata, Metadata

_APP = ("client_id", "client_secret", "authorize_scopes")
_ENDPOINTS = ("authorize_url", "token_url", "attributes_url", "jwks_uri")
_FACEBOOK_VERSION = "v17.0"
_URL = re.compile(r"https?://[^\s/?#]+[^\s#]*")


class Kind(Struct, frozen=True, gc=False):
    """A type of provider: its required, optional and fixed details.

    `preset` are endpoints that AWS knows. Another value counts here, so that a local provider can replace the real one.
    `fixed` are read-only. `subject` is the claim that username is mapped to.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    preset: Mapping[str, str]
    fixed: Mapping[str, str]
    subject: str = "sub"


KINDS: Mapping[str, Kind] = {
    "OIDC": Kind(
        ("client_id", "authorize_scopes", "oidc_issuer", "attributes_request_method"),
        ("client_secret", *_ENDPOINTS),
        {},
        {"attributes_url_add_attributes": "false"},
    ),
    "Google": Kind(
        _APP,
        (),
        {
            "attributes_url": "https://people.googleapis.com/v1/people/me?personFields=",
            "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
            "oidc_issuer": "https://accounts.google.com",
            "token_url": "https://www.googleapis.com/oauth2/v4/token",
        },
        {"attributes_url_add_attributes": "true", "token_request_method": "POST"},
    ),
    "Facebook": Kind(
        _APP,
        ("api_version",),
        {
            "attributes_url": "https://graph.facebook.com/{version}/me?fields=",
            "authorize_url": "https://www.facebook.com/{version}/dialog/oauth",
            "token_url": "https://graph.facebook.com/{version}/oauth/access_token",
        },
        {"attributes_url_add_attributes": "true", "token_request_method": "GET"},
        subject="id",
    ),
    "LoginWithAmazon": Kind(
        _APP,
        (),
        {
            "attributes_url": "https://api.amazon.com/user/profile",
            "authorize_url": "https://www.amazon.com/ap/oa",
            "token_url": "https://api.amazon.com/auth/o2/token",
        },
        {"attributes_url_add_attributes": "false", "token_request_method": "POST"},
        subject="user_id",
    ),
    "SignInWithApple": Kind(
        ("client_id", "team_id", "key_id", "private_key", "authorize_scopes"),
        (),
        {
            "authorize_url": "https://appleid.apple.com/auth/authorize",
            "oidc_issuer": "https://appleid.apple.com",
            "token_url": "https://appleid.apple.com/auth/token",
        },
        {"attributes_url_add_attributes": "false", "token_request_method": "POST"},
    ),
    "SAML": Kind(
        (),
        ("MetadataURL", "MetadataFile", "IDPSignout", "IDPInit", "EncryptedResponses", "RequestSigningAlgorithm"),
        {},
        {"ActiveEncryptionCertificate": "", "SSORedirectBindingURI": "", "SLORedirectBindingURI": ""},
    ),
}
_FLAGS = ("IDPSignout", "IDPInit", "EncryptedResponses")


def completed(
    type_: str, sent: Mapping[str, str], old: Mapping[str, str], certificate: str = "", document: str = ""
) -> dict[str, str]:
    """Return the details of a provider for which `sent` was given.

    They replace `old`, its present ones. Apple's private key stays where it is not sent again: descriptions do not show
    it. `certificate` is the encryption certificate of a SAML provider (base64 DER), `document` the contents of its
    MetadataURL.

    Raises:
        InvalidParameter
    """
    kind = KINDS[type_]
    for name in sent:
        if name not in (*kind.required, *kind.optional, *kind.preset, *kind.fixed):
            raise errors.InvalidParameter(f"Invalid provider detail {name} for a provider of type {type_}.").because(
                "federation.settings", setting="ProviderDetails", value=name
            )
    given = {name: value for name, value in sent.items() if name not in kind.fixed}
    if "private_key" in old:
        given = {"private_key": old["private_key"], **given}
    for name in kind.required:
        if not given.get(name):
            raise errors.InvalidParameter(f"Missing required provider detail {name}").because(
                "federation.settings", setting="ProviderDetails", value=name
            )
    if type_ == "SAML":
        return _saml(given, certificate, document)
    if type_ == "OIDC":
        _check_oidc(given)
    if type_ == "Facebook":
        given, preset = _facebook(given, kind.preset)
        return {**preset, **given, **kind.fixed}
    for name in kind.preset:
        _check_url(given, name)
    return {**kind.preset, **given, **kind.fixed}


def shown(details: Mapping[str, str]) -> dict[str, str]:
    """Return the details that answers show: all but Apple's private key."""
    return {name: value for name, value in details.items() if name != "private_key"}


def _check_url(details: Mapping[str, str], name: str) -> None:
    """Refuse a URL that is no http or https address.

    AWS takes https on port 443 only [docs: CreateIdentityProvider]. Here a provider may be on this machine.
    """
    if name in details and _URL.fullmatch(details[name]) is None:
        raise _invalid(name)


def _invalid(name: str) -> errors.InvalidParameter:
    return errors.InvalidParameter(f"Invalid value of provider detail {name}.").because(
        "federation.settings", setting="ProviderDetails", value=name
    )


def _check_oidc(details: Mapping[str, str]) -> None:
    for name in ("oidc_issuer", *_ENDPOINTS):
        _check_url(details, name)
    if details["oidc_issuer"].endswith("/"):
        raise _invalid("oidc_issuer")
    if details["attributes_request_method"] not in ("GET", "POST"):
        raise _invalid("attributes_request_method")
    if "openid" not in details["authorize_scopes"].split():
        # openid is required [docs: cognito-user-pools-oidc-idp].
        raise errors.InvalidParameter("The provider detail authorize_scopes must include openid.").because(
            "federation.settings", setting="ProviderDetails", value="authorize_scopes"
        )


def _facebook(given: Mapping[str, str], preset: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the given details and AWS's endpoints of that Facebook API version.

    Facebook's own addresses are made again: those of a description would name the old version.
    """
    version = quote(given.get("api_version", _FACEBOOK_VERSION), safe="")
    for name in preset:
        _check_url(given, name)
    own = re.compile(r"https://(www|graph)\.facebook\.com/.*")
    kept = {name: value for name, value in given.items() if name not in preset or not own.fullmatch(value)}
    return kept, {name: url.format(version=version) for name, url in preset.items()}


def metadata_url(details: Mapping[str, str]) -> str | None:
    """Return the MetadataURL of a SAML provider's details, if it has one.

    Raises:
        InvalidParameter
    """
    url = details.get("MetadataURL")
    if url and _URL.fullmatch(url) is None:
        raise metadata_not_retrieved(url)
    return url or None


def metadata_not_retrieved(url: str) -> errors.InvalidParameter:
    """Make the error for metadata that cannot be fetched [assumed]."""
    return errors.InvalidParameter(f"Error retrieving metadata from {url}").because("federation.metadata", value=url)


def _saml(given: Mapping[str, str], certificate: str, document: str) -> dict[str, str]:
    """Complete a SAML provider's details.

    A MetadataURL wins over a MetadataFile, since it is fetched again and again [assumed].
    """
    given = {name: value for name, value in given.items() if value or not name.startswith("Metadata")}
    if "MetadataURL" in given:
        given.pop("MetadataFile", None)
    elif "MetadataFile" not in given:
        # [observed: terraform-provider-aws#4815]
        raise errors.InvalidParameter("At least one of the MetadataURL or MetadataFile should be provided.").because(
            "federation.metadata"
        )
    for name in _FLAGS:
        if given.get(name, "true").lower() not in ("true", "false"):
            raise _invalid(name)
    if given.get("RequestSigningAlgorithm", "rsa-sha256") != "rsa-sha256":
        raise _invalid("RequestSigningAlgorithm")
    read = metadata(document or given.get("MetadataFile", ""))
    details = {
        **given,
        "ActiveEncryptionCertificate": certificate,
        "SSORedirectBindingURI": read.sign_in,
    }
    if read.sign_out:
        details["SLORedirectBindingURI"] = read.sign_out
    return details


def metadata(document: str) -> Metadata:
    """Read a SAML provider's metadata.

    Raises:
        InvalidParameter
    """
    try:
        return saml_metadata.parse(document)
    except BadMetadata as problem:
        raise unusable_metadata(str(problem)) from None


def unusable_metadata(why: str) -> errors.InvalidParameter:
    return errors.InvalidParameter(f"The MetadataFile cannot be used: {why}.").because("federation.metadata")
