"""The order of scopes in the claim of an access token."""

from __future__ import annotations

import pytest

from cognito_emulator.domain.clients.scopes import active, in_order


def test_all_five_standard_scopes() -> None:
    """As in public tokens of the service."""
    given = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"]
    assert in_order(given) == ("aws.cognito.signin.user.admin", "phone", "openid", "profile", "email")
    assert in_order(reversed(given)) == in_order(given)


def test_those_that_share_a_place_keep_their_order() -> None:
    """ "Aa" and "BB" have one hash code (String.hashCode of the Java platform)."""
    assert in_order(["BB", "Aa"]) == ("BB", "Aa")
    assert in_order(["Aa", "BB"]) == ("Aa", "BB")


@pytest.mark.parametrize(("count", "last"), [(12, "o"), (13, "p")])
def test_the_table_doubles_when_it_is_three_quarters_full(count: int, last: str) -> None:
    """The code of one letter is its number: of 16 places "p" has the first, of 32 the 17th."""
    letters = [chr(ord("p") - index) for index in range(count)]
    found = in_order(letters)
    assert found[-1] == last
    assert set(found) == set(letters)


def test_what_is_not_there_is_left_out() -> None:
    given = ["openid", "api/read", "api/gone", "aws.cognito/dcr/register"]
    assert set(active(given, {"api/read"})) == {"openid", "api/read", "aws.cognito/dcr/register"}


def test_a_scope_is_active_only_as_long_as_it_exists() -> None:
    given = ("openid", "api/read")
    assert active(given, ["api/read"]) == active(given, {"api/read"})
    assert "api/read" in active(given, ["api/read"])
    assert active(given, []) == ("openid",)
    assert "api/read" in active(given, ["api/read"])
