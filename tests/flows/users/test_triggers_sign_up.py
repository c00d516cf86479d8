"""PreSignUp and PostConfirmation: their events, what they change, and what stays when they fail."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.users import sign_up_triggers
from cognito_emulator.ports.triggers import LIMIT
from tests.helpers.build import PASSWORD, SMS, Setup, refused, setup, sign_in, user
from tests.helpers.events import as_recorded, recorded
from tests.helpers.functions import Event, Functions, answering, raising
from tests.helpers.harness import Running

EMAIL = {"Name": "email", "Value": "ann@example.com"}
PHONE = {"Name": "phone_number", "Value": "+15551234567"}
RUBBISH = "Unrecognizable lambda output"


def pool_with(running: Running, functions: Functions, **pool: Any) -> Setup:
    return setup(running, AutoVerifiedAttributes=["email"], LambdaConfig=functions.config, **pool)


def sign_up(idp: Any, made: Setup, username: str = "ann", *attributes: Any, **members: Any) -> Any:
    given = list(attributes or [EMAIL])
    return idp.sign_up(ClientId=made.client, Username=username, Password=PASSWORD, UserAttributes=given, **members)


def shown(idp: Any, made: Setup, username: str = "ann") -> dict[str, str]:
    found = idp.admin_get_user(UserPoolId=made.pool, Username=username)
    return {"status": found["UserStatus"], **{item["Name"]: item["Value"] for item in found["UserAttributes"]}}


def code(running: Running) -> str:
    return str(running.world.outbox.all()[-1].code)


def test_the_events_of_a_sign_up(running: Running, idp: Any) -> None:
    functions = Functions(running, PreSignUp=None, PostConfirmation=None)
    made = pool_with(running, functions)
    data = [{"Name": "plan", "Value": "gold"}]
    sub = sign_up(idp, made, ClientMetadata={"from": "test"}, ValidationData=data)["UserSub"]
    assert as_recorded(functions.events[0], made) == recorded("PreSignUp_SignUp")
    idp.confirm_sign_up(
        ClientId=made.client, Username="ann", ConfirmationCode=code(running), ClientMetadata={"at": "confirm"}
    )
    assert as_recorded(functions.events[1], made, sub) == recorded("PostConfirmation_ConfirmSignUp")
    assert len(functions.events) == 2


def test_the_user_name_is_the_sub_where_addresses_are_user_names(running: Running, idp: Any) -> None:
    functions = Functions(running, PreSignUp=None)
    made = pool_with(running, functions, UsernameAttributes=["email"])
    sub = sign_up(idp, made, "ann@example.com")["UserSub"]
    assert functions.told("PreSignUp_SignUp")["userName"] == sub


def test_a_user_may_be_confirmed_at_once(running: Running, idp: Any) -> None:
    functions = Functions(
        running,
        PreSignUp=answering(autoConfirmUser=True, autoVerifyEmail=True, autoVerifyPhone=True),
        PostConfirmation=None,
    )
    made = pool_with(running, functions)
    answer = sign_up(idp, made, "ann", EMAIL, PHONE, ClientMetadata={"a": "b"})
    assert answer["UserConfirmed"] is True
    assert "CodeDeliveryDetails" not in answer
    assert running.world.outbox.all() == []
    found = shown(idp, made)
    assert (found["status"], found["email_verified"], found["phone_number_verified"]) == ("CONFIRMED", "true", "true")
    assert functions.sources() == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    assert functions.events[1]["request"]["clientMetadata"] == {"a": "b"}
    assert sign_in(idp, made)["AccessToken"]


def test_a_verified_address_alone_still_needs_the_code(running: Running, idp: Any) -> None:
    functions = Functions(running, PreSignUp=answering(autoVerifyEmail=True))
    made = pool_with(running, functions)
    assert sign_up(idp, made)["UserConfirmed"] is False
    found = shown(idp, made)
    assert (found["status"], found["email_verified"]) == ("UNCONFIRMED", "true")
    idp.confirm_sign_up(ClientId=made.client, Username="ann", ConfirmationCode=code(running))


def test_a_verified_alias_moves_to_the_new_user(running: Running, idp: Any) -> None:
    functions = Functions(running, PreSignUp=answering(autoConfirmUser=True, autoVerifyEmail=True))
    made = pool_with(running, functions, AliasAttributes=["email"])
    user(running, made.pool, "bob", email="ann@example.com", email_verified="true")
    sign_up(idp, made)
    assert shown(idp, made, "bob")["email_verified"] == "false"
    assert idp.admin_get_user(UserPoolId=made.pool, Username="ann@example.com")["Username"] == "ann"


@pytest.mark.parametrize(("field", "attribute"), [("autoVerifyEmail", "email"), ("autoVerifyPhone", "phone_number")])
def test_nothing_can_be_verified_that_is_not_there(running: Running, idp: Any, field: str, attribute: str) -> None:
    functions = Functions(running, PreSignUp=answering(**{field: True}))
    made = pool_with(running, functions)
    other = PHONE if attribute == "email" else EMAIL
    with refused("InvalidParameterException", f"The {attribute} attribute cannot be verified: the user has none."):
        sign_up(idp, made, "ann", other)
    assert idp.list_users(UserPoolId=made.pool)["Users"] == []


def test_a_refused_sign_up_makes_nobody(running: Running, idp: Any) -> None:
    functions = Functions(running, PreSignUp=raising("Email not allowed"))
    made = pool_with(running, functions)
    with refused("UserLambdaValidationException", "PreSignUp failed with error Email not allowed."):
        sign_up(idp, made)
    assert idp.list_users(UserPoolId=made.pool)["Users"] == []
    assert running.world.outbox.all() == []


@pytest.mark.parametrize("field", ["autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone"])
@pytest.mark.parametrize("value", ["true", 1, [], {}])
def test_a_flag_of_another_type_is_rubbish(running: Running, idp: Any, field: str, value: Any) -> None:
    functions = Functions(running, PreSignUp=answering(**{field: value}))
    made = pool_with(running, functions)
    with refused("InvalidLambdaResponseException", RUBBISH):
        sign_up(idp, made)
    assert idp.list_users(UserPoolId=made.pool)["Users"] == []


def test_an_answer_that_is_no_event_is_rubbish(running: Running, idp: Any) -> None:
    def forget(event: Event) -> None:
        del event["response"]

    made = pool_with(running, Functions(running, PreSignUp=forget))
    with refused("InvalidLambdaResponseException", RUBBISH):
        sign_up(idp, made)


def test_a_function_that_takes_too_long(running: Running, idp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    held = threading.Event()
    made = pool_with(running, Functions(running, PreSignUp=lambda _: held.wait(10)))
    assert running.world.triggers.limit == LIMIT == 5
    monkeypatch.setattr(running.world.triggers, "limit", 0.05)
    text = "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function."
    with refused("UnexpectedLambdaException", text):
        sign_up(idp, made)
    held.set()
    assert idp.list_users(UserPoolId=made.pool)["Users"] == []


def test_a_function_that_does_not_exist(running: Running, idp: Any) -> None:
    made = setup(running, LambdaConfig={"PreSignUp": "arn:aws:lambda:us-east-1:000000000000:function:nowhere"})
    text = "PreSignUp invocation failed due to error ResourceNotFoundException."
    with refused("UnexpectedLambdaException", text):
        sign_up(idp, made)


def test_a_function_that_makes_the_user_itself(running: Running, idp: Any) -> None:
    """The name is free before the call and taken after it: looked at again."""
    own = running.client()

    def call_back(event: Event) -> None:
        if event["triggerSource"] == "PreSignUp_SignUp":
            own.admin_create_user(UserPoolId=event["userPoolId"], Username="ann", MessageAction="SUPPRESS")

    functions = Functions(running, PreSignUp=call_back)
    made = pool_with(running, functions)
    with refused("UsernameExistsException", "User already exists"):
        sign_up(idp, made)
    assert shown(idp, made)["status"] == "FORCE_CHANGE_PASSWORD"


def test_a_function_that_deletes_the_pool(running: Running, idp: Any) -> None:
    own = running.client()
    functions = Functions(running, PreSignUp=lambda event: own.delete_user_pool(UserPoolId=event["userPoolId"]))
    made = pool_with(running, functions)
    with refused("ResourceNotFoundException", f"User pool client {made.client} does not exist."):
        sign_up(idp, made)
    with refused("ResourceNotFoundException", f"User pool {made.pool} does not exist."):
        idp.admin_create_user(UserPoolId=made.pool, Username="ann")
    assert running.world.store.users.count("pool", made.pool) == 0


def test_the_event_of_an_invitation_and_what_it_ignores(running: Running, idp: Any) -> None:
    functions = Functions(
        running,
        PreSignUp=answering(autoConfirmUser=True, autoVerifyEmail=True, autoVerifyPhone=True),
        PostConfirmation=raising("never"),
    )
    made = pool_with(running, functions)
    idp.admin_create_user(
        UserPoolId=made.pool,
        Username="ann",
        UserAttributes=[EMAIL, {"Name": "email_verified", "Value": "true"}],
        ValidationData=[{"Name": "plan", "Value": "gold"}],
        ClientMetadata={"from": "test"},
    )
    assert as_recorded(functions.events[0], made) == recorded("PreSignUp_AdminCreateUser")
    assert shown(idp, made)["status"] == "FORCE_CHANGE_PASSWORD"
    idp.admin_create_user(UserPoolId=made.pool, Username="ann", MessageAction="RESEND")
    assert len(functions.events) == 1


def test_a_refused_invitation_makes_nobody(running: Running, idp: Any) -> None:
    made = pool_with(running, Functions(running, PreSignUp=raising("no")))
    with refused("UserLambdaValidationException", "PreSignUp failed with error no."):
        idp.admin_create_user(UserPoolId=made.pool, Username="ann", UserAttributes=[EMAIL])
    assert idp.list_users(UserPoolId=made.pool)["Users"] == []
    assert running.world.outbox.all() == []


def test_who_is_confirmed_stays_so_when_the_function_fails(running: Running, idp: Any) -> None:
    made = pool_with(running, Functions(running, PostConfirmation=raising("down")))
    sign_up(idp, made)
    with refused("UserLambdaValidationException", "PostConfirmation failed with error down."):
        idp.confirm_sign_up(ClientId=made.client, Username="ann", ConfirmationCode=code(running))
    assert shown(idp, made)["status"] == "CONFIRMED"
    sign_up(idp, made, "bob")
    with refused("UserLambdaValidationException", "PostConfirmation failed with error down."):
        idp.admin_confirm_sign_up(UserPoolId=made.pool, Username="bob")
    assert shown(idp, made, "bob")["status"] == "CONFIRMED"


def test_who_was_confirmed_at_once_stays_so_too(running: Running, idp: Any) -> None:
    functions = Functions(running, PreSignUp=answering(autoConfirmUser=True), PostConfirmation=raising("down"))
    made = pool_with(running, functions)
    with refused("UserLambdaValidationException", "PostConfirmation failed with error down."):
        sign_up(idp, made)
    assert shown(idp, made)["status"] == "CONFIRMED"


def test_an_administrators_confirmation_has_no_client(running: Running, idp: Any) -> None:
    functions = Functions(running, PostConfirmation=None)
    made = pool_with(running, functions)
    sign_up(idp, made)
    idp.admin_confirm_sign_up(UserPoolId=made.pool, Username="ann", ClientMetadata={"a": "b"})
    told = functions.told("PostConfirmation_ConfirmSignUp")
    assert told["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert told["request"]["clientMetadata"] == {"a": "b"}


def test_a_recovery_is_a_confirmation(running: Running, idp: Any) -> None:
    functions = Functions(running, PostConfirmation=None)
    made = pool_with(running, functions)
    sub = user(running, made.pool, email="ann@example.com", email_verified="true")
    idp.forgot_password(ClientId=made.client, Username="ann")
    answer = {"ClientId": made.client, "Username": "ann", "Password": "Another-horse-8"}
    idp.confirm_forgot_password(ConfirmationCode=code(running), ClientMetadata={"at": "confirm"}, **answer)
    assert as_recorded(functions.events[0], made, sub) == recorded("PostConfirmation_ConfirmForgotPassword")


def test_the_new_password_stays_when_the_function_fails(running: Running, idp: Any) -> None:
    made = pool_with(running, Functions(running, PostConfirmation=raising("down")))
    user(running, made.pool, email="ann@example.com", email_verified="true")
    idp.forgot_password(ClientId=made.client, Username="ann")
    with refused("UserLambdaValidationException", "PostConfirmation failed with error down."):
        idp.confirm_forgot_password(
            ClientId=made.client, Username="ann", Password="Another-horse-8", ConfirmationCode=code(running)
        )
    assert sign_in(idp, made, password="Another-horse-8")["AccessToken"]


def test_texts_need_no_configuration_for_who_is_confirmed_at_once(running: Running, idp: Any) -> None:
    """Nothing is sent, so nothing has to be sendable."""
    functions = Functions(running, PreSignUp=answering(autoConfirmUser=True))
    made = setup(running, AutoVerifiedAttributes=["phone_number"], SmsConfiguration=SMS, LambdaConfig=functions.config)
    assert sign_up(idp, made, "ann", PHONE)["UserConfirmed"] is True
    assert running.world.outbox.all() == []


def test_the_event_of_somebody_from_an_identity_provider(running: Running) -> None:
    functions = Functions(running, PreSignUp=answering(autoVerifyEmail=True))
    made = pool_with(running, functions)
    pool, _ = running.world.client(made.client)
    source, attributes = sign_up_triggers.EXTERNAL_PROVIDER, {"email": "ann@example.com"}
    caller = Caller(made.client)
    said = running.run(
        sign_up_triggers.before(running.world, pool, source, "Google_1234567890", attributes, caller=caller)
    )
    assert said == sign_up_triggers.Admission(verified=("email",))
    assert as_recorded(functions.events[0], made) == recorded("PreSignUp_ExternalProvider")
