"""The table of routes: every row leads to a handler, and the paths that other modules build URLs from are in it."""

from __future__ import annotations

import asyncio
import inspect
import re
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from cognito_emulator import routes, routing
from cognito_emulator.control import guard
from cognito_emulator.domain.threats import risk_notice
from cognito_emulator.flows.federation import oidc_client
from cognito_emulator.oauth import federation, identity_issuer, saml
from cognito_emulator.oauth.pages import challenges, endpoint
from cognito_emulator.routes import ROUTES, Audience, Row


@pytest.mark.parametrize("row", ROUTES, ids=lambda row: f"{'+'.join(row.methods)} {row.path}")
def test_every_row_has_its_handler(row: Row) -> None:
    handler = routing._handler(row)
    assert inspect.iscoroutinefunction(handler)
    assert [one.annotation for one in inspect.signature(handler).parameters.values()] == ["Request"]


async def _nothing(_: Request) -> Response:
    return Response()


def test_no_row_is_hidden_behind_another(monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[Row] = []

    def handler(row: Row) -> Any:
        answered.append(row)
        return _nothing

    monkeypatch.setattr(routing, "_handler", handler)
    monkeypatch.setattr(guard, "refuse", lambda *_: None)
    app = Starlette(routes=routing.build())
    app.state.world = None
    for row in ROUTES:
        path = re.sub(r"\{[a-z_]+\}", "x", row.path).replace("{number:int}", "1").replace("{provider:path}", "x/y")
        for method in row.methods:
            ask(app, method, path)
            assert answered.pop() is row


def ask(app: Starlette, method: str, path: str) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Message) -> None:
        pass

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": [], "root_path": ""}
    asyncio.run(app(scope, receive, send))


def test_addresses_that_are_handed_out_lead_somewhere() -> None:
    paths = {row.path for row in ROUTES}
    assert {federation.CALLBACK, federation.SAML_CALLBACK, saml.SIGN_OUT, risk_notice.PATH} < paths
    assert f"{identity_issuer.PATH}/jwks_uri" in paths
    assert set(challenges.PATHS.values()) < paths
    assert set(endpoint._WRITES) < paths
    assert f"{oidc_client.MOCK_IDP_PATH}/{{pool_id}}/{{provider:path}}/authorize" in paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", True),
        ("/nothing", True),
        ("/oauth2/token", True),
        ("/us-east-1_a/.well-known/jwks.json", True),
        ("/login", False),
        ("/oauth2/authorize", False),
        ("/_pages/nothing/here", False),
        ("/_emulator", False),
        ("/_emulator/nothing", False),
        ("/_emulator/idp/us-east-1_a/Google/token", False),
        ("/_aws/ses", False),
        ("/_localstack/health", False),
    ],
)
def test_who_may_read(path: str, expected: bool) -> None:
    assert routes.has_cors(path) is expected


def test_the_control_api_and_nothing_else_is_guarded() -> None:
    for row in ROUTES:
        is_control = row.path.startswith(
            ("/_emulator/", "/_aws/", "/_localstack/chaos/")
        ) and not row.handler.startswith("oauth.mock_idp:")
        assert (row.audience is Audience.DEVELOPERS) is is_control, row.path


@pytest.mark.processes
def test_the_table_imports_no_handler() -> None:
    program = """
import sys
from cognito_emulator import routes, routing
from cognito_emulator.control import guard
routing.build()
named = {row.handler.partition(":")[0] for row in routes.ROUTES}
print([name for name in named if f"cognito_emulator.{name}" in sys.modules])
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout == "[]\n", ran.stderr


@pytest.mark.parametrize("handler", routing._LIBRARIES)
def test_a_handler_s_library_is_imported_with_it(handler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the first call would import it on the loop."""
    imported: list[str] = []

    def note(name: str) -> Any:
        imported.append(name)
        if name == routing._LIBRARIES[handler]:
            raise ImportError("an extra that is not installed")
        return import_module(name)

    monkeypatch.setattr(routing, "_handlers", {})
    monkeypatch.setattr(routing, "import_module", note)
    (row,) = (row for row in ROUTES if row.handler == handler)
    assert routing._handler(row) is routing._handler(row)
    assert imported.count(routing._LIBRARIES[handler]) == 1


def test_a_refusal_needs_no_thread() -> None:
    """Starlette calls a plain function on one, and imports anyio's parts for it on the loop."""
    assert inspect.iscoroutinefunction(routing._refused)
    assert inspect.iscoroutinefunction(routing._failed)
