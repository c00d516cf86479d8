"""The errors that a fault may answer with: names, statuses and texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cognito_emulator.domain.faults import (
    API,
    BAD_ANSWER,
    DELIVERY,
    FAILED,
    IDP,
    JWKS,
    PAGE,
    TIMEOUT,
    TOKEN,
    TRIGGER,
    UNDELIVERED,
    UNREACHABLE,
    Failure,
)

# Errors of every AWS service [docs: CommonErrors], and throttling, which SDKs try again by its name whether or not the
# operation's model has it.
COMMON = {
    "AccessDeniedException": 400,
    "InternalErrorException": 500,
    "InternalFailure": 500,
    "RequestExpired": 400,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
    "TooManyRequestsException": 400,
    "UnrecognizedClientException": 400,
}
_SERVER_ERRORS = {"InternalServerException": 500}  # modelled; the other modelled errors are 400
_BY_STATUS = {429: "TooManyRequestsException", 500: "InternalErrorException", 503: "ServiceUnavailable"}
# [RFC 6749 §4.1.2.1], [RFC 6749 §5.2], [RFC 6750 §3.1], [RFC 8693 §2.2.2]
OAUTH = (
    "access_denied", "invalid_client", "invalid_grant", "invalid_request", "invalid_scope", "invalid_target",
    "invalid_token", "server_error", "temporarily_unavailable", "unauthorized_client", "unsupported_grant_type",
    "unsupported_response_type",
)  # fmt: skip
_OAUTH_STATUS = {"server_error": 500, "temporarily_unavailable": 503, "invalid_token": 401}
# How a call of a function can end, and errors of Lambda's Invoke [docs: Lambda Invoke].
LAMBDA = (
    TIMEOUT, UNREACHABLE, FAILED, BAD_ANSWER, "AccessDeniedException", "EC2ThrottledException",
    "ResourceConflictException", "ResourceNotFoundException", "ServiceException", "TooManyRequestsException",
)  # fmt: skip
_THROTTLED = ("TooManyRequestsException", "ThrottlingException")
_MEMBERS = ("code", "status", "message")
_LONGEST = 1_000  # characters of a message


class BadRule(ValueError):
    """A rule that could not work; the text is a sentence for its author."""


def read(
    written: Any, targets: frozenset[str], operations: frozenset[str], modelled: Mapping[str, frozenset[str]]
) -> Failure:
    """Return the failure of a rule; a bare text is its code, a bare number its status.

    Raises:
        BadRule
    """
    if isinstance(written, str):
        written = {"code": written}
    elif isinstance(written, int) and not isinstance(written, bool):
        written = {"status": written}
    if not isinstance(written, Mapping) or not written:
        raise BadRule(f"'error' must be a name, a status, or an object with some of: {', '.join(_MEMBERS)}.")
    for name in written:
        if name not in _MEMBERS:
            raise BadRule(f"Unknown member {name!r} in 'error'; known: {', '.join(_MEMBERS)}.")
    status = written.get("status")
    if status is not None and (isinstance(status, bool) or not isinstance(status, int) or not 400 <= status <= 599):
        raise BadRule("'status' in 'error' must be a whole number from 400 to 599.")
    message = written.get("message", "")
    if not isinstance(message, str) or len(message) > _LONGEST:
        raise BadRule(f"'message' in 'error' must be a text of at most {_LONGEST} characters.")
    code = _code(written.get("code"), status, targets)
    for target in sorted(targets):
        _check(code, target, operations, modelled)
    status = status or _status(code)
    return Failure(code, status, message or _text(code, targets))


def _code(code: Any, status: int | None, targets: frozenset[str]) -> str:
    """Return the error's name: as it is written, or by the status."""
    if code is not None:
        if not isinstance(code, str):
            raise BadRule("'code' in 'error' must be a text.")
        return code
    if targets <= {PAGE, JWKS, IDP, TOKEN}:
        if status is None:
            raise BadRule("'error' needs a 'status' from 400 to 599.")
        return ""
    if targets == {DELIVERY}:
        return UNDELIVERED
    found = _BY_STATUS.get(status or 0)
    if found is None or targets != {API}:
        raise BadRule("'error' needs a 'code', the error's name.")
    return found


def _check(code: str, target: str, operations: frozenset[str], modelled: Mapping[str, frozenset[str]]) -> None:
    """Refuse a name that this target does not have."""
    if target == API:
        for name in sorted(operations & modelled.keys()):
            _check_name(code, f"an error of {name}", modelled[name] | COMMON.keys())
        if not operations:
            _check_name(code, "an error of any operation", frozenset(COMMON).union(*modelled.values()))
    elif target == TOKEN and code:
        _check_name(code, "an error of OAuth", OAUTH)
    elif target == IDP and code:
        _check_name(code, "an error of a provider", (TIMEOUT, UNREACHABLE, *OAUTH))
    elif target == TRIGGER:
        _check_name(code, "an end of a function's call", LAMBDA)
    elif target == DELIVERY:
        _check_name(code, "an error of the delivery", (UNDELIVERED,))
    elif target in (PAGE, JWKS) and code:
        raise BadRule(f"An error of the target {target} has a 'status' and a 'message', no 'code'.")


def _check_name(code: str, what: str, allowed: Iterable[str]) -> None:
    if code not in set(allowed):
        raise BadRule(f"{code[:80]!r} is not {what}; allowed: {', '.join(sorted(allowed))}.")


def _status(code: str) -> int:
    return COMMON.get(code) or _SERVER_ERRORS.get(code) or _OAUTH_STATUS.get(code, 400)


def _text(code: str, targets: frozenset[str]) -> str:
    """Return the text of an error that is written without one."""
    if API in targets and code in _THROTTLED:
        return "Rate exceeded"  # as a rate that was set is exceeded (`domain.limits`) [assumed]
    return "A fault that was asked of cognito-emulator."
