"""MFA factors of a user: the setup of an authenticator, and preferences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import lockout, totp
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.mfa import has
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.pools.mfa_factors import EMAIL_OTP, SMS_MFA, SOFTWARE_TOKEN_MFA
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import UNCONFIRMED, Factors, Totp, User
from cognito_emulator.flows.auth import passkeys, sessions

if TYPE_CHECKING:
    from cognito_emulator.world import World


def setup_session(world: World, bearer: str) -> tuple[Session, Pool, User]:
    """Return the MFA_SETUP session of a sign-in, with its pool and user.

    Raises:
        NotAuthorized: no such session, or of another challenge.
    """
    session = sessions.find(world, bearer)
    user = world.store.users.get(session.attempt.who.key)
    pool = world.store.pools.get(session.attempt.who.pool_id)
    if session.challenge != ChallengeName.MFA_SETUP or user is None or pool is None or not user.enabled:
        raise errors.invalid_session()
    if user.factors.totp.secret not in (None, session.totp_secret):
        # Set up since in another sign-in: the password alone may not replace it.
        raise errors.invalid_session()
    return session, pool, user


def _check_offered(pool: Pool) -> None:
    if not pool.mfa.totp:
        raise errors.SoftwareTokenMfaNotFound("Software Token MFA has not been enabled by the userPool").because(
            "mfa.totp-off", setting="SoftwareTokenMfaConfiguration.Enabled", value=False
        )


def associate(world: World, pool: Pool, user: User) -> str:
    """Return a new secret for a signed-in user.

    A verified authenticator stays in use until the new one is verified.

    Raises:
        SoftwareTokenMfaNotFound: the pool does not offer authenticators.
    """
    _check_offered(pool)
    secret = totp.make_secret(world.ids.bytes(32))
    pending = replace(user.factors, totp=replace(user.factors.totp, pending=secret))
    with world.store.write():
        world.store.users.put(replace(user, factors=pending))
    return secret


def associate_in_sign_in(world: World, session: Session, pool: Pool) -> tuple[str, str]:
    """Return a new secret in MFA_SETUP, and the session that continues."""
    _check_offered(pool)
    secret = totp.make_secret(world.ids.bytes(32))
    return secret, sessions.renew(world, session, replace(session, totp_secret=secret, verified=False))


def verify(world: World, pool: Pool, user: User, code: str, name: str) -> None:
    """Take a signed-in user's new authenticator into use.

    Preferences switch it on.

    Raises:
        EnableSoftwareTokenMfa: wrong code. SoftwareTokenMfaNotFound: nothing was associated.
        NotAuthorized: too many wrong codes.
    """
    _check_offered(pool)
    if user.factors.totp.pending is None:
        raise errors.SoftwareTokenMfaNotFound("Software Token MFA does not exist for the user.").because(
            "mfa.totp-not-begun"
        )
    proved = _proved_by(world, user, user.factors.totp.pending, code, name)
    with world.store.write():
        world.store.users.put(_with_totp(world, user, proved))


def verify_in_sign_in(world: World, session: Session, pool: Pool, user: User, *, code: str, name: str) -> str:
    """Verify an authenticator in MFA_SETUP; return the session that answers MFA_SETUP."""
    _check_offered(pool)
    if not session.totp_secret:
        raise errors.SoftwareTokenMfaNotFound("Software Token MFA does not exist for the user.").because(
            "mfa.totp-not-begun"
        )
    proved = _proved_by(world, user, session.totp_secret, code, name)
    with world.store.write():
        world.store.users.put(_with_totp(world, user, proved))
    return sessions.renew(world, session, replace(session, verified=True))


def _proved_by(world: World, user: User, secret: str, code: str, name: str) -> Totp:
    now = world.clock.now()
    lockout.check(user.lockout, now)
    step = totp.accepted_step(secret, code, now)
    if step is None:
        # Counted like a wrong MFA code, so that the code of a stolen session can't be guessed without limit.
        with world.store.write():
            world.store.users.put(lockout.counted(user, now))
        raise errors.EnableSoftwareTokenMfa("Code mismatch and fail enable Software Token MFA").because(
            "mfa.totp-wrong"
        )
    # The code used here is used up too [assumed].
    return Totp(secret=secret, name=name, last_step=step)


def _with_totp(world: World, user: User, proved: Totp) -> User:
    return replace(user, factors=replace(user.factors, totp=proved), modified=world.clock.now())


def prefer(
    world: World,
    pool: Pool,
    user: User,
    wanted: Mapping[str, Mapping[str, bool]],
    refusals: Mapping[str, str],
    *,
    passkey: bool | None = None,
) -> None:
    """Switch factors on or off and choose the preferred one.

    Args:
        wanted: factor -> its settings block (Enabled, PreferredMfa) for each block that was sent; a member that
            is left out is false [docs: SMSMfaSettingsType].
        refusals: factor -> the text for a user without what it needs; the Admin operation has another text.
        passkey: whether passkeys satisfy MFA (WebAuthnMfaSettings); None changes nothing.

    To switch a factor off that the user lacks is accepted without effect
    [observed: getmoto/moto, aws-amplify/amplify-js]. So it is where the pool requires MFA. There users "can't enable
    or disable any MFA methods" [docs: user-pool-settings-mfa], but the call succeeds
    [observed: panther#317, amplify-flutter#5716].

    Raises:
        InvalidParameter: the user lacks what a factor needs that is switched on or preferred, two are preferred, one is
            preferred but not enabled, or passkeys can't satisfy MFA.
    """
    if EMAIL_OTP in wanted and wanted[EMAIL_OTP].get("Enabled") and pool.tier == "LITE":
        # "Must be in the Essentials tier or higher" [docs: EmailMfaSettingsType; own wording].
        raise errors.InvalidParameter("Email MFA is not available in the LITE pricing tier.").because(
            "pools.tier", setting="UserPoolTier", value=pool.tier
        )
    if sum(bool(block.get("PreferredMfa")) for block in wanted.values()) > 1:
        raise errors.InvalidParameter("Only one MFA method can be preferred.").because("mfa.preference")
    factors = user.factors
    for factor, block in wanted.items():
        if block.get("Enabled") and not has(user, factor):
            raise errors.InvalidParameter(refusals[factor]).because("mfa.factor-missing", value=factor)
        if block.get("PreferredMfa") and not block.get("Enabled"):
            raise errors.InvalidParameter("The preferred MFA method must be enabled.").because("mfa.preference")
        if block.get("Enabled") or not _must_stay(pool, factor, user):
            factors = _with_block(factors, factor, block)
    factors = replace(
        factors,
        preferred=factors.preferred if factors.preferred in factors.enabled else None,
        passkey=factors.passkey if passkey is None else passkey,
    )
    _check_passkey_mfa(pool, factors, wanted=passkey)
    with world.store.write():
        world.store.users.put(replace(user, factors=factors, modified=world.clock.now()))


def _with_block(factors: Factors, factor: str, block: Mapping[str, bool]) -> Factors:
    """Apply the settings block of one factor."""
    preferred = None if factors.preferred == factor else factors.preferred
    return replace(
        factors,
        enabled=factors.enabled | {factor} if block.get("Enabled") else factors.enabled - {factor},
        preferred=factor if block.get("PreferredMfa") else preferred,
        # A block of the newer operation replaces what SetUserSettings once said.
        sms_option=factors.sms_option and factor != SMS_MFA,
    )


def _check_passkey_mfa(pool: Pool, factors: Factors, *, wanted: bool | None) -> None:
    """Refuse passkeys as MFA where the pool or the user has no other factor.

    Passkeys satisfy MFA where the pool says so and beside another factor, "to prevent account lockout"
    [docs: WebAuthnMfaSettingsType; own wording].

    Raises:
        InvalidParameter
    """
    if wanted and not pool.passkeys.multi_factor:
        raise errors.InvalidParameter("Passkey MFA is not enabled for the user pool.").because(
            "mfa.passkey-off", setting="WebAuthnConfiguration.FactorConfiguration"
        )
    if factors.passkey and not factors.active:
        raise errors.InvalidParameter("Passkey MFA requires another MFA method to be enabled.").because(
            "mfa.preference"
        )


def _must_stay(pool: Pool, factor: str, user: User) -> bool:
    """Return whether a factor that is on can't be switched off.

    Where MFA is required, users can only prefer one [docs: user-pool-settings-mfa].
    """
    return pool.mfa.mode == "ON" and factor in user.factors.active


def set_options(world: World, pool: Pool, user: User, options: Sequence[Mapping[str, str]]) -> None:
    """Switch SMS MFA on with the one option that exists, or off without options.

    Answers SetUserSettings. Factors that SetUserMFAPreference has switched on stay as they are. Where MFA is
    required, switching off has no effect.

    Raises:
        InvalidParameter: another option than SMS to phone_number, or no phone number to send to.
    """
    for option in options:
        if (option.get("DeliveryMedium"), option.get("AttributeName")) != ("SMS", "phone_number"):
            # Both are the only valid values [docs: MFAOptionType; own wording].
            raise errors.InvalidParameter(
                "MFAOptions can only be DeliveryMedium SMS with AttributeName phone_number."
            ).because("mfa.options")
    if options and not has(user, SMS_MFA):
        raise errors.InvalidParameter("User does not have delivery config set to turn on SMS_MFA").because(
            "mfa.factor-missing", value="SMS_MFA"
        )
    if not options and _must_stay(pool, SMS_MFA, user):
        return
    factors = replace(user.factors, sms_option=bool(options))
    with world.store.write():
        world.store.users.put(replace(user, factors=factors, modified=world.clock.now()))


def delete_totp(world: World, user: User) -> None:
    """Delete the authenticator, and a secret that waits to be verified.

    Answers AdminDeleteSoftwareToken.

    Raises:
        ResourceNotFound: there is none [assumed; own wording]. UserNotConfirmed
    """
    if user.status == UNCONFIRMED:
        raise errors.UserNotConfirmed("User is not confirmed.").because("auth.user-unconfirmed")
    if user.factors.totp.secret is None:
        raise errors.ResourceNotFound("Software token does not exist.").because("mfa.totp-not-set-up")
    preferred = None if user.factors.preferred == SOFTWARE_TOKEN_MFA else user.factors.preferred
    factors = replace(
        user.factors, totp=Totp(), enabled=user.factors.enabled - {SOFTWARE_TOKEN_MFA}, preferred=preferred
    )
    with world.store.write():
        world.store.users.put(replace(user, factors=factors, modified=world.clock.now()))


def configured(world: World, pool: Pool, user: User) -> list[str]:
    """Return ConfiguredUserAuthFactors: the user's factors, allowed first or not.

    A pool that requires MFA, where no code can be a first factor, lists PASSWORD, EMAIL_OTP and SOFTWARE_TOKEN
    [assumed]. Passkeys for another relying party than the pool's present one are not usable
    [docs: amazon-cognito-user-pools-authentication-flow-methods].
    """
    rp_id = passkeys.relying_party(world, pool)
    has = {
        "PASSWORD": user.has_password,
        "EMAIL_OTP": user.get("email") is not None,
        "SMS_OTP": user.get("phone_number") is not None,
        "WEB_AUTHN": any(key.rp_id == rp_id for key in world.store.passkeys.where("user", user.key)),
        "SOFTWARE_TOKEN": user.factors.totp.secret is not None,
    }
    return [factor for factor, there in has.items() if there]
