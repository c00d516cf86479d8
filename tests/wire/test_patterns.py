"""Patterns of the model: the whole value, Java's meaning of classes, and no value that takes long to test."""

from __future__ import annotations

import time

import pytest

from cognito_emulator.wire import patterns
from cognito_emulator.wire.model import SERVICES, Shape, service_model
from cognito_emulator.wire.patterns import PASSWORD_PATTERN, matcher
from cognito_emulator.wire.validate import violations
from tests.helpers.holding import allowed, seconds
from tests.helpers.newest import needs_newest

WORDS = r"[\w\s+=,.@-]+"
TEXT = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
ADDRESS = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+"
SMS = r".*\{####\}.*"
EMAIL = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"
LINK = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"


def all_patterns() -> list[str]:
    """Every pattern of every input."""
    found: dict[str, None] = {}
    seen: set[int] = set()

    def walk(shape: Shape) -> None:
        if id(shape) in seen:
            return
        seen.add(id(shape))
        if shape.pattern is not None:
            found[shape.pattern] = None
        for inner in (*shape.members.values(), shape.element, shape.key):
            if inner is not None:
                walk(inner)

    for service in SERVICES:
        for name in service_model(service).names:
            operation = service_model(service).operation(name)
            assert operation is not None
            walk(operation.input)
    return list(found)


def test_the_patterns_tested_here_are_the_models() -> None:
    assert {WORDS, TEXT, SMS, EMAIL, LINK} <= set(all_patterns())


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (WORDS, ["a", "a b", "+=,.@-", "a\tb"], ["", "é", "a!", "a\u00a0b", "٣"]),
        (TEXT, ["é", "ж", "☃", "a-b", "🎉", "٣"], ["", "a b", "a\n", "\u00a0", "\u0000"]),
        (r"[\w+]+", ["abc1+_"], ["é", "a-b", "a\n"]),
        (r"[\S]+", ["é!"], ["", " ", "a b", "a\n"]),
        (r"[0-9]+", ["0123"], ["٣", "", "1 "]),
        (r"\d+", ["0123"], ["٣", ""]),
        pytest.param(r"Level[1-4]", ["Level1"], ["Level5", "Level11", "xLevel1"], marks=needs_newest),
        (r"[A-Za-z0-9-_=.]+", ["a-_=."], ["a+b", "a b"]),
        (r"(?s).*", ["", "a\nb"], []),
        (SMS, ["{####}", "code {####}."], ["", "####", "{###}", "a\n{####}", "{####}\r", "{####}\u2028"]),
        (EMAIL, ["{####}", "a\nb {####} é\r\n", "{####}{####}"], ["", "{###}", "{####}\u0000", "\u00a0{####}"]),
        (LINK, ["{####}", "{##Verify##}", "a\n{##b c##} d", "{## ##} {##"], ["", "{##", "##}{##", "{##}", "{##a##"]),
        (r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s]+", ["a b", "é\n"], ["", "\u00a0", "\u3000"]),
        (ADDRESS, ["a@b", "@@@", "é@ж", "a@b@c"], ["", "@a@", "@", "a@", "@a", "ab", "a @b", "a@b\u0000", "a@\n"]),
        (r"[^_\p{Z}][\p{L}\p{M}\p{S}\p{N}\p{P}][^_\p{Z}]+", ["abc"], ["ab", "_bc", "a c"]),
    ],
)
def test_a_pattern(pattern: str, good: list[str], bad: list[str]) -> None:
    assert pattern in all_patterns()
    fits = matcher(pattern)
    assert [value for value in good if not fits(value)] == []
    assert [value for value in bad if fits(value)] == []


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("ab", True),
        ("a b", True),
        ("Correct horse 7!", True),
        ("é\u00a0", True),  # no blank for Java
        ("a", False),
        ("", False),
        (" ab", False),
        ("ab ", False),
        ("ab\t", False),
        ("a\nb", False),
        ("a\rb", False),
        ("a\u2028b", False),
    ],
)
def test_passwords_follow_the_pattern_that_the_service_reports(password: str, fits: bool) -> None:
    shape = Shape("PasswordType", "string", pattern=r"[\S]+", max=256, sensitive=True)
    reported = [f"Member must satisfy regular expression pattern: {PASSWORD_PATTERN}"]
    assert violations(shape, password) == ([] if fits else reported)


LONG = 20_000
HOSTILE = [
    "a" * LONG,
    "a" * LONG + "\u0000",
    "{##" * (LONG // 3),
    "{##" * (LONG // 3) + "\u0000",
    "##}" * (LONG // 3) + "{##",
    "{####}" * (LONG // 6),
    "{####}" * (LONG // 6) + "\u0000",
    " " * LONG + "{####}",
    "-" * LONG + "!",
    "arn:" + "a:" * (LONG // 2),
    "arn:a:a::1:" + "a" * LONG + " ",
    "cognito:" * (LONG // 8),
]


UNITS = [
    "a", "0", "_", "-", ":", "@", ".", "/", "=", " ", "é", "a@", "@a", "a_", "_a", "_-", "a:", "0-", "arn:", "{##",
    "##}", "{####}", "cognito:", "\u2028", "é@",
]  # fmt: skip
BEFORE = ["", "a", "_", "a@", "arn:a:a:a:1:", "https://", "import-", "{##", "{####}", "us-east-1_"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("pattern", all_patterns())
def test_no_value_takes_long(pattern: str) -> None:
    """A backtracking engine needs a quarter of a second and more for some of these, and would need minutes if it were
    let; linear code about a millisecond."""
    fits = matcher(pattern)
    fits("a")
    made = [before + unit * (LONG // len(unit)) + "\u0000" for before in BEFORE for unit in UNITS]
    most = allowed(1)  # the model's own limit for what is not linear here is a thousandth of this length
    for value in (*HOSTILE, *made):
        started = time.thread_time()
        fits(value)
        if time.thread_time() - started > most:
            assert seconds(lambda value=value: fits(value)) < most, (pattern, value[:20])  # type: ignore[misc]


def test_the_engine_is_stopped() -> None:
    """A pattern of a later model may be one that explodes: its value is refused, and soon."""
    started = time.perf_counter()
    assert not matcher(r"(a+)+([\w]+)+b")("a" * 5_000)
    assert time.perf_counter() - started < 5


def test_the_ascii_characters_of_a_class_are_those_of_the_engine() -> None:
    found = {pattern for pattern in all_patterns() if patterns._ONE_CLASS.fullmatch(pattern)} | {
        patterns._TEXT,
        patterns._WORD,
    }
    assert len(found) > 10
    for pattern in found:
        compiled = patterns._compiled(pattern)
        assert patterns.ascii_of(pattern) == bytes(c for c in range(128) if compiled.fullmatch(chr(c))), pattern


FIXED = {
    r"Level[1-4]": ["Level1", "Level5", "Level11"],
    r"^(tkn|sso)[a-z0-9]{25}$": ["tkn" + "a" * 25, "sso" + "0" * 24, "tkn" + "é" * 25, "tkn" + "a" * 25 + "\n"],
    r"^(terms-of-use|privacy-policy)$": ["terms-of-use", "privacy-policy\n", "terms", "terms-of-use|privacy-policy"],
    r"import-[0-9a-zA-Z-]+": ["import-a", "import-", "import-٣", "Import-a"],
    r"^[0-9a-f]{8}\b-[0-9a-f]{4}-\b[0-9a-f]{4}$": ["0123abcd-0123-abcd", "0123abcd-0123-abcg", "٣123abcd-0123-abcd"],
}


@pytest.mark.parametrize("pattern", FIXED)
def test_short_values_of_fixed_parts_need_no_engine(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = patterns._compiled(pattern)
    expected = [compiled.fullmatch(value) is not None for value in FIXED[pattern]]
    assert True in expected
    assert False in expected
    monkeypatch.setattr(patterns, "_compiled", None)
    fits = patterns._by_engine(pattern)
    assert [fits(value) for value in FIXED[pattern]] == expected


@pytest.mark.parametrize("pattern", [r"(a|aa)+", r"[ab]+[bc]+", r"[ab]+a", r"(?:a)", r"a.", r"[\p{L}]+a", r"a{2}{3}"])
def test_what_may_be_searched_twice_is_for_the_engine(pattern: str) -> None:
    assert patterns._FIXED_PARTS.fullmatch(pattern) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b'{"Username":"ann"}', False), ('{"a":"é"}'.encode(), True), (b'{"a":"\\u00e9"}', True), (b'"arn:aws:x"', True)],
)
def test_the_engine_is_loaded_for_texts_and_arns(body: bytes, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_loaded", set())
    assert patterns.may_need_engine(body) is expected
    patterns.load_engine()
    assert not patterns.may_need_engine(body)
