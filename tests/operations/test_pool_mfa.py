"""GetUserPoolMfaConfig and SetUserPoolMfaConfig."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.pools import mfa_factors
from cognito_emulator.world import World
from tests.helpers.build import SMS, refused
from tests.helpers.harness import Running

TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
SMS_FACTOR = {"SmsMfaConfiguration": {"SmsConfiguration": SMS, "SmsAuthenticationMessage": "in {####}"}}
TOGETHER = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
NO_FACTOR = "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."


@pytest.fixture
def pool(running: Running) -> str:
    pool_id: str = running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
    return pool_id


def shown(idp: Any, pool: str) -> dict[str, Any]:
    answer: dict[str, Any] = idp.get_user_pool_mfa_config(UserPoolId=pool)
    answer.pop("ResponseMetadata")
    return answer


def put(idp: Any, pool: str, **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = idp.set_user_pool_mfa_config(UserPoolId=pool, **members)
    answer.pop("ResponseMetadata")
    assert shown(idp, pool) == answer
    return answer


def described(idp: Any, pool: str) -> dict[str, Any]:
    answer: dict[str, Any] = idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    return answer


def test_fresh_pool(idp: Any, pool: str) -> None:
    assert shown(idp, pool) == {"MfaConfiguration": "OFF"}


@pytest.mark.parametrize("mode", ["ON", "OPTIONAL"])
def test_totp(idp: Any, world: World, pool: str, mode: str) -> None:
    assert put(idp, pool, MfaConfiguration=mode, **TOTP) == {"MfaConfiguration": mode, **TOTP}
    assert described(idp, pool)["MfaConfiguration"] == mode
    assert "SoftwareTokenMfaConfiguration" not in described(idp, pool)
    found = world.store.pools.get(pool)
    assert found is not None
    assert (found.mfa.mode, found.mfa.totp, found.mfa.sms) == (mode, True, False)


def test_sms(idp: Any, world: World, pool: str) -> None:
    assert put(idp, pool, MfaConfiguration="ON", **SMS_FACTOR) == {"MfaConfiguration": "ON", **SMS_FACTOR}
    pool_shown = described(idp, pool)
    assert (pool_shown["SmsConfiguration"], pool_shown["SmsAuthenticationMessage"]) == (SMS, "in {####}")
    found = world.store.pools.get(pool)
    assert found is not None
    assert (found.mfa.totp, found.mfa.sms, found.has_sms) == (False, True, True)


def test_totp_named_as_off_beside_sms(idp: Any, pool: str) -> None:
    off = {"SoftwareTokenMfaConfiguration": {"Enabled": False}}
    answer = put(idp, pool, MfaConfiguration="ON", **SMS_FACTOR, **off)
    assert answer == {"MfaConfiguration": "ON", **SMS_FACTOR, **off}


def test_a_factor_without_a_block_is_off(idp: Any, world: World, pool: str) -> None:
    put(idp, pool, MfaConfiguration="ON", **SMS_FACTOR, **TOTP)
    assert put(idp, pool, MfaConfiguration="ON", **SMS_FACTOR) == {"MfaConfiguration": "ON", **SMS_FACTOR}
    found = world.store.pools.get(pool)
    assert found is not None
    assert mfa_factors.offered(found) == ["SMS_MFA"]


def test_sms_stays_a_factor_once_it_is_configured(idp: Any, world: World, pool: str) -> None:
    put(idp, pool, MfaConfiguration="ON", **SMS_FACTOR)
    kept = {"MfaConfiguration": "ON", **SMS_FACTOR, **TOTP}
    assert put(idp, pool, MfaConfiguration="ON", **TOTP) == kept
    found = world.store.pools.get(pool)
    assert found is not None
    assert mfa_factors.offered(found) == ["SMS_MFA", "SOFTWARE_TOKEN_MFA"]
    # A block without a configuration names the pool's; its template goes back to the default.
    answer = put(idp, pool, MfaConfiguration="ON", SmsMfaConfiguration={})
    assert answer == {"MfaConfiguration": "ON", "SmsMfaConfiguration": {"SmsConfiguration": SMS}}


@pytest.mark.parametrize("members", [{}, {"MfaConfiguration": "OFF"}])
def test_off(idp: Any, pool: str, members: dict[str, str]) -> None:
    put(idp, pool, MfaConfiguration="OPTIONAL", **SMS_FACTOR, **TOTP)
    assert put(idp, pool, **members) == {"MfaConfiguration": "OFF"}
    assert described(idp, pool)["SmsConfiguration"] == SMS


def test_an_update_of_the_pool_keeps_the_factors(idp: Any, pool: str) -> None:
    put(idp, pool, MfaConfiguration="ON", **TOTP)
    idp.update_user_pool(UserPoolId=pool)
    assert shown(idp, pool) == {"MfaConfiguration": "ON", **TOTP}
    idp.update_user_pool(UserPoolId=pool, MfaConfiguration="OPTIONAL")
    assert shown(idp, pool) == {"MfaConfiguration": "OPTIONAL", **TOTP}
    idp.update_user_pool(UserPoolId=pool, MfaConfiguration="OFF")
    assert shown(idp, pool) == {"MfaConfiguration": "OFF"}


BAD_SMS = "Invalid SMS MFA configuration given, external id and a valid caller arn are required"


def sms_by(**configuration: str) -> dict[str, Any]:
    return {"SmsMfaConfiguration": {"SmsConfiguration": configuration}}


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"MfaConfiguration": "OFF", **TOTP}, TOGETHER),
        ({"SoftwareTokenMfaConfiguration": {"Enabled": False}}, TOGETHER),
        (SMS_FACTOR, TOGETHER),
        ({"MfaConfiguration": "ON"}, NO_FACTOR),
        ({"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": False}}, NO_FACTOR),
        ({"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {}}, NO_FACTOR),
        ({"MfaConfiguration": "ON", "SmsMfaConfiguration": {}}, BAD_SMS),
        ({"MfaConfiguration": "ON", **sms_by()}, BAD_SMS),
        ({"MfaConfiguration": "OPTIONAL", **sms_by(SnsCallerArn=SMS["SnsCallerArn"])}, BAD_SMS),
        ({"MfaConfiguration": "OFF", **sms_by(SnsCallerArn=SMS["SnsCallerArn"])}, BAD_SMS),
        (
            {"MfaConfiguration": "ON", **sms_by(SnsCallerArn="arn:aws:sns:us-east-1:000000000000:t", ExternalId="x")},
            BAD_SMS,
        ),
    ],
)
def test_refused(idp: Any, pool: str, members: dict[str, Any], text: str) -> None:
    with refused("InvalidParameterException", text):
        idp.set_user_pool_mfa_config(UserPoolId=pool, **members)
    assert shown(idp, pool) == {"MfaConfiguration": "OFF"}


def test_sms_cannot_be_the_factor_and_the_only_recovery(running: Running, idp: Any) -> None:
    by_phone = {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_phone_number"}]}
    made = running.call("CreateUserPool", PoolName="p", AccountRecoverySetting=by_phone)["UserPool"]["Id"]
    text = (
        "Invalid account recovery setting parameter. Account Recovery Setting cannot use verified_phone_number as a "
        "recovery mechanism when SMS MFA is configured."
    )
    with refused("InvalidParameterException", text):
        idp.set_user_pool_mfa_config(UserPoolId=made, MfaConfiguration="ON", **SMS_FACTOR)
    put(idp, made, MfaConfiguration="ON", **TOTP)


def test_foreign_pool(running: Running, pool: str) -> None:
    stranger = running.client(access_key="111111111111")
    for operation in (stranger.get_user_pool_mfa_config, stranger.set_user_pool_mfa_config):
        with refused("ResourceNotFoundException", f"User pool {pool} does not exist."):
            operation(UserPoolId=pool)
