"""E-mails relayed to an SMTP server on a thread of their own.

Each has its own connection. No request waits for it. An e-mail that cannot be delivered is logged, and stays in the
outbox as every other.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import smtplib
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec import Struct

if TYPE_CHECKING:
    from cognito_emulator.ports.outbox import Message

log = logging.getLogger("emulator.smtp")

_PORTS = {"smtp": 25, "smtps": 465, "starttls": 587}
_TIMEOUT = 10.0  # seconds for the connection, and for each answer
_WAITING = 1000  # e-mails; with so many waiting, further ones are dropped
_PATIENCE = 0.3  # seconds for e-mails in delivery when the emulator stops


class Server(Struct, frozen=True):
    """The server's address and encryption.

    `smtp` has no encryption, `smtps` has it from the start, `starttls` by that command.
    """

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str = ""


def server_of(url: str) -> Server:
    """Read `smtp://user:password@host:port`, `smtps://…` or `starttls://…`.

    User, password and port may be left out.

    Raises:
        ValueError: it is no such URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("not an SMTP server: smtp://, smtps:// or starttls://[user:password@]host[:port]")
    user = unquote(parts.username) if parts.username else None
    port = parts.port or _PORTS[parts.scheme]
    return Server(parts.scheme, parts.hostname, port, user, unquote(parts.password or ""))


class SmtpRelay:
    """Accepts e-mails at once and delivers them in order.

    The first one starts its thread. `failed` is called with an e-mail that could not be delivered, and why, on the loop
    that sent it.
    """

    def __init__(self, server: Server, failed: Callable[[Message, str], None] | None = None) -> None:
        self._server = server
        self._failed = failed
        self._waiting: queue.Queue[tuple[Message, asyncio.AbstractEventLoop | None] | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None

    def send(self, message: Message) -> None:
        """Accept an e-mail without waiting; it never fails."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="cognito-emulator-smtp", daemon=True)
            self._thread.start()
        try:
            self._waiting.put_nowait((message, asyncio.get_running_loop() if self._failed is not None else None))
        except queue.Full:
            log.warning("the mail to %s is not relayed: too many wait for %s", message.to, self._server.host)

    def stop(self) -> None:
        """Give waiting e-mails a moment; the rest is dropped."""
        if self._thread is not None:
            try:
                self._waiting.put_nowait(None)
            except queue.Full:
                return
            self._thread.join(_PATIENCE)

    def _work(self) -> None:
        while (item := self._waiting.get()) is not None:
            message, loop = item
            try:
                self._deliver(message)
            except (OSError, ValueError, smtplib.SMTPException) as error:
                log.warning("the mail to %s was not relayed to %s: %s", message.to, self._server.host, error)
                if self._failed is not None and loop is not None:
                    with suppress(RuntimeError):  # the loop is closed
                        loop.call_soon_threadsafe(self._failed, message, str(error))

    def _deliver(self, message: Message) -> None:
        """Deliver an e-mail.

        Raises:
            OSError, SMTPException
            ValueError: a header cannot have such a value.
        """
        server = self._server
        with self._connected() as smtp:
            if server.scheme == "starttls":
                smtp.starttls(context=ssl.create_default_context())
            if server.user is not None:
                smtp.login(server.user, server.password)
            smtp.send_message(composed(message))

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)


def composed(message: Message) -> EmailMessage:
    """Make the e-mail with its headers.

    Its body is HTML, as the service's. Line ends in a subject become blanks.

    Raises:
        ValueError: an address has line ends.
    """
    mail = EmailMessage()
    mail["From"], mail["To"] = message.sender, message.to
    mail["Subject"] = " ".join(message.subject.split())
    mail["Date"] = formatdate(message.time)
    mail["Message-ID"] = make_msgid(domain="cognito-emulator.invalid")
    if message.reply_to:
        mail["Reply-To"] = message.reply_to
    mail.set_content(message.body, subtype="html")
    return mail
