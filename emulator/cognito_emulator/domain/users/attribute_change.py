"""An update of attributes: values, verification, waiting values, codes.

new e-mail or phone     -> in force at once, unverified; a code is sent where the pool verifies it
  verified before the change -> waits for its code (AttributesRequireVerificationBeforeUpdate), old one in force
  with *_verified true  -> in force at once and verified, no code (administrators only)
same value again        -> nothing changes; a value that waited is forgotten
empty value             -> removed
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools import attributes as rules
from cognito_emulator.domain.pools.attributes import VERIFIABLE, VERIFIED_FLAGS, is_true
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import UNCONFIRMED, User


class Change(Struct, frozen=True, gc=False):
    """The updated user, aliases included.

    `codes` are (attribute, address) to send one to.
    """

    user: User
    codes: tuple[tuple[str, str], ...] = ()


def check_writable(pool: Pool, client: Client, given: Iterable[str]) -> None:
    """Refuse attributes that users of a client may not write themselves.

    Without a list of its own a client writes all but the verification flags, which no client ever writes, and
    developer-only attributes.

    Raises:
        NotAuthorized
    """
    for name in given:
        spec = pool.attribute(name)
        allowed = client.write_attributes is None or name in client.write_attributes
        if not allowed or name in VERIFIED_FLAGS or name.startswith("dev:") or (spec and spec.developer_only):
            raise errors.unauthorized_attribute().because(
                "users.attribute-not-writable", setting="WriteAttributes", value=client.write_attributes
            )


def check(pool: Pool, user: User, given: Mapping[str, str]) -> None:
    """Check an update by the rules of the schema and of sign-in names.

    Raises:
        InvalidParameter
    """
    rules.check_update(pool.schema, given)
    removed = [name for name, value in given.items() if not value and name in pool.username_attributes]
    if removed:
        raise errors.InvalidParameter("".join(f"user.{name}: The attribute is required\n" for name in removed)).because(
            "users.attribute-required", setting="UsernameAttributes", value=removed
        )
    rules.check_verified(given, {**dict(user.attributes), **given})
    check_preferred_username(pool, user.status == UNCONFIRMED, given)


def check_preferred_username(pool: Pool, unconfirmed: bool, given: Mapping[str, str]) -> None:
    """Refuse preferred_username as an alias of an unconfirmed user.

    The text is SignUp's [observed: amplify-js#1669].

    Raises:
        InvalidParameter
    """
    if unconfirmed and given.get("preferred_username") and "preferred_username" in pool.alias_attributes:
        raise errors.InvalidParameter(
            "Preferred username cannot be provided for unconfirmed account, "
            "since user pool is configured for preferred username alias."
        ).because("users.preferred-username", setting="AliasAttributes", value=pool.alias_attributes)


def apply(pool: Pool, user: User, given: Mapping[str, str], now: float) -> Change:
    """Make the change of attributes that were already checked.

    `now` is epoch seconds. Flags (`email_verified`, …) come from administrators only: an operation of the user refuses
    them before.
    """
    values: dict[str, str | None] = {name: value for name, value in given.items() if name not in VERIFIABLE}
    waiting = dict(user.pending_attributes)
    codes = []
    for name in VERIFIABLE:
        if name not in given:
            continue
        value, flag = given[name], f"{name}_verified"
        waiting.pop(name, None)
        if value and value == user.get(name):
            continue
        if value and not is_true(given.get(flag)) and name in pool.verify_before_update:
            waiting[name] = value
            codes.append((name, value))
            continue
        values[name] = value
        if not value:
            values[flag] = None
        elif not is_true(given.get(flag)):
            values[flag] = "false"
            if name in pool.auto_verified:
                codes.append((name, value))
    changed = replace(user.with_attributes(values.items()), pending_attributes=tuple(waiting.items()))
    if changed != user:
        changed = names.with_aliases(pool, replace(changed, modified=now))
    return Change(changed, tuple(codes))


def to_verify(user: User, name: str) -> str | None:
    """Return the address that a code verifies: the waiting or the present one."""
    return dict(user.pending_attributes).get(name) or user.get(name)


def verified(pool: Pool, user: User, name: str, now: float) -> User:
    """Return `user` after the right code for `name`.

    A waiting value becomes the present one, and the value is verified.
    """
    waiting = tuple(pair for pair in user.pending_attributes if pair[0] != name)
    changed = user.with_attributes([(name, to_verify(user, name)), (f"{name}_verified", "true")])
    return names.with_aliases(pool, replace(changed, pending_attributes=waiting, modified=now))
