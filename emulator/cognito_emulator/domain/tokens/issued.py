"""Hold the tokens that a sign-in or a refresh ends in."""

from __future__ import annotations

from msgspec import Struct


class NewDevice(Struct, frozen=True, gc=False):
    """The key of a device that a sign-in just made, and of its group.

    The SRP secret of the device belongs to the group.
    """

    key: str
    group_key: str


class Tokens(Struct, frozen=True, gc=False):
    """The signed tokens of a user; `expires_in` is of the access token, in seconds.

    There is no ID token without the scope openid, and no refresh token from a refresh without rotation. There is a new
    device only where the pool tracks devices and the client presented none.
    """

    access: str
    expires_in: int
    id: str | None = None
    refresh: str | None = None
    new_device: NewDevice | None = None
