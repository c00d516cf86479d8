"""`POST /`, and `POST /<region>`: one AWS JSON 1.1 request.

The steps are in AWS's order:

target and content type -> operation -> JSON -> credentials -> constraints -> handler -> answer
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.auth.origin import LONGEST_AGENT
from cognito_emulator.domain.errors import ApiError, InternalError, NotImplementedHere
from cognito_emulator.domain.reasons import reason_of
from cognito_emulator.logs import request_line
from cognito_emulator.ports.exchange import exchange_of
from cognito_emulator.ports.faults import Dropped, begin, cut, header
from cognito_emulator.ports.journal import API, LONGEST_BODY, Entry
from cognito_emulator.wire import faults, kms, origins, patterns, render, secrets_manager
from cognito_emulator.wire.body import Disconnected, Receive, Send, read_body
from cognito_emulator.wire.credentials import InvalidSignature, scope
from cognito_emulator.wire.metrics import note_call
from cognito_emulator.wire.model import IDP, OPTIONALLY_SIGNED, OperationModel, Service
from cognito_emulator.wire.recording import WHY, why_url
from cognito_emulator.wire.regions import told
from cognito_emulator.wire.registry import Caller, call, find_model, prepare, service_of_prefix
from cognito_emulator.wire.validate import SerializationError

if TYPE_CHECKING:
    from cognito_emulator.world import World

Scope = MutableMapping[str, Any]
_BYTE_ORDER_MARK = "\ufeff".encode()

requests_log = logging.getLogger("emulator.requests")
log = logging.getLogger("emulator")


class UnknownOperation(ApiError):
    """The error without a text for an unknown operation."""

    code = "UnknownOperationException"

    def __init__(self) -> None:
        super().__init__("")


class _Seen(Struct):
    """The facts for the log line of a request."""

    operation: str = "-"
    service: str = ""
    input: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None


async def endpoint(world: World, asgi: Scope, headers: Mapping[bytes, bytes], receive: Receive, send: Send) -> None:
    """Answer one request; every outcome is a JSON answer with AWS's headers."""
    started = time.perf_counter()
    request_id = world.ids.uuid()
    entry = world.journal.begin(
        request_id, API, "POST", asgi["path"], at=world.clock.now(), commit=world.store.history.number
    )
    seen = _Seen()
    struck = begin() if world.faults else None
    error: ApiError | None = None
    status = 200
    body = b""
    try:
        body = await read_body(receive, headers, world.settings.max_body)
        if _is_generic(headers.get(b"content-type", b"")):
            payload = _GENERIC_UNKNOWN
        else:
            payload = render.body(await _answer(world, asgi, headers, body, seen))
    except Disconnected:
        return
    except Dropped:
        await _drop(world, asgi, receive, entry, seen)
        return
    except ApiError as raised:
        error = raised
    except Exception:
        log.exception("%s failed", seen.operation)
        error = InternalError("Something went wrong.")
    if world.keeper is not None:
        error = await _unkept(world) or error
    if error is not None:
        payload, status = render.error_body(error), error.status
    _count(world, seen, error)
    if entry is not None:
        _enter(entry, seen, body, payload, error)
    exchange = exchange_of(send) if error is None and not struck else None
    if exchange is None or not exchange.write(200, render.lines(request_id, len(payload)), payload):
        headers_sent = render.headers(request_id, len(payload), error) + render.CORS
        headers_sent += _own_headers(world, entry, error, struck)
        await send({"type": "http.response.start", "status": status, "headers": headers_sent})
        await send({"type": "http.response.body", "body": payload})
    if entry is not None:
        world.journal.finish(entry, status)
    if requests_log.isEnabledFor(logging.INFO):
        _log_request(seen, error, status, time.perf_counter() - started)


def _is_generic(content_type: bytes) -> bool:
    """Tell whether a request is in the generic JSON protocol.

    Its answer is 200 with an error inside [assumed].

    Raises:
        UnknownOperation: it is in no protocol of the service.
    """
    if content_type == render.CONTENT_TYPE:
        return False
    kind = content_type.split(b";")[0].strip().lower()
    if kind == b"application/json":
        log.warning("Content-Type is application/json; the service wants application/x-amz-json-1.1")
        return True
    if kind != render.CONTENT_TYPE:
        raise UnknownOperation
    return False


def _count(world: World, seen: _Seen, error: ApiError | None) -> None:
    """Count the call in the metrics of user pools."""
    if seen.input is not None and seen.service == IDP:
        note_call(world, seen.operation, seen.input, seen.answer, error.code if error is not None else "")


def _own_headers(world: World, entry: Entry | None, error: ApiError | None, struck: list[str] | None) -> render.Headers:
    """Return the headers that AWS does not have: a refusal's cause, and the faults."""
    why = [(WHY, why_url(world, entry))] if entry is not None and error is not None else []
    return [*why, header(struck)] if struck else why


async def _drop(world: World, asgi: Scope, receive: Receive, entry: Entry | None, seen: _Seen) -> None:
    """Cut the connection; the journal has an entry without an answer."""
    if entry is not None:
        _enter(entry, seen, b"", b"", None)
        world.journal.finish(entry, 0)
    await cut(asgi, receive)


async def _unkept(world: World) -> ApiError | None:
    """Wait until what the request has changed is kept; return the error if it fails."""
    try:
        await world.kept()
    except ApiError as error:
        return error
    return None


def _enter(entry: Entry, seen: _Seen, body: bytes, payload: bytes, error: ApiError | None) -> None:
    """Write into the journal's entry what was asked and answered."""
    entry.operation = seen.operation
    entry.answer = payload
    entry.body = body[:LONGEST_BODY] if seen.input is None else body
    if error is not None:
        entry.error, entry.text, entry.reason = error.code, error.message, reason_of(error)


_GENERIC_UNKNOWN = (
    b'{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":null},"Version":"1.0"}'
)


async def _answer(
    world: World, asgi: Scope, headers: Mapping[bytes, bytes], body: bytes, seen: _Seen
) -> Mapping[str, Any]:
    if patterns.may_need_engine(body):
        await asyncio.to_thread(patterns.load_engine)
    value = parse(body)
    target = headers.get(b"x-amz-target", b"")
    if target not in TARGETS:
        if (answer := _answer_other(world, asgi, headers, value, seen)) is not None:
            return answer
        await prepare(*_named(target, seen))
    service, model = _target(target, seen)
    seen.service = service
    if isinstance(value, dict):
        seen.input = value
    is_signed = model.signed and (b"authorization" in headers or model.name not in OPTIONALLY_SIGNED)
    if is_signed and b"origin" in headers:
        origins.check(asgi["headers"], world, model.name)
    caller = _caller(world, asgi, headers, service, model)
    if world.faults:
        await faults.strike(world, model, value, caller.region)
    seen.answer = answer = await call(world, service, model.name, value, caller)
    return answer


def _answer_other(
    world: World, asgi: Scope, headers: Mapping[bytes, bytes], value: Any, seen: _Seen
) -> Mapping[str, Any] | None:
    """Answer a call of the services that are there in part; None for any other call."""
    target = headers.get(b"x-amz-target", b"").decode("latin-1")
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    if target.startswith(kms.PREFIX):
        name = target.removeprefix(kms.PREFIX)
        seen.operation = f"kms:{name}"[:64]
        origins.check(asgi["headers"], world, seen.operation)
        return kms.answer(world, name, value, authorization)
    if target.startswith(secrets_manager.PREFIX):
        name = target.removeprefix(secrets_manager.PREFIX)
        seen.operation = f"secretsmanager:{name}"[:64]
        origins.check(asgi["headers"], world, seen.operation)
        return secrets_manager.answer(world, name, value, authorization)
    return None


def parse(body: bytes) -> Any:
    """Return the JSON of a request.

    An empty body is an empty input, and so is `null`: "Expected map or null" [observed: aws-amplify/amplify-js#4738].

    Raises:
        SerializationError: it is not JSON in UTF-8, holds text that is not Unicode, or too many values
            [own wording].
    """
    if not body.strip():
        return {}
    if body.startswith(_BYTE_ORDER_MARK):
        raise SerializationError("")
    try:
        value = strict_json.decode(body, infinite=True)  # `validate` refuses such a number in AWS's words
    except strict_json.TooManyValues as error:
        log.warning("A request is refused unread: %s", error)
        raise SerializationError("") from None
    except ValueError:
        raise SerializationError("") from None
    return {} if value is None else value


# The values of X-Amz-Target that name operations of the model; those that have been called.
TARGETS: dict[bytes, tuple[Service, str]] = {}


def _target(target: bytes, seen: _Seen) -> tuple[Service, OperationModel]:
    """Return what X-Amz-Target names.

    Raises:
        UnknownOperation
    """
    known = TARGETS.get(target)
    service, name = known or _named(target, seen)
    seen.operation = name
    model = find_model(service, name)
    if model is None:
        seen.operation = "-"
        raise UnknownOperation
    if known is None:
        TARGETS[target] = service, name
    return service, model


def _named(target: bytes, seen: _Seen) -> tuple[Service, str]:
    prefix, _, name = target.decode("latin-1").partition(".")
    service = service_of_prefix(prefix)
    if service is None:
        raise UnknownOperation
    seen.operation = name
    return service, name


def _caller(
    world: World, asgi: Scope, headers: Mapping[bytes, bytes], service: Service, model: OperationModel
) -> Caller:
    account, region = world.settings.account, world.settings.region
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    if model.signed and (authorization or model.name not in OPTIONALLY_SIGNED):
        account, region, signed_for = scope(authorization, account)
        if signed_for != service:
            text = f"Credential should be scoped to correct service: '{service}'."
            raise InvalidSignature(text)
    client = asgi.get("client")
    agent = headers.get(b"user-agent", b"")[:LONGEST_AGENT].decode("latin-1")
    host = "" if authorization else headers.get(b"host", b"").decode("latin-1")
    there = "" if authorization else told(asgi["path"], host)
    ip = client[0] if client else "127.0.0.1"
    return Caller(account, region, ip, agent, signed=bool(authorization), told=there)


def _log_request(seen: _Seen, error: ApiError | None, status: int, seconds: float) -> None:
    told = seen.input or {}
    parameters = told.get("AuthParameters") or told.get("ChallengeResponses")
    user = told.get("Username") or (parameters.get("USERNAME") if isinstance(parameters, dict) else None)
    named = {"pool": told.get("UserPoolId"), "client": told.get("ClientId"), "user": user}
    fields: dict[str, Any] = {"operation": seen.operation}
    for name, value in named.items():
        if value is not None:
            fields[name] = value
    fields["result"] = error.code if error else "ok"
    fields["status"] = status
    fields["ms"] = round(seconds * 1000, 1)
    reason = reason_of(error) if error else None
    if reason is not None:
        fields["why"] = reason.rule
    if isinstance(error, NotImplementedHere) or (error is not None and error.status >= 500):
        fields["message"] = error.message
    request_line(requests_log, logging.INFO, fields)
