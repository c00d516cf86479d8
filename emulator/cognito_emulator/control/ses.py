"""`/_aws/ses`: the emails in LocalStack's form, for tests written against it.

[docs: LocalStack, Simple Email Service, "Retrieve sent emails"]. A message for a custom sender is not among them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.control.inputs import query, world_of
from cognito_emulator.control.long_answers import json_answer
from cognito_emulator.domain.messaging.message import DEFAULT_SENDER
from cognito_emulator.ports.outbox import Message
from cognito_emulator.world import World


def _is_mail(message: Message) -> bool:
    return message.channel == "EMAIL" and message.handed_to is None


def _shown(world: World, message: Message) -> dict[str, Any]:
    """Return a message with LocalStack's members.

    They are `Id`, `Region`, `Source`, `Destination`, `Subject`, `Body` (the text is HTML) and `Timestamp`.
    """
    pool = world.store.pools.get(message.pool)
    return {
        "Id": message.id,
        "Region": pool.region if pool is not None else world.settings.region,
        "Source": message.sender or DEFAULT_SENDER,
        "Destination": {"ToAddresses": [message.to]},
        "Subject": message.subject,
        "Body": {"text_part": None, "html_part": message.body},
        "Timestamp": datetime.fromtimestamp(message.time, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
    }


async def list_mails(request: Request) -> Response:
    """Answer `GET /_aws/ses?id=&email=`, oldest first.

    `email` is the sender's address.
    """
    wanted = query(request, "id", "email")
    world = world_of(request)
    found = (_shown(world, message) for message in world.outbox.all(_is_mail))
    chosen = (mail for mail in found if wanted.get("id") in (None, "", mail["Id"]))
    shown = (mail for mail in chosen if wanted.get("email") in (None, "", mail["Source"]))
    return await json_answer(world, {"messages": shown})


async def delete_mails(request: Request) -> Response:
    """Answer `DELETE /_aws/ses?id=`: delete one email, or all of them.

    They are deleted from `/_emulator/messages` too.
    """
    wanted = query(request, "id").get("id")
    world_of(request).outbox.clear(lambda message: _is_mail(message) and wanted in (None, "", message.id))
    return Response(status_code=204)
