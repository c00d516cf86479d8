"""Find the users of typed names, and the names that are free.

Names are user names, aliases and username attributes.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.pools.attributes import is_email, is_phone
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_user


def with_aliases(pool: Pool, user: User) -> User:
    """Return `user` with its `aliases` set by its attributes.

    The caller calls it after every change of attributes.

    E-mail and phone are sign-in names at once where they are username attributes, and once verified where they are
    aliases. preferred_username is one as soon as it is set [docs: user-pool-settings-attributes]. A user made by a
    provider's sign-in signs in by the user name alone. A local and a federated user may therefore have one e-mail
    address [observed: aws-amplify/amplify-js#4469].
    """
    if not pool.alias_attributes and not pool.username_attributes:
        return replace(user, aliases=()) if user.aliases else user
    found = []
    for name in ("email", "phone_number", "preferred_username"):
        value = user.get(name)
        if value is None:
            continue
        is_alias = name in pool.alias_attributes and (name == "preferred_username" or user.is_verified(name))
        if (name in pool.username_attributes and not user.federated) or is_alias:
            found.append((name, _fold(pool, name, value)))
    return replace(user, aliases=tuple(found))


def _fold(pool: Pool, attribute: str, value: str) -> str:
    return value if attribute == "phone_number" else pool.fold(value)


def all_of(user: User) -> set[str]:
    """Return every name of a user that a secret hash may be of.

    They are the user name, the sub, and the sign-in names.
    """
    return {user.username, user.sub, *(user.get(name) or "" for name, _ in user.aliases)}


def owner_of(store: Store, pool: Pool, attribute: str, value: str) -> User | None:
    """Return the user who signs in by this attribute's value.

    It is an e-mail address, a phone number or a preferred_username.
    """
    return store.users.find("alias", (pool.id, attribute, _fold(pool, attribute, value)))


def find(store: Store, pool: Pool, typed: str) -> User | None:
    """Find the user that a public operation means by `typed`.

    It is a user name or an alias; the sub only where that is the user name.
    """
    user = store.users.find("username", (pool.id, pool.fold(typed)))
    if user is not None:
        return user
    for attribute in ("email", "phone_number", "preferred_username"):
        if attribute in pool.alias_attributes or attribute in pool.username_attributes:
            user = owner_of(store, pool, attribute, typed)
            if user is not None:
                return user
    return None


def find_for_admin(store: Store, pool: Pool, typed: str) -> User | None:
    """Find the user that an Admin operation means: as `find`, and by the sub."""
    return find(store, pool, typed) or store.users.get((pool.id, typed))


def get_for_admin(store: Store, pool: Pool, typed: str) -> User:
    """Get the user that an Admin operation means.

    Raises:
        UserNotFound
    """
    return require_user(find_for_admin(store, pool, typed))


def check_form(pool: Pool, username: str) -> None:
    """Refuse a new user name that does not suit the pool.

    Raises:
        InvalidParameter: not an e-mail or phone number where it has to be one, or one where it must not be.
    """
    wanted = pool.username_attributes
    if wanted:
        email_fits = "email" in wanted and is_email(username)
        phone_fits = "phone_number" in wanted and is_phone(username)
        if not (email_fits or phone_fits):
            raise errors.InvalidParameter(_FORM_TEXT[len(wanted) == 2, "email" in wanted]).because(
                "users.username-form", setting="UsernameAttributes", value=wanted
            )
    if "email" in pool.alias_attributes and is_email(username):
        text = "Username cannot be of email format, since user pool is configured for email alias."
        raise errors.InvalidParameter(text).because(
            "users.username-form", setting="AliasAttributes", value=pool.alias_attributes
        )
    if "phone_number" in pool.alias_attributes and is_phone(username):
        text = "Username cannot be of phone number format, since user pool is configured for phone number alias."
        raise errors.InvalidParameter(text).because(
            "users.username-form", setting="AliasAttributes", value=pool.alias_attributes
        )


_FORM_TEXT = {
    (True, True): "Username should be either an email or a phone number.",
    (False, True): "Username should be an email.",
    (False, False): "Username should be a phone number.",
}


def with_implied(pool: Pool, username: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """Return a new user's attributes with the one that the user name sets.

    In pools with username attributes it is the e-mail address or the phone number.

    Raises:
        InvalidParameter: that attribute was given too, with another value.
    """
    given = dict(attributes)
    if pool.username_attributes:
        name = "email" if is_email(username) else "phone_number"
        if given.get(name) and pool.fold(given[name]) != pool.fold(username):
            # [observed: cognito-local#102] quotes the service's answer
            what = name.replace("_", " ")
            raise errors.InvalidParameter(
                f"User {what} should be empty or same as username, since username attribute is {name}."
            ).because("users.username-form", setting="UsernameAttributes", value=name)
        given[name] = username
    return given


def taken(store: Store, pool: Pool, username: str, attributes: Mapping[str, str]) -> str | None:
    """Return what prevents a new user of that name.

    It is "username", or the attribute by which another user signs in.

    In a pool with aliases a second user may have the same e-mail; the conflict shows at confirmation. A name that
    is another user's preferred_username for signing in is taken: it would mean the new user from now on.
    """
    if find_exact(store, pool, username) is not None:
        return "username"
    if "preferred_username" in pool.alias_attributes and owner_of(store, pool, "preferred_username", username):
        return "username"
    for name in pool.username_attributes:
        value = attributes.get(name)
        if value and owner_of(store, pool, name, value) is not None:
            return name
    return None


def find_exact(store: Store, pool: Pool, username: str) -> User | None:
    """Return the user of that user name, never of an alias.

    In pools with username attributes it is the user of that address.
    """
    user = store.users.find("username", (pool.id, pool.fold(username)))
    if user is None:
        for attribute in pool.username_attributes:
            user = user or owner_of(store, pool, attribute, username)
    return user


def rivals(store: Store, user: User) -> list[tuple[str, User]]:
    """List (attribute, owner) for sign-in names that another user has.

    They are the names of `user` (`with_aliases`). A preferred_username may not be another user's user name either: it
    would never mean this user.
    """
    found = []
    for name, value in user.aliases:
        owner = store.users.find("alias", (user.pool_id, name, value))
        if owner is None and name == "preferred_username":
            owner = store.users.find("username", (user.pool_id, value))
        if owner is not None and owner.key != user.key:
            found.append((name, owner))
    return found


def take_over(store: Store, pool: Pool, rivals: list[tuple[str, User]], now: float) -> None:
    """Remove the aliases of their present owners.

    Call it inside a write block. The addresses stay, their verification does not.
    """
    for attribute, rival in rivals:
        owner = store.users.get(rival.key) or rival  # one user may lose e-mail and phone number
        owner = owner.with_attributes([(f"{attribute}_verified", "false")])
        store.users.put(with_aliases(pool, replace(owner, modified=now)))
