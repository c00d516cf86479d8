"""The names of a server, for its certificates and for what it answers to.

This is the one list of them:

    localhost, *.auth.localhost, 127.0.0.1, ::1                    every server
    host.docker.internal and its kin, the machine's name           containers, and machines of the network
    the hosts of --host and --public-url, and each --tls-name      as the settings say
    cognito-idp.<region>.amazonaws.com, likewise cognito-identity  the API's real names, also those for IPv6 (.api.aws)
    cognito-identity.amazonaws.com                                 the issuer of identity pools
    <prefix>.auth.<region>.amazoncognito.com                       the real names of prefix domains
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

from cognito_emulator.domain.hosts import hostname_of

OWN = ("localhost", "*.auth.localhost", "127.0.0.1", "::1")
# How containers name their machine [docs: Docker networking, Podman podman-run, Testcontainers networking].
OF_CONTAINERS = ("host.docker.internal", "host.containers.internal", "host.testcontainers.internal")
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - compared, not listened on
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_LONGEST = 253  # characters [RFC 1035 §2.3.4]
_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}"
_PREFIX_DOMAIN = re.compile(rf"[a-z0-9-]+\.(auth(?:-fips)?\.{_REGION}\.amazoncognito\.com)")
# As in botocore's endpoint-rule-set-1 [model: endpoints].
_SUFFIX = r"(?:amazonaws\.com(?:\.cn)?|api\.aws)"
_API = re.compile(
    rf"(?:issuer-)?cognito-(?:idp|identity)(?:-fips)?\.{_REGION}\.{_SUFFIX}|cognito-identity\.amazonaws\.com"
)


def name_of(text: str) -> str:
    """Return a host name or address as certificates have it.

    It is in lower case, without brackets or a zone.

    Raises:
        ValueError: it is neither.
    """
    bare = text.strip().removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare.split("%")[0]))
    except ValueError:
        pass
    name = (bare if bare.isascii() else bare.encode("idna").decode()).lower().rstrip(".")
    if _NAME.fullmatch(name) is None or len(name) > _LONGEST:
        raise ValueError(f"{text!r} is not a host name or address")
    return name


def own_names(host: str, public_url: str | None, machine: Iterable[str], listed: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the server's own certificate, localhost first.

    Args:
        host: the name or address that it listens on (--host).
        public_url: the URL under which clients reach it (--public-url).
        machine: names and addresses of this machine.
        listed: further names (--tls-name).
    """
    stated = (host if host not in EVERYWHERE else "", hostname_of(public_url or ""), *machine, *listed)
    return tuple(dict.fromkeys((*OWN, *OF_CONTAINERS, *_valid(stated))))


def _valid(names: Iterable[str]) -> Iterable[str]:
    """Yield the names that a certificate can have: a machine may be called anything."""
    for name in names:
        try:
            yield name_of(name)
        except ValueError:
            continue


def amazon_certificate(name: str) -> str | None:
    """Return the name in a certificate for one of Amazon's names; None for others.

    Prefix domains of a Region share one.
    """
    prefix = _PREFIX_DOMAIN.fullmatch(name)
    if prefix:
        return f"*.{prefix[1]}"
    return name if _API.fullmatch(name) else None
