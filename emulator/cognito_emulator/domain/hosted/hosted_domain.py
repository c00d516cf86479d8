"""Domains of user pools: the host of the hosted pages and OAuth endpoints.

A domain is a prefix or a custom one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.pool import Pool

MAX_CUSTOM = 4  # in an account and Region [docs: quotas]
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?"
_PREFIX = re.compile(_LABEL)
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+")
_RESERVED = ("aws", "amazon", "cognito")
# The airport codes of Regions in AWS's answers [assumed].
_AIRPORTS = {
    "af-south-1": "cpt", "ap-east-1": "hkg", "ap-northeast-1": "nrt", "ap-northeast-2": "icn", "ap-northeast-3": "kix",
    "ap-south-1": "bom", "ap-south-2": "hyd", "ap-southeast-1": "sin", "ap-southeast-2": "syd", "ap-southeast-3": "cgk",
    "ap-southeast-4": "mel", "ca-central-1": "yul", "ca-west-1": "yyc", "eu-central-1": "fra", "eu-central-2": "zrh",
    "eu-north-1": "arn", "eu-south-1": "mxp", "eu-south-2": "zaz", "eu-west-1": "dub", "eu-west-2": "lhr",
    "eu-west-3": "cdg", "il-central-1": "tlv", "me-central-1": "dxb", "me-south-1": "bah", "sa-east-1": "gru",
    "us-east-1": "iad", "us-east-2": "cmh", "us-gov-east-1": "osu", "us-gov-west-1": "pdt", "us-west-1": "sfo",
    "us-west-2": "pdx",
}  # fmt: skip
_ALPHABET = "0123456789abcdefghijklmnopqrstuv"


class HostedDomain(Struct, frozen=True, gc=False):
    """A domain of a pool.

    A prefix is unique in its Region, a custom domain (`config` is set) everywhere. `config` is CustomDomainConfig,
    `routing` is Routing as sent. `version` is ManagedLoginVersion, 1 for the classic pages and 2 for managed login.
    `created` is epoch seconds.
    """

    name: str
    pool_id: str
    region: str
    created: float
    version: int = 1
    config: Mapping[str, str] | None = None
    routing: Mapping[str, Any] | None = None

    @property
    def key(self) -> tuple[str, str]:
        return key_of(self.name, self.region)

    @property
    def is_custom(self) -> bool:
        return self.config is not None

    def serves(self, pool: Pool) -> bool:
        """Return whether it is a domain of the pool in the pool's present Region.

        A prefix belongs to its Region alone.
        """
        return self.pool_id == pool.id and (self.is_custom or self.region == pool.region)

    @property
    def host(self) -> str:
        """The domain's host name on AWS."""
        return self.name if self.is_custom else f"{self.name}.auth.{self.region}.amazoncognito.com"

    @property
    def distribution(self) -> str:
        """The CloudFront host that a DNS record of a custom domain points to.

        It is made up, but always the same.
        """
        digest = hashlib.sha256(self.name.encode()).digest()[:13]
        return f"d{''.join(_ALPHABET[byte % 32] for byte in digest)}.cloudfront.net"

    @property
    def made_by(self) -> str:
        """Version: a date as AWS shows it."""
        return datetime.fromtimestamp(self.created, UTC).strftime("%Y%m%d%H%M%S")


def assets_bucket(region: str) -> str:
    """Return S3Bucket of a domain, named by the Region's airport code.

    The code is documented for us-west-2 [docs: DomainDescriptionType] and [assumed] for others. Where it is not known,
    the Region's name is used.
    """
    return f"aws-cognito-prod-{_AIRPORTS.get(region, region)}-assets"


def key_of(name: str, region: str) -> tuple[str, str]:
    """Return the key of a domain; custom ones have no Region."""
    return ("" if "." in name else region, name)


def check_name(name: str, *, custom: bool) -> None:
    """Check the form of a new domain.

    Raises:
        InvalidParameter: [observed: mineiros-io/terraform-aws-cognito-user-pool#69]
    """
    if custom and "." not in name:
        # The parent is not looked up in the DNS, but this name has none.
        raise errors.InvalidParameter(
            "Custom domain is not a valid subdomain: Was not able to resolve a DNS A record for the parent domain or "
            "domain parent is a top-level domain."
        ).because("hosted.domain-name", setting="Domain", value=name)
    if (_NAME if custom else _PREFIX).fullmatch(name) is None:
        raise errors.InvalidParameter(
            "The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, "
            "and hyphens. Please enter a different name that follows this format: "
            r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$"
        ).because("hosted.domain-name", setting="Domain", value=name)
    reserved = next((word for word in _RESERVED if word in name), None)
    if reserved and not custom:
        raise errors.InvalidParameter(f"Domain cannot contain reserved word: {reserved}").because(
            "hosted.domain-reserved", value=reserved
        )


def check_certificate(config: Mapping[str, str] | None) -> None:
    """Check CertificateArn; there is no ACM that could have it.

    Raises:
        InvalidParameter: no certificate of ACM in us-east-1 [docs: CustomDomainConfigType; own wording].
    """
    if config is not None and _CERTIFICATE.fullmatch(config["CertificateArn"]) is None:
        raise errors.InvalidParameter("CertificateArn must be the ARN of an ACM certificate in us-east-1.").because(
            "hosted.domain-certificate", setting="CustomDomainConfig.CertificateArn"
        )


def check_settings(pool: Pool, version: int, config: Mapping[str, str] | None, *, routing: bool) -> None:
    """Check ManagedLoginVersion, Routing, and SecurityPolicy of a custom domain.

    `config` is CustomDomainConfig.

    Raises:
        InvalidParameter: they do not fit [own wording].
        FeatureUnavailableInTier
    """
    if version not in (1, 2):
        raise errors.InvalidParameter("ManagedLoginVersion must be 1 or 2.").because(
            "hosted.domain-version", setting="ManagedLoginVersion"
        )
    check_tier(pool, [version])
    if version == 2 and config is not None and config.get("SecurityPolicy") == "TLS_V1":
        # [docs: cognito-user-pools-add-custom-domain] The page names the error InvalidInputException, which these
        # operations do not model.
        raise errors.InvalidParameter(
            "A custom domain with ManagedLoginVersion 2 needs the SecurityPolicy TLS_V1_2_2021 or TLS_V1_3_2025."
        ).because("hosted.domain-routing", setting="Routing")
    if routing and config is None:
        # [docs: RoutingType]
        raise errors.InvalidParameter("Routing can be set for custom domains only.").because(
            "hosted.domain-routing", setting="Routing"
        )


def check_tier(pool: Pool, versions: Iterable[int]) -> None:
    """Refuse managed login, version 2 of a domain's pages, below Essentials.

    The feature's name is ours [own wording].

    Raises:
        FeatureUnavailableInTier
    """
    if pool.tier == "LITE" and 2 in versions:
        raise errors.unavailable_in_tier(pool.tier, "Managed Login")


def check_free(pool: Pool, *, custom: bool, own: Iterable[HostedDomain], holder: HostedDomain | None) -> None:
    """Refuse a second domain of a kind, and a name that is taken.

    `own` are the pool's domains, `holder` is the domain that has the name already, if any.

    Raises:
        InvalidParameter: the name is taken [observed: aws-cdk-examples#402], or the pool has one of this kind
            [assumed].
    """
    second = next((domain.name for domain in own if domain.is_custom == custom), None)
    if second is not None:
        raise errors.InvalidParameter("User pool already has a domain configured").because(
            "hosted.domain-second", setting="Domain", value=second
        )
    if holder is not None and holder.pool_id != pool.id:
        text = "Domain already exists." if custom else "Domain already associated with another user pool."
        raise errors.InvalidParameter(text).because("hosted.domain-taken", setting="Domain", value=holder.name)


def default_rp_id(domains: Iterable[HostedDomain]) -> str | None:
    """Return the relying party of a pool that names none.

    It is the pool's domain with managed login, a custom one first.
    """
    modern = sorted((domain for domain in domains if domain.version == 2), key=lambda domain: not domain.is_custom)
    for domain in modern:
        return domain.host
    return None
