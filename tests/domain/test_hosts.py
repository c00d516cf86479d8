"""Whose page an origin is, and addresses that nothing can be read of."""

from __future__ import annotations

import pytest

from cognito_emulator.domain.hosts import (
    host_of,
    hostname_of,
    is_loopback_address,
    is_private_origin,
    is_public_address,
    origin_of,
)

PUBLIC, ALLOWED = "https://auth.example.com:8443", ("https://app.example.com", "http://dev.example.com:3000/", "null")


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost", "http://localhost:3000", "https://localhost:3000", "http://app.localhost:5173",
        "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:3000", "http://10.1.2.3", "http://172.31.0.1",
        "http://192.168.178.20:3000", "http://169.254.1.1", "http://100.100.1.1", "http://[fd00::1]",
        "http://[fe80::1]", "http://[fe80::1%25eth0]", "http://0.0.0.0:8000", "http://[::]",
        "http://[::ffff:192.168.0.1]", "http://web:3000", "http://app.test", "https://nas.local",
        "http://host.docker.internal:4200", "http://box.home.arpa", "HTTP://LOCALHOST:3000", "capacitor://localhost",
        "tauri://localhost", "https://auth.example.com", "https://auth.example.com:3000", "http://box.example.com",
        "https://app.example.com", "https://app.example.com:443", "http://dev.example.com:3000", "null",
    ],
)  # fmt: skip
def test_pages_of_the_developers_own(origin: str) -> None:
    assert is_private_origin(origin, PUBLIC, "box.example.com", ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example", "https://evil.example:3000", "http://localhost.evil.example", "http://evil-localhost.com",
        "http://127.0.0.1.nip.io", "http://8.8.8.8", "http://172.32.0.1", "http://192.169.0.1", "http://[2001:db8::1]",
        "http://[::ffff:8.8.8.8]", "http://[64:ff9b::7f00:1]", "http://app.example.com", "https://app.example.com:444",
        "https://sub.app.example.com", "http://localhost@evil.example", "http://localhost/@evil.example",
        "chrome-extension://abcdefghijklmnop", "moz-extension://localhost.evil.example", "file://",
        "http://127.0.0.1%.evil.example", "", "http://",
        "http://[", "http://localhost:x", "http://localhost:99999", "//localhost", "localhost", "http://\u2100.com",
        "http://localhost http://evil.example", "http://evil.example, http://localhost", "http://localhost?a",
        "http://localhost#a", "http://localhost/a", "data:text/html,x",
    ],
)  # fmt: skip
def test_pages_of_others(origin: str) -> None:
    assert not is_private_origin(origin, PUBLIC, "box.example.com", ALLOWED)


def test_what_has_to_be_named() -> None:
    for origin in ("null", "https://app.example.com", "https://auth.example.com", "http://box.example.com"):
        assert not is_private_origin(origin, None, "localhost")
    # A public address is anybody's; the one that was told to listen on is not.
    assert is_private_origin("http://198.51.100.7:3000", None, "198.51.100.7")
    assert is_private_origin("http://198.51.100.7:3000", "http://198.51.100.7:9229", "0.0.0.0")
    assert not is_private_origin("http://198.51.100.8:3000", None, "198.51.100.7")
    assert is_private_origin("http://localhost", None, "localhost", ("http://[", "no origin"))
    assert is_private_origin("file://", None, "localhost", ("file://",))
    assert is_private_origin("chrome-extension://abc", None, "localhost", ("chrome-extension://abc",))


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://App.Example.com:443/", "https://app.example.com"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:443", "http://localhost:443"),
        ("app://x", "app://x"),
        ("null", "null"),
    ],
)
def test_an_origin_as_browsers_write_it(text: str, origin: str) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize("url", ["http://[", "http://]", "https://[::1", "http://[v1.x", "http://\u2100.com"])
def test_addresses_that_cannot_be_read(url: str) -> None:
    assert hostname_of(url) == host_of(url) == ""
    with pytest.raises(ValueError):  # noqa: PT011 - of Python's parser or ours
        origin_of(url)
    assert (hostname_of("HTTP://A:1/x"), host_of("HTTP://A:1/x")) == ("a", "a:1")


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public_address(address)
    assert not is_loopback_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd00:ec2::254", "fec0::1", "ff02::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "4000::1", "3fff::1", "192.88.99.1", "", "x",
        "localhost", "8.8.8.8:80", "0x7f000001", "2130706433",
    ],
)  # fmt: skip
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize(
    ("address", "own"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", True), ("0.0.0.0", False),
     ("10.0.0.1", False), ("169.254.169.254", False), ("x", False)],
)  # fmt: skip
def test_addresses_of_this_machine(address: str, own: bool) -> None:
    assert is_loopback_address(address) == own
