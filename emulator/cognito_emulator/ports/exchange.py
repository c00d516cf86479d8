"""A request and its answer, where the connection has and takes them whole.

An application gets a request by `receive` and answers by `send`. Where these are an exchange's own methods, and nothing
lies between, the body can be taken and the answer be written by one call each (`whole_answers`). This saves a request
to the API a tenth of its processor time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Exchange:
    """One request and its answer."""

    __slots__ = ()

    def take_body(self) -> bytes | None:
        """Return the request's body, if all of it is there and nothing of it was received."""
        raise NotImplementedError

    def write(self, status: int, lines: bytes, body: bytes) -> bool:
        """Write a whole answer.

        Return False where nothing is written: then it has to be sent.

        Args:
            lines: its headers with their line ends, Content-Length among them; they are not checked.
        """
        raise NotImplementedError


def exchange_of(method: Callable[..., Any]) -> Exchange | None:
    """Return the exchange whose `receive` or `send` this is.

    None for any other function.
    """
    owner = getattr(method, "__self__", None)
    return owner if isinstance(owner, Exchange) else None
