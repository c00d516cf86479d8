"""Match client ID metadata documents (CIMD) by policy: accepted URLs, app client.

https://*.example.com/mcp/*     * is any text; in the host it stays in the host
"""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client_metadata import ClientMetadata
from cognito_emulator.domain.pools.pool import Pool

MAX_POLICIES = 1000  # a pool [assumed]: as many as it has app clients
# Of one policy; the oldest leaves then. A pattern may fit more URLs than any memory holds.
MAX_URLS = 1000
FEATURE = "Client ID Metadata Documents"  # in FeatureUnavailableInTierException [own wording]
_AUTHORITY = re.compile(r"https://([^/?#]*)(.*)", re.DOTALL)


class CimdPolicy(Struct, frozen=True, gc=False):
    """A policy of a pool; dates are epoch seconds.

    `client_id` is None once the app client is deleted.
    """

    id: str
    pool_id: str
    client_id: str | None
    name: str
    cache_duration: int
    patterns: tuple[str, ...]
    created: float
    modified: float

    def accepts(self, url: str) -> bool:
        """Return whether a pattern fits the URL."""
        return any(is_match(pattern, listed(url)) for pattern in self.patterns)


class CachedDocument(Struct, frozen=True, gc=False):
    """A URL that was received for a policy; its key is (policy_id, url).

    `metadata` is what the document says, None once it was invalidated; dates are epoch seconds.
    """

    policy_id: str
    pool_id: str
    url: str
    metadata: ClientMetadata | None
    cached: float
    expires: float

    @property
    def key(self) -> tuple[str, str]:
        return self.policy_id, self.url

    def is_good(self, now: float) -> bool:
        """Return whether the document is there and has not expired."""
        return self.metadata is not None and now < self.expires


class CachedCimdUrlDoesNotExist(errors.ApiError):
    code = "CachedCIMDURLDoesNotExistException"


def not_cached(url: str) -> CachedCimdUrlDoesNotExist:
    """Refuse to change the cache of a URL without a cached document [own wording]."""
    return CachedCimdUrlDoesNotExist(f"No client metadata document is cached for {url}.")


def policy_not_found(policy_id: str) -> errors.ResourceNotFound:
    """Refuse an unknown policy [own wording]."""
    return errors.ResourceNotFound(f"CIMD policy {policy_id} does not exist.").because(
        "clients.cimd-policy-unknown", value=policy_id
    )


def is_available(pool: Pool) -> bool:
    """Tell whether the pool's tier has the feature.

    The tiers are those of dynamic client registration [assumed].
    """
    return pool.tier != "LITE"


def check_tier(pool: Pool) -> None:
    """Refuse the feature on Lite.

    Raises:
        FeatureUnavailableInTier
    """
    if not is_available(pool):
        raise errors.unavailable_in_tier(pool.tier, FEATURE)


def listed(url: str) -> str:
    """Return a URL as policies and lists have it.

    The API knows https alone; with --allow-http-metadata a server of this machine may have http.
    """
    return f"https://{url.removeprefix('http://')}" if url.startswith("http://") else url


def is_match(pattern: str, url: str) -> bool:
    """Return whether a pattern fits a whole URL.

    A * in the host does not reach into the path, or another server's path could look like the host [assumed].
    """
    wanted, found = _AUTHORITY.fullmatch(pattern), _AUTHORITY.fullmatch(url)
    if wanted is None or found is None or "@" in found[1]:
        return False
    return all(_fits(glob.split("*"), text) for glob, text in zip(wanted.groups(), found.groups(), strict=True))


def _fits(pieces: list[str], text: str) -> bool:
    """Tell whether the text has the pieces in their order, two of them at its ends.

    The first piece begins the text and the last one ends it.

    Each piece is found once: the time is bounded for every pattern.
    """
    first, *middle, last = pieces if len(pieces) > 1 else [pieces[0], ""]
    if len(pieces) == 1:
        return text == first
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        place = text.find(piece, at, end)
        if place < 0:
            return False
        at = place + len(piece)
    return True


def best(policies: Collection[CimdPolicy], url: str) -> CimdPolicy | None:
    """Return the policy for a URL: the oldest one of several [assumed].

    `policies` are in order of creation.
    """
    return next((policy for policy in policies if policy.accepts(url)), None)
