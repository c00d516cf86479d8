"""Open a visit: the request behind its address, its pool, client and language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.origin import Origin, read_fingerprint
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted.authorization import COGNITO, AuthorizationRequest, BrowserSession, RefusedOnPage
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth.challenge_answer import Answer
from cognito_emulator.flows.auth.sign_in import Begin
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.flows.hosted.authorize import Finished
from cognito_emulator.flows.tokens import client_metadata
from cognito_emulator.oauth import hosts, requests
from cognito_emulator.oauth.errors import redirect
from cognito_emulator.oauth.pages import dial_codes, forms, inbox, page_data, render
from cognito_emulator.oauth.pages.field_errors import Form, Shown, explain
from cognito_emulator.oauth.pages.look import Look, look_of, style_of
from cognito_emulator.oauth.pages.page_data import PageData
from cognito_emulator.oauth.pages.wording import DEFAULT, Texts, choose, classic_texts, texts
from cognito_emulator.world import World

LANGUAGE_COOKIE = "lang"


class StartOver(Exception):
    """The user has to begin again.

    The sign-in has ended, or was never begun.
    """


class Mistake(errors.ApiError):
    """An error that the page itself finds, with a text in its language."""


class Unavailable(Exception):
    """Managed login has no style for the app client.

    A style must be assigned first [docs: cognito-user-pools-managed-login]. AWS answers "Login pages unavailable"
    [observed: minorun365/html-share#3].
    """


class Visit(Struct, dict=True):
    """One request for a page.

    `asked` is the authorization request in its address, `form` the fields that were sent, `data` the values from the
    page before.
    """

    world: World
    request: Request
    asked: AuthorizationRequest
    pool: Pool
    client: Client
    texts: Texts
    look: Look
    form: Mapping[str, str]
    csrf: str
    cookies: dict[str, str | None] = field(default_factory=dict)
    finished: Finished | None = None

    @property
    def query(self) -> str:
        return self.request.url.query

    def parameter(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    @property
    def classic(self) -> bool:
        return self.look.classic

    @property
    def has_local_users(self) -> bool:
        """Whether users of the pool itself can sign in to the client.

        They can if SupportedIdentityProviders has COGNITO.
        """
        return COGNITO in self.client.providers

    @property
    def caller(self) -> Caller:
        """The caller for Lambda triggers."""
        return Caller(self.client.id, origin=self.origin, away=self.pool.away)

    @property
    def origin(self) -> Origin:
        """The address from which the user comes.

        `cognitoAsfData` is the field in which AWS's script puts the fingerprint.
        """
        came = requests.origin(self.request)
        return Origin(came.ip, came.agent, read_fingerprint(self.field("cognitoAsfData")))

    @cached_property
    def data(self) -> PageData | None:
        return page_data.unseal(self.world, self.query, self.request.cookies.get(page_data.COOKIE))

    @cached_property
    def session(self) -> BrowserSession | None:
        """The live session of this browser."""
        return authorize.live_session(
            self.world, self.request.cookies.get(requests.SESSION_COOKIE), self.pool, self.client
        )

    @property
    def fits_session(self) -> bool:
        """Whether the live session answers the request without another question."""
        cookie = self.request.cookies.get(requests.SESSION_COOKIE)
        return authorize.fitting_session(self.world, self.asked, cookie) is not None

    @property
    def to_step_up(self) -> BrowserSession | None:
        """The session of this browser, if it lacks only something for the request."""
        cookie = self.request.cookies.get(requests.SESSION_COOKIE)
        return authorize.session_to_step_up(self.world, self.asked, cookie)

    @property
    def user(self) -> User | None:
        """The user who is signed in in this browser."""
        return self.world.store.users.get(self.session.user_key) if self.session else None

    def begin(self, flow: str, parameters: Mapping[str, str], session: str | None = None) -> Begin:
        """Return a request to sign in, for this authorization request alone."""
        return Begin(
            self.pool,
            self.client,
            flow,
            parameters,
            admin=False,
            caller=self.caller,
            session=session,
            hosted=self.asked.digest,
            targets=self.asked.acr_levels,
        )

    def answer(self, data: PageData, challenge: str, responses: Mapping[str, str]) -> Answer:
        """Return an answer to a challenge of that sign-in."""
        given = {"USERNAME": data.username, **responses}
        return Answer(
            self.pool,
            self.client,
            challenge,
            given,
            data.session,
            admin=False,
            caller=self.caller,
            hosted=self.asked.digest,
        )

    def field(self, name: str) -> str:
        return self.form.get(name, "")

    def country(self, name: str) -> str:
        """Return the country that the form has beside the phone number of that name."""
        return self.form.get(f"{dial_codes.PREFIX}{name}", "")

    def attributes(self) -> dict[str, str]:
        """Return the attributes in a form: its fields `requiredAttributes[…]`."""
        given = {
            name.removeprefix("requiredAttributes[").removesuffix("]"): value
            for name, value in self.form.items()
            if name.startswith("requiredAttributes[") and name.endswith("]")
        }
        return {name: value for name, value in given.items() if value}

    def check_repeated_password(self) -> None:
        """Refuse a form whose two password fields differ.

        A form without the second is one of the classic pages.

        Raises:
            Mistake
        """
        if "passwordConfirmation" in self.form and self.field("password") != self.field("passwordConfirmation"):
            raise Mistake(self.texts("password.mismatch")).because("hosted.passwords-differ")

    def url(self, path: str) -> str:
        """Return the address of another page of the same request.

        It has the whole query string, as on AWS.
        """
        return f"{path}?{self.query}"

    def authorize_url(self, **more: str) -> str:
        """Return the authorization endpoint with the same request and more parameters."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in more]
        return f"/oauth2/authorize?{urlencode([*kept, *more.items()])}"

    @property
    def recovery_url(self) -> str | None:
        """The page for password recovery.

        None if only an administrator can recover it (AccountRecoverySetting).
        """
        return None if self.pool.recovery == () else self.url("/forgotPassword")

    def page(
        self,
        template: str,
        *,
        inbox_of: str | None = None,
        error: errors.ApiError | str | None = None,
        also: Sequence[errors.ApiError] = (),
        **values: Any,
    ) -> Response:
        """Return a page in this look and language.

        `error` is the refusal that the page answers, or a text of the page itself; `also` are further refusals of the
        same form. `inbox_of` is the user who waits for a message.
        """
        status = values.pop("status", 200)
        leaves = values.pop("leaves", True)
        shown = None if inbox_of is None else inbox.messages_to(self.world, self.request, self.pool, inbox_of)
        problems = Shown(error) if isinstance(error, str) else self._explain(error, also)
        context = {
            "t": self.texts,
            "look": self.look,
            "csrf": self.csrf,
            "messages": shown,
            "error": problems.banner,
            "field_errors": problems.fields,
            **values,
        }
        return render.page(template, context, status=status, leaves=leaves)

    def _explain(self, error: errors.ApiError | None, also: Sequence[errors.ApiError]) -> Shown:
        if error is None:
            return Shown()
        form = Form(self.pool, self.texts, frozenset(self.form), self.classic)
        return explain(form, [error, *also])

    def go(self, path: str, data: PageData | None = None) -> Response:
        """Redirect to another page of the same request, with its values."""
        self.cookies[page_data.COOKIE] = page_data.seal(self.world, self.query, data) if data else None
        return redirect(self.request, self.url(path))

    def leave(self, url: str) -> Response:
        """Redirect away from the pages."""
        self.forget()
        return redirect(self.request, url)

    def forget(self) -> None:
        """Delete the values of the sign-in."""
        if page_data.COOKIE in self.request.cookies:
            self.cookies[page_data.COOKIE] = None

    def with_cookies(self, response: Response) -> Response:
        """Return the response with the cookies of this visit.

        They are HttpOnly, and Secure where the browser uses TLS.
        """
        if forms.token_of(self.request) != self.csrf:
            self.cookies[forms.COOKIE] = self.csrf
        if not self.classic and self.parameter("lang"):
            self.cookies[LANGUAGE_COOKIE] = self.texts.language
        secure = requests.is_secure(self.request)
        for name, value in self.cookies.items():
            if value is None:
                response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
            else:
                response.set_cookie(name, value, path="/", secure=secure, httponly=True, samesite="lax")
        if self.finished is not None and self.finished.cookie is not None:
            requests.set_session(self.request, response, self.finished.cookie, self.finished.max_age)
        return response


def is_classic(world: World, pool: Pool, domain: HostedDomain | None) -> bool:
    """Return whether the pages are classic.

    They are with ManagedLoginVersion 1 of the domain. At the emulator's own host every domain of the pool must have
    it. A pool without a domain has no pages on AWS; here it has those of managed login, if its tier does.
    """
    if domain is not None:
        return domain.version == 1
    versions = [known.version for known in world.domains(pool)]
    return max(versions, default=1 if pool.tier == "LITE" else 2) == 1


async def _params(world: World, request: Request, pool: Pool | None) -> dict[str, str]:
    params = requests.query(request)
    await authorize.load_client(world, params.get("client_id"), pool)
    if request.url.path == "/passkeys/add" and "response_type" not in params:
        # This page needs less than the others: client and redirect URI
        # [docs: amazon-cognito-user-pools-authentication-flow-methods].
        client = client_metadata.find(world, params.get("client_id", ""), pool)
        flows = client.settings.get("AllowedOAuthFlows", ()) if client else ()
        params["response_type"] = "token" if "implicit" in flows and "code" not in flows else "code"
    return params


def look_for(world: World, request: Request, pool: Pool, client: Client, domain: HostedDomain | None) -> Look:
    classic = is_classic(world, pool, domain)
    wanted = request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)
    return look_of(world, pool, client, classic=classic, language=DEFAULT if classic else choose(*wanted))


async def open_visit(world: World, request: Request, form: Mapping[str, str]) -> Visit:
    """Return the visit of a request.

    Raises:
        AuthorizationRefused: the authorization request in the address is not valid.
        Unavailable
    """
    place = hosts.place(request)
    try:
        params = await _params(world, request, place.pool)
    except requests.Repeated:
        raise RefusedOnPage("invalid_request").because("oauth.parameter-repeated") from None
    asked = authorize.read(world, params, place.pool, managed=place.managed)
    pool, client = world.client(asked.client_id, place.away)
    look = look_for(world, request, pool, client, place.domain)
    if not look.classic and style_of(world, client) is None and world.domains(pool):
        raise Unavailable
    csrf = forms.token_of(request) or world.ids.uuid()
    words = classic_texts() if look.classic else texts(look.language)
    return Visit(world, request, asked, pool, client, words, look, dial_codes.with_codes(form), csrf)
