"""Address messages to users: senders, masked addresses, where a code goes.

The texts are in `message_text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cognito_emulator.domain.messaging.message_text import EMAIL, SMS
from cognito_emulator.domain.pools.attributes import is_email, is_phone
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User

MEDIUM = {"email": EMAIL, "phone_number": SMS}
ATTRIBUTE = {EMAIL: "email", SMS: "phone_number"}
DEFAULT_SENDER = "no-reply@verificationemail.com"  # [docs: user-pool-email]


def masked(attribute: str, value: str) -> str:
    """Mask an address for Destination and CODE_DELIVERY_DESTINATION.

    `fixture@example.com` is `f***@e***`, `+358401238920` is `+********8920` [assumed].
    """
    if attribute == "email":
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}***@{domain[:1]}***"
    digits = value.removeprefix("+")
    return "+" + "*" * max(len(digits) - 4, 0) + digits[-4:]


def delivery(attribute: str, value: str) -> dict[str, str]:
    """Return CodeDeliveryDetails of a code sent to that address."""
    return {
        "Destination": masked(attribute, value),
        "DeliveryMedium": MEDIUM[attribute],
        "AttributeName": attribute,
    }


def sender_of(settings: Mapping[str, Any]) -> str:
    """Return the sender of e-mails.

    It is EmailConfiguration's From, or the address that SourceArn names, or the service's own.
    """
    given = settings.get("EmailConfiguration") or {}
    identity = str(given.get("SourceArn") or "").rpartition(":identity/")[2]
    return str(given.get("From") or (identity if "@" in identity else DEFAULT_SENDER))


def reply_address(settings: Mapping[str, Any]) -> str | None:
    """Return EmailConfiguration.ReplyToEmailAddress."""
    address = (settings.get("EmailConfiguration") or {}).get("ReplyToEmailAddress")
    return str(address) if address else None


def invited_name(pool: Pool, user: User) -> str:
    """Return the name for {username}: the one that the user signs in with.

    It is the address where the user name is only the sub.
    """
    if pool.username_attributes:
        for name in ("email", "phone_number"):
            value = user.get(name)
            if name in pool.username_attributes and value:
                return value
    return user.username


def sign_up_address(pool: Pool, user: User) -> str | None:
    """Return the attribute that gets a new user's confirmation code.

    It is the phone number before the e-mail address, and only one of them. It is None when the pool verifies neither,
    or the user has none of what it verifies.
    """
    wanted = [name for name in ("phone_number", "email") if name in pool.auto_verified and user.get(name)]
    return wanted[0] if wanted else None


def sign_up_gap(pool: Pool, asked: Iterable[str]) -> str | None:
    """Return what a pool lacks to confirm new users by a message.

    It is "verification" if the pool verifies no address. It is "address" if none that it verifies is in the form, which
    has the attributes `asked`.
    """
    if not pool.auto_verified:
        return "verification"
    has = {*asked, *pool.username_attributes}
    return None if has & set(pool.auto_verified) else "address"


def recovery_attributes(pool: Pool, user: User | None = None) -> list[str]:
    """List the attributes that may get a recovery code, best first.

    The order is that of AccountRecoverySetting, or phone before e-mail without one. Of a `user`, only verified
    addresses count, and never an address that gets codes of MFA [docs: user-pool-settings-mfa]. The list is empty for
    admin_only.
    """
    order = ["phone_number", "email"] if pool.recovery is None else list(pool.recovery)
    if user is None:
        return order
    active = user.factors.active if pool.mfa.mode != "OFF" else frozenset()
    taken = {_MFA[factor] for factor in active if factor in _MFA}
    return [name for name in order if user.is_verified(name) and name not in taken]


_MFA = {"SMS_MFA": "phone_number", "EMAIL_OTP": "email"}


def simulated(pool: Pool, typed: str, wanted: Iterable[str]) -> dict[str, str]:
    """Return CodeDeliveryDetails for a user who does not exist.

    They are always the same for the same name. The medium follows the form of the typed name and the pool's settings
    [docs: cognito-user-pool-managing-errors]. A phone number gets an SMS, any other name the first of `wanted`. The
    mask is made from the name itself.
    """
    if is_phone(typed):
        return delivery("phone_number", typed)
    if is_email(typed):
        return delivery("email", typed)
    attribute = next((name for name in wanted if name != "phone_number" or pool.has_sms), "email")
    if attribute == "email":
        return delivery("email", f"{typed}@{typed[-1:]}")
    digits = "".join(str(ord(character) % 10) for character in typed).rjust(11, "0")[-11:]
    return delivery("phone_number", f"+{digits}")
