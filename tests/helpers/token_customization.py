"""A machine client with a pre token generation trigger."""

from __future__ import annotations

from typing import Any

from tests.helpers.harness import Running


def machine(running: Running, pool: str) -> dict[str, Any]:
    client: dict[str, Any] = running.call(
        "CreateUserPoolClient",
        UserPoolId=pool,
        ClientName="machine",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_CLIENT_TOKEN_AUTH"],
    )["UserPoolClient"]
    return {"ClientId": client["ClientId"], "Secret": client["ClientSecret"]}
