"""Export pools as seeds, and apply seeds to what exists."""

from __future__ import annotations

from collections.abc import Collection

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.control_api import PREFIX, dispatch
from cognito_emulator.console.view import View
from cognito_emulator.control.baseline import MANY, Baseline
from cognito_emulator.control.long_answers import encoded, in_parts
from cognito_emulator.control.masking import MASK
from cognito_emulator.control.seeds import let_all_go
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.collector import put_off
from cognito_emulator.ports.journal import CURRENT
from cognito_emulator.seed.export import export_slowly
from cognito_emulator.seed.plain import yaml_parts


async def text_of(view: View, pool: Pool, users: Collection[str] | None = None) -> str:
    """Return a pool as a seed in YAML.

    `users` are the subs of those that it has; None are all.
    """
    return b"".join(await _parts(view, pool, users)).decode()


async def _parts(view: View, pool: Pool, users: Collection[str] | None) -> list[bytes]:
    world = view.world
    baseline: Baseline = view.request.app.state.baseline
    with put_off(when=len(world.store.users) > MANY):
        async with baseline.alone:
            content = await export_slowly(world, world.background.give_way, [pool.id], users=users)
        parts = await world.workers.run(encoded, yaml_parts(content))
        await let_all_go(world, content)
    return parts


async def download(view: View, pool: Pool, users: Collection[str] | None = None) -> Response:
    """Answer with a pool as a file. `users` are as `text_of` takes them."""
    headers = {"content-disposition": f'attachment; filename="{pool.id}.yaml"', "cache-control": "no-store"}
    answer = in_parts(await _parts(view, pool, users), "application/yaml")
    answer.headers.update(headers)
    return answer


async def apply(view: View, text: str) -> None:
    """Add a seed to what exists, and change what it names.

    Raises:
        HTTPException: 400, with the mistakes of the seed.
    """
    entry = CURRENT.get()
    if entry is not None:
        entry.input = {"seed": f"{MASK} ({len(text):,} characters)"}  # it may have secrets anywhere
    path, headers = f"{PREFIX}/seed?upsert=1", {"content-type": "application/yaml"}
    status, answer = await dispatch(view, "POST", path, text.encode("utf-8", "replace"), headers)
    if status >= 400:
        raise HTTPException(400, "\n".join([answer["message"], *answer.get("mistakes", ())]))
