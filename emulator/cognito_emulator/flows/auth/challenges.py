"""One function for each challenge that is answered with a Session.

Each checks the answer and returns the attempt with its proof, and the user as the answer changes them. The caller
writes both together with the next step. A wrong answer is counted and refused; the session stays valid for another
attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import lockout, totp
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.mfa import choices, to_set_up
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools.mfa_factors import SOFTWARE_TOKEN_MFA
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names, password
from cognito_emulator.domain.users.user import CONFIRMED, FORCE_CHANGE_PASSWORD, User
from cognito_emulator.flows.auth import one_time_codes, passkey_sign_in
from cognito_emulator.flows.auth.challenge_answer import Answered, Progress, require_member
from cognito_emulator.flows.threats import protection

if TYPE_CHECKING:
    from cognito_emulator.world import World

_ATTRIBUTE = "userAttributes."


def new_password(world: World, request: Answered, session: Session, user: User) -> Progress:
    """Set the new password and the missing attributes, for NEW_PASSWORD_REQUIRED.

    Raises:
        InvalidPassword, PasswordHistoryPolicyViolation: by the pool's policy.
        NotAuthorized: an attribute that has a value already, or that the client may not write.
        InvalidParameter: a required attribute is missing, or a value does not fit the schema.
        AliasExists: another user signs in by a value.
        NotAuthorized: the password was set or reset since the challenge.
    """
    if user.status != FORCE_CHANGE_PASSWORD:
        raise errors.invalid_session()
    pool = request.pool
    typed = require_member(request.responses, "NEW_PASSWORD")
    new_attributes = {
        name.removeprefix(_ATTRIBUTE): value for name, value in request.responses.items() if name.startswith(_ATTRIBUTE)
    }
    _check_new_attributes(pool, request.client, user, new_attributes)
    pool.password_policy.check(typed)
    leaked = protection.check_new_password(world, pool, request.client.id, protection.PASSWORD_CHANGE, typed)
    changed = password.renewed(pool.password_policy, pool.srp_name, user, typed, salt=world.ids.bytes(16))
    # An address entered here is not verified, whatever flag an administrator has set.
    flags = [(f"{name}_verified", "false") for name in rules.VERIFIABLE if new_attributes.get(name)]
    changed = changed.with_attributes([*new_attributes.items(), *flags])
    changed = names.with_aliases(pool, replace(changed, status=CONFIRMED, modified=world.clock.now()))
    for attribute, _ in names.rivals(world.store, changed):
        raise errors.alias_exists(attribute).because("users.alias-exists", value=attribute)
    attempt = protection.mark_compromised(session.attempt) if leaked else session.attempt
    return attempt.with_proof(ChallengeName.NEW_PASSWORD_REQUIRED), changed


def _check_new_attributes(pool: Pool, client: Client, user: User, new_attributes: Mapping[str, str]) -> None:
    for name in new_attributes:
        if name == "sub" or name in rules.VERIFIED_FLAGS:
            raise errors.InvalidParameter(f"Cannot modify the non-mutable attribute {name}").because(
                "users.attribute-immutable", value=name
            )
        if user.get(name) is not None:
            raise errors.NotAuthorized(f"Cannot modify an already provided {name}").because(
                "users.attribute-provided", value=name
            )
        if name.startswith("dev:") or (client.write_attributes is not None and name not in client.write_attributes):
            raise errors.unauthorized_attribute().because(
                "users.attribute-not-writable", setting="WriteAttributes", value=client.write_attributes
            )
    present = [name for name, _ in user.attributes] + [name for name, value in new_attributes.items() if value]
    missing = rules.missing_required(pool.schema, present)
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise errors.InvalidParameter(f"Invalid attributes given, {' and '.join(missing)} {verb} missing").because(
            "users.attribute-required", setting="Schema", value=missing
        )
    rules.check_new_user(pool.schema, new_attributes, required=False)


def software_token(world: World, request: Answered, session: Session, user: User) -> Progress:
    """Check the authenticator's code, which is valid once, for SOFTWARE_TOKEN_MFA.

    Raises:
        CodeMismatch: wrong. ExpiredCode: used before. NotAuthorized: locked.
        SoftwareTokenMfaNotFound: the user has no authenticator any more.
    """
    typed = require_member(request.responses, "SOFTWARE_TOKEN_MFA_CODE")
    now = world.clock.now()
    lockout.check(lockout.of(user, request.pool.away), now)
    known = user.factors.totp
    if known.secret is None:
        raise errors.SoftwareTokenMfaNotFound("Software Token MFA does not exist for the user.").because(
            "mfa.totp-not-set-up"
        )
    step = totp.accepted_step(known.secret, typed, now)
    if step is None:
        one_time_codes.count_wrong_code(world, request.pool, user, session)
        raise errors.CodeMismatch("Invalid code received for user").because("mfa.totp-wrong")
    if step <= known.last_step:
        raise errors.ExpiredCode("Your software token has already been used once.").because("mfa.totp-reused")
    factors = replace(user.factors, totp=replace(known, last_step=step))
    return session.attempt.with_proof(ChallengeName.SOFTWARE_TOKEN_MFA), replace(user, factors=factors)


def select_factor(_world: World, request: Answered, session: Session, user: User) -> Progress:
    """Choose one of the offered factors, for SELECT_MFA_TYPE.

    Raises:
        InvalidParameter: the factor was not offered.
    """
    chosen = require_member(request.responses, "ANSWER")
    # The documentation writes EMAIL_MFA [docs: RespondToAuthChallenge]; clients offer EMAIL_OTP [assumed].
    chosen = ChallengeName.EMAIL_OTP if chosen == "EMAIL_MFA" else chosen
    if chosen not in choices(user, request.pool, required=bool(session.attempt.risk.demand)):
        raise errors.InvalidParameter("Invalid MFA type selected.").because(
            "mfa.type-not-offered", setting="MfaConfiguration", value=request.pool.mfa.mode
        )
    return session.attempt.with_choice(chosen), user


def set_up(world: World, request: Answered, session: Session, user: User) -> Progress:
    """Set a factor up, for MFA_SETUP.

    The session that VerifySoftwareToken returned switches the authenticator on. An email address gets a code next.
    Its key is EMAIL, as clients send it, or email, as the documentation has it
    [docs: user-pool-settings-mfa].

    Raises:
        SoftwareTokenMfaNotFound: nothing was verified in this session, or it was deleted since.
        InvalidParameter: email is not offered to this user, or the address is not valid.
    """
    address = request.responses.get("EMAIL") or request.responses.get("email")
    if address:
        if ChallengeName.EMAIL_OTP not in to_set_up(user, request.pool, hosted=bool(request.hosted)):
            raise errors.InvalidParameter("Invalid MFA type selected.").because(
                "mfa.type-not-offered", setting="MfaConfiguration", value=request.pool.mfa.mode
            )
        one_time_codes.check_new_address(request.pool, user, address)
        return session.attempt.with_address(address), user
    if not session.verified or user.factors.totp.secret != session.totp_secret:
        raise errors.SoftwareTokenMfaNotFound("Software Token MFA does not exist for the user.").because(
            "mfa.totp-not-set-up"
        )
    factors = replace(user.factors, enabled=user.factors.enabled | {SOFTWARE_TOKEN_MFA})
    changed = replace(user, factors=factors, modified=world.clock.now())
    return session.attempt.with_proof(ChallengeName.MFA_SETUP), changed


ANSWERS: Mapping[str, Callable[[World, Answered, Session, User], Progress]] = {
    ChallengeName.NEW_PASSWORD_REQUIRED: new_password,
    ChallengeName.SMS_MFA: one_time_codes.answer,
    ChallengeName.EMAIL_OTP: one_time_codes.answer,
    ChallengeName.SMS_OTP: one_time_codes.answer,
    ChallengeName.WEB_AUTHN: passkey_sign_in.answer,
    ChallengeName.SOFTWARE_TOKEN_MFA: software_token,
    ChallengeName.SELECT_MFA_TYPE: select_factor,
    ChallengeName.MFA_SETUP: set_up,
}
