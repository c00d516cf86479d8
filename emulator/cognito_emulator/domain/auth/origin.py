"""The origin of a request: the connection's address, and the client's data.

EncodedData is made by AWS's collection libraries and documented as opaque [docs: UserContextDataType]. Those of Amplify
for Swift and Android are public [observed: aws-amplify/amplify-android, aws-amplify/amplify-swift]: base64 of JSON,
whose `payload` is JSON again with `contextData`. Data of that form is read; any other is ignored. Every client has the
key of its signature, so that the signature proves nothing and is not checked.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import errors, strict_json

LONGEST_AGENT = 1024  # characters of a User-Agent; a longer one is cut, since every event of a user keeps one
_LONGEST = 256  # characters of one fact
_LONGEST_ENCODED = 65_536
_ZONE = re.compile(r"[\w.~-]{1,32}", re.ASCII)


class Fingerprint(Struct, frozen=True, gc=False):
    """The contents of EncodedData: `device` is the device's id, `name` its name.

    The id stays the same on one device.
    """

    device: str = ""
    name: str = ""
    timezone: str = ""


NO_FINGERPRINT = Fingerprint()


class Origin(Struct, frozen=True, gc=False):
    """The client's address, its User-Agent, and its fingerprint if it sends one."""

    ip: str = ""
    agent: str = ""
    fingerprint: Fingerprint = NO_FINGERPRINT


NOWHERE = Origin()


def device_of(agent: str, fingerprint: Fingerprint) -> str:
    """Return what two requests of one device have in common."""
    return fingerprint.device or device_type(agent)


def device_name(agent: str, fingerprint: Fingerprint) -> str:
    """Return DeviceName of an event."""
    return fingerprint.name or device_type(agent)


def address(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an IP address; None if the text is none.

    An IPv4 address in the form of IPv6 is returned as IPv4. An IPv6 address may have a zone [RFC 4007 §11], which is
    ignored. It has to be an interface's name or number, since a notice shows the address.
    """
    told, percent, zone = text.partition("%")
    try:
        found = ip_address(told)
    except ValueError:
        return None
    if percent and (found.version == 4 or _ZONE.fullmatch(zone) is None):
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def checked_address(text: str) -> str:
    """Return IpAddress as the client sent it.

    Raises:
        InvalidParameter: "check that ... the IPaddress parameter is a valid IPv4 or IPv6 address"
            [docs: cognito-user-pool-settings-adaptive-authentication; own wording].
    """
    if address(text) is None:
        raise errors.InvalidParameter("IpAddress must be a valid IPv4 or IPv6 address.").because("api.ip-address")
    return text


def read_fingerprint(encoded: str | None) -> Fingerprint:
    """Read EncodedData, as far as it can be read."""
    if not encoded or len(encoded) > _LONGEST_ENCODED:
        return NO_FINGERPRINT
    try:
        outer = strict_json.decode(base64.b64decode(encoded, validate=False))
        told = outer["payload"] if isinstance(outer, dict) else None
        payload = strict_json.decode(told) if isinstance(told, str) else None
        facts = payload["contextData"] if isinstance(payload, dict) else None
    except (ValueError, KeyError, TypeError):
        return NO_FINGERPRINT
    if not isinstance(facts, dict):
        return NO_FINGERPRINT
    return Fingerprint(_fact(facts, "DeviceId"), _fact(facts, "DeviceName"), _fact(facts, "ClientTimezone"))


def _fact(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST else ""


_SYSTEMS = (
    ("iOS", "iPhone|iPad|iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X|Macintosh|macOS|Darwin"),
    ("Linux", "Linux|linux"),
)
# In this order: Edge and Opera name Chrome too, and Chrome names Safari.
_PROGRAMS = (
    ("Edge", "Edg/"),
    ("Opera", "OPR/"),
    ("Firefox", "Firefox/"),
    ("Chrome", "Chrome/"),
    ("Safari", "Safari/"),
    ("AWS CLI", "aws-cli/"),
    ("Boto3", "Boto3/|Botocore/"),
    ("AWS SDK for JavaScript", "aws-sdk-js|aws-amplify"),
    ("AWS SDK for Java", "aws-sdk-java"),
    ("Node.js", "node"),
)


@lru_cache(maxsize=256)
def device_type(user_agent: str) -> str:
    """Return DeviceType: operating system and program in a User-Agent header.

    It is `unknown` if the header names neither.
    """
    found = [
        next((name for name, mark in marks if re.search(mark, user_agent)), None) for marks in (_SYSTEMS, _PROGRAMS)
    ]
    return ", ".join(name for name in found if name) or "unknown"
