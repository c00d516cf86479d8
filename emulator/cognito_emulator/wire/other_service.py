"""Recognize calls of other AWS services, and refuse each in its own protocol.

An SDK whose AWS_ENDPOINT_URL is the emulator sends the calls of all its services here. The signature names the service;
an unsigned call is another service's if it is in the Query protocol, as AssumeRoleWithWebIdentity of STS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import Enum
from urllib.parse import unquote

from msgspec import Struct

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.wire import kms, secrets_manager
from cognito_emulator.wire.model import SERVICES
from cognito_emulator.wire.regions import is_endpoint
from cognito_emulator.wire.registry import service_of_prefix
from cognito_emulator.wire.render import Headers

_FORM = b"application/x-www-form-urlencoded"
# Credential=<access key>/<date>/<Region>/<service>/aws4_request; a signature for many Regions names none.
_SIGNED_FOR = re.compile(r"Credential=[^,\s]*?/\d{8}/(?:[a-z0-9-]+/)?([A-Za-z0-9._-]+)/aws4_request")
_XML_SERVICES = frozenset({"s3", "s3express", "s3-outposts", "s3-object-lambda", "cloudfront", "route53"})
_CBOR = b"rpc-v2-cbor"


class Protocol(Enum):
    """The protocols of AWS's services [docs: Smithy aws-protocols]."""

    JSON_1_0 = "application/x-amz-json-1.0"
    JSON_1_1 = "application/x-amz-json-1.1"
    REST_JSON = "application/json"
    CBOR = "application/cbor"
    QUERY = "text/xml"
    EC2 = "text/xml; charset=utf-8"
    REST_XML = "application/xml"
    S3 = "application/xml; charset=utf-8"


class OtherCall(Struct, frozen=True):
    """A call of another service; `service` is "" if it is not signed."""

    service: str
    protocol: Protocol


class NotCognito(ApiError):
    """The refusal of a call of another service [own wording]."""

    code = "NotCognitoException"

    def __init__(self, service: str) -> None:
        what = f"service {service!r}" if service else "this call's service"
        super().__init__(
            f"cognito-emulator answers Amazon Cognito only, and {what} is another one. Set "
            f"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER and AWS_ENDPOINT_URL_COGNITO_IDENTITY to its URL in place of "
            f"AWS_ENDPOINT_URL, or start it with --fallback URL to have the calls of other services passed on."
        )


def find(method: str, path: str, headers: Mapping[bytes, bytes], query: bytes) -> OtherCall | None:
    """Return what another service's call is, or None for any other request."""
    if path.startswith("/_") or is_own_target(headers):
        return None
    service = _signed_for(headers, query)
    if service in SERVICES:
        return None
    kind = _kind(headers)
    if not service and not (method == "POST" and kind == _FORM and is_endpoint(path)):
        return None
    return OtherCall(service, _protocol(service, kind, headers, query))


def is_own_target(headers: Mapping[bytes, bytes]) -> bool:
    """Tell whether X-Amz-Target is of a service that is answered here, or in part."""
    target = headers.get(b"x-amz-target", b"").decode("latin-1")
    return service_of_prefix(target.partition(".")[0]) is not None or target.startswith(
        (kms.PREFIX, secrets_manager.PREFIX)
    )


def _kind(headers: Mapping[bytes, bytes]) -> bytes:
    return headers.get(b"content-type", b"").split(b";")[0].strip().lower()


def _signed_for(headers: Mapping[bytes, bytes], query: bytes) -> str:
    """Return the service in the signature, of a header or the query; else ""."""
    authorization = headers.get(b"authorization", b"")
    if authorization.startswith(b"AWS4-"):
        found = _SIGNED_FOR.search(authorization.decode("latin-1"))
    elif b"X-Amz-Credential=" in query:
        found = _SIGNED_FOR.search(unquote(query.decode("latin-1")).replace("&", ","))
    else:
        return ""
    return found[1] if found else ""


def _protocol(service: str, kind: bytes, headers: Mapping[bytes, bytes], query: bytes) -> Protocol:
    if headers.get(b"smithy-protocol") == _CBOR:
        return Protocol.CBOR
    for protocol in (Protocol.JSON_1_0, Protocol.JSON_1_1):
        if kind == protocol.value.encode():
            return protocol
    if kind == _FORM or query.startswith(b"Action=") or b"&Action=" in query:
        return Protocol.EC2 if service == "ec2" else Protocol.QUERY
    if service in _XML_SERVICES:
        return Protocol.S3 if service.startswith("s3") else Protocol.REST_XML
    return Protocol.REST_JSON


def render(protocol: Protocol, error: ApiError, request_id: str) -> tuple[Headers, bytes]:
    """Return the headers and the body of an error in a service's protocol."""
    body = _body(protocol, error, request_id)
    headers: Headers = [
        (b"content-type", protocol.value.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-requestid", request_id.encode()),
    ]
    if protocol in (Protocol.JSON_1_0, Protocol.JSON_1_1, Protocol.REST_JSON):
        headers.append((b"x-amzn-errortype", error.code.encode()))
    if protocol is Protocol.CBOR:
        headers.append((b"smithy-protocol", _CBOR))
    if protocol is Protocol.S3:
        headers.append((b"x-amz-request-id", request_id.encode()))
    return headers, body


def _body(protocol: Protocol, error: ApiError, request_id: str) -> bytes:
    if protocol is Protocol.CBOR:
        return b"\xa2" + b"".join(map(_cbor_text, ("__type", error.code, "message", error.message)))
    if protocol in (Protocol.JSON_1_0, Protocol.JSON_1_1, Protocol.REST_JSON):
        return json.dumps({"__type": error.code, "message": error.message}).encode()
    from xml.sax.saxutils import escape  # not at the start: it brings urllib.request along

    code, text = f"<Code>{escape(error.code)}</Code>", f"<Message>{escape(error.message)}</Message>"
    named = f"<RequestId>{request_id}</RequestId>"
    if protocol is Protocol.S3:
        xml = f"<Error>{code}{text}{named}</Error>"
    elif protocol is Protocol.EC2:
        xml = f"<Response><Errors><Error>{code}{text}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    else:
        xml = f"<ErrorResponse><Error><Type>Sender</Type>{code}{text}</Error>{named}</ErrorResponse>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}'.encode()


def _cbor_text(text: str) -> bytes:
    """Return a text string in CBOR, of at most 65,535 bytes [RFC 8949 §3]."""
    content = text.encode()
    size = len(content)
    return (bytes([0x60 + size]) if size < 24 else b"\x79" + size.to_bytes(2, "big")) + content
