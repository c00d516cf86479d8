"""The headers of a request by name: the first of several values counts.

A last value would replace the one that a proxy, a browser or a guard has checked. A second value is refused for
headers that say what a request is and who may send it.
"""

from __future__ import annotations

from collections.abc import Sequence

_SINGLE = {name.lower().encode(): name for name in ("Host", "Origin", "Content-Type", "Authorization", "X-Amz-Target")}


def by_name(headers: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the first value of each header.

    Names are in lower case, as ASGI has them.
    """
    found = dict(headers)
    return found if len(found) == len(headers) else dict(reversed(headers))


def repeated(headers: Sequence[tuple[bytes, bytes]]) -> str | None:
    """Return the name of a repeated header that may occur once, or None.

    [own wording]
    """
    names = [name for name, _ in headers]
    if len(set(names)) == len(names):
        return None
    return next((shown for name, shown in _SINGLE.items() if names.count(name) > 1), None)
