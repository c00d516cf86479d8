"""`GET /oauth2/userInfo`: the claims that the access token's scopes show.

The endpoint is that of OpenID Connect Core, section 5.3.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.oauth_error import OAuthError, invalid_request
from cognito_emulator.flows.tokens.userinfo import userinfo as claims_of
from cognito_emulator.oauth import hosts
from cognito_emulator.oauth.errors import answer, on_page, refused
from cognito_emulator.world import World


async def userinfo(request: Request) -> Response:
    """Return the claims of the user.

    Errors are in WWW-Authenticate, without the word Bearer [docs: userinfo-endpoint], and in the body.
    """
    world: World = request.app.state.world
    try:
        scheme, _, presented = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not presented.strip():
            raise invalid_request("Bad OAuth2 request at UserInfo Endpoint").because("oauth.authorization-header")
        return answer(request, await claims_of(world, presented.strip(), hosts.place(request).pool))
    except OAuthError as error:
        response = refused(request, error)
        told = f'error="{error.error}", error_description="{error.description}"'
        response.headers["www-authenticate"] = told
        return response
    except RefusedOnPage as error:
        return on_page(request, error)
