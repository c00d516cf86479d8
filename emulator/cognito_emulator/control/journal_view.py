"""Show an entry of the journal: user, request, answer, changes; secrets masked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from cognito_emulator.control.masking import MASK, is_secret_field, masked
from cognito_emulator.control.reason_view import page_of, why
from cognito_emulator.domain import strict_json
from cognito_emulator.domain.history import Change, Forgotten
from cognito_emulator.domain.users.user import User
from cognito_emulator.ports.journal import API, Entry, TriggerCall
from cognito_emulator.ports.keys import unverified
from cognito_emulator.world import World

_FORM = b"application/x-www-form-urlencoded"
_TOKENS = ("AccessToken", "access_token", "IdToken", "id_token", "RefreshToken", "refresh_token", "Token", "token")


class Who(msgspec.Struct, frozen=True):
    """What a request is about; "" where that is not known."""

    pool: str = ""
    client: str = ""
    users: tuple[str, ...] = ()  # names as they were typed, user names and subs

    @property
    def user(self) -> str:
        return self.users[0] if self.users else ""


def input_of(entry: Entry) -> Mapping[str, Any]:
    """Return the request's input: members of the API or of JSON, or a query and form."""
    if entry.input is not None:
        return entry.input
    members = dict(parse_qsl(entry.query.decode("latin-1"), keep_blank_values=True))
    kind = entry.content_type.split(b";")[0].strip().lower()
    if kind == _FORM:
        members |= dict(parse_qsl(entry.body.decode("utf-8", "replace"), keep_blank_values=True))
    elif entry.body:
        found = _json(entry.body) or (_infinite_json(entry.body) if entry.kind == API else None)
        members |= found if isinstance(found, dict) else {"body": entry.body.decode("utf-8", "replace")}
    return members


def answer_of(entry: Entry) -> Any:
    """Return the answer's JSON, where a browser is sent, or None for a page."""
    if entry.location:
        return {"location": entry.location.decode("latin-1")}
    return _json(entry.answer) if entry.answer else None


def _json(body: bytes) -> Any:
    try:
        return strict_json.decode(body)
    except ValueError:
        return None


def _infinite_json(body: bytes) -> Any:
    """Return the JSON of an API call.

    It may hold a number that is too large, which is shown as a text.
    """
    try:
        return _finite(strict_json.decode(body, infinite=True))
    except ValueError:
        return None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def who(world: World, entry: Entry) -> Who:
    """Return what a request is about.

    Its members, its tokens, and what it has changed tell it.
    """
    members, answer = input_of(entry), answer_of(entry)
    pool = _text(members.get("UserPoolId"))
    client = _text(members.get("ClientId")) or _text(members.get("client_id"))
    users = list(_names_in(members))
    for claims in _claims(members, answer):
        pool = pool or str(claims.get("iss", "")).rpartition("/")[2]
        client = client or _text(claims.get("client_id")) or _text(claims.get("aud"))
        users += [_text(claims.get("username")) or _text(claims.get("cognito:username")), _text(claims.get("sub"))]
    for user in _changed_users(world, entry):
        pool = pool or user.pool_id
        users += [user.username, user.sub]
    if not pool and client:
        known = world.store.clients.get(client)
        pool = known.pool_id if known else ""
    return Who(pool, client, tuple(dict.fromkeys(name for name in users if name)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _names_in(members: Mapping[str, Any]) -> Iterator[str]:
    for name in ("Username", "username", "UserSub", "sub"):
        yield _text(members.get(name))
    for name in ("AuthParameters", "ChallengeResponses"):
        parameters = members.get(name)
        if isinstance(parameters, Mapping):
            yield _text(parameters.get("USERNAME"))


def _claims(members: Mapping[str, Any], answer: Any) -> Iterator[Mapping[str, Any]]:
    places = [members]
    if isinstance(answer, Mapping):
        places += [answer, answer.get("AuthenticationResult") or {}]
    for place in places:
        for name in _TOKENS if isinstance(place, Mapping) else ():
            token = _text(place.get(name))
            if token.count(".") == 2:
                yield unverified(token)[1]


def _changed_users(world: World, entry: Entry) -> Iterator[User]:
    for change in changes_of(world, entry) or ():
        for row in (change.after, change.before):
            if row is not None and isinstance(row[1], User):
                yield row[1]


def changes_of(world: World, entry: Entry) -> list[Change] | None:
    """Return what a request has changed.

    It is None where the history does not reach back that far, or was cut.
    """
    try:
        commits = world.store.history.since(entry.commit)
    except Forgotten:
        return None
    return [change for commit in commits if commit.cause == entry.id for change in commit.changes]


def summary(world: World, entry: Entry, *, mask: bool = True) -> dict[str, Any]:
    """Show an entry as a list does."""
    about = who(world, entry)
    error, text = error_of(entry)
    return {
        "id": entry.id,
        "number": entry.number,
        "time": _iso(entry.time),
        "clock": _iso(entry.at),
        "kind": entry.kind,
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "pool": about.pool or None,
        "client": about.client or None,
        "user": about.user or None,
        "status": entry.status,
        "error": error or None,
        "message": text or None,
        "refused": entry.is_refusal,
        "rule": entry.reason.rule if entry.reason else None,
        "why": _why(world, entry),
        "ms": entry.ms,
        "fault": entry.fault or None,
        "input": _masked_input(entry) if mask else input_of(entry),
    }


def _masked_input(entry: Entry) -> Any:
    """Return the input without its secrets; of a seed in YAML its size alone.

    A seed in YAML may have secrets anywhere.
    """
    if b"yaml" in entry.content_type.lower() and entry.input is None:
        return {**dict(parse_qsl(entry.query.decode("latin-1"))), "body": f"{MASK} ({len(entry.body):,} bytes of YAML)"}
    return masked(input_of(entry))


def whole(world: World, entry: Entry, *, mask: bool = True) -> dict[str, Any]:
    """Show all that is known of an entry."""
    changes = changes_of(world, entry)
    answer = answer_of(entry)
    return {
        **summary(world, entry, mask=mask),
        "users": list(who(world, entry).users),
        "answer": masked(answer) if mask else answer,
        "messages": list(entry.messages),
        "triggers": [_trigger(call, mask=mask) for call in entry.triggers],
        "changes": None if changes is None else [change_of(change, mask=mask) for change in changes],
    }


def _why(world: World, entry: Entry) -> dict[str, Any] | None:
    """Show the reason, with the address of the guide's page about it."""
    shown = why(entry.reason)
    if shown is None:
        return None
    page = page_of(shown["rule"])
    return {**shown, "guide": f"{world.public_url}/_emulator/guide/{page}" if page else None}


def _trigger(call: TriggerCall, *, mask: bool) -> dict[str, Any]:
    return {
        "function": call.arn,
        "trigger": call.event.get("triggerSource"),
        "synchronous": call.synchronous,
        "event": masked(call.event) if mask else call.event,
        "answer": masked(call.answer) if mask else call.answer,
        "error": call.error or None,
        "ms": call.ms,
    }


def change_of(change: Change, *, mask: bool = True) -> dict[str, Any]:
    """Show a change of a row: the table, the key, the record before and after."""
    return {
        "table": change.table,
        "key": "/".join(map(str, change.key)) if isinstance(change.key, tuple) else str(change.key),
        "before": None if change.before is None else _record(change.before[1], mask=mask),
        "after": None if change.after is None else _record(change.after[1], mask=mask),
    }


def _record(record: Any, *, mask: bool) -> Any:
    shown = msgspec.to_builtins(record, enc_hook=_plain, str_keys=True)
    return masked(shown, is_secret_field) if mask else shown


def _plain(value: Any) -> Any:
    """Convert a value that JSON cannot hold.

    A mapping becomes a dict; a whole number that is too large, and the rest, become text.
    """
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error_of(entry: Entry) -> tuple[str, str]:
    """Return the name and text of an entry's error, "" where there was none."""
    if entry.error:
        return entry.error, entry.text
    if entry.location:
        parts = urlsplit(entry.location.decode("latin-1"))
        found: Mapping[str, Any] = dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))
    else:
        answer = answer_of(entry) if entry.status >= 400 else None
        found = answer if isinstance(answer, Mapping) else {}
    return _text(found.get("error")), _text(found.get("error_description")) or _text(found.get("message"))
