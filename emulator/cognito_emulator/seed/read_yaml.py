"""YAML text into nodes.

They are built from the parser's events: without recursion or guessed types, with lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import yaml
from msgspec import Struct, field

from cognito_emulator.seed.nodes import MAX_DEPTH, NOTHING, Count, Node, Scalar, Sequence, Table, check_text
from cognito_emulator.seed.problems import Unreadable

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where PyYAML has it: about five times faster
MAX_ALIASED = 100_000  # nodes that aliases may repeat in one text
_PLAIN_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq")} | {"!"}
_NULLS = {"null", "Null", "NULL", "~"}
_NO_FUNCTIONS: Mapping[str, str] = MappingProxyType({})


class _Open(Struct):
    """An unfinished collection: its items and how many nodes it holds.

    The items of a mapping are keys and values in turn.
    """

    line: int
    mapping: bool
    anchor: str | None
    tag: str | None = None
    items: list[Node] = field(default_factory=list)
    size: int = 1

    def close(self) -> Node:
        if not self.mapping:
            return Sequence(tuple(self.items), self.line)
        keys, values = self.items[::2], self.items[1::2]
        entries = []
        for key, value in zip(keys, values, strict=True):
            if not isinstance(key, Scalar):
                raise Unreadable("a key must be a word, not a list or mapping", key.line)
            entries.append((key.text, key.line, value))
        return Table(tuple(entries), self.line)


class _Builder:
    """A builder from the events of one document; `root` is the resulting node.

    `functions` are the keys that short tags stand for.
    """

    def __init__(self, most: int | None, functions: Mapping[str, str]) -> None:
        self._count = Count(most)
        self._functions = functions
        self.root: Node = NOTHING
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Node, int]] = {}  # with the number of nodes
        self._aliased = 0
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        self._count.one_more(_line(event))
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = self._open.pop()
            node = done.close()
            self._add(node if done.tag is None else self._tagged(done.tag, node), done.size, done.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Unreadable("one document is expected, a second one begins here", _line(event))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        line = _line(event)
        self._check_tag(event.tag, line)
        text = check_text(event.value, line)
        plain = event.style is None or event.style == ""
        if plain and text == "":
            node = Scalar("", line, "yes")
        else:
            node = Scalar(text, line, "maybe" if plain and text in _NULLS else "no", is_bare=plain)
        self._add(node if event.tag is None else self._tagged(event.tag, node), 1, event.anchor)

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        line = _line(event)
        self._check_tag(event.tag, line)
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable("nested too deeply", line)
        self._open.append(_Open(line, isinstance(event, yaml.MappingStartEvent), event.anchor, event.tag))

    def _alias(self, event: yaml.AliasEvent) -> None:
        found = self._anchors.get(event.anchor or "")
        if found is None:
            raise Unreadable(f"the alias *{event.anchor} has no anchor above it", _line(event))
        node, size = found
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            raise Unreadable(f"aliases repeat more than {MAX_ALIASED} values", _line(event))
        self._add(node, size, None)

    def _check_tag(self, tag: str | None, line: int) -> None:
        if tag is None or tag in _PLAIN_TAGS or tag in self._functions:
            return
        raise Unreadable(f"the tag {tag.replace('tag:yaml.org,2002:', '!!')} is not read; write the value itself", line)

    def _tagged(self, tag: str, node: Node) -> Node:
        """Return the mapping that a short tag stands for: `!Ref x` is `{Ref: x}`."""
        name = self._functions.get(tag)
        return node if name is None else Table(((name, node.line, node),), node.line)

    def _add(self, node: Node, size: int, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node, size
        if not self._open:
            self.root = node
            return
        self._open[-1].items.append(node)
        self._open[-1].size += size


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _events(text: str) -> Iterator[yaml.Event]:
    loader = LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def read(text: str, most: int | None = None, functions: Mapping[str, str] = _NO_FUNCTIONS) -> Node:
    """Return the one document in `text`; `NOTHING` if there is none.

    `most` limits its values, with the ends of lists and mappings. `functions` are short tags that are read, by the key
    that each stands for.

    Raises:
        Unreadable
    """
    builder = _Builder(most, functions)
    try:
        for event in _events(check_text(text, 0)):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"no YAML: {error.problem or error.context}", mark.line + 1 if mark else 0) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 0
        raise Unreadable(f"no YAML: {error.reason}", line) from None
    except yaml.YAMLError as error:
        raise Unreadable(f"no YAML: {error}") from None
    return builder.root
