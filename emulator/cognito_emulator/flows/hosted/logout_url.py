"""The redirect of /logout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.authorization_checks import missing_parameter
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.tokens import client_metadata

if TYPE_CHECKING:
    from cognito_emulator.world import World

# "The additional parameters … must be in the list" [docs: logout-endpoint].
_PASSED_ON = ("client_id", "redirect_uri", "response_type", "scope", "state", "nonce")


def _is_sign_in_page(url: str, client: Client) -> bool:
    """Return whether a URL is the sign-in page of another app client.

    It is among the callback URLs [docs: logout-endpoint].
    """
    return client.metadata is None and url.partition("?")[0].endswith("/login") and url in client.callback_urls


def destination(world: World, params: Mapping[str, str], domain_pool: Pool | None, *, managed: bool) -> str:
    """Return the client's sign-out URL, else the sign-in page for the request.

    The parameters for the sign-in page are those of the authorize endpoint. A logout_uri that is not the client's is
    ignored. Then the service misses redirect_uri [observed: amazon-archives/amazon-cognito-auth-js#25].

    Raises:
        RefusedOnPage: no valid URL; no user is signed out.
        RefusedByRedirect: the request for the sign-in page is refused there.
    """
    client_id = params.get("client_id")
    if not client_id:
        raise missing_parameter("client_id")
    client = client_metadata.find(world, client_id, domain_pool)
    if client is None:
        raise RefusedOnPage("Client does not exist.", client_id).because("oauth.client-unknown", value=client_id)
    wanted = params.get("logout_uri")
    if wanted and (wanted in client.logout_urls or _is_sign_in_page(wanted, client)):
        return wanted
    if not params.get("redirect_uri"):
        raise missing_parameter("redirect_uri")
    if not params.get("response_type"):
        raise missing_parameter("response_type")
    passed = {name: params[name] for name in _PASSED_ON if name in params}
    request = authorize.read(world, passed, domain_pool, managed=managed)
    return f"/login?{urlencode({'scope': request.scope} | passed)}"
