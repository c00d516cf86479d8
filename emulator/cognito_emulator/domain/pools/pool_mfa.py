"""SetUserPoolMfaConfig: a full replacement of the pool's MFA state."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools import mfa_factors, sign_in_policy
from cognito_emulator.domain.pools import pool_checks as checks
from cognito_emulator.domain.pools.pool import MfaSettings, Pool

_TOTP = "SoftwareTokenMfaConfiguration"
EMAIL = "EmailMfaConfiguration"
# Settings that only SetUserPoolMfaConfig and GetUserPoolMfaConfig show.
NOT_DESCRIBED = frozenset({_TOTP, EMAIL, sign_in_policy.SETTING})


def replaced(pool: Pool, now: float, members: Mapping[str, Any]) -> Pool:
    """Return `pool` with these members of SetUserPoolMfaConfig.

    A factor without a block is off, but SmsConfiguration stays, and with it SMS as a factor
    (`domain.pools.mfa_factors.offered`). WebAuthnConfiguration stays too. It is no part of MFA: it may come with OFF,
    and does not count as a factor [assumed]. The template for SMS codes is replaced with its block only: "If this
    parameter isn't provided, your user pool sends a default message" [docs: SmsMfaConfigType].

    Raises:
        InvalidParameter: factors with OFF [observed: go-to-k/cdkd#1923], or MFA without a factor [assumed].
        FeatureUnavailableInTier
    """
    mode, sms = members.get("MfaConfiguration", "OFF"), members.get("SmsMfaConfiguration")
    software_token, email = members.get(_TOTP), members.get(EMAIL)
    if sms is not None and ("SmsConfiguration" in sms or not pool.has_sms):
        checks.check_sms_of_mfa(sms.get("SmsConfiguration", {}))
    blocks = [block for block in (sms, software_token, email) if block is not None]
    if mode == "OFF" and blocks:
        raise errors.InvalidParameter(
            "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."
        ).because("pools.mfa", setting="MfaConfiguration", value=mode)
    totp = bool((software_token or {}).get("Enabled", False))
    if mode != "OFF" and sms is None and email is None and not totp:
        raise errors.InvalidParameter(
            "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."
        ).because("pools.mfa", setting="MfaConfiguration", value=mode)
    settings = {name: value for name, value in pool.settings.items() if name not in (_TOTP, EMAIL)}
    if email is not None:
        settings[EMAIL] = email
    if software_token is not None:
        settings[_TOTP] = {"Enabled": totp}
    if sms is not None:
        settings.pop("SmsAuthenticationMessage", None)
        settings |= sms
    if sign_in_policy.SETTING in members:
        settings[sign_in_policy.SETTING] = members[sign_in_policy.SETTING]
    factors = MfaSettings(mode, sms=sms is not None, totp=totp, email=email is not None)
    changed = replace(pool, mfa=factors, settings=MappingProxyType(settings), modified=now)
    checks.check(changed, by_mfa_config=True)
    return changed


def described(pool: Pool) -> dict[str, Any]:
    """Return the answer of GetUserPoolMfaConfig and SetUserPoolMfaConfig.

    Only factors that were configured have a block.
    """
    answer: dict[str, Any] = {"MfaConfiguration": pool.mfa.mode}
    if mfa_factors.SMS_MFA in mfa_factors.offered(pool):
        names = ("SmsAuthenticationMessage", "SmsConfiguration")
        answer["SmsMfaConfiguration"] = {name: pool.settings[name] for name in names if name in pool.settings}
    answer |= {name: pool.settings[name] for name in (_TOTP, EMAIL, sign_in_policy.SETTING) if name in pool.settings}
    return answer
