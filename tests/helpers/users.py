"""Create users and read their attributes."""

from __future__ import annotations

from typing import Any

MAIL = {"Name": "email", "Value": "ann@example.com"}
PHONE = {"Name": "phone_number", "Value": "+15551234567"}


def create(idp: Any, pool: str, username: str = "ann", *attributes: dict[str, str], **more: Any) -> dict[str, Any]:
    more = {"MessageAction": "SUPPRESS"} | more
    if more["MessageAction"] is None:
        del more["MessageAction"]
    made: dict[str, Any] = idp.admin_create_user(
        UserPoolId=pool, Username=username, UserAttributes=list(attributes), **more
    )["User"]
    return made


def attributes_of(idp: Any, pool: str, username: str) -> dict[str, str]:
    listed = idp.admin_get_user(UserPoolId=pool, Username=username)["UserAttributes"]
    return {item["Name"]: item["Value"] for item in listed}
