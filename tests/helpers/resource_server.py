"""A resource server and its scope."""

from __future__ import annotations

from tests.helpers.harness import Running

SCOPE = "https://api.example.com/read"


def server(running: Running, pool: str) -> None:
    running.call(
        "CreateResourceServer",
        UserPoolId=pool,
        Identifier="https://api.example.com",
        Name="api",
        Scopes=[
            {"ScopeName": "read", "ScopeDescription": "r"},
            {"ScopeName": "write", "ScopeDescription": "w"},
        ],
    )
