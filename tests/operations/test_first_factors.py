"""SignInPolicy with WEB_AUTHN, and WebAuthnConfiguration: checked, stored, read back."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.ports import public_suffixes
from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest

BOTH = ["PASSWORD", "WEB_AUTHN"]
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
MULTI = {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
WHOLE = {"RelyingPartyId": "example.com", "UserVerification": "required", "FactorConfiguration": "SINGLE_FACTOR"}
SINGLE_FACTOR = (
    "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed first "
    "auth factor"
)
NOT_CONFIGURED = "WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for MFA."


def policies(*factors: str) -> dict[str, Any]:
    return {"SignInPolicy": {"AllowedFirstAuthFactors": list(factors)}}


def new_pool(running: Running, *factors: str, **members: Any) -> str:
    made = running.call("CreateUserPool", PoolName="p", Policies=policies(*(factors or ("PASSWORD",))), **members)
    return str(made["UserPool"]["Id"])


def allowed(idp: Any, pool: str) -> Any:
    return idp.describe_user_pool(UserPoolId=pool)["UserPool"]["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]


def shown(idp: Any, pool: str) -> Any:
    """WebAuthnConfiguration; no description of the pool has it."""
    assert "WebAuthnConfiguration" not in idp.describe_user_pool(UserPoolId=pool)["UserPool"]
    return idp.get_user_pool_mfa_config(UserPoolId=pool).get("WebAuthnConfiguration")


def test_allowed_factors(running: Running, idp: Any) -> None:
    pool = new_pool(running, *BOTH)
    assert allowed(idp, pool) == BOTH
    idp.update_user_pool(UserPoolId=pool, Policies={"PasswordPolicy": {"MinimumLength": 12}})
    assert allowed(idp, pool) == BOTH
    idp.update_user_pool(UserPoolId=pool, Policies=policies("PASSWORD"))
    assert allowed(idp, pool) == ["PASSWORD"]
    idp.update_user_pool(UserPoolId=pool, Policies=policies("WEB_AUTHN", "PASSWORD"))
    assert allowed(idp, pool) == ["WEB_AUTHN", "PASSWORD"]


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        (["WEB_AUTHN"], "WEB_AUTHN cannot be the only allowed first authentication factor."),
        (["WEB_AUTHN", "WEB_AUTHN"], "WEB_AUTHN cannot be the only allowed first authentication factor."),
        pytest.param(
            ["PASSWORD", "SOFTWARE_TOKEN"],
            "SOFTWARE_TOKEN is not supported as a first authentication factor.",
            marks=needs_newest,
        ),
    ],
)
def test_refused_factors(running: Running, idp: Any, factors: list[str], text: str) -> None:
    with refused("InvalidParameterException", text):
        idp.create_user_pool(PoolName="p", Policies=policies(*factors))
    pool = new_pool(running)
    with refused("InvalidParameterException", text):
        idp.update_user_pool(UserPoolId=pool, Policies=policies(*factors))
    assert allowed(idp, pool) == ["PASSWORD"]


def test_configuration(running: Running, idp: Any) -> None:
    pool = new_pool(running)
    assert shown(idp, pool) is None
    answer = idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration=WHOLE)
    assert answer["WebAuthnConfiguration"] == WHOLE == shown(idp, pool)
    assert answer["MfaConfiguration"] == "OFF"


def test_what_keeps_the_configuration_and_what_replaces_it(running: Running, idp: Any) -> None:
    pool = new_pool(running)
    idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration=WHOLE)
    idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", **TOTP)
    assert shown(idp, pool) == WHOLE
    idp.update_user_pool(UserPoolId=pool, MfaConfiguration="OFF")
    assert shown(idp, pool) == WHOLE
    idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration={"UserVerification": "preferred"})
    assert shown(idp, pool) == {"UserVerification": "preferred"}


def test_it_is_no_factor_of_mfa(running: Running, idp: Any) -> None:
    pool = new_pool(running)
    text = "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."
    with refused("InvalidParameterException", text):
        idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON", WebAuthnConfiguration=MULTI)
    assert shown(idp, pool) is None


@pytest.mark.parametrize(
    "rp_id",
    ["com", "co.uk", "GitHub.io", "auth.us-east-1.amazoncognito.com", "公司.cn", "xn--55qx5d.cn"],
)
def test_no_relying_party(running: Running, idp: Any, rp_id: str) -> None:
    pool = new_pool(running)
    text = "RelyingPartyId must be a domain name that is not a public suffix."
    with refused("InvalidParameterException", text):
        idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration={"RelyingPartyId": rp_id})
    assert shown(idp, pool) is None


@pytest.mark.parametrize(
    "rp_id",
    ["localhost", "app.localhost", "example.com", "shop.auth.us-east-1.amazoncognito.com", "a1.example2.co",
     "shop.github.io", "amazoncognito.com", "test", "https://example.com", "127.0.0.1", "exam ple.com"],
)  # fmt: skip
def test_relying_parties(running: Running, idp: Any, rp_id: str) -> None:
    pool = new_pool(running)
    idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration={"RelyingPartyId": rp_id})
    assert shown(idp, pool) == {"RelyingPartyId": rp_id}


def test_without_the_list_nothing_is_compared(running: Running, idp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_suffixes, "_read", lambda: None)
    pool = new_pool(running)
    idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration={"RelyingPartyId": "co.uk"})
    assert shown(idp, pool) == {"RelyingPartyId": "co.uk"}


# --- against required MFA --------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [{}, {"WebAuthnConfiguration": {"FactorConfiguration": "SINGLE_FACTOR"}}])
def test_a_single_factor_does_not_suit_required_mfa(running: Running, idp: Any, block: dict[str, Any]) -> None:
    pool = new_pool(running, *BOTH)
    with refused("InvalidParameterException", SINGLE_FACTOR):
        idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON", **TOTP, **block)
    assert idp.get_user_pool_mfa_config(UserPoolId=pool)["MfaConfiguration"] == "OFF"
    idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="OPTIONAL", **TOTP, **block)
    with refused("InvalidParameterException", NOT_CONFIGURED):
        idp.update_user_pool(UserPoolId=pool, MfaConfiguration="ON")
    idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON", **TOTP, WebAuthnConfiguration=MULTI)
    with refused("InvalidParameterException", SINGLE_FACTOR):
        idp.set_user_pool_mfa_config(
            UserPoolId=pool, MfaConfiguration="ON", **TOTP, WebAuthnConfiguration={"RelyingPartyId": "localhost"}
        )


def test_passkeys_cannot_be_let_in_where_mfa_is_required(running: Running, idp: Any) -> None:
    pool = new_pool(running)
    idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON", **TOTP)
    with refused("InvalidParameterException", NOT_CONFIGURED):
        idp.update_user_pool(UserPoolId=pool, Policies=policies(*BOTH))
    assert allowed(idp, pool) == ["PASSWORD"]
    idp.set_user_pool_mfa_config(UserPoolId=pool, MfaConfiguration="ON", **TOTP, WebAuthnConfiguration=MULTI)
    idp.update_user_pool(UserPoolId=pool, Policies=policies(*BOTH))
    assert allowed(idp, pool) == BOTH


# --- plans -----------------------------------------------------------------------------------------------

LITE = "The following features need to be disabled for the LITE pricing tier configured: "


def test_lite_has_no_passkeys(running: Running, idp: Any) -> None:
    with refused("FeatureUnavailableInTierException", LITE + "Passkey Sign-In"):
        idp.create_user_pool(PoolName="p", UserPoolTier="LITE", Policies=policies(*BOTH))
    pool = new_pool(running, UserPoolTier="LITE")
    with refused("FeatureUnavailableInTierException", LITE + "Passkey MFA"):
        idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration=MULTI)
    with refused("FeatureUnavailableInTierException", LITE + "Passkey Sign-In"):
        idp.update_user_pool(UserPoolId=pool, Policies=policies(*BOTH))


def test_the_way_down_to_lite(running: Running, idp: Any) -> None:
    pool = new_pool(running, *BOTH)
    idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration=MULTI)
    with refused("FeatureUnavailableInTierException", LITE + "Passkey Sign-In, Passkey MFA"):
        idp.update_user_pool(UserPoolId=pool, UserPoolTier="LITE")
    idp.set_user_pool_mfa_config(UserPoolId=pool, WebAuthnConfiguration={})
    idp.update_user_pool(UserPoolId=pool, UserPoolTier="LITE", Policies=policies("PASSWORD"))
    assert idp.describe_user_pool(UserPoolId=pool)["UserPool"]["UserPoolTier"] == "LITE"
