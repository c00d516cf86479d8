"""Ids that are made of a source's own names, the same at every import."""

from __future__ import annotations

import hashlib
import re
from uuid import NAMESPACE_URL, uuid5

# Of a provider, in place of one that no answer shows; a mock takes any.
UNKNOWN_SECRET = "not-known"
_POOL_ID = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+")
_CLIENT_ID = re.compile(r"[\w+]{1,128}", re.ASCII)
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def is_pool_id(text: str) -> bool:
    return len(text) <= 55 and _POOL_ID.fullmatch(text) is not None


def pool_id(region: str, name: str) -> str:
    """Return the id of a user pool for its name in the source."""
    word = re.sub(r"[^0-9A-Za-z]", "", name) or "pool"
    return f"{region}_{word}"[:55]


def client_id(name: str) -> str:
    """Return the id of an app client for its name in the source."""
    return re.sub(r"[^0-9a-z_+]", "", name.lower())[:128] or "client"


def is_client_id(text: str) -> bool:
    return _CLIENT_ID.fullmatch(text) is not None


def client_secret(name: str) -> str:
    """Return the secret of an app client, which the source does not know."""
    digest = hashlib.sha512(f"client secret of {name}".encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:52])


def identity_pool_id(region: str, name: str) -> str:
    """Return the id of an identity pool for its name in the source."""
    return f"{region}:{uuid_of(name)}"


def uuid_of(name: str) -> str:
    """Return a UUID for a name in the source."""
    return str(uuid5(NAMESPACE_URL, f"cognito-emulator:{name}"))
