"""Make HTML of the guide's Markdown, with markdown-it-py (extra `guide`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from cognito_emulator.ports.guide import slug

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_PAGE_LINK = re.compile(r"([a-z0-9-]+)\.md(#[\w-]+)?")


def html(text: str, root: str) -> str | None:
    """Return a page's HTML without its title, or None where the library is missing.

    HTML in the text stays text. Links to other pages lead below `root`.
    """
    reader = _reader()
    if reader is None:
        return None
    tokens = reader.parse(text.partition("\n")[2])
    _adapt(tokens, root)
    made: str = reader.renderer.render(tokens, reader.options, {})
    return made


@cache
def _reader() -> MarkdownIt | None:
    try:
        from markdown_it import MarkdownIt
        from markdown_it.common.utils import escapeHtml
    except ImportError:
        return None
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")

    def fence(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
        text = escapeHtml(tokens[index].content.rstrip("\n"))
        button = f'<button type="button" class="quiet tiny" data-copy="{text}" hidden>Copy</button>'
        return f'<div class="copyable"><pre tabindex="0">{text}</pre>{button}</div>\n'

    reader.add_render_rule("fence", fence)
    reader.add_render_rule("table_open", lambda *_: '<div class="scroll" tabindex="0"><table>')
    reader.add_render_rule("table_close", lambda *_: "</table></div>")
    return reader


def _adapt(tokens: Sequence[Token], root: str) -> None:
    """Give headings their anchors, and lead links to other pages below `root`.

    Links to other sites open elsewhere.
    """
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(tokens[number + 1].content))
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _PAGE_LINK.sub(rf"{root}/\1\2", str(child.attrGet("href"))))
                if str(child.attrGet("href")).startswith("https://"):
                    child.attrSet("target", "_blank")
                    child.attrSet("rel", "noopener noreferrer")
