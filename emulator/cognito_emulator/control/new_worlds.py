"""Which request may make a world: each one that no page of a stranger has sent.

There may be a limited number of worlds, and the API is open to every page. Programs send neither Origin nor
Sec-Fetch-Site, and make a world; so do pages of this machine or its network, and the user who opens an address. What
browsers say of a request [docs: Fetch origin-header, W3C fetch-metadata] no page can change.

    Host that a stranger could have registered ──► refused: its page would be of this origin
    Origin or Referer of the developer         ──► made
    Sec-Fetch-Site none, same-origin, same-site ─► made
    opened by the user (Sec-Fetch-User)        ──► made
    any other Origin or Referer, cross-site    ──► refused

Browsers send Sec-Fetch-Site to HTTPS and to localhost alone. At another name an image of a page that also hides its
Referer cannot be told from a program's GET.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from cognito_emulator.world import World

_NEAR = ("none", "same-origin", "same-site")


def why_not(headers: Mapping[bytes, bytes], world: World) -> str | None:
    """Return why a request may not make a world, or None."""
    host = _text(headers, b"host")
    if not world.has_host(host):
        return f"A request to the host {host[:100]!r} makes no world. If it is yours, start with --public-url."
    page = _text(headers, b"origin") or _origin_of(_text(headers, b"referer"))
    if page and world.has_origin(page):
        return None
    site = _text(headers, b"sec-fetch-site")
    if site in _NEAR or _is_opened_by_user(headers) or (not page and not site):
        return None
    return (
        f"There is no such world, and a page of another site ({page[:100] or 'unnamed'}) makes none. A program's "
        "request makes it, such as that of a test's SDK; --allow-origin names further origins."
    )


def _is_opened_by_user(headers: Mapping[bytes, bytes]) -> bool:
    """Return whether the user has opened this address, by a click."""
    wanted = {b"sec-fetch-mode": "navigate", b"sec-fetch-dest": "document", b"sec-fetch-user": "?1"}
    return all(_text(headers, name) == value for name, value in wanted.items())


def _origin_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc}" if url else ""


def _text(headers: Mapping[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")
