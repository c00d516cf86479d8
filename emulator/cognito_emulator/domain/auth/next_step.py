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

The decisions follow the developer guide, "Details of MFA logic at user runtime", "Choice-based authentication" and
"Step-up authentication with the USER_AUTH flow".
"""

from __future__ import annotations

import json

from msgspec import Struct, field
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr, mfa, step_up
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.event_risk import UNJUDGED, Risk
from cognito_emulator.domain.auth.first_factor import PASSWORDLESS, PASSWORDS, USER_AUTH, available, nothing_available
from cognito_emulator.domain.auth.origin import NO_FINGERPRINT, Fingerprint
from cognito_emulator.domain.pools.attributes import missing_required
from cognito_emulator.domain.pools.mfa_factors import FACTORS
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.user import FORCE_CHANGE_PASSWORD, RESET_REQUIRED, UNCONFIRMED, User


class Round(Struct, frozen=True, gc=False):
    """A challenge answered in CUSTOM_AUTH; `metadata` is Create's name for a custom one."""

    challenge: str
    right: bool
    metadata: str | None = None

    def told(self) -> dict[str, object]:
        """Return the form that the `session` of a trigger's event has."""
        shown = {"challengeName": str(self.challenge), "challengeResult": self.right}
        return {**shown, "challengeMetadata": self.metadata}


class Attempt(Struct, frozen=True, gc=False):
    """A sign-in under way.

    `sub` is None for a user that does not exist (PreventUserExistenceErrors); `username` is the real user name,
    the one that USER_ID_FOR_SRP shows, `typed` the name with which it began. `proved` are the challenges answered, the
    first factor first; `choice` is the factor that was selected or preferred, `passkey` the method (amr) of the passkey
    that was used,
    `address` the e-mail address, or on the pages the telephone number, that
    MFA_SETUP was answered with and that is not the user's yet, `device` the key of the device that the client
    presents, if any. An attempt begun by the Admin operation goes on there (`admin`). `ip` and `agent` are the client's
    address and User-Agent. `event_id` is the one of the tokens in which it ends. `history` is what CUSTOM_AUTH tells
    its functions. `risk` is what threat protection makes of it, judged once, when the first factor is proved.
    `targets` are the levels (acr) that are requested, the first of which that can be reached is gone for; `credited`
    are the methods (amr) of an earlier sign-in, which need not be proved again as long as it lasts: `backing` is the
    event_id of its tokens, or the digest of its browser session. `hides` says that the client has
    PreventUserExistenceErrors.
    `hosted` is the digest of the authorization request that the pages of the hosted login are at: such an attempt goes
    on there alone, for that request, and ends in a code instead of tokens.
    """

    pool_id: str
    client_id: str
    flow: str
    admin: bool
    sub: str | None
    username: str
    proved: tuple[str, ...] = ()
    targets: tuple[int, ...] = ()
    credited: tuple[str, ...] = ()
    backing: str = ""
    hides: bool = False
    choice: str = ""
    passkey: str = ""
    address: str = ""
    device: str = ""
    ip: str = ""
    agent: str = ""
    event_id: str = ""
    history: tuple[Round, ...] = ()
    hosted: str = ""
    fingerprint: Fingerprint = NO_FINGERPRINT
    risk: Risk = UNJUDGED
    typed: str = ""

    @property
    def methods(self) -> tuple[str, ...]:
        """What was proved, as methods (amr)."""
        return acr.methods(self.credited, self.proved, self.passkey)

    @property
    def has_another_now(self) -> bool:
        """Whether another factor than the password was proved in this sign-in itself, with no credit."""
        return any(method != acr.PASSWORD for method in acr.methods((), self.proved, self.passkey))

    @property
    def begun(self) -> bool:
        """Whether a first factor is behind it."""
        return bool(self.proved or self.credited)

    @property
    def address_kind(self) -> str:
        """The attribute that `address` is for."""
        return "email" if "@" in self.address else "phone_number"


class Challenge(Struct, frozen=True, gc=False):
    """The next question; `parameters` as far as they follow from the records (ChallengeParameters).

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
    """What `attempt` has to answer next. `device` is the user's, by `attempt.device`.

    In USER_AUTH that may be the first factor, and `passkey` says whether the user has one for the pool's relying
    party (it matters where a level is requested, too); in the other flows the password is proved.

    Raises:
        UserNotConfirmed: only a code confirms the user, and it is not asked for.
        NotAuthorized: there is no first factor for this user, or none was proved; or the user has a temporary
            password and has not proved it.
        PasswordResetRequired: an administrator has reset the password.
        InvalidParameter: the user has no factors for any of the requested levels.
        MfaMethodNotFound: MFA is required and this user can have no factor.
        NotAuthorized: a risk demands MFA, and the user has no factor any more.
    """
    if attempt.flow == USER_AUTH and not attempt.begun:
        return first_factor(attempt, user, pool, passkey=passkey)
    if not attempt.begun:
        raise errors.invalid_session()
    if user.status == RESET_REQUIRED:
        raise errors.PasswordResetRequired("Password reset required for the user")
    if user.status == FORCE_CHANGE_PASSWORD:
        if ChallengeName.PASSWORD not in attempt.proved and ChallengeName.PASSWORD_VERIFIER not in attempt.proved:
            raise errors.invalid_session()
        return _new_password(pool, user)
    if attempt.targets:
        towards = _towards(attempt, user, pool, passkey=passkey)
        if towards is not None:
            return towards
    remembered = device is not None and device.remembered and pool.devices is not None
    # What a risk demands, no remembered device replaces: "will always require the user to provide an additional ...
    # factor" (developer guide, "Setting up threat protection").
    trusted = remembered and pool.devices is not None and pool.devices.replaces_mfa and not attempt.risk.demand
    step = None if trusted else second_factor(attempt, user, pool)
    if step is not None:
        return step
    if remembered and ChallengeName.DEVICE_PASSWORD_VERIFIER not in attempt.proved:
        return Challenge(ChallengeName.DEVICE_SRP_AUTH)
    return SignedIn()


def first_factor(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> Challenge:
    """The beginning of USER_AUTH: what was chosen or preferred, if it is available, else the choice.

    Raises:
        UserNotConfirmed, NotAuthorized, PasswordResetRequired, InvalidParameter: as `next_step`.
    """
    offered = available(user, pool, passkey=passkey)
    if not offered or (user.status == UNCONFIRMED and attempt.choice in PASSWORDS):
        raise nothing_available(user)
    if attempt.targets:
        offered = _beginnings(attempt, _within(attempt, user, pool, passkey=passkey))
    if attempt.choice in offered:
        return Challenge(ChallengeName(attempt.choice), available=offered)
    return Challenge(ChallengeName.SELECT_CHALLENGE, available=offered)


def _beginnings(attempt: Attempt, within: step_up.Within) -> tuple[ChallengeName, ...]:
    """List the challenges with which a user may begin to reach a requested level.

    Where users are hidden, the refusal comes only when the first factor is proved: the factors would show that the
    user exists.

    Raises:
        InvalidParameter: no requested level can be reached.
    """
    if not attempt.hides:
        return step_up.beginnings(step_up.aim(attempt.targets, (), within), within)
    offered = step_up.imaginable(attempt.targets, within.first)
    if not offered:
        raise step_up.out_of_reach()
    return offered


def stepped_up(
    attempt: Attempt, user: User, pool: Pool, presented: str, device: Device | None, *, passkey: bool
) -> Attempt:
    """A sign-in that begins with the credit of an earlier one, whose acr was `presented`.

    An acr that the pool has renamed counts for no level: where nothing is missing then, the sign-in begins anew,
    rather than giving new tokens for nothing (the guide says that only what is missing is asked for).

    Raises:
        InvalidParameter: the level is reached already ("This prevents applications from using step-up authentication
            as a token-refresh mechanism"; the words are ours), or cannot be.
        NotAuthorized, PasswordResetRequired, MfaMethodNotFound: as `next_step`.
    """
    step = next_step(attempt, user, pool, device, passkey=passkey)
    if isinstance(step, Challenge) and step.name == ChallengeName.MFA_SETUP:
        raise step_up.out_of_reach()  # "Step-up authentication doesn't prompt the user to set up new factors."
    if isinstance(step, Challenge) and step.name != ChallengeName.DEVICE_SRP_AUTH:
        return attempt
    if acr.level_of(pool, presented) >= aimed(attempt, user, pool, passkey=passkey):
        raise errors.InvalidParameter("The access token already satisfies the requested authentication level.")
    return replace(attempt, credited=())


def aimed(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> int:
    """The first of the requested levels that the user can reach.

    Raises:
        InvalidParameter: none.
    """
    return step_up.aim(attempt.targets, attempt.methods, _within(attempt, user, pool, passkey=passkey))


def _within(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> step_up.Within:
    """The factors that the user has. A first one can only be asked for where the flow knows the choice."""
    first = available(user, pool, passkey=passkey) if attempt.flow == USER_AUTH else ()
    return step_up.Within(first, tuple(mfa.choices(user, pool)))


def _towards(attempt: Attempt, user: User, pool: Pool, *, passkey: bool) -> Challenge | None:
    """What a requested level still needs; None when it is reached."""
    within = _within(attempt, user, pool, passkey=passkey)
    target = step_up.aim(attempt.targets, attempt.methods, within)
    left = step_up.next_ones(target, attempt.methods, within, attempt.choice)
    if left.second:
        preferred = user.factors.preferred
        return _factor(preferred, user) if preferred in left.second else _one_of(list(left.second), user)
    if attempt.choice in left.first:
        return Challenge(ChallengeName(attempt.choice), available=left.first)
    if not left.first:
        return None
    return Challenge(left.first[0] if len(left.first) == 1 else ChallengeName.SELECT_CHALLENGE, available=left.first)


def second_factor(attempt: Attempt, user: User, pool: Pool) -> Challenge | None:
    """The challenge of MFA, if there is one and none was answered yet.

    Raises:
        NotAuthorized, MfaMethodNotFound: as `next_step`.
    """
    step = None if _has_done_mfa(attempt) else _mfa(attempt, user, pool)
    return step if isinstance(step, Challenge) else None


def _has_done_mfa(attempt: Attempt) -> bool:
    """Whether a second factor was proved, or the first one needs none: who may begin with it has no MFA, or it is a
    passkey that does for it."""
    if attempt.credited:
        return attempt.has_another_now if attempt.risk.demand else any(one != acr.PASSWORD for one in attempt.methods)
    if attempt.proved[:1] and attempt.proved[0] in PASSWORDLESS:
        return True
    return any(proof in (ChallengeName.MFA_SETUP, *FACTORS) for proof in attempt.proved[1:])


def _json(value: list[str] | dict[str, str]) -> str:
    """As the service writes JSON inside a parameter: without spaces."""
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
    if attempt.choice in choices:
        return _factor(attempt.choice, user)
    if user.factors.preferred in mfa.active(user, pool):
        return _factor(str(user.factors.preferred), user)
    if choices:
        return _one_of(choices, user)
    if pool.mfa.mode == "OPTIONAL":
        return SignedIn()
    if not attempt.address:
        return _setup(user, pool, hosted=bool(attempt.hosted))
    return _factor(ChallengeName.EMAIL_OTP if attempt.address_kind == "email" else ChallengeName.SMS_MFA, user)


def _one_of(factors: list[str], user: User) -> Challenge:
    if len(factors) == 1:
        return _factor(factors[0], user)
    # The guide says MFAS_CAN_SELECT; the service sends MFAS_CAN_CHOOSE (recorded), which clients read.
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
