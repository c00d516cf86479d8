"""Functions for Lambda triggers: Python callables in the world's router that record the events they were given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cognito_emulator.ports.lambda_callable import CallableFunction
from tests.helpers.harness import Running

ACCOUNT = "000000000000"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0f0f0f0f-0000-4000-8000-000000000000"
Event = dict[str, Any]


def arn(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"


class Functions:
    """What a pool's functions do, and what they were told.

        functions = Functions(running, PreAuthentication=None, DefineAuthChallenge=define)

    A value is a callable of the event that changes its `response` in place (or raises); None does nothing.
    `functions.config` is the pool's LambdaConfig; `functions.events` are the events in order.
    """

    def __init__(self, running: Running, **handlers: Callable[[Event], Any] | None) -> None:
        self.events: list[Event] = []
        self.config: dict[str, Any] = {}
        for name, handler in handlers.items():
            running.world.triggers.bind(arn(name), CallableFunction(self._recording(handler)))
            self.config[name] = arn(name)

    def _recording(self, handler: Callable[[Event], Any] | None) -> Callable[[Event, Any], Event]:
        def called(event: Event, _context: Any) -> Event:
            import copy

            self.events.append(copy.deepcopy(event))
            if handler is not None:
                handler(event)
            return event

        return called

    def sources(self) -> list[str]:
        return [event["triggerSource"] for event in self.events]

    def told(self, source: str) -> Event:
        """The newest event of that triggerSource."""
        return [event for event in self.events if event["triggerSource"] == source][-1]


def raising(message: str) -> Callable[[Event], None]:
    """A function that refuses."""

    def handler(_event: Event) -> None:
        raise ValueError(message)

    return handler


def answering(**response: Any) -> Callable[[Event], None]:
    """A function that sets these fields of the response."""

    def handler(event: Event) -> None:
        event["response"].update(response)

    return handler
