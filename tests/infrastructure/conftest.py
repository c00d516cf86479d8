"""The tools of both services, and a pool to hang things on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.harness import Running
from tests.infrastructure.tool import Tool


@pytest.fixture
def tool(running: Running, idp: Any) -> Tool:
    return Tool(idp)


@pytest.fixture
def pool(tool: Tool) -> str:
    """A pool with its name alone."""
    return str(tool.call("CreateUserPool", PoolName="p")["UserPool"]["Id"])


@pytest.fixture
def client(tool: Tool, pool: str) -> str:
    """An app client of that pool, with its name alone."""
    made = tool.call("CreateUserPoolClient", UserPoolId=pool, ClientName="c")
    return str(made["UserPoolClient"]["ClientId"])
