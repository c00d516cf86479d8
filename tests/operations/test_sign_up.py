"""SignUp: who may, what is checked, what is answered."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.clients.secret_hash import secret_hash
from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, SMS, Setup, refused, setup, sign_in, user, without_sms
from tests.helpers.harness import Running
from tests.helpers.sign_up import EMAIL, NO_SMS, PHONE, sign_up, status, stored


def nobody(world: World, made: Setup) -> bool:
    return world.store.users.count("pool", made.pool) == 0 and not world.outbox.all()


# --- the answer ----------------------------------------------------------------------------------------


def test_sign_up_makes_an_unconfirmed_user_and_sends_a_code(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AutoVerifiedAttributes=["email"])
    answer = sign_up(idp, made, **EMAIL)
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }  # fmt: skip
    assert "Session" not in answer
    assert status(idp, made) == "UNCONFIRMED"
    assert stored(idp, made) == {"sub": answer["UserSub"], **EMAIL, "email_verified": "false"}
    (sent,) = world.outbox.all()
    assert (sent.to, sent.purpose, sent.user) == ("ann@example.com", "sign-up", "ann")
    assert sent.code is not None
    assert len(sent.code) == 6
    assert sent.code.isdecimal()


@pytest.mark.parametrize(("pool", "attributes"), [({}, EMAIL), ({"AutoVerifiedAttributes": ["email"]}, {})])
def test_no_details_where_nothing_is_verified(
    running: Running, idp: Any, world: World, pool: dict[str, Any], attributes: dict[str, str]
) -> None:
    answer = sign_up(idp, setup(running, **pool), **attributes)
    assert "CodeDeliveryDetails" not in answer
    assert world.outbox.all() == []


def test_the_phone_goes_before_the_mail(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AutoVerifiedAttributes=["email", "phone_number"], SmsConfiguration=SMS)
    details = sign_up(idp, made, **EMAIL, **PHONE)["CodeDeliveryDetails"]
    assert details == {
        "Destination": "+*******4567", "DeliveryMedium": "SMS", "AttributeName": "phone_number",
    }  # fmt: skip
    assert [message.channel for message in world.outbox.all()] == ["SMS"]
    assert stored(idp, made)["phone_number_verified"] == "false"


def test_the_texts_of_the_pool_are_used(running: Running, idp: Any, world: World) -> None:
    template = {"EmailMessage": "Welcome {####}", "EmailSubject": "Hello"}
    made = setup(running, AutoVerifiedAttributes=["email"], VerificationMessageTemplate=template)
    sign_up(idp, made, **EMAIL)
    (sent,) = world.outbox.all()
    assert (sent.subject, sent.body) == ("Hello", f"Welcome {sent.code}")


def test_the_password_is_the_one_given(running: Running, idp: Any) -> None:
    made = setup(running)
    sign_up(idp, made)
    idp.admin_confirm_sign_up(UserPoolId=made.pool, Username="ann")
    sign_in(idp, made)
    with refused("NotAuthorizedException", "Incorrect username or password."):
        sign_in(idp, made, password="Another-horse-7")


# --- who may -------------------------------------------------------------------------------------------


def test_unknown_client(idp: Any) -> None:
    with refused("ResourceNotFoundException", "User pool client nobody does not exist."):
        sign_up(idp, Setup("p", "nobody"))


def test_pools_where_only_administrators_create(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    with refused("NotAuthorizedException", "SignUp is not permitted for this user pool"):
        sign_up(idp, made)
    assert nobody(world, made)


def test_the_secret_hash(running: Running, idp: Any, world: World) -> None:
    made = setup(running, {"GenerateSecret": True})
    missing = f"Client {made.client} is configured with secret but SECRET_HASH was not received"
    with refused("NotAuthorizedException", missing):
        idp.sign_up(ClientId=made.client, Username="ann", Password=PASSWORD)
    other = secret_hash(str(made.secret), "bob", made.client)
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {made.client}"):
        idp.sign_up(ClientId=made.client, Username="ann", Password=PASSWORD, SecretHash=other)
    assert nobody(world, made)
    sign_up(idp, made)


def test_the_secret_hash_is_looked_at_before_the_user(running: Running, idp: Any) -> None:
    made = setup(running, {"GenerateSecret": True}, AutoVerifiedAttributes=["email"])
    calls: list[tuple[Any, dict[str, str]]] = [
        (idp.confirm_sign_up, {"ConfirmationCode": "1"}),
        (idp.resend_confirmation_code, {}),
        (idp.forgot_password, {}),
        (idp.confirm_forgot_password, {"ConfirmationCode": "1", "Password": PASSWORD}),
    ]
    for call, more in calls:
        with refused("NotAuthorizedException", f"Unable to verify secret hash for client {made.client}"):
            call(ClientId=made.client, Username="nobody", SecretHash="wrong", **more)
        with refused("UserNotFoundException", "Username/client id combination not found."):
            hashed = secret_hash(str(made.secret), "nobody", made.client)
            call(ClientId=made.client, Username="nobody", SecretHash=hashed, **more)


# --- names ---------------------------------------------------------------------------------------------


def test_a_name_is_given_once(running: Running, idp: Any) -> None:
    made = setup(running)
    sign_up(idp, made)
    with refused("UsernameExistsException", "User already exists"):
        sign_up(idp, made)
    sign_up(idp, made, "ANN")  # names are case-sensitive unless the pool says otherwise


def test_case_insensitive_names(running: Running, idp: Any) -> None:
    made = setup(running, UsernameConfiguration={"CaseSensitive": False})
    sign_up(idp, made)
    with refused("UsernameExistsException", "User already exists"):
        sign_up(idp, made, "ANN")


def test_existing_names_are_told_also_with_prevent_user_existence_errors(running: Running, idp: Any) -> None:
    made = setup(running, {"PreventUserExistenceErrors": "ENABLED"})
    sign_up(idp, made)
    with refused("UsernameExistsException", "User already exists"):
        sign_up(idp, made)


@pytest.mark.parametrize(
    ("pool", "username", "text"),
    [
        ({"UsernameAttributes": ["email"]}, "ann", "Username should be an email."),
        ({"UsernameAttributes": ["phone_number"]}, "ann@b.cd", "Username should be a phone number."),
        (
            {"UsernameAttributes": ["email", "phone_number"]},
            "ann",
            "Username should be either an email or a phone number.",
        ),
        (
            {"AliasAttributes": ["email"]},
            "ann@b.cd",
            "Username cannot be of email format, since user pool is configured for email alias.",
        ),
        (
            {"AliasAttributes": ["phone_number"]},
            "+15551234567",
            "Username cannot be of phone number format, since user pool is configured for phone number alias.",
        ),
    ],
)
def test_names_suit_the_pool(
    running: Running, idp: Any, world: World, pool: dict[str, Any], username: str, text: str
) -> None:
    made = setup(running, **pool)
    with refused("InvalidParameterException", text):
        sign_up(idp, made, username)
    assert nobody(world, made)


def test_username_attributes_make_the_sub_the_name(running: Running, idp: Any, world: World) -> None:
    made = setup(running, UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])
    answer = sign_up(idp, made, "ann@example.com")
    assert answer["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    found = idp.admin_get_user(UserPoolId=made.pool, Username="ann@example.com")
    assert found["Username"] == answer["UserSub"]
    assert stored(idp, made, "ann@example.com")["email"] == "ann@example.com"
    code = world.outbox.all()[-1].code
    idp.confirm_sign_up(ClientId=made.client, Username="ann@example.com", ConfirmationCode=code)
    sign_in(idp, made, "ann@example.com")


def test_username_attributes_are_taken_at_once(running: Running, idp: Any) -> None:
    made = setup(running, UsernameAttributes=["email", "phone_number"])
    sign_up(idp, made, "ann@example.com", **PHONE)
    with refused("UsernameExistsException", "User already exists"):
        sign_up(idp, made, "ann@example.com")
    with refused("UsernameExistsException", "An account with the given email already exists."):
        sign_up(idp, made, "+15550000000", email="ann@example.com")
    with refused("UsernameExistsException", "An account with the given phone_number already exists."):
        sign_up(idp, made, "bob@example.com", **PHONE)


def test_name_and_attribute_must_agree(running: Running, idp: Any, world: World) -> None:
    made = setup(running, UsernameAttributes=["email"])
    with refused(
        "InvalidParameterException",
        "User email should be empty or same as username, since username attribute is email.",
    ):
        sign_up(idp, made, "ann@example.com", email="bob@example.com")
    assert nobody(world, made)
    sign_up(idp, made, "ann@example.com", email="ann@example.com")


def test_an_alias_may_be_claimed_twice_until_confirmed(running: Running, idp: Any) -> None:
    made = setup(running, AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    user(running, made.pool, "bob", email="ann@example.com", email_verified="true")
    sign_up(idp, made, **EMAIL)
    assert status(idp, made, "ann@example.com") == "CONFIRMED"  # still bob's


def test_preferred_username_as_alias_waits_for_confirmation(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AliasAttributes=["preferred_username"])
    text = (
        "Preferred username cannot be provided for unconfirmed account, "
        "since user pool is configured for preferred username alias."
    )
    with refused("InvalidParameterException", text):
        sign_up(idp, made, preferred_username="annie")
    assert nobody(world, made)


def test_nobody_takes_the_preferred_username_of_another_as_a_name(running: Running, idp: Any) -> None:
    made = setup(running, AliasAttributes=["preferred_username"])
    user(running, made.pool, "bob")
    attributes = [{"Name": "preferred_username", "Value": "annie"}]
    idp.admin_update_user_attributes(UserPoolId=made.pool, Username="bob", UserAttributes=attributes)
    with refused("UsernameExistsException", "User already exists"):
        sign_up(idp, made, "annie")


# --- attributes and password ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"email": "ann"}, "Invalid email address format."),
        ({"phone_number": "5551234"}, "Invalid phone number format."),
        (
            {"custom__x": "1"},
            "Attributes did not conform to the schema: custom:x: Attribute does not exist in the schema.\n",
        ),
        (
            {"birthdate": "1"},
            "Attributes did not conform to the schema: birthdate: String must be no shorter than 10 characters\n",
        ),
        ({"sub": "1"}, "Cannot modify the non-mutable attribute sub"),
    ],
)
def test_attributes_fit_the_schema(
    running: Running, idp: Any, world: World, attributes: dict[str, str], text: str
) -> None:
    made = setup(running)
    with refused("InvalidParameterException", text):
        sign_up(idp, made, **attributes)
    assert nobody(world, made)


def test_required_attributes(running: Running, idp: Any) -> None:
    schema = [{"Name": "email", "Required": True, "Mutable": True}, {"Name": "name", "Required": True}]
    made = setup(running, Schema=schema)
    text = "name: The attribute is required\nemail: The attribute is required\n"
    with refused("InvalidParameterException", f"Attributes did not conform to the schema: {text}"):
        sign_up(idp, made)
    sign_up(idp, made, **EMAIL, name="Ann")


@pytest.mark.parametrize("name", ["email_verified", "phone_number_verified"])
def test_nobody_verifies_himself(running: Running, idp: Any, world: World, name: str) -> None:
    made = setup(running)
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        sign_up(idp, made, **EMAIL, **PHONE, **{name: "true"})
    assert nobody(world, made)


def test_the_client_writes_what_it_may(running: Running, idp: Any, world: World) -> None:
    made = setup(running, {"WriteAttributes": ["email"]})
    with refused("NotAuthorizedException", "A client attempted to write unauthorized attribute"):
        sign_up(idp, made, **EMAIL, name="Ann")
    assert nobody(world, made)
    sign_up(idp, made, **EMAIL)


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("Short-1", "Password not long enough"),
        ("correct-horse-7", "Password must have uppercase characters"),
        ("CORRECT-HORSE-7", "Password must have lowercase characters"),
        ("Correct-horse", "Password must have numeric characters"),
        ("Correcthorse7", "Password must have symbol characters"),
    ],
)
def test_the_password_policy(running: Running, idp: Any, world: World, password: str, rule: str) -> None:
    made = setup(running)
    with refused("InvalidPasswordException", f"Password did not conform with policy: {rule}"):
        sign_up(idp, made, password=password)
    assert nobody(world, made)


def test_a_password_is_needed(running: Running, idp: Any, world: World) -> None:
    made = setup(running)
    with refused("InvalidParameterException", "Password not provided"):
        sign_up(idp, made, password=None)
    assert nobody(world, made)


def test_a_code_that_cannot_be_sent_makes_no_user(running: Running, idp: Any, world: World) -> None:
    made = setup(running, AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS)
    without_sms(running, made.pool)
    with refused("InvalidParameterException", NO_SMS):
        sign_up(idp, made, **PHONE)
    assert nobody(world, made)
