"""Sign-up and its confirmation, by a code or by an administrator.

SignUp ──► UNCONFIRMED ──► ConfirmSignUp (verifies the address of the code) ──► CONFIRMED
                │  ▲ ResendConfirmationCode                                        ▲
                └──┴──────────────► AdminConfirmSignUp (verifies nothing) ─────────┘
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import code as codes
from cognito_emulator.domain.auth.first_factor import passwordless_sign_up
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging import message
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import attribute_change, names, password
from cognito_emulator.domain.users.user import CONFIRMED, UNCONFIRMED, User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.messaging import messages
from cognito_emulator.flows.threats import protection
from cognito_emulator.flows.users import sign_up_triggers

if TYPE_CHECKING:
    from cognito_emulator.world import World

PURPOSE = "sign_up"


class SignUpRequest(Struct, frozen=True):
    """The values that a user enters to sign up."""

    username: str
    password: str | None
    attributes: Mapping[str, str]


async def sign_up(world: World, pool: Pool, client: Client, request: SignUpRequest, caller: Caller) -> dict[str, Any]:
    """Create an UNCONFIRMED user; return SignUp's answer.

    The code is sent if the pool auto-verifies one of the user's addresses. A PreSignUp function may confirm the user
    at once, and verify their addresses: a verified alias moves to the new user.

    Raises:
        NotAuthorized: only administrators create users here, the client may not write an attribute, or the address
            is blocked.
        InvalidParameter: user name or attributes do not fit the pool, the password is missing, or the pool cannot
            send the code.
        InvalidPassword, UsernameExists
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: a function failed; after PreSignUp the user
            exists nevertheless.
    """
    protection.admit(world, pool, client.id, caller.origin)
    attributes, user = _checked(world, pool, client, request)
    leaked = protection.check_new_password(world, pool, client.id, protection.SIGN_UP, request.password or "")
    admission = await sign_up_triggers.before(
        world, pool, sign_up_triggers.SIGN_UP, user.username, attributes, caller=caller
    )
    rivals: list[tuple[str, User]] = []
    if admission is not None:
        pool, client = world.client(client.id)
        _check_free(world, pool, request, attributes)
        user = sign_up_triggers.admitted(pool, user, admission)
        rivals = names.rivals(world.store, user)
    if admission is not None and admission.confirmed:
        user = replace(user, status=CONFIRMED)
        _keep(world, pool, user, rivals, None)
        protection.record_sign_up(world, pool, user, caller.origin, leaked)
        await sign_up_triggers.confirmed(world, pool, user, sign_up_triggers.CONFIRM_SIGN_UP, caller)
        return {"UserConfirmed": True, "UserSub": user.sub}
    answer: dict[str, Any] = {"UserConfirmed": False, "UserSub": user.sub}
    address = message.sign_up_address(pool, user)
    if address is None:
        _keep(world, pool, user, rivals, None)
        protection.record_sign_up(world, pool, user, caller.origin, leaked)
        return answer
    check_can_ask(world, pool, address)
    code = world.ids.code()
    _keep(world, pool, user, rivals, _pending(world, user, address, code))
    protection.record_sign_up(world, pool, user, caller.origin, leaked)
    answer["CodeDeliveryDetails"] = await messages.send_code(
        world, pool, user, purpose="sign-up", attribute=address, code=code, caller=caller
    )
    return answer


def _checked(world: World, pool: Pool, client: Client, request: SignUpRequest) -> tuple[dict[str, str], User]:
    """Return the attributes and the user of a sign-up, not yet in the pool.

    Raises:
        NotAuthorized, InvalidParameter, InvalidPassword, UsernameExists
    """
    if pool.admin_create_only:
        raise errors.NotAuthorized("SignUp is not permitted for this user pool").because(
            "users.sign-up-closed", setting="AdminCreateUserConfig.AllowAdminCreateUserOnly", value=True
        )
    names.check_form(pool, request.username)
    attributes = _attributes(pool, client, request)
    typed = request.password or None
    if typed is not None:
        pool.password_policy.check_new_user(typed)
    elif not passwordless_sign_up(pool, client.flows, attributes):
        # [own wording]
        raise errors.InvalidParameter("Password not provided").because(
            "users.password-needed", setting="Policies.SignInPolicy.AllowedFirstAuthFactors", value=pool.first_factors
        )
    _check_free(world, pool, request, attributes)
    return attributes, _new_user(world, pool, request.username, attributes, typed)


def _keep(
    world: World, pool: Pool, user: User, rivals: list[tuple[str, User]], pending: codes.PendingCode | None
) -> None:
    """Store the new user, the aliases that move to them and their sign-up code."""
    with world.store.write():
        if rivals:
            names.take_over(world.store, pool, rivals, world.clock.now())
        world.store.users.put(user)
        if pending is not None:
            world.store.codes.put(pending)


def check_can_ask(world: World, pool: Pool, attribute: str) -> None:
    """Refuse a pool that can't send the code or link that confirms an account.

    Raises:
        InvalidParameter
    """
    messages.check_can_send(pool, attribute)
    messages.check_can_link(world, pool, attribute)


def _attributes(pool: Pool, client: Client, request: SignUpRequest) -> dict[str, str]:
    """Return the new user's attributes, with the address that is the user name."""
    given = dict(request.attributes)
    if "sub" in given:
        raise errors.InvalidParameter("Cannot modify the non-mutable attribute sub").because(
            "users.attribute-immutable", value="sub"
        )
    attribute_change.check_writable(pool, client, given)
    attribute_change.check_preferred_username(pool, True, given)
    given = names.with_implied(pool, request.username, given)
    rules.check_new_user(pool.schema, given, required=True)
    return rules.kept(pool.schema, given)


def _check_free(world: World, pool: Pool, request: SignUpRequest, attributes: Mapping[str, str]) -> None:
    """Refuse a user name that is taken.

    This holds with PreventUserExistenceErrors too [docs: cognito-user-pool-managing-errors].

    Raises:
        UsernameExists
    """
    taken = names.taken(world.store, pool, request.username, attributes)
    if taken == "username":
        raise errors.UsernameExists("User already exists").because("users.exists")
    if taken:
        raise errors.UsernameExists(f"An account with the given {taken} already exists.").because(
            "users.exists", value=taken
        )


def _new_user(world: World, pool: Pool, typed_name: str, attributes: Mapping[str, str], typed: str | None) -> User:
    """Return the new user; their addresses are unverified.

    In a pool with username attributes the user name is the sub.
    """
    sub = world.ids.uuid()
    username = sub if pool.username_attributes else typed_name
    now = world.clock.now()
    flags = [flag for name, flag in rules.UNVERIFIED.items() if name in attributes]
    return names.with_aliases(
        pool,
        User(
            pool.id,
            sub,
            username,
            pool.fold(username),
            created=now,
            modified=now,
            status=UNCONFIRMED,
            attributes=(*attributes.items(), *flags),
            password=password.make(world.ids.bytes(16), pool.srp_name, username, typed) if typed else None,
        ),
    )


def _pending(world: World, user: User, attribute: str, code: str) -> codes.PendingCode:
    """Return the record of a new sign-up code.

    Raises:
        LimitExceeded
    """
    old = world.store.codes.get((user.pool_id, user.sub, PURPOSE))
    to = user.get(attribute) or ""
    return codes.issue(old, user.pool_id, user.sub, PURPOSE, attribute, code=code, now=world.clock.now(), to=to)


async def resend(world: World, pool: Pool, client: Client, username: str, caller: Caller) -> dict[str, str]:
    """Send a new code to the address that the pool verifies.

    Returns CodeDeliveryDetails. With PreventUserExistenceErrors a user without a pending confirmation gets the same
    answer and no message. An error for a confirmed user would tell that they exist. For unknown and disabled users
    this is documented [docs: cognito-user-pool-managing-errors], for confirmed ones not [assumed].

    Raises:
        UserNotFound, NotAuthorized, InvalidParameter, LimitExceeded
    """
    protection.admit(world, pool, client.id, caller.origin)
    if not pool.auto_verified:
        raise errors.NotAuthorized("Cannot resend codes. Auto verification not turned on.").because(
            "users.verification-off", setting="AutoVerifiedAttributes", value=[]
        )
    user = names.find(world.store, pool, username)
    try:
        user, attribute = _waiting(pool, user)
    except (errors.UserNotFound, errors.NotAuthorized, errors.InvalidParameter):
        if not client.hides_users:
            raise
        wanted = [name for name in ("phone_number", "email") if name in pool.auto_verified]
        return message.simulated(pool, username, wanted)
    check_can_ask(world, pool, attribute)
    code = world.ids.code()
    pending = _pending(world, user, attribute, code)
    with world.store.write():
        world.store.codes.put(pending)
    return await messages.send_code(world, pool, user, purpose="resend", attribute=attribute, code=code, caller=caller)


def _waiting(pool: Pool, user: User | None) -> tuple[User, str]:
    """Return an unconfirmed user, and the attribute to which the code goes."""
    user = require_enabled(user, errors.username_client_not_found)
    if user.status != UNCONFIRMED:
        raise errors.InvalidParameter("User is already confirmed.").because("users.confirmed")
    attribute = message.sign_up_address(pool, user)
    if attribute is None:
        raise errors.no_address("email" if "email" in pool.auto_verified else "phone_number")
    return user, attribute


async def confirm(
    world: World, pool: Pool, client: Client, username: str, code: str, *, caller: Caller, force_alias: bool
) -> None:
    """Confirm the account and verify the address to which the code went.

    Answers ConfirmSignUp. A right code stays valid when the alias belongs to another user. So the call can be
    repeated with ForceAliasCreation.

    Raises:
        UserNotFound, NotAuthorized, CodeMismatch, ExpiredCode, LimitExceeded, AliasExists
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of PostConfirmation.
    """
    protection.admit(world, pool, client.id, caller.origin)
    user = names.find(world.store, pool, username)
    if client.hides_users and (user is None or not user.enabled):
        raise errors.expired_code().because("auth.user-hidden" if user is None else "auth.user-disabled")
    user = require_enabled(user, errors.username_client_not_found)
    check_unconfirmed(user)
    pending = world.store.codes.get((pool.id, user.sub, PURPOSE))
    if pending is not None and user.get(pending.attribute) != pending.to:
        pending = None  # the address has changed since: the code does not prove the present one
    verdict = codes.check(pending, code, world.clock.now())
    if verdict.error is not None or verdict.record is None:
        keep(world, verdict.record)
        raise verdict.error or errors.expired_code()
    confirmed = _confirmed(world, pool, user, verdict.record.attribute)
    rivals = names.rivals(world.store, confirmed)
    if rivals and not force_alias:
        raise errors.alias_exists(rivals[0][0])
    with world.store.write():
        names.take_over(world.store, pool, rivals, world.clock.now())
        world.store.users.put(confirmed)
        # Nothing will ask for it again, its counters included: the status does not come back.
        world.store.codes.delete(verdict.record.key)
    await sign_up_triggers.confirmed(world, pool, confirmed, sign_up_triggers.CONFIRM_SIGN_UP, caller)


def keep(world: World, record: codes.PendingCode | None) -> None:
    """Store the record of an attempt, also where the call is refused."""
    if record is not None:
        with world.store.write():
            world.store.codes.put(record)


def _confirmed(world: World, pool: Pool, user: User, verified: str | None) -> User:
    if verified is not None:
        user = user.with_attributes([(f"{verified}_verified", "true")])
    return names.with_aliases(pool, replace(user, status=CONFIRMED, modified=world.clock.now()))


def check_unconfirmed(user: User) -> None:
    """Refuse a user who is confirmed, before the code is checked.

    [observed: furaiev/amazon-cognito-identity-dart-2#80]

    Raises:
        NotAuthorized
    """
    if user.status != UNCONFIRMED:
        raise errors.NotAuthorized(f"User cannot be confirmed. Current status is {user.status}").because(
            "users.confirmed", value=user.status
        )


async def confirm_as_admin(world: World, pool: Pool, username: str, caller: Caller) -> None:
    """Confirm an account without verifying an address, for AdminConfirmSignUp.

    Raises:
        UserNotFound, NotAuthorized
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of PostConfirmation.
    """
    user = names.get_for_admin(world.store, pool, username)
    check_unconfirmed(user)
    confirmed = _confirmed(world, pool, user, None)
    with world.store.write():
        world.store.users.put(confirmed)
        world.store.codes.delete((pool.id, user.sub, PURPOSE))
    await sign_up_triggers.confirmed(world, pool, confirmed, sign_up_triggers.CONFIRM_SIGN_UP, caller)
