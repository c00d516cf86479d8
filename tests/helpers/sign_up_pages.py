"""The sign-up page: attributes and passwords."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import PASSWORD

REQUIRED: dict[str, Any] = {"Schema": [{"Name": "email", "Required": True}, {"Name": "given_name", "Required": True}]}
NEW = {"username": "ann", "requiredAttributes[email]": "ann@example.com", "requiredAttributes[given_name]": "Ann"}


def passwords(value: str = PASSWORD) -> dict[str, str]:
    return {"password": value, "passwordConfirmation": value}
