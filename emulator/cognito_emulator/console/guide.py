"""Show the guide: the index and its search, a page, and both as text for programs."""

from __future__ import annotations

import re
from asyncio import to_thread
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from cognito_emulator.console import markdown
from cognito_emulator.console.endpoint import screen
from cognito_emulator.console.view import View
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.ports import guide

ROOT = "/_emulator/guide"
MOST_HITS = 25
_LONGEST_EXCERPT = 160
_HEADERS = {"cache-control": "no-store"}
# The ids of the built-in seed, with which the pages are written.
_URL, _POOL = "http://localhost:9229", "us-east-1_localpool"
_CLIENT, _IDENTITY_POOL = "localweb000000000000000001", "us-east-1:10ca1000-0000-4000-8000-000000000001"
_DOMAIN = re.compile(r"http://(<domain>|[a-z0-9-]+)\.auth\.localhost:9229\b")
_REGION = re.compile(r'\b(region_name="|(?:AWS_REGION|AWS_DEFAULT_REGION)=)us-east-1\b')


class Hit(Struct, frozen=True):
    """A part of a page that a search has found."""

    page: str
    title: str
    path: str
    excerpt: str


async def _index(view: View) -> Response:
    words = view.query("q").get("q", "").strip()
    found = (await to_thread(guide.search, words))[:MOST_HITS]
    return view.page(
        "guide.html",
        "Guide",
        "guide",
        guide_root=ROOT,
        subjects=_filled_index(view),
        words=words,
        hits=[_hit(page, section, words) for page, section in found],
    )


async def _page(view: View) -> Response:
    view.query()
    page = _named(view)
    text = filled(view, page.text)
    made = await to_thread(markdown.html, text, ROOT)  # the largest page takes longer than the loop may be held
    return view.page(
        "guide_page.html",
        page.title,
        "guide",
        guide_root=ROOT,
        page=page,
        contents=[(section.title, section.anchor) for section in page.sections if section.level == 2],
        html=made,
        plain=text,
    )


async def _source(view: View) -> Response:
    view.query()
    return PlainTextResponse(filled(view, _named(view).text), headers=_HEADERS, media_type="text/markdown")


async def _list(view: View) -> Response:
    view.query()
    url = view.world.public_url
    lines = ["# cognito-emulator", "", f"> A local Amazon Cognito for development and tests, at {url}.", ""]
    for subject, pages in _filled_index(view):
        lines += [f"## {subject}", ""]
        lines += [f"- [{page.title}]({url}{ROOT}/{page.name}.md): {page.summary}" for page in pages]
        lines.append("")
    return PlainTextResponse("\n".join(lines), headers=_HEADERS)


def _filled_index(view: View) -> Sequence[tuple[str, Sequence[guide.Page]]]:
    return [
        (subject, [replace(page, summary=filled(view, page.summary)) for page in pages])
        for subject, pages in guide.index()
    ]


def _named(view: View) -> guide.Page:
    """Return the page that the path names.

    Raises:
        HTTPException: 404
    """
    page = guide.find(view.request.path_params["page"])
    if page is None:
        raise HTTPException(404, f"The guide has no such page. {ROOT} lists its pages.")
    return page


def _hit(page: guide.Page, section: guide.Section, words: str) -> Hit:
    path = f"{ROOT}/{page.name}"
    title = page.title if not section.anchor else section.title
    return Hit(page.title, title, f"{path}#{section.anchor}" if section.anchor else path, _excerpt(section.text, words))


def _excerpt(text: str, words: str) -> str:
    """Return the first line with a word of the search, without Markdown's marks."""
    wanted = words.lower().split()
    lines = [line for line in text.splitlines() if any(word in line.lower() for word in wanted) and "```" not in line]
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*|]", r"\1", lines[0] if lines else text.partition("\n")[0]).strip()
    return plain if len(plain) <= _LONGEST_EXCERPT else f"{plain[:_LONGEST_EXCERPT]}…"


def filled(view: View, text: str) -> str:
    """Put the address and ids of this emulator in place of those of the built-in seed."""
    found = re.compile("|".join(map(re.escape, known := _known(view))))
    region, port = view.world.settings.region, urlsplit(view.world.public_url).port
    text = _DOMAIN.sub(lambda name: f"http://{name[1]}.auth.localhost{f':{port}' if port else ''}", text)
    return found.sub(lambda name: known[name[0]], _REGION.sub(lambda name: f"{name[1]}{region}", text))


def _known(view: View) -> Mapping[str, str]:
    """Return what stands in the pages, and what it is here.

    Where the built-in seed's records are there, they stay.
    """
    store, ids = view.world.store, {_URL: view.world.public_url}
    pools, identity_pools = list(store.pools), list(store.identity_pools)
    if pools and store.pools.get(_POOL) is None:
        ids[_POOL] = pools[0].id
        client = _for_browsers(store.clients.where("pool", pools[0].id))
        if client is not None:
            ids[_CLIENT] = client.id
    if identity_pools and store.identity_pools.get(_IDENTITY_POOL) is None:
        ids[_IDENTITY_POOL] = identity_pools[0].id
    return ids


def _for_browsers(clients: Sequence[Client]) -> Client | None:
    """Return the first client without a secret, or the first one."""
    return next((client for client in clients if not client.secrets), clients[0] if clients else None)


show, show_page, show_source, show_list = screen(_index), screen(_page), screen(_source), screen(_list)
