"""Password policy, and what is kept of a password."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.password_policy import PasswordPolicy
from cognito_emulator.domain.users import password
from cognito_emulator.domain.users.user import CONFIRMED, Password, User

POLICY = PasswordPolicy()
POOL, NAME = "AbCdEfGhI", "ann"
USER = User("us-east-1_AbCdEfGhI", "sub", NAME, NAME, 0.0, 0.0, CONFIRMED)


@pytest.mark.parametrize(
    ("typed", "violation"),
    [
        ("Correct-horse-7", None),
        ("Aa1-aaaa", None),
        ("Aa1-aaa", "Password not long enough"),
        ("aa1-aaaa", "Password must have uppercase characters"),
        ("AA1-AAAA", "Password must have lowercase characters"),
        ("Aaa-aaaa", "Password must have numeric characters"),
        ("Aa11aaaa", "Password must have symbol characters"),
        ("", "Password not long enough"),
        ("aaaaaaaa", "Password must have uppercase characters"),
        ("Äa1-aaaa", "Password must have uppercase characters"),
        ("Aa1é€aaa", "Password must have symbol characters"),
        ("Aa1 aaaa", None),
    ],
)
def test_the_first_rule_that_is_broken(typed: str, violation: str | None) -> None:
    assert POLICY.violation(typed) == violation


@pytest.mark.parametrize("symbol", sorted("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+-"))
def test_the_documented_symbols(symbol: str) -> None:
    assert POLICY.violation(f"Aa1aaaa{symbol}") is None


def test_rules_that_are_off() -> None:
    lax = PasswordPolicy(6, uppercase=False, lowercase=False, numbers=False, symbols=False)
    assert lax.violation("aaaaaa") is None
    assert lax.violation("aaaaa") == "Password not long enough"


def test_three_wordings() -> None:
    for check, words in (
        (POLICY.check, "Password does not conform to policy"),
        (POLICY.check_new_user, "Password did not conform with policy"),
        (POLICY.check_temporary, "Password did not conform with password policy"),
    ):
        check("Correct-horse-7")
        with pytest.raises(errors.InvalidPassword) as caught:
            check("short")
        assert caught.value.message == f"{words}: Password not long enough"


def make(typed: str, salt: bytes = b"\x01" * 16, expires: float | None = None) -> Password:
    return password.make(salt, POOL, NAME, typed, expires)


def test_a_password_is_known_again_by_pool_name_and_user() -> None:
    kept = make("Correct-horse-7")
    assert password.matches(kept, POOL, NAME, "Correct-horse-7")
    assert not password.matches(kept, POOL, NAME, "correct-horse-7")
    assert not password.matches(kept, POOL, "bob", "Correct-horse-7")
    assert not password.matches(kept, "Other", NAME, "Correct-horse-7")
    assert not password.matches(replace(kept, salt=b"\x02" * 16), POOL, NAME, "Correct-horse-7")


def test_the_password_itself_is_not_kept() -> None:
    assert "Correct-horse-7" not in repr(make("Correct-horse-7"))


def test_a_small_private_value_is_compared_too() -> None:
    assert not password.matches(Password(b"", 0), POOL, NAME, "x")


def test_history_has_the_current_password_and_the_last_ones() -> None:
    policy = PasswordPolicy(history=3)
    user = USER
    for typed in ("one", "two", "three", "four"):
        user = password.set_password(policy, user, make(typed))
    known = [kept for kept in (user.password, *user.password_history) if kept]
    assert len(known) == 3
    for typed in ("four", "three", "two"):
        with pytest.raises(errors.PasswordHistoryPolicyViolation) as caught:
            password.check_history(policy, known, POOL, NAME, typed)
        assert caught.value.message == "Password has previously been used."
    password.check_history(policy, known, POOL, NAME, "one")
    password.check_history(PasswordPolicy(history=0), known, POOL, NAME, "four")


def test_without_history_nothing_is_remembered() -> None:
    user = password.set_password(POLICY, password.set_password(POLICY, USER, make("one")), make("two"))
    assert user.password_history == ()


def test_a_temporary_password_never_joins_the_history() -> None:
    policy = PasswordPolicy(history=5)
    user = password.set_password(policy, USER, make("temporary", expires=9.0))
    user = password.set_password(policy, user, make("own"))
    assert user.password_history == ()
    assert password.set_password(policy, user, None).password_history == (make("own"),)
