"""Authorization codes for tests, without the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt, How, Proof, Who
from cognito_emulator.domain.auth.auth_flow import USER_PASSWORD
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.hosted.authorization import COGNITO, AuthorizationRefused, RefusedByRedirect, RefusedOnPage
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.tokens.made_tokens import CannotExist, place

if TYPE_CHECKING:
    from cognito_emulator.world import World


class MadeCode(Struct, frozen=True):
    """A code, and where a browser would be sent with it."""

    code: str
    location: str


async def make(world: World, pool_id: str, username: str, params: Mapping[str, str]) -> MadeCode:
    """Return an authorization code for a user.

    The checks are those of the authorization endpoint.

    Args:
        params: the query of /oauth2/authorize; `response_type` is code.

    Raises:
        CannotExist: the endpoint would refuse the request, or the user cannot sign in.
    """
    pool, client, user = place(world, pool_id, params.get("client_id", ""), username)
    try:
        request = authorize.read(world, {**params, "response_type": "code"}, pool)
    except AuthorizationRefused as refusal:
        raise CannotExist(f"The authorization endpoint refuses the request: {_reason(refusal)}.") from None
    if COGNITO not in client.providers and not user.federated:
        raise CannotExist(f"The client {client.id} has no sign-in for users of the pool: SupportedIdentityProviders.")
    attempt = Attempt(
        Who(pool.id, client.id, user.sub, user.username),
        How(USER_PASSWORD, hosted=request.digest),
        world.ids.uuid(),
        Proof((ChallengeName.PASSWORD,)),
    )
    try:
        finished = await authorize.finish(world, request, attempt, Caller(client.id))
    except errors.ApiError as error:
        raise CannotExist(error.message) from None
    code = dict(parse_qsl(urlsplit(finished.location).query))["code"]
    return MadeCode(code, finished.location)


def _reason(refusal: AuthorizationRefused) -> str:
    if isinstance(refusal, RefusedByRedirect):
        return f"{refusal.error}: {refusal.description}" if refusal.description else refusal.error
    return refusal.error.rstrip(".") if isinstance(refusal, RefusedOnPage) else str(refusal)
