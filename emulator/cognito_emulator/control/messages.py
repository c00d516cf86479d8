"""`/_emulator/messages`: list, filter, await and delete the sent messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import asdict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.control.inputs import query, world_of
from cognito_emulator.control.long_answers import json_answer
from cognito_emulator.domain.users.user import User
from cognito_emulator.ports.outbox import Message
from cognito_emulator.world import World

LONGEST_WAIT = 60.0  # seconds
_SLICE = 1_000  # messages that are looked at before other requests have their turn
_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
FILTERS = ("to", "user", "pool", "type", "wait")


def filter_of(
    world: World,
    *,
    to: str | None = None,
    user: str | None = None,
    pool: str | None = None,
    type: str | None = None,  # noqa: A002
) -> Callable[[Message], bool]:
    """Return a test for messages.

    Args:
        to: the address it went to; email addresses in any case.
        user: user name, sub, email address or phone number of the user it is for.
        pool: a pool id.
        type: a purpose (sign-up, resend, attribute, recovery, invitation, mfa, otp, risk) or a channel (EMAIL, SMS).
    """

    def accept(message: Message) -> bool:
        if to is not None and message.to.lower() != to.lower():
            return False
        if pool is not None and message.pool != pool:
            return False
        if type is not None and type.lower() not in (message.purpose.lower(), message.channel.lower()):
            return False
        return user is None or _is_for(world, message, user)

    return accept


def _is_for(world: World, message: Message, name: str) -> bool:
    if name == message.user or name.lower() == message.to.lower():
        return True
    user = _recipient(world, message)
    if user is None:
        return False
    pool = world.store.pools.get(user.pool_id)
    if pool is not None and pool.fold(name) == user.folded_username:
        return True
    email = user.get("email")
    return name in (user.sub, user.get("phone_number")) or (email is not None and name.lower() == email.lower())


def _recipient(world: World, message: Message) -> User | None:
    pool = world.store.pools.get(message.pool)
    return None if pool is None else world.store.users.find("username", (pool.id, pool.fold(message.user)))


def as_json(message: Message) -> dict[str, Any]:
    """Return a message as JSON; an absent value is null.

    The members are id, channel, purpose, to, subject, body, code, link, user, pool, time.
    """
    return asdict(message)


async def _selected(request: Request) -> list[Message]:
    values = query(request, *FILTERS)
    wait = read_wait(values.pop("wait", "0"))
    world = world_of(request)
    accept = filter_of(world, **values)
    return await world.outbox.wait(accept, wait) if wait else await select(world, accept)


async def select(world: World, accept: Callable[[Message], bool]) -> list[Message]:
    """Return the messages that a test accepts.

    Other requests run after each slice of them.
    """
    messages, found = world.outbox.all(), list[Message]()
    for at in range(0, len(messages), _SLICE):
        if at:
            await world.background.give_way()
        found += filter(accept, messages[at : at + _SLICE])
    return found


def read_wait(text: str) -> float:
    """Read `wait`: a number of seconds, 60 at most.

    Raises:
        HTTPException: 400
    """
    if text.startswith("-"):
        raise HTTPException(400, "Query parameter 'wait' must not be negative.")
    if not _SECONDS.fullmatch(text):
        raise HTTPException(400, "Query parameter 'wait' must be a number of seconds.")
    return min(float(text), LONGEST_WAIT)


async def list_messages(request: Request) -> Response:
    """Answer `GET /_emulator/messages?to=&user=&pool=&type=&wait=`, oldest first.

    With `wait` the answer comes as soon as a message matches, or empty after so many seconds (60 at most).
    """
    found = await _selected(request)
    return await json_answer(world_of(request), {"messages": map(as_json, found)})


async def latest_message(request: Request) -> Response:
    """Answer `GET /_emulator/messages/latest`: the newest message, or 404.

    The filters are the same.
    """
    found = await _selected(request)
    if not found:
        raise HTTPException(404, "There is no such message.")
    return JSONResponse(as_json(found[-1]))


async def clear_messages(request: Request) -> Response:
    """Answer `DELETE /_emulator/messages`: empty the outbox."""
    query(request)
    world_of(request).outbox.clear()
    return JSONResponse({"messages": []})
