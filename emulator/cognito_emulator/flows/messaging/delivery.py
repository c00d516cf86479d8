"""The delivery of a message: into the outbox, unless a fault loses it.

AWS answers CodeDeliveryFailureException where the operation models it [docs: SignUp]; the other operations
do not tell [assumed]. The pool's log of undelivered messages is told in both cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain.faults import DELIVERY, UNDELIVERED, Failure, Occasion, api_error
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import User
from cognito_emulator.ports.faults import MODELLED, wait
from cognito_emulator.ports.outbox import Message

if TYPE_CHECKING:
    from cognito_emulator.world import World

# What the pages tell the user of, as the operations behind them do.
_TOLD_ON_PAGES = ("sign-up", "resend", "attribute", "recovery")


async def deliver(world: World, message: Message, user: User, client_id: str) -> None:
    """Send a message; one for a custom sender has been handed over already.

    Raises:
        ApiError: CodeDeliveryFailureException, of a fault.
    """
    if not world.faults or message.handed_to is not None:
        world.outbox.send(message)
        return
    known = names.all_of(user) | {message.to}
    occasion = Occasion(
        DELIVERY,
        (message.purpose, message.channel),
        pool=message.pool,
        client=client_id,
        users=frozenset(name.lower() for name in known),
    )
    fault = world.faults.strike(occasion)
    if fault is not None:
        await wait(fault)
    if fault is None or (fault.failure is None and not fault.drop):
        world.outbox.send(message)
        return
    world.note_undelivered(message, "The message was not delivered.")
    if fault.failure is not None:
        _tell(fault.failure, message.purpose)


def _tell(failure: Failure, purpose: str) -> None:
    """Raise the error of a failed delivery.

    Raises:
        ApiError: where the current operation models it.
    """
    modelled = MODELLED.get()
    if purpose in _TOLD_ON_PAGES if modelled is None else UNDELIVERED in modelled:
        raise api_error(failure)
