"""Messages to users: texts and placeholders, masked addresses, and where a code goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.domain.attributes import is_email, is_phone
from emulator.domain.pool import Pool
from emulator.domain.user import User

EMAIL = "EMAIL"
SMS = "SMS"
MEDIUM = {"email": EMAIL, "phone_number": SMS}
ATTRIBUTE = {EMAIL: "email", SMS: "phone_number"}

CODE_PLACE = "{####}"
USERNAME_PLACE = "{username}"

# What AWS sends where a pool has no text of its own (recorded, trailing blanks included).
CODE_SUBJECT = "Your verification code"
CODE_BODY = "Your verification code is {####}. "
MFA_SUBJECT = "Your authentication code"
MFA_BODY = "Your authentication code is {####}. "
INVITATION_SUBJECT = "Your temporary password"
INVITATION_BODY = "Your username is {username} and temporary password is {####}. "
# For users without a temporary password (developer guide); the subject is ours.
WELCOME_SUBJECT = "Your account"
WELCOME_BODY = "Your username is {username}."


@dataclass(frozen=True, slots=True)
class Text:
    """A message ready to be sent; `subject` is empty in an SMS."""

    subject: str
    body: str


def masked(attribute: str, value: str) -> str:
    """An address as CodeDeliveryDetails.Destination and CODE_DELIVERY_DESTINATION show it.

    `fixture@example.com` is `f***@e***`, `+358401238920` is `+********8920` (both recorded).
    """
    if attribute == "email":
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}***@{domain[:1]}***"
    digits = value.removeprefix("+")
    return "+" + "*" * max(len(digits) - 4, 0) + digits[-4:]


def delivery(attribute: str, value: str) -> dict[str, str]:
    """CodeDeliveryDetails of a code sent to that address."""
    return {
        "Destination": masked(attribute, value),
        "DeliveryMedium": MEDIUM[attribute],
        "AttributeName": attribute,
    }


def _of(settings: Mapping[str, Any], group: str, member: str) -> str | None:
    text = (settings.get(group) or {}).get(member)
    return str(text) if text else None


def code_text(settings: Mapping[str, Any], medium: str, *, mfa: bool, code: str) -> Text:
    """The message that carries a code, by the pool's settings (CreateUserPool's members).

    VerificationMessageTemplate and the older top-level members are the same setting; the template goes first.
    """
    if mfa and medium == SMS:
        return Text("", str(settings.get("SmsAuthenticationMessage") or MFA_BODY).replace(CODE_PLACE, code))
    if mfa:
        return Text(MFA_SUBJECT, MFA_BODY.replace(CODE_PLACE, code))
    template = "VerificationMessageTemplate"
    if medium == SMS:
        body = _of(settings, template, "SmsMessage") or settings.get("SmsVerificationMessage") or CODE_BODY
        return Text("", str(body).replace(CODE_PLACE, code))
    body = _of(settings, template, "EmailMessage") or settings.get("EmailVerificationMessage") or CODE_BODY
    subject = _of(settings, template, "EmailSubject") or settings.get("EmailVerificationSubject") or CODE_SUBJECT
    return Text(str(subject), str(body).replace(CODE_PLACE, code))


def invitation_text(settings: Mapping[str, Any], medium: str, *, username: str, password: str | None) -> Text:
    """AdminCreateUser's message, by AdminCreateUserConfig.InviteMessageTemplate.

    Whoever has no temporary password gets a fixed text: a template always has a place for one.

    The two values are put in at once, so that neither can hold the other's placeholder.
    """
    own = (settings.get("AdminCreateUserConfig") or {}).get("InviteMessageTemplate") or {}
    if password is None:
        return Text("" if medium == SMS else WELCOME_SUBJECT, WELCOME_BODY.replace(USERNAME_PLACE, username))
    body = str(own.get("SMSMessage" if medium == SMS else "EmailMessage") or INVITATION_BODY)
    parts = [part.replace(CODE_PLACE, password) for part in body.split(USERNAME_PLACE)]
    subject = "" if medium == SMS else str(own.get("EmailSubject") or INVITATION_SUBJECT)
    return Text(subject, username.join(parts))


def invited_name(pool: Pool, user: User) -> str:
    """What {username} stands for: the name to sign in with, so the address where the user name is only the sub."""
    if pool.username_attributes:
        for name in ("email", "phone_number"):
            value = user.get(name)
            if name in pool.username_attributes and value:
                return value
    return user.username


def sign_up_address(pool: Pool, user: User) -> str | None:
    """The attribute to which a new user's confirmation code goes: the phone before the e-mail, only one message.

    None when the pool verifies nothing by itself, or the user has none of what it verifies.
    """
    wanted = [name for name in ("phone_number", "email") if name in pool.auto_verified and user.get(name)]
    return wanted[0] if wanted else None


def recovery_attributes(pool: Pool, user: User | None = None) -> list[str]:
    """Where a recovery code may go, best first: AccountRecoverySetting's order, or phone before e-mail without one.

    Of a `user`, only verified addresses count, and never the phone that gets the codes of SMS MFA (developer
    guide, "Users can't receive MFA and password reset codes at the same email address or phone number"). The list
    is empty for admin_only.
    """
    order = ["phone_number", "email"] if pool.recovery is None else list(pool.recovery)
    if user is None:
        return order
    has_sms_mfa = pool.mfa.mode != "OFF" and "SMS_MFA" in user.factors.active
    return [name for name in order if user.is_verified(name) and not (name == "phone_number" and has_sms_mfa)]


def simulated(pool: Pool, typed: str, wanted: Iterable[str]) -> dict[str, str]:
    """CodeDeliveryDetails for a user who does not exist: always the same for the same name.

    Its medium follows the form of the typed name and the pool's settings (developer guide, "Managing user existence
    error responses"): a phone number gets an SMS, anything else the first of `wanted`, and the mask is made
    from the name itself.
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
