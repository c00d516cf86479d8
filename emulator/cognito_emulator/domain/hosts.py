"""Host names and origins that only this machine or its network can mean."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

# [RFC 6761, RFC 6762, RFC 8375], and ICANN's reservation of .internal.
PRIVATE_DOMAINS = (".localhost", ".test", ".local", ".internal", ".home.arpa")
# Addresses that no server of the internet has [RFC 1122, RFC 1918, RFC 3927, RFC 4193, RFC 4291, RFC 6598].
_PRIVATE_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/32", "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
        "::/128", "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291, section 2.4
# What Python's older lists of them lack [RFC 6890, RFC 7526, RFC 9637].
_NOT_GLOBAL = tuple(ipaddress.ip_network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_private(host: str, public_url: str | None, listening: str, listed: Iterable[str] = ()) -> bool:
    """Return whether a Host header names a host that no public DNS name reaches.

    An absent header (HTTP/1.0) is private.

    Args:
        public_url: the emulator's URL (--public-url), whose host is private too.
        listening: the name that it listens on (--host), private too.
        listed: further names (--tls-name), private too.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    public = urlsplit(public_url).hostname if public_url else None
    if "." not in name and ":" not in name:
        return True
    if name in (public, listening.lower(), *listed) or name.endswith(PRIVATE_DOMAINS):
        return True
    try:
        ipaddress.ip_address(_without_zone(name))
    except ValueError:
        return False
    return True


def hostname_of(url: str) -> str:
    """Return the host that a URL names, in lower case.

    It is empty where the URL names none or cannot be read (`http://[`).
    """
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def host_of(url: str) -> str:
    """Return the host and port that a URL names, in lower case.

    It is empty where the URL names none or cannot be read.
    """
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def base_url_of(text: str) -> str:
    """Return a base URL without a slash at the end.

    Raises:
        ValueError: it is none; the text says why.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(f"{text!r} is not a URL") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or any(c.isspace() for c in text):
        raise ValueError(f"{text!r} is not a URL that begins with http:// or https://")
    if parts.query or parts.fragment or "?" in text or "#" in text or "@" in parts.netloc:
        raise ValueError(f"{text!r} may hold no user, query or fragment")
    return text.rstrip("/")


def origin_of(text: str) -> str:
    """Return an origin as browsers write it [RFC 6454 §6.2].

    It is in lower case, without the scheme's own port.

    Raises:
        ValueError: it is no origin.
    """
    if text in ("null", "file://"):
        return text
    parts = urlsplit(text)
    written = f"{parts.scheme}://{parts.netloc}".lower()
    if not parts.scheme or not parts.hostname or "@" in parts.netloc or text.lower() not in (written, f"{written}/"):
        raise ValueError("not an origin")
    if not text.isascii() or any(c.isspace() for c in text):
        raise ValueError("not an origin")
    port = parts.port
    if port is not None and port == _DEFAULT_PORTS.get(parts.scheme):
        return written.removesuffix(f":{port}")
    return written


def is_private_origin(
    origin: str, public_url: str | None, listening: str, allowed: Iterable[str] = (), listed: Iterable[str] = ()
) -> bool:
    """Return whether a page of that origin belongs to the developer.

    It does if it is of this machine or its network, or if the origin was named.

    Apps in a native shell have their own scheme and the host localhost (`capacitor://localhost`, `tauri://localhost`);
    other schemes, such as a browser extension's, have to be named, and so has `null`.

    Args:
        public_url: the emulator's URL (--public-url), whose host is private too.
        listening: the name that it listens on (--host), private too.
        allowed: further origins (--allow-origin).
        listed: further names of this machine (--tls-name), private too.
    """
    try:
        written = origin_of(origin)
    except ValueError:
        return False
    if any(_is_same(one, written) for one in allowed):
        return True
    parts = urlsplit(written)
    name = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https"):
        return name == "localhost" or name.endswith(".localhost")
    try:
        address = ipaddress.ip_address(_without_zone(name))
    except ValueError:
        return is_private(parts.netloc, public_url, listening, listed)
    return _is_private_address(address) or name in (urlsplit(public_url or "").hostname, listening.lower(), *listed)


def is_public_address(text: str) -> bool:
    """Tell whether an IP address is on the public internet.

    Only such addresses may get requests that outsiders cause.

    Addresses that carry an IPv4 address in them are judged by that one [RFC 4291 §2.5.5, RFC 6052, RFC 3056].
    """
    try:
        address = ipaddress.ip_address(_without_zone(text))
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if carried is None and address in _NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is None:
            return address in _GLOBAL_UNICAST and address.is_global and not _is_in(address, _NOT_GLOBAL)
        address = carried
    return address.is_global and not (address.is_multicast or address.is_reserved or _is_in(address, _NOT_GLOBAL))


def is_loopback_address(text: str) -> bool:
    """Return whether an IP address is this machine's own, in whichever notation."""
    try:
        address = ipaddress.ip_address(_without_zone(text))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _without_zone(name: str) -> str:
    """Return an IPv6 address without its zone (`fe80::1%eth0`), others unchanged."""
    return name.split("%")[0] if ":" in name else name


def _is_same(named: str, written: str) -> bool:
    try:
        return origin_of(named) == written
    except ValueError:
        return False


def _is_private_address(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    known = mapped or address
    return _is_in(known, _PRIVATE_NETWORKS)


def _is_in(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network],
) -> bool:
    return any(address in network for network in networks if network.version == address.version)
