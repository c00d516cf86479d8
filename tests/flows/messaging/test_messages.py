from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import CONFIRMED, User
from cognito_emulator.flows.messaging import messages
from cognito_emulator.ports.clock import Clock
from cognito_emulator.world import World

SMS = {"SmsConfiguration": {"SnsCallerArn": "arn"}}
NO_SMS = (
    "Invalid phone number provided/Unable to send the message. "
    "User pool does not have SMS configuration to send messages."
)


def send_code(world: World, pool: Pool, user: User, **members: Any) -> dict[str, str]:
    return asyncio.run(messages.send_code(world, pool, user, caller=Caller(), **members))


def send_invitation(world: World, pool: Pool, user: User, password: str | None, mediums: list[str]) -> None:
    asyncio.run(messages.send_invitation(world, pool, user, password, mediums=mediums, caller=Caller()))


def pool(**settings: object) -> Pool:
    return Pool("r_p", "0", "r", "p", 0, 0, settings=settings, schema={})


USER = User(
    "r_p", "s", "ann", "ann", 0, 0, CONFIRMED, attributes=(("email", "a@b.c"), ("phone_number", "+15551234567"))
)


@pytest.fixture
def world() -> World:
    return World(clock=Clock(frozen=1000.0))


def test_a_code_by_mail_is_in_the_outbox(world: World) -> None:
    details = send_code(world, pool(), USER, purpose="sign-up", attribute="email", code="012345")
    assert details == {"Destination": "a***@b***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    (sent,) = world.outbox.all()
    assert (sent.channel, sent.purpose, sent.to, sent.code) == ("EMAIL", "sign-up", "a@b.c", "012345")
    assert (sent.subject, sent.body) == ("Your verification code", "Your verification code is 012345. ")
    assert (sent.pool, sent.user, sent.time) == ("r_p", "ann", 1000.0)


def test_a_code_by_text_message(world: World) -> None:
    details = send_code(
        world,
        pool(**SMS, SmsAuthenticationMessage="in: {####}"),
        USER,
        purpose="mfa",
        attribute="phone_number",
        code="1",
    )
    assert details["Destination"] == "+*******4567"
    assert [(m.channel, m.to, m.body) for m in world.outbox.all()] == [("SMS", "+15551234567", "in: 1")]


def test_a_code_to_an_address_that_is_not_yet_the_users(world: World) -> None:
    details = send_code(world, pool(), USER, purpose="attribute", attribute="email", code="1", to="x@y.z")
    assert details["Destination"] == "x***@y***"
    assert world.outbox.all()[0].to == "x@y.z"


def test_no_text_message_without_sms_configuration(world: World) -> None:
    with pytest.raises(errors.InvalidParameter) as refused:
        send_code(world, pool(), USER, purpose="mfa", attribute="phone_number", code="1")
    assert refused.value.message == NO_SMS
    assert world.outbox.all() == []


def test_no_code_without_an_address(world: World) -> None:
    nobody = User("r_p", "s", "ann", "ann", 0, 0, CONFIRMED)
    with pytest.raises(errors.InvalidParameter, match=r"^User does not have a valid registered email address$"):
        send_code(world, pool(), nobody, purpose="attribute", attribute="email", code="1")


def test_an_invitation_goes_by_each_medium(world: World) -> None:
    send_invitation(world, pool(**SMS), USER, "Temp-1234", ["EMAIL", "SMS"])
    assert [(m.channel, m.purpose, m.to, m.code) for m in world.outbox.all()] == [
        ("EMAIL", "invitation", "a@b.c", "Temp-1234"),
        ("SMS", "invitation", "+15551234567", "Temp-1234"),
    ]


def test_an_invitation_that_cannot_go_by_one_medium_goes_by_none(world: World) -> None:
    with pytest.raises(errors.InvalidParameter) as refused:
        send_invitation(world, pool(), USER, "Temp-1234", ["EMAIL", "SMS"])
    assert refused.value.message == NO_SMS
    assert world.outbox.all() == []


def test_a_medium_without_an_address_is_passed_over(world: World) -> None:
    user = User("r_p", "s", "ann", "ann", 0, 0, CONFIRMED, attributes=(("email", "a@b.c"),))
    send_invitation(world, pool(), user, "Temp-1234", ["EMAIL", "SMS"])
    assert [m.channel for m in world.outbox.all()] == ["EMAIL"]


def test_without_a_password_the_user_name_alone_is_told(world: World) -> None:
    own = {"InviteMessageTemplate": {"EmailMessage": "{username}: {####}", "EmailSubject": "hi"}}
    send_invitation(world, pool(AdminCreateUserConfig=own), USER, None, ["EMAIL"])
    (sent,) = world.outbox.all()
    assert (sent.subject, sent.body, sent.code) == ("Your account", "Your username is ann.", None)


@pytest.mark.parametrize(
    ("configuration", "sender", "reply_to"),
    [
        ({}, "no-reply@verificationemail.com", None),
        (
            {"From": "A <a@b.c>", "ReplyToEmailAddress": "r@b.c", "SourceArn": "arn:identity/x@y.z"},
            "A <a@b.c>",
            "r@b.c",
        ),
        ({"SourceArn": "arn:aws:ses:us-east-1:0:identity/x@y.z"}, "x@y.z", None),
        ({"SourceArn": "arn:aws:ses:us-east-1:0:identity/y.z"}, "no-reply@verificationemail.com", None),
    ],
)
def test_mails_are_from_whom_the_pool_says(
    world: World, configuration: dict[str, str], sender: str, reply_to: str | None
) -> None:
    settings = pool(EmailConfiguration=configuration, **SMS)
    send_invitation(world, settings, USER, "Temp-1234", ["EMAIL", "SMS"])
    mail, text = world.outbox.all()
    assert (mail.sender, mail.reply_to, mail.handed_to) == (sender, reply_to, None)
    assert (text.sender, text.reply_to) == (None, None)
