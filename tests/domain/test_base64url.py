"""Base64url without padding, as Python's own module has it with padding."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cognito_emulator.domain.base64url import base64url


def test_all_lengths_and_characters() -> None:
    data = bytes(range(256))
    for start in range(256):
        assert base64url(data[start:]) == urlsafe_b64encode(data[start:]).rstrip(b"=")
