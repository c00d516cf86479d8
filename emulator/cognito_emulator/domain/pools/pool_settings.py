"""The record of a user pool from its wire members.

It sets defaults, keeps what an update keeps, and fills the typed fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.pools import pool_checks as checks
from cognito_emulator.domain.pools import pool_features, pool_tags, schema, trigger
from cognito_emulator.domain.pools.password_policy import PasswordPolicy
from cognito_emulator.domain.pools.pool import DeviceSettings, MfaSettings, Pool

DEFAULT_RECOVERY = (("verified_email", 1), ("verified_phone_number", 2))
DEFAULT_TEMPORARY_DAYS = 7
# Members that UpdateUserPool keeps when they are not sent. Users could not take the role of SmsConfiguration off a pool
# again [observed: aws/aws-sdk-js#3148], as SMS "can't" be disabled [docs: user-pool-settings-mfa-sms-email-message].
# UserAttributeUpdateSettings and UserPoolTags stay [observed: hashicorp/terraform-provider-aws], and so do
# MfaConfiguration (`Pool.mfa`) and each part of Policies [observed: go-to-k/cdkd#1982]. So do the plan and the settings
# of SetUserPoolMfaConfig and DcrConfiguration [assumed]. All others go back to their defaults [docs: UpdateUserPool].
KEPT = (
    "DcrConfiguration",
    "SmsConfiguration",
    "UserAttributeUpdateSettings",
    "UserPoolTier",
    "SoftwareTokenMfaConfiguration",
    "EmailMfaConfiguration",
    "WebAuthnConfiguration",
    "UserPoolTags",
)
FIXED = ("AliasAttributes", "UsernameAttributes", "UsernameConfiguration")


def new_pool(pool_id: str, account: str, region: str, now: float, given: Mapping[str, Any]) -> Pool:
    """Make a pool with these members of CreateUserPool, PoolName among them.

    `now` is in epoch seconds.

    Raises:
        InvalidParameter, FeatureUnavailableInTier, UserPoolTagging
    """
    checks.check_expiry_once(given)
    pool = Pool(
        id=pool_id,
        account=account,
        region=region,
        name=given["PoolName"],
        created=now,
        modified=now,
        settings={},
        schema=schema.build(given.get("Schema", ())),
    )
    made = _settled(pool, _completed(given), given)
    checks.check_auto_verified(given)
    return made


def updated(pool: Pool, now: float, given: Mapping[str, Any]) -> Pool:
    """Return `pool` after UpdateUserPool with these members.

    Raises:
        InvalidParameter, FeatureUnavailableInTier, UserPoolTagging
    """
    kept = {name: pool.settings[name] for name in (*KEPT, *FIXED) if name in pool.settings}
    checks.check_expiry_once(given, pool.password_policy.temporary_days)
    changed = replace(pool, name=given.get("PoolName", pool.name), modified=now)
    policies = pool.settings["Policies"] | given.get("Policies", {})
    made = _settled(changed, _completed({**kept, **given, "Policies": policies}), given)
    if not pool.is_replica:  # a replica has its own SmsConfiguration, or none
        checks.check_auto_verified(given)
    return made


def _settled(pool: Pool, settings: dict[str, Any], given: Mapping[str, Any]) -> Pool:
    mode = given.get("MfaConfiguration", pool.mfa.mode)
    pool = typed(replace(pool, settings=MappingProxyType(settings)))
    if mode != pool.mfa.mode:
        pool = with_mode(pool, mode)
    checks.check(pool)
    return pool


_OF_MFA = ("SoftwareTokenMfaConfiguration", "EmailMfaConfiguration")


def with_mode(pool: Pool, mode: str) -> Pool:
    """Return `pool` with an MfaConfiguration of CreateUserPool or UpdateUserPool.

    These operations can switch on SMS alone.

    Raises:
        InvalidParameter: no factor is on, and SMS is not ready.
    """
    if mode == "OFF":
        settings = {name: v for name, v in pool.settings.items() if name not in _OF_MFA}
        return replace(pool, mfa=MfaSettings(), settings=MappingProxyType(settings))
    if pool.mfa.sms or pool.mfa.totp or pool.mfa.email:
        return replace(pool, mfa=replace(pool.mfa, mode=mode))
    checks.check_sms_ready(pool)
    return replace(pool, mfa=MfaSettings(mode, sms=True))


def typed(pool: Pool) -> Pool:
    """Return `pool` with the fields that rules read, from its settings.

    `mfa` and `schema` stay.
    """
    settings = pool.settings
    updates = settings.get("UserAttributeUpdateSettings", {})
    add_ons = settings.get("UserPoolAddOns", {})
    return replace(
        pool,
        password_policy=_policy(settings["Policies"]["PasswordPolicy"]),
        alias_attributes=frozenset(settings.get("AliasAttributes", ())),
        username_attributes=frozenset(settings.get("UsernameAttributes", ())),
        auto_verified=frozenset(settings.get("AutoVerifiedAttributes", ())),
        verify_before_update=frozenset(updates.get("AttributesRequireVerificationBeforeUpdate", ())),
        # Case sensitive by default; only the console sends false by itself [docs: UsernameConfigurationType].
        case_sensitive=settings.get("UsernameConfiguration", {}).get("CaseSensitive", True),
        admin_create_only=settings["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
        devices=_devices(settings.get("DeviceConfiguration")),
        tier=settings["UserPoolTier"],
        issuer=settings.get("IssuerConfiguration", {}).get("Type", "ORIGINAL"),
        recovery=_recovery(settings["AccountRecoverySetting"]),
        first_factors=frozenset(settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]),
        protection=add_ons.get("AdvancedSecurityMode", "OFF"),
        custom_protection=add_ons.get("AdvancedSecurityAdditionalFlows", {}).get("CustomAuthMode", "OFF"),
    )


def _devices(wire: Mapping[str, bool] | None) -> DeviceSettings | None:
    if wire is None:
        return None
    return DeviceSettings(
        replaces_mfa=wire["ChallengeRequiredOnNewDevice"], opt_in=wire["DeviceOnlyRememberedOnUserPrompt"]
    )


def _policy(wire: Mapping[str, Any]) -> PasswordPolicy:
    return PasswordPolicy(
        minimum_length=wire["MinimumLength"],
        uppercase=wire["RequireUppercase"],
        lowercase=wire["RequireLowercase"],
        numbers=wire["RequireNumbers"],
        symbols=wire["RequireSymbols"],
        temporary_days=wire["TemporaryPasswordValidityDays"],
        history=wire.get("PasswordHistorySize", 0),
    )


def _recovery(wire: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the recovery attributes in order of priority.

    () is admin_only, which "prevents self-service account recovery" beside others too [docs: RecoveryOptionType]. None
    is the legacy behaviour: an empty setting.
    """
    mechanisms = wire.get("RecoveryMechanisms")
    if not mechanisms:
        return None
    ranked = [item["Name"] for item in sorted(mechanisms, key=lambda item: int(item["Priority"]))]
    return () if "admin_only" in ranked else tuple(dict.fromkeys(name.removeprefix("verified_") for name in ranked))


# --- defaults ------------------------------------------------------------------------------------------


def _completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that DescribeUserPool shows, with defaults."""
    checks.check_settings(given)
    settings: dict[str, Any] = {
        "Policies": _policies(given),
        "DeletionProtection": given.get("DeletionProtection", "INACTIVE"),
        "LambdaConfig": trigger.completed(given.get("LambdaConfig", {})),
        "UserPoolTags": pool_tags.checked(given.get("UserPoolTags", {})),
        "UserPoolTier": given.get("UserPoolTier", pool_features.default_tier(given)),
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT", **given.get("EmailConfiguration", {})},
        "AccountRecoverySetting": given.get("AccountRecoverySetting", _default_recovery()),
        **_messages(given),
    }
    settings["AcrConfiguration"] = pool_features.levels(given.get("AcrConfiguration", {}))
    if "DcrConfiguration" in given:
        settings["DcrConfiguration"] = pool_features.registration(given["DcrConfiguration"])
    days = settings["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"]
    creation = {"AllowAdminCreateUserOnly": False, **given.get("AdminCreateUserConfig", {})}
    settings["AdminCreateUserConfig"] = {**creation, "UnusedAccountValidityDays": days}
    for name in ("AutoVerifiedAttributes", "AliasAttributes", "UsernameAttributes"):
        if given.get(name):
            settings[name] = list(dict.fromkeys(given[name]))
    if given.get("DeviceConfiguration"):
        # An empty block counts as none: devices are not tracked. With the block, both members are shown.
        off = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}
        settings["DeviceConfiguration"] = {**off, **given["DeviceConfiguration"]}
    for name in (*_ECHOED, "SmsConfiguration", "UsernameConfiguration", "UserAttributeUpdateSettings"):
        if name in given:
            settings[name] = given[name]
    return settings


# Shown when they were sent.
_ECHOED = (
    "UserPoolAddOns",
    "KeyConfiguration",
    "IssuerConfiguration",
    "SoftwareTokenMfaConfiguration",
    "EmailMfaConfiguration",
    "WebAuthnConfiguration",
)


def _default_recovery() -> dict[str, Any]:
    return {"RecoveryMechanisms": [{"Priority": rank, "Name": name} for name, rank in DEFAULT_RECOVERY]}


_REQUIREMENTS = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")


def _policies(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return Policies with defaults.

    A pool without a PasswordPolicy requires characters of every kind. In a PasswordPolicy that was sent, a missing
    requirement is false, since SDKs leave false out [observed: hashicorp/terraform-provider-aws].
    """
    sent = given.get("Policies", {})
    required = "PasswordPolicy" not in sent
    password = {"MinimumLength": 8, **dict.fromkeys(_REQUIREMENTS, required), **sent.get("PasswordPolicy", {})}
    legacy = given.get("AdminCreateUserConfig", {}).get("UnusedAccountValidityDays")
    # 0 means "not set" [docs: PasswordPolicyType].
    days = password.get("TemporaryPasswordValidityDays") or legacy or DEFAULT_TEMPORARY_DAYS
    sign_in = sent.get("SignInPolicy") or {"AllowedFirstAuthFactors": ["PASSWORD"]}
    return {"PasswordPolicy": {**password, "TemporaryPasswordValidityDays": days}, "SignInPolicy": sign_in}


def _messages(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the verification texts.

    The three old members and the template mirror each other; the template wins.
    """
    template = {"DefaultEmailOption": "CONFIRM_WITH_CODE", **given.get("VerificationMessageTemplate", {})}
    found: dict[str, Any] = {}
    for old, new in _MIRRORED.items():
        text = template.get(new, given.get(old))
        if text is not None:
            template[new] = found[old] = text
    if "SmsAuthenticationMessage" in given:
        found["SmsAuthenticationMessage"] = given["SmsAuthenticationMessage"]
    return {"VerificationMessageTemplate": template, **found}


_MIRRORED = {
    "SmsVerificationMessage": "SmsMessage",
    "EmailVerificationMessage": "EmailMessage",
    "EmailVerificationSubject": "EmailSubject",
}
