"""Pages of listings: opaque tokens, bound to the request they continue.

A token that was altered is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from cognito_emulator.domain.errors import InvalidParameter
from cognito_emulator.domain.table import Table

R = TypeVar("R")
DEFAULT_LIMIT = 60
# Prevents accidents and answers tests with forged tokens. It protects no secret.
_SECRET = b"cognito-emulator page token"
_SCAN = 2_000
_HEAD = b"\x01"


class Page(Struct, Generic[R], frozen=True, gc=False):
    """The items of one page, and the token of the next; None on the last."""

    items: list[R]
    token: str | None


def _sign(request: str, place: str) -> bytes:
    return hmac.new(_SECRET, f"{place}|{request}".encode(), hashlib.sha256).digest()[:16]


def write_token(request: str, place: int) -> str:
    """Make the token that continues `request` after `place`.

    `request` is the operation with its parameters. The token never begins with a dash, which a command line would read
    as an option.
    """
    return base64.urlsafe_b64encode(_HEAD + _sign(request, str(place)) + str(place).encode()).decode()


def read_token(request: str, token: str | None) -> int:
    """Read the place in a token of the same request; 0 without a token.

    Raises:
        InvalidParameter: the token belongs to another request, or was never issued.
    """
    if not token:
        return 0
    try:
        place = int(base64.urlsafe_b64decode(token)[len(_HEAD) + 16 :])
    except ValueError:
        raise invalid_token() from None
    # The whole text is compared: the decoder passes over characters that are not its own.
    if not hmac.compare_digest(token.encode(), write_token(request, place).encode()):
        raise invalid_token()
    return place


def invalid_token() -> InvalidParameter:
    return InvalidParameter("Invalid pagination token.").because("api.pagination-token")


def page_of(
    table: Table[R],
    index: str,
    value: Hashable,
    request: str,
    limit: int | None,
    token: str | None,
    accept: Callable[[R], bool] | None = None,
) -> Page[R]:
    """Return a page of an index, in order of creation.

    The cost depends on the page, not on the table. Under concurrent change, records that stay are listed once. With
    `accept`, at most a few thousand records are read. A page may then be short and still have a token
    [docs: ListUsers].
    """
    last = read_token(request, token)
    return _page(table.after(index, value, last), last, request, limit, accept)


def page_across(
    tables: Sequence[Table[Any]],
    index: str,
    value: Hashable,
    request: str,
    limit: int | None,
    token: str | None,
    accept: Callable[[Any], bool] | None = None,
) -> Page[Any]:
    """Return a page, as `page_of` does, across several tables.

    It goes through the index of that name in one table after the other.
    """
    last = read_token(request, token)
    first, count = last % len(tables), len(tables)

    def rows() -> Iterator[tuple[int, Any]]:
        for at in range(first, count):
            for seq, record in tables[at].after(index, value, last // count if at == first else 0):
                yield seq * count + at, record

    return _page(rows(), last, request, limit, accept)


def _page(
    rows: Iterable[tuple[int, R]], last: int, request: str, limit: int | None, accept: Callable[[R], bool] | None
) -> Page[R]:
    size = limit or DEFAULT_LIMIT
    items: list[R] = []
    looked_at = 0
    for place, record in rows:
        if len(items) == size or looked_at == _SCAN:
            return Page(items, write_token(request, last))
        looked_at += 1
        last = place
        if accept is None or accept(record):
            items.append(record)
    return Page(items, None)


def slice_of(records: Sequence[R], request: str, limit: int | None, token: str | None) -> Page[R]:
    """Return a page of a short list that is already ordered."""
    start, size = read_token(request, token), limit or DEFAULT_LIMIT
    items = list(records[start : start + size])
    more = start + size < len(records)
    return Page(items, write_token(request, start + size) if more else None)
