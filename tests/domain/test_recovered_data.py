"""What a recovery takes back of a user, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import recovered_data as rules
from cognito_emulator.domain.auth.passkey import Attested, Passkey
from cognito_emulator.domain.history import Change
from cognito_emulator.domain.pools.recovery import Preview, Recovery
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.users.group import Group, Membership
from cognito_emulator.domain.users.imported_hash import ImportedHash
from cognito_emulator.domain.users.user import (
    CONFIRMED,
    FORCE_CHANGE_PASSWORD,
    RESET_REQUIRED,
    UNCONFIRMED,
    Factors,
    Lockout,
    Password,
    Totp,
    User,
)

POOL = "us-east-1_a"
OLD, NEW = Password(b"old", 1), Password(b"new", 2)
ANN = User(POOL, "1", "ann", "ann", created=1.0, modified=1.0, status=CONFIRMED, password=OLD)
GROUP = Group(POOL, "g", 1.0, 1.0)
KEY = Passkey(POOL, "1", "k", "example.com", 1.0, Attested(b"k", b"", 7, "", True, True, None, ()))
AUTHENTICATOR = Factors(frozenset({"SOFTWARE_TOKEN_MFA"}), totp=Totp("S", last_step=5))


class Past:
    """A store that remembers one moment."""

    def __init__(self, *records: Any) -> None:
        self.store = Store()
        self.put(*records)
        self.store.stamp = lambda: (100.0, "")

    def put(self, *records: Any) -> None:
        tables: dict[object, str] = {User: "users", Group: "groups", Passkey: "passkeys", Recovery: "recoveries"}
        with self.store.write():
            for record in records:
                getattr(self.store, tables.get(type(record), "memberships")).put(record)

    def reverts(self) -> tuple[Change, ...]:
        return rules.reverts(self.store.changes_since(50.0), POOL)

    def counts(self) -> dict[str, tuple[int, int, int]]:
        """Creates, updates and deletes, where there are any."""
        found = {one.entity: (one.creates, one.updates, one.deletes) for one in rules.preview(self.reverts())}
        return {entity: counts for entity, counts in found.items() if any(counts)}

    def recover(self) -> User | None:
        with self.store.write():
            rules.recover(self.store, self.reverts())
        return self.store.users.get(ANN.key)


@pytest.mark.parametrize(
    ("then", "now", "status"),
    [
        (CONFIRMED, CONFIRMED, CONFIRMED),
        (FORCE_CHANGE_PASSWORD, CONFIRMED, CONFIRMED),
        (RESET_REQUIRED, CONFIRMED, CONFIRMED),
        (CONFIRMED, FORCE_CHANGE_PASSWORD, FORCE_CHANGE_PASSWORD),
        (UNCONFIRMED, CONFIRMED, UNCONFIRMED),
    ],
)
def test_a_changed_password_stays_with_its_status(then: str, now: str, status: str) -> None:
    past = Past(replace(ANN, status=then))
    past.put(replace(ANN, status=now, password=NEW, password_history=(OLD,), attributes=(("name", "x"),), modified=9.0))
    found = past.recover()
    assert found == replace(ANN, status=status, password=NEW, password_history=(OLD,))


def test_a_status_without_a_new_password_goes_back() -> None:
    past = Past(ANN)
    past.put(replace(ANN, status=RESET_REQUIRED))
    assert past.counts() == {"Users": (0, 1, 0)}
    assert past.recover() == ANN


@pytest.mark.parametrize(
    "changed",
    [
        replace(ANN, password=NEW, password_history=(OLD,), modified=9.0),
        replace(ANN, password=replace(OLD, verifier=5)),
        replace(ANN, lockout=Lockout(3, 9.0)),
        replace(ANN, lockouts_away=(("us-west-2", Lockout(1, 9.0)),)),
        replace(ANN, modified=9.0),
    ],
)
def test_what_alone_is_no_change(changed: User) -> None:
    past = Past(ANN)
    past.put(changed)
    assert (past.reverts(), past.counts()) == ((), {})
    assert past.recover() == changed


def test_a_user_who_was_deleted_has_the_password_of_then_and_no_lock() -> None:
    past = Past(replace(ANN, lockout=Lockout(9, 1.0, 900.0)), KEY, GROUP, Membership(POOL, "g", "1"))
    with past.store.write():
        past.store.users.delete(ANN.key)
        past.store.passkeys.delete(KEY.key)
        past.store.memberships.delete((POOL, "g", "1"))
    assert past.counts() == {"Users": (1, 0, 0), "Groups": (0, 1, 0), "Passkeys": (1, 0, 0)}
    assert past.recover() == ANN
    assert past.store.passkeys.get(KEY.key) == KEY
    assert past.store.memberships.count("group", (POOL, "g")) == 1


def test_mfa_settings_go_back_and_spent_codes_stay_spent() -> None:
    past = Past(replace(ANN, factors=AUTHENTICATOR))
    later = replace(AUTHENTICATOR, enabled=frozenset(), totp=Totp("S", last_step=9))
    past.put(replace(ANN, factors=later))
    assert past.counts() == {"User MFAs": (0, 1, 0)}
    assert past.recover() == replace(ANN, factors=replace(AUTHENTICATOR, totp=Totp("S", last_step=9)))


@pytest.mark.parametrize(
    ("then", "now", "counts"),
    [
        (Factors(), AUTHENTICATOR, (0, 0, 1)),
        (AUTHENTICATOR, Factors(), (1, 0, 0)),
        (AUTHENTICATOR, replace(AUTHENTICATOR, totp=Totp("T")), (0, 1, 0)),
        (AUTHENTICATOR, replace(AUTHENTICATOR, totp=Totp("S", "pending", last_step=9)), None),
    ],
)
def test_counts_of_mfa_settings(then: Factors, now: Factors, counts: Any) -> None:
    past = Past(replace(ANN, factors=then))
    past.put(replace(ANN, factors=now))
    assert past.counts() == ({"User MFAs": counts} if counts else {})


def test_a_user_who_came_later_goes_with_all_that_is_theirs() -> None:
    past = Past(GROUP)
    past.put(replace(ANN, factors=AUTHENTICATOR), KEY, Membership(POOL, "g", "1"))
    assert past.counts() == {
        "Users": (0, 0, 1),
        "Groups": (0, 1, 0),
        "User MFAs": (0, 0, 1),
        "Passkeys": (0, 0, 1),
    }
    assert past.recover() is None
    assert (len(past.store.passkeys), len(past.store.memberships), list(past.store.groups)) == (0, 0, [GROUP])


def test_groups() -> None:
    past = Past(GROUP, replace(GROUP, name="h"), replace(GROUP, name="i"))
    past.put(replace(GROUP, description="d", modified=9.0), replace(GROUP, name="j"), Membership(POOL, "g", "1"))
    with past.store.write():
        past.store.groups.delete((POOL, "h"))
    assert past.counts() == {"Groups": (1, 1, 1)}
    past.recover()
    assert [group.name for group in past.store.groups] == ["g", "h", "i"]
    assert past.store.groups.get((POOL, "g")) == GROUP


def test_a_counter_of_a_passkey_does_not_go_back() -> None:
    past = Past(ANN, KEY)
    used = replace(KEY, attested=replace(KEY.attested, sign_count=8))
    past.put(used)
    assert past.counts() == {}
    past.recover()
    assert past.store.passkeys.get(KEY.key) == used


def test_other_pools_stay() -> None:
    past = Past(ANN)
    other = replace(ANN, pool_id="us-east-1_b")
    past.put(other)
    assert past.reverts() == ()
    assert rules.preview(()) == tuple(Preview(name, 0, 0, 0) for name in ("Users", "Groups", "User MFAs", "Passkeys"))


def test_a_name_that_was_taken_over_comes_back() -> None:
    past = Past(ANN)
    with past.store.write():
        past.store.users.delete(ANN.key)
        past.store.users.put(replace(ANN, sub="2"))
    assert past.counts() == {"Users": (1, 0, 1)}
    assert past.recover() == ANN
    assert past.store.users.find("username", (POOL, "ann")) == ANN


HASHED = replace(ANN, password=None, imported_hash=ImportedHash("BCRYPT", (4,), b"s", 1, b"d"))


@pytest.mark.parametrize(
    ("then", "change", "write"),
    [
        (ANN, lambda user: replace(user, password=replace(OLD, verifier=5), lockout=Lockout(1, 2.0)), False),
        (HASHED, lambda user: replace(user, password=OLD, imported_hash=None), False),
        (HASHED, lambda user: replace(user, password=OLD, imported_hash=None, modified=9.0), True),
        (ANN, lambda user: replace(user, password=NEW), True),
        (ANN, lambda user: replace(user, status=RESET_REQUIRED), True),
        (ANN, lambda user: replace(user, factors=replace(user.factors, totp=Totp(last_step=1))), True),
        (ANN, lambda user: replace(user, sub="2", folded_username="bob"), True),
    ],
)
def test_what_is_a_write(then: User, change: Callable[[User], User], write: bool) -> None:
    past = Past(then, Recovery("r", POOL, "0", 1.0, created=100.0, since=100.0))
    past.store.guard = lambda changes: rules.check_pause(past.store, changes, 100.0)
    if write:
        with pytest.raises(Exception, match="are paused during its recovery"):
            past.put(change(then))
        assert list(past.store.users) == [then]
    else:
        past.put(change(then))
