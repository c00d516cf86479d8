"""Passwords: recovery by a code, change with the old one, set, reset.

ForgotPassword ─► code ─► ConfirmForgotPassword ─► CONFIRMED, new password   (before it nothing changes)
AdminResetUserPassword ─► RESET_REQUIRED and a code ─► ConfirmForgotPassword
AdminSetUserPassword ─► CONFIRMED, or FORCE_CHANGE_PASSWORD for a temporary one
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import code as codes
from cognito_emulator.domain.auth import lockout
from cognito_emulator.domain.auth.event_risk import UNJUDGED
from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging import message
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import FAIL, PASS, PASSWORD_CHANGE
from cognito_emulator.domain.users import names, password
from cognito_emulator.domain.users.user import CONFIRMED, FORCE_CHANGE_PASSWORD, RESET_REQUIRED, UNCONFIRMED, User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.auth import imported_hashes, migration
from cognito_emulator.flows.auth.password_check import check_temporary
from cognito_emulator.flows.messaging import messages
from cognito_emulator.flows.threats import auth_events, protection
from cognito_emulator.flows.tokens.access import Access, live_family
from cognito_emulator.flows.users import sign_up_triggers
from cognito_emulator.flows.users.sign_up import keep

if TYPE_CHECKING:
    from cognito_emulator.world import World

PURPOSE = "recovery"
DAY = 86400
# Statuses without a password that is the user's own.
_NOT_THEIRS = (FORCE_CHANGE_PASSWORD, "EXTERNAL_PROVIDER")


async def forgot(world: World, pool: Pool, client: Client, username: str, caller: Caller) -> dict[str, str]:
    """Send a recovery code; CodeDeliveryDetails. Status and password stay as they are.

    With PreventUserExistenceErrors, a user who is unknown, disabled or without a verified address gets the usual
    answer and no message [docs: cognito-user-pool-managing-errors]. A UserMigration function is called before.

    Raises:
        UserNotFound, NotAuthorized, InvalidParameter, LimitExceeded
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    protection.admit(world, pool, client.id, caller.origin)
    _check_self_service(pool)
    user = names.find(world.store, pool, username)
    if user is None:
        user = await migration.migrate(world, pool, client, username, typed=None, caller=caller)
        pool, client = world.client(client.id)
    if client.hides_users and _is_hidden(pool, user):
        return _simulate(world, pool, user, username)
    user = require_enabled(user, errors.username_client_not_found)
    check_resettable(user)
    attribute = _address(pool, user)
    code = world.ids.code()
    pending = _pending(world, user, attribute, code, limited=True)
    with world.store.write():
        world.store.codes.put(pending)
    return await messages.send_code(
        world, pool, user, purpose="recovery", attribute=attribute, code=code, caller=caller
    )


def _is_hidden(pool: Pool, user: User | None) -> bool:
    """Return whether PreventUserExistenceErrors hides the user.

    The documentation names only these cases; a temporary password is still an error
    [docs: cognito-user-pool-managing-errors].
    """
    if user is None or not user.enabled:
        return True
    return user.status not in _NOT_THEIRS and not message.recovery_attributes(pool, user)


def _check_self_service(pool: Pool) -> None:
    """Refuse self-service where only administrators recover accounts.

    This comes before any look-up, so that the error tells nothing about a user.

    Raises:
        NotAuthorized
    """
    if pool.recovery == ():
        raise errors.NotAuthorized("Contact administrator to reset password.").because(
            "users.recovery-admin-only", setting="AccountRecoverySetting", value=pool.settings["AccountRecoverySetting"]
        )


def check_resettable(user: User) -> None:
    """Refuse a user who has no password of their own.

    Raises:
        NotAuthorized: the user has a temporary password, or none.
    """
    if user.status in _NOT_THEIRS:
        raise errors.not_resettable()


def _address(pool: Pool, user: User) -> str:
    """Return the attribute to which the code goes.

    Raises:
        InvalidParameter: no verified address fit for it, or only a phone number and the pool cannot send to it.
    """
    fit = message.recovery_attributes(pool, user)
    if not fit:
        setting = "AccountRecoverySetting"
        refusal = errors.no_recovery_address()
        raise refusal.because("users.no-recovery-address", setting=setting, value=pool.settings[setting])
    attribute = next((name for name in fit if name != "phone_number" or pool.has_sms), fit[0])
    messages.check_can_send(pool, attribute)
    return attribute


def _pending(world: World, user: User, attribute: str, code: str, *, limited: bool) -> codes.PendingCode:
    old = world.store.codes.get((user.pool_id, user.sub, PURPOSE))
    to, now = user.get(attribute) or "", world.clock.now()
    return codes.issue(old, user.pool_id, user.sub, PURPOSE, attribute, code=code, now=now, to=to, limited=limited)


def _stand_in(pool: Pool, user: User | None, username: str) -> str:
    """Return the sub under which the code is kept.

    That of an unknown user can't be a UUID.
    """
    return user.sub if user is not None else f"unknown {pool.fold(username)}"


def _simulate(world: World, pool: Pool, user: User | None, username: str) -> dict[str, str]:
    sub = _stand_in(pool, user, username)
    pending = codes.simulate(world.store.codes.get((pool.id, sub, PURPOSE)), pool.id, sub, world.clock.now())
    with world.store.write():
        _forget_old(world)
        world.store.codes.put(pending)
    return message.simulated(pool, username, message.recovery_attributes(pool))


def _forget_old(world: World) -> None:
    """Delete expired codes of users who do not exist.

    Otherwise requests with made-up names would fill the memory.
    """
    for _ in range(2):
        oldest = world.store.codes.first("simulated", None)
        if oldest is None or not oldest.is_over(world.clock.now()):
            return
        world.store.codes.delete(oldest.key)


async def confirm(
    world: World, pool: Pool, client: Client, username: str, *, code: str, typed: str, caller: Caller
) -> None:
    """Set a new password by the code; the status becomes CONFIRMED.

    Answers ConfirmForgotPassword. The policy is checked first and costs no attempt. The history is checked only after
    the right code, since it would tell strangers about earlier passwords. The code then stays valid for another
    choice.

    Raises:
        UserNotFound, NotAuthorized, CodeMismatch, ExpiredCode, LimitExceeded, InvalidPassword,
        PasswordHistoryPolicyViolation
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of PostConfirmation; the password is the new one.
    """
    protection.admit(world, pool, client.id, caller.origin)
    pool.password_policy.check(typed)
    leaked = protection.check_new_password(world, pool, client.id, protection.PASSWORD_CHANGE, typed)
    user, spent = _entitled(world, pool, client, username, code)
    if user.imported_hash is not None:
        await imported_hashes.check_history(world, pool, user, typed)
        user, spent = _entitled(world, pool, client, username, code)  # other requests ran meanwhile
    changed = _with_password(world, pool, user, typed)
    confirmed = replace(changed, status=CONFIRMED, lockout=lockout.cleared())
    with world.store.write():
        world.store.users.put(confirmed)
        world.store.codes.put(spent)
    if leaked:
        auth_events.record(
            world, pool, user.sub, PASSWORD_CHANGE, PASS, origin=caller.origin, risk=protection.compromised_risk()
        )
    await sign_up_triggers.confirmed(world, pool, confirmed, sign_up_triggers.CONFIRM_FORGOT_PASSWORD, caller)


def _entitled(world: World, pool: Pool, client: Client, username: str, code: str) -> tuple[User, codes.PendingCode]:
    """Return the user whose password the code may replace, and the used code.

    A wrong code is counted.

    Raises:
        as `confirm`
    """
    user = names.find(world.store, pool, username)
    if not client.hides_users:
        user = require_enabled(user, errors.username_client_not_found)
    pending = world.store.codes.get((pool.id, _stand_in(pool, user, username), PURPOSE))
    if user is not None and pending is not None and pending.to and user.get(pending.attribute) != pending.to:
        pending = None  # sent to an address that is no longer the user's
    verdict = codes.check(pending, code, world.clock.now())
    if verdict.error is not None or verdict.record is None or user is None:
        keep(world, verdict.record)
        raise verdict.error or errors.expired_code()
    if not user.enabled:
        # PreventUserExistenceErrors hides a disabled user
        raise errors.wrong_code().because("auth.user-disabled", setting="PreventUserExistenceErrors", value="ENABLED")
    check_resettable(user)
    return user, verdict.record


def _with_password(world: World, pool: Pool, user: User, typed: str, expires: float | None = None) -> User:
    """Return `user` with a new password.

    Raises:
        PasswordHistoryPolicyViolation
    """
    salt = world.ids.bytes(16)
    changed = password.renewed(pool.password_policy, pool.srp_name, user, typed, salt=salt, expires=expires)
    return replace(changed, modified=world.clock.now())


async def change(world: World, access: Access, previous: str | None, proposed: str, origin: Origin) -> None:
    """Answer ChangePassword, and record its event.

    Raises:
        as `_change`
    """
    risk = UNJUDGED
    try:
        if await _change(world, access, previous, proposed):
            risk = protection.compromised_risk()
    except errors.ApiError:
        auth_events.record(world, access.pool, access.user.sub, PASSWORD_CHANGE, FAIL, origin=origin)
        raise
    auth_events.record(world, access.pool, access.user.sub, PASSWORD_CHANGE, PASS, origin=origin, risk=risk)


async def _change(world: World, access: Access, previous: str | None, proposed: str) -> bool:
    """Change the password; return whether the new one is compromised but allowed.

    Each call that checks the old password counts, also a successful one: 5 an hour [docs: quotas]. The old password
    is checked before the new one [assumed]. The status stays. So a user who changes a temporary password
    here still gets NEW_PASSWORD_REQUIRED at the next sign-in.

    Raises:
        InvalidParameter: PreviousPassword is missing; the service calls it OldPassword [assumed].
        NotAuthorized: it is wrong, or temporary and expired.
        InvalidPassword, PasswordHistoryPolicyViolation, LimitExceeded
    """
    pool, user, now = access.pool, access.user, world.clock.now()
    if previous is None and user.has_password:
        raise errors.missing_parameter("OldPassword")
    counter = codes.count_call(world.store.codes.get((pool.id, user.sub, codes.CHANGE)), pool.id, user.sub, now)
    with world.store.write():
        world.store.codes.put(counter)
    if previous is not None and user.imported_hash is not None:
        user, right = await imported_hashes.judge(world, user, previous)
        if live_family(world, access.claims) is None:
            raise errors.NotAuthorized("Access Token has been revoked").because("tokens.access-revoked")  # meanwhile
        user = imported_hashes.adopt(world, pool, user, previous) if right else user
    if previous is not None and (
        user.password is None or not password.matches(user.password, pool.srp_name, user.username, previous)
    ):
        raise errors.wrong_credentials().because("auth.password-wrong")
    check_temporary(pool, user, now)
    pool.password_policy.check(proposed)
    leaked = protection.check_new_password(world, pool, access.client.id, protection.PASSWORD_CHANGE, proposed)
    changed = _with_password(world, pool, user, proposed)
    with world.store.write():
        world.store.users.put(changed)
    return leaked


async def set_as_admin(world: World, pool: Pool, username: str, typed: str, *, permanent: bool) -> None:
    """Set the password of a user of any status, for AdminSetUserPassword.

    Failed sign-ins are forgotten, here and after a recovery: they were attempts at the replaced password.

    Raises:
        UserNotFound, InvalidPassword, PasswordHistoryPolicyViolation
    """
    user = names.get_for_admin(world.store, pool, username)
    pool.password_policy.check(typed)
    user = await imported_hashes.check_history(world, pool, user, typed)
    expires = None if permanent else world.clock.now() + pool.password_policy.temporary_days * DAY
    changed = _with_password(world, pool, user, typed, expires)
    status = CONFIRMED if permanent else FORCE_CHANGE_PASSWORD
    with world.store.write():
        world.store.users.put(replace(changed, status=status, lockout=lockout.cleared()))


async def reset_as_admin(world: World, pool: Pool, username: str, caller: Caller) -> None:
    """Set RESET_REQUIRED and send a code, for AdminResetUserPassword.

    Raises:
        UserNotFound
        NotAuthorized: disabled, or the status does not allow it; an unconfirmed user would avoid the
            confirmation, so they are refused [assumed].
        InvalidParameter: no verified address, or no self-service recovery in this pool.
    """
    user = names.get_for_admin(world.store, pool, username)
    if pool.recovery == ():
        raise errors.InvalidParameter("User pool does not have self-service account recovery configured.").because(
            "users.recovery-admin-only", setting="AccountRecoverySetting", value=pool.settings["AccountRecoverySetting"]
        )
    if not user.enabled:
        # [observed: amazon-archives/amazon-cognito-identity-js#373]
        raise errors.NotAuthorized("User is disabled").because("auth.user-disabled")
    if user.status == UNCONFIRMED:
        raise errors.not_resettable()
    check_resettable(user)
    attribute = _address(pool, user)
    code = world.ids.code()
    pending = _pending(world, user, attribute, code, limited=False)
    changed = replace(user, status=RESET_REQUIRED, modified=world.clock.now())
    with world.store.write():
        world.store.users.put(changed)
        world.store.codes.put(pending)
    await messages.send_code(world, pool, changed, purpose="recovery", attribute=attribute, code=code, caller=caller)
