from __future__ import annotations

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import code as codes
from cognito_emulator.domain.auth.code import PendingCode

START = 1000.0
HOUR = 3600.0


def issued(purpose: str = "recovery", old: PendingCode | None = None, now: float = START) -> PendingCode:
    return codes.issue(old, "p", "s", purpose, "email", code="123456", now=now)


@pytest.mark.parametrize(("purpose", "seconds"), [("sign_up", 86400), ("attribute:email", 86400), ("recovery", 3600)])
def test_lifetimes(purpose: str, seconds: float) -> None:
    pending = issued(purpose)
    assert codes.check(pending, "123456", START + seconds - 0.1).error is None
    assert isinstance(codes.check(pending, "123456", START + seconds).error, errors.ExpiredCode)


def test_the_code_itself_is_not_kept() -> None:
    assert "123456" not in repr(issued())


@pytest.mark.parametrize(("purpose", "count"), [("recovery", 5), ("attribute:email", 5), ("sign_up", 6)])
def test_so_many_codes_an_hour(purpose: str, count: int) -> None:
    pending: PendingCode | None = None
    for _ in range(count):
        pending = issued(purpose, pending)
    with pytest.raises(errors.LimitExceeded):
        issued(purpose, pending, START + HOUR - 1)
    assert issued(purpose, pending, START + HOUR).sent == 1


@pytest.mark.parametrize(("purpose", "count"), [("recovery", 5), ("attribute:email", 15), ("sign_up", 15)])
def test_so_many_wrong_codes_an_hour(purpose: str, count: int) -> None:
    pending = issued(purpose)
    for _ in range(count):
        verdict = codes.check(pending, "000000", START)
        assert isinstance(verdict.error, errors.CodeMismatch)
        assert verdict.record is not None
        pending = verdict.record
    assert isinstance(codes.check(pending, "123456", START + 1).error, errors.LimitExceeded)


def test_a_new_hour_forgets_both_counters() -> None:
    pending: PendingCode | None = None
    for _ in range(5):
        pending = issued("attribute:email", pending)
    later = codes.check(pending, "000000", START + HOUR).record
    assert later is not None
    assert (later.sent, later.wrong, later.window) == (0, 1, START + HOUR)


def test_a_right_code_is_spent() -> None:
    spent = codes.check(issued(), "123456", START).record
    assert isinstance(codes.check(spent, "123456", START).error, errors.ExpiredCode)


def test_no_code_fits_a_simulated_one() -> None:
    pending = codes.simulate(None, "p", "nobody", START)
    for typed in ("", "simulated", "123456"):
        assert isinstance(codes.check(pending, typed, START).error, errors.CodeMismatch)


def test_calls_without_a_code_are_counted() -> None:
    counter: PendingCode | None = None
    for _ in range(5):
        counter = codes.count_call(counter, "p", "s", START)
    with pytest.raises(errors.LimitExceeded):
        codes.count_call(counter, "p", "s", START + HOUR - 1)
    codes.count_call(counter, "p", "s", START + HOUR)
