"""Serve terms documents of app clients, which the sign-up page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import terms as rules
from cognito_emulator.domain.clients.terms import Terms
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


def _shape(terms: Terms) -> dict[str, Any]:
    return {
        "TermsId": terms.id,
        "UserPoolId": terms.pool_id,
        "ClientId": terms.client_id,
        "TermsName": terms.name,
        "TermsSource": terms.source,
        "Enforcement": terms.enforcement,
        "Links": terms.links,
        "CreationDate": stamp(terms.created),
        "LastModifiedDate": stamp(terms.modified),
    }


def _description(terms: Terms) -> dict[str, Any]:
    names = ("TermsId", "TermsName", "Enforcement", "CreationDate", "LastModifiedDate")
    return {name: value for name, value in _shape(terms).items() if name in names}


def _terms(world: World, pool: Pool, terms_id: str) -> Terms:
    """Return a document of that pool; the error's text is [own wording]."""
    terms = world.store.terms.get(terms_id)
    if terms is None or terms.pool_id != pool.id:
        raise errors.ResourceNotFound(f"Terms {terms_id} do not exist.").because("hosted.terms-unknown")
    return terms


@operation("CreateTerms")
async def create_terms(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str,
    terms_name: str,
    terms_source: str,
    enforcement: str,
    links: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    checked = rules.check_links(links)
    now = world.clock.now()
    made = Terms(world.ids.uuid(), pool.id, client.id, terms_name, terms_source, enforcement, checked, now, now)
    rules.check_free(world.store.terms.find("place", made.place), made)
    if world.store.terms.count("pool", pool.id) >= rules.MAX_TERMS:
        raise errors.LimitExceeded(f"The limit of {rules.MAX_TERMS} terms documents per user pool is reached.")
    with world.store.write():
        world.store.terms.put(made)
    return {"Terms": _shape(made)}


@operation("DescribeTerms")
async def describe_terms(world: World, *, caller: Caller, user_pool_id: str, terms_id: str) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"Terms": _shape(_terms(world, pool, terms_id))}


@operation("DescribeTermsByClient")
async def describe_terms_by_client(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str, terms_name: str
) -> Mapping[str, Any]:
    """Describe a client's document; without one, the error's text is [own wording]."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    terms = world.store.terms.find("place", (pool.id, client.id, terms_name))
    if terms is None:
        raise errors.ResourceNotFound(f"Terms {terms_name} do not exist for client {client.id}.").because(
            "hosted.terms-unknown"
        )
    return {"Terms": _shape(terms)}


@operation("ListTerms")
async def list_terms(
    world: World, *, caller: Caller, user_pool_id: str, max_results: int | None = None, next_token: str | None = None
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    page = page_of(world.store.terms, "pool", pool.id, f"ListTerms:{pool.id}", max_results, next_token)
    return {"Terms": [_description(terms) for terms in page.items], "NextToken": page.token}


@operation("UpdateTerms")
async def update_terms(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    terms_id: str,
    terms_name: str | None = None,
    terms_source: str | None = None,
    enforcement: str | None = None,
    links: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Change a document; what is left out stays, and Links replaces the whole map.

    A map is one value everywhere else [assumed].
    """
    pool = world.pool(user_pool_id, caller.account, caller.region)
    old = _terms(world, pool, terms_id)
    changed = replace(
        old,
        name=old.name if terms_name is None else terms_name,
        source=old.source if terms_source is None else terms_source,
        enforcement=old.enforcement if enforcement is None else enforcement,
        links=old.links if links is None else rules.check_links(links),
        modified=world.clock.now(),
    )
    rules.check_free(world.store.terms.find("place", changed.place), changed)
    with world.store.write():
        world.store.terms.put(changed)
    return {"Terms": _shape(changed)}


@operation("DeleteTerms")
async def delete_terms(world: World, *, caller: Caller, user_pool_id: str, terms_id: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    terms = _terms(world, pool, terms_id)
    with world.store.write():
        world.store.terms.delete(terms.id)
