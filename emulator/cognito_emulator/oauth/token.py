"""`POST /oauth2/token`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.oauth_error import OAuthError, invalid_request
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.tokens import token_endpoint
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.errors import answer, on_page, refused
from cognito_emulator.world import World


async def token(request: Request) -> Response:
    world: World = request.app.state.world
    try:
        place = hosts.place(request)
        params = await requests.form(request)
        if not params.get("grant_type"):
            raise invalid_request("grant_type is required").because("oauth.parameter-missing", value="grant_type")
        client = await token_endpoint.authenticate(world, requests.credentials(request, params), place.pool)
        caller = Caller(client.id, origin=requests.origin(request), away=place.away)
        return answer(request, await token_endpoint.tokens(world, client, params, caller))
    except OAuthError as error:
        return refused(request, error)
    except RefusedOnPage as error:
        return on_page(request, error)
