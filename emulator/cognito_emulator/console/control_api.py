"""Ask the control API from a page, as a program would.

Its rules and its refusals stay in one place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from cognito_emulator.domain import strict_json

if TYPE_CHECKING:
    from cognito_emulator.console.view import View

PREFIX = "/_emulator"


def has(view: View, path: str) -> bool:
    """Return whether the control API has a path."""
    mounts = [one for one in view.request.app.routes if isinstance(one, Mount) and one.path == PREFIX]
    return any(isinstance(one, Route) and one.path == path for mount in mounts for one in mount.routes)


async def ask(view: View, method: str, path: str, body: Any = None) -> Any:
    """Return the JSON of the control API's answer. `path` is below its prefix.

    Raises:
        HTTPException: the API refuses it, with the API's own sentence.
    """
    content = b"" if body is None else json.dumps(body).encode()
    status, answer = await dispatch(view, method, f"{PREFIX}{path}", content, {"content-type": "application/json"})
    if status >= 400:
        text = answer.get("message", "") if isinstance(answer, dict) else ""
        raise HTTPException(404 if status == 404 else 400, text or f"The control API answered {status}.")
    return answer


async def dispatch(view: View, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
    """Send a request to a route of this emulator; return status and JSON."""
    status, body = await fetch(view, method, path, content, headers)
    return status, strict_json.decode_own(body or b"null")


async def fetch(view: View, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Send a request to a route of this emulator; return status and body."""
    status, parts = 500, []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.append(message.get("body", b""))

    await view.request.app(_scope(view, method, path, {**headers, "content-length": str(len(content))}), receive, send)
    return status, b"".join(parts)


def _scope(view: View, method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    asked = view.request.scope
    sent = {"host": view.request.headers.get("host", "localhost"), **headers}
    raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
    same = {
        name: asked[name] for name in ("type", "asgi", "http_version", "scheme", "client", "server") if name in asked
    }
    path, _, query = path.partition("?")
    given = {"path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": raw}
    return {**same, **given, "method": method, "state": {}}
