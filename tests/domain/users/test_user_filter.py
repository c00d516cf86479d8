from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognito_emulator.domain.errors import InvalidParameter
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_filter import Filter, parse

ANN = User(
    "pool", "5e1f", "Ann", "ann", 0, 0, "CONFIRMED",
    attributes=(("email", "Ann@Example.com"), ("name", 'Ann "the \\ one"'), ("given_name", "Ann")),
)  # fmt: skip


def test_no_filter_means_all_users() -> None:
    assert parse(None) is None
    assert parse("") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('email = "ann@example.com"', True),
        ('email="ANN@EXAMPLE.COM"', True),
        ('  email   =   "ann@example.com"  ', True),
        ('email = "ann"', False),
        ('email ^= "ANN@"', True),
        ('email ^= ""', True),
        ('email ^= "nn@"', False),
        ('phone_number ^= ""', False),  # has none
        ('name = "ann \\"the \\\\ one\\""', True),
        ('given_name ^= "a"', True),
        ('family_name ^= "a"', False),
        ('sub = "5E1F"', True),
        ('username = "Ann"', True),
        ('username = "ann"', False),  # case-sensitive
        ('username ^= "A"', True),
        ('cognito:user_status = "confirmed"', True),
        ('cognito:user_status = "UNCONFIRMED"', False),
        ('status = "Enabled"', True),
        ('status = "enabled"', False),  # case-sensitive
        ('status = "Disabled"', False),
    ],
)
def test_what_a_filter_finds(text: str, found: bool) -> None:
    condition = parse(text)
    assert condition is not None
    assert condition.matches(ANN) is found


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "foo",
        "email",
        "email =",
        'email "a"',
        "email = a",
        "email = 'a'",
        'email = "a',
        'email = "a"b"',
        'email == "a"',
        'email ^ = "a"',
        'email != "a"',
        '"email" = "a"',
        'email = "a" and name = "b"',
        'email = "a\\"',
        'email = "a\\b"',
        '= "a"',
    ],
)
def test_what_cannot_be_read(text: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(text)
    assert caught.value.message == "Error while parsing filter."


@pytest.mark.parametrize("name", ["custom:foo", "nickname", "email_verified", "Email", "Username", "Status"])
def test_attributes_that_cannot_be_searched(name: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parse(f'{name} = "x"')
    assert caught.value.message == f"Invalid search attribute: {name}"


@given(st.text(), st.booleans())
def test_any_value_can_be_written(value: str, prefix: bool) -> None:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    assert parse(f'username {"^=" if prefix else "="} "{quoted}"') == Filter("username", prefix, value)


@given(st.text(alphabet='email=^"\\ ab', max_size=256))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidParameter):  # and nothing else
        condition = parse(text)
        assert condition is None or condition.matches(ANN) in (True, False)


@given(st.text(min_size=1), st.integers(0, 20))
def test_every_beginning_of_a_value_finds_it(value: str, length: int) -> None:
    user = User("pool", "s", value, value, 0, 0, "CONFIRMED", attributes=(("name", value),))
    start = value[:length].replace("\\", "\\\\").replace('"', '\\"')
    condition = parse(f'username ^= "{start}"')
    assert condition is not None
    assert condition.matches(user)
