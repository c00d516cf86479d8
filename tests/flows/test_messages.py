from __future__ import annotations

import pytest

from emulator.domain import errors
from emulator.domain.pool import Pool
from emulator.domain.user import CONFIRMED, User
from emulator.flows import messages
from emulator.ports.clock import Clock
from emulator.world import World

SMS = {"SmsConfiguration": {"SnsCallerArn": "arn"}}
NO_SMS = (
    "Invalid phone number provided/Unable to send the message. "
    "User pool does not have SMS configuration to send messages."
)


def pool(**settings: object) -> Pool:
    return Pool("r_p", "0", "r", "p", 0, 0, settings=settings, schema={})


USER = User(
    "r_p", "s", "ann", "ann", 0, 0, CONFIRMED, attributes=(("email", "a@b.c"), ("phone_number", "+15551234567"))
)


@pytest.fixture
def world() -> World:
    return World(clock=Clock(frozen=1000.0))


def test_a_code_by_mail_is_in_the_outbox(world: World) -> None:
    details = messages.send_code(world, pool(), USER, purpose="sign-up", attribute="email", code="012345")
    assert details == {"Destination": "a***@b***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    (sent,) = world.outbox.all()
    assert (sent.channel, sent.purpose, sent.to, sent.code) == ("EMAIL", "sign-up", "a@b.c", "012345")
    assert (sent.subject, sent.body) == ("Your verification code", "Your verification code is 012345. ")
    assert (sent.pool, sent.user, sent.time) == ("r_p", "ann", 1000.0)


def test_a_code_by_text_message(world: World) -> None:
    details = messages.send_code(
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
    details = messages.send_code(world, pool(), USER, purpose="attribute", attribute="email", code="1", to="x@y.z")
    assert details["Destination"] == "x***@y***"
    assert world.outbox.all()[0].to == "x@y.z"


def test_no_text_message_without_sms_configuration(world: World) -> None:
    with pytest.raises(errors.InvalidParameter) as refused:
        messages.send_code(world, pool(), USER, purpose="mfa", attribute="phone_number", code="1")
    assert refused.value.message == NO_SMS
    assert world.outbox.all() == []


def test_no_code_without_an_address(world: World) -> None:
    nobody = User("r_p", "s", "ann", "ann", 0, 0, CONFIRMED)
    with pytest.raises(errors.InvalidParameter, match=r"^User does not have a valid registered email address$"):
        messages.send_code(world, pool(), nobody, purpose="attribute", attribute="email", code="1")


def test_an_invitation_goes_by_each_medium(world: World) -> None:
    messages.send_invitation(world, pool(**SMS), USER, "Temp-1234", ["EMAIL", "SMS"])
    assert [(m.channel, m.purpose, m.to, m.code) for m in world.outbox.all()] == [
        ("EMAIL", "invitation", "a@b.c", "Temp-1234"),
        ("SMS", "invitation", "+15551234567", "Temp-1234"),
    ]


def test_an_invitation_that_cannot_go_by_one_medium_goes_by_none(world: World) -> None:
    with pytest.raises(errors.InvalidParameter) as refused:
        messages.send_invitation(world, pool(), USER, "Temp-1234", ["EMAIL", "SMS"])
    assert refused.value.message == NO_SMS
    assert world.outbox.all() == []


def test_a_medium_without_an_address_is_passed_over(world: World) -> None:
    user = User("r_p", "s", "ann", "ann", 0, 0, CONFIRMED, attributes=(("email", "a@b.c"),))
    messages.send_invitation(world, pool(), user, "Temp-1234", ["EMAIL", "SMS"])
    assert [m.channel for m in world.outbox.all()] == ["EMAIL"]
