from __future__ import annotations

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import lockout
from cognito_emulator.domain.users.user import CONFIRMED, NO_LOCKOUT, Lockout, User


def after(failures: int, at: float = 1000.0) -> Lockout:
    state = NO_LOCKOUT
    for _ in range(failures):
        state = lockout.failed(state, at)
    return state


@pytest.mark.parametrize(
    ("failures", "seconds"), [(4, 0), (5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (30, 900), (1100, 900)]
)
def test_the_lock_doubles_up_to_fifteen_minutes(failures: int, seconds: float) -> None:
    assert after(failures).until - 1000 == seconds


def test_refused_while_locked_and_let_in_after() -> None:
    state = after(5)
    with pytest.raises(errors.NotAuthorized, match=r"^Password attempts exceeded$"):
        lockout.check(state, 1000.9)
    lockout.check(state, 1001)


def test_quiet_minutes_forget() -> None:
    assert lockout.failed(after(10), 1000 + 32 + 900).failures == 1
    assert lockout.failed(after(10), 1000 + 32 + 899).failures == 11


def test_a_sign_in_clears_the_failures_and_makes_no_new_record_where_there_are_none() -> None:
    user = User("us-east-1_a", "sub", "ann", "ann", 0, 0, CONFIRMED)
    assert lockout.forgotten(user, None) is user
    failed = lockout.counted(user, 1000.0)
    assert failed.lockout.failures == 1
    assert lockout.forgotten(failed, None) == user
    away = lockout.counted(failed, 1000.0, "eu-west-1")
    assert lockout.forgotten(away, "eu-west-1") == failed
    assert lockout.forgotten(away, None).lockouts_away == away.lockouts_away
