"""The OpenID token of an identity pool and its claims.

[docs: authentication-flow] The claims are those of tokens of the service [assumed].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cognito_emulator.domain.identity_pools.identity import Login
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.role_mapping import AUTHENTICATED, UNAUTHENTICATED

LIFETIME = 600  # GetOpenIdToken: "valid for 10 minutes"
DEVELOPER_LIFETIME = 900  # GetOpenIdTokenForDeveloperIdentity, unless TokenDuration says otherwise
TAGS = "https://aws.amazon.com/tags"  # [docs: IAM id_session-tags]
_POOL_ARN = "https://cognito-identity.amazonaws.com/identity-pool-arn"
_GLOBAL_REGIONS = frozenset(
    {"us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
     "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1",
     "eu-west-2", "eu-west-3", "sa-east-1"}
)  # fmt: skip


def aws_suffix(region: str) -> str:
    """Return the domain under which a Region's endpoints are."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


def aws_issuer_host(region: str) -> str:
    """Return AWS's issuer without its scheme: its key in a Logins map."""
    if region in _GLOBAL_REGIONS:
        return "cognito-identity.amazonaws.com"
    return f"cognito-identity.{region}.{aws_suffix(region)}"


def is_issuer_host(name: str) -> bool:
    """Return whether a key of a Logins map is AWS's issuer of identity pools.

    It may be of any Region, with or without its scheme.
    """
    name = name.removeprefix("https://")
    return name.startswith("cognito-identity.") and name.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def methods(pool: IdentityPool, logins: Iterable[Login]) -> list[str]:
    """Make the `amr` claim: whether a user signed in, and by which providers.

    Trust policies and API Gateway read it. For a user of a social, OIDC or SAML provider it has the provider's name
    alone, which trust policies compare [assumed].
    """
    foreign = pool.foreign - {entry.name for entry in pool.user_pools} - {pool.developer}
    found = []
    for provider, subject in logins:
        if provider in foreign:
            found.append(provider)
            continue
        kind = pool.id if provider == pool.developer else "CognitoSignIn"
        found += [provider, f"{provider}:{kind}:{subject}"]
    return [AUTHENTICATED, *dict.fromkeys(found)] if found else [UNAUTHENTICATED]


def claims(
    pool: IdentityPool,
    identity_id: str,
    amr: list[str],
    *,
    issuer: str,
    now: int,
    lifetime: int,
    tags: Mapping[str, str],
) -> dict[str, Any]:
    """Make the claims of a token.

    `now` is in epoch seconds, `lifetime` in seconds, `tags` are principal tags.
    """
    found: dict[str, Any] = {"sub": identity_id, "aud": pool.id, "amr": amr, "iss": issuer, _POOL_ARN: pool.arn}
    if tags:
        lists = {key: [value] for key, value in tags.items()}
        found[TAGS] = {"principal_tags": lists, "transitive_tag_keys": []}
    return found | {"exp": now + lifetime, "iat": now}


def tags_in(token: Mapping[str, Any]) -> dict[str, str]:
    """Return the principal tags of one of the emulator's own tokens."""
    lists = token.get(TAGS, {}).get("principal_tags", {})
    return {key: values[0] for key, values in lists.items()}
