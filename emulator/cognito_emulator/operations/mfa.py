"""Serve MFA of a user: authenticators and preferences (the pool's: `pool_mfa`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.mfa_factors import EMAIL_OTP, FACTORS, SMS_MFA, SOFTWARE_TOKEN_MFA
from cognito_emulator.domain.users import names
from cognito_emulator.flows.auth import mfa_setup
from cognito_emulator.flows.tokens.access import authorize
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

_NO_DELIVERY = "User does not have delivery config set to turn on {}"


def _one_of(access_token: str | None, session: str | None) -> None:
    """Check for exactly one of token and session.

    Associate and Verify accept one or the other, "but not both" [docs: VerifySoftwareToken].

    Raises:
        InvalidParameter
    """
    if (access_token is None) == (session is None):
        raise errors.InvalidParameter("Exactly one of AccessToken and Session must be provided.").because(
            "api.one-of", value=["AccessToken", "Session"]
        )


@operation("AssociateSoftwareToken")
async def associate_software_token(
    world: World, *, access_token: str | None = None, session: str | None = None
) -> Mapping[str, Any]:
    _one_of(access_token, session)
    if session is not None:
        found, pool, _ = mfa_setup.setup_session(world, session)
        secret, renewed = mfa_setup.associate_in_sign_in(world, found, pool)
        return {"SecretCode": secret, "Session": renewed}
    try:
        access = await authorize(world, access_token or "", during_reset=True)
    except errors.UserNotFound as missing:
        # The operation models no UserNotFoundException.
        raise errors.NotAuthorized(missing.message) from None
    return {"SecretCode": mfa_setup.associate(world, access.pool, access.user)}


@operation("VerifySoftwareToken")
async def verify_software_token(
    world: World,
    *,
    user_code: str,
    access_token: str | None = None,
    session: str | None = None,
    friendly_device_name: str = "",
) -> Mapping[str, Any]:
    _one_of(access_token, session)
    if session is not None:
        found, pool, user = mfa_setup.setup_session(world, session)
        renewed = mfa_setup.verify_in_sign_in(world, found, pool, user, code=user_code, name=friendly_device_name)
        return {"Status": "SUCCESS", "Session": renewed}
    access = await authorize(world, access_token or "")
    mfa_setup.verify(world, access.pool, access.user, user_code, friendly_device_name)
    return {"Status": "SUCCESS"}


Block = Mapping[str, bool] | None


def _blocks(sms: Block, software_token: Block, email: Block) -> dict[str, Mapping[str, bool]]:
    sent = {SMS_MFA: sms, SOFTWARE_TOKEN_MFA: software_token, EMAIL_OTP: email}
    return {factor: block for factor, block in sent.items() if block is not None}


def _passkey(block: Block) -> bool | None:
    return None if block is None else bool(block.get("Enabled"))


@operation("SetUserMFAPreference")
async def set_user_mfa_preference(
    world: World,
    *,
    access_token: str,
    sms_mfa_settings: Block = None,
    software_token_mfa_settings: Block = None,
    email_mfa_settings: Block = None,
    web_authn_mfa_settings: Block = None,
) -> None:
    access = await authorize(world, access_token)
    refusals = {factor: _NO_DELIVERY.format(factor) for factor in FACTORS}
    refusals[SOFTWARE_TOKEN_MFA] = "User has not verified software token mfa"
    wanted = _blocks(sms_mfa_settings, software_token_mfa_settings, email_mfa_settings)
    mfa_setup.prefer(world, access.pool, access.user, wanted, refusals, passkey=_passkey(web_authn_mfa_settings))


@operation("AdminSetUserMFAPreference")
async def admin_set_user_mfa_preference(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    username: str,
    sms_mfa_settings: Block = None,
    software_token_mfa_settings: Block = None,
    email_mfa_settings: Block = None,
    web_authn_mfa_settings: Block = None,
) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    user = names.get_for_admin(world.store, pool, username)
    refusals = {factor: _NO_DELIVERY.format(factor) for factor in FACTORS}
    wanted = _blocks(sms_mfa_settings, software_token_mfa_settings, email_mfa_settings)
    mfa_setup.prefer(world, pool, user, wanted, refusals, passkey=_passkey(web_authn_mfa_settings))
