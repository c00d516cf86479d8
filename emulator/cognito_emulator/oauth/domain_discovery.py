"""Serve the OpenID configuration at custom domains and the identity pools' host.

That is AWS's host of identity pools.

It is apart from `discovery`, since to know domains takes time to import.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.oauth import hosts, identity_issuer
from cognito_emulator.oauth.discovery import document
from cognito_emulator.world import World


async def openid_configuration(request: Request) -> Response:
    """Handle `GET /.well-known/openid-configuration`, at these hosts alone.

    The document of a custom domain names the domain as the request did [docs: federation-endpoints].
    """
    world: World = request.app.state.world
    if identity_issuer.is_at_host(request):
        return identity_issuer.configuration_at(hosts.host_of(request))
    try:
        place = hosts.place(request)
    except RefusedOnPage:
        place = hosts.OWN
    if place.pool is None or place.domain is None or not place.domain.is_custom:
        raise HTTPException(404)
    return document(world, place.pool, hosts.base(request), "/oauth2/register")
