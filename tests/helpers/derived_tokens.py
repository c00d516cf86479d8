"""Exchange a token for a derived one."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import Setup
from tests.helpers.harness import Running

BOTH = ["ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"]


def exchanger(running: Running, pool: str, flows: list[str] = BOTH, **members: Any) -> Setup:
    made = running.call(
        "CreateUserPoolClient", UserPoolId=pool, ClientName="x", ExplicitAuthFlows=flows, GenerateSecret=True, **members
    )["UserPoolClient"]
    return Setup(pool, made["ClientId"], made["ClientSecret"])


def exchange(idp: Any, service: Setup, subject: str, kind: str = "ACCESS_TOKEN", **members: Any) -> dict[str, Any]:
    answer: dict[str, Any] = idp.get_derived_token(
        ClientId=service.client,
        ClientSecret=service.secret,
        SubjectToken=subject,
        SubjectTokenType=kind,
        **members,
    )
    return answer
