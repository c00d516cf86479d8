"""AdminCreateUser: what an administrator may say of a new user, and what has to be there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import PASSWORD, refused, setup
from tests.helpers.harness import Running
from tests.helpers.users import MAIL, PHONE, attributes_of, create


@pytest.fixture
def pool(running: Running) -> str:
    return setup(running).pool


def test_preferred_username_as_alias_may_be_given_by_administrators(running: Running, idp: Any) -> None:
    """Who signs up may not yet give one; that is tested with SignUp."""
    alias_pool = setup(running, AliasAttributes=["preferred_username"]).pool
    preferred = {"Name": "preferred_username", "Value": "annie"}
    create(idp, alias_pool, "ann", preferred)
    assert idp.admin_get_user(UserPoolId=alias_pool, Username="annie")["Username"] == "ann"
    with refused("UsernameExistsException", "An account with the given preferred_username already exists."):
        create(idp, alias_pool, "bob", preferred)


@pytest.mark.parametrize(("flag", "address"), [("email_verified", MAIL), ("phone_number_verified", PHONE)])
@pytest.mark.parametrize("value", ["true", "True"])
def test_no_address_no_verification(idp: Any, pool: str, flag: str, address: dict[str, str], value: str) -> None:
    verified = {"Name": flag, "Value": value}
    text = f"{flag} cannot be true: the user has no {address['Name']}."
    with refused("InvalidParameterException", text):
        create(idp, pool, "ann", verified)
    create(idp, pool, "ann", {"Name": flag, "Value": "false"})
    for attributes in ([verified], [verified, {**address, "Value": ""}]):
        with refused("InvalidParameterException", text):
            idp.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=attributes)
    idp.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=[address])
    idp.admin_update_user_attributes(UserPoolId=pool, Username="ann", UserAttributes=[verified])
    assert attributes_of(idp, pool, "ann")[flag] == value
    create(idp, pool, "bob", address, verified)


def test_users_share_what_they_have_in_common(idp: Any, running: Running, pool: str) -> None:
    """There may be many: each request brings texts of its own."""
    for name in ("ann", "bob"):
        create(idp, pool, name, {"Name": "email", "Value": f"{name}@example.com"})
    first, second = running.world.store.users.where("pool", pool)
    assert first.attributes[0][0] is second.attributes[0][0]
    assert first.pool_id is second.pool_id
    assert first.folded_username is first.username


def test_a_blank_temporary_password_is_none(idp: Any, running: Running, pool: str) -> None:
    create(idp, pool, "ann", MAIL, TemporaryPassword="", MessageAction=None)
    (message,) = running.world.outbox.all()
    assert message.code
    with refused("InvalidParameterException"):
        create(idp, pool, "bob", MAIL, TemporaryPassword=" ")


def test_a_user_without_a_password_needs_an_address_for_a_code(running: Running, idp: Any) -> None:
    policies = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = setup(running, Policies=policies).pool
    text = "A user without a password must have an attribute for an available passwordless sign-in factor: email"
    for given in ({}, {"TemporaryPassword": ""}):
        with refused("InvalidParameterException", text):
            create(idp, pool, "ann", PHONE, **given)
    create(idp, pool, "ann", MAIL)
    assert idp.admin_get_user(UserPoolId=pool, Username="ann")["UserStatus"] == "CONFIRMED"
    create(idp, pool, "bob", PHONE, TemporaryPassword=PASSWORD)
