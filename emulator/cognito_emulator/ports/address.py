"""The address of a server: the base URL of its issuers and links.

It is fixed, unless it follows requests (`--public-url request`): then it is the scheme and the Host of the request that
is being answered, if that Host is one of this machine, its network or the settings. Other Hosts get the fixed address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

_OF_REQUEST: ContextVar[str] = ContextVar("address", default="")
_BASE = re.compile(r"https?://((?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)")
_REMEMBERED = 100


class Address:
    """The address of one server, which its worlds share.

    Args:
        fixed: the base URL without a slash at the end.
        follows: whether the address is that of each request.
        is_own: returns whether a Host header may be followed.
    """

    def __init__(self, fixed: str, *, follows: bool, is_own: Callable[[str], bool]) -> None:
        self.fixed = fixed
        self.follows = follows
        self._is_own = is_own
        self._earlier: dict[str, None] = {}

    @property
    def earlier(self) -> tuple[str, ...]:
        """The addresses that the server had before; their tokens stay valid."""
        return tuple(self._earlier)

    def change(self, fixed: str, *, follows: bool) -> None:
        """Take another address from now on."""
        if fixed != self.fixed:
            self._earlier.pop(fixed, None)
            self._earlier[self.fixed] = None
            for oldest in list(self._earlier)[:-_REMEMBERED]:
                del self._earlier[oldest]
        self.fixed, self.follows = fixed, follows

    def enter(self, scope: Mapping[str, Any]) -> None:
        """Begin a request: take its address, where requests are followed."""
        if not self.follows:
            return
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1").lower()
        base = f"{scope['scheme']}://{host}"
        _OF_REQUEST.set(base if self._is_followed(base) else "")

    def current(self) -> str:
        """Return the base URL for what is written now."""
        return (_OF_REQUEST.get() if self.follows else "") or self.fixed

    def is_own(self, base: str) -> bool:
        """Return whether a base URL is or was the server's.

        If so, it may have issued a token.
        """
        return base == self.fixed or base in self._earlier or (self.follows and self._is_followed(base))

    def _is_followed(self, base: str) -> bool:
        found = _BASE.fullmatch(base)
        return found is not None and self._is_own(found[1])
