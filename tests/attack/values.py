"""What is sent in place of what is wanted: JSON that no library would write, and values on and beyond every bound."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from cognito_emulator.wire.model import Shape


@dataclass(frozen=True)
class Raw:
    """A piece of JSON, or of what is none, that goes out as it stands."""

    text: str


@dataclass(frozen=True)
class Pairs:
    """An object whose names may come twice."""

    items: Sequence[tuple[str, Any]]


def write(value: Any) -> str:
    """JSON; texts as ASCII, so that lone surrogates can be sent too."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        value = Pairs(list(value.items()))
    if isinstance(value, Pairs):
        return "{" + ", ".join(f"{json.dumps(str(name))}: {write(item)}" for name, item in value.items) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(write, value)) + "]"
    return json.dumps(value)


TEXTS = (
    "", " ", "\t", "\n", "\x00", "a\x00b", "\x7f", "\x1b[2J", "\u00e9", "\u0130", "\u0131", "\u017f", "\ufb01",
    "\u212a", "\u00df", "\u1e9e", "\u202e", "\u200b", "\ufeff", "\u0660\u0661\u0662\u0663\u0664\u0665", "\U0001f600",
    "\U0010ffff", "\ud800", "x\udfffy", "e\u0301", "\u0344", "a" * 129, "<script>x</script>", "\"'><b>", "{{7*7}}",
    "${7*7}", "%s%n%d", "%00", "%ff", "..", "../../etc/passwd", "/", "//", "\\", "a/b", "a:b", "a b", "a,b", "a;b",
    "a=b", "a&b", "a#b", "a?b", "a|b", "a@b", "@", "a@", "@b", "a@b@c", "+", "+1", "+" + "1" * 20, "0", "-1", "00",
    "1e999", "NaN", "Infinity", "null", "None", "true", "True", "TRUE", "undefined", "[]", "{}", "[object Object]",
    "{####}", "{##a##}", "{username}", "=1+1", "' or '1'='1", 'username = "a', 'username = "\\"', 'email ^= ""',
    "http://", "http://[", "http://[::1", "https://a:b@c:99999/", "https://a b/", "javascript:alert(1)",
    "file:///etc/passwd", "http://127.0.0.1:1/", "a://b", "urn:x", "arn:", "arn:aws:iam::000000000000:role/",
    "arn:aws:lambda:us-east-1:000000000000:function:x", "us-east-1_", "us-east-1:", "us-east-1_\u00e9", "2000-02-30",
    "0000-00-00", "9999-99-99", "A" * 44, "====", "AA==", "eyJ", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "..", ". . .",
    "custom:", "custom:a", "dev:custom:a", "sub", "aws:", "cognito:groups",
)  # fmt: skip
NUMBERS: Sequence[Any] = (
    0, -1, 1, 2, 59, 60, 61, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, 10**30, 1.5, -0.5, 1e300, True,
    Raw("-0"), Raw("-0.0"), Raw("1.0"), Raw("1e2"), Raw("1E400"), Raw("-1e999"), Raw("1" * 400), Raw("1" * 5000),
    Raw("NaN"), Raw("Infinity"), Raw("-Infinity"), Raw("0x10"), Raw("01"), Raw("1_000"), Raw(".5"), Raw("+1"),
    Raw("1e-400"), Raw("0." + "3" * 400),
)  # fmt: skip
BROKEN = (
    Raw(""), Raw("{"), Raw("}"), Raw("[1,"), Raw("'a'"), Raw('"'), Raw('"\\u12"'), Raw('"\\x"'), Raw('"\n"'),
    Raw('"\\ud800"'), Raw('"\\udc00\\ud800"'), Raw("undefined"), Raw("nul"), Raw("/**/1"), Raw("{,}"), Raw("[,]"),
    Raw('{"a"}'), Raw("\ufeff{}"), Raw('{"__proto__": {}}'), Raw('{"": 1}'),
)  # fmt: skip


def deep(depth: int, opening: str = "[", closing: str = "]") -> Raw:
    return Raw(opening * depth + closing * depth)


def many(rng: Random) -> Raw:
    """A long list; one that costs more than its length in a hundred."""
    count = 100_000 if rng.random() < 0.02 else rng.choice((11, 51, 101, 1_001))
    item = rng.choice(("{}", "[]", "null", "0", '""', '"a"', '{"Name": "a"}', '{"a": {}}'))
    return Raw("[" + ", ".join([item] * count) + "]")


def long_text(rng: Random) -> str:
    """Long, and now and then very long; some that a careless pattern takes very long to refuse."""
    length = rng.choice((64, 128, 129, 255, 256, 257, 1024, 2048, 2049, 4096, 20_000, 131_072, 131_073))
    if rng.random() < 0.02:
        length = 1_000_000
    unit = rng.choice(
        ("a", "A", "1", " ", ".", "-", "a.", "a@", "\u00e9", "\U0001f600", "\n", "{", '"', "/a", "a=", "%41")
    )
    return (unit * length)[:length] + rng.choice(("", "!", "\n", "@", "\x00"))


def any_json(rng: Random) -> Any:
    """A value of any type, wanted or not."""
    return rng.choice(_KINDS)(rng)


_KINDS: Sequence[Callable[[Random], Any]] = (
    lambda rng: rng.choice(TEXTS),
    lambda rng: rng.choice(TEXTS),
    lambda rng: rng.choice(NUMBERS),
    lambda rng: rng.choice(BROKEN),
    long_text,
    lambda rng: rng.choice((None, True, False, [], {}, [None], [[]], [{}], {"a": None}, {"a": {}}, [""], {"": ""})),
    lambda rng: rng.choice((deep(20), deep(200), deep(2_000), deep(100_000), deep(5_000, '{"a":', "}"))),
    lambda rng: [rng.choice(TEXTS) for _ in range(rng.choice((1, 2, 26, 101, 1_000)))],
    lambda rng: many(rng),
    lambda rng: {f"{rng.choice(TEXTS)}{at}": rng.choice(TEXTS) for at in range(rng.choice((1, 2, 51, 300)))},
)


def on_the_bound(shape: Shape, rng: Random) -> Any:
    """A value of the right type, on a bound of the shape or just beyond it; of an enum, one that looks like it."""
    if shape.enum:
        return look_alike(rng.choice(shape.enum), rng)
    bounds = [bound for bound in (shape.min, shape.max) if bound is not None and bound <= 200_000]
    size = max(0, rng.choice(bounds) + rng.choice((-1, 0, 1))) if bounds else rng.choice((0, 1, 2, 50, 1_000))
    if shape.type in ("string", "blob"):
        return rng.choice(("a", "A1", "\u00e9", "1", "\U0001f600")) * size if size < 2_000 else "a" * size
    if shape.type == "list" and shape.element is not None:
        return [sample(shape.element, rng) for _ in range(min(size, 1_000))]
    if shape.type == "map" and shape.element is not None:
        return {f"k{at}": sample(shape.element, rng) for at in range(min(size, 1_000))}
    if shape.type == "structure":
        return {name: sample(member, rng) for name, member in shape.members.items() if rng.random() < 0.5}
    if shape.type == "boolean":
        return rng.choice(("true", "false", 0, 1, "TRUE"))
    return rng.choice((size, -size, size + 0.5, str(size)))


def look_alike(word: str, rng: Random) -> str:
    """The word as a careless comparison would take it."""
    return rng.choice(
        (
            word.lower(), word.title(), f" {word}", f"{word} ", f"{word}\n", f"{word}\x00", word[:-1], word + word[-1:],
            word.replace("I", "\u0130"), word.replace("S", "\u017f"), word.replace("_", "-"), "\uff21" + word[1:], word,
        )
    )  # fmt: skip


def sample(shape: Shape, rng: Random, depth: int = 0) -> Any:
    """A small value of the right type."""
    if shape.enum:
        return rng.choice(shape.enum)
    if shape.type == "structure":
        return {name: sample(member, rng, depth + 1) for name, member in shape.members.items() if depth < 4}
    if shape.type in ("list", "map"):
        return [] if shape.type == "list" else {}
    if shape.type == "boolean":
        return rng.random() < 0.5
    return rng.choice(TEXTS) if shape.type in ("string", "blob") else rng.randint(0, 100)


Place = tuple[Any, Any, Shape]  # container, key, the shape of what is there


def places(value: Any, shape: Shape) -> Iterator[Place]:
    """Every place in a request that can be spoiled."""
    if isinstance(value, dict):
        for name in value:
            inner = shape.members.get(name) or shape.element
            if inner is not None:
                yield value, name, inner
                yield from places(value[name], inner)
    elif isinstance(value, list) and shape.element is not None:
        for at, item in enumerate(value):
            yield value, at, shape.element
            yield from places(item, shape.element)


def holders(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in `value` with each of its keys."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from holders(value[key])
