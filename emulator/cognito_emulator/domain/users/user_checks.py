"""Refuse users who do not exist or are disabled."""

from __future__ import annotations

from collections.abc import Callable

from cognito_emulator.domain import errors
from cognito_emulator.domain.users.user import User


def require_user(user: User | None, unknown: Callable[[], errors.ApiError] = errors.user_not_found) -> User:
    """Return the user of a look-up, or refuse with the error `unknown`.

    Raises:
        UserNotFound
    """
    if user is None:
        raise unknown()
    return user


def require_enabled(user: User | None, unknown: Callable[[], errors.ApiError] = errors.user_not_found) -> User:
    """Return the user of a look-up who may sign in.

    Otherwise refuse with the error `unknown`, or because the user is disabled.

    Raises:
        UserNotFound, NotAuthorized
    """
    found = require_user(user, unknown)
    if not found.enabled:
        raise errors.user_disabled()
    return found
