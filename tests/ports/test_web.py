"""Outgoing HTTP against servers that behave, and servers that do not."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from cognito_emulator.ports.web import Answer, HttpWeb, WebError

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def ask(serve: Serve, path: str = "/", timeout: float = 5, web: HttpWeb | None = None, **more: object) -> Answer:
    """The answer of a server that does `serve` with a connection."""

    async def run() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await (web or HttpWeb()).request(
                "POST",
                f"http://127.0.0.1:{port}{path}",
                timeout=timeout,
                **more,  # type: ignore[arg-type]
            )

    return asyncio.run(run())


def answering(text: bytes, seen: list[bytes] | None = None) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        body = await reader.readexactly(length)
        if seen is not None:
            seen.extend([head, body])
        writer.write(text)
        writer.close()

    return serve


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: a\r\n\r\nhi"


def test_an_answer() -> None:
    seen: list[bytes] = []
    answer = ask(answering(OK, seen), "/a/b?c=d", headers={"X-Sent": "1"}, body=b"given")
    assert (answer.status, answer.body, answer.headers["x-one"]) == (200, b"hi", "a")
    head, body = seen
    assert head.startswith(b"POST /a/b?c=d HTTP/1.1\r\n")
    assert b"x-sent: 1" in head.lower()
    assert b"host: 127.0.0.1:" in head.lower()
    assert body == b"given"


def test_chunks() -> None:
    text = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\n\r\n"
    assert ask(answering(text)).body == b"hi!"


def test_an_answer_that_ends_with_the_connection() -> None:
    assert ask(answering(b"HTTP/1.1 500 Oh\r\n\r\nhi")) == Answer(500, {}, b"hi")


def test_a_redirect_is_an_answer() -> None:
    text = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    answer = ask(answering(text))
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1:1/")


def test_an_answer_that_is_too_large() -> None:
    with pytest.raises(WebError, match="answers more than 10 bytes"):
        ask(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11), web=HttpWeb(max_answer=10))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"no HTTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 99999,
    ],
)
def test_what_is_no_answer(text: bytes) -> None:
    with pytest.raises(WebError, match=r"does not answer in HTTP|closed the connection"):
        ask(answering(text))


def test_a_server_that_says_nothing() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            writer.close()

    with pytest.raises(WebError, match=r"has not answered within 0\.1 seconds"):
        ask(silent, timeout=0.1)


def test_a_server_that_drips() -> None:
    """The time is for everything together."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        finally:
            writer.close()

    with pytest.raises(WebError, match=r"has not answered within 0\.3 seconds"):
        ask(drip, timeout=0.3)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:1/", "http://127.0.0.1:1/ cannot be reached"),
        ("ftp://example.com/", "ftp://example.com/ is no http or https URL"),
        ("http://", "is no http or https URL"),
        ("http://[", "the URL cannot be read"),
        ("http://127.0.0.1:99999/", "the URL cannot be read"),
        ("http://user:secret@127.0.0.1:1/x?token=secret", "http://127.0.0.1:1/x cannot be reached"),
    ],
)
def test_what_cannot_be_reached(url: str, message: str) -> None:
    with pytest.raises(WebError) as raised:
        asyncio.run(HttpWeb().request("GET", url))
    assert message in str(raised.value)
    assert "secret" not in str(raised.value)


def untrusted(folder: Path) -> ssl.SSLContext:
    """What a server uses whose certificate nobody vouches for."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=36500))
        .sign(key, SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    (folder / "server.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    async def run() -> Answer:
        server = await asyncio.start_server(answering(OK), "127.0.0.1", 0, ssl=untrusted(tmp_path))
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await HttpWeb().request("POST", f"https://127.0.0.1:{port}/")

    with pytest.raises(WebError, match=r"cannot be reached: .*certificate"):
        asyncio.run(run())


def test_headers_that_cannot_be_sent() -> None:
    with pytest.raises(WebError, match="cannot be sent"):
        asyncio.run(HttpWeb().request("GET", "http://127.0.0.1:1/", {"a": "b\r\nc: d"}))
