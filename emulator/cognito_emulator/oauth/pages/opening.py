"""The opening of a visit: its pool and client, language and look."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.authorization import RefusedOnPage
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.pages import forms
from cognito_emulator.oauth.pages.look import Look, look_of, style_of
from cognito_emulator.oauth.pages.page_request import LANGUAGE_COOKIE, Visit
from cognito_emulator.oauth.pages.texts import DEFAULT, choose, texts
from cognito_emulator.world import World


class Unavailable(Exception):
    """Managed login has no style for the app client.

    A style must be assigned first [docs: cognito-user-pools-managed-login]. AWS answers "Login pages unavailable"
    [observed: minorun365/html-share#3].
    """


def is_classic(world: World, pool: Pool, domain: HostedDomain | None) -> bool:
    """Return whether the pages are classic.

    They are with ManagedLoginVersion 1 of the domain. At the emulator's own host every domain of the pool must have
    it. A pool without a domain has no pages on AWS; here it has those of managed login, if its tier does.
    """
    if domain is not None:
        return domain.version == 1
    versions = [known.version for known in world.domains(pool)]
    return max(versions, default=1 if pool.tier == "LITE" else 2) == 1


def _params(world: World, request: Request) -> dict[str, str]:
    params = requests.query(request)
    if request.url.path == "/passkeys/add" and "response_type" not in params:
        # This page needs less than the others: client and redirect URI
        # [docs: amazon-cognito-user-pools-authentication-flow-methods].
        client = world.store.clients.get(params.get("client_id", ""))
        flows = client.settings.get("AllowedOAuthFlows", ()) if client else ()
        params["response_type"] = "token" if "implicit" in flows and "code" not in flows else "code"
    return params


def look_for(world: World, request: Request, pool: Pool, client: Client, domain: HostedDomain | None) -> Look:
    classic = is_classic(world, pool, domain)
    wanted = request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)
    return look_of(world, pool, client, classic=classic, language=DEFAULT if classic else choose(*wanted))


def open_visit(world: World, request: Request, form: Mapping[str, str]) -> Visit:
    """Return the visit of a request.

    Raises:
        AuthorizationRefused: the authorization request in the address is not valid.
        Unavailable
    """
    place = hosts.place(request)
    try:
        params = _params(world, request)
    except requests.Repeated:
        raise RefusedOnPage("invalid_request") from None
    asked = authorize.read(world, params, place.pool, managed=place.managed)
    pool, client = world.client(asked.client_id)
    look = look_for(world, request, pool, client, place.domain)
    if not look.classic and style_of(world, client) is None and world.domains(pool):
        raise Unavailable
    csrf = forms.token_of(request) or world.ids.uuid()
    return Visit(world, request, asked, pool, client, texts(look.language), look, form, csrf)
