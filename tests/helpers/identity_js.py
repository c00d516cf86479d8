"""What the scripts of amazon-cognito-identity-js print."""

from __future__ import annotations

from typing import Any

MAIL = {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}


def called(name: str, *values: Any) -> dict[str, Any]:
    """The callback that the client called."""
    return {"callback": name, "values": list(values)}


SIGNED_IN = called("onSuccess")
