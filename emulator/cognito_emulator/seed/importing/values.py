"""Nodes into plain values, and texts of scripts into nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cognito_emulator.seed import read_yaml
from cognito_emulator.seed.nodes import Node, Scalar, Sequence, Table

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")
_STRING_OR_COMMENT = re.compile(
    r""" "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | /\*.*?(?:\*/|\Z) | //[^\n]* """, re.VERBOSE | re.DOTALL
)
# `const awsmobile = {`, `export default {`, `module.exports = {`, `window.config = {`.
_BEFORE_OBJECT = re.compile(r"(?:=|\bdefault\b|\breturn\b)\s*(?=\{)")


class Bare(str):
    """A scalar without quotes: a boolean, number or null may be meant."""

    __slots__ = ()


def plain(node: Node) -> Any:
    """Return the dicts, lists and texts of a node; None for null."""
    if isinstance(node, Scalar):
        if node.null != "no":
            return None
        return Bare(node.text) if node.is_bare else node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {name: plain(value) for name, _, value in node.entries}


def typed(value: Any) -> Any:
    """Return a value as JSON has it: bare words as booleans and numbers."""
    if isinstance(value, Mapping):
        return {name: typed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    if not isinstance(value, Bare):
        return value
    if value in ("true", "false"):
        return value == "true"
    if _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return str(value)


def mapping_of(value: Any) -> Mapping[str, Any]:
    """Return a mapping; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def mappings_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the mappings of a list."""
    return [one for one in list_of(value) if isinstance(one, Mapping)]


def list_of(value: Any) -> list[Any]:
    """Return a list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def texts_of(value: Any) -> list[str]:
    """Return the texts of a list."""
    return [str(one) for one in list_of(value) if isinstance(one, str)]


def word_of(value: Any) -> str:
    """Return a text; "" for anything else."""
    return value if isinstance(value, str) else ""


def entries(node: Node | None) -> Iterator[tuple[str, int, Node]]:
    """Yield the entries of a mapping: key, line, value."""
    yield from node.entries if isinstance(node, Table) else ()


def entry(node: Node | None, *path: str) -> Node | None:
    """Return the value at a path of keys; None where there is none."""
    for name in path:
        node = next((value for key, _, value in entries(node) if key == name), None)
    return node


def keys(node: Node | None) -> set[str]:
    return {key for key, _, _ in entries(node)}


def text(node: Node | None) -> str:
    """Return the text of a scalar; "" for anything else."""
    return node.text if isinstance(node, Scalar) and node.null == "no" else ""


def read_script(source: str, most: int | None) -> Node | None:
    """Return the first object literal of a script; None where it has none.

    The script is not run: the literal is read as YAML, whose flow mappings hold the same.

    Raises:
        Unreadable: the literal computes something.
    """
    bare = _without_comments(source)
    found = _BEFORE_OBJECT.search(bare)
    if found is None:
        return None
    end = _end_of_object(bare, found.end())
    lines = bare.count("\n", 0, found.end())
    return read_yaml.read("\n" * lines + bare[found.end() : end], most)


def _without_comments(source: str) -> str:
    """Blank out comments; lines stay where they are."""

    def kept(found: re.Match[str]) -> str:
        return found[0] if found[0][0] in "\"'" else re.sub(r"[^\n]", " ", found[0])

    # YAML has no tabs as indentation.
    return _STRING_OR_COMMENT.sub(kept, source).replace("\t", " ")


def _end_of_object(source: str, start: int) -> int:
    depth = 0
    for found in re.finditer(r""" "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | [{}] """, source[start:], re.VERBOSE):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0 and found[0] == "}":
            return start + found.end()
    return len(source)
