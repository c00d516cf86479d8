"""What a client's fingerprint tells, and what it does not."""

from __future__ import annotations

import base64

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.origin import (
    NO_FINGERPRINT,
    Fingerprint,
    address,
    checked_address,
    device_name,
    device_of,
    read_fingerprint,
)
from tests.helpers.fingerprint import encoded

CHROME = "Mozilla/5.0 (Windows NT 10.0) Chrome/125.0 Safari/537.36"


def test_the_form_of_the_public_libraries() -> None:
    facts = {"DeviceId": "d-1", "DeviceName": "Pixel 9", "ClientTimezone": "+02:00", "Platform": "ANDROID"}
    assert read_fingerprint(encoded(facts)) == Fingerprint("d-1", "Pixel 9", "+02:00")
    assert read_fingerprint(encoded({"DeviceId": "d-1"})) == Fingerprint("d-1")


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "opaque",
        "%%%",
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"payload": 7}').decode(),
        base64.b64encode(b'{"payload": "[]"}').decode(),
        base64.b64encode(b'{"payload": "{}"}').decode(),
        base64.b64encode(b'{"payload": "' + b"[" * 50_000 + b'"}').decode(),
        encoded(["DeviceId"]),
        encoded({"DeviceId": 7, "DeviceName": None}),
        encoded({"DeviceId": "x" * 257}),
        encoded({"DeviceId": "a\nb"}),
        encoded({"DeviceId": "d-1", "Filler": "x" * 65_536}),
    ],
)
def test_anything_else_tells_nothing(text: str | None) -> None:
    assert read_fingerprint(text) == NO_FINGERPRINT


def test_the_fingerprint_goes_before_the_user_agent() -> None:
    assert device_of(CHROME, NO_FINGERPRINT) == device_name(CHROME, NO_FINGERPRINT) == "Windows, Chrome"
    assert device_of(CHROME, Fingerprint("d-1", "Pixel 9")) == "d-1"
    assert device_name(CHROME, Fingerprint("d-1", "Pixel 9")) == "Pixel 9"
    assert device_name(CHROME, Fingerprint("d-1")) == "Windows, Chrome"


@pytest.mark.parametrize(
    ("text", "seen"), [("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("fe80::1%eth0", "fe80::1")]
)
def test_addresses(text: str, seen: str) -> None:
    assert str(address(text)) == seen
    assert checked_address(text) == text


@pytest.mark.parametrize("text", ["", "localhost", "192.0.2.256", "192.0.2.0/24"])
def test_what_is_no_address(text: str) -> None:
    assert address(text) is None
    with pytest.raises(errors.InvalidParameter, match=r"IpAddress must be a valid IPv4 or IPv6 address\."):
        checked_address(text)
