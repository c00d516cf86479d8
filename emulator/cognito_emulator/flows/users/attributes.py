"""Changing and verifying attributes, by users and by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import code as codes
from cognito_emulator.domain.auth.code import PendingCode
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.attributes import VERIFIABLE
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import attribute_change as changes
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.attribute_change import Change
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.messaging import messages
from cognito_emulator.flows.tokens.access import Access

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def update_own(world: World, access: Access, given: Mapping[str, str], caller: Caller) -> list[dict[str, str]]:
    """Set or remove attributes for the user; return CodeDeliveryDetails of the codes.

    An empty value removes an attribute.

    Raises:
        NotAuthorized: the client may not write one of them.
        InvalidParameter, AliasExists: as `update`.
    """
    changes.check_writable(access.pool, access.client, given)
    return await update(world, access.pool, access.user, given, caller)


async def update(
    world: World, pool: Pool, user: User, given: Mapping[str, str], caller: Caller
) -> list[dict[str, str]]:
    """Set or remove attributes for an administrator or an authorized user.

    In pools with aliases, an address that an administrator marks as verified moves to this user. The other user's
    address becomes unverified [observed: boto/boto3#3213].

    Raises:
        InvalidParameter: against the schema, or a code cannot be sent.
        AliasExists: another user signs in by a value.
    """
    changes.check(pool, user, given)
    change = changes.apply(pool, user, given, world.clock.now())
    _check_waiting(world, pool, change)
    rivals = _rivals(world, pool, change.user)
    for attribute, _ in change.codes:
        messages.check_can_send(pool, attribute)
    typed = {attribute: world.ids.code() for attribute, _ in change.codes}
    fresh = [_fresh_code(world, user, attribute, typed[attribute], address) for attribute, address in change.codes]
    with world.store.write():
        names.take_over(world.store, pool, rivals, world.clock.now())
        world.store.users.put(change.user)
        for record in fresh:
            world.store.codes.put(record)
    return [
        await messages.send_code(
            world,
            pool,
            change.user,
            purpose="attribute",
            attribute=attribute,
            code=typed[attribute],
            to=address,
            caller=caller,
            source=messages.UPDATE_ATTRIBUTE,
        )
        for attribute, address in change.codes
    ]


async def send_code(world: World, access: Access, attribute: str, caller: Caller) -> dict[str, str]:
    """Send a code to the waiting value, else to the present one.

    Answers GetUserAttributeVerificationCode, whether or not the present value is verified.

    Raises:
        InvalidParameter: neither email nor phone_number, the user has none, or it cannot be sent to.
        LimitExceeded: too many of them in an hour.
    """
    _check_verifiable(attribute)
    pool, user = access.pool, access.user
    address = changes.to_verify(user, attribute)
    if address is None:
        raise errors.no_address(attribute)
    messages.check_can_send(pool, attribute)
    purpose, code = f"attribute:{attribute}", world.ids.code()
    old = world.store.codes.get((pool.id, user.sub, purpose))
    record = codes.issue(old, pool.id, user.sub, purpose, attribute, code=code, now=world.clock.now(), to=address)
    with world.store.write():
        world.store.codes.put(record)
    return await messages.send_code(
        world, pool, user, purpose="attribute", attribute=attribute, code=code, to=address, caller=caller
    )


async def verify(world: World, access: Access, attribute: str, code: str) -> None:
    """Make the present or waiting value a verified one if the code is right.

    Answers VerifyUserAttribute. In pools with aliases the alias moves to this user without an error. The user who had
    it becomes unverified [docs: user-pool-settings-attributes].

    Raises:
        InvalidParameter: neither email nor phone_number.
        CodeMismatch, ExpiredCode, LimitExceeded
        AliasExists: another user took the waiting value meanwhile, in a pool with username attributes.
    """
    _check_verifiable(attribute)
    pool, user = access.pool, access.user
    pending = world.store.codes.get((pool.id, user.sub, f"attribute:{attribute}"))
    if pending is not None and pending.to != changes.to_verify(user, attribute):
        raise errors.expired_code()  # sent to an address that was replaced since
    verdict = codes.check(pending, code, world.clock.now())
    if verdict.record is not None:
        with world.store.write():
            world.store.codes.put(verdict.record)
    if verdict.error is not None:
        raise verdict.error
    changed = changes.verified(pool, user, attribute, world.clock.now())
    rivals = _rivals(world, pool, changed)
    with world.store.write():
        names.take_over(world.store, pool, rivals, world.clock.now())
        world.store.users.put(changed)


def _check_verifiable(attribute: str) -> None:
    if attribute not in VERIFIABLE:
        raise errors.InvalidParameter("Invalid attribute name. Only phone_number and email can be verified.").because(
            "users.not-verifiable"
        )


def _taken(attribute: str) -> errors.AliasExists:
    return errors.AliasExists(f"An account with the given {attribute} already exists.").because(
        "users.alias-exists", value=attribute
    )


def _check_waiting(world: World, pool: Pool, change: Change) -> None:
    """Refuse a waiting user name that another user already has.

    Raises:
        AliasExists
    """
    for attribute, value in change.user.pending_attributes:
        owner = names.owner_of(world.store, pool, attribute, value) if attribute in pool.username_attributes else None
        if owner is not None and owner.key != change.user.key:
            raise _taken(attribute)


def _rivals(world: World, pool: Pool, user: User) -> list[tuple[str, User]]:
    """Return the users whose verified aliases `user` takes over.

    Raises:
        AliasExists: a user name (pools with username attributes) or a preferred_username, which never move.
    """
    rivals = names.rivals(world.store, user)
    for attribute, _ in rivals:
        if attribute in pool.username_attributes:
            raise _taken(attribute)
        if attribute == "preferred_username":
            raise errors.alias_exists(attribute)
    return rivals


def _fresh_code(world: World, user: User, attribute: str, code: str, address: str) -> PendingCode:
    """Return a code for an update, with the counter of earlier codes unchanged.

    Only GetUserAttributeVerificationCode is limited.
    """
    purpose, now = f"attribute:{attribute}", world.clock.now()
    old = world.store.codes.get((user.pool_id, user.sub, purpose))
    record = codes.issue(old, user.pool_id, user.sub, purpose, attribute, code=code, now=now, to=address, limited=False)
    return replace(record, sent=record.sent - 1)
