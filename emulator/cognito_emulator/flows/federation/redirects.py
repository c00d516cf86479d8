"""Outgoing requests to identity providers, whose redirects are followed.

Each redirect is a request of its own at `world.web`, so that every rule for outgoing requests applies to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain.federation.redirection import MOST, NotFollowed, Outgoing, following, is_redirect
from cognito_emulator.ports.web import Answer, WebError

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def request(world: World, sent: Outgoing, timeout: float) -> Answer:  # noqa: ASYNC109 - it bounds each hop
    """Return the answer after at most `MOST` redirects.

    `timeout` is in seconds, for each request.

    Raises:
        WebError
    """
    for _ in range(MOST + 1):
        answer = await world.web.request(sent.method, sent.url, sent.headers, sent.body, timeout=timeout)
        if not is_redirect(answer.status):
            return answer
        try:
            sent = following(sent, answer.status, answer.headers.get("location"))
        except NotFollowed as trouble:
            raise WebError(str(trouble)) from None
    raise WebError(f"more than {MOST} redirects")
