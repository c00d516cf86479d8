"""Documents whose URLs strangers choose: which addresses are asked, and servers that do what they can."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator.ports import web as module
from cognito_emulator.ports.tls import Authority
from cognito_emulator.ports.web import SENT_BY_EMULATOR, Answer, HttpWeb, WebError, WebTimeout

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LARGEST = 100
PUBLIC = "93.184.215.14"


def telling(*addresses: str) -> Any:
    """A resolver that tells these addresses of every name."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return resolve


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that were connected to; the connection itself fails."""
    found: list[str] = []

    async def refuse(host: str, port: int, **_: Any) -> Any:
        found.append(host)
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(asyncio, "open_connection", refuse)
    return found


def fetch(url: str, *addresses: str, loopback: bool = False, timeout: float = 5) -> Answer:
    web = HttpWeb(resolve=telling(*addresses)) if addresses else HttpWeb()
    return asyncio.run(web.fetch(url, LARGEST, timeout, loopback=loopback))


# --- addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "10.1.2.3", "172.20.0.1", "192.168.0.1",
        "::ffff:192.168.0.1", "169.254.169.254", "::ffff:169.254.169.254", "fe80::1%eth0", "100.64.0.1", "fd00::1",
        "fd00:ec2::254", "224.0.0.1", "255.255.255.255", "64:ff9b::a00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_a_public_name_of_a_private_address(connected: list[str], address: str) -> None:
    for others in ((), (PUBLIC,)):
        for addresses in ((address, *others), (*others, address)):
            with pytest.raises(WebError, match="is no address of the internet"):
                fetch("https://app.example.com/x", *addresses)
    assert connected == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0", "0x7f000001", "2130706433", "017700000001", "localhost", "LOCALHOST", "[::1]",
        "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "user:secret@127.0.0.1", "169.254.169.254",
        "10.0.0.1",
    ],
)  # fmt: skip
def test_private_addresses_as_they_may_be_written(connected: list[str], host: str) -> None:
    with pytest.raises(WebError, match=r"is no address of the internet|cannot be reached"):
        fetch(f"https://{host}/x")
    assert connected == []


def test_a_public_address_is_asked_and_only_by_https(connected: list[str]) -> None:
    with pytest.raises(WebError, match="cannot be reached: refused"):
        fetch("https://app.example.com/x", PUBLIC, "2606:4700::1111")
    assert connected == [PUBLIC, "2606:4700::1111"]
    for loopback in (False, True):
        with pytest.raises(WebError, match="must have https"):
            fetch("http://app.example.com/x", PUBLIC, loopback=loopback)
    with pytest.raises(WebError, match="is no http or https URL"):
        fetch("file:///etc/passwd", PUBLIC)
    assert len(connected) == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "addresses",
    [("10.0.0.1",), ("0.0.0.0",), ("169.254.169.254",), ("fd00::1",), ("127.0.0.1", PUBLIC), ("127.0.0.1", "10.0.0.1")],
)
def test_the_setting_opens_this_machine_alone(connected: list[str], scheme: str, addresses: Sequence[str]) -> None:
    with pytest.raises(WebError, match=r"is no address of the internet|must have https"):
        fetch(f"{scheme}://app.example.com/x", *addresses, loopback=True)
    assert connected == []
    with pytest.raises(WebError, match="cannot be reached"):
        fetch(f"{scheme}://app.localhost/x", "127.0.0.1", "::1", loopback=True)
    assert connected == ["127.0.0.1", "::1"]


def test_a_name_that_tells_another_address_later(monkeypatch: pytest.MonkeyPatch, connected: list[str]) -> None:
    """DNS rebinding: the name is asked once, and the connection goes to the address that was checked."""
    asked: list[str] = []

    async def rebind(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    with pytest.raises(WebError, match="cannot be reached"):
        asyncio.run(HttpWeb(resolve=rebind).fetch("https://app.example.com/x", LARGEST, 5))
    assert (asked, connected) == (["app.example.com"], [PUBLIC])


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long"), OSError("no")])
def test_names_that_cannot_be_found(error: Exception) -> None:
    async def fail(host: str, port: int) -> Sequence[str]:
        raise error

    with pytest.raises(WebError, match="cannot be reached"):
        asyncio.run(HttpWeb(resolve=fail).fetch("https://app.example.com/x", LARGEST, 5))
    with pytest.raises(WebError, match="is no address of the internet"):
        asyncio.run(HttpWeb(resolve=telling()).fetch("https://app.example.com/x", LARGEST, 5))


def test_a_name_server_that_says_nothing() -> None:
    async def wait(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return [PUBLIC]

    with pytest.raises(WebTimeout):
        asyncio.run(HttpWeb(resolve=wait).fetch("https://app.example.com/x", LARGEST, 0.1))


# --- TLS --------------------------------------------------------------------------------------------------


def by_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, name: str) -> tuple[Answer, list[str | None]]:
    """What a server with a certificate for `name` answers, and which names it was asked for."""
    authority, names = Authority(tmp_path), list[str | None]()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    monkeypatch.setattr(module, "is_public_address", lambda address: address == "127.0.0.1")
    context = authority.context((name,))
    context.sni_callback = lambda _, wanted, __: names.append(wanted)

    async def run() -> Answer:
        server = await asyncio.start_server(saying(b"{}"), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await HttpWeb(resolve=telling("127.0.0.1")).fetch(url.format(port=port), LARGEST, 5)

    return asyncio.run(run()), names


def test_the_certificate_is_of_the_name_and_not_of_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, names = by_tls(tmp_path, monkeypatch, "https://app.example.com:{port}/x", "app.example.com")
    assert (answer.body, names) == (b"{}", ["app.example.com"])


def test_a_certificate_of_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WebError, match=r"cannot be reached: .*certificate"):
        by_tls(tmp_path, monkeypatch, "https://app.example.com:{port}/x", "127.0.0.1")


# --- servers ----------------------------------------------------------------------------------------------


def saying(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\n", seen: list[bytes] | None = None) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got = await reader.readuntil(b"\r\n\r\n")
        if seen is not None:
            seen.append(got)
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        writer.close()

    return serve


def ask(serve: Serve, timeout: float = 5) -> Answer:
    """A fetch from a server of this machine that does `serve`."""

    async def run() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/client.json?a=b"
        async with server:
            return await HttpWeb().fetch(url, LARGEST, timeout, loopback=True)

    return asyncio.run(run())


def test_a_document() -> None:
    seen: list[bytes] = []
    answer = ask(saying(json.dumps({"a": 1}).encode(), seen=seen))
    assert (answer.status, answer.body) == (200, b'{"a": 1}')
    (head,) = seen
    lines = head.lower().split(b"\r\n")
    assert lines[0] == b"get /client.json?a=b http/1.1"
    assert b"accept: application/json" in lines
    assert f"{SENT_BY_EMULATOR}: 1".encode() in lines
    assert not [line for line in lines if line.startswith((b"cookie", b"authorization", b"referer"))]


def test_a_redirect_is_not_followed() -> None:
    seen: list[bytes] = []
    answer = ask(saying(b"", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n", seen))
    assert (answer.status, len(seen)) == (302, 1)


def test_how_large_a_document_may_be() -> None:
    assert ask(saying(b"x" * LARGEST)).body == b"x" * LARGEST
    with pytest.raises(WebError, match=f"answers more than {LARGEST} bytes"):
        ask(saying(b"x" * (LARGEST + 1)))


def test_a_document_without_an_end() -> None:
    """It is read no further than it may be long, whatever its head says."""
    sent: list[int] = []

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(100_000):
                writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
                await writer.drain()
                sent.append(1024)
        except OSError:
            pass
        finally:
            writer.close()

    with pytest.raises(WebError, match=f"answers more than {LARGEST} bytes"):
        ask(flood)
    assert sum(sent) < 50_000_000


def test_servers_that_are_slow() -> None:
    """The time is for everything together: a server that says a little now and then gains nothing."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            writer.close()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n")
            while not reader.at_eof():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        except OSError:
            pass
        finally:
            writer.close()

    for serve in (silent, drip):
        with pytest.raises(WebTimeout):
            ask(serve, timeout=0.2)


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
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)
        writer.close()

    with pytest.raises(WebError, match=r"does not answer in HTTP|closed the connection"):
        ask(serve)
