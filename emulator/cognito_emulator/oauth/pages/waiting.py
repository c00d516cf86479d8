"""What a user who waits to be confirmed was sent, and what the page tells them.

SENT      this browser has just been sent a code, whose address the page shows
PENDING   a code was sent before, and is still valid
UNSENT    no valid code is there; one can be sent
CLOSED    no code can be sent
"""

from __future__ import annotations

from cognito_emulator.domain.messaging import message
from cognito_emulator.domain.users import names
from cognito_emulator.flows.users.sign_up import PURPOSE
from cognito_emulator.oauth.pages.page_data import PageData
from cognito_emulator.oauth.pages.page_request import Visit
from cognito_emulator.oauth.pages.wording import Texts

SENT, PENDING, UNSENT, CLOSED = "sent", "pending", "unsent", "closed"


def state_of(visit: Visit, data: PageData) -> str:
    """Return what a user who is not confirmed was sent.

    A name without a user reads like one whose code was sent, so that it tells nothing.
    """
    if data.facts.get("to"):
        return SENT
    user = names.find(visit.world.store, visit.pool, data.username)
    if user is None:
        return PENDING
    code = visit.world.store.codes.get((visit.pool.id, user.sub, PURPOSE))
    is_valid = code is not None and code.digest and visit.world.clock.now() < code.expires
    if code is not None and is_valid and user.get(code.attribute) == code.to:
        return PENDING
    return CLOSED if message.sign_up_address(visit.pool, user) is None else UNSENT


def lead(texts: Texts, state: str, data: PageData) -> str:
    """Return what the page asks of the user."""
    if state == SENT:
        return texts(f"confirm.{data.facts['attribute']}", to=data.facts["to"])
    return texts(f"confirm.{state}", action=texts("code.resend"))
