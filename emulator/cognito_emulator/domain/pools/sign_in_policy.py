"""First factors (SignInPolicy), and passkeys (WebAuthnConfiguration)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors

WEB_AUTHN = "WEB_AUTHN"
_CODES = ("EMAIL_OTP", "SMS_OTP")
SETTING = "WebAuthnConfiguration"
MULTI_FACTOR = "MULTI_FACTOR_WITH_USER_VERIFICATION"


class PasskeySettings(Struct, frozen=True, gc=False):
    """WebAuthnConfiguration with its defaults; no `rp_id` means the pool's domain.

    Where passkeys replace MFA they have to verify the user, whatever UserVerification says.
    """

    rp_id: str | None = None
    verification: str = "preferred"
    multi_factor: bool = False


def passkey_settings(settings: Mapping[str, Any]) -> PasskeySettings:
    wire = settings.get(SETTING, {})
    multi_factor = wire.get("FactorConfiguration") == MULTI_FACTOR
    verification = "required" if multi_factor else wire.get("UserVerification", "preferred")
    return PasskeySettings(wire.get("RelyingPartyId"), verification, multi_factor)


def public_suffix() -> errors.InvalidParameter:
    """Make the error for a RelyingPartyId in the public suffix list.

    [docs: WebAuthnConfigurationType; own wording]
    """
    return errors.InvalidParameter("RelyingPartyId must be a domain name that is not a public suffix.").because(
        "pools.relying-party", setting="WebAuthnConfiguration.RelyingPartyId"
    )


def check(settings: Mapping[str, Any], mode: str, *, by_mfa_config: bool = False) -> None:
    """Refuse first factors, passkeys and MfaConfiguration that do not fit.

    They are those of a complete pool. The service words one refusal by what was called: `by_mfa_config` is true for
    SetUserPoolMfaConfig, whose text is about the passkeys [observed: go-to-k/cdkd#2064], and false for CreateUserPool
    and UpdateUserPool, whose text is about the factors [observed: hashicorp/terraform-provider-aws#50110].

    Raises:
        InvalidParameter: the texts for a pool that requires MFA are the service's, the others ours [own wording].
    """
    factors = settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    if "SOFTWARE_TOKEN" in factors:
        # "Not currently supported" [docs: SignInPolicyType].
        raise errors.InvalidParameter("SOFTWARE_TOKEN is not supported as a first authentication factor.").because(
            "pools.sign-in-policy", setting="Policies.SignInPolicy.AllowedFirstAuthFactors", value=factors
        )
    if mode == "ON" and any(code in factors for code in _CODES):
        # "You can't set MFA to required in user pools that support one-time passwords"
        # [docs: amazon-cognito-user-pools-authentication-flow-methods; observed: go-to-k/cdkd#1975].
        raise errors.InvalidParameter(
            "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled"
        ).because("pools.sign-in-policy-mfa", setting="MfaConfiguration", value=mode)
    if WEB_AUTHN not in factors:
        return
    if set(factors) == {WEB_AUTHN}:
        # "Must be accompanied by at least one other option"
        # [docs: amazon-cognito-user-pools-authentication-flow-methods].
        raise errors.InvalidParameter("WEB_AUTHN cannot be the only allowed first authentication factor.").because(
            "pools.sign-in-policy", setting="Policies.SignInPolicy.AllowedFirstAuthFactors", value=factors
        )
    if mode == "ON" and not passkey_settings(settings).multi_factor:
        raise errors.InvalidParameter(
            "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed "
            "first auth factor"
            if by_mfa_config
            else "WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for MFA."
        ).because("pools.sign-in-policy-mfa", setting="MfaConfiguration", value=mode)


def needing_a_higher_tier(settings: Mapping[str, Any]) -> list[str]:
    """List the features of these settings that LITE does not have [own wording]."""
    factors = settings["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    found = ["Passwordless Sign-In"] if any(code in factors for code in _CODES) else []
    if WEB_AUTHN in factors:
        found.append("Passkey Sign-In")
    if passkey_settings(settings).multi_factor:
        found.append("Passkey MFA")
    return found
