"""Attributes of the signed-in user, and of any user for administrators, by boto3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import SMS, Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running

NO_SMS = (
    "Invalid phone number provided/Unable to send the message. "
    "User pool does not have SMS configuration to send messages."
)
WRONG = "Invalid verification code provided, please try again."
EXPIRED = "Invalid code provided, please request a code again."
LIMIT = "Attempt limit exceeded, please try after some time."
UNAUTHORIZED = "A client attempted to write unauthorized attribute"
OLD, NEW = "ann@example.com", "new@example.org"


class Someone:
    """A signed-in user of a pool."""

    def __init__(self, idp: Any, running: Running, at: Setup, username: str = "ann", /, **attributes: str) -> None:
        self.idp, self.running, self.at = idp, running, at
        self.sub = user(running, at.pool, username, permanent=True, **attributes)
        self.token: str = sign_in(idp, at, username)["AccessToken"]

    def update(self, **attributes: str) -> list[dict[str, str]]:
        listed = [{"Name": name.replace("__", ":"), "Value": value} for name, value in attributes.items()]
        answer = self.idp.update_user_attributes(AccessToken=self.token, UserAttributes=listed)
        details: list[dict[str, str]] = answer["CodeDeliveryDetailsList"]
        return details

    def admin_update(self, **attributes: str) -> None:
        admin_update(self.idp, self.at, self.sub, **attributes)

    def delete(self, *names: str) -> None:
        self.idp.delete_user_attributes(AccessToken=self.token, UserAttributeNames=list(names))

    def ask(self, name: str = "email") -> dict[str, str]:
        answer = self.idp.get_user_attribute_verification_code(AccessToken=self.token, AttributeName=name)
        details: dict[str, str] = answer["CodeDeliveryDetails"]
        return details

    def verify(self, code: str, name: str = "email") -> None:
        self.idp.verify_user_attribute(AccessToken=self.token, AttributeName=name, Code=code)

    @property
    def code(self) -> str:
        """The code in the newest message."""
        code = self.running.world.outbox.all()[-1].code
        assert code is not None
        return code

    @property
    def attributes(self) -> dict[str, str]:
        listed = self.idp.get_user(AccessToken=self.token)["UserAttributes"]
        found = {item["Name"]: item["Value"] for item in listed}
        assert found.pop("sub") == self.sub
        return found


def admin_update(idp: Any, at: Setup, username: str, **attributes: str) -> None:
    listed = [{"Name": name.replace("__", ":"), "Value": value} for name, value in attributes.items()]
    idp.admin_update_user_attributes(UserPoolId=at.pool, Username=username, UserAttributes=listed)


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


@pytest.fixture
def plain(idp: Any, running: Running) -> Someone:
    """In a pool that verifies nothing."""
    return Someone(idp, running, setup(running), email=OLD, email_verified="true")


@pytest.fixture
def auto(idp: Any, running: Running) -> Someone:
    """In a pool that verifies e-mail addresses."""
    at = setup(running, AutoVerifiedAttributes=["email"])
    return Someone(idp, running, at, email=OLD, email_verified="true")


KEEP = {"AttributesRequireVerificationBeforeUpdate": ["email"]}


@pytest.fixture
def keeping(idp: Any, running: Running) -> Someone:
    """In a pool with e-mail aliases that keeps the old address until the new one is verified."""
    at = setup(running, AliasAttributes=["email"], AutoVerifiedAttributes=["email"], UserAttributeUpdateSettings=KEEP)
    return Someone(idp, running, at, email=OLD, email_verified="true")


# --- GetUser ---------------------------------------------------------------------------------------------


def test_get_user(idp: Any, plain: Someone) -> None:
    found = idp.get_user(AccessToken=plain.token)
    del found["ResponseMetadata"]
    assert found == {
        "Username": "ann",
        "UserAttributes": [
            {"Name": "sub", "Value": plain.sub},
            {"Name": "email", "Value": OLD},
            {"Name": "email_verified", "Value": "true"},
        ],
    }


def test_get_user_shows_what_the_client_may_read(idp: Any, running: Running) -> None:
    at = setup(running, client={"ReadAttributes": ["name"]})
    someone = Someone(idp, running, at, email=OLD, name="Ann")
    assert someone.attributes == {"name": "Ann"}


def test_get_user_hides_developer_only_attributes(idp: Any, running: Running) -> None:
    schema = [{"Name": "note", "AttributeDataType": "String", "DeveloperOnlyAttribute": True, "Mutable": True}]
    at = setup(running, Schema=schema)
    user(running, at.pool)
    listed = [{"Name": "dev:custom:note", "Value": "x"}]
    idp.admin_update_user_attributes(UserPoolId=at.pool, Username="ann", UserAttributes=listed)
    token = sign_in(idp, at)["AccessToken"]
    assert [item["Name"] for item in idp.get_user(AccessToken=token)["UserAttributes"]] == ["sub"]
    with refused("NotAuthorizedException", UNAUTHORIZED):
        idp.update_user_attributes(AccessToken=token, UserAttributes=listed)


TOKEN_OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("get_user", {}),
    ("update_user_attributes", {"UserAttributes": []}),
    ("delete_user_attributes", {"UserAttributeNames": []}),
    ("get_user_attribute_verification_code", {"AttributeName": "email"}),
    ("verify_user_attribute", {"AttributeName": "email", "Code": "1"}),
]


@pytest.mark.parametrize(("operation", "members"), TOKEN_OPERATIONS)
def test_bad_tokens(idp: Any, plain: Someone, operation: str, members: dict[str, Any]) -> None:
    with refused("NotAuthorizedException", "Invalid Access Token"):
        getattr(idp, operation)(AccessToken="abc", **members)
    plain.running.world.clock.advance(3601)
    with refused("NotAuthorizedException", "Access Token has expired"):
        getattr(idp, operation)(AccessToken=plain.token, **members)


@pytest.mark.parametrize(("operation", "members"), TOKEN_OPERATIONS)
def test_password_reset_required(idp: Any, plain: Someone, operation: str, members: dict[str, Any]) -> None:
    idp.admin_reset_user_password(UserPoolId=plain.at.pool, Username="ann")
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        getattr(idp, operation)(AccessToken=plain.token, **members)


# --- permissions and schema ------------------------------------------------------------------------------


def test_write_permissions(idp: Any, running: Running) -> None:
    at = setup(running, client={"WriteAttributes": ["name"]})
    someone = Someone(idp, running, at, nickname="A")
    someone.update(name="Ann")
    with refused("NotAuthorizedException", UNAUTHORIZED):
        someone.update(name="Bob", nickname="B")
    with refused("NotAuthorizedException", UNAUTHORIZED):
        someone.delete("nickname")
    assert someone.attributes == {"nickname": "A", "name": "Ann"}


@pytest.mark.parametrize("name", ["email_verified", "phone_number_verified"])
def test_flags_are_never_written_by_users(plain: Someone, name: str) -> None:
    with refused("NotAuthorizedException", UNAUTHORIZED):
        plain.update(**{name: "true"})
    with refused("NotAuthorizedException", UNAUTHORIZED):
        plain.delete(name)


SCHEMA = [
    {"Name": "name", "Required": True, "Mutable": True},
    {"Name": "tenant", "AttributeDataType": "String", "Mutable": False},
    {"Name": "age", "AttributeDataType": "Number", "Mutable": True, "NumberAttributeConstraints": {"MaxValue": "9"}},
]


@pytest.mark.parametrize("admin", [False, True])
@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({"sub": "x"}, "Cannot modify the non-mutable attribute sub"),
        ({"email": "ann"}, "Invalid email address format."),
        ({"phone_number": "555"}, "Invalid phone number format."),
        ({"custom__x": "1"}, "Invalid user attributes: user.custom:x: Attribute does not exist in the schema.\n"),
        ({"custom__tenant": "two"}, "user.custom:tenant: Attribute cannot be updated.\n"),
        ({"custom__age": "10"}, "Invalid user attributes: custom:age: Number must be no greater than 9\n"),
        (
            {"birthdate": "2000"},
            "Invalid user attributes: birthdate: String must be no shorter than 10 characters\n",
        ),
        ({"name": ""}, "user.name: The attribute is required\n"),
    ],
)
def test_updates_against_the_schema(
    idp: Any, running: Running, admin: bool, attributes: dict[str, str], text: str
) -> None:
    someone = Someone(idp, running, setup(running, Schema=SCHEMA), name="Ann", **{"custom:tenant": "one"})
    with refused("InvalidParameterException", text):
        (someone.admin_update if admin else someone.update)(nickname="A", **attributes)
    assert someone.attributes == {"name": "Ann", "custom:tenant": "one"}


def test_deleting_against_the_schema(idp: Any, running: Running) -> None:
    someone = Someone(idp, running, setup(running, Schema=SCHEMA), name="Ann", nickname="A", **{"custom:tenant": "1"})
    for name, text in [
        ("name", "user.name: The attribute is required\n"),
        ("custom:tenant", "user.custom:tenant: Attribute cannot be updated.\n"),
        ("custom:x", "Invalid user attributes: user.custom:x: Attribute does not exist in the schema.\n"),
        ("sub", "Cannot modify the non-mutable attribute sub"),
    ]:
        with refused("InvalidParameterException", text):
            someone.delete("nickname", name)
        with refused("InvalidParameterException", text):
            idp.admin_delete_user_attributes(
                UserPoolId=someone.at.pool, Username="ann", UserAttributeNames=["nickname", name]
            )
    assert someone.attributes["nickname"] == "A"
    someone.delete("nickname")
    assert "nickname" not in someone.attributes


def test_the_address_that_is_the_user_name_stays(idp: Any, running: Running) -> None:
    someone = Someone(idp, running, setup(running, UsernameAttributes=["email"]), OLD)
    for remove in (lambda: someone.delete("email"), lambda: someone.update(email="")):
        with refused("InvalidParameterException", "user.email: The attribute is required\n"):
            remove()


def test_values_are_set_removed_and_dated(plain: Someone, idp: Any) -> None:
    def modified() -> Any:
        return idp.admin_get_user(UserPoolId=plain.at.pool, Username="ann")["UserLastModifiedDate"]

    before = modified()
    plain.running.world.clock.advance(10)
    plain.update(email=OLD)
    assert modified() == before
    assert plain.update(name="Ann", nickname="A") == []
    after = modified()
    assert after > before
    plain.update(nickname="")
    assert plain.attributes == {"email": OLD, "email_verified": "true", "name": "Ann"}


def test_admin_operations_find_their_user(idp: Any, plain: Someone) -> None:
    operations: list[tuple[str, dict[str, Any]]] = [
        ("admin_update_user_attributes", {"UserAttributes": []}),
        ("admin_delete_user_attributes", {"UserAttributeNames": []}),
    ]
    for operation, members in operations:
        with refused("UserNotFoundException", "User does not exist."):
            getattr(idp, operation)(UserPoolId=plain.at.pool, Username="bob", **members)
        with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
            getattr(idp, operation)(UserPoolId="us-east-1_000000000", Username="ann", **members)
    idp.admin_delete_user_attributes(UserPoolId=plain.at.pool, Username=plain.sub, UserAttributeNames=["email"])
    assert plain.attributes == {}


# --- changing an address ---------------------------------------------------------------------------------


def test_change_without_auto_verification(plain: Someone) -> None:
    assert plain.update(email=OLD) == []
    assert plain.attributes == {"email": OLD, "email_verified": "true"}
    assert plain.update(email=NEW) == []
    assert plain.attributes == {"email": NEW, "email_verified": "false"}
    assert plain.running.world.outbox.all() == []


def test_change_with_auto_verification(auto: Someone) -> None:
    assert auto.update(email=NEW) == [
        {"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"},
    ]
    message = auto.running.world.outbox.all()[-1]
    assert (message.to, message.purpose) == (NEW, "attribute")
    assert auto.attributes == {"email": NEW, "email_verified": "false"}
    auto.verify(auto.code)
    assert auto.attributes == {"email": NEW, "email_verified": "true"}
    assert auto.update(email=NEW) == []


def test_change_of_phone_number(idp: Any, running: Running) -> None:
    at = setup(running, AutoVerifiedAttributes=["email", "phone_number"], SmsConfiguration=SMS)
    someone = Someone(idp, running, at)
    details = someone.update(phone_number="+15551234567", email=NEW)
    assert {(item["AttributeName"], item["DeliveryMedium"]) for item in details} == {
        ("email", "EMAIL"),
        ("phone_number", "SMS"),
    }
    by_channel = {message.channel: message.code for message in running.world.outbox.all()}
    someone.verify(str(by_channel["SMS"]), "phone_number")
    someone.verify(str(by_channel["EMAIL"]), "email")
    assert someone.attributes["phone_number_verified"] == "true"


def test_text_messages_need_configuration(idp: Any, running: Running) -> None:
    someone = Someone(idp, running, setup(running), phone_number="+15551234567")
    with refused("InvalidParameterException", NO_SMS):
        someone.ask("phone_number")


def test_an_old_code_does_not_verify_a_new_address(plain: Someone) -> None:
    plain.ask()
    code = plain.code
    plain.update(email=NEW)
    with refused("ExpiredCodeException", EXPIRED):
        plain.verify(code)
    assert plain.attributes["email_verified"] == "false"


def test_removing_an_address(auto: Someone) -> None:
    auto.ask()
    auto.update(email="")
    assert auto.attributes == {}
    with refused("ExpiredCodeException", EXPIRED):
        auto.verify(auto.code)
    with refused("InvalidParameterException", "User does not have a valid registered email address"):
        auto.ask()


def test_admin_changes_an_address(auto: Someone) -> None:
    auto.admin_update(email=NEW)
    assert auto.attributes == {"email": NEW, "email_verified": "false"}
    assert auto.running.world.outbox.all()[-1].to == NEW
    auto.running.world.outbox.clear()
    auto.admin_update(email=OLD, email_verified="True")
    assert auto.attributes == {"email": OLD, "email_verified": "True"}
    auto.admin_update(email_verified="false")
    assert auto.attributes == {"email": OLD, "email_verified": "false"}
    assert auto.running.world.outbox.all() == []


def test_updates_are_not_limited_like_codes(auto: Someone) -> None:
    for number in range(8):
        auto.update(email=f"{number}@example.com")
    auto.verify(auto.code)


# --- values that wait ------------------------------------------------------------------------------------


def test_the_old_value_stays_until_the_new_one_is_verified(idp: Any, keeping: Someone) -> None:
    assert keeping.update(email=NEW)[0]["Destination"] == "n***@e***"
    assert keeping.attributes == {"email": OLD, "email_verified": "true"}
    sign_in(idp, keeping.at, OLD)
    assert keeping.running.world.outbox.all()[-1].to == NEW
    keeping.verify(keeping.code)
    assert keeping.attributes == {"email": NEW, "email_verified": "true"}
    sign_in(idp, keeping.at, NEW)
    with refused("UserNotFoundException", "User does not exist."):
        sign_in(idp, keeping.at, OLD)


def test_a_new_code_goes_to_the_waiting_value(keeping: Someone) -> None:
    keeping.update(email=NEW)
    first = keeping.code
    keeping.ask()
    assert keeping.running.world.outbox.all()[-1].to == NEW
    if first != keeping.code:
        with refused("CodeMismatchException", WRONG):
            keeping.verify(first)
    keeping.verify(keeping.code)
    assert keeping.attributes["email"] == NEW


def test_the_old_value_again_forgets_the_waiting_one(keeping: Someone) -> None:
    keeping.update(email=NEW)
    assert keeping.update(email=OLD) == []
    with refused("ExpiredCodeException", EXPIRED):
        keeping.verify(keeping.code)
    keeping.ask()
    keeping.verify(keeping.code)
    assert keeping.attributes == {"email": OLD, "email_verified": "true"}


def test_admins_wait_too_unless_they_vouch(keeping: Someone) -> None:
    keeping.admin_update(email=NEW)
    assert keeping.attributes["email"] == OLD
    assert keeping.running.world.outbox.all()[-1].to == NEW
    old_code = keeping.code
    keeping.running.world.outbox.clear()
    keeping.admin_update(email="third@example.com", email_verified="true")
    assert keeping.attributes == {"email": "third@example.com", "email_verified": "true"}
    assert keeping.running.world.outbox.all() == []
    with refused("ExpiredCodeException", EXPIRED):
        keeping.verify(old_code)


@pytest.mark.parametrize("given", ["true", "True"])
@pytest.mark.parametrize("place", ["auto", "keeping"])
def test_an_address_that_admins_vouch_for_needs_no_code(request: pytest.FixtureRequest, place: str, given: str) -> None:
    someone = request.getfixturevalue(place)
    someone.running.world.outbox.clear()
    someone.admin_update(email=NEW, email_verified=given)
    assert someone.attributes == {"email": NEW, "email_verified": given}
    assert someone.running.world.outbox.all() == []


def test_a_waiting_address_is_none_to_call_verified(idp: Any, running: Running) -> None:
    someone = Someone(idp, running, setup(running, AutoVerifiedAttributes=["email"], UserAttributeUpdateSettings=KEEP))
    someone.admin_update(email=NEW)
    text = "email_verified cannot be true: the user has no email."
    with refused("InvalidParameterException", text):
        someone.admin_update(email_verified="true")
    assert someone.attributes == {}
    someone.verify(someone.code)
    assert someone.attributes == {"email": NEW, "email_verified": "true"}


# --- codes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["name", "email_verified", "custom:x"])
def test_only_addresses_are_verified(plain: Someone, name: str) -> None:
    text = "Invalid attribute name. Only phone_number and email can be verified."
    with refused("InvalidParameterException", text):
        plain.ask(name)
    with refused("InvalidParameterException", text):
        plain.verify("123456", name)


def test_no_address_to_verify(idp: Any, running: Running) -> None:
    someone = Someone(idp, running, setup(running, SmsConfiguration=SMS))
    with refused("InvalidParameterException", "User does not have a valid registered email address"):
        someone.ask("email")
    with refused("InvalidParameterException", "User does not have a valid registered phone number"):
        someone.ask("phone_number")
    with refused("ExpiredCodeException", EXPIRED):
        someone.verify("123456")


def test_verifying(plain: Someone) -> None:
    plain.admin_update(email_verified="false")
    assert plain.ask() == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    code = plain.code
    with refused("CodeMismatchException", WRONG):
        plain.verify(wrong(code))
    assert plain.attributes["email_verified"] == "false"
    plain.verify(code)
    assert plain.attributes["email_verified"] == "true"
    with refused("ExpiredCodeException", EXPIRED):
        plain.verify(code)
    plain.ask()  # although verified


def test_a_code_is_good_for_a_day(idp: Any, running: Running) -> None:
    at = setup(running, client={"AccessTokenValidity": 24})
    someone = Someone(idp, running, at, email=OLD)
    running.world.clock.advance(3600)
    someone.ask()
    code = someone.code
    running.world.clock.advance(86401)
    someone.token = sign_in(idp, at)["AccessToken"]
    with refused("ExpiredCodeException", EXPIRED):
        someone.verify(code)


def test_too_many_codes_and_guesses(plain: Someone) -> None:
    for _ in range(5):
        plain.ask()
    code = plain.code
    for _ in range(15):
        with refused("CodeMismatchException", WRONG):
            plain.verify(wrong(code))
    with refused("LimitExceededException", LIMIT):
        plain.verify(code)
    with refused("LimitExceededException", LIMIT):
        plain.ask()
    plain.running.world.clock.advance(3599)
    plain.token = sign_in(plain.idp, plain.at)["AccessToken"]
    plain.running.world.clock.advance(2)
    plain.verify(code)
    plain.ask()


# --- sign-in names ---------------------------------------------------------------------------------------


def test_username_attributes_cannot_be_taken(idp: Any, running: Running) -> None:
    at = setup(running, UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])
    ann, text = Someone(idp, running, at, OLD), "An account with the given email already exists."
    user(running, at.pool, "bob@example.com")
    for update in (ann.update, ann.admin_update):
        with refused("AliasExistsException", text):
            update(email="bob@example.com")
    with refused("AliasExistsException", text):
        ann.admin_update(email="bob@example.com", email_verified="true")
    ann.update(email=NEW)
    sign_in(idp, at, NEW)  # at once, though unverified
    with refused("UserNotFoundException", "User does not exist."):
        sign_in(idp, at, OLD)


def test_username_attributes_taken_while_they_wait(idp: Any, running: Running) -> None:
    at = setup(
        running, UsernameAttributes=["email"], AutoVerifiedAttributes=["email"], UserAttributeUpdateSettings=KEEP
    )
    ann, text = Someone(idp, running, at, OLD), "An account with the given email already exists."
    user(running, at.pool, "bob@example.com")
    with refused("AliasExistsException", text):
        ann.update(email="bob@example.com")
    ann.update(email=NEW)
    user(running, at.pool, NEW)
    with refused("AliasExistsException", text):
        ann.verify(ann.code)
    assert ann.attributes["email"] == OLD


def test_verification_moves_an_alias(idp: Any, running: Running) -> None:
    at = setup(running, AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    ann = Someone(idp, running, at, "ann", email=OLD, email_verified="true")
    bob = Someone(idp, running, at, "bob")
    bob.update(email=OLD)
    assert idp.admin_get_user(UserPoolId=at.pool, Username=OLD)["Username"] == "ann"
    bob.verify(bob.code)
    assert idp.admin_get_user(UserPoolId=at.pool, Username=OLD)["Username"] == "bob"
    assert ann.attributes == {"email": OLD, "email_verified": "false"}


def test_admin_moves_aliases(idp: Any, running: Running) -> None:
    at = setup(running, AliasAttributes=["email", "phone_number"])
    both = {"email": OLD, "email_verified": "true", "phone_number": "+15551234567", "phone_number_verified": "true"}
    ann = Someone(idp, running, at, "ann", **both)
    bob = Someone(idp, running, at, "bob", email=OLD)
    bob.admin_update(**both)
    for alias in (OLD, "+15551234567"):
        assert idp.admin_get_user(UserPoolId=at.pool, Username=alias)["Username"] == "bob"
    assert ann.attributes == both | {"email_verified": "false", "phone_number_verified": "false"}
    bob.admin_update(email_verified="false")
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_get_user(UserPoolId=at.pool, Username=OLD)


def test_preferred_username_as_alias(idp: Any, running: Running) -> None:
    at = setup(running, AliasAttributes=["preferred_username"])
    ann, bob = Someone(idp, running, at, "ann"), Someone(idp, running, at, "bob")
    ann.update(preferred_username="star")
    sign_in(idp, at, "star")
    text = "An account with the preferred_username already exists."
    for update in (bob.update, bob.admin_update):
        for name in ("star", "ann"):
            with refused("AliasExistsException", text):
                update(preferred_username=name)
    ann.delete("preferred_username")
    bob.update(preferred_username="star")
    assert idp.admin_get_user(UserPoolId=at.pool, Username="star")["Username"] == "bob"


def test_preferred_username_of_an_unconfirmed_user(idp: Any, running: Running) -> None:
    at = setup(running, AliasAttributes=["preferred_username"])
    idp.sign_up(ClientId=at.client, Username="eve", Password="Correct-horse-7")
    text = (
        "Preferred username cannot be provided for unconfirmed account, "
        "since user pool is configured for preferred username alias."
    )
    with refused("InvalidParameterException", text):
        admin_update(idp, at, "eve", preferred_username="star")


def test_a_changed_address_voids_the_codes_sent_to_the_old_one(idp: Any, running: Running) -> None:
    at = setup(running, AutoVerifiedAttributes=["email"])
    mail = [{"Name": "email", "Value": OLD}]
    idp.sign_up(ClientId=at.client, Username="eve", Password="Correct-horse-7", UserAttributes=mail)
    code = running.world.outbox.all()[-1].code
    admin_update(idp, at, "eve", email=NEW)
    with refused("ExpiredCodeException", EXPIRED):
        idp.confirm_sign_up(ClientId=at.client, Username="eve", ConfirmationCode=code)
