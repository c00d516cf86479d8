"""`/_emulator/idp/{pool}/{provider}/…`: a mock of Google, Facebook and others.

GET  …/.well-known/openid-configuration, …/jwks
GET  …/authorize     a page: the person to sign in as       POST: that person, or cancel
GET  …/saml          the page for an AuthnRequest (SAML)    POST: that person
POST …/token         (GET too, as Facebook's)
GET  …/userinfo      (POST too)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cognito_emulator.domain.federation import mock_idp as rules
from cognito_emulator.domain.federation.mock_idp import BadPerson, Person
from cognito_emulator.domain.federation.provider import Provider
from cognito_emulator.domain.hosted.authorization import RefusedOnPage, with_answer
from cognito_emulator.domain.hosted.oauth_error import OAuthError
from cognito_emulator.flows.federation import mock_idp, mock_idp_saml
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.errors import PRIVATE, redirect
from cognito_emulator.oauth.federation import CALLBACK, SAML_CALLBACK
from cognito_emulator.oauth.pages import forms, render, theme
from cognito_emulator.oauth.pages.look import Look
from cognito_emulator.oauth.pages.wording import texts
from cognito_emulator.ports import saml_xml
from cognito_emulator.world import World

_LABELS = {"LoginWithAmazon": "Amazon", "SignInWithApple": "Apple"}


class _Mistake(Exception):
    """A request without a redirect; the text says why."""


def _provider(request: Request, *, saml: bool = False) -> Provider:
    world: World = request.app.state.world
    found = mock_idp.find(world, request.path_params["pool_id"], request.path_params["provider"])
    if found is None or (found.type == "SAML") != saml:
        raise _Mistake("No mock identity provider is here.")
    return found


def _json(body: Mapping[str, Any], status: int = 200) -> Response:
    return JSONResponse(dict(body), status, PRIVATE)


async def configuration(request: Request) -> Response:
    try:
        provider = _provider(request)
    except _Mistake as mistake:
        return _json({"message": str(mistake)}, 404)
    world: World = request.app.state.world
    at = mock_idp.page(world, provider)
    return _json(
        {
            "issuer": mock_idp.issuer(world, provider),
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
    )


async def jwks(request: Request) -> Response:
    try:
        _provider(request)
    except _Mistake as mistake:
        return _json({"message": str(mistake)}, 404)
    return _json({"keys": [(await mock_idp.key(request.app.state.world)).jwk]})


async def authorize(request: Request) -> Response:
    """Show the page, and answer the choice made on it.

    There is no page where the control API has chosen the person.
    """
    world: World = request.app.state.world
    try:
        provider = _provider(request)
        asked = _asked(request, provider)
    except _Mistake as mistake:
        return _json({"message": str(mistake)}, 400)
    if request.method == "GET":
        chosen = mock_idp.take_chosen(world, provider)
        return _back(request, asked, chosen) if chosen else _page(request, provider, asked)
    try:
        form = await forms.read(request)
        forms.check(request, form, world.public_url)
    except (forms.Forged, forms.Unreadable):
        return _page(request, provider, asked, "The form was not sent by this page. Please try again.")
    if form.get("cancel"):
        answer = {"error": "access_denied", "error_description": "The user has cancelled."}
        return _answer(request, asked, answer)
    try:
        person = _chosen(world, provider, form)
    except BadPerson as problem:
        return _page(request, provider, asked, str(problem), form)
    return _back(request, asked, mock_idp.remember(world, person))


async def saml(request: Request) -> Response:
    """Show the same page for an AuthnRequest.

    The answer is a form with a Response, which sends itself.
    """
    world: World = request.app.state.world
    try:
        provider = _provider(request, saml=True)
        given = requests.query(request)
        asked = saml_xml.read_request(given.get("SAMLRequest", ""))
        if not _is_ours(request, asked.acs, SAML_CALLBACK):
            raise _Mistake("AssertionConsumerServiceURL is not this emulator's.")
    except (_Mistake, saml_xml.BadMessage, requests.Repeated) as mistake:
        return _json({"message": str(mistake)}, 400)
    person = mock_idp.take_chosen(world, provider) if request.method == "GET" else None
    if request.method == "POST":
        try:
            form = await forms.read(request)
            forms.check(request, form, world.public_url)
            person = mock_idp.remember(world, _chosen(world, provider, form))
        except (forms.Forged, forms.Unreadable):
            return _page(request, provider, {}, "The form was not sent by this page. Please try again.")
        except BadPerson as problem:
            return _page(request, provider, {}, str(problem), form)
    if person is None:
        return _page(request, provider, {})
    try:
        answer = {"SAMLResponse": await mock_idp_saml.response(world, provider, person, asked)}
    except saml_xml.BadMessage:
        return _page(request, provider, {}, "The claims have characters that XML cannot hold")
    answer["RelayState"] = given.get("RelayState", "")
    values = {"title": "Signing in…", "action": asked.acs, "answer": answer}
    return render.page("form_post.html", {**_frame(""), **values}, leaves=True)


def _chosen(world: World, provider: Provider, form: Mapping[str, str]) -> Person:
    """Return the offered person with the posted subject, else the entered one.

    Raises:
        BadPerson
    """
    for one in mock_idp.people(world, provider):
        if form.get("person") == one.subject:
            return one
    return rules.person(provider, rules.typed(form))


def _asked(request: Request, provider: Provider) -> dict[str, str]:
    """Return the authorization request.

    Raises:
        _Mistake: this emulator did not send a browser with it.
    """
    try:
        given = requests.query(request)
    except requests.Repeated as name:
        raise _Mistake(f"{name} is given twice.") from None
    if given.get("client_id") != provider.details["client_id"] or given.get("response_type") != "code":
        raise _Mistake("client_id or response_type is not right.")
    if not _is_ours(request, given.get("redirect_uri", "")):
        raise _Mistake("redirect_uri is not this emulator's.")
    return given


def _is_ours(request: Request, uri: str, path: str = CALLBACK) -> bool:
    """Return whether a URI is the callback of a user pool here.

    Otherwise any site could have the browser redirected anywhere.
    """
    world: World = request.app.state.world
    try:
        parts = urlsplit(uri)
        host = (parts.hostname or "").lower()
        place = hosts.find(world, host)
    except (ValueError, RefusedOnPage):
        return False
    if parts.scheme not in ("http", "https") or parts.path != f"{world.prefix}{path}" or parts.query or parts.fragment:
        return False
    return place.pool is not None or world.has_host(host)


def _back(request: Request, asked: Mapping[str, str], person: Person) -> Response:
    world: World = request.app.state.world
    code = mock_idp.give_code(world, person, asked["redirect_uri"], asked.get("nonce"))
    return _answer(request, asked, {"code": code})


def _answer(request: Request, asked: Mapping[str, str], answer: dict[str, str]) -> Response:
    """Redirect back, or send a form where `response_mode=form_post` asks for it.

    The form sends itself.
    """
    if "state" in asked:
        answer["state"] = asked["state"]
    if asked.get("response_mode") != "form_post":
        return redirect(request, with_answer(asked["redirect_uri"], answer, fragment=False))
    values = {"title": "Signing in…", "action": asked["redirect_uri"], "answer": answer}
    return render.page("form_post.html", {**_frame(""), **values}, leaves=True)


def _frame(csrf: str) -> dict[str, Any]:
    """Return the values that every page has.

    The page is the emulator's own, not the user pool's: in English, without the style of an app client.
    """
    look = Look("", "default", False, "en", settings=theme.settings_of(None))
    return {"t": texts("en"), "look": look, "csrf": csrf}


def _page(
    request: Request,
    provider: Provider,
    asked: Mapping[str, str],
    error: str = "",
    form: Mapping[str, str] | None = None,
) -> Response:
    world: World = request.app.state.world
    csrf = forms.token_of(request) or world.ids.uuid()
    label = _LABELS.get(provider.name, provider.name)
    values = {
        "title": f"Sign in with {label}",
        "lead": f"This page of cognito-emulator is the mock of {label}. Who comes back to the app?",
        "error": error or None,
        "action": f"{request.url.path}?{request.url.query}",
        "people": mock_idp.people(world, provider),
        "form": {"email": asked.get("login_hint", ""), **(form or {})},
    }
    response = render.page("mock_idp.html", {**_frame(csrf), **values}, leaves=True)
    secure = requests.is_secure(request)
    response.set_cookie(forms.COOKIE, csrf, path="/", secure=secure, httponly=True, samesite="lax")
    return response


async def token(request: Request) -> Response:
    try:
        provider = _provider(request)
        given = requests.query(request) if request.method == "GET" else await requests.form(request)
        return _json(await mock_idp.exchange(request.app.state.world, provider, given))
    except _Mistake as mistake:
        return _json({"message": str(mistake)}, 404)
    except (requests.Repeated, OAuthError):
        return _json({"error": "invalid_request"}, 400)
    except mock_idp.Refused as refused:
        return _json({"error": refused.error}, 401 if refused.error == "invalid_client" else 400)


async def userinfo(request: Request) -> Response:
    scheme, _, presented = request.headers.get("authorization", "").partition(" ")
    try:
        provider = _provider(request)
        given = presented if scheme.lower() == "bearer" else ""
        return _json(await mock_idp.profile(request.app.state.world, provider, given))
    except _Mistake as mistake:
        return _json({"message": str(mistake)}, 404)
    except mock_idp.Refused as refused:
        return _json({"error": refused.error}, 401)
