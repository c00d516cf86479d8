"""The relay, against a real SMTP server on loopback."""

from __future__ import annotations

import email
import logging
import queue
import socket
import time
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from email.message import Message as AnyMail
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec.structs import replace

from cognito_emulator.ports.outbox import Message, Outbox
from cognito_emulator.ports.smtp import Server, SmtpRelay, composed, server_of
from cognito_emulator.server import Emulator

MAIL = Message(
    "EMAIL", "sign-up", "ann@example.com", "Your code", "Hello <b>é</b> 123456", "p", "ann", 0.0, "123456",
    sender="A B <no-reply@example.com>", reply_to="help@example.com",
)  # fmt: skip


class Inbox:
    """An SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: queue.Queue[tuple[Any, str | None]] = queue.Queue()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if b"refuse" in (envelope.content or b""):
            return "554 not wanted"
        parsed = email.message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        self.mails.put((parsed, cast("Any", session.auth_data)))
        return "250 OK"

    def next(self) -> EmailMessage:
        return cast("EmailMessage", self.mails.get(timeout=10)[0])


def authenticate(_s: Any, _session: Any, _e: Any, _mechanism: Any, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"us@er", b"pass/word")
    return AuthResult(success=right, handled=right, auth_data=data.login.decode() if right else None)


def serving(inbox: Inbox, **members: Any) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **members)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    yield from serving(inbox)


@pytest.fixture
def locked_port(inbox: Inbox) -> Iterator[int]:
    """It wants a login, which it takes without TLS."""
    yield from serving(inbox, authenticator=authenticate, auth_required=True, auth_require_tls=False)


def eventually(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_mail_arrives_as_html_with_its_headers(inbox: Inbox, port: int) -> None:
    relay = SmtpRelay(server_of(f"smtp://127.0.0.1:{port}"))
    relay.send(MAIL)
    mail = inbox.next()
    assert (mail["From"], mail["To"], mail["Reply-To"]) == (MAIL.sender, MAIL.to, MAIL.reply_to)
    assert (mail["Subject"], mail["Date"]) == ("Your code", "Thu, 01 Jan 1970 00:00:00 -0000")
    assert mail.get_content_type() == "text/html"
    assert mail.get_content().strip() == MAIL.body
    relay.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_login_goes_along(inbox: Inbox, locked_port: int) -> None:
    relay = SmtpRelay(server_of(f"smtp://us%40er:pass%2Fword@127.0.0.1:{locked_port}"))
    relay.send(MAIL)
    _, login = inbox.mails.get(timeout=10)
    assert login == "us@er"
    relay.stop()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("user", ["", "us%40er:wrong@"])
def test_a_refused_login_is_logged(inbox: Inbox, locked_port: int, caplog: pytest.LogCaptureFixture, user: str) -> None:
    caplog.set_level(logging.WARNING, "emulator.smtp")
    SmtpRelay(server_of(f"smtp://{user}127.0.0.1:{locked_port}")).send(MAIL)
    eventually(lambda: "the mail to ann@example.com was not relayed to 127.0.0.1" in caplog.text)
    assert inbox.mails.empty()
    assert "wrong" not in caplog.text
    assert "123456" not in caplog.text


def test_after_a_refused_mail_the_next_one_goes(inbox: Inbox, port: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "emulator.smtp")
    relay = SmtpRelay(server_of(f"smtp://127.0.0.1:{port}"))
    relay.send(replace(MAIL, body="refuse"))
    relay.send(replace(MAIL, to="a\nb@example.com"))
    relay.send(MAIL)
    assert inbox.next().get_content().strip() == MAIL.body
    assert caplog.text.count("was not relayed") == 2
    relay.stop()


def test_a_server_without_tls_gets_nothing_by_starttls(
    inbox: Inbox, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "emulator.smtp")
    for scheme in ("starttls", "smtps"):
        SmtpRelay(server_of(f"{scheme}://127.0.0.1:{port}")).send(MAIL)
    eventually(lambda: caplog.text.count("was not relayed") == 2)
    assert inbox.mails.empty()


def test_only_our_own_mails_are_relayed() -> None:
    class Relay:
        def __init__(self) -> None:
            self.sent: list[Message] = []

        def send(self, message: Message) -> None:
            self.sent.append(message)

        def stop(self) -> None:
            self.sent.clear()

    relay = Relay()
    outbox = Outbox(relay=relay)
    outbox.send(replace(MAIL, channel="SMS"))
    outbox.send(replace(MAIL, handed_to="CustomEmailSender"))
    kept = outbox.send(MAIL)
    assert relay.sent == [kept]
    outbox.close()
    assert relay.sent == []


def test_line_ends_cannot_add_headers() -> None:
    mail: AnyMail = composed(replace(MAIL, subject="a\r\nBcc: x@y.z\nb"))
    assert mail["Subject"] == "a Bcc: x@y.z b"
    assert mail["Bcc"] is None
    with pytest.raises(ValueError, match=r"CR|linefeed"):
        composed(replace(MAIL, to="a@b.c\nBcc: x@y.z"))


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", Server("smtp", "mail", 25)),
        ("smtps://mail/", Server("smtps", "mail", 465)),
        ("starttls://u:p@mail:2525", Server("starttls", "mail", 2525, "u", "p")),
        ("smtp://[::1]:1025", Server("smtp", "::1", 1025)),
    ],
)
def test_urls(url: str, server: Server) -> None:
    assert server_of(url) == server


@pytest.mark.parametrize("url", ["", "mail:25", "http://mail", "smtp://", "smtp://mail/path", "smtp://mail:x"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"^(not an SMTP server|Port could not be cast)"):
        server_of(url)


def test_an_emulator_with_a_relay(inbox: Inbox, port: int) -> None:
    with Emulator(smtp_url=f"smtp://127.0.0.1:{port}") as emulator:
        idp = emulator.client()
        pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
        address = [{"Name": "email", "Value": "ann@example.com"}]
        idp.admin_create_user(
            UserPoolId=pool, Username="ann", UserAttributes=address, TemporaryPassword="Correct-horse-7"
        )
        mail = inbox.next()
        assert mail["From"] == "no-reply@verificationemail.com"
        words = "Your username is ann and temporary password is Correct-horse-7."
        assert mail.get_content().strip() == words


def test_nobody_waits_for_a_server_that_is_not_there() -> None:
    with socket.socket() as deaf:  # takes the connection and says nothing
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with Emulator(smtp_url=f"smtp://127.0.0.1:{deaf.getsockname()[1]}") as emulator:
            idp = emulator.client()
            pool = idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
            address = [{"Name": "email", "Value": "ann@example.com"}]
            idp.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=address)
            started = time.monotonic()
        assert time.monotonic() - started < 5
