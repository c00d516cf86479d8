"""Messages that Cognito would send by e-mail or SMS, kept in memory.

Tests can read them and wait for them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from itertools import count
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.ports.journal import CURRENT
from cognito_emulator.ports.log_lines import info

log = logging.getLogger("emulator.messages")


class Message(Struct, frozen=True, gc=False):
    """One message.

    `channel` is EMAIL or SMS. `purpose` is sign-up, resend, attribute, recovery, invitation, mfa, otp or risk. `code`
    is the code or temporary password in it, `time` epoch seconds.

    `sender` and `reply_to` are an e-mail's From and Reply-To. A message for a custom sender (`handed_to`) has no
    subject and no body: the custom sender writes them.
    """

    channel: str
    purpose: str
    to: str
    subject: str
    body: str
    pool: str
    user: str
    time: float
    code: str | None = None
    link: str | None = None
    sender: str | None = None
    reply_to: str | None = None
    handed_to: str | None = None
    id: str = ""


class Relay(Protocol):
    """The port for e-mails to another server. Neither call waits for it."""

    def send(self, message: Message) -> None: ...

    def stop(self) -> None: ...


class Outbox:
    """The newest `limit` messages, oldest first.

    `log_codes` writes each as one readable line. E-mails go on to the `relay`, except those for a custom sender.
    """

    def __init__(self, *, log_codes: bool = True, limit: int = 10_000, relay: Relay | None = None) -> None:
        self._messages: deque[Message] = deque(maxlen=limit)
        self._numbers = count(1)
        self._arrival: asyncio.Event | None = None
        self._log_codes = log_codes
        self._relay = relay
        self._listeners: list[Callable[[Message], object]] = []
        self._forget_listeners: list[Callable[[list[Message]], object]] = []
        self._replace_listeners: list[Callable[[list[Message], list[Message]], object]] = []
        self.closing = False

    def send(self, message: Message) -> Message:
        """Keep the message, give it its id and wake waiting callers.

        It is safe on the loop's thread only.
        """
        kept = replace(message, id=str(next(self._numbers)))
        if self.is_full:
            self._forgotten([self._messages[0]])
        self._messages.append(kept)
        entry = CURRENT.get()
        if entry is not None:
            entry.messages = (*entry.messages, kept.id)
        for listener in self._listeners:
            listener(kept)
        secret = f" code {kept.code}" if kept.code and self._log_codes else ""
        info(log, f"{kept.channel} to {kept.to} ({kept.purpose}, user {kept.user}){secret}")
        self._wake()
        if self._relay is not None and kept.channel == "EMAIL" and kept.handed_to is None:
            self._relay.send(kept)
        return kept

    def on_message(self, listener: Callable[[Message], object]) -> None:
        """Call `listener` with each message that is sent."""
        self._listeners.append(listener)

    @property
    def is_full(self) -> bool:
        """Whether the oldest message is forgotten for the next one."""
        return len(self._messages) == self._messages.maxlen

    def on_forget(self, listener: Callable[[list[Message]], object]) -> None:
        """Call `listener` with messages that are about to be forgotten."""
        self._forget_listeners.append(listener)

    def on_replace(self, listener: Callable[[list[Message], list[Message]], object]) -> None:
        """Call `listener` with all messages before and after others were put back."""
        self._replace_listeners.append(listener)

    def put_back(self, messages: Iterable[Message]) -> None:
        """Replace the messages with these, which were sent before.

        Those that come later get later numbers.
        """
        numbered, before = next(self._numbers), list(self._messages)
        self._messages.clear()
        self._messages.extend(messages)
        for listener in self._replace_listeners:
            listener(before, list(self._messages))
        self._numbers = count(max([numbered, *(int(message.id) + 1 for message in self._messages)]))

    def _forgotten(self, messages: list[Message]) -> None:
        for listener in self._forget_listeners:
            listener(messages)

    def _wake(self) -> None:
        if self._arrival is not None:
            self._arrival.set()
            self._arrival = None

    def all(self, accept: Callable[[Message], bool] = lambda _: True) -> list[Message]:
        return [message for message in self._messages if accept(message)]

    async def wait(self, accept: Callable[[Message], bool], seconds: float) -> list[Message]:
        """Return the accepted messages, as soon as there is one.

        The list is empty after `seconds` (real time).
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := self.all(accept)) and not self.closing:
                    self._arrival = self._arrival or asyncio.Event()
                    await self._arrival.wait()
                return found
        except TimeoutError:
            return []

    def clear(self, accept: Callable[[Message], bool] = lambda _: True) -> None:
        """Delete the accepted messages."""
        kept = [message for message in self._messages if not accept(message)]
        if self._forget_listeners and len(kept) < len(self._messages):
            self._forgotten(self.all(accept))
        self._messages.clear()
        self._messages.extend(kept)

    def close(self) -> None:
        """Release waiting callers: the server stops."""
        self.closing = True
        self._wake()
        if self._relay is not None:
            self._relay.stop()
