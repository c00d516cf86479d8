"""Scalars are what is written, typed by the member's shape and by nothing else."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from cognito_emulator.seed import SeedError, parse_mapping, parse_text


def attributes(text: str) -> dict[str, str]:
    (pool,) = parse_text(f"UserPools:\n- PoolName: p\n  Users:\n  - Username: u\n    Attributes: {text}", "s").pools
    return {item["Name"]: item["Value"] for item in pool.users[0].block.members["UserAttributes"]}


def pool_members(text: str) -> dict[str, Any]:
    (pool,) = parse_text(f"UserPools:\n- PoolName: p\n  {text}", "s").pools
    return {name: value for name, value in pool.block.members.items() if name != "PoolName"}


@pytest.mark.parametrize(
    "written",
    ["OFF", "yes", "No", "true", "+15551234567", "012345", "0o17", "0x1F", "1e3", "1_000", "1815-12-10", "12:30:45",
     "2001-12-14T21:59:43.10-05:00", ".5", "~x", "nan", ".inf", "="],
)  # fmt: skip
def test_a_text_is_what_is_written(written: str) -> None:
    assert attributes(f"{{a: {written}}}") == {"a": written}


def test_a_key_is_what_is_written() -> None:
    assert attributes("{off: x, 012: y, '~': z}") == {"off": "x", "012": "y", "~": "z"}


def test_a_quoted_null_and_an_empty_text_are_texts() -> None:
    assert attributes("{a: 'null', b: '', c: !!str 5, d: \"~\"}") == {"a": "null", "b": "", "c": "5", "d": "~"}


def test_an_enum_is_a_text() -> None:
    assert pool_members("MfaConfiguration: OFF") == {"MfaConfiguration": "OFF"}


def test_numbers_and_booleans() -> None:
    policy = pool_members("Policies: {PasswordPolicy: {MinimumLength: 12, RequireSymbols: false}}")
    assert policy == {"Policies": {"PasswordPolicy": {"MinimumLength": 12, "RequireSymbols": False}}}


@pytest.mark.parametrize("written", ["012", "1e1", "0x10", "1_0", "+12", "12.0", "twelve", "9" * 5000, "''"])
def test_a_number_is_digits_alone(written: str) -> None:
    with pytest.raises(SeedError, match="MinimumLength: a number in digits is expected"):
        pool_members(f"Policies: {{PasswordPolicy: {{MinimumLength: {written}}}}}")


@pytest.mark.parametrize("written", ["yes", "on", "True", "TRUE", "1", "''"])
def test_a_boolean_is_true_or_false(written: str) -> None:
    with pytest.raises(SeedError, match="RequireSymbols: true or false is expected"):
        pool_members(f"Policies: {{PasswordPolicy: {{RequireSymbols: {written}}}}}")


def test_a_number_beyond_its_type_is_a_mistake() -> None:
    with pytest.raises(SeedError, match="NUMBER_VALUE can not be converted to an Integer"):
        pool_members("Groups: [{GroupName: g, Precedence: 3000000000}]")


def test_lists_and_mappings_may_be_null() -> None:
    assert pool_members("Schema:\n  Policies: null\n  Users:\n  Groups: ~\n  UserPoolTags:") == {}


def test_an_alias_repeats_a_value() -> None:
    text = (
        "UserPools:\n- PoolName: a\n  Policies: &p {PasswordPolicy: {MinimumLength: 9}}\n- {PoolName: b, Policies: *p}"
    )
    first, second = parse_text(text, "s").pools
    assert first.block.members["Policies"] == second.block.members["Policies"]


def test_json_has_the_same_meaning() -> None:
    text = '{"UserPools": [{"PoolName": "p", "Schema": null,\n\t"UserPoolTags": {"a\\/b": "caf\\u00e9 \\ud83d\\ude00"},'
    (pool,) = parse_text(text + ' "UsernameConfiguration": {"CaseSensitive": true}, "Groups": []}]}', "s").pools
    assert pool.block.members == {
        "PoolName": "p",
        "UserPoolTags": {"a/b": "café 😀"},
        "UsernameConfiguration": {"CaseSensitive": True},
    }


def test_python_values_are_what_they_print_as() -> None:
    user = {"Username": "u", "Attributes": {"birthdate": datetime.date(1815, 12, 10), "n": 5, "b": True}}
    (pool,) = parse_mapping({"UserPools": [{"PoolName": "p", "Users": [user]}]}).pools
    values = [item["Value"] for item in pool.users[0].block.members["UserAttributes"]]
    assert values == ["1815-12-10", "5", "true"]
