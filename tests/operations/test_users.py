"""Users as administrators manage them, and DeleteUser, by boto3."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.users import password
from cognito_emulator.domain.users.user import User
from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, SMS, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.users import MAIL, PHONE, attributes_of, create

MAIL_VERIFIED = {"Name": "email_verified", "Value": "true"}
PHONE_VERIFIED = {"Name": "phone_number_verified", "Value": "true"}


def record(world: World, pool: str, username: str) -> User:
    found = world.store.users.find("username", (pool, username))
    assert found is not None
    return found


@pytest.fixture
def pool(running: Running) -> str:
    return setup(running).pool


@pytest.fixture
def alias_pool(running: Running) -> str:
    return setup(running, AliasAttributes=["email", "phone_number", "preferred_username"]).pool


@pytest.fixture
def email_pool(running: Running) -> str:
    return setup(running, UsernameAttributes=["email"]).pool


# --- AdminCreateUser -------------------------------------------------------------------------------------


def test_created_user(idp: Any, pool: str, world: World) -> None:
    world.clock.freeze(1_700_000_000.125)
    made = create(idp, pool, "ann", MAIL, MAIL_VERIFIED)
    assert made["Username"] == "ann"
    assert made["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert made["Enabled"] is True
    assert made["UserCreateDate"] == made["UserLastModifiedDate"]
    assert made["UserCreateDate"].timestamp() == 1_700_000_000.125
    assert [item["Name"] for item in made["Attributes"]] == ["sub", "email", "email_verified"]
    assert world.outbox.all() == []


def test_temporary_password_is_good_for_the_days_of_the_policy(idp: Any, running: Running) -> None:
    at = setup(running, Policies={"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 2}})
    running.world.clock.freeze(1_000_000.0)
    create(idp, at.pool, TemporaryPassword=PASSWORD)
    kept = record(running.world, at.pool, "ann").password
    assert kept is not None
    assert kept.expires == 1_000_000.0 + 2 * 86400
    assert password.matches(kept, at.pool.split("_")[1], "ann", PASSWORD)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Aa1!", "Password not long enough"),
        ("correct-horse-7", "Password must have uppercase characters"),
        ("CORRECT-HORSE-7", "Password must have lowercase characters"),
        ("Correct-horse", "Password must have numeric characters"),
        ("Correcthorse7", "Password must have symbol characters"),
    ],
)
def test_temporary_password_against_the_policy(idp: Any, pool: str, world: World, typed: str, why: str) -> None:
    with refused("InvalidPasswordException", f"Password did not conform with password policy: {why}"):
        create(idp, pool, TemporaryPassword=typed)
    assert world.store.users.count("pool", pool) == 0


def test_generated_password_satisfies_the_policy(idp: Any, running: Running) -> None:
    at = setup(running, Policies={"PasswordPolicy": {"MinimumLength": 40}})
    create(idp, at.pool, "ann", MAIL, MessageAction=None)
    sent = running.world.outbox.all()[0].code
    assert sent is not None
    pool = running.world.store.pools.get(at.pool)
    assert pool is not None
    assert pool.password_policy.violation(sent) is None
    kept = record(running.world, at.pool, "ann").password
    assert kept is not None
    assert password.matches(kept, pool.srp_name, "ann", sent)


def test_user_name_exists(idp: Any, pool: str) -> None:
    create(idp, pool)
    with refused("UsernameExistsException", "User account already exists"):
        create(idp, pool)


def test_user_names_and_their_case(idp: Any, running: Running) -> None:
    sensitive = setup(running).pool
    create(idp, sensitive, "ann")
    create(idp, sensitive, "Ann")
    folding = setup(running, UsernameConfiguration={"CaseSensitive": False}).pool
    create(idp, folding, "ann")
    with refused("UsernameExistsException", "User account already exists"):
        create(idp, folding, "Ann")
    assert idp.admin_get_user(UserPoolId=folding, Username="ANN")["Username"] == "ann"


def test_unknown_pool(idp: Any, pool: str) -> None:
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        create(idp, "us-east-1_000000000")


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        ({"Name": "email", "Value": "ann"}, "Invalid email address format."),
        ({"Name": "phone_number", "Value": "555"}, "Invalid phone number format."),
        ({"Name": "sub", "Value": "x"}, "Cannot modify the non-mutable attribute sub"),
        (
            {"Name": "custom:x", "Value": "x"},
            "Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.\n",
        ),
        (
            {"Name": "birthdate", "Value": "2000"},
            "Attributes did not conform to the schema: birthdate: String must be no shorter than 10 characters\n",
        ),
    ],
)
def test_bad_attributes(idp: Any, pool: str, attribute: dict[str, str], text: str) -> None:
    with refused("InvalidParameterException", text):
        create(idp, pool, "ann", attribute)


def test_required_attributes_may_wait_and_immutable_ones_be_given(idp: Any, running: Running) -> None:
    schema = [
        {"Name": "name", "Required": True},
        {"Name": "tenant", "AttributeDataType": "String", "Mutable": False},
    ]
    at = setup(running, Schema=schema)
    create(idp, at.pool, "ann", {"Name": "custom:tenant", "Value": "one"})
    assert attributes_of(idp, at.pool, "ann")["custom:tenant"] == "one"


def test_developer_only_attributes(idp: Any, running: Running) -> None:
    schema = [{"Name": "note", "AttributeDataType": "String", "DeveloperOnlyAttribute": True, "Mutable": True}]
    at = setup(running, Schema=schema)
    create(idp, at.pool, "ann", {"Name": "dev:custom:note", "Value": "x"})
    assert attributes_of(idp, at.pool, "ann")["dev:custom:note"] == "x"


# --- sign-in names ---------------------------------------------------------------------------------------


def test_username_attributes_fill_in_the_address(idp: Any, email_pool: str) -> None:
    made = create(idp, email_pool, "ann@example.com")
    given = {item["Name"]: item["Value"] for item in made["Attributes"]}
    assert given == {"sub": made["Username"], "email": "ann@example.com"}
    for name in ("ann@example.com", made["Username"]):
        assert idp.admin_get_user(UserPoolId=email_pool, Username=name)["Username"] == made["Username"]


def test_username_attributes_and_another_address(idp: Any, email_pool: str) -> None:
    with refused(
        "InvalidParameterException",
        "User email should be empty or same as username, since username attribute is email.",
    ):
        create(idp, email_pool, "bob@example.com", MAIL)
    create(idp, email_pool, "ann@example.com", MAIL)


def test_username_attributes_taken(idp: Any, running: Running) -> None:
    pool = setup(running, UsernameAttributes=["email", "phone_number"]).pool
    create(idp, pool, "ann@example.com")
    with refused("UsernameExistsException", "User account already exists"):
        create(idp, pool, "ann@example.com")
    with refused("UsernameExistsException", "An account with the given email already exists."):
        create(idp, pool, "+15551234567", MAIL)
    with refused("UsernameExistsException", "An account with the given email already exists."):
        create(idp, pool, "+15551234567", MAIL, MAIL_VERIFIED, ForceAliasCreation=True)


@pytest.mark.parametrize(
    ("setting", "username", "text"),
    [
        ({"UsernameAttributes": ["email"]}, "ann", "Username should be an email."),
        ({"UsernameAttributes": ["phone_number"]}, "ann", "Username should be a phone number."),
        (
            {"UsernameAttributes": ["email", "phone_number"]},
            "ann",
            "Username should be either an email or a phone number.",
        ),
        (
            {"AliasAttributes": ["email"]},
            "ann@example.com",
            "Username cannot be of email format, since user pool is configured for email alias.",
        ),
        (
            {"AliasAttributes": ["phone_number"]},
            "+15551234567",
            "Username cannot be of phone number format, since user pool is configured for phone number alias.",
        ),
    ],
)
def test_form_of_user_names(idp: Any, running: Running, setting: dict[str, Any], username: str, text: str) -> None:
    pool = setup(running, **setting).pool
    with refused("InvalidParameterException", text):
        create(idp, pool, username)


def test_verified_alias_in_use(idp: Any, alias_pool: str) -> None:
    create(idp, alias_pool, "ann", MAIL, MAIL_VERIFIED)
    create(idp, alias_pool, "unverified", MAIL)
    with refused("UsernameExistsException", "An account with the given email already exists."):
        create(idp, alias_pool, "bob", MAIL, MAIL_VERIFIED)
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_get_user(UserPoolId=alias_pool, Username="bob")


def test_force_alias_creation_moves_the_aliases(idp: Any, alias_pool: str) -> None:
    both = (MAIL, MAIL_VERIFIED, PHONE, PHONE_VERIFIED)
    create(idp, alias_pool, "ann", *both)
    create(idp, alias_pool, "bob", *both, ForceAliasCreation=True)
    for alias in ("ann@example.com", "+15551234567"):
        assert idp.admin_get_user(UserPoolId=alias_pool, Username=alias)["Username"] == "bob"
    left = attributes_of(idp, alias_pool, "ann")
    assert (left["email"], left["email_verified"]) == ("ann@example.com", "false")
    assert (left["phone_number"], left["phone_number_verified"]) == ("+15551234567", "false")


# --- the invitation --------------------------------------------------------------------------------------


def test_invitation_by_the_mediums_asked_for(idp: Any, running: Running) -> None:
    pool = setup(running, SmsConfiguration=SMS).pool
    create(idp, pool, "ann", MAIL, PHONE, MessageAction=None, DesiredDeliveryMediums=["EMAIL", "SMS"])
    sent = running.world.outbox.all()
    assert {(message.channel, message.to) for message in sent} == {
        ("EMAIL", "ann@example.com"),
        ("SMS", "+15551234567"),
    }
    assert {message.purpose for message in sent} == {"invitation"}


@pytest.mark.parametrize(
    ("attributes", "channels"), [([MAIL, PHONE], ["SMS"]), ([PHONE], ["SMS"]), ([MAIL], ["EMAIL"]), ([], [])]
)
def test_invitation_by_default(
    idp: Any, running: Running, attributes: list[dict[str, str]], channels: list[str]
) -> None:
    pool = setup(running, SmsConfiguration=SMS).pool
    create(idp, pool, "ann", *attributes, MessageAction=None)
    assert [message.channel for message in running.world.outbox.all()] == channels


@pytest.mark.parametrize(
    ("medium", "text"),
    [
        ("EMAIL", "No email provided but desired delivery medium was Email"),
        ("SMS", "No phone number provided but desired delivery medium was SMS"),
    ],
)
def test_invitation_without_an_address(idp: Any, running: Running, medium: str, text: str) -> None:
    pool = setup(running, SmsConfiguration=SMS).pool
    with refused("InvalidParameterException", text):
        create(idp, pool, MessageAction=None, DesiredDeliveryMediums=[medium])
    assert running.world.store.users.count("pool", pool) == 0
    create(idp, pool, DesiredDeliveryMediums=[medium])  # suppressed


def test_invitation_by_sms_without_configuration(idp: Any, pool: str, world: World) -> None:
    text = (
        "Invalid phone number provided/Unable to send the message. "
        "User pool does not have SMS configuration to send messages."
    )
    with refused("InvalidParameterException", text):
        create(idp, pool, "ann", PHONE, MessageAction=None)
    assert world.store.users.count("pool", pool) == 0


def test_resend_gives_a_new_password_and_expiry(idp: Any, pool: str, world: World) -> None:
    create(idp, pool, "ann", MAIL, TemporaryPassword=PASSWORD)
    before = record(world, pool, "ann")
    world.clock.advance(86400)
    answer = create(idp, pool, "ann", {"Name": "name", "Value": "ignored"}, MessageAction="RESEND")
    after = record(world, pool, "ann")
    assert answer["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert before.password is not None
    assert after.password is not None
    assert before.password.expires is not None
    assert after.password.expires is not None
    assert after.password.expires - before.password.expires == pytest.approx(86400, abs=5)
    assert after.modified > before.modified
    assert after.attributes == before.attributes
    sent = world.outbox.all()[0].code
    assert sent is not None
    srp_name = pool.split("_")[1]
    assert password.matches(after.password, srp_name, "ann", sent)
    assert not password.matches(after.password, srp_name, "ann", PASSWORD)


def test_resend_with_a_password(idp: Any, pool: str, world: World) -> None:
    create(idp, pool, "ann", MAIL)
    create(idp, pool, "ann", MessageAction="RESEND", TemporaryPassword=PASSWORD)
    assert [message.code for message in world.outbox.all()] == [PASSWORD]
    with refused("InvalidPasswordException", "Password did not conform with password policy: Password not long enough"):
        create(idp, pool, "ann", MessageAction="RESEND", TemporaryPassword="Aa1!")


def test_resend_refused(idp: Any, running: Running, pool: str) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        create(idp, pool, "nobody", MessageAction="RESEND")
    user(running, pool, "ann")
    with refused("UnsupportedUserStateException", "Resend not possible. ann status is not FORCE_CHANGE_PASSWORD"):
        create(idp, pool, "ann", MessageAction="RESEND")


# --- reading, disabling, deleting ------------------------------------------------------------------------


def test_admin_get_user(idp: Any, alias_pool: str) -> None:
    create(idp, alias_pool, "ann", MAIL, MAIL_VERIFIED)
    found = idp.admin_get_user(UserPoolId=alias_pool, Username="ann")
    del found["ResponseMetadata"]
    assert set(found) == {
        "Username", "UserAttributes", "UserCreateDate", "UserLastModifiedDate", "Enabled", "UserStatus",
    }  # fmt: skip
    sub = found["UserAttributes"][0]
    assert sub["Name"] == "sub"
    for name in (sub["Value"], "ann@example.com"):
        assert idp.admin_get_user(UserPoolId=alias_pool, Username=name)["Username"] == "ann"


@pytest.mark.parametrize(
    "operation",
    [
        "admin_get_user",
        "admin_delete_user",
        "admin_enable_user",
        "admin_disable_user",
    ],
)
def test_unknown_user_and_pool(idp: Any, pool: str, operation: str) -> None:
    with refused("UserNotFoundException", "User does not exist."):
        getattr(idp, operation)(UserPoolId=pool, Username="nobody")
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        getattr(idp, operation)(UserPoolId="us-east-1_000000000", Username="nobody")


def test_disable_revokes_and_enable_does_not_bring_back(idp: Any, running: Running) -> None:
    at = setup(running)
    user(running, at.pool)
    tokens = sign_in(idp, at)
    before = idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserLastModifiedDate"]
    running.world.clock.advance(10)
    idp.admin_disable_user(UserPoolId=at.pool, Username="ann")
    idp.admin_disable_user(UserPoolId=at.pool, Username="ann")
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert found["Enabled"] is False
    assert found["UserLastModifiedDate"] > before
    with refused("NotAuthorizedException", "User is disabled."):
        sign_in(idp, at)
    idp.admin_enable_user(UserPoolId=at.pool, Username="ann")
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["Enabled"] is True
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=tokens["AccessToken"])
    sign_in(idp, at)


def hang_things_on(idp: Any, running: Running, pool: str) -> None:
    idp.create_group(UserPoolId=pool, GroupName="g")
    idp.admin_add_user_to_group(UserPoolId=pool, Username="ann", GroupName="g")


def nothing_left(world: World, pool: str, sub: str) -> bool:
    tables = (world.store.memberships, world.store.codes, world.store.families)
    return (pool, sub) not in world.store.users and not any(table.where("user", (pool, sub)) for table in tables)


def test_delete_user(idp: Any, running: Running) -> None:
    at = setup(running, AutoVerifiedAttributes=["email"])
    sub = user(running, at.pool, email="ann@example.com")
    token = sign_in(idp, at)["AccessToken"]
    idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    hang_things_on(idp, running, at.pool)
    idp.delete_user(AccessToken=token)
    assert nothing_left(running.world, at.pool, sub)
    with refused("UserNotFoundException", "User does not exist."):
        idp.get_user(AccessToken=token)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        idp.delete_user(AccessToken="abc")


def test_admin_delete_user_frees_the_names(idp: Any, running: Running) -> None:
    at = setup(running, AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    sub = user(running, at.pool, email="ann@example.com", email_verified="true")
    token = sign_in(idp, at)["AccessToken"]
    idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    hang_things_on(idp, running, at.pool)
    idp.admin_delete_user(UserPoolId=at.pool, Username="ann@example.com")
    assert nothing_left(running.world, at.pool, sub)
    create(idp, at.pool, "ann", MAIL, MAIL_VERIFIED)
    assert idp.list_users_in_group(UserPoolId=at.pool, GroupName="g")["Users"] == []


def test_an_invited_user_cannot_take_anothers_sign_in_name(idp: Any, running: Running) -> None:
    at = setup(running, UsernameAttributes=["email", "phone_number"])
    create(idp, at.pool, "ann@example.com")
    create(idp, at.pool, "+15551234567", TemporaryPassword=PASSWORD)
    asked = idp.initiate_auth(
        ClientId=at.client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "+15551234567", "PASSWORD": PASSWORD},
    )
    answers = {"USERNAME": "+15551234567", "NEW_PASSWORD": PASSWORD, "userAttributes.email": "ann@example.com"}
    with refused("AliasExistsException", "An account with the email already exists."):
        idp.respond_to_auth_challenge(
            ClientId=at.client,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses=answers,
        )
