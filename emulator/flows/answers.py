"""One function for each challenge that is answered with a Session.

Each checks the answer and returns the attempt with what it proves, and the user as the answer changes him; the
caller writes both together with what comes next. A wrong answer is counted and refused; the session stays good
for another try.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from emulator.domain import attributes as rules
from emulator.domain import code as codes
from emulator.domain import errors, lockout, names, password, totp
from emulator.domain.auth_event import FAIL, MFA_CHALLENGE
from emulator.domain.client import Client
from emulator.domain.pool import Pool
from emulator.domain.session import Session
from emulator.domain.sign_in import (
    MFA_SETUP,
    NEW_PASSWORD_REQUIRED,
    SELECT_MFA_TYPE,
    SMS_MFA,
    SOFTWARE_TOKEN_MFA,
    Attempt,
    choices,
)
from emulator.domain.user import CONFIRMED, FORCE_CHANGE_PASSWORD, User
from emulator.flows import auth_events
from emulator.flows.sessions import Answered

if TYPE_CHECKING:
    from emulator.world import World

_ATTRIBUTE = "userAttributes."


def _needed(responses: Mapping[str, str], key: str) -> str:
    value = responses.get(key)
    if not value:
        raise errors.missing_parameter(key)
    return value


Proof = tuple[Attempt, User]


def _proved(attempt: Attempt, challenge: str) -> Attempt:
    return replace(attempt, proved=(*attempt.proved, challenge))


def _failed(world: World, user: User, session: Session) -> None:
    """A wrong code: it counts towards the lockout (developer guide, "Things to know about user pool MFA")."""
    with world.store.write():
        world.store.users.put(lockout.counted(user, world.clock.now()))
    auth_events.sign_in(world, session.attempt, FAIL, failed=MFA_CHALLENGE)


def new_password(world: World, request: Answered, session: Session, user: User) -> Proof:
    """NEW_PASSWORD_REQUIRED: the new password, and the attributes that are required and missing.

    Raises:
        InvalidPassword, PasswordHistoryPolicyViolation: by the pool's policy.
        NotAuthorized: an attribute that has a value already, or that the client may not write.
        InvalidParameter: a required attribute is missing, or a value does not fit the schema.
        AliasExists: another user signs in by a value.
        NotAuthorized: the password was set or reset since the question.
    """
    if user.status != FORCE_CHANGE_PASSWORD:
        raise errors.invalid_session()
    pool = request.pool
    typed = _needed(request.responses, "NEW_PASSWORD")
    given = {
        name.removeprefix(_ATTRIBUTE): value for name, value in request.responses.items() if name.startswith(_ATTRIBUTE)
    }
    _check_new_attributes(pool, request.client, user, given)
    pool.password_policy.check(typed)
    changed = password.renewed(pool.password_policy, pool.srp_name, user, typed, world.ids.bytes(16))
    # An address that is given here is not verified, whatever flag an administrator left behind.
    flags = [(f"{name}_verified", "false") for name in rules.VERIFIABLE if given.get(name)]
    changed = changed.with_attributes([*given.items(), *flags])
    changed = names.with_aliases(pool, replace(changed, status=CONFIRMED, modified=world.clock.now()))
    for attribute, _ in names.rivals(world.store, changed):
        raise errors.alias_exists(attribute)
    return _proved(session.attempt, NEW_PASSWORD_REQUIRED), changed


def _check_new_attributes(pool: Pool, client: Client, user: User, given: Mapping[str, str]) -> None:
    for name in given:
        if name == "sub" or name in rules.VERIFIED_FLAGS:
            raise errors.InvalidParameter(f"Cannot modify the non-mutable attribute {name}")
        if user.get(name) is not None:
            raise errors.NotAuthorized(f"Cannot modify an already provided {name}")
        if name.startswith("dev:") or (client.write_attributes is not None and name not in client.write_attributes):
            raise errors.unauthorized_attribute()
    present = [name for name, _ in user.attributes] + [name for name, value in given.items() if value]
    missing = rules.missing_required(pool.schema, present)
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise errors.InvalidParameter(f"Invalid attributes given, {' and '.join(missing)} {verb} missing")
    rules.check_new_user(pool.schema, given, required=False)


def sms_code(world: World, request: Answered, session: Session, user: User) -> Proof:
    """SMS_MFA: the code just sent. Success verifies the phone number (developer guide, MFA).

    Raises:
        CodeMismatch: wrong. NotAuthorized: locked.
    """
    typed = _needed(request.responses, "SMS_MFA_CODE")
    lockout.check(user.lockout, world.clock.now())
    # A code that went to a number which was replaced since proves nothing about the present one.
    moved = session.to != user.get("phone_number")
    if moved or not hmac.compare_digest(session.code, codes.digest(typed)):
        _failed(world, user, session)
        raise errors.CodeMismatch("Invalid code or auth state for the user.")
    return _proved(session.attempt, SMS_MFA), _with_verified_phone(world, request.pool, user)


def _with_verified_phone(world: World, pool: Pool, user: User) -> User:
    phone = user.get("phone_number")
    if phone is None or user.is_verified("phone_number"):
        return user
    if "phone_number" in pool.alias_attributes:
        owner = names.owner_of(world.store, pool, "phone_number", phone)
        if owner is not None and owner.sub != user.sub:
            return user  # somebody else signs in by it: the number proves the factor, but the alias stays
    verified = user.with_attributes([("phone_number_verified", "true")])
    return names.with_aliases(pool, replace(verified, modified=world.clock.now()))


def software_token(world: World, request: Answered, session: Session, user: User) -> Proof:
    """SOFTWARE_TOKEN_MFA: the authenticator's code, good once.

    Raises:
        CodeMismatch: wrong. ExpiredCode: used before. NotAuthorized: locked.
        SoftwareTokenMfaNotFound: the user has no authenticator any more.
    """
    typed = _needed(request.responses, "SOFTWARE_TOKEN_MFA_CODE")
    now = world.clock.now()
    lockout.check(user.lockout, now)
    known = user.factors.totp
    if known.secret is None:
        raise errors.SoftwareTokenMfaNotFound("Software Token MFA does not exist for the user.")
    step = totp.accepted_step(known.secret, typed, now)
    if step is None:
        _failed(world, user, session)
        raise errors.CodeMismatch("Invalid code received for user")
    if step <= known.last_step:
        raise errors.ExpiredCode("Your software token has already been used once.")
    factors = replace(user.factors, totp=replace(known, last_step=step))
    return _proved(session.attempt, SOFTWARE_TOKEN_MFA), replace(user, factors=factors)


def select_factor(_world: World, request: Answered, session: Session, user: User) -> Proof:
    """SELECT_MFA_TYPE: one of the factors that were offered.

    Raises:
        InvalidParameter: another one.
    """
    chosen = _needed(request.responses, "ANSWER")
    if chosen not in choices(user, request.pool):
        raise errors.InvalidParameter("Invalid MFA type selected.")
    return replace(session.attempt, choice=chosen), user


def set_up(world: World, _request: Answered, session: Session, user: User) -> Proof:
    """MFA_SETUP: with the session that VerifySoftwareToken returned. Switches the factor on.

    Raises:
        SoftwareTokenMfaNotFound: nothing was verified in this session, or it was deleted since.
    """
    if not session.verified or user.factors.totp.secret != session.totp_secret:
        raise errors.SoftwareTokenMfaNotFound("Software Token MFA does not exist for the user.")
    factors = replace(user.factors, enabled=user.factors.enabled | {SOFTWARE_TOKEN_MFA})
    changed = replace(user, factors=factors, modified=world.clock.now())
    return _proved(session.attempt, MFA_SETUP), changed


ANSWERS: Mapping[str, Callable[[World, Answered, Session, User], Proof]] = {
    NEW_PASSWORD_REQUIRED: new_password,
    SMS_MFA: sms_code,
    SOFTWARE_TOKEN_MFA: software_token,
    SELECT_MFA_TYPE: select_factor,
    MFA_SETUP: set_up,
}
