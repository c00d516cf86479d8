"""What comes next in a sign-in: the one place that decides it.

    USER_AUTH ──► SELECT_CHALLENGE ──┬──────────────► EMAIL_OTP, SMS_OTP, WEB_AUTHN
      │ (what is preferred and       │                           │
      │  available needs no choice)  ▼                           │ right: confirmed, needs no MFA
      └──────────────────► PASSWORD, PASSWORD_SRP                │
                                     │                           │
    begin ──► PASSWORD_VERIFIER ──┐◄─┘                           │
      │                           ▼                              │
      └─ password in the request ─► password right               │
                                     │                           │
       too risky (`threat`, once) ───┼──────────► refused: NotAuthorized
                  RESET_REQUIRED ────┼──────────► refused: PasswordResetRequired
           FORCE_CHANGE_PASSWORD ────┼──────────► NEW_PASSWORD_REQUIRED ──┐
                                     ▼                           │        │
                                MFA decision ◄────────────────────────────┘
        OFF, or OPTIONAL and none enabled │ one factor     several │       │ ON and none
        (skipped by a remembered device,  │                        │       │
         ChallengeRequiredOnNewDevice)    │                        │       │
                                     │    ▼                ▼       │       ▼
                                     │  SMS_MFA  ◄── SELECT_MFA_TYPE   MFA_SETUP ─► EMAIL_OTP
                                     │  SOFTWARE_TOKEN_MFA ◄─┤     │       │  (an e-mail address)
                                     │  EMAIL_OTP ◄──────────┘     │       │            │
                                     ▼    ▼                        ▼       │            │
               remembered device: DEVICE_SRP_AUTH ─► DEVICE_PASSWORD_VERIFIER  (proved) │
                                     ▼                                     │            │
                                   signed in ◄─────────────────────────────┴────────────┘

A sign-in that is too risky is refused when its first factor is proved, whichever that was. Where a risk demands MFA,
OPTIONAL asks for whatever factor there is, and no device skips it.

Where a level is requested (acr), the MFA decision asks for what that still needs first: another factor of MFA, or by
SELECT_CHALLENGE a first factor. A step-up of an earlier sign-in begins there.

The decisions follow [docs: user-pool-settings-mfa, authentication-flows-selection-sdk,
cognito-user-pools-step-up-authentication].
"""

from __future__ import annotations

import json

from msgspec import Struct, field
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr, mfa, step_up
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.first_factor import PASSWORDLESS, PASSWORDS, USER_AUTH, available, nothing_available
from cognito_emulator.domain.pools.attributes import missing_required
from cognito_emulator.domain.pools.mfa_factors import FACTORS
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.user import FORCE_CHANGE_PASSWORD, RESET_REQUIRED, UNCONFIRMED, User


class Challenge(Struct, frozen=True, gc=False):
    """The next question, with the ChallengeParameters that follow from the records.

    `available` are the first factors among which the user may still choose (AvailableChallenges).
    """

    name: ChallengeName
    parameters: dict[str, str] = field(default_factory=dict)
    available: tuple[ChallengeName, ...] = ()


class SignedIn(Struct, frozen=True, gc=False):
    """Nothing more to prove."""


def next_step(
    attempt: Attempt, user: User, pool: Pool, device: Device | None = None, *, passkey: bool = False
) -> Challenge | SignedIn:
    """Decide what `attempt` has to answer next.

    In USER_AUTH that may be the first factor; in the other flows the password is proved. `device` is the user's
    device, by `attempt.how.device`. `passkey` says whether the user has one for the pool's relying party. It matters
    in USER_AUTH, and where a level is requested.

    Raises:
        UserNotConfirmed: only a code confirms the user, and it is not asked for.
        NotAuthorized: there is no first factor for this user, or none was proved; or the user has a temporary
            password and has not proved it.
        PasswordResetRequired: an administrator has reset the password.
        InvalidParameter: the user has no factors for any of the requested levels.
        MfaMethodNotFound: MFA is required and this user can have no factor.
        NotAuthorized: a risk demands MFA, and the user has no factor any more.
    """
    if attempt.how.flow == USER_AUTH and not attempt.has_begun:
        return first_factor(attempt, user, pool, passkey=passkey)
    if not attempt.has_begun:
        raise errors.invalid_session()
    if user.status == RESET_REQUIRED:
        raise errors.PasswordResetRequired("Password reset required for the user").because(
            "auth.password-reset-required"
        )
    if user.status == FORCE_CHANGE_PASSWORD:
        if not attempt.has_proved(ChallengeName.PASSWORD, ChallengeName.PASSWORD_VERIFIER):
            raise errors.invalid_session()
        return _new_password(pool, user)
    if attempt.goal.targets:
        towards = _towards(attempt, user, pool, passkey=passkey)
        if towards is not None:
            return towards
    remembered = device is not None and device.remembered and pool.devices is not None
    # No remembered device replaces what a risk demands: "will always require the user to provide an additional ...
    # factor" [docs: cognito-user-pool-settings-threat-protection].
    trusted = remembered and pool.devices is not None and pool.devices.replaces_mfa and not attempt.risk.demand
    step = None if trusted else second_factor(attempt, user, pool)
    if step is not None:
        return step
    if remembered and not attempt.has_proved(ChallengeName.DEVICE_PASSWORD_VERIFIER):
        return Challenge(ChallengeName.DEVICE_SRP_AUTH)
    return SignedIn()


def first_factor(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> Challenge:
    """Begin USER_AUTH: with the factor that was chosen or preferred, else the choice.

    A factor that is not available is not asked for.

    Raises:
        UserNotConfirmed, NotAuthorized, PasswordResetRequired, InvalidParameter: as `next_step`.
    """
    offered = available(user, pool, passkey=passkey)
    if not offered or (user.status == UNCONFIRMED and attempt.goal.choice in PASSWORDS):
        raise nothing_available(user)
    if attempt.goal.targets:
        offered = _beginnings(attempt, _within(attempt, user, pool, passkey=passkey))
    if attempt.goal.choice in offered:
        return Challenge(ChallengeName(attempt.goal.choice), available=offered)
    return Challenge(ChallengeName.SELECT_CHALLENGE, available=offered)


def _beginnings(attempt: Attempt, within: step_up.Within) -> tuple[ChallengeName, ...]:
    """List the challenges with which a user may begin to reach a requested level.

    Where users are hidden, the refusal comes only when the first factor is proved: the factors would show that the
    user exists.

    Raises:
        InvalidParameter: no requested level can be reached.
    """
    if not attempt.who.hides_users:
        return step_up.first_challenges(step_up.first_reachable_level(attempt.goal.targets, (), within), within)
    offered = step_up.possible_first_challenges(attempt.goal.targets, within.first)
    if not offered:
        raise step_up.unreachable_level()
    return offered


def with_credit(
    attempt: Attempt, user: User, pool: Pool, presented: str, device: Device | None, *, passkey: bool
) -> Attempt:
    """Begin a sign-in with the credit of an earlier one, whose acr was `presented`.

    An acr that the pool has renamed counts for no level. Where nothing is missing then, the sign-in begins anew rather
    than giving new tokens for nothing [docs: cognito-user-pools-step-up-authentication].

    Raises:
        InvalidParameter: the level is reached already ("This prevents applications from using step-up authentication
            as a token-refresh mechanism"), or cannot be [own wording].
        NotAuthorized, PasswordResetRequired, MfaMethodNotFound: as `next_step`.
    """
    step = next_step(attempt, user, pool, device, passkey=passkey)
    if isinstance(step, Challenge) and step.name == ChallengeName.MFA_SETUP:
        raise step_up.unreachable_level()  # "Step-up authentication doesn't prompt the user to set up new factors."
    if isinstance(step, Challenge) and step.name != ChallengeName.DEVICE_SRP_AUTH:
        return attempt
    if acr.level_of(pool, presented) >= target_level(attempt, user, pool, passkey=passkey):
        raise errors.InvalidParameter("The access token already satisfies the requested authentication level.").because(
            "auth.step-up-satisfied"
        )
    return replace(attempt, proof=replace(attempt.proof, credited=()))


def target_level(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> int:
    """Return the first of the requested levels that the user can reach.

    Raises:
        InvalidParameter: none.
    """
    return step_up.first_reachable_level(
        attempt.goal.targets, attempt.methods, _within(attempt, user, pool, passkey=passkey)
    )


def _within(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> step_up.Within:
    """Return the factors that the user has.

    A first factor can only be asked for where the flow knows the choice.
    """
    first = available(user, pool, passkey=passkey) if attempt.how.flow == USER_AUTH else ()
    return step_up.Within(first, tuple(mfa.choices(user, pool)))


def _towards(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> Challenge | None:
    """Return what a requested level still needs; None when it is reached."""
    within = _within(attempt, user, pool, passkey=passkey)
    target = step_up.first_reachable_level(attempt.goal.targets, attempt.methods, within)
    left = step_up.remaining_challenges(target, attempt.methods, within, attempt.goal.choice)
    if left.second:
        preferred = user.factors.preferred
        return _factor(preferred, user) if preferred in left.second else _one_of(list(left.second), user)
    if attempt.goal.choice in left.first:
        return Challenge(ChallengeName(attempt.goal.choice), available=left.first)
    if not left.first:
        return None
    return Challenge(left.first[0] if len(left.first) == 1 else ChallengeName.SELECT_CHALLENGE, available=left.first)


def second_factor(attempt: Attempt, user: User, pool: Pool) -> Challenge | None:
    """Return the challenge of MFA, if there is one and none was answered yet.

    Raises:
        NotAuthorized, MfaMethodNotFound: as `next_step`.
    """
    step = None if _has_done_mfa(attempt) else _mfa(attempt, user, pool)
    return step if isinstance(step, Challenge) else None


def _has_done_mfa(attempt: Attempt) -> bool:
    """Tell whether a second factor was proved, or the first one needs none.

    It needs none where a user who may begin with it has no MFA, and where it is a passkey that counts as MFA.
    """
    if attempt.proof.credited:
        return attempt.has_another_now if attempt.risk.demand else any(one != acr.PASSWORD for one in attempt.methods)
    if attempt.first_factor in PASSWORDLESS:
        return True
    return any(proof in (ChallengeName.MFA_SETUP, *FACTORS) for proof in attempt.proof.challenges[1:])


def _json(value: list[str] | dict[str, str]) -> str:
    """Write JSON inside a parameter as the service does: without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _new_password(pool: Pool, user: User) -> Challenge:
    missing = missing_required(pool.schema, [name for name, _ in user.attributes])
    required = [f"userAttributes.{name}" for name in missing]
    parameters = {
        "USER_ID_FOR_SRP": user.username,
        "requiredAttributes": _json(required),
        # What is missing is listed too, as empty [observed: amazon-cognito-identity-js#180].
        "userAttributes": _json({**dict(user.attributes), **dict.fromkeys(missing, "")}),
    }
    return Challenge(ChallengeName.NEW_PASSWORD_REQUIRED, parameters)


def _mfa(attempt: Attempt, user: User, pool: Pool) -> Challenge | SignedIn:
    choices = mfa.choices(user, pool, required=bool(attempt.risk.demand))
    if attempt.risk.demand == "MFA_REQUIRED" and not choices and pool.mfa.mode != "ON":
        raise errors.blocked_for_risk()  # the factor that there was when it was demanded is gone
    if pool.mfa.mode == "OFF":
        return SignedIn()
    if attempt.goal.choice in choices:
        return _factor(attempt.goal.choice, user)
    if user.factors.preferred in mfa.active(user, pool):
        return _factor(str(user.factors.preferred), user)
    if choices:
        return _one_of(choices, user)
    if pool.mfa.mode == "OPTIONAL":
        return SignedIn()
    if not attempt.goal.address:
        return _setup(user, pool, hosted=bool(attempt.how.hosted))
    return _factor(ChallengeName.EMAIL_OTP if attempt.goal.address_kind == "email" else ChallengeName.SMS_MFA, user)


def _one_of(factors: list[str], user: User) -> Challenge:
    if len(factors) == 1:
        return _factor(factors[0], user)
    # The guide says MFAS_CAN_SELECT; clients read MFAS_CAN_CHOOSE [observed: aws-amplify/amplify-js].
    parameters = {"MFAS_CAN_CHOOSE": _json(factors), "USER_ID_FOR_SRP": user.username}
    return Challenge(ChallengeName.SELECT_MFA_TYPE, parameters)


def _factor(factor: str, user: User) -> Challenge:
    parameters = {"USER_ID_FOR_SRP": user.username}
    if factor == ChallengeName.SOFTWARE_TOKEN_MFA and user.factors.totp.name:
        parameters["FRIENDLY_DEVICE_NAME"] = user.factors.totp.name
    return Challenge(ChallengeName(factor), parameters)


def _setup(user: User, pool: Pool, *, hosted: bool) -> Challenge:
    wanted = mfa.to_set_up(user, pool, hosted=hosted)
    if not wanted:
        raise errors.no_mfa_method()
    parameters = {"MFAS_CAN_SETUP": _json(wanted), "USER_ID_FOR_SRP": user.username}
    return Challenge(ChallengeName.MFA_SETUP, parameters)
