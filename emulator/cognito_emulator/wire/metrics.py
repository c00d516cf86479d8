"""Count an API call in the metrics that Amazon Cognito publishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cognito_emulator.domain.auth.auth_flow import REFRESH_FLOWS
from cognito_emulator.domain.metrics import (
    ADMIN,
    INVALID,
    REFRESH,
    SIGN_IN,
    SIGN_UP,
    THROTTLING,
    category_of,
)

if TYPE_CHECKING:
    from cognito_emulator.world import World

_KINDS = {
    "SignUp": SIGN_UP,
    "AdminCreateUser": SIGN_UP,
    "InitiateAuth": SIGN_IN,
    "AdminInitiateAuth": SIGN_IN,
    "RespondToAuthChallenge": SIGN_IN,
    "AdminRespondToAuthChallenge": SIGN_IN,
    "GetTokensFromRefreshToken": REFRESH,
}


def note_call(
    world: World, operation: str, members: Mapping[str, Any], answer: Mapping[str, Any] | None, error: str
) -> None:
    """Count a call.

    Args:
        answer: the output; None where it was refused.
        error: the error's name, "" for none.
    """
    category = category_of(operation, members.get("ChallengeName"))
    if category is None:
        return
    throttled = error in THROTTLING
    world.metrics.call(category, throttled=throttled)
    kind = _KINDS.get(operation)
    if kind is None:
        return
    if kind == SIGN_IN and members.get("AuthFlow") in REFRESH_FLOWS:
        kind = REFRESH
    if answer is not None and kind != SIGN_UP and not answer.get("AuthenticationResult"):
        return  # a challenge: the sign-in has neither succeeded nor failed [assumed]
    pool, client = _place(world, operation, members)
    world.metrics.outcome(kind, pool, client, success=answer is not None, throttled=throttled)


def _place(world: World, operation: str, members: Mapping[str, Any]) -> tuple[str, str]:
    """Return pool and client for the metrics.

    "Invalid" is an unknown client's name, "Admin" that of an administrator's sign-up.
    """
    named = members.get("UserPoolId")
    pool = named if isinstance(named, str) and named in world.store.pools else INVALID
    if operation == "AdminCreateUser":
        return pool, ADMIN
    client_id = members.get("ClientId")
    client = world.store.clients.get(client_id) if isinstance(client_id, str) else None
    if client is None:
        return pool, INVALID
    return client.pool_id, client.id
