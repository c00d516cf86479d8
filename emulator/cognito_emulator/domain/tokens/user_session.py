"""Sessions of signed-in users as session tracking shows them: one token session for each refresh family."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from cognito_emulator.domain.tokens.token import RefreshFamily

MAX_LISTED = 125
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
    """DeviceType: operating system and program read off a User-Agent header; `unknown` if it names neither."""
    found = [
        next((name for name, mark in marks if re.search(mark, user_agent)), None) for marks in (_SYSTEMS, _PROGRAMS)
    ]
    return ", ".join(name for name in found if name) or "unknown"


def active(families: Iterable[RefreshFamily], now: float) -> list[RefreshFamily]:
    """The tracked sign-ins that are neither revoked nor over, least recently used first."""
    alive = [f for f in families if f.session_id and not (f.revoked or f.forgotten) and f.expires > now]
    return sorted(alive, key=lambda family: family.active)


def surplus(families: Iterable[RefreshFamily], now: float, limit: int) -> list[RefreshFamily]:
    """The sessions that have to go before one more begins: the least recently used (API reference, MaxPerUser)."""
    alive = active(families, now)
    return alive[: max(len(alive) - limit + 1, 0)]
