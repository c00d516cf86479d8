"""The headers of a request by name: the first of several values counts.

A value that came last would win over what a proxy, a browser or a guard before us has looked at. For those headers
that say what a request is and who may send it, a second one is refused altogether.
"""

from __future__ import annotations

from collections.abc import Sequence

_SINGLE = {name.lower().encode(): name for name in ("Host", "Origin", "Content-Type", "Authorization", "X-Amz-Target")}


def by_name(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """The first value of each header; names are in lower case, as ASGI has them."""
    found = dict(headers)
    return found if len(found) == len(headers) else dict(reversed(headers))


def repeated(headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """The name of a header that may be there once and is there more often, or None. [own wording]"""
    names = [name for name, _ in headers]
    if len(set(names)) == len(names):
        return None
    return next((shown for name, shown in _SINGLE.items() if names.count(name) > 1), None)
