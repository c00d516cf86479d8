"""`/_emulator/reset` and `/_emulator/seed`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from itertools import chain
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.baseline import MANY, Baseline
from cognito_emulator.control.inputs import object_body, query, switch, text_body, world_of
from cognito_emulator.control.long_answers import encoded, in_parts, texts_of
from cognito_emulator.ports.collector import put_off
from cognito_emulator.seed import Seed, SeedError, parse_text
from cognito_emulator.seed.export import export_slowly
from cognito_emulator.seed.export_state import as_comment, left_out_slowly
from cognito_emulator.seed.parse import LEFT_OUT
from cognito_emulator.seed.plain import yaml_parts
from cognito_emulator.seed.state import SECTION
from cognito_emulator.world import World

MOST_VALUES = 1_000_000
_LARGE = 256 * 1024  # characters
_FREED = 500  # records that are freed at once


async def reset(request: Request) -> Response:
    """Answer `POST /_emulator/reset`: restore the baseline.

    It has the start seed, and seeds posted with `?baseline=1`. With `?empty=1` everything is deleted, until the next
    reset. In both cases the clock follows the machine again and the outbox is empty.
    """
    values = query(request, "empty")
    empty = switch(values, "empty")
    if await object_body(request):
        raise HTTPException(400, "A reset takes no members; ?empty=1 leaves nothing at all.")
    baseline: Baseline = request.app.state.baseline
    async with baseline.alone:
        if empty:
            await baseline.wipe_slowly()
        else:
            await baseline.reset_slowly()
    return JSONResponse({"pools": [pool.id for pool in world_of(request).store.pools]})


async def get_schema(_: Request) -> Response:
    """Answer `GET /_emulator/schema`: the JSON Schema of seeds, for editors."""
    from cognito_emulator.seed.schema import schema

    return JSONResponse(schema(), media_type="application/schema+json")


async def post_seed(request: Request) -> Response:
    """Answer `POST /_emulator/seed`, YAML or JSON: add all of it, or nothing.

    A large seed is applied in slices. With `?baseline=1` the emulator first restores its baseline, to which the seed
    is added. So what a reset restores never depends on what happened in between. With `?upsert=1` pools, clients,
    groups, users and others that exist already are changed.

    When the seed is refused, the answer is 400 with its mistakes, a hundred at most.
    """
    values = query(request, "baseline", "upsert")
    into_baseline, upsert = switch(values, "baseline"), switch(values, "upsert")
    if into_baseline and upsert:
        raise HTTPException(400, "A seed is added with baseline=1 or with upsert=1, not both.")
    baseline: Baseline = request.app.state.baseline
    return await _apply(request, baseline.add if into_baseline else partial(baseline.sow, upsert=upsert))


async def put_seed(request: Request) -> Response:
    """Answer `PUT /_emulator/seed` (YAML or JSON): replace all, or change nothing."""
    query(request)
    baseline: Baseline = request.app.state.baseline
    return await _apply(request, baseline.replace)


async def _apply(request: Request, work: Callable[[Seed], Awaitable[None]]) -> Response:
    text = await text_body(request)
    world = world_of(request)
    try:
        with put_off(when=len(text) > _LARGE):
            seed = await world.workers.run(parse_text, text, "seed", most=MOST_VALUES)
            await work(seed)
            users: list[Any] = [user for pool in seed.pools for user in pool.users]
            del seed
            await let_go(world, users)
    except SeedError as error:
        mistakes = [str(mistake) for mistake in error.mistakes]
        return JSONResponse({"message": "The seed is refused; nothing was changed.", "mistakes": mistakes}, 400)
    return JSONResponse({"pools": [pool.id for pool in world.store.pools]})


async def get_export(request: Request) -> Response:
    """Answer `GET /_emulator/export`: a seed in YAML that makes again what is there.

    `pool` limits it to some pools, by their ids with commas. With `secrets=1` it has the signing keys too. What proves
    passwords, and other secrets of users and clients, is always in it. Its head lists what no seed can carry; with
    `format=json` that is the member LeftOut, which a seed may have.
    """
    values = query(request, "pool", "secrets", "format")
    form = values.get("format", "yaml")
    if form not in ("yaml", "json"):
        raise HTTPException(400, f"'format' must be yaml or json, not {form[:100]!r}.")
    world, secrets = world_of(request), switch(values, "secrets")
    pools = values["pool"].split(",") if "pool" in values else None
    for pool_id in pools or ():
        if pool_id not in world.store.pools and pool_id not in world.store.identity_pools:
            known = ", ".join([pool.id for pool in world.store.pools][:20]) or "none"
            raise HTTPException(404, f"There is no pool {pool_id[:128]!r}. There are: {known}.")
    baseline: Baseline = request.app.state.baseline
    with put_off(when=len(world.store.users) > MANY):
        async with baseline.alone:
            content = await export_slowly(world, world.background.give_way, pools, secrets=secrets)
            left = await left_out_slowly(world, world.background.give_way, pools, secrets=secrets)
        if form == "json":
            parts = await world.workers.run(encoded, texts_of({**content, **({LEFT_OUT: left} if left else {})}))
        else:
            parts = await world.workers.run(encoded, chain([as_comment(left)], yaml_parts(content)))
        await let_all_go(world, content)
    return in_parts(parts, f"application/{form}")


async def let_all_go(world: World, content: Mapping[str, Any]) -> None:
    """Free an export that is no longer needed."""
    pools, state = content.get("UserPools", []), content.get(SECTION, {})
    while pools:
        block = pools.pop()
        for part in ("Users", "Groups", "Clients"):
            await let_go(world, block.get(part, []))
        del block
        await world.background.give_way()
    for texts in chain.from_iterable(part.values() for part in state.values()):
        await let_go(world, texts)


async def let_go(world: World, records: list[Any]) -> None:
    """Free many records a slice at a time; to free all at once holds others up."""
    while records:
        del records[-_FREED:]
        await world.background.give_way()
