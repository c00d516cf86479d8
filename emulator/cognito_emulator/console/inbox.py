"""The inbox: what Cognito would have sent by e-mail or SMS."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console import rendering
from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import ROOT, View, user_path
from cognito_emulator.control.messages import filter_of
from cognito_emulator.ports.outbox import Message

MOST = 100
FILTERS = ("to", "user", "pool", "type")
TYPES = ("EMAIL", "SMS", "sign-up", "resend", "attribute", "recovery", "invitation", "mfa", "otp", "risk")


async def _list(view: View) -> Response:
    values = view.query(*FILTERS, "q")
    text = values.pop("q", "").lower()
    accept = filter_of(view.world, **values)
    found = [one for one in view.world.outbox.all(accept) if not text or text in _searched(one)]
    return view.page(
        "inbox.html",
        "Inbox",
        "inbox",
        values={**values, **({"q": text} if text else {})},
        messages=list(reversed(found[-MOST:])),
        total=len(found),
        types=TYPES,
    )


def _searched(message: Message) -> str:
    return f"{message.to} {message.user} {message.subject} {message.code or ''} {message.body}".lower()


def _found(view: View) -> Message:
    wanted = view.request.path_params["message_id"]
    found = next((one for one in view.world.outbox.all() if one.id == wanted), None)
    if found is None:
        raise HTTPException(404, "There is no such message (any more).")
    return found


async def _message(view: View) -> Response:
    view.query()
    message, store = _found(view), view.world.store
    pool = store.pools.get(message.pool)
    user = store.users.find("username", (pool.id, pool.fold(message.user))) if pool else None
    cause = next((entry for entry in view.world.journal if message.id in entry.messages), None)
    return view.page(
        "message.html",
        message.subject or f"{message.channel} to {message.to}",
        "inbox",
        pool,
        message=message,
        user=user,
        user_path=user_path(user) if user else None,
        cause=cause,
    )


async def _body(view: View) -> Response:
    """Answer with an e-mail's body alone, for its sandboxed frame."""
    return rendering.mail(_found(view).body)


async def _clear(view: View) -> Response:
    if view.field("do") != "clear":
        raise HTTPException(400, "'do' must be: clear.")
    view.world.outbox.clear()
    return view.go(f"{ROOT}/inbox", "cleared")


show, send = screen(_list), form(_clear, _list)
message = screen(_message)
body = screen(_body)
