"""Messages for the outbox, with the pool's templates as their texts.

template ─► CustomMessage ─► outbox (e-mails go on to an SMTP server, if one is set)
code ─────► CustomEmailSender, CustomSMSSender: a function sends it with its own text; the outbox records that

The outbox shows the purpose of a message: sign-up, resend, attribute, recovery, invitation, mfa, otp, risk. After a
message is sent, a record must be looked up again before it is written: functions take time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.messaging import message, message_text, trigger_event
from cognito_emulator.domain.messaging.message import masked
from cognito_emulator.domain.messaging.message_text import EMAIL, Text
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools import trigger
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.risk_notice import Notice
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.messaging import triggers
from cognito_emulator.flows.messaging.delivery import deliver
from cognito_emulator.ports.outbox import Message
from cognito_emulator.settings import CUSTOM_MESSAGE

if TYPE_CHECKING:
    from cognito_emulator.world import World

log = logging.getLogger("emulator.messages")

__all__ = ["check_can_link", "check_can_send", "masked", "send_code", "send_invitation", "send_notice"]

# The part of triggerSource after the underscore.
UPDATE_ATTRIBUTE = "UpdateUserAttribute"
_INVITATION, _NOTICE = "AdminCreateUser", "AccountTakeOverNotification"
_SOURCES = {
    "sign-up": "SignUp",
    "resend": "ResendCode",
    "attribute": "VerifyUserAttribute",
    "recovery": "ForgotPassword",
    "mfa": "Authentication",
    "otp": "Authentication",
}
_BY_LINK = ("sign-up", "resend")
_RESPONSE = dict.fromkeys(("smsMessage", "emailMessage", "emailSubject"))


class _Outgoing(Struct, frozen=True, gc=False):
    """A message before its text is composed.

    `code` is the code or temporary password, if there is one. `name` is the value of {username}.
    """

    pool: Pool
    user: User
    purpose: str
    source: str
    medium: str
    to: str
    text: Text
    caller: Caller
    code: str | None = None
    name: str | None = None
    link: str | None = None
    notice: Notice | None = None


def check_can_send(pool: Pool, attribute: str) -> None:
    """Refuse a text message where the pool has no SmsConfiguration.

    The caller does this before any state changes.

    Raises:
        InvalidParameter: [observed: aws-amplify/amplify-js#166]
    """
    if message.MEDIUM[attribute] != EMAIL and not pool.has_sms:
        raise _no_sms_configuration()


def _verifies_by_link(pool: Pool, attribute: str) -> bool:
    template = pool.settings.get("VerificationMessageTemplate") or {}
    return attribute == "email" and template.get("DefaultEmailOption") == "CONFIRM_WITH_LINK"


def check_can_link(world: World, pool: Pool, attribute: str) -> None:
    """Refuse a message with a link where the pool has no domain.

    The caller does this before any state changes, where a message may have a link.

    Raises:
        InvalidParameter: [docs: cognito-user-pool-settings-message-customizations] [own wording]
    """
    own = trigger.function_of(pool, trigger.CUSTOM_EMAIL_SENDER)
    if _verifies_by_link(pool, attribute) and own is None and not world.domains(pool):
        raise errors.InvalidParameter("User pool needs a domain to send verification links.").because(
            "messages.domain-missing", setting="Domain"
        )


async def send_code(
    world: World,
    pool: Pool,
    user: User,
    *,
    purpose: str,
    attribute: str,
    code: str,
    caller: Caller,
    to: str | None = None,
    source: str | None = None,
) -> dict[str, str]:
    """Send a code to the user's `attribute` (email or phone_number), or to `to`.

    `to` is an address that is not yet the user's. `purpose` is sign-up, resend, attribute, recovery, mfa or otp.
    `source` names the event where the purpose does not. Returns CodeDeliveryDetails.

    Raises:
        InvalidParameter: as `check_can_send`, or the user has no such address.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: a function failed, or its text can't be sent.
    """
    check_can_send(pool, attribute)
    address = to or user.get(attribute)
    if address is None:
        raise errors.no_address(attribute)
    medium = message.MEDIUM[attribute]
    by_link = purpose in _BY_LINK and _verifies_by_link(pool, attribute)
    await _send(
        world,
        _Outgoing(
            pool,
            user if to is None else user.with_attributes([(attribute, address)]),
            purpose,
            source or _SOURCES[purpose],
            medium,
            address,
            message_text.code_text(pool.settings, medium, mfa=purpose in ("mfa", "otp"), link=by_link),
            caller,
            code,
            link=message_text.link_of(world.public_url, caller.client_id, user.username, code) if by_link else None,
        ),
    )
    return message.delivery(attribute, address)


async def send_invitation(
    world: World, pool: Pool, user: User, password: str | None, *, mediums: Iterable[str], caller: Caller
) -> None:
    """Send AdminCreateUser's message once by each of `mediums` (EMAIL, SMS).

    Without a password it has the user name alone. A medium for which the user has no address is skipped. The caller
    refuses it before, if necessary.

    Raises:
        as `send_code`
    """
    reachable = [medium for medium in mediums if user.get(message.ATTRIBUTE[medium])]
    for medium in reachable:
        check_can_send(pool, message.ATTRIBUTE[medium])
    name = message.invited_name(pool, user)
    for medium in reachable:
        text = message_text.invitation_text(pool.settings, medium, password=password is not None)
        to = user.get(message.ATTRIBUTE[medium]) or ""
        await _send(
            world, _Outgoing(pool, user, "invitation", _INVITATION, medium, to, text, caller, password, name=name)
        )


async def send_notice(world: World, pool: Pool, user: User, notice: Notice, caller: Caller) -> None:
    """Send threat protection's email about a sign-in.

    No CustomMessage function is called. A custom sender gets the facts with the user's attributes.

    Raises:
        UnexpectedLambda: the custom sender can't be called.
    """
    to = user.get("email")
    if to is not None:
        await _send(world, _Outgoing(pool, user, "risk", _NOTICE, EMAIL, to, notice.text, caller, notice=notice))


async def _send(world: World, out: _Outgoing) -> None:
    sender = trigger.CUSTOM_EMAIL_SENDER if out.medium == EMAIL else trigger.CUSTOM_SMS_SENDER
    if trigger.function_of(out.pool, sender) is not None:
        await _hand_over(world, out, sender)
        text, link = Text("", ""), None
    else:
        text, link, sender = out.text, out.link, ""
        if out.notice is None:
            if trigger.function_of(out.pool, trigger.CUSTOM_MESSAGE) is not None:
                text = await _customized(world, out)
            text = message_text.filled(text, code=out.code, username=out.name, link=out.link)
    by_mail = out.medium == EMAIL and not sender
    await deliver(
        world,
        Message(
            channel=out.medium,
            purpose=out.purpose,
            to=out.to,
            subject=text.subject,
            body=text.body,
            pool=out.pool.id,
            user=out.user.username,
            time=world.clock.now(),
            code=out.code,
            link=link,
            sender=_sender(out) if by_mail else None,
            reply_to=_reply_address(out) if by_mail else None,
            handed_to=sender or None,
        ),
        out.user,
        out.caller.client_id,
    )


def _sender(out: _Outgoing) -> str:
    """Return the sender's address; NotifyConfiguration has one of its own."""
    return (out.notice.sender if out.notice else "") or message.sender_of(out.pool.settings)


def _reply_address(out: _Outgoing) -> str | None:
    return out.notice.reply_to if out.notice else message.reply_address(out.pool.settings)


async def _hand_over(world: World, out: _Outgoing, sender: str) -> None:
    """Send a message by a custom sender.

    The function gets the code encrypted for the pool's key, and the facts for a text.
    """
    key = out.pool.settings["LambdaConfig"]["KMSKeyID"]
    secret = message_text.escaped(out.code) if out.source == _INVITATION and out.code else out.code
    code = None if secret is None else world.kms.encrypt_code(key, secret, {"userpool-id": out.pool.id})
    request = trigger_event.sender_request(sender, out.source, code, out.user, out.caller)
    if out.notice is not None:
        request["userAttributes"] |= out.notice.told
    await triggers.notify(
        world,
        out.pool,
        sender,
        out.source,
        username=out.user.username,
        request=request,
        caller=out.caller,
    )


async def _customized(world: World, out: _Outgoing) -> Text:
    """Return the text after the pool's CustomMessage function has changed it.

    A field without a value keeps the pool's text.

    Raises:
        as `send_code`
    """
    invites = out.source == _INVITATION
    request: dict[str, Any] = {
        "userAttributes": trigger_event.user_attributes(out.user),
        "codeParameter": message_text.CODE_PLACE,
        "linkParameter": message_text.LINK_PLACE,
        "usernameParameter": message_text.USERNAME_PLACE if invites else None,
        **trigger_event.client_metadata(out.caller),
    }
    response = await triggers.run(
        world,
        out.pool,
        trigger.CUSTOM_MESSAGE,
        out.source,
        username=out.user.username,
        request=request,
        response=_RESPONSE,
        caller=out.caller,
    )
    written = {name: triggers.text(response or {}, name) for name in _RESPONSE}
    if out.medium == EMAIL:
        _check_own_words(world, out.pool, written)
    body = written["emailMessage" if out.medium == EMAIL else "smsMessage"]
    subject = written["emailSubject"] if out.medium == EMAIL else None
    custom = replace(
        out.text,
        body=out.text.body if body is None else body,
        subject=out.text.subject if subject is None else subject,
    )
    if custom != out.text:
        message_text.check_custom(
            custom, out.medium, link=out.link is not None, username=invites, code=out.code is not None
        )
    return custom


def _check_own_words(world: World, pool: Pool, written: Mapping[str, str | None]) -> None:
    """Refuse a function's own email where the pool has the default sender.

    [docs: user-pool-lambda-custom-message] [own wording]. While a text message is sent, the function's values for
    emails do not matter. Many functions write all fields for every message.

    Raises:
        InvalidLambdaResponse
    """
    if written["emailMessage"] is None and written["emailSubject"] is None:
        return
    if pool.settings["EmailConfiguration"]["EmailSendingAccount"] == "DEVELOPER":
        return
    if CUSTOM_MESSAGE in world.settings.lenient:
        return
    text = (
        "emailMessage and emailSubject can only be used if the EmailSendingAccount of the user pool is DEVELOPER "
        "(--lenient custom-message lets them through)."
    )
    log.warning("The CustomMessage function of user pool %s is refused: %s", pool.id, text)
    raise errors.InvalidLambdaResponse(text).because("messages.placeholder")


def _no_sms_configuration() -> errors.InvalidParameter:
    return errors.InvalidParameter(
        "Invalid phone number provided/Unable to send the message. "
        "User pool does not have SMS configuration to send messages."
    ).because("messages.sms-missing", setting="SmsConfiguration")
