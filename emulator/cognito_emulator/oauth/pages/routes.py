"""The routes of the pages, and what every page does before it is shown: read its request, and know its forms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cognito_emulator.domain.hosted.authorization import RefusedByRedirect, RefusedOnPage, ScopeRefused
from cognito_emulator.oauth import hosts
from cognito_emulator.oauth.errors import redirect
from cognito_emulator.oauth.pages import (
    assets,
    challenges,
    error_pages,
    forms,
    login,
    mfa_setup,
    passkeys,
    recovery,
    sign_in,
    sign_up,
)
from cognito_emulator.oauth.pages.opening import Unavailable, open_visit
from cognito_emulator.oauth.pages.page_data import FAILED, PageData
from cognito_emulator.oauth.pages.page_request import StartOver, Visit
from cognito_emulator.world import World

Page = Callable[[Visit], Awaitable[Response]]
_PAGES: Mapping[str, tuple[Page, Page]] = {
    "/login": (login.show, login.send),
    "/signup": (sign_up.show, sign_up.send),
    "/confirm": (sign_up.show_confirm, sign_up.send_confirm),
    "/resendcode": (sign_up.show_resend, sign_up.resend),
    "/forgotPassword": (recovery.show, recovery.send),
    "/confirmforgotPassword": (recovery.show_reset, recovery.send_reset),
    "/passkeys/add": (passkeys.show, passkeys.send),
    challenges.SETUP: (mfa_setup.show, mfa_setup.send),
    **{step.path: (sign_in.show, sign_in.send) for step in challenges.STEPS.values()},
}
# The pages for users of an identity provider; the other pages are for the pool's own users.
_FOR_ALL = ("/login", "/passkeys/add")
# What a secondary Region of a pool does not do, by the operation behind it [docs: user-pool-multi-region].
_WRITES: Mapping[str, str] = {
    "/signup": "SignUp",
    "/confirm": "ConfirmSignUp",
    "/resendcode": "ResendConfirmationCode",
    "/forgotPassword": "ForgotPassword",
    "/confirmforgotPassword": "ConfirmForgotPassword",
    "/passkeys/add": "CompleteWebAuthnRegistration",
}
# Other spellings in the developer guide.
_ALIASES = {"/confirmForgotPassword": "/confirmforgotPassword", "/oauth2/login": "/login"}
# What is for browsers alone: scripts of other origins are not told that they may read it (no CORS).
PATHS = frozenset({*_PAGES, *_ALIASES, "/error", "/confirmUser", "/confirmUser/"})
ASSETS = "/_pages/"


def page_routes() -> list[BaseRoute]:
    """The routes of the pages and of the files behind them."""
    found: list[BaseRoute] = [Route(path, _served(*pages), methods=["GET", "POST"]) for path, pages in _PAGES.items()]
    found += [Route(alias, _elsewhere(path)) for alias, path in _ALIASES.items()]
    return [
        *found,
        Route("/error", error_pages.show),
        Route("/_pages/theme/{client_id}.css", assets.theme),
        Route("/_pages/classic/{client_id}.css", assets.theme),
        Route("/_pages/image/{style}/{number:int}", assets.image),
        Route("/_pages/{name}", assets.static),
    ]


def _served(show: Page, send: Page) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a page."""

    async def answer(request: Request) -> Response:
        world: World = request.app.state.world
        form: Mapping[str, str] = {}
        try:
            if request.method == "POST":
                form = await forms.read(request)
                forms.check(request, form, world.public_url)
            visit = await open_visit(hosts.world_at(request), request, form)
        except (forms.Forged, forms.Unreadable):
            return error_pages.forged(request)
        except Unavailable:
            return error_pages.unavailable(request)
        except RefusedOnPage as refused:
            return error_pages.refused(request, refused)
        except ScopeRefused as refused:
            return error_pages.refused(request, refused.page)
        except RefusedByRedirect as refused:
            return redirect(request, refused.location)
        return visit.with_cookies(await _answered(visit, show, send))

    return answer


async def _answered(visit: Visit, show: Page, send: Page) -> Response:
    path = visit.request.url.path
    if path not in _FOR_ALL and not visit.has_local_users:
        return visit.go("/login")
    if path in _WRITES and visit.pool.is_replica:
        return error_pages.not_here(visit.request, _WRITES[path])
    try:
        return await (send if visit.request.method == "POST" else show)(visit)
    except StartOver:
        return visit.go("/login", PageData(FAILED, ""))
    except RefusedByRedirect as refused:
        return visit.leave(refused.location)


def _elsewhere(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return redirect(request, f"{path}?{request.url.query}")

    return answer
