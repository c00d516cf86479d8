"""The model's patterns: Java's, for the whole of a value, and tested in time that grows with its length alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import regex

# `\s` is ASCII, and `.` stops at each of these line ends.
_BLANKS = " \t\n\x0b\f\r"
_LINE_ENDS = frozenset("\n\r\x85\u2028\u2029")

# The model documents passwords as [\S]+; the service itself reports this one (inner blanks are fine).
PASSWORD_PATTERN = r"^[\S]+.*[\S]+$"

# One class, once or more often: `[\w+=/]+`, `^[a-z0-9]+$`, `[\p{L}\s*]*`.
_ONE_CLASS = re.compile(r"\^?\[(?:[^\]\[\\]|\\.)+\][+*]\$?")
# Texts of messages: any such characters, and in between what stands for the code.
_ANY_TEXT = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"
_WORD = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
_TEXT = rf"[\p{{L}}\p{{M}}\p{{S}}\p{{N}}\p{{P}}{_BLANKS}]*"
_SECONDS = 0.25


def is_password(value: str) -> bool:
    """Whether `value` fits PASSWORD_PATTERN."""
    outer = value[:1], value[-1:]
    return len(value) >= 2 and not any(c in _BLANKS for c in outer) and _LINE_ENDS.isdisjoint(value)


@lru_cache(maxsize=256)
def matcher(pattern: str) -> Callable[[str], bool]:
    """A test of a whole value against a pattern of the model.

    What would send a backtracking engine to and fro is tested by code of our own: message templates, and addresses
    (`[…@…]+@[…@…]+`: for each @ the rest is looked through again).
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
    r"""`\w` and `\s` mean ASCII, as in Java; the flag that says so would take `\p` classes along, so beside those `\s`
    is spelled out (`\w` never occurs there)."""
    flags = 0 if r"\p" in pattern else regex.ASCII
    return regex.compile(pattern.replace(r"\s", _BLANKS) if r"\p" in pattern else pattern, flags)


def _by_engine(pattern: str) -> Callable[[str], bool]:
    """The engine gives up on a value that would take it too long, and so the value is refused."""
    compiled = _compiled(pattern)

    def fits(value: str) -> bool:
        try:
            return compiled.fullmatch(value, timeout=_SECONDS) is not None
        except TimeoutError:
            return False

    return fits


def _of_class(pattern: str) -> Callable[[str], bool]:
    """For a class of characters: ASCII is looked up, ten times as fast as the engine, which takes the rest."""
    compiled = _compiled(pattern)
    known = bytes(code for code in range(128) if compiled.fullmatch(chr(code)))

    def fits(value: str) -> bool:
        if value and value.isascii():
            return not value.encode("ascii").translate(None, known)
        return compiled.fullmatch(value) is not None

    return fits


_is_text = _of_class(_TEXT)
_is_word = _of_class(_WORD)


def _has_link(value: str) -> bool:
    start = value.find("{##")
    return start >= 0 and value.find("##}", start + 3) >= 0 and _is_text(value)
