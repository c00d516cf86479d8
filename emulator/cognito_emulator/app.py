"""The HTTP interface of one world, as a plain ASGI application.

The first world's also leads to the others.

/w/<name>/…             another world (control.worlds)
other services' calls   refused in their protocol, or passed on to --fallback (wire.fallback)
POST    /, /<region>    the AWS JSON API (cognito-idp, cognito-identity, KMS Decrypt for codes)
OPTIONS *               CORS preflight
*                       the table of `routes`
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import time
from collections.abc import Mapping, MutableMapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cognito_emulator import routes
from cognito_emulator.control.baseline import Baseline
from cognito_emulator.control.worlds import NoWorld, Worlds
from cognito_emulator.domain.errors import InternalError
from cognito_emulator.logs import request_line
from cognito_emulator.ports.faults import Dropped, begin, cut, header
from cognito_emulator.ports.journal import Entry
from cognito_emulator.wire.body import Disconnected, Receive, Send, Unread, declared, has_body
from cognito_emulator.wire.endpoint import TARGETS, Scope, endpoint
from cognito_emulator.wire.headers import by_name, repeated
from cognito_emulator.wire.other_service import OtherCall, find
from cognito_emulator.wire.recording import Recorder, kind_of
from cognito_emulator.wire.regions import is_endpoint
from cognito_emulator.wire.render import CORS, Headers
from cognito_emulator.world import World

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from cognito_emulator.ports.forwarding import Forwarder

log = logging.getLogger("emulator")
requests_log = logging.getLogger("emulator.requests")

# RFC 3986, section 3.2: a registered name, an IPv4 address or one of IPv6 in brackets, and a port. (Some versions of
# Starlette fail at others.)
_HOST = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_ROUTING = "cognito_emulator.routing"
_PROBES = frozenset(
    {"/_emulator/health", "/_emulator/ready", "/_localstack/health", "/health", "/__admin/health"}
)  # fmt: skip


def create_app(world: World) -> FrontDoor:
    """Make the ASGI application of `world`.

    Resets go back to what the world's store holds now.
    """
    return FrontDoor(world)


class FrontDoor:
    """The application: API calls go straight to the endpoint, the rest to Starlette.

    Plain ASGI: a BaseHTTPMiddleware would cost three bare requests.
    """

    def __init__(self, world: World, worlds: Worlds | None = None) -> None:
        self.world = world
        self.baseline = Baseline(world)
        self.worlds = worlds or Worlds(world, self.baseline, lambda made: FrontDoor(made, self.worlds))
        # Other worlds have none: a signature names the path that the client sent, with the world's prefix.
        url = world.settings.fallback if worlds is None else None
        self._forwarder = _forwarder(url) if url is not None else None

    @cached_property
    def _router(self) -> Starlette:
        """What answers all but API calls."""
        from cognito_emulator.routing import make_router  # many starts need none of it

        return make_router(self.world, self.baseline, self.worlds)

    async def _import_router(self) -> None:
        """Import it on a thread.

        That takes some 50 ms, in which other requests are answered.
        """
        if not hasattr(sys.modules.get(_ROUTING), "make_router"):  # not begun, or not ended
            await asyncio.to_thread(import_module, _ROUTING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._router(scope, receive, send)
        self.world.address.enter(scope)
        headers = by_name(scope["headers"])
        if self._is_plain(scope, headers):
            return await self._call(scope, headers, receive, send)
        return await self._look(scope, headers, receive, send)

    def _is_plain(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
        """Tell whether a request is a call of which nothing else has to be asked.

        Most are: `POST /` of an operation that was called before. The questions take a sixteenth of such a request.
        """
        if scope["path"] != "/" or scope["method"] != "POST" or headers.get(b"x-amz-target") not in TARGETS:
            return False
        has_no_twins = len(headers) == len(scope["headers"])
        return self._forwarder is None and has_no_twins and 0 < declared(headers) <= self.world.settings.max_body

    async def _call(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send) -> None:
        if self.world.keeper is None:
            return await endpoint(self.world, scope, headers, receive, send)
        with self.world.keeper.request():
            return await endpoint(self.world, scope, headers, receive, send)

    async def _look(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send) -> None:
        """Find what a request is, and answer it."""
        path, method = scope["path"], scope["method"]
        if self.worlds.are_below(path, self.world):
            return await self._to_world(scope, receive, send)
        own = routes.own_path(path)
        if own is not None:
            return await self._as_elsewhere(own, scope, receive, send)
        is_call = method == "POST" and is_endpoint(path)
        twice = None if len(headers) == len(scope["headers"]) else repeated(scope["headers"])
        if twice is None:
            other = find(method, path, headers, scope.get("query_string", b""))
            if other is None and self._forwarder is not None:
                other, receive = await self._find_unsigned(scope, headers, receive, is_call=is_call)
            if other is not None:
                from cognito_emulator.wire import fallback  # few programs call other services here

                return await fallback.answer(self.world, other, scope, receive, send, to=self._forwarder, cors=CORS)
        if not (is_call and 0 < declared(headers) <= self.world.settings.max_body) and has_body(headers):
            unread = Unread(receive, send, headers)
            receive, send = unread.receive, unread.send
        if twice is not None:
            from starlette.responses import JSONResponse

            text = f"The header {twice} is there more than once."
            return await JSONResponse({"message": text}, 400)(scope, receive, send)
        if is_call:
            return await self._call(scope, headers, receive, send)
        if method == "OPTIONS" and routes.has_cors(path):
            return await _preflight(scope, send)
        return await self._route(scope, receive, send)

    async def _as_elsewhere(self, own: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at a path of other emulators.

        Browsers are led to the pages, whose cookies are for their own paths.
        """
        if scope["method"] in ("GET", "HEAD") and not routes.has_cors(own):
            from starlette.responses import RedirectResponse

            query = scope["query_string"].decode("latin-1")
            there = RedirectResponse(f"{own}?{query}" if query else own, 307)
            return await there(scope, receive, send)
        return await self({**scope, "path": own, "raw_path": own.encode()}, receive, send)

    async def _find_unsigned(
        self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive, *, is_call: bool
    ) -> tuple[OtherCall | None, Receive]:
        """Find what --fallback gets although no signature or protocol says so.

        It is what the emulator does not have.
        """
        from cognito_emulator.wire import fallback

        if is_call and fallback.is_shared(headers):
            return await fallback.shared_call(self.world, headers, receive)
        if is_call or scope["path"].startswith("/_"):
            return None, receive
        from starlette.routing import Match

        is_ours = any(route.matches(scope)[0] is not Match.NONE for route in self._router.routes)
        return (None if is_ours else fallback.UNSIGNED), receive

    async def _to_world(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.worlds.answer(scope, receive, send)
        except NoWorld as reason:
            from starlette.responses import JSONResponse

            unread = Unread(receive, send, by_name(scope["headers"]))
            refused = JSONResponse({"message": str(reason)}, reason.status)
            refused.raw_headers.extend(CORS)
            await refused(scope, unread.receive, unread.send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        await self._import_router()
        cors = CORS if routes.has_cors(scope["path"]) else []
        entry = self._begin(scope)
        if entry is not None:
            recorder = Recorder(self.world, entry, receive, send)
            receive, send = recorder.receive, recorder.send
        target = self._target(scope) if self.world.faults else None
        struck = begin() if target is not None else None
        status = 500

        is_lost = False  # whether the answer was replaced: what it tells of could not be kept

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal status, is_lost
            if is_lost:
                return None
            if message["type"] == "http.response.start":
                if self.world.keeper is not None and (lost := await _not_kept(self.world)):
                    is_lost, status = True, lost.status_code
                    lost.raw_headers.extend(cors)
                    return await lost(scope, receive, send)
                status = message["status"]
                message["headers"] = [*message["headers"], *cors, *([header(struck)] if struck else [])]
            return await send(message)

        try:
            await self._answer(scope, receive, sending, target)
        except Dropped:
            status = 0
            await cut(scope, receive)
        except Disconnected:
            pass
        except Exception:
            # Starlette has answered by `_failed` and raises again.
            log.exception("%s %s failed", scope["method"], scope["path"])
        if entry is not None:
            self.world.journal.finish(entry, status)
        level = logging.DEBUG if scope["path"] in _PROBES else logging.INFO
        if requests_log.isEnabledFor(level):
            fields = {
                "operation": f"{scope['method']} {scope['path']}",
                "result": "ok" if status < 400 else "refused",
                "status": status,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            }
            if entry is not None and entry.reason is not None:
                fields["why"] = entry.reason.rule
            request_line(requests_log, level, fields)

    @staticmethod
    def _target(scope: Scope) -> str | None:
        """Return what the rules for faults call this request."""
        from cognito_emulator.oauth.faults import target_of

        return target_of(scope["path"], is_open=routes.has_cors(scope["path"])) if _names_host(scope) else None

    async def _answer(self, scope: Scope, receive: Receive, send: Send, target: str | None) -> None:
        app: ASGIApp = self._router
        if not _names_host(scope):
            from cognito_emulator.routing import BAD_HOST

            app = BAD_HOST
        if target is not None:
            from cognito_emulator.oauth.faults import strike

            scope["app"] = self._router
            answer, receive = await strike(self.world, target, scope, receive)
            app = answer or app
        await app(scope, receive, send)

    def _begin(self, scope: Scope) -> Entry | None:
        """Begin the journal's entry of a request that is shown there; probes are not."""
        world, path, method = self.world, scope["path"], scope["method"]
        is_control = routes.is_control(path)
        kind = kind_of(method, path, is_open=routes.has_cors(path), is_control=is_control)
        if kind is None or path in _PROBES:
            return None
        entry = world.journal.begin(
            world.ids.uuid(), kind, method, path, at=world.clock.now(), commit=world.store.history.number
        )
        if entry is not None:
            entry.operation = f"{method} {path}"
            entry.query = scope["query_string"]
            entry.content_type = by_name(scope["headers"]).get(b"content-type", b"")
        return entry


def _forwarder(url: str) -> Forwarder:
    from cognito_emulator.ports.forwarding import Forwarder

    return Forwarder(url)


def _names_host(scope: Scope) -> bool:
    """Tell whether the Host header is one; else the answer is 400 [RFC 9112 §3.2]."""
    return all(_HOST.fullmatch(value) for name, value in scope["headers"] if name == b"host")


async def _not_kept(world: World) -> Response | None:
    """Wait until what the request has changed is kept.

    Return the answer to send if it could not be.
    """
    try:
        await world.kept()
    except InternalError as error:
        from starlette.responses import JSONResponse

        return JSONResponse({"message": error.message}, error.status)
    return None


async def _preflight(scope: Scope, send: Send) -> None:
    """Answer a preflight request: every header that it asks for is allowed.

    A fixed list breaks clients that add one.
    """
    asked = by_name(scope["headers"])
    headers: Headers = [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
        (b"access-control-max-age", b"172800"),
        (b"content-length", b"0"),
    ]
    wanted = asked.get(b"access-control-request-headers")
    if wanted:
        headers.append((b"access-control-allow-headers", wanted))
    if asked.get(b"access-control-request-private-network") == b"true":
        headers.append((b"access-control-allow-private-network", b"true"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
