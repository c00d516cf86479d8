"""A pool as a seed: to be copied, kept as a file, changed, and applied again."""

from __future__ import annotations

from itertools import islice

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.seeding import apply, text_of
from cognito_emulator.console.view import View, path_of

MOST_USERS = 200  # in the text on the page; the file has all


async def _show(view: View) -> Response:
    pool, store = view.pool(), view.world.store
    view.query()
    total = store.users.count("pool", pool.id)
    first = [user.sub for _, user in islice(store.users.after("pool", pool.id, 0), MOST_USERS)]
    text = view.field("seed") or await text_of(view, pool, first)
    return view.page("pool_seed.html", "Seed", "seed", pool, text=text, total=total, shown=len(first))


async def _apply(view: View) -> Response:
    pool = view.pool()
    if view.field("do") != "apply":
        raise HTTPException(400, "'do' must be: apply.")
    await apply(view, view.field("seed"))
    return view.go(path_of(pool, "seed"), "applied")


show, send = screen(_show), form(_apply, _show)
