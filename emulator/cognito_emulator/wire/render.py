"""Answers on the wire: JSON bodies and headers in the service's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.json import Encoder

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.wire.validate import SerializationError

CONTENT_TYPE = b"application/x-amz-json-1.1"
Headers = list[tuple[bytes, bytes]]
_LONGEST_LINE = 1024
# On every actual answer, errors included [assumed].
CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
]


class Document(dict[str, Any]):
    """A JSON document of the client's, sent back unchanged, nulls included."""


def body(answer: Mapping[str, Any]) -> bytes:
    """Return an answer as JSON; members that are None are left out, never null.

    Few answers have such a member, or a text that looks like one, so that they are encoded before it is looked for.
    """
    try:
        written = _encode(answer)
    except TypeError:  # a mapping that is no dict
        return _encode(_present(answer))
    return _encode(_present(answer)) if b":null" in written else written


_encode = Encoder().encode


def _present(value: Any) -> Any:
    # Most values are scalars, most structures dicts: a check for any Mapping costs ten times as much.
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_present(item) for item in value]
    if isinstance(value, (dict, Mapping)):
        if type(value) is Document:
            return value
        return {name: _present(item) for name, item in value.items() if item is not None}
    return value


def error_body(error: ApiError) -> bytes:
    """Return an error as `{"__type": …, "message": …}`.

    Only the serialization error has `Message` [observed: aws-amplify/amplify-js#4738].
    """
    if not error.message:
        return _encode({"__type": error.code})
    name = "Message" if isinstance(error, SerializationError) else "message"
    return _encode({"__type": error.code, name: error.message})


def headers(request_id: str, length: int, error: ApiError | None = None) -> Headers:
    """Return the headers of an answer.

    Browsers' SDKs read the error's name from x-amzn-errortype first.
    """
    found: Headers = [
        (b"content-type", CONTENT_TYPE),
        (b"content-length", str(length).encode()),
        (b"x-amzn-requestid", request_id.encode()),
    ]
    if error is not None:
        found.append((b"x-amzn-errortype", f"{error.code}:".encode()))
        line = _line(error.message)
        if line:
            found.append((b"x-amzn-errormessage", line))
    return found


_LINES = b"".join(
    name + b": " + value + b"\r\n"
    for name, value in (
        (b"content-type", CONTENT_TYPE),
        (b"content-length", b"%d"),
        (b"x-amzn-requestid", b"%b"),
        *CORS,
    )
)


def lines(request_id: str, length: int) -> bytes:
    """Return `headers` and `CORS` of an answer that is no error, as they are written."""
    return _LINES % (length, request_id.encode())


def _line(text: str) -> bytes:
    """Return a text as a header's value: one line of ASCII, of limited length.

    Clients refuse longer headers (Node: 16 KiB in all). The text may quote the request with its control characters,
    which no header may have.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:_LONGEST_LINE]).split())
    return line.encode("ascii", "replace")
