"""The users of a seed, made by the operations of an administrator."""

from __future__ import annotations

from collections.abc import Mapping

from cognito_emulator.domain.users.user import User
from cognito_emulator.seed import fixups, user_fixups
from cognito_emulator.seed import upsert as upserting
from cognito_emulator.seed.calls import Inside
from cognito_emulator.seed.model import Block, UserSeed

_AUTHENTICATOR_ON = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}


def make_user(inside: Inside, user: UserSeed) -> None:
    made = _user_itself(inside, user)
    if made is None:
        return
    # Where an address was sent as the user name, the user name is the sub.
    named, sub = {"Username": made.username}, made.sub
    if user.password:
        typed = {**named, "Password": user.password.text, "Permanent": True}
        inside.call(Block(user.password.place, typed), "AdminSetUserPassword")
    for group in user.groups:
        inside.call(Block(group.place, {**named, "GroupName": group.text}), "AdminAddUserToGroup")
    _factors(inside, user, (inside.pool_id, sub), named)
    if not user.confirmed:
        fixups.unconfirm(inside.calls.world, (inside.pool_id, sub))
    if not user.enabled:
        inside.call(Block(user.block.place, named), "AdminDisableUser")
    _state(inside, user, (inside.pool_id, sub))


def _user_itself(inside: Inside, user: UserSeed) -> User | None:
    """Create the user or, with `upsert`, change the attributes.

    Return None where that is refused.
    """
    store, place = inside.calls.world.store, user.block.place
    pool = store.pools.get(inside.pool_id)
    there = upserting.find_user(store, pool, user) if inside.calls.upsert else None
    if there is not None:
        given = upserting.changing(pool, there, user.block.members.get("UserAttributes", ()))
        if given:
            members = {"Username": there.username, "UserAttributes": given}
            inside.call(Block(place, members), "AdminUpdateUserAttributes")
        return there
    if user.state.get("Federated"):
        try:
            return user_fixups.make_federated(inside.calls.world, pool, user)
        except user_fixups.Contradiction as problem:
            inside.calls.notes.add(place, str(problem))
            return None
    members = {**user.block.members, "MessageAction": "SUPPRESS"}
    answer = inside.call(Block(place, members), "AdminCreateUser", uuid=user.sub)
    if answer is None:
        return None
    sub = next(item["Value"] for item in answer["User"]["Attributes"] if item["Name"] == "sub")
    return store.users.get((inside.pool_id, sub))


def _state(inside: Inside, user: UserSeed, key: tuple[str, str]) -> None:
    if not user.state:
        return
    try:
        user_fixups.settle(inside.calls.world, key, user.state)
    except user_fixups.Contradiction as problem:
        inside.calls.notes.add(user.block.place, str(problem))


def _factors(inside: Inside, user: UserSeed, key: tuple[str, str], named: Mapping[str, str]) -> None:
    preference = user.preference
    if user.totp:
        fixups.enrol(inside.calls.world, key, user.totp.text)
    if user.totp and "UserMFASettingList" not in user.state:
        preference = preference or Block(user.totp.place, _AUTHENTICATOR_ON)
    if preference:
        inside.call(Block(preference.place, {**named, **preference.members}), "AdminSetUserMFAPreference")
