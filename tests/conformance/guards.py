"""What the kit never sends, to AWS or to anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# RFC 2606 keeps example.com free of mailboxes; numbers 555-01xx are never given out.
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_HARMLESS = re.compile(r"(?i)[^@\s]+@(?:[\w-]+\.)*example\.(?:com|net|org)")
_PHONE = re.compile(r"\+\d{7,15}")
_FICTIONAL = re.compile(r"\+1\d{3}55501\d\d")
_READS = ("Describe", "Get", "List", "AdminGet", "AdminList")
_SEEING = ("ListUserPools", "ListIdentityPools")
_SENDING = ("ForgotPassword", "ResendConfirmationCode", "AdminResetUserPassword", "GetUserAttributeVerificationCode")


class Unsafe(Exception):
    """A scenario would send something that a run against AWS must not send."""


def check(operation: str, members: Mapping[str, Any], made: set[str]) -> None:
    """Refuse a call that could reach people, or touch what the kit did not make.

    `made` holds the ids of the pools and identity pools of this run.

    Raises:
        Unsafe
    """
    for text in _texts(members):
        if _ADDRESS.fullmatch(text) and not _HARMLESS.fullmatch(text):
            raise Unsafe(f"{operation}: {text} could be a real address; use one of example.com")
        if _PHONE.fullmatch(text) and not _FICTIONAL.fullmatch(text):
            raise Unsafe(f"{operation}: {text} could be a real number; use one like +12065550100")
    if operation == "AdminCreateUser" and members.get("MessageAction") != "SUPPRESS":
        raise Unsafe("AdminCreateUser sends an invitation without MessageAction SUPPRESS")
    if operation in _SEEING:
        raise Unsafe(f"{operation} shows, and would record, pools that are not the kit's")
    if operation in _SENDING:
        raise Unsafe(f"{operation} sends a message")
    pool = members.get("UserPoolId") or members.get("IdentityPoolId")
    if pool and pool not in made and not operation.startswith(_READS) and not _is_made_up(pool):
        raise Unsafe(f"{operation}: {pool} was not made by this run")


def _is_made_up(pool: str) -> bool:
    """Whether an id is one that a scenario made up to be refused."""
    return pool.endswith(("_NoSuchPool", "_nosuchpool")) or "_" not in pool


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
