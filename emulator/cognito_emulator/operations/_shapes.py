"""Pieces of answers that several areas share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from cognito_emulator.domain.pools.attributes import wire
from cognito_emulator.domain.users.user import User


def stamp(seconds: float) -> float:
    """Return a timestamp on the wire: epoch seconds with milliseconds."""
    return round(seconds, 3)


def user_type(user: User, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """Return UserType with the `wanted` attributes only; None for all.

    AdminCreateUser, ListUsers and ListUsersInGroup answer it.
    """
    attributes = user.all_attributes()
    created = stamp(user.created)
    return {
        "Username": user.username,
        "Attributes": wire(attributes if wanted is None else [pair for pair in attributes if pair[0] in wanted]),
        "UserCreateDate": created,
        "UserLastModifiedDate": created if user.modified == user.created else stamp(user.modified),
        "Enabled": user.enabled,
        "UserStatus": user.status,
        **mfa_options(user),
    }


def mfa_settings(user: User) -> dict[str, Any]:
    """Return UserMFASettingList and PreferredMfaSetting, each absent if empty."""
    settings: dict[str, Any] = {}
    if user.factors.enabled:
        settings["UserMFASettingList"] = sorted(user.factors.enabled)
    if user.factors.preferred:
        settings["PreferredMfaSetting"] = user.factors.preferred
    return settings


def mfa_options(user: User) -> dict[str, Any]:
    """Return MFAOptions, which show SetUserSettings alone.

    They are absent where it has switched nothing on.
    """
    if not user.factors.sms_option:
        return {}
    return {"MFAOptions": [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]}
