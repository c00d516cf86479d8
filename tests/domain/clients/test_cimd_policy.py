"""Which URLs a CIMD policy accepts."""

from __future__ import annotations

import pytest

from cognito_emulator.domain.clients.cimd_policy import is_match, listed


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("https://app.example.com/client.json", "https://app.example.com/client.json"),
        ("https://app.example.com/*", "https://app.example.com/"),
        ("https://app.example.com/*", "https://app.example.com/a/b.json?x=1"),
        ("https://app.example.com/*/client.json", "https://app.example.com/a/b/client.json"),
        ("https://*.example.com/client.json", "https://a.b.example.com/client.json"),
        ("https://*.example.com:*/x", "https://a.example.com:8443/x"),
        ("https://app.example.com/a*b*c", "https://app.example.com/abbc"),
        ("https://app.example.com/**", "https://app.example.com/x"),
    ],
)
def test_a_pattern_fits(pattern: str, url: str) -> None:
    assert is_match(pattern, url)


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("https://app.example.com/client.json", "https://app.example.com/client.json2"),
        ("https://app.example.com/client.json", "https://xapp.example.com/client.json"),
        ("https://app.example.com/*", "https://app.example.com"),
        ("https://app.example.com/*", "https://APP.example.com/x"),
        ("https://app.example.com/*", "https://app.example.com:8443/x"),
        # Another server's path, query, fragment or user is no host.
        ("https://*.example.com/*", "https://evil.example/.example.com/x"),
        ("https://*.example.com/*", "https://evil.example?.example.com/x"),
        ("https://*.example.com/*", "https://evil.example#.example.com/x"),
        ("https://*.example.com/*", "https://evil.example@a.example.com/x"),
        ("https://app.example.com*/x", "https://app.example.com@evil.example/x"),
        ("https://*.example.com/*", "https://example.com/x"),
        ("https://*.example.com/*", "http://a.example.com/x"),
        ("https://app.example.com/a*b*c", "https://app.example.com/acb"),
        ("https://app.example.com/ab*ba", "https://app.example.com/aba"),
        ("https://app.example.com/a.c", "https://app.example.com/abc"),
    ],
)
def test_a_pattern_does_not_fit(pattern: str, url: str) -> None:
    assert not is_match(pattern, url)


def test_no_pattern_takes_long() -> None:
    """What tries every place of every piece would not end."""
    assert not is_match("https://a.example/" + "*a" * 119, "https://a.example/" + "a" * 237 + "b")


def test_as_policies_see_it() -> None:
    assert listed("http://localhost:1/x") == "https://localhost:1/x"
    assert listed("https://a.example/http://x") == "https://a.example/http://x"
