"""Administration of users: create, invite again, disable and delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.first_factor import check_reachable, takes_codes
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names, password
from cognito_emulator.domain.users.user import CONFIRMED, FORCE_CHANGE_PASSWORD, User
from cognito_emulator.flows.messaging import messages
from cognito_emulator.flows.messaging.invitations import mediums_for
from cognito_emulator.flows.tokens import many_sign_ins
from cognito_emulator.flows.users import sign_up_triggers

if TYPE_CHECKING:
    from cognito_emulator.world import World

DAY = 86400


class Invitation(Struct, frozen=True):
    """The values by which an administrator invites a user.

    `temporary` is None where a password is to be generated; `mediums` is None for the default ones. With `silent` no
    message is sent. `force_alias` takes a verified alias from the user who has it.
    """

    username: str
    attributes: Mapping[str, str]
    temporary: str | None = None
    mediums: Sequence[str] | None = None
    silent: bool = False
    force_alias: bool = False


async def create(world: World, pool: Pool, invitation: Invitation, caller: Caller) -> User:
    """Create a user in FORCE_CHANGE_PASSWORD and send the invitation.

    Answers AdminCreateUser for a new user.

    Raises:
        InvalidParameter, InvalidPassword, UsernameExists
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: a function failed; after PreSignUp the user
            exists nevertheless.
    """
    sub = world.ids.uuid()
    user, rivals = _new_user(world, pool, invitation, sub)
    _check_temporary(pool, invitation)
    source, attributes = sign_up_triggers.ADMIN_CREATE_USER, dict(user.attributes)
    if await sign_up_triggers.before(world, pool, source, user.username, attributes, caller=caller) is not None:
        pool = world.pool(pool.id, pool.account, pool.region)
        user, rivals = _new_user(world, pool, invitation, sub)
    mediums = [] if invitation.silent else mediums_for(pool, user, invitation.mediums)
    user, typed = _with_temporary(world, pool, user, invitation.temporary)
    with world.store.write():
        if rivals:
            names.take_over(world.store, pool, rivals, world.clock.now())
        world.store.users.put(user)
    if mediums:
        await messages.send_invitation(world, pool, user, typed, mediums=mediums, caller=caller)
    return user


def _new_user(world: World, pool: Pool, invitation: Invitation, sub: str) -> tuple[User, list[tuple[str, User]]]:
    """Return the user, without a password, and the users whose aliases they take.

    Raises:
        InvalidParameter, UsernameExists
    """
    names.check_form(pool, invitation.username)
    attributes = _new_attributes(pool, invitation)
    taken = names.taken(world.store, pool, invitation.username, attributes)
    if taken:
        raise _exists(taken)
    username = sub if pool.username_attributes else invitation.username
    now = world.clock.now()
    user = User(
        pool.id, sub, username, pool.fold(username), now, now, FORCE_CHANGE_PASSWORD,
        attributes=rules.shared(rules.kept(pool.schema, attributes).items()),
    )  # fmt: skip
    user = names.with_aliases(pool, user)
    rivals = names.rivals(world.store, user)
    for attribute, _ in rivals:
        if attribute == "preferred_username" or not invitation.force_alias:
            raise _exists(attribute)
    return user, rivals


async def invite_again(world: World, pool: Pool, invitation: Invitation, caller: Caller) -> User:
    """Set a new temporary password with a new expiry, and send it.

    Answers AdminCreateUser with RESEND. The attributes stay as they are.

    Raises:
        UserNotFound, UnsupportedUserState, InvalidParameter, InvalidPassword
    """
    user = names.get_for_admin(world.store, pool, invitation.username)
    if user.status != FORCE_CHANGE_PASSWORD:
        raise errors.UnsupportedUserState(
            f"Resend not possible. {invitation.username} status is not FORCE_CHANGE_PASSWORD"
        ).because("users.state")
    _check_temporary(pool, invitation)
    mediums = mediums_for(pool, user, invitation.mediums)
    user, typed = _with_temporary(world, pool, user, invitation.temporary)
    user = replace(user, modified=world.clock.now())
    with world.store.write():
        world.store.users.put(user)
    if mediums:
        await messages.send_invitation(world, pool, user, typed, mediums=mediums, caller=caller)
    return user


def _new_attributes(pool: Pool, invitation: Invitation) -> dict[str, str]:
    """Return the new user's attributes, with the address that is the user name.

    Raises:
        InvalidParameter
    """
    given = dict(invitation.attributes)
    if "sub" in given:
        raise errors.InvalidParameter("Cannot modify the non-mutable attribute sub").because(
            "users.attribute-immutable", value="sub"
        )
    given = names.with_implied(pool, invitation.username, given)
    passwordless = not invitation.temporary and takes_codes(pool)
    # NEW_PASSWORD_REQUIRED asks users of AdminCreateUser for missing attributes. As an alias, preferred_username is
    # kept from sign-up alone [observed: aws-sdk-net#761].
    rules.check_new_user(pool.schema, given, required=passwordless)
    rules.check_verified(given, given)
    if passwordless:
        check_reachable(pool, given)
    return given


def _exists(what: str) -> errors.UsernameExists:
    """Return the error for a user name or alias that is taken.

    The API reference names AliasExistsException, which AdminCreateUser does not have [model: AdminCreateUser]. The
    service answers UsernameExistsException [observed: boto/boto3#3213].
    """
    if what == "username":
        return errors.UsernameExists("User account already exists").because("users.exists")
    return errors.UsernameExists(f"An account with the given {what} already exists.").because(
        "users.exists", value=what
    )


def _check_temporary(pool: Pool, invitation: Invitation) -> None:
    if invitation.temporary:
        pool.password_policy.check_temporary(invitation.temporary)


def _with_temporary(world: World, pool: Pool, user: User, given: str | None) -> tuple[User, str | None]:
    """Return `user` with a temporary password, and that password.

    Where one-time codes are first factors no password is generated. A user without one is confirmed
    [docs: how-to-create-user-accounts].
    """
    if not given and user.password is None and takes_codes(pool):
        return replace(user, status=CONFIRMED), None
    policy = pool.password_policy
    typed = given
    if not typed:
        typed = world.ids.password()
        while len(typed) < policy.minimum_length:
            typed += world.ids.password()
    expires = world.clock.now() + policy.temporary_days * DAY
    kept = password.make(world.ids.bytes(16), pool.srp_name, user.username, typed, expires)
    return password.set_password(policy, user, kept), typed


async def set_enabled(world: World, user: User, enabled: bool) -> None:
    """Enable a user, or disable them and revoke every sign-in.

    A repeated call changes nothing.
    """
    if user.enabled == enabled:
        return
    changed = replace(user, enabled=enabled, modified=world.clock.now())
    if enabled:
        with world.store.write():
            world.store.users.put(changed)
    else:
        await many_sign_ins.revoke(world, user.key, lambda: world.store.users.put(changed))
