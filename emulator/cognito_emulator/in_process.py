"""Call the API of an emulator of this process without a connection.

For what a test's handle sets up: a call by boto3 costs 2.6 ms of processor time, most of it boto3's, and one of these
0.5. The application gets the same request, so that history, metrics, log lines and refusals are the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from concurrent.futures import Future
from contextvars import Context
from typing import Any

from msgspec import Struct

from cognito_emulator.prefix import App, Message

Headers = list[tuple[bytes, bytes]]

_OF_EACH_REQUEST = frozenset({b"content-length", b"host"})
__tracebackhide__ = True  # a traceback of pytest ends in the test


class Answer(Struct, frozen=True):
    """What the application has answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class InProcess:
    """The calls of an emulator's boto3 clients, made without them.

    The first call of each client's method is boto3's own: its headers are those of later calls.

    Args:
        app: the application.
        loop: the loop that the application runs on.
        address: host and port of the server.
    """

    def __init__(self, app: App, loop: asyncio.AbstractEventLoop, address: tuple[str, int]) -> None:
        self._app = app
        self._loop = loop
        self._address = address
        self._headers: dict[tuple[str, str], Headers] = {}  # by Region and method

    def call(self, idp: Any, method: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a method of a client, such as `admin_create_user`.

        Return its answer's members.

        Args:
            idp: the emulator's client for a Region, which is left as it is.

        Raises:
            botocore.exceptions.ClientError: it is refused.
        """
        headers = self._headers.get((idp.meta.region_name, method))
        if headers is None:
            return self._first_call(idp, method, members)
        body = json.dumps(members).encode()
        answer = self._send([*headers, (b"content-length", b"%d" % len(body))], body)
        if answer.status != 200:
            raise _refusal(idp, method, answer)
        answered: dict[str, Any] = json.loads(answer.body)
        return answered

    def _first_call(self, idp: Any, method: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call a method of the client, and keep the headers that it sends."""
        host = "{}:{}".format(*self._address).encode()

        def keep(request: Any, **_: Any) -> None:
            sent = {name.lower().encode(): _bytes(value) for name, value in request.headers.items()}
            kept = [(name, value) for name, value in sent.items() if name not in _OF_EACH_REQUEST]
            self._headers[idp.meta.region_name, method] = [(b"host", host), *kept]

        event = f"before-send.cognito-idp.{idp.meta.method_to_api_mapping[method]}"
        idp.meta.events.register(event, keep)
        try:
            return call_by_boto3(idp, method, members)
        finally:
            idp.meta.events.unregister(event, keep)

    def _send(self, headers: Headers, body: bytes) -> Answer:
        result: Future[Answer] = Future()

        def begin() -> None:
            task = self._loop.create_task(self._answer(headers, body))
            task.add_done_callback(lambda done: _copy(done, result))

        # A context of its own, as a request of a connection has: this may be the thread of a trigger.
        self._loop.call_soon_threadsafe(begin, context=Context())
        return result.result()

    async def _answer(self, headers: Headers, body: bytes) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/",
            "raw_path": b"/",
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 0),
            "server": self._address,
            "state": {},
        }
        await self._app(scope, receive, send)
        shown = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], shown, b"".join(each.get("body", b"") for each in sent[1:]))


def call_by_boto3(idp: Any, method: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
    """Call a method of a client as a test does."""
    answered: Mapping[str, Any] = getattr(idp, method)(**members)
    return answered


def _refusal(idp: Any, method: str, answer: Answer) -> Exception:
    """Return the error that boto3 makes of an answer."""
    from botocore.awsrequest import HeadersDict
    from botocore.parsers import create_parser

    service, operation = idp.meta.service_model, idp.meta.method_to_api_mapping[method]
    parser = create_parser("json")
    response = {"status_code": answer.status, "headers": HeadersDict(answer.headers), "body": answer.body}
    parsed = parser.parse(response, service.operation_model(operation).output_shape)
    code = parsed["Error"]["Code"]
    shape = service.shape_for_error_code(code)
    if shape is not None:
        parsed.update(parser.parse(response, shape))
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    refusal: Exception = idp.exceptions.from_code(code)(parsed, operation)
    return refusal


def is_plain(value: Any) -> bool:
    """Tell whether boto3 would send a value as it is, and find nothing wrong with it."""
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and is_plain(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    return isinstance(value, bool) or (isinstance(value, str) and value != "")


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


def _copy(done: asyncio.Task[Answer], result: Future[Answer]) -> None:
    if done.cancelled():
        result.cancel()
    elif (error := done.exception()) is not None:
        result.set_exception(error)
    else:
        result.set_result(done.result())
