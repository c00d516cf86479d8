"""Checks of a user pool's settings, at creation and at update alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import pool_features, sign_in_policy, trigger
from cognito_emulator.domain.pools.pool import Pool


def check_expiry_once(given: Mapping[str, Any], days: int | None = None) -> None:
    """Refuse two different lifetimes of temporary passwords.

    The lifetime has one member, and an old one, which answers show too. `days` is the present lifetime of a pool being
    updated. The old member may repeat the lifetime (a description sent back does), but not differ from it. Once
    TemporaryPasswordValidityDays is set, the old member cannot be set [docs: PasswordPolicyType].

    Raises:
        InvalidParameter
    """
    legacy = given.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    current = given.get("Policies", {}).get("PasswordPolicy", {}).get("TemporaryPasswordValidityDays")
    lifetime = days if current is None else current
    if legacy is not None and lifetime is not None and legacy != lifetime:
        raise errors.InvalidParameter(
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
        ).because(
            "pools.temporary-days", setting="Policies.PasswordPolicy.TemporaryPasswordValidityDays", value=lifetime
        )


def check_auto_verified(given: Mapping[str, Any]) -> None:
    """Refuse to verify phone numbers without an SmsConfiguration.

    It has to be in the same request: an update is refused, too, where the pool has one and it is not sent again
    [observed: amplify-backend#1523].

    Raises:
        InvalidParameter
    """
    if "phone_number" in given.get("AutoVerifiedAttributes", ()) and not given.get("SmsConfiguration"):
        raise errors.InvalidParameter(
            "SMS configuration is required when phone_number is selected for auto verification"
        ).because("pools.sms", setting="SmsConfiguration")


def check_settings(given: Mapping[str, Any]) -> None:
    """Check the members that can be judged alone.

    Raises:
        InvalidParameter
    """
    if given.get("AliasAttributes") and given.get("UsernameAttributes"):
        text = "Only one of the aliasAttributes or usernameAttributes can be set in a User pool."
        raise errors.InvalidParameter(text).because(
            "pools.aliases", setting="AliasAttributes", value=given["AliasAttributes"]
        )
    if "SmsConfiguration" in given:
        check_sms_configuration(given["SmsConfiguration"], "smsConfiguration")
    email = given.get("EmailConfiguration", {})
    if email.get("EmailSendingAccount") == "DEVELOPER" and not email.get("SourceArn"):
        # "If you use this option, provide the ARN" [docs: EmailConfigurationType; own wording].
        raise errors.InvalidParameter("SourceArn is required when EmailSendingAccount is DEVELOPER.").because(
            "pools.email", setting="EmailConfiguration.SourceArn"
        )


def check_sms_configuration(configuration: Mapping[str, Any], path: str) -> None:
    """Refuse a configuration without a caller's role.

    SMS goes by SNS or by End User Messaging. The model once required SnsCallerArn, and this was its answer [assumed].

    Raises:
        InvalidParameter
    """
    if "EumsSms" in configuration:
        if "SnsCallerArn" in configuration:
            # "Not both" [docs: SmsConfigurationType; own wording].
            raise errors.InvalidParameter(
                "SmsConfiguration can have either EumsSms or SnsCallerArn, not both."
            ).because("pools.sms", setting="SmsConfiguration")
        return
    if not configuration.get("SnsCallerArn"):
        text = f"1 validation error detected: Value null at '{path}.snsCallerArn' failed to satisfy constraint: "
        raise errors.InvalidParameter(text + "Member must not be null").because(
            "pools.sms", setting="SmsConfiguration.SnsCallerArn"
        )


_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")


def check_sms_of_mfa(configuration: Mapping[str, Any]) -> None:
    """Refuse an SmsConfiguration that SetUserPoolMfaConfig does not take.

    It requires an external id, too, and a caller that is a role. This check comes before that of the mode
    [observed: floci#2831].

    Raises:
        InvalidParameter
    """
    if "EumsSms" in configuration:
        check_sms_configuration(configuration, "smsMfaConfiguration.smsConfiguration")
    elif not configuration.get("ExternalId") or _ROLE.fullmatch(configuration.get("SnsCallerArn", "")) is None:
        raise errors.InvalidParameter(
            "Invalid SMS MFA configuration given, external id and a valid caller arn are required"
        ).because("pools.sms", setting="SmsConfiguration")


_RECOVERY = "Invalid account recovery setting parameter. "


def check(pool: Pool, *, by_mfa_config: bool = False) -> None:
    """Refuse settings of a complete pool that do not fit together.

    Raises:
        InvalidParameter, FeatureUnavailableInTier
    """
    if pool.verify_before_update - pool.auto_verified:
        raise errors.InvalidParameter(
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes"
        ).because("pools.verify-before-update", setting="AutoVerifiedAttributes", value=pool.auto_verified)
    higher = ["Threat Protection"] * (pool.records_events and pool.tier != "PLUS")
    if pool.tier == "LITE":
        higher += ["Password History"] * bool(pool.password_policy.history)
        higher += pool_features.needing_a_higher_tier(pool.settings)
        higher += trigger.needing_a_higher_tier(pool.settings["LambdaConfig"])
        higher += sign_in_policy.needing_a_higher_tier(pool.settings)
        higher += ["Email MFA"] * pool.mfa.email
    if higher:
        raise errors.unavailable_in_tier(pool.tier, *higher)
    sign_in_policy.check(pool.settings, pool.mfa.mode, by_mfa_config=by_mfa_config)
    texts = pool.settings.get("SmsConfiguration", {}).get("EumsSms", {})
    if texts.get("Region", pool.region) != pool.region:
        # Only the user pool's own Region [docs: EumsSmsConfigurationType; own wording].
        raise errors.InvalidParameter("The Region of EumsSms must be the Region of the user pool.").because(
            "pools.sms", setting="SmsConfiguration.EumsSms.Region", value=pool.region
        )
    pool_features.check_key(pool.settings.get("KeyConfiguration", {}), pool.primary_region)
    check_recovery_with_mfa(pool)


def check_recovery_with_mfa(pool: Pool) -> None:
    """Refuse an address of MFA as the only one for a new password.

    E-mails of MFA need the pool's own sender [docs: user-pool-settings-mfa-sms-email-message; own wording].

    Raises:
        InvalidParameter
    """
    if pool.mfa.email and pool.settings["EmailConfiguration"]["EmailSendingAccount"] != "DEVELOPER":
        raise errors.InvalidParameter(
            "Email MFA requires an EmailConfiguration with EmailSendingAccount DEVELOPER."
        ).because(
            "pools.email",
            setting="EmailConfiguration.EmailSendingAccount",
            value=pool.settings["EmailConfiguration"]["EmailSendingAccount"],
        )
    if pool.mfa.email and pool.recovery == ("email",):
        raise errors.InvalidParameter(
            _RECOVERY + "Account Recovery Setting cannot use verified_email as a recovery mechanism when Email MFA is "
            "configured."
        ).because("pools.recovery-setting", setting="AccountRecoverySetting", value=pool.recovery)
    if pool.mfa.sms and pool.recovery == ("phone_number",):
        raise errors.InvalidParameter(
            _RECOVERY + "Account Recovery Setting cannot use verified_phone_number as a recovery mechanism when SMS "
            "MFA is configured."
        ).because("pools.recovery-setting", setting="AccountRecoverySetting", value=pool.recovery)


def check_sms_ready(pool: Pool) -> None:
    """Refuse MFA by SMS without an SmsConfiguration.

    CreateUserPool and UpdateUserPool can switch on SMS alone. The text names auto-verification too, but
    SmsConfiguration alone is enough [observed: aws-cdk#10998, getmoto/moto].

    Raises:
        InvalidParameter
    """
    if not pool.has_sms:
        raise errors.InvalidParameter(
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"
        ).because("pools.sms", setting="SmsConfiguration")
