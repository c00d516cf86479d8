"""`/_emulator/reset` and `/_emulator/seed`."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.inputs import object_body, query, switch, text_body, world_of
from cognito_emulator.ports.collector import put_off
from cognito_emulator.seed import SeedError, parse_text

MOST_VALUES = 1_000_000
_LARGE = 256 * 1024  # characters


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
            baseline.wipe()
        else:
            baseline.reset()
    return JSONResponse({"pools": [pool.id for pool in world_of(request).store.pools]})


async def post_seed(request: Request) -> Response:
    """Answer `POST /_emulator/seed`, YAML or JSON: add all of it, or nothing.

    A large seed is applied in slices. With `?baseline=1` the emulator first restores its baseline, to which the seed
    is added. So what a reset restores never depends on what happened in between.

    When the seed is refused, the answer is 400 with its mistakes, a hundred at most.
    """
    into_baseline = switch(query(request, "baseline"), "baseline")
    text = await text_body(request)
    world = world_of(request)
    baseline: Baseline = request.app.state.baseline
    try:
        with put_off(when=len(text) > _LARGE):
            seed = await world.workers.run(parse_text, text, "seed", most=MOST_VALUES)
            await (baseline.add(seed) if into_baseline else baseline.sow(seed))
    except SeedError as error:
        mistakes = [str(mistake) for mistake in error.mistakes]
        return JSONResponse({"message": "The seed is refused; nothing was changed.", "mistakes": mistakes}, 400)
    return JSONResponse({"pools": [pool.id for pool in world.store.pools]})
