"""What comes next in a sign-in: the one place that decides it.

    begin ──► PASSWORD_VERIFIER ──┐
      │                           ▼
      └─ password in the request ─► password right
                                     │
                  RESET_REQUIRED ────┼──────────► refused: PasswordResetRequired
           FORCE_CHANGE_PASSWORD ────┼──────────► NEW_PASSWORD_REQUIRED ──┐
                                     ▼                                    │
                                MFA decision ◄────────────────────────────┘
        OFF, or OPTIONAL and none enabled │ one factor     several         │ ON and none
        (skipped by a remembered device,  │                                │
         ChallengeRequiredOnNewDevice)    │                                │
                                     │    ▼                ▼               ▼
                                     │  SMS_MFA  ◄── SELECT_MFA_TYPE    MFA_SETUP
                                     │  SOFTWARE_TOKEN_MFA ◄─┘             │
                                     ▼    ▼                                ▼
               remembered device: DEVICE_SRP_AUTH ─► DEVICE_PASSWORD_VERIFIER  (TOTP proved)
                                     ▼                                     │
                                   signed in ◄─────────────────────────────┘

The decision follows the developer guide, "Details of MFA logic at user runtime".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from emulator.domain import errors
from emulator.domain.attributes import missing_required
from emulator.domain.device import Device
from emulator.domain.pool import Pool
from emulator.domain.user import FORCE_CHANGE_PASSWORD, RESET_REQUIRED, User

PASSWORD = "PASSWORD"
PASSWORD_VERIFIER = "PASSWORD_VERIFIER"
NEW_PASSWORD_REQUIRED = "NEW_PASSWORD_REQUIRED"
SMS_MFA = "SMS_MFA"
SOFTWARE_TOKEN_MFA = "SOFTWARE_TOKEN_MFA"
SELECT_MFA_TYPE = "SELECT_MFA_TYPE"
MFA_SETUP = "MFA_SETUP"
DEVICE_SRP_AUTH = "DEVICE_SRP_AUTH"
DEVICE_PASSWORD_VERIFIER = "DEVICE_PASSWORD_VERIFIER"
FACTORS = (SMS_MFA, SOFTWARE_TOKEN_MFA)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in under way.

    `sub` is None for a user that does not exist (PreventUserExistenceErrors); `username` is the real user name,
    the one that USER_ID_FOR_SRP shows. `proved` are the challenges answered, `choice` the factor that was
    selected, `device` the key of the device that the client presents, if any. An attempt begun by the Admin
    operation goes on there (`admin`). `ip` and `agent` are the client's address and User-Agent. `event_id` is the one
    of the tokens in which it ends.
    """

    pool_id: str
    client_id: str
    flow: str
    admin: bool
    sub: str | None
    username: str
    proved: tuple[str, ...] = ()
    choice: str = ""
    device: str = ""
    ip: str = ""
    agent: str = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """The next question; `parameters` as far as they follow from the records (ChallengeParameters)."""

    name: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Nothing more to prove."""


def next_step(attempt: Attempt, user: User, pool: Pool, device: Device | None = None) -> Challenge | SignedIn:
    """What `attempt`, whose password is proved, has to answer next. `device` is the user's, by `attempt.device`.

    Raises:
        PasswordResetRequired: an administrator has reset the password.
        InvalidUserPoolConfiguration: MFA is required and this user can have no factor.
    """
    if user.status == RESET_REQUIRED:
        raise errors.PasswordResetRequired("Password reset required for the user")
    if user.status == FORCE_CHANGE_PASSWORD:
        return _new_password(pool, user)
    remembered = device is not None and device.remembered and pool.devices is not None
    trusted = remembered and pool.devices is not None and pool.devices.replaces_mfa
    if not trusted and not any(proof in attempt.proved for proof in (MFA_SETUP, *FACTORS)):
        step = _mfa(attempt, user, pool)
        if isinstance(step, Challenge):
            return step
    if remembered and DEVICE_PASSWORD_VERIFIER not in attempt.proved:
        return Challenge(DEVICE_SRP_AUTH)
    return SignedIn()


def _json(value: list[str] | dict[str, str]) -> str:
    """As the service writes JSON inside a parameter: without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _new_password(pool: Pool, user: User) -> Challenge:
    present = [name for name, _ in user.attributes]
    required = [f"userAttributes.{name}" for name in missing_required(pool.schema, present)]
    parameters = {
        "USER_ID_FOR_SRP": user.username,
        "requiredAttributes": _json(required),
        "userAttributes": _json(dict(user.attributes)),
    }
    return Challenge(NEW_PASSWORD_REQUIRED, parameters)


def _mfa(attempt: Attempt, user: User, pool: Pool) -> Challenge | SignedIn:
    if pool.mfa.mode == "OFF":
        return SignedIn()
    usable = [factor for factor in FACTORS if factor in user.factors.active and can_use(factor, user, pool)]
    if attempt.choice in choices(user, pool):
        return _factor(attempt.choice, user)
    if user.factors.preferred in usable:
        return _factor(str(user.factors.preferred), user)
    if usable:
        return _one_of(usable, user)
    if pool.mfa.mode == "OPTIONAL":
        return SignedIn()
    fallback = [factor for factor in FACTORS if _without_preference(factor, user, pool)]
    if fallback:
        return _one_of(fallback, user)
    return _setup(user, pool)


def choices(user: User, pool: Pool) -> list[str]:
    """The factors among which SELECT_MFA_TYPE lets the user choose."""
    usable = [factor for factor in FACTORS if factor in user.factors.active and can_use(factor, user, pool)]
    if usable or pool.mfa.mode != "ON":
        return usable
    return [factor for factor in FACTORS if _without_preference(factor, user, pool)]


def can_use(factor: str, user: User, pool: Pool) -> bool:
    """Whether the pool offers the factor and the user has what it needs."""
    if factor == SMS_MFA:
        return pool.mfa.sms and user.get("phone_number") is not None
    return pool.mfa.totp and user.factors.totp.secret is not None


def _without_preference(factor: str, user: User, pool: Pool) -> bool:
    """Whether required MFA falls back on the factor for a user who has enabled none.

    A phone number that is the pool's first way of account recovery is not taken.
    """
    recovers_by_phone = pool.recovery is not None and pool.recovery[:1] == ("phone_number",)
    return can_use(factor, user, pool) and not (factor == SMS_MFA and recovers_by_phone)


def _one_of(factors: list[str], user: User) -> Challenge:
    if len(factors) == 1:
        return _factor(factors[0], user)
    # The guide says MFAS_CAN_SELECT; the service sends MFAS_CAN_CHOOSE (recorded), which clients read.
    parameters = {"MFAS_CAN_CHOOSE": _json(factors), "USER_ID_FOR_SRP": user.username}
    return Challenge(SELECT_MFA_TYPE, parameters)


def _factor(factor: str, user: User) -> Challenge:
    parameters = {"USER_ID_FOR_SRP": user.username}
    if factor == SOFTWARE_TOKEN_MFA and user.factors.totp.name:
        parameters["FRIENDLY_DEVICE_NAME"] = user.factors.totp.name
    return Challenge(factor, parameters)


def _setup(user: User, pool: Pool) -> Challenge:
    wanted = [SMS_MFA] * pool.mfa.sms + [SOFTWARE_TOKEN_MFA] * pool.mfa.totp
    if user.get("phone_number") is not None and not pool.mfa.totp:
        # The number is there but is the way of recovery, and there is nothing else to set up.
        text = "The user has no MFA method that the user pool allows; the phone number is used for account recovery."
        raise errors.InvalidUserPoolConfiguration(text)
    parameters = {"MFAS_CAN_SETUP": _json(wanted), "USER_ID_FOR_SRP": user.username}
    return Challenge(MFA_SETUP, parameters)
