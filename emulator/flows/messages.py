"""Sending messages: a text by the pool's templates, put into the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from emulator.domain import errors, message
from emulator.domain.message import masked
from emulator.domain.pool import Pool
from emulator.domain.user import User
from emulator.ports.outbox import Message

if TYPE_CHECKING:
    from emulator.world import World

__all__ = ["check_can_send", "masked", "send_code", "send_invitation"]


def check_can_send(pool: Pool, attribute: str) -> None:
    """To be called before any state changes.

    Raises:
        InvalidParameter: a text message, and the pool has no SmsConfiguration (recorded).
    """
    if message.MEDIUM[attribute] == message.SMS and not pool.has_sms:
        raise errors.no_sms_configuration()


async def send_code(
    world: World, pool: Pool, user: User, *, purpose: str, attribute: str, code: str, to: str | None = None
) -> dict[str, str]:
    """Send a code to the user's `attribute` (email or phone_number), or to `to`, an address not yet his.

    `purpose` is sign-up, resend, attribute, recovery, mfa or otp (the first factor). Returns CodeDeliveryDetails.

    Raises:
        InvalidParameter: as `check_can_send`, or the user has no such address.
    """
    check_can_send(pool, attribute)
    address = to or user.get(attribute)
    if address is None:
        raise errors.no_address(attribute)
    medium = message.MEDIUM[attribute]
    text = message.code_text(pool.settings, medium, mfa=purpose in ("mfa", "otp"), code=code)
    await _send(world, pool, user, purpose, medium, address, text, code)
    return message.delivery(attribute, address)


async def send_invitation(world: World, pool: Pool, user: User, password: str | None, mediums: Iterable[str]) -> None:
    """AdminCreateUser's message with the temporary password, once for each of `mediums` (EMAIL, SMS).

    Without a password it tells the user name alone.

    A medium for which the user has no address is passed over; the caller refuses it before if that is wanted.

    Raises:
        InvalidParameter: as `check_can_send`.
    """
    reachable = [medium for medium in mediums if user.get(message.ATTRIBUTE[medium])]
    for medium in reachable:
        check_can_send(pool, message.ATTRIBUTE[medium])
    name = message.invited_name(pool, user)
    for medium in reachable:
        text = message.invitation_text(pool.settings, medium, username=name, password=password)
        address = user.get(message.ATTRIBUTE[medium]) or ""
        await _send(world, pool, user, "invitation", medium, address, text, password)


async def _send(
    world: World, pool: Pool, user: User, purpose: str, medium: str, to: str, text: message.Text, code: str | None
) -> None:
    sent = Message(medium, purpose, to, text.subject, text.body, pool.id, user.username, world.clock.now(), code)
    world.outbox.send(sent)
