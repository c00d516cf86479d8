"""UpdateUserPool: what stays, what goes back to its default, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.world import World
from tests.helpers.build import SMS, refused
from tests.helpers.pool_cases import ECHOED, create, describe


def test_update_keeps(idp: Any) -> None:
    """What an UpdateUserPool with nothing but the id leaves as it is."""
    policies = {"PasswordPolicy": {"MinimumLength": 10, "PasswordHistorySize": 2}}
    made = create(
        idp,
        Policies=policies,
        MfaConfiguration="OPTIONAL",
        SmsConfiguration=SMS,
        AutoVerifiedAttributes=["phone_number"],
        UserPoolTier="PLUS",
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": []},
    )
    idp.update_user_pool(UserPoolId=made["Id"])
    changed = describe(idp, made["Id"])
    for member in (
        "Id", "Name", "Arn", "Policies", "MfaConfiguration", "SmsConfiguration", "UserPoolTier",
        "UserAttributeUpdateSettings", "SchemaAttributes", "CreationDate",
    ):  # fmt: skip
        assert changed[member] == made[member], member
    assert idp.get_user_pool_mfa_config(UserPoolId=made["Id"])["SmsMfaConfiguration"] == {"SmsConfiguration": SMS}


# These stay; see test_update_sms_and_tier and test_update_keeps_tags.
STAYS = ("SmsConfiguration", "UserPoolTier", "UserPoolTags")
RESET = [(member, value) for member, value in ECHOED if member not in STAYS]


@pytest.mark.parametrize(("member", "value"), RESET)
def test_update_sets_and_resets(idp: Any, member: str, value: Any) -> None:
    fresh = create(idp)
    if member == "AdminCreateUserConfig":
        sent = {name: item for name, item in value.items() if name != "UnusedAccountValidityDays"}
    else:
        sent = value
    idp.update_user_pool(UserPoolId=fresh["Id"], **{member: sent})
    assert describe(idp, fresh["Id"])[member] == value
    idp.update_user_pool(UserPoolId=fresh["Id"])
    assert describe(idp, fresh["Id"]).get(member) == fresh.get(member)


def test_update_resets_the_texts(idp: Any) -> None:
    made = create(idp, VerificationMessageTemplate={"SmsMessage": "sms {####}", "EmailSubject": "s"})
    idp.update_user_pool(UserPoolId=made["Id"])
    changed = describe(idp, made["Id"])
    assert changed["VerificationMessageTemplate"] == {"DefaultEmailOption": "CONFIRM_WITH_CODE"}
    assert not {"SmsVerificationMessage", "EmailVerificationSubject"} & changed.keys()


def test_update_sms_and_tier(idp: Any) -> None:
    made = create(idp)
    idp.update_user_pool(UserPoolId=made["Id"], SmsConfiguration=SMS, UserPoolTier="LITE")
    changed = describe(idp, made["Id"])
    assert (changed["SmsConfiguration"], changed["UserPoolTier"]) == (SMS, "LITE")
    idp.update_user_pool(UserPoolId=made["Id"])
    assert describe(idp, made["Id"])["UserPoolTier"] == "LITE"


def test_update_of_verified_phone_numbers_needs_the_sms_configuration_again(idp: Any) -> None:
    text = "SMS configuration is required when phone_number is selected for auto verification"
    verified = {"AutoVerifiedAttributes": ["phone_number"]}
    made = create(idp, SmsConfiguration=SMS, **verified)
    with refused("InvalidParameterException", text):
        idp.update_user_pool(UserPoolId=made["Id"], PoolName="q", **verified)
    assert describe(idp, made["Id"]) == made
    idp.update_user_pool(UserPoolId=made["Id"], PoolName="q", SmsConfiguration=SMS, **verified)
    assert describe(idp, made["Id"])["Name"] == "q"


def test_update_keeps_tags(idp: Any) -> None:
    """As Terraform's provider has it, which sends none here and tags by TagResource."""
    made = create(idp, UserPoolTags={"team": "a"})
    idp.update_user_pool(UserPoolId=made["Id"], PoolName="q")
    assert describe(idp, made["Id"])["UserPoolTags"] == {"team": "a"}
    idp.update_user_pool(UserPoolId=made["Id"], UserPoolTags={})
    assert describe(idp, made["Id"])["UserPoolTags"] == {}


def test_update_renames_and_dates(idp: Any, world: World) -> None:
    world.clock.freeze(1_700_000_000.0)
    made = create(idp)
    world.clock.advance(60)
    idp.update_user_pool(UserPoolId=made["Id"], PoolName="q")
    changed = describe(idp, made["Id"])
    assert changed["Name"] == "q"
    assert changed["CreationDate"] == made["CreationDate"]
    assert (changed["LastModifiedDate"] - made["LastModifiedDate"]).total_seconds() == 60


def test_update_keeps_each_policy_on_its_own(idp: Any) -> None:
    made = create(idp, Policies={"PasswordPolicy": {"MinimumLength": 10, "RequireSymbols": False}})
    idp.update_user_pool(UserPoolId=made["Id"], Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}})
    assert describe(idp, made["Id"])["Policies"] == made["Policies"]
    idp.update_user_pool(UserPoolId=made["Id"], Policies={"PasswordPolicy": {"MinimumLength": 11}})
    rules = describe(idp, made["Id"])["Policies"]["PasswordPolicy"]
    assert rules == {
        "MinimumLength": 11,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 7,
    }


def test_update_switches_mfa(idp: Any) -> None:
    made = create(idp, MfaConfiguration="ON", SmsConfiguration=SMS)
    idp.update_user_pool(UserPoolId=made["Id"], MfaConfiguration="OPTIONAL")
    assert describe(idp, made["Id"])["MfaConfiguration"] == "OPTIONAL"
    idp.update_user_pool(UserPoolId=made["Id"], MfaConfiguration="OFF")
    assert describe(idp, made["Id"])["MfaConfiguration"] == "OFF"
    assert describe(idp, made["Id"])["SmsConfiguration"] == SMS
    idp.update_user_pool(UserPoolId=made["Id"], MfaConfiguration="ON")
    assert describe(idp, made["Id"])["MfaConfiguration"] == "ON"


def test_update_of_the_old_lifetime(idp: Any) -> None:
    made = create(idp, Policies={"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}})
    idp.update_user_pool(UserPoolId=made["Id"], AdminCreateUserConfig={"UnusedAccountValidityDays": 3})
    text = "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
    with refused("InvalidParameterException", text):
        idp.update_user_pool(UserPoolId=made["Id"], AdminCreateUserConfig={"UnusedAccountValidityDays": 4})
    assert describe(idp, made["Id"])["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 3


def test_verification_before_update_needs_auto_verification_after_an_update_too(idp: Any) -> None:
    made = create(
        idp,
        AutoVerifiedAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
    )
    text = "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes"
    with refused("InvalidParameterException", text):
        idp.update_user_pool(UserPoolId=made["Id"])


def test_the_tier_of_a_pool_with_history_cannot_sink(idp: Any) -> None:
    made = create(idp, Policies={"PasswordPolicy": {"PasswordHistorySize": 4}})
    text = "The following features need to be disabled for the LITE pricing tier configured: Password History"
    with refused("FeatureUnavailableInTierException", text):
        idp.update_user_pool(UserPoolId=made["Id"], UserPoolTier="LITE")
