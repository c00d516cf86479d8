"""Host names that only this machine or its network can mean."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

# RFC 6761, RFC 6762, RFC 8375 and ICANN's reservation of .internal.
PRIVATE_DOMAINS = (".localhost", ".test", ".local", ".internal", ".home.arpa")


def is_private(host: str, public_url: str | None, listening: str) -> bool:
    """Whether a Host header names a place that no stranger's DNS can point here. An absent one (HTTP/1.0) is.

    Args:
        public_url: where the emulator is said to be (--public-url), whose host is taken too.
        listening: the name it was told to listen on (--host), taken too.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    public = urlsplit(public_url).hostname if public_url else None
    if "." not in name and ":" not in name:
        return True
    if name in (public, listening.lower()) or name.endswith(PRIVATE_DOMAINS):
        return True
    try:
        ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return True
