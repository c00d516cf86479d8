"""Redirects of outgoing requests; secrets go to no other address."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

MOST = 20  # as many as common clients follow [assumed]
_TO_GET = (301, 302, 303)
_AS_IT_IS = (307, 308)
_OF_BODY = ("content-type", "content-length")


class NotFollowed(Exception):
    """A redirect without a target, or that would send a secret elsewhere.

    The text says which.
    """


class Outgoing(Struct, frozen=True, gc=False):
    """An outgoing request; names of headers are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


def is_redirect(status: int) -> bool:
    return status in _TO_GET or status in _AS_IT_IS


def following(sent: Outgoing, status: int, location: str | None) -> Outgoing:
    """Return the request that a redirect asks for [RFC 9110 §15.4].

    Raises:
        NotFollowed
    """
    try:
        url = urljoin(sent.url, location or "")
        there, here = urlsplit(url), urlsplit(sent.url)
        same = _place(url) == _place(sent.url)
    except ValueError:
        raise NotFollowed("the redirect's address cannot be read") from None
    if not location or there.scheme not in ("http", "https"):
        raise NotFollowed("the redirect leads to no http or https URL")
    if here.scheme == "https" and there.scheme == "http":
        raise NotFollowed("the redirect leads from https to http")
    headers = dict(sent.headers)
    if not same:
        headers.pop("authorization", None)
    if status in _AS_IT_IS:
        if sent.body and not same:
            raise NotFollowed("the redirect would send the form to another host")
        return Outgoing(sent.method, url, headers, sent.body)
    kept = {name: value for name, value in headers.items() if name not in _OF_BODY}
    return Outgoing("GET" if sent.method != "HEAD" else "HEAD", url, kept)


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
