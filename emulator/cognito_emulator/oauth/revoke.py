"""`POST /oauth2/revoke` [RFC 7009]: revoke a refresh token and its other tokens."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.oauth_error import OAuthError, invalid_request, unauthorized_client
from cognito_emulator.flows.tokens import refresh, token_endpoint
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.errors import empty, on_page, refused
from cognito_emulator.ports.journal import note_reason
from cognito_emulator.world import World


async def revoke(request: Request) -> Response:
    """Revoke the token.

    Wrong client credentials are answered with 401 [docs: revocation-endpoint]. A token of another client is refused
    [RFC 7009 §2.1].
    """
    world: World = request.app.state.world
    try:
        params = await requests.form(request)
        credentials = requests.credentials(request, params)
        client = await token_endpoint.authenticate(world, credentials, hosts.place(request).pool, status=401)
        if not params.get("token"):
            raise invalid_request("token is required").because("oauth.parameter-missing", value="token")
        refresh.revoke(world, client, params["token"])
    except errors.UnsupportedOperation as error:
        note_reason(error)
        return refused(request, invalid_request(error.message))
    except errors.UnsupportedTokenType as error:
        note_reason(error)
        return refused(request, OAuthError("unsupported_token_type"))
    except errors.Unauthorized as error:
        note_reason(error)
        return refused(request, unauthorized_client(error.message))
    except OAuthError as error:
        return refused(request, error)
    except RefusedOnPage as error:
        return on_page(request, error)
    return empty(request)
