"""Export pools as seeds, and apply seeds to what exists."""

from __future__ import annotations

from collections.abc import Collection

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.control_api import PREFIX, dispatch
from cognito_emulator.console.view import View
from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.masking import MASK
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.ports.journal import CURRENT
from cognito_emulator.seed.export import export_slowly
from cognito_emulator.seed.plain import as_yaml


async def text_of(view: View, pool: Pool, users: Collection[str] | None = None) -> str:
    """Return a pool as a seed in YAML.

    `users` are the subs of those that it has; None are all.
    """
    baseline: Baseline = view.request.app.state.baseline
    async with baseline.alone:
        content = await export_slowly(view.world, view.world.background.give_way, [pool.id], users=users)
    return await view.world.workers.run(as_yaml, content)


async def download(view: View, pool: Pool, users: Collection[str] | None = None) -> Response:
    """Answer with a pool as a file. `users` are as `text_of` takes them."""
    headers = {"content-disposition": f'attachment; filename="{pool.id}.yaml"', "cache-control": "no-store"}
    return Response(await text_of(view, pool, users), media_type="application/yaml", headers=headers)


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
