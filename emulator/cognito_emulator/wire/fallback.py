"""Answer calls of other services: by a refusal, or by what `--fallback` answers.

other service, or a path that is not the emulator's ──► origins.check ──► ports.forwarding
KMS, Secrets Manager ──► answered here what concerns Cognito, passed on what does not
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.domain.reasons import reason_of
from cognito_emulator.ports.faults import cut
from cognito_emulator.ports.forwarding import PASSED_ON, AnswerCut, CannotPassOn, Forwarder, Message
from cognito_emulator.ports.journal import API
from cognito_emulator.wire import kms, origins, secrets_manager
from cognito_emulator.wire.body import Disconnected, Receive, Send, Unread, read_body
from cognito_emulator.wire.endpoint import parse
from cognito_emulator.wire.headers import by_name
from cognito_emulator.wire.other_service import NotCognito, OtherCall, Protocol, render
from cognito_emulator.wire.recording import WHY, why_url
from cognito_emulator.wire.render import Headers

if TYPE_CHECKING:
    from cognito_emulator.world import World

requests_log = logging.getLogger("emulator.requests")
# What a request is that is not signed, at a path that the emulator does not have.
UNSIGNED = OtherCall("", Protocol.REST_JSON)


class FallbackLoop(ApiError):
    """The error for a request that was passed on before [own wording]."""

    code = "FallbackLoopException"


class FallbackUnavailable(ApiError):
    """The error for a fallback that does not answer; SDKs try again [own wording]."""

    code = "ServiceUnavailable"
    status = 503


async def answer(
    world: World, call: OtherCall, asgi: Message, receive: Receive, send: Send, *, to: Forwarder | None, cors: Headers
) -> None:
    """Pass the call on to `to`, or refuse it in its protocol where there is none."""
    started = time.perf_counter()
    error: ApiError
    try:
        if to is None:
            raise NotCognito(call.service).because("api.other-service", setting="--fallback")
        status = await _pass_on(world, call, asgi, receive, send, to)
        _log(call, asgi, status, "passed on", started)
        return
    except AnswerCut:
        await cut(asgi, receive)
        return
    except CannotPassOn as failure:
        text = f"The call was to be passed on to --fallback, and {failure}."
        error = FallbackUnavailable(text).because("api.fallback", setting="--fallback")
    except ApiError as refusal:
        error = refusal
    unread = Unread(receive, send, by_name(asgi["headers"]))
    await _refuse(world, call, asgi, unread.send, error, cors)
    _log(call, asgi, error.status, error.code, started)


async def _pass_on(world: World, call: OtherCall, asgi: Message, receive: Receive, send: Send, to: Forwarder) -> int:
    name = f"A call of {call.service}" if call.service else "A call of another service"
    origins.check(asgi["headers"], world, name)
    if PASSED_ON in by_name(asgi["headers"]):
        text = f"--fallback {to.url} leads back to an emulator that passes requests on. Name another service there."
        raise FallbackLoop(text).because("api.fallback", setting="--fallback", value=to.url)
    return await to.pass_on(asgi, receive, send)


async def _refuse(world: World, call: OtherCall, asgi: Message, send: Send, error: ApiError, cors: Headers) -> None:
    request_id = world.ids.uuid()
    headers, body = render(call.protocol, error, request_id)
    entry = world.journal.begin(
        request_id, API, asgi["method"], asgi["path"], at=world.clock.now(), commit=world.store.history.number
    )
    headers = [*headers, *cors]
    if entry is not None:
        entry.operation = call.service or "-"
        entry.query, entry.answer = asgi["query_string"], body
        entry.error, entry.text, entry.reason = error.code, error.message, reason_of(error)
        headers.append((WHY, why_url(world, entry)))
    await send({"type": "http.response.start", "status": error.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if asgi["method"] == "HEAD" else body})
    if entry is not None:
        world.journal.finish(entry, error.status)


def _log(call: OtherCall, asgi: Message, status: int, result: str, started: float) -> None:
    fields = {
        "operation": f"{call.service or 'other'}: {asgi['method']} {asgi['path']}",
        "result": result,
        "status": status,
        "ms": round((time.perf_counter() - started) * 1000, 1),
    }
    requests_log.info("request", extra={"fields": fields})


async def shared_call(
    world: World, headers: Mapping[bytes, bytes], receive: Receive
) -> tuple[OtherCall | None, Receive]:
    """Tell whether a call of KMS or Secrets Manager concerns what is not here.

    Its body is read for that; the receive function that is returned has it again.
    """
    target = headers.get(b"x-amz-target", b"").decode("latin-1")
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    module = kms if target.startswith(kms.PREFIX) else secrets_manager
    try:
        body = await read_body(receive, headers, world.settings.max_body)
    except (Disconnected, ApiError):
        return None, receive  # gone, or too large: answered as ever
    try:
        is_here = module.is_here(world, target.removeprefix(module.PREFIX), parse(body), authorization)
    except ApiError:
        is_here = True
    call = None if is_here else OtherCall(module.SERVICE, Protocol.JSON_1_1)
    return call, _again(body, receive)


def _again(body: bytes, receive: Receive) -> Receive:
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def is_shared(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether a call is of KMS or Secrets Manager, answered here in part."""
    return headers.get(b"x-amz-target", b"").decode("latin-1").startswith((kms.PREFIX, secrets_manager.PREFIX))
