"""Outgoing requests to identity providers, whose redirects are followed.

Each redirect is a request of its own at `world.web`, so that every rule for outgoing requests applies to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.federation.redirection import MOST, NotFollowed, Outgoing, following, is_redirect
from cognito_emulator.flows.federation import provider_faults
from cognito_emulator.ports.web import Answer, WebError

if TYPE_CHECKING:
    from cognito_emulator.world import World


async def request(
    world: World,
    sent: Outgoing,
    timeout: float,  # noqa: ASYNC109 - it bounds each hop
    provider: Provider | None = None,
) -> Answer:
    """Return the answer after at most `MOST` redirects.

    `timeout` is in seconds, for each request; `provider` is the user pool's that is called, for faults.

    Raises:
        WebError
    """
    for _ in range(MOST + 1):
        answer = await provider_faults.strike(world, sent.url, provider, timeout) if world.faults else None
        if answer is None:
            answer = await world.web.request(sent.method, sent.url, sent.headers, sent.body, timeout=timeout)
        if not is_redirect(answer.status):
            return answer
        try:
            sent = following(sent, answer.status, answer.headers.get("location"))
        except NotFollowed as trouble:
            raise WebError(str(trouble)) from None
    raise WebError(f"more than {MOST} redirects")
