"""Pools with MFA, and the start of a sign-in there."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import PASSWORD, SMS, Setup, setup
from tests.helpers.harness import Running
from tests.helpers.sign_in import begin

TOTP_ON = {"Enabled": True}
SMS_ON = {"SmsConfiguration": SMS}
PHONE: dict[str, Any] = {"phone_number": "+15551234567"}


def with_mfa(running: Running, mode: str = "OPTIONAL", *, sms: bool = False, totp: bool = True, **pool: Any) -> Setup:
    at = setup(running, **pool)
    blocks: dict[str, Any] = {}
    if sms:
        blocks["SmsMfaConfiguration"] = SMS_ON
    if totp:
        blocks["SoftwareTokenMfaConfiguration"] = TOTP_ON
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration=mode, **blocks)
    return at


def set_mode(running: Running, at: Setup, mode: str) -> None:
    running.call(
        "SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration=mode, SoftwareTokenMfaConfiguration=TOTP_ON
    )


def start(idp: Any, at: Setup, challenge: str) -> Any:
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == challenge
    return answer
