"""The messages that a user waits for, shown below the form.

On AWS they are in the user's mailbox.
"""

from __future__ import annotations

from starlette.requests import Request

from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.ports.outbox import Message
from cognito_emulator.world import World

_SHOWN = 1


def is_shown(world: World, request: Request) -> bool:
    """Return whether pages show what only a local emulator tells.

    They do under the host names under which the control API answers.
    """
    return world.has_host(request.headers.get("host", ""))


def messages_to(world: World, request: Request, pool: Pool, username: str) -> list[Message] | None:
    """Return the newest message to a user; None where messages are not shown.

    They are shown only under the host names under which the control API shows them. A browser with another name sees
    none.
    """
    if not is_shown(world, request):
        return None
    user = names.find(world.store, pool, username)
    if user is None:
        return []
    found = world.outbox.all(lambda message: message.pool == pool.id and message.user == user.username)
    return found[-_SHOWN:][::-1]
