"""The sockets that a server listens on."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from msgspec import Struct

from cognito_emulator.domain.server_names import EVERYWHERE

_RETRIES = 20
# This machine has no IPv6, or not on this interface.
_NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_TAKEN = (errno.EADDRINUSE, errno.EACCES) if sys.platform == "win32" else (errno.EADDRINUSE,)


_LOCALHOST = ("127.0.0.1", "::1", "0.0.0.0", "::")  # noqa: S104 - compared, not listened on


class CannotListen(Exception):
    """The host or port cannot be used; the text says why, and what to do."""


class PortTaken(CannotListen):
    def __init__(self, host: str, port: int, option: str = "port") -> None:
        variable = f"COGNITO_EMULATOR_{option.upper().replace('-', '_')}"
        super().__init__(
            f"Port {port} on {host} is taken by another program. Choose another one with --{option} {port + 1} "
            f"(or {variable}={port + 1}), or a free one with --{option} 0."
        )


class Listening(Struct, frozen=True):
    """The sockets for HTTP, and those for HTTPS if there are any."""

    plain: list[socket.socket]
    tls: list[socket.socket]

    @property
    def port(self) -> int:
        return int(self.plain[0].getsockname()[1])

    @property
    def tls_port(self) -> int | None:
        return int(self.tls[0].getsockname()[1]) if self.tls else None

    @property
    def at_localhost(self) -> bool:
        """Whether one who asks `localhost` reaches them."""
        return any(opened.getsockname()[0] in _LOCALHOST for opened in self.plain)

    def close(self) -> None:
        for opened in (*self.plain, *self.tls):
            opened.close()


def names_of_machine(host: str) -> tuple[str, ...]:
    """Return this machine's name, and its address where all are listened on.

    The address is that in the network.

    Nothing is sent to learn the address: a datagram socket that is "connected" only chooses it.
    """
    name = socket.gethostname()
    found = [name, *([] if "." in name else [f"{name}.local"])]
    if host not in EVERYWHERE:
        return tuple(found)
    for family, outside in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):  # [RFC 5737, RFC 3849]
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((outside, 9))
            found.append(str(probe.getsockname()[0]))
    return tuple(found)


def listen_on(host: str, port: int, tls_port: int | None) -> Listening:
    """Bound sockets for HTTP, and for HTTPS at `tls_port` unless that is None.

    Raises:
        PortTaken, CannotListen
    """
    plain = listen(host, port)
    try:
        return Listening(plain, [] if tls_port is None else listen(host, tls_port, "tls-port"))
    except BaseException:
        for opened in plain:
            opened.close()
        raise


def listen(host: str, port: int, option: str = "port") -> list[socket.socket]:
    """Bind sockets for `host`, all with the same port.

    "localhost" is 127.0.0.1 and, where there is IPv6, ::1.

    Args:
        port: 0 takes a free one.
        option: the setting that it comes from.

    Raises:
        PortTaken: another program listens there, if only on one of the addresses.
        CannotListen
    """
    addresses = _addresses(host)
    for _ in range(_RETRIES if port == 0 else 1):
        try:
            return _bind_all(addresses, port, skip=host == "localhost")
        except OSError as error:
            if error.errno in _TAKEN:
                continue  # the free port of the first address may be taken on the second
            reason = error.strerror or str(error)
            raise CannotListen(f"Cannot listen on {host} port {port}: {reason}.") from None
    raise PortTaken(host, port, option)


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    if host == "localhost":
        return [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise CannotListen(f"The host {host!r} is not known here: {error.strerror}.") from None
    return list(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


def _bind_all(addresses: Sequence[tuple[socket.AddressFamily, str]], port: int, *, skip: bool) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    try:
        for family, address in addresses:
            try:
                sockets.append(_bind(family, address, port))
            except OSError as error:
                if not (skip and sockets and error.errno in _NO_SUCH_ADDRESS):
                    raise
            port = port or sockets[0].getsockname()[1]
    except BaseException:
        for opened in sockets:
            opened.close()
        raise
    return sockets


def _bind(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    # The protocol is named, because asyncio sets TCP_NODELAY only on connections of a socket that names it;
    # without, every kept-alive request waits 40 ms for a delayed acknowledgement.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":  # there it would let two programs share a port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # `::` answers IPv4 too, as people expect of "all addresses"; the others are IPv6 alone.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if address == "::" else 1)
        made.bind((address, port))
    except BaseException:
        made.close()
        raise
    return made
