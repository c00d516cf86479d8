"""How a reason is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import Struct

from cognito_emulator.control.reason_view import GUIDE, page_of, why
from cognito_emulator.domain.reasons import Reason
from cognito_emulator.domain.rules import RULES
from cognito_emulator.domain.sources import url_of
from cognito_emulator.ports import guide
from tests.helpers.readme import page


class Policy(Struct, frozen=True):
    length: int = 8
    words: frozenset[str] = frozenset({"b", "a"})


def test_a_reason_has_its_rule() -> None:
    rule = RULES["auth.flow-not-enabled"]
    assert why(Reason(rule.id, "ExplicitAuthFlows", frozenset({"B", "A"}))) == {
        "rule": "auth.flow-not-enabled",
        "sentence": rule.sentence,
        "setting": "ExplicitAuthFlows",
        "value": ["A", "B"],
        "source": rule.source,
        "source_url": url_of(rule.source),
        "remedy": rule.remedy,
    }


def test_the_example_of_the_guide() -> None:
    flows = frozenset({"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"})
    (example,) = page("requests").blocks("json")
    assert json.loads(example) == why(Reason("auth.flow-not-enabled", "ExplicitAuthFlows", flows))


def test_the_guide_has_the_page_about_a_rule() -> None:
    for start, target in GUIDE.items():
        name, _, anchor = target.partition("#")
        found = guide.find(name)
        assert found is not None, target
        assert not anchor or anchor in {section.anchor for section in found.sections}, target
        rules = [rule for rule in RULES if rule.startswith(start)]
        assert target in {page_of(rule) for rule in rules}, start
    assert page_of("auth.step-up-parameters") == "passkeys#step-up"
    assert page_of("auth.password-wrong") == "sign-in"
    assert page_of("model.length") is None


def test_where_no_reason_is_known_there_is_none() -> None:
    assert why(None) is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (False, False),
        (0, 0),
        ("", ""),
        ((), []),
        (("openid", "email"), ["openid", "email"]),
        ({"b": 1, "ClientSecret": "x"}, {"b": 1, "ClientSecret": "***"}),
        ({"names": frozenset({"b", "a"})}, {"names": ["a", "b"]}),
        (Policy(), {"length": 8, "words": ["a", "b"]}),
    ],
)
def test_the_value_of_a_setting_is_json(value: Any, shown: Any) -> None:
    found = why(Reason("api.quota", "Setting", value))
    assert found is not None
    assert found["value"] == shown


@pytest.mark.parametrize("setting", ["ClientSecret", "ProviderDetails.client_secret", "Password"])
def test_a_secret_is_masked(setting: str) -> None:
    found = why(Reason("api.quota", setting, "geheim"))
    assert found is not None
    assert found["value"] == "***"
