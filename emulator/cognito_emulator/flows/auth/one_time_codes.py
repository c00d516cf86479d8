"""Codes in a sign-in, as a first factor (EMAIL_OTP, SMS_OTP) or MFA.

MFA codes are SMS_MFA and EMAIL_OTP. A code belongs to the session of its challenge. It is valid as long as that,
once, and only while its address is the user's. A user who wants another one begins again.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import code as codes
from cognito_emulator.domain.auth import first_factor, lockout
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.next_step import Challenge
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.messaging import message
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools.mfa_factors import EMAIL_OTP, SMS_MFA
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import FAIL, MFA_CHALLENGE
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import CONFIRMED, RESET_REQUIRED, UNCONFIRMED, User
from cognito_emulator.flows.auth.challenge_answer import Answered, Progress, require_member
from cognito_emulator.flows.messaging import messages
from cognito_emulator.flows.threats import auth_events

if TYPE_CHECKING:
    from cognito_emulator.world import World

ATTRIBUTE: Mapping[str, str] = {
    ChallengeName.SMS_MFA: "phone_number",
    ChallengeName.EMAIL_OTP: "email",
    ChallengeName.SMS_OTP: "phone_number",
}
# Codes of a first factor are longer than those of MFA [assumed].
_DIGITS, _MFA_DIGITS = 8, 6


class Outgoing(Struct, frozen=True):
    """A code to send; `code` is empty, and not sent, if the user does not exist."""

    attribute: str
    to: str
    purpose: str
    code: str

    @property
    def digest(self) -> str:
        return codes.digest(self.code) if self.code else ""

    @property
    def parameters(self) -> dict[str, str]:
        """The part of ChallengeParameters that says where the code was sent."""
        details = message.delivery(self.attribute, self.to)
        return {
            "CODE_DELIVERY_DELIVERY_MEDIUM": details["DeliveryMedium"],
            "CODE_DELIVERY_DESTINATION": details["Destination"],
        }


def prepare(world: World, pool: Pool, attempt: Attempt, user: User, step: Challenge) -> Outgoing | None:
    """Return the code of a challenge; None where it needs none.

    Raises:
        InvalidParameter: the pool cannot send text messages, or the user has no such address.
    """
    attribute = ATTRIBUTE.get(step.name)
    if attribute is None:
        return None
    messages.check_can_send(pool, attribute)
    to = _address(attempt, user, attribute)
    if not to:
        raise errors.no_address(attribute)
    first = not attempt.has_begun
    code = world.ids.code(_DIGITS if first else _MFA_DIGITS) if attempt.who.sub is not None else ""
    return Outgoing(attribute, to, "otp" if first else "mfa", code)


async def send(world: World, pool: Pool, user: User, outgoing: Outgoing, caller: Caller) -> None:
    """Send a code, after its session is written."""
    if outgoing.code:
        await messages.send_code(
            world,
            pool,
            user,
            purpose=outgoing.purpose,
            attribute=outgoing.attribute,
            code=outgoing.code,
            to=outgoing.to,
            caller=caller,
        )


def _address(attempt: Attempt, user: User, attribute: str) -> str:
    if attempt.goal.address and attribute == attempt.goal.address_kind:
        return attempt.goal.address
    return user.get(attribute) or ""


def answer(world: World, request: Answered, session: Session, user: User) -> Progress:
    """Check the code just sent, for SMS_MFA, EMAIL_OTP and SMS_OTP.

    A right code verifies the address [docs: user-pool-settings-mfa].

    Raises:
        CodeMismatch: wrong. NotAuthorized: locked, or the user can no longer begin with it.
        AliasExists: another user signs in by the address with which MFA was set up.
    """
    typed = require_member(request.responses, f"{session.challenge}_CODE")
    lockout.check(lockout.of(user, request.pool.away), world.clock.now())
    attempt, attribute = session.attempt, ATTRIBUTE[session.challenge]
    # A code that went to a replaced address proves nothing about the present one.
    moved = session.to != _address(attempt, user, attribute)
    if moved or not hmac.compare_digest(session.code, codes.digest(typed)):
        count_wrong_code(world, request.pool, user, session)
        raise errors.CodeMismatch("Invalid code or auth state for the user.").because("mfa.code-wrong")
    if not attempt.has_begun:
        user = _begun_with(request.pool, session, user)
    elif attempt.goal.address:
        user = _with_new_address(world, request.pool, attempt.goal.address_kind, attempt.goal.address, user)
    return attempt.with_proof(ChallengeName(session.challenge)), with_verified(world, request.pool, user, attribute)


def count_wrong_code(world: World, pool: Pool, user: User, session: Session) -> None:
    """Count a wrong code towards the lockout [docs: user-pool-settings-mfa].

    Codes as a first factor count too, since they could be guessed without limit [assumed].
    """
    with world.store.write():
        world.store.users.put(lockout.counted(user, world.clock.now(), pool.away))
    auth_events.sign_in(world, session.attempt, FAIL, failed=MFA_CHALLENGE if session.attempt.has_begun else None)


def _begun_with(pool: Pool, session: Session, user: User) -> User:
    """Return the user, confirmed by a code as a first factor.

    An unconfirmed user is confirmed [docs: amazon-cognito-user-pools-authentication-flow-methods]. So is an imported
    user who never had a password, who could otherwise do nothing afterwards [assumed].

    PostConfirmation is not called. ConfirmSignUp, AdminConfirmSignUp and ConfirmForgotPassword call it
    [docs: user-pool-lambda-post-confirmation]. No operation that answers a challenge does
    [docs: cognito-user-pools-working-with-lambda-triggers].

    Raises:
        NotAuthorized: MFA was set up meanwhile, or the pool no longer allows it.
    """
    if session.challenge not in first_factor.available(user, pool, passkey=False):
        raise errors.invalid_session()
    if user.status in (UNCONFIRMED, RESET_REQUIRED):
        user = replace(user, status=CONFIRMED)
    return user


def _with_new_address(world: World, pool: Pool, kind: str, address: str, user: User) -> User:
    """Return the user after MFA_SETUP with an address.

    The address is the user's, and the factor is on.
    """
    user = names.with_aliases(pool, user.with_attributes([(kind, address), (f"{kind}_verified", "true")]))
    for attribute, _ in names.rivals(world.store, user):
        raise errors.alias_exists(attribute)
    factors = replace(
        user.factors,
        enabled=user.factors.enabled | {SMS_MFA if kind == "phone_number" else EMAIL_OTP},
    )
    return replace(user, factors=factors, modified=world.clock.now())


def with_verified(world: World, pool: Pool, user: User, attribute: str) -> User:
    """Return `user` with the address verified, unless another user signs in by it.

    Then the code proves the factor, but the alias stays.
    """
    value = user.get(attribute)
    if value is None or user.is_verified(attribute):
        return user
    if attribute in pool.alias_attributes:
        owner = names.owner_of(world.store, pool, attribute, value)
        if owner is not None and owner.sub != user.sub:
            return user
    verified = user.with_attributes([(f"{attribute}_verified", "true")])
    return names.with_aliases(pool, replace(verified, modified=world.clock.now()))


def check_new_address(pool: Pool, user: User, address: str) -> None:
    """Refuse an email address with which MFA can't be set up.

    Raises:
        InvalidParameter: the address is not valid.
    """
    rules.check_new_user(pool.schema, {"email": address}, required=False)
    if user.get("email") is not None:
        raise errors.NotAuthorized("Cannot modify an already provided email").because(
            "users.attribute-provided", value="email"
        )
