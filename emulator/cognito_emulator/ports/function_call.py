"""One invocation of a function, its answer, and its failures."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from cognito_emulator.domain import strict_json

MAX_ANSWER = 6 * 1024 * 1024  # bytes of a synchronous invocation payload [docs: Lambda gettingstarted-limits]


class FunctionFailed(Exception):
    """The function raised, or its process ended.

    `message` is the errorMessage that Lambda reports.
    """

    def __init__(self, message: str) -> None:
        self.message = strict_json.text(message)  # it goes into an answer
        super().__init__(self.message)


class FunctionTimedOut(Exception):
    """No answer came within the limit."""


class FunctionUnreachable(Exception):
    """The function was not called.

    `code` is the error of Lambda's Invoke: ResourceNotFoundException, AccessDeniedException, ServiceException, ...
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AnswerUnreadable(Exception):
    """The answer is no JSON, or JSON that could not be sent on."""


class Call(Struct, frozen=True):
    """One invocation. `event` is JSON; `limit` the seconds left to it."""

    arn: str
    event: bytes
    request_id: str
    limit: float
    synchronous: bool = True


class Function(Protocol):
    """One function, or an endpoint with many.

    A call ends when its task is cancelled. `answers_at_once` says that an asynchronous call is answered as soon as it
    is accepted.
    """

    answers_at_once: bool

    async def __call__(self, call: Call) -> bytes:
        """Call the function and return its answer as JSON; empty if there is none.

        Raises:
            FunctionFailed, FunctionUnreachable
        """

    def stop(self) -> None:
        """Release all resources; there are no more calls."""
