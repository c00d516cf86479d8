"""Opening a visit: whose page is asked for, by the host and the query, in which language and look."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.tokens import client_metadata
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.pages import forms
from cognito_emulator.oauth.pages.look import Look, look_of, style_of
from cognito_emulator.oauth.pages.page_request import LANGUAGE_COOKIE, Visit
from cognito_emulator.oauth.pages.texts import DEFAULT, choose, texts
from cognito_emulator.world import World


class Unavailable(Exception):
    """Managed login without a style for the app client: AWS answers 403 (often reported)."""


def is_classic(world: World, pool: Pool, domain: HostedDomain | None) -> bool:
    """ManagedLoginVersion 1 of the domain, or at the emulator's own host of every domain that the pool has.

    A pool without a domain has no pages on AWS; here it has those of managed login, if its tier does.
    """
    if domain is not None:
        return domain.version == 1
    versions = [known.version for known in world.domains(pool)]
    return max(versions, default=1 if pool.tier == "LITE" else 2) == 1


async def _params(world: World, request: Request, pool: Pool | None) -> dict[str, str]:
    """Raises: Repeated, RefusedOnPage"""
    params = requests.query(request)
    await authorize.load_client(world, params.get("client_id"), pool)
    if request.url.path == "/passkeys/add" and "response_type" not in params:
        # This page needs less than the others (developer guide): client and redirect URI.
        client = client_metadata.find(world, params.get("client_id", ""), pool)
        flows = client.settings.get("AllowedOAuthFlows", ()) if client else ()
        params["response_type"] = "token" if "implicit" in flows and "code" not in flows else "code"
    return params


def look_for(world: World, request: Request, pool: Pool, client: Client, domain: HostedDomain | None) -> Look:
    classic = is_classic(world, pool, domain)
    wanted = request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)
    return look_of(world, pool, client, classic=classic, language=DEFAULT if classic else choose(*wanted))


async def open_visit(world: World, request: Request, form: Mapping[str, str]) -> Visit:
    """The visit of a request.

    Raises:
        AuthorizationRefused: the authorization request in the address is not good.
        Unavailable
    """
    place = hosts.place(request)
    try:
        params = await _params(world, request, place.pool)
    except requests.Repeated:
        raise RefusedOnPage("invalid_request") from None
    asked = authorize.read(world, params, place.pool, managed=place.managed)
    pool, client = world.client(asked.client_id)
    look = look_for(world, request, pool, client, place.domain)
    if not look.classic and style_of(world, client) is None and world.domains(pool):
        raise Unavailable
    csrf = forms.token_of(request) or world.ids.uuid()
    return Visit(world, request, asked, pool, client, texts(look.language), look, form, csrf)
