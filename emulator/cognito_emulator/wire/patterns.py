"""The model's patterns, which are Java's and match a whole value.

The time of a test grows only with the length of the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

# `\s` is ASCII, and `.` stops at each of these line ends.
_BLANKS = " \t\n\x0b\f\r"
_LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")

# The model has [\S]+ for passwords. The service's own errors name this pattern, which allows inner blanks [assumed].
PASSWORD_PATTERN = r"^[\S]+.*[\S]+$"

# One class, once or more often: `[\w+=/]+`, `^[0-9a-z]+$`, `[\p{L}\s*]*`.
_ONE_CLASS = re.compile(r"\^?\[(?:[^\]\[\\]|\\.)+\][+*]\$?")
# Up to four classes or literals, such as `[\w-]+_[0-9a-zA-Z]+`; or one word that may have a beginning.
_FEW_PARTS = re.compile(r"\(\w+\)\?\w+|\^?(?:(?:\[(?:[^\]\[\\]|\\[wdsS.+*/-])+\]|\\[wd]|[\w:/@-])[+*]?){1,4}\$?")
_SHORT = 128  # characters
# Texts of messages: any such characters around the placeholder of the code.
_ANY_TEXT = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"
_WORD = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
_TEXT = rf"[\p{{L}}\p{{M}}\p{{S}}\p{{N}}\p{{P}}{_BLANKS}]*"
_SECONDS = 0.25
# Literals, alternatives and classes a fixed number of times, and one class at the end any number of times: nothing is
# searched twice.
_CLASS = r"\[(?:[^\]\[\\]|\\[\[\]])+\]"
_FIXED_PARTS = re.compile(rf"\^?(?:[\w:/@|-]|\((?!\?)|\)(?![+*?{{])|\\[bd]|{_CLASS}(?:\{{\d+\}})?)+(?:{_CLASS}\+)?\$?")
# The classes of Unicode in ASCII, as they are written inside of a class.
_ASCII = {"L": "a-zA-Z", "M": "", "N": "0-9", "S": r"$+<=>^`|~", "P": r"!\"#%&'()*,\-./:;?@\[\\\]_{}", "Z": " "}


_loaded = set[str]()


def may_need_engine(body: bytes) -> bool:
    """Tell whether a request's values may need the engine, which is not imported yet.

    Texts beyond ASCII and ARNs need it.
    """
    return not _loaded and (b"arn:" in body or b"\\u" in body or not body.isascii())


def load_engine() -> None:
    """Import the engine, which takes 40 ms; most starts need none of it."""
    import_module("regex")
    _loaded.add("regex")


def is_password(value: str) -> bool:
    """Return whether `value` matches PASSWORD_PATTERN."""
    return len(value) >= 2 and value[0] not in _BLANKS and value[-1] not in _BLANKS and _LINE_ENDS.isdisjoint(value)


def ascii_of(pattern: str) -> bytes:
    """Return the ASCII characters that a pattern of one class matches.

    Python's own engine knows no `\\p`, of which ASCII has few characters.
    """
    for name, characters in _ASCII.items():
        pattern = pattern.replace(f"\\p{{{name}}}", characters)
    found = re.compile(pattern, re.ASCII)
    return bytes(code for code in range(128) if found.fullmatch(chr(code)))


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], bool]:
    """Return a test of a whole value against a pattern of the model.

    Code of our own tests message templates and addresses, which a backtracking engine would search again and again.
    For `[…@…]+@[…@…]+` it would read the rest again for each @.
    """
    if pattern == r"(?s).*":
        return lambda _: True
    if pattern == r".*\{####\}.*":
        return lambda value: "{####}" in value and _LINE_ENDS.isdisjoint(value)
    if pattern == rf"{_ANY_TEXT}\{{####\}}{_ANY_TEXT}":
        return lambda value: "{####}" in value and _is_text(value)
    if pattern == rf"{_ANY_TEXT}\{{##{_ANY_TEXT}##\}}{_ANY_TEXT}":
        return _has_link
    if pattern == f"{_WORD}@{_WORD}":
        return lambda value: "@" in value[1:-1] and _is_word(value)
    if _ONE_CLASS.fullmatch(pattern):
        return _of_class(pattern)
    return _by_engine(pattern)


def _compiled(pattern: str) -> regex.Pattern[str]:
    r"""Return the pattern, compiled.

    `\w` and `\s` mean ASCII, as in Java. The flag for that would change `\p` classes too. So beside those `\s` is
    written out; `\w` never occurs there.
    """
    load_engine()
    import regex

    flags = 0 if r"\p" in pattern else regex.ASCII
    return regex.compile(pattern.replace(r"\s", _BLANKS) if r"\p" in pattern else pattern, flags)


def _by_engine(pattern: str) -> Callable[[str], bool]:
    """Return a test by the engine.

    A value that would take the engine too long is refused. Looking at the clock takes four times as long as most
    matches; a short value at a pattern of few parts, such as that of a pool's id, is matched without.
    """
    if r"\p" in pattern:
        load_engine()  # each value needs it
    engine: regex.Pattern[str] | None = None
    is_quick = _FEW_PARTS.fullmatch(pattern) or _FIXED_PARTS.fullmatch(pattern)
    short = re.compile(pattern, re.ASCII).fullmatch if is_quick else None

    def fits(value: str) -> bool:
        if short is not None and len(value) <= _SHORT:
            return short(value) is not None
        nonlocal engine
        engine = engine or _compiled(pattern)
        try:
            return engine.fullmatch(value, timeout=_SECONDS) is not None
        except TimeoutError:
            return False

    return fits


def _of_class(pattern: str) -> Callable[[str], bool]:
    """Return a test for a class of characters.

    ASCII is looked up, ten times as fast as the engine, which tests the rest.
    """
    known = ascii_of(pattern)
    engine: regex.Pattern[str] | None = None

    def fits(value: str) -> bool:
        nonlocal engine
        if value and value.isascii():
            return not value.encode().translate(None, known)
        engine = engine or _compiled(pattern)
        return engine.fullmatch(value) is not None

    return fits


_is_text = _of_class(_TEXT)
_is_word = _of_class(_WORD)


def _has_link(value: str) -> bool:
    start = value.find("{##")
    return start >= 0 and value.find("##}", start + 3) >= 0 and _is_text(value)
