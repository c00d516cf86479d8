"""One invocation of a function, how it is answered, and how it fails."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from cognito_emulator.domain import strict_json

MAX_ANSWER = 6 * 1024 * 1024  # bytes; Lambda quotas: invocation payload, synchronous


class FunctionFailed(Exception):
    """The function raised, or its process ended. `message` is the errorMessage that Lambda reports."""

    def __init__(self, message: str) -> None:
        self.message = strict_json.text(message)  # it goes into an answer
        super().__init__(self.message)


class FunctionTimedOut(Exception):
    """No answer came within the limit."""


class FunctionUnreachable(Exception):
    """The function was not called. `code` is the error of Lambda's Invoke: ResourceNotFoundException,
    AccessDeniedException, ServiceException, ..."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AnswerUnreadable(Exception):
    """The answer is no JSON, or none that could be sent on."""


class Call(Struct, frozen=True):
    """One invocation. `event` is JSON; `limit` the seconds left to it."""

    arn: str
    event: bytes
    request_id: str
    limit: float
    synchronous: bool = True


class Function(Protocol):
    """One function, or a place where many are. It gives up what it has begun when its task is cancelled.

    `answers_at_once` tells that a call which is not synchronous is answered as soon as it is taken.
    """

    answers_at_once: bool

    async def __call__(self, call: Call) -> bytes:
        """The answer as JSON; empty if there is none.

        Raises:
            FunctionFailed, FunctionUnreachable
        """

    def stop(self) -> None:
        """Release what it holds; there are no more calls."""
