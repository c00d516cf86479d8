"""Whom a typed name means, and which names are free, in each kind of pool."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.attributes import STANDARD
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import CONFIRMED, User

PLAIN = Pool("us-east-1_a", "0", "us-east-1", "p", 0.0, 0.0, {}, STANDARD)
ALIAS = replace(PLAIN, alias_attributes=frozenset({"email", "phone_number", "preferred_username"}))
EMAIL = replace(PLAIN, username_attributes=frozenset({"email"}))
BOTH = replace(PLAIN, username_attributes=frozenset({"email", "phone_number"}))
MAIL, PHONE = "ann@example.com", "+15551234567"


def make(pool: Pool, username: str = "ann", sub: str = "sub-1", **attributes: str) -> User:
    user = User(pool.id, sub, username, pool.fold(username), 0.0, 0.0, CONFIRMED, attributes=tuple(attributes.items()))
    return names.with_aliases(pool, user)


def store_of(*users: User) -> Store:
    store = Store()
    with store.write():
        for user in users:
            store.users.put(user)
    return store


ALL: dict[str, Any] = {"email": MAIL, "phone_number": PHONE, "preferred_username": "Annie"}
VERIFIED = {"email_verified": "true", "phone_number_verified": "true"}


# --- aliases ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "attributes", "aliases"),
    [
        (PLAIN, ALL | VERIFIED, []),
        (ALIAS, ALL, [("preferred_username", "Annie")]),
        (ALIAS, ALL | VERIFIED, [("email", MAIL), ("phone_number", PHONE), ("preferred_username", "Annie")]),
        (ALIAS, {"email": MAIL, "email_verified": "false"}, []),
        (ALIAS, {"email_verified": "true"}, []),
        (EMAIL, ALL, [("email", MAIL)]),
        (BOTH, ALL, [("email", MAIL), ("phone_number", PHONE)]),
    ],
)
def test_what_somebody_signs_in_by(pool: Pool, attributes: dict[str, str], aliases: list[tuple[str, str]]) -> None:
    assert list(make(pool, **attributes).aliases) == aliases


def test_aliases_are_folded_as_the_pool_compares() -> None:
    lax = replace(ALIAS, case_sensitive=False)
    shouting = {"email": MAIL.upper(), "preferred_username": "ANNIE", "email_verified": "true"}
    assert make(lax, **shouting).aliases == (("email", MAIL), ("preferred_username", "annie"))
    assert make(ALIAS, **shouting).aliases == (("email", MAIL.upper()), ("preferred_username", "ANNIE"))


# --- who is meant -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "typed", "found"),
    [
        (PLAIN, "ann", True),
        (PLAIN, "ANN", False),
        (PLAIN, MAIL, False),
        (PLAIN, "sub-1", False),
        (PLAIN, "", False),
        (ALIAS, MAIL, True),
        (ALIAS, PHONE, True),
        (ALIAS, "Annie", True),
        (ALIAS, "annie", False),
        (EMAIL, MAIL, True),
        (EMAIL, PHONE, False),
        (BOTH, PHONE, True),
        (replace(PLAIN, case_sensitive=False), "ANN", True),
        (replace(ALIAS, case_sensitive=False), MAIL.upper(), True),
        (replace(ALIAS, case_sensitive=False), "ANNIE", True),
    ],
)
def test_whom_a_name_means(pool: Pool, typed: str, found: bool) -> None:
    user = make(pool, **ALL, **VERIFIED)
    store = store_of(user)
    assert names.find(store, pool, typed) == (user if found else None)
    assert names.find(store, replace(pool, id="us-east-1_b"), typed) is None
    assert names.find_for_admin(store, pool, typed) == (user if found or typed == "sub-1" else None)


def test_the_user_name_comes_before_aliases() -> None:
    bob = make(ALIAS, "bob", "sub-2", preferred_username="ann")
    ann = make(ALIAS, "ann", "sub-1")
    assert names.find(store_of(bob, ann), ALIAS, "ann") == ann


def test_the_owner_of_an_address() -> None:
    ann = make(ALIAS, **ALL, **VERIFIED)
    store = store_of(ann)
    assert names.owner_of(store, ALIAS, "email", MAIL) == ann
    assert names.owner_of(store, ALIAS, "preferred_username", MAIL) is None
    assert names.find_exact(store, ALIAS, MAIL) is None
    assert names.find_exact(store, ALIAS, "ann") == ann
    assert names.find_exact(store_of(make(EMAIL, "sub-1", email=MAIL)), EMAIL, MAIL) is not None


# --- new names ----------------------------------------------------------------------------------------------

EITHER = "Username should be either an email or a phone number."


@pytest.mark.parametrize(
    ("pool", "name", "text"),
    [
        (PLAIN, "ann", None),
        (PLAIN, MAIL, None),
        (PLAIN, PHONE, None),
        (ALIAS, "ann", None),
        (ALIAS, MAIL, "Username cannot be of email format, since user pool is configured for email alias."),
        (
            ALIAS,
            PHONE,
            "Username cannot be of phone number format, since user pool is configured for phone number alias.",
        ),
        (EMAIL, MAIL, None),
        (EMAIL, "ann", "Username should be an email."),
        (EMAIL, PHONE, "Username should be an email."),
        (replace(PLAIN, username_attributes=frozenset({"phone_number"})), MAIL, "Username should be a phone number."),
        (replace(PLAIN, username_attributes=frozenset({"phone_number"})), PHONE, None),
        (BOTH, MAIL, None),
        (BOTH, PHONE, None),
        (BOTH, "ann", EITHER),
        (BOTH, "ann@", EITHER),
    ],
)
def test_the_form_of_a_new_name(pool: Pool, name: str, text: str | None) -> None:
    if text is None:
        names.check_form(pool, name)
        return
    with pytest.raises(errors.InvalidParameter) as caught:
        names.check_form(pool, name)
    assert caught.value.message == text


@pytest.mark.parametrize(
    ("pool", "name", "attributes", "against"),
    [
        (PLAIN, "ann", {}, "username"),
        (PLAIN, "Ann", {}, None),
        (PLAIN, "bob", {"email": MAIL}, None),
        (replace(PLAIN, case_sensitive=False), "Ann", {}, "username"),
        (ALIAS, "bob", {"email": MAIL}, None),  # shows at confirmation
        (ALIAS, "Annie", {}, "username"),
        (EMAIL, "bob@example.com", {"email": MAIL}, "email"),
        (EMAIL, MAIL, {}, "username"),
        (BOTH, "bob@example.com", {"phone_number": PHONE}, "phone_number"),
    ],
)
def test_names_that_are_taken(pool: Pool, name: str, attributes: dict[str, str], against: str | None) -> None:
    store = store_of(make(pool, **ALL, **VERIFIED))
    assert names.taken(store, pool, name, attributes) == against


# --- two with the same address ------------------------------------------------------------------------------


def test_rivals_are_the_others_who_sign_in_by_it() -> None:
    ann = make(ALIAS, **ALL, **VERIFIED)
    store = store_of(ann)
    assert names.rivals(store, ann) == []
    bob = make(ALIAS, "bob", "sub-2", email=MAIL, email_verified="true")
    assert names.rivals(store, bob) == [("email", ann)]
    assert names.rivals(store, make(ALIAS, "bob", "sub-2", email=MAIL)) == []


def test_who_loses_an_alias_keeps_the_address() -> None:
    ann = make(ALIAS, **ALL, **VERIFIED)
    store = store_of(ann)
    bob = make(ALIAS, "bob", "sub-2", email=MAIL, phone_number=PHONE, **VERIFIED)
    with store.write():
        names.take_over(store, ALIAS, names.rivals(store, bob), 7.0)
        store.users.put(bob)
    kept = store.users.get(ann.key)
    assert kept is not None
    assert (kept.get("email"), kept.get("email_verified")) == (MAIL, "false")
    assert (kept.get("phone_number"), kept.get("phone_number_verified")) == (PHONE, "false")
    assert (kept.aliases, kept.modified) == ((("preferred_username", "Annie"),), 7.0)
    assert names.find(store, ALIAS, MAIL) == names.find(store, ALIAS, PHONE) == bob
