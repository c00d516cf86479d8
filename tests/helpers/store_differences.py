"""Compare two states of a store."""

from __future__ import annotations

from typing import Any

from msgspec.structs import fields, replace

from cognito_emulator.domain.auth.code import CHANGE, PendingCode
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.clients.cimd_policy import CachedDocument
from cognito_emulator.domain.hosted.authorization import AuthorizationCode
from cognito_emulator.domain.threats.auth_event import AuthEvent
from cognito_emulator.domain.users.user import NO_LOCKOUT, User
from tests.contract.playground import Tables


def kept(tables: Tables) -> Tables:
    """The state without what AWS keeps although a call is refused."""
    return {
        name: {key: masked for key, record in rows.items() if (masked := _mask(record)) is not None}
        for name, rows in tables.items()
    }


def _mask(record: Any) -> Any:
    if isinstance(record, User):
        return replace(record, lockout=NO_LOCKOUT)
    if isinstance(record, Session):
        # A wrong proof is an event of its own, and so is the next one.
        return replace(record, used=False, attempt=replace(record.attempt, event_id=""))
    if isinstance(record, AuthorizationCode):
        return replace(record, used=False)
    if isinstance(record, (AuthEvent, CachedDocument)):
        return None
    if isinstance(record, PendingCode):
        # ChangePassword counts its calls in a record of its own.
        return None if record.purpose == CHANGE else replace(record, digest="", wrong=0, sent=0, window=0.0)
    return record


def differences(before: Tables, after: Tables) -> list[str]:
    """What a refusal has changed and must not have."""
    found = []
    for name, rows in kept(after).items():
        old = kept(before)[name]
        for key in old.keys() | rows.keys():
            if old.get(key) != rows.get(key):
                found.append(f"{name} {key}: {_changed(old.get(key), rows.get(key))}")
    return found


def _changed(old: Any, new: Any) -> str:
    if old is None or new is None:
        return f"{old} -> {new}"
    names = [field.name for field in fields(old) if getattr(old, field.name) != getattr(new, field.name)]
    return ", ".join(f"{name}: {getattr(old, name)!r} -> {getattr(new, name)!r}" for name in names)
