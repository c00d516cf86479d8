"""Each refusal has a rule, each rule a source, and no rule is left over."""

from __future__ import annotations

import ast
import re

import pytest

from cognito_emulator.domain.rules import _ROOMS, RULES
from tests.contract import rules

_SOURCE = re.compile(r"docs: [A-Za-z0-9-]+|RFC \d{4} §[\d.]+|service model|our own reading")


def test_no_refusal_is_without_a_rule() -> None:
    assert rules.without_rule() == []


def test_the_rules_that_are_named_are_those_that_there_are() -> None:
    assert rules.named() == set(RULES)


def test_no_rule_is_there_twice() -> None:
    assert sum(len(room.RULES) for room in _ROOMS) == len(RULES)


def test_a_rule_is_a_sentence_with_a_source() -> None:
    for rule in RULES.values():
        assert re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", rule.id), rule
        assert rule.sentence.endswith("."), rule
        assert _SOURCE.fullmatch(rule.source), rule
        assert rule.remedy == "" or len(rule.remedy) > 3, rule


@pytest.mark.parametrize(
    "code",
    [
        'raise errors.NotAuthorized("No.")',
        'raise OAuthError("invalid_grant")',
        "raise invalid_grant()",
        'raise RefusedOnPage("invalid_request")',
        'raise invalid_grant() if late else errors.InvalidParameter("No.").because("auth.x")',
        'raise refuse("invalid_scope")',
        'try: pass\nexcept ValueError: raise errors.InvalidParameter("No.")',
    ],
)
def test_a_refusal_without_a_rule_is_found(code: str) -> None:
    assert len(list(rules.places("flows/tokens/token_endpoint.py", ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code",
    [
        'raise errors.NotAuthorized("No.").because("auth.x")',
        "raise errors.wrong_credentials()",
        'raise errors.TooManyRequests("Rate exceeded")',
        'raise ValueError("no")',
        'raise BadDocument("no")',
        "raise",
        "try: pass\nexcept errors.ApiError as error: raise invalid_grant(error.message)",
    ],
)
def test_what_has_a_rule_or_needs_none_is_not_listed(code: str) -> None:
    assert list(rules.places("flows/tokens/token_endpoint.py", ast.parse(code))) == []
