"""UserMigration: a function returns users that are not in the pool at sign-in.

[docs: user-pool-lambda-migrate-user]. Neither PreSignUp nor PostConfirmation is called for a migrated user.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.mfa_factors import SMS_MFA, offered
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import attribute_change, names, password
from cognito_emulator.domain.users.user import CONFIRMED, RESET_REQUIRED, User
from cognito_emulator.flows.messaging import messages, triggers
from cognito_emulator.flows.messaging.invitations import mediums_for

if TYPE_CHECKING:
    from cognito_emulator.world import World

log = logging.getLogger("emulator.triggers")

# The event's response before the function fills it in [assumed].
_RESPONSE = dict.fromkeys(
    (
        "userAttributes",
        "forceAliasCreation",
        "enableSMSMFA",
        "finalUserStatus",
        "messageAction",
        "desiredDeliveryMediums",
    )
)


class _Migrated(Struct, frozen=True):
    """The function's facts about a user."""

    attributes: Mapping[str, str]
    status: str
    force_alias: bool
    sms_mfa: bool
    silent: bool
    mediums: Sequence[str]


async def migrate(
    world: World, pool: Pool, client: Client, username: str, *, typed: str | None, caller: Caller
) -> User | None:
    """Return the user from the pool's UserMigration function; None if there is none.

    `typed` is the password of a sign-in, None where a password was forgotten. The caller has found no user of that
    name in the pool. The sign-in continues with the user as with any other: status and password are checked there.

    Raises:
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: see `triggers.run`.
        UserNotFound: the user can't be created from the function's facts; with PreventUserExistenceErrors there is
            no error [assumed].
    """
    request: dict[str, Any] = {} if typed is None else {"password": typed}
    request |= {"validationData": dict(caller.validation) if caller.validation else None, "userAttributes": None}
    response = await triggers.run(
        world,
        pool,
        trigger.USER_MIGRATION,
        "ForgotPassword" if typed is None else "Authentication",
        username=username,
        request=request | trigger_event.client_metadata(caller),
        response=_RESPONSE,
        caller=caller,
    )
    if response is None:
        return None
    present = names.find(world.store, pool, username)
    if present is not None:
        return present  # another request was faster, or the function created the user itself
    said = _read(response)
    if not said.attributes:
        return None
    try:
        pool = world.pool(pool.id, pool.account, pool.region)
        return await _make(world, pool, username, said, typed=typed, caller=caller)
    except (errors.InvalidParameter, errors.UsernameExists, errors.AliasExists) as refusal:
        log.warning("The user %s was not migrated: %s", username, refusal.message)
        if client.hides_users:
            return None
        raise errors.UserNotFound(f"Exception migrating user in app client {client.id}").because(
            "auth.migration-failed", setting="LambdaConfig.UserMigration"
        ) from None


def _read(response: Mapping[str, Any]) -> _Migrated:
    """Return the function's facts.

    Raises:
        InvalidLambdaResponse: a field of another type.
    """
    mediums = response.get("desiredDeliveryMediums")
    if mediums is not None and not (isinstance(mediums, list) and all(item in ("SMS", "EMAIL") for item in mediums)):
        raise errors.unrecognizable_answer()
    return _Migrated(
        triggers.texts(response, "userAttributes"),
        # "If you don't set this attribute to CONFIRMED, it's set to RESET_REQUIRED."
        CONFIRMED if triggers.text(response, "finalUserStatus") == CONFIRMED else RESET_REQUIRED,
        triggers.flag(response, "forceAliasCreation"),
        triggers.flag(response, "enableSMSMFA"),
        triggers.text(response, "messageAction") == "SUPPRESS",
        tuple(mediums or ()),
    )


async def _make(
    world: World, pool: Pool, typed_name: str, said: _Migrated, *, typed: str | None, caller: Caller
) -> User:
    """Create the user in the pool, and send the welcome message.

    The policy for passwords is not applied [docs: user-pool-lambda-migrate-user]. Missing required attributes stay
    missing.

    Raises:
        InvalidParameter, UsernameExists, AliasExists
    """
    user = _new_user(world, pool, typed_name, said)
    rivals = names.rivals(world.store, user)
    for attribute, _ in rivals:
        if attribute == "preferred_username" or attribute in pool.username_attributes or not said.force_alias:
            raise errors.alias_exists(attribute)
    if typed is not None:
        kept = password.make(world.ids.bytes(16), pool.srp_name, user.username, typed)
        user = replace(user, password=kept)
    mediums = [] if said.silent else mediums_for(pool, user, said.mediums)
    with world.store.write():
        names.take_over(world.store, pool, rivals, world.clock.now())
        world.store.users.put(user)
    if mediums:
        # The password is the user's own, and in no message.
        await messages.send_invitation(world, pool, user, None, mediums=mediums, caller=caller)
    return world.store.users.get(user.key) or user


def _new_user(world: World, pool: Pool, typed_name: str, said: _Migrated) -> User:
    """Return the new user.

    Raises:
        InvalidParameter, UsernameExists
    """
    given = dict(said.attributes)
    name = _username(pool, typed_name, given)
    names.check_form(pool, name)
    attributes = names.with_implied(pool, name, given)
    if "sub" in attributes:
        raise errors.InvalidParameter("Cannot modify the non-mutable attribute sub").because(
            "users.attribute-immutable", value="sub"
        )
    rules.check_new_user(pool.schema, attributes, required=False)
    attribute_change.check_preferred_username(pool, True, attributes)
    if names.taken(world.store, pool, name, attributes):
        raise errors.UsernameExists("User already exists").because("users.exists", value=name)
    sub, now = world.ids.uuid(), world.clock.now()
    username = sub if pool.username_attributes else name
    pairs = tuple((name, value) for name, value in attributes.items() if value)
    user = names.with_aliases(
        pool, User(pool.id, sub, username, pool.fold(username), now, now, said.status, attributes=pairs)
    )
    return _with_mfa(pool, user) if said.sms_mfa else user


def _username(pool: Pool, typed_name: str, attributes: dict[str, str]) -> str:
    """Return the new user name; take `username` out of `attributes`.

    Where the entered name is an alias, the function chooses a user name, and has the alias among the attributes.
    Otherwise its `username`, if any, is the entered name [docs: user-pool-lambda-migrate-user].

    Raises:
        InvalidParameter
    """
    own = attributes.pop("username", None)
    if own is None or own == typed_name:
        return typed_name
    if not any(attributes.get(alias) == typed_name for alias in pool.alias_attributes):
        raise errors.InvalidParameter("The username of a migrated user must be the one that was typed.").because(
            "auth.migrated-name"
        )
    return own


def _with_mfa(pool: Pool, user: User) -> User:
    """Return `user` with SMS MFA on.

    Raises:
        InvalidParameter: no phone number, or the pool has no MFA by text message.
    """
    if user.get("phone_number") is None or SMS_MFA not in offered(pool):
        raise errors.InvalidParameter("SMS MFA cannot be enabled for this user.").because(
            "mfa.sms-impossible", setting="MfaConfiguration", value=pool.mfa.mode
        )
    return replace(user, factors=replace(user.factors, enabled=frozenset({SMS_MFA})))
