"""Answer probes at once, and everything else as soon as the emulator is loaded.

Importing the operations and making a seed takes longer than all the rest of the start. Requests that come
meanwhile are held, not refused, so that no client has to try again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cognito_emulator import __version__
from cognito_emulator.tunnel import TUNNEL, names_host

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEALTH = (200, f'{{"status":"ok","version":"{__version__}"}}'.encode())
_EARLY = {
    "/_emulator/health": _HEALTH,
    "/health": _HEALTH,
    "/__admin/health": _HEALTH,
    "/_emulator/ready": (503, b'{"status":"starting"}'),
}
_MISDIRECTED = (421, b'{"message":"The Host header names another host than the proxy\'s connection is for."}')
_STOPPING = (503, b'{"message":"The emulator is stopping."}')


class Gate:
    """An ASGI application before another one that is still to come."""

    def __init__(self) -> None:
        self._app: App | None = None
        self._decided = asyncio.Event()

    def open(self, app: App) -> None:
        """Send everything to `app` from now on."""
        self._app = app
        self._decided.set()

    def close(self) -> None:
        """Let go those who still wait: no application will come."""
        self._decided.set()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Return what answers a request: the application itself, once it is there."""
        if self._app is not None and TUNNEL not in scope.get("state", ()):
            return self._app(scope, receive, send)
        return self._hold(scope, receive, send)

    async def _hold(self, scope: Scope, receive: Receive, send: Send) -> None:
        tunnel = scope.get("state", {}).get(TUNNEL)
        if tunnel is not None and not names_host(scope["headers"], tunnel):
            return await _answer(scope, send, *_MISDIRECTED)
        if self._app is None and scope["path"] in _EARLY:
            return await _answer(scope, send, *_EARLY[scope["path"]])
        if self._app is None:
            await self._decided.wait()
        if self._app is None:
            return await _answer(scope, send, *_STOPPING)
        return await self._app(scope, receive, send)


_CONNECTED = "cognito_emulator.connected"  # in the scope: the connection's own address


def unless_forwarded(app: App, behind_proxy: App) -> App:
    """Return the application, which reads X-Forwarded headers where there are any.

    Uvicorn reads them, where the connection comes from this machine or from a proxy in FORWARDED_ALLOW_IPS.
    """

    def answer(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        for name, _ in scope["headers"]:
            if name.startswith(b"x-forwarded-"):
                scope[_CONNECTED] = scope.get("client")
                return behind_proxy(scope, receive, send)
        return app(scope, receive, send)

    return answer


def with_address(app: App) -> App:
    """Return the application, for which each client has an IP address.

    Where X-Forwarded-For, as uvicorn reads it, has something else, that is the address of the connection.
    """

    def answer(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        from cognito_emulator.domain.auth.origin import address  # not needed to start

        connected, client = scope.pop(_CONNECTED, None), scope.get("client")
        if client is not None and client != connected and address(client[0]) is None:
            scope["client"] = connected
        return app(scope, receive, send)

    return answer


async def _answer(scope: Scope, send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
