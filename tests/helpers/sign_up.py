"""Sign up and look at the user."""

from __future__ import annotations

from typing import Any

from cognito_emulator.domain.clients.secret_hash import secret_hash
from tests.helpers.build import PASSWORD, Setup

NO_SMS = (
    "Invalid phone number provided/Unable to send the message. "
    "User pool does not have SMS configuration to send messages."
)
EMAIL: dict[str, Any] = {"email": "ann@example.com"}
PHONE: dict[str, Any] = {"phone_number": "+15551234567"}


def sign_up(idp: Any, made: Setup, username: str = "ann", password: str | None = PASSWORD, **attributes: str) -> Any:
    listed = [{"Name": name.replace("__", ":"), "Value": value} for name, value in attributes.items()]
    members: dict[str, Any] = {"ClientId": made.client, "Username": username, "UserAttributes": listed}
    if password is not None:
        members["Password"] = password
    if made.secret:
        members["SecretHash"] = secret_hash(made.secret, username, made.client)
    return idp.sign_up(**members)


def stored(idp: Any, made: Setup, username: str = "ann") -> dict[str, str]:
    listed = idp.admin_get_user(UserPoolId=made.pool, Username=username)["UserAttributes"]
    return {item["Name"]: item["Value"] for item in listed}


def status(idp: Any, made: Setup, username: str = "ann") -> str:
    return str(idp.admin_get_user(UserPoolId=made.pool, Username=username)["UserStatus"])
