from __future__ import annotations

import pytest
from msgspec.structs import replace

from cognito_emulator.domain.messaging import message
from cognito_emulator.domain.pools.pool import MfaSettings, Pool
from cognito_emulator.domain.users.user import CONFIRMED, Factors, User

POOL = Pool("r_p", "0", "r", "p", 0, 0, settings={}, schema={}, recovery=("email", "phone_number"))
SMS = {"SmsConfiguration": {"SnsCallerArn": "arn"}}
VERIFIED = (("email", "a@b.c"), ("email_verified", "true"), ("phone_number", "+123"), ("phone_number_verified", "true"))
USER = User("r_p", "sub", "ann", "ann", 0, 0, CONFIRMED, attributes=VERIFIED)


@pytest.mark.parametrize(
    ("attribute", "value", "shown"),
    [
        ("email", "fixture@example.com", "f***@e***"),  # recorded
        ("email", "a@b", "a***@b***"),
        ("email", '"x@y"@example.com', '"***@e***'),
        ("phone_number", "+358401238920", "+********8920"),  # recorded
        ("phone_number", "+15551231234", "+*******1234"),  # documented
        ("phone_number", "+123", "+123"),
    ],
)
def test_addresses_are_masked_as_recorded(attribute: str, value: str, shown: str) -> None:
    assert message.masked(attribute, value) == shown


def test_invitations_name_what_one_signs_in_with() -> None:
    assert message.invited_name(POOL, USER) == "ann"
    assert message.invited_name(replace(POOL, username_attributes=frozenset({"email"})), USER) == "a@b.c"
    assert message.invited_name(replace(POOL, username_attributes=frozenset({"phone_number"})), USER) == "+123"


@pytest.mark.parametrize(
    ("auto_verified", "attributes", "address"),
    [
        ({"email", "phone_number"}, VERIFIED, "phone_number"),
        ({"email"}, VERIFIED, "email"),
        ({"email", "phone_number"}, VERIFIED[:2], "email"),
        ({"phone_number"}, VERIFIED[:2], None),
        (set(), VERIFIED, None),
    ],
)
def test_sign_up_code_goes_to_the_phone_first(
    auto_verified: set[str], attributes: tuple[tuple[str, str], ...], address: str | None
) -> None:
    pool = replace(POOL, auto_verified=frozenset(auto_verified))
    assert message.sign_up_address(pool, replace(USER, attributes=attributes)) == address


def test_recovery_follows_the_pools_order_among_verified_addresses() -> None:
    assert message.recovery_attributes(POOL, USER) == ["email", "phone_number"]
    assert message.recovery_attributes(replace(POOL, recovery=None), USER) == ["phone_number", "email"]
    assert message.recovery_attributes(replace(POOL, recovery=("phone_number",)), USER) == ["phone_number"]
    assert message.recovery_attributes(replace(POOL, recovery=()), USER) == []
    unverified = replace(USER, attributes=(("email", "a@b.c"), ("email_verified", "false")))
    assert message.recovery_attributes(POOL, unverified) == []


def test_recovery_never_goes_to_the_phone_of_sms_mfa() -> None:
    user = replace(USER, factors=Factors(enabled=frozenset({"SMS_MFA"})))
    pool = replace(POOL, recovery=None, mfa=MfaSettings("OPTIONAL", sms=True))
    assert message.recovery_attributes(pool, user) == ["email"]
    assert message.recovery_attributes(replace(pool, mfa=MfaSettings("OFF")), user) == ["phone_number", "email"]


def test_simulated_details_follow_the_form_of_the_name() -> None:
    order = ("phone_number", "email")
    assert message.simulated(POOL, "jane@example.com", order) == {
        "Destination": "j***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }  # fmt: skip
    assert message.simulated(POOL, "+15551234567", order)["Destination"] == "+*******4567"
    assert message.simulated(POOL, "jane", order)["Destination"] == "j***@e***"
    phone = message.simulated(replace(POOL, settings=SMS), "jane", order)
    assert phone["DeliveryMedium"] == "SMS"
    assert phone == message.simulated(replace(POOL, settings=SMS), "jane", order)
    assert len(phone["Destination"]) == len("+*******4567")
