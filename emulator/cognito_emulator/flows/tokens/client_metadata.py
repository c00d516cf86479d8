"""Find app clients by the id of a request: their own, or a document's URL (CIMD).

await load(world, client_id, pool)    fetches the document of a URL, unless it is cached
find(world, client_id, pool)          the client, from what is there
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain.clients import cimd_policy, client_metadata
from cognito_emulator.domain.clients.cimd_policy import MAX_URLS, CachedDocument, CimdPolicy
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.client_metadata import BadDocument, is_url
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.in_flight import TooMany
from cognito_emulator.ports.web import WebError

if TYPE_CHECKING:
    from cognito_emulator.world import World

SECONDS = 5.0  # for a document; AWS gives no time
_UNREACHABLE = "The client metadata document cannot be retrieved."
log = logging.getLogger("emulator")


def find(world: World, client_id: str, pool: Pool | None) -> Client | None:
    """Return the client; None if there is none, or its document is not there (`load`).

    Args:
        pool: the pool whose domain was asked; None at the emulator's own host, where the client id tells the pool.
    """
    if not is_url(client_id):
        client = world.store.clients.get(client_id)
        return None if client is not None and pool is not None and client.pool_id != pool.id else client
    policies = _policies(world, client_id, pool)
    if len(policies) != 1:
        return None
    document = world.store.client_documents.get((policies[0].id, client_id))
    client = world.store.clients.get(policies[0].client_id)
    if client is None or document is None or document.metadata is None or not document.is_good(world.clock.now()):
        return None
    return client.through(document.metadata)


async def load(world: World, client_id: str | None, pool: Pool | None) -> None:
    """Fetch the document of a client id that is a URL.

    A policy has to accept the URL. A cached document is not fetched again.

    Raises:
        BadDocument: it cannot be used, or retrieved; or pools share the URL, and the request does not name one.
    """
    if client_id is None or not is_url(client_id):
        return
    policies = _policies(world, client_id, pool)
    if len(policies) > 1:
        raise BadDocument("Several user pools accept this client_id. Send the request to the domain of one of them.")
    if not policies:
        return
    document = world.store.client_documents.get((policies[0].id, client_id))
    if document is None or not document.is_good(world.clock.now()):
        await fetch(world, policies[0], client_id)


def _policies(world: World, url: str, pool: Pool | None) -> list[CimdPolicy]:
    """Return the policy of each pool that accepts the URL and has an app client."""
    if url.startswith("http://") and not world.settings.allow_http_metadata:
        return []
    found = []
    for pool_id in [pool.id] if pool is not None else {policy.pool_id: None for policy in world.store.cimd_policies}:
        its_pool = world.store.pools.get(pool_id)
        policy = cimd_policy.best(world.store.cimd_policies.where("pool", pool_id), url)
        usable = its_pool is not None and cimd_policy.is_available(its_pool)
        if usable and policy is not None and policy.client_id in world.store.clients:
            found.append(policy)
    return found


async def fetch(world: World, policy: CimdPolicy, url: str) -> None:
    """Retrieve the document of a URL and keep it for the policy.

    Requests at the same time share one retrieval.

    Raises:
        BadDocument: what was kept before is kept.
    """
    client_metadata.check_url(url)
    try:
        await world.fetches.run((policy.id, url), lambda: _retrieve(world, policy.id, url))
    except TooMany:
        raise BadDocument("Too many client metadata documents are being retrieved. Try again.") from None


async def _retrieve(world: World, policy_id: str, url: str) -> None:
    at_home = world.settings.allow_http_metadata
    try:
        answer = await world.documents.fetch(url, client_metadata.LARGEST, SECONDS, loopback=at_home)
    except WebError as error:
        # The caller chose the URL, and must not learn what it has found of the network.
        log.warning("client metadata document: %s", error)
        raise BadDocument(_UNREACHABLE) from None
    client_metadata.check_answer(answer.status, answer.headers.get("content-type", ""))
    metadata = client_metadata.read(url, answer.body)
    policy = world.store.cimd_policies.get(policy_id)
    if policy is None or not policy.accepts(url):
        return
    now = world.clock.now()
    ends = now + client_metadata.lifetime(answer.headers.get("cache-control", ""), policy.cache_duration)
    documents = world.store.client_documents
    with world.store.write():
        if (policy_id, url) not in documents and documents.count("policy", policy_id) >= MAX_URLS:
            oldest = documents.first("policy", policy_id)
            documents.delete(oldest.key if oldest else None)
        documents.put(CachedDocument(policy_id, policy.pool_id, url, metadata, now, ends))


def invalidate(world: World, document: CachedDocument) -> None:
    """Forget what the document of a URL says.

    The URL stays in the list of those that were received.
    """
    with world.store.write():
        world.store.client_documents.put(replace(document, metadata=None))


def cached(world: World, policy: CimdPolicy, url: str) -> CachedDocument:
    """Return the cached document of a URL, as lists have it.

    Raises:
        CachedCimdUrlDoesNotExist
    """
    names = [url, f"http://{url.removeprefix('https://')}"] if world.settings.allow_http_metadata else [url]
    for name in names:
        document = world.store.client_documents.get((policy.id, name))
        if document is not None and document.is_good(world.clock.now()):
            return document
    raise cimd_policy.not_cached(url).because("clients.cimd-not-cached", value=url)


def forget_unaccepted(world: World, policy: CimdPolicy) -> None:
    """Drop the documents that a changed policy accepts no longer. In a write block."""
    for document in world.store.client_documents.where("policy", policy.id):
        if not policy.accepts(document.url):
            world.store.client_documents.delete(document.key)
