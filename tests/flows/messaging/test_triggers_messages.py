"""CustomMessage and the custom senders: each message's event, and what becomes of what a function writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cognito_emulator.domain.messaging.message_text import Text
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.threats.risk_notice import Notice
from cognito_emulator.flows.messaging import messages
from tests.helpers.build import DEVELOPER, FLOWS, PASSWORD, SMS, Setup, refused, setup, sign_in, user
from tests.helpers.events import as_recorded, recorded
from tests.helpers.functions import KEY, Event, Functions, answering, arn, raising
from tests.helpers.harness import Running

MAIL: dict[str, Any] = {"email": "ann@example.com", "email_verified": "true"}
PHONE: dict[str, Any] = {"phone_number": "+15551234567", "phone_number_verified": "true"}
META = {"from": "test"}
Act = Callable[[Any, Setup, dict[str, Any]], Any]


def pairs(attributes: dict[str, Any]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


def only(attributes: dict[str, Any]) -> dict[str, Any]:
    """Without the flags, which a user cannot set."""
    return {name: value for name, value in attributes.items() if not name.endswith("_verified")}


def token(idp: Any, made: Setup) -> str:
    return str(sign_in(idp, made)["AccessToken"])


def sign_up(idp: Any, made: Setup, address: dict[str, Any]) -> None:
    members = {"Username": "ann", "Password": PASSWORD, "UserAttributes": pairs(only(address))}
    idp.sign_up(ClientId=made.client, ClientMetadata=META, **members)


def resend(idp: Any, made: Setup, address: dict[str, Any]) -> None:
    sign_up(idp, made, address)
    idp.resend_confirmation_code(ClientId=made.client, Username="ann", ClientMetadata=META)


def forgot(idp: Any, made: Setup, _: dict[str, Any]) -> None:
    idp.forgot_password(ClientId=made.client, Username="ann", ClientMetadata=META)


def update(idp: Any, made: Setup, address: dict[str, Any]) -> None:
    new = {"email": "new@example.com"} if "email" in address else {"phone_number": "+15557654321"}
    idp.update_user_attributes(AccessToken=token(idp, made), UserAttributes=pairs(new), ClientMetadata=META)


def verify(idp: Any, made: Setup, address: dict[str, Any]) -> None:
    name = next(iter(address))
    idp.get_user_attribute_verification_code(AccessToken=token(idp, made), AttributeName=name, ClientMetadata=META)


def invite(idp: Any, made: Setup, address: dict[str, Any]) -> None:
    idp.admin_create_user(
        UserPoolId=made.pool, Username="ann", UserAttributes=pairs(address), ClientMetadata=META,
        TemporaryPassword="Tem<p>&-1word",
    )  # fmt: skip


def sms_mfa(idp: Any, made: Setup, _: dict[str, Any]) -> None:
    """The code is sent while InitiateAuth is answered, whose ClientMetadata goes to no message."""
    settings = {"Enabled": True, "PreferredMfa": True}
    idp.admin_set_user_mfa_preference(UserPoolId=made.pool, Username="ann", SMSMfaSettings=settings)
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    idp.initiate_auth(
        ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters, ClientMetadata=META
    )


def choose(idp: Any, made: Setup, address: dict[str, Any]) -> None:
    parameters = {"USERNAME": "ann", "PREFERRED_CHALLENGE": "EMAIL_OTP"}
    idp.initiate_auth(ClientId=made.client, AuthFlow="USER_AUTH", AuthParameters=parameters, ClientMetadata=META)


# What stands after the underscore, what brings it about, and whether the user is there before.
ACTS: list[tuple[str, Act, bool]] = [
    ("SignUp", sign_up, False),
    ("ResendCode", resend, False),
    ("ForgotPassword", forgot, True),
    ("AdminCreateUser", invite, False),
    ("UpdateUserAttribute", update, True),
    ("VerifyUserAttribute", verify, True),
]
BOTH = [(*act, address) for address in (MAIL, PHONE) for act in [*ACTS, ("Authentication", sms_mfa, True)]
        if act[0] != "Authentication" or address is PHONE]  # fmt: skip


def pool_with(running: Running, config: dict[str, Any], **members: Any) -> Setup:
    made = setup(
        running,
        {"ExplicitAuthFlows": [*FLOWS, "ALLOW_USER_AUTH"]},
        **{
            "AutoVerifiedAttributes": ["email", "phone_number"],
            "SmsConfiguration": SMS,
            "EmailConfiguration": DEVELOPER,
            "LambdaConfig": config,
            **members,
        },
    )
    if "Policies" not in members:
        sms = {"SmsConfiguration": SMS}
        running.call("SetUserPoolMfaConfig", UserPoolId=made.pool, MfaConfiguration="OPTIONAL", SmsMfaConfiguration=sms)
    return made


def senders(functions: Functions) -> dict[str, Any]:
    versioned = {name: {"LambdaVersion": "V1_0", "LambdaArn": arn(name)} for name in functions.config}
    return {**versioned, "KMSKeyID": KEY}


def run(running: Running, idp: Any, made: Setup, act: Act, present: bool, address: dict[str, Any]) -> str:
    if present:
        user(running, made.pool, **address)
    act(idp, made, address)
    running.run(running.world.triggers.settled())
    return next(iter(running.world.store.users.where("pool", made.pool))).sub


@pytest.mark.parametrize(("source", "act", "present"), [*ACTS, ("Authentication", sms_mfa, True)])
def test_the_event_of_each_message(running: Running, idp: Any, source: str, act: Act, present: bool) -> None:
    functions = Functions(running, CustomMessage=None)
    made = pool_with(running, functions.config)
    sms = source == "Authentication"
    sub = run(running, idp, made, act, present, {**MAIL, **PHONE} if sms else MAIL)
    event = as_recorded(functions.told(f"CustomMessage_{source}"), made, sub)
    wanted = recorded(f"CustomMessage_{source}")
    if sms:
        assert event["request"].pop("clientMetadata", None) is None
        assert wanted["request"].pop("clientMetadata") == META  # comes with RespondToAuthChallenge alone
        wanted["request"]["userAttributes"]["phone_number_verified"] = "true"
    assert event == wanted


def test_metadata_of_an_answer_goes_to_the_message(running: Running, idp: Any) -> None:
    """The first challenge is SELECT_CHALLENGE; its answer asks for the code."""
    functions = Functions(running, CustomMessage=None)
    policies = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}
    made = pool_with(running, functions.config, **policies)
    user(running, made.pool, **MAIL)
    asked = idp.initiate_auth(ClientId=made.client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "ann"})
    responses = {"USERNAME": "ann", "ANSWER": "EMAIL_OTP"}
    idp.respond_to_auth_challenge(
        ClientId=made.client, ChallengeName="SELECT_CHALLENGE", ChallengeResponses=responses,
        Session=asked["Session"], ClientMetadata=META,
    )  # fmt: skip
    assert functions.told("CustomMessage_Authentication")["request"]["clientMetadata"] == META


@pytest.mark.parametrize(("source", "act", "present", "address"), BOTH)
def test_the_event_of_each_custom_sender(
    running: Running, idp: Any, source: str, act: Act, present: bool, address: dict[str, Any]
) -> None:
    kind = "Email" if address is MAIL else "SMS"
    functions = Functions(running, CustomEmailSender=None, CustomSMSSender=None)
    message = Functions(running, CustomMessage=raising("never"))
    made = pool_with(running, {**senders(functions), **message.config})
    sub = run(running, idp, made, act, present, address)
    event = functions.told(f"Custom{kind}Sender_{source}")
    assert as_recorded(event, made, sub) == recorded(f"Custom{kind}Sender_{source}")
    sent = running.world.outbox.all()[-1]
    assert (sent.handed_to, sent.subject, sent.body, sent.sender) == (f"Custom{kind}Sender", "", "", None)
    assert sent.code
    assert message.events == []


def test_codes_are_encrypted_for_the_pools_key(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomEmailSender=None)
    made = pool_with(running, senders(functions))
    run(running, idp, made, invite, False, MAIL)
    code = functions.told("CustomEmailSender_AdminCreateUser")["request"]["code"]
    assert running.world.kms.decrypt_code(code) == "Tem&lt;p&gt;&amp;-1word"


def test_a_code_by_mail_at_the_sign_in(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomEmailSender=None)
    policies = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}
    made = pool_with(running, senders(functions), **policies)
    sub = run(running, idp, made, choose, True, MAIL)
    event = as_recorded(functions.told("CustomEmailSender_Authentication"), made, sub)
    assert event == recorded("CustomEmailSender_Authentication")


def test_a_notice_of_threat_protection(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomEmailSender=None)
    made = pool_with(running, senders(functions))
    sub = user(running, made.pool, **MAIL)
    pool, _ = running.world.client(made.client)
    known = next(iter(running.world.store.users.where("pool", made.pool)))
    caller = Caller(made.client, META)
    notice = Notice(Text("s", "b"), "", None, {"EVENT_ID": "e-1", "ACCOUNT_TAKE_OVER_ACTION": "BLOCK"})
    running.run(messages.send_notice(running.world, pool, known, notice, caller))
    running.run(running.world.triggers.settled())
    event = as_recorded(functions.events[0], made, sub)
    assert event == recorded("CustomEmailSender_AccountTakeOverNotification")


def test_a_notice_by_mail_is_not_rewritten(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomMessage=raising("never"))
    made = pool_with(running, functions.config)
    user(running, made.pool, **MAIL)
    pool, _ = running.world.client(made.client)
    known = next(iter(running.world.store.users.where("pool", made.pool)))
    running.run(messages.send_notice(running.world, pool, known, Notice(Text("s", "b"), "", None, {}), Caller()))
    sent = running.world.outbox.all()[-1]
    assert (sent.purpose, sent.subject, sent.body, sent.code, sent.to) == ("risk", "s", "b", None, "ann@example.com")


def test_a_sender_that_fails_is_nobodys_error(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomEmailSender=raising("down"))
    made = pool_with(running, senders(functions))
    run(running, idp, made, forgot, True, MAIL)
    answer = {"ClientId": made.client, "Username": "ann", "Password": "Another-horse-8"}
    idp.confirm_forgot_password(ConfirmationCode=running.world.outbox.all()[-1].code, **answer)


def test_own_words_with_the_code_in_them(running: Running, idp: Any) -> None:
    functions = Functions(
        running, CustomMessage=answering(emailMessage="<b>{####}</b>", emailSubject="hi", smsMessage="sms {####}")
    )
    made = pool_with(running, functions.config)
    user(running, made.pool, **MAIL)
    forgot(idp, made, MAIL)
    sent = running.world.outbox.all()[-1]
    assert (sent.subject, sent.body) == ("hi", f"<b>{sent.code}</b>")


def test_what_is_left_out_stays_the_pools(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomMessage=answering(emailSubject="hi"))
    made = pool_with(running, functions.config, EmailVerificationMessage="own {####}")
    user(running, made.pool, **MAIL)
    forgot(idp, made, MAIL)
    sent = running.world.outbox.all()[-1]
    assert (sent.subject, sent.body) == ("hi", f"own {sent.code}")


def test_an_invitation_in_own_words(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomMessage=answering(smsMessage="{username} {####}"))
    made = pool_with(running, functions.config)
    invite(idp, made, PHONE)
    assert running.world.outbox.all()[-1].body == "ann Tem<p>&-1word"


BAD = [
    ({"emailMessage": "nothing"}, "InvalidParameterException"),
    ({"emailMessage": "{####}" + "x" * 20_000}, "InvalidParameterException"),
    ({"emailMessage": ["{####}"]}, "InvalidLambdaResponseException"),
    ({"emailSubject": "s" * 141}, "InvalidParameterException"),
    ({"emailSubject": 1}, "InvalidLambdaResponseException"),
]


@pytest.mark.parametrize(("response", "code"), BAD)
def test_what_cannot_be_sent_is_refused(running: Running, idp: Any, response: dict[str, Any], code: str) -> None:
    functions = Functions(running, CustomMessage=answering(**response))
    made = pool_with(running, functions.config)
    user(running, made.pool, **MAIL)
    with refused(code):
        forgot(idp, made, MAIL)
    assert running.world.outbox.all() == []


DEFAULT_SENDER = {"EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"}}
WRITTEN = {"emailMessage": "mail {####}", "emailSubject": "subject", "smsMessage": "text {####}"}


@pytest.mark.parametrize("field", ["emailMessage", "emailSubject"])
def test_mails_in_own_words_need_an_own_sender(
    running: Running, idp: Any, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    functions = Functions(running, CustomMessage=answering(**{field: "{####}"}))
    made = pool_with(running, functions.config, **DEFAULT_SENDER)
    user(running, made.pool, **MAIL)
    text = (
        "emailMessage and emailSubject can only be used if the EmailSendingAccount of the user pool is DEVELOPER "
        "(--lenient custom-message lets them through)."
    )
    with refused("InvalidLambdaResponseException", text):
        forgot(idp, made, MAIL)
    assert running.world.outbox.all() == []
    assert text in caplog.text


def test_what_a_function_writes_for_mails_does_not_stop_a_text_message(running: Running, idp: Any) -> None:
    """The function of Amplify's template fills in every field."""
    functions = Functions(running, CustomMessage=answering(**WRITTEN))
    made = pool_with(running, functions.config, **DEFAULT_SENDER)
    user(running, made.pool, **PHONE)
    forgot(idp, made, PHONE)
    [sent] = running.world.outbox.all()
    assert (sent.channel, sent.body) == ("SMS", f"text {sent.code}")


def test_mails_in_own_words_with_the_lenient_setting(
    running: Running, idp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running.world, "settings", replace(running.world.settings, lenient=("custom-message",)))
    functions = Functions(running, CustomMessage=answering(**WRITTEN))
    made = pool_with(running, functions.config, **DEFAULT_SENDER)
    user(running, made.pool, **MAIL)
    forgot(idp, made, MAIL)
    [sent] = running.world.outbox.all()
    assert (sent.channel, sent.subject, sent.body) == ("EMAIL", "subject", f"mail {sent.code}")


def test_an_invitation_must_tell_the_name(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomMessage=answering(emailMessage="your password: {####}"))
    made = pool_with(running, functions.config)
    text = "The message of an invitation must contain the username placeholder."
    with refused("InvalidLambdaResponseException", text):
        invite(idp, made, MAIL)


def test_a_sign_up_stays_when_its_message_fails(running: Running, idp: Any) -> None:
    functions = Functions(running, CustomMessage=raising("down"))
    made = pool_with(running, functions.config)
    with refused("UserLambdaValidationException", "CustomMessage failed with error down."):
        sign_up(idp, made, MAIL)
    assert idp.admin_get_user(UserPoolId=made.pool, Username="ann")["UserStatus"] == "UNCONFIRMED"
    assert running.world.outbox.all() == []


def test_a_function_may_change_the_user_in_between(running: Running, idp: Any) -> None:
    """It calls back while a sign-in waits for its code: neither change undoes the other."""
    own = running.client()

    def call_back(event: Event) -> None:
        own.admin_update_user_attributes(
            UserPoolId=event["userPoolId"], Username="ann", UserAttributes=pairs({"nickname": "annie"})
        )

    functions = Functions(running, CustomMessage=call_back)
    made = pool_with(running, functions.config)
    user(running, made.pool, **{**MAIL, **PHONE})
    settings = {"Enabled": True, "PreferredMfa": True}
    idp.admin_set_user_mfa_preference(UserPoolId=made.pool, Username="ann", SMSMfaSettings=settings)
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    asked = idp.initiate_auth(ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    responses = {"USERNAME": "ann", "SMS_MFA_CODE": running.world.outbox.all()[-1].code}
    result = idp.respond_to_auth_challenge(
        ClientId=made.client, ChallengeName="SMS_MFA", Session=asked["Session"], ChallengeResponses=responses
    )
    attributes = idp.get_user(AccessToken=result["AuthenticationResult"]["AccessToken"])["UserAttributes"]
    assert {"Name": "nickname", "Value": "annie"} in attributes
