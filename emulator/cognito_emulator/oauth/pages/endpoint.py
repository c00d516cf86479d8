"""What every page does before it is shown: read its request, and know its forms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from cognito_emulator.domain.hosted.authorization import RefusedByRedirect, RefusedOnPage, ScopeRefused
from cognito_emulator.oauth.errors import redirect, sent_back
from cognito_emulator.oauth.pages import error_pages, forms
from cognito_emulator.oauth.pages.page_data import FAILED, PageData
from cognito_emulator.oauth.pages.page_request import StartOver, Unavailable, Visit, open_visit
from cognito_emulator.ports.journal import note_reason
from cognito_emulator.world import World

Page = Callable[[Visit], Awaitable[Response]]
# The pages for users of an identity provider; the other pages are for the pool's own users.
_FOR_ALL = ("/login", "/passkeys/add")
# The pages that a secondary Region of a pool lacks, by operation [docs: user-pool-multi-region].
_WRITES: Mapping[str, str] = {
    "/signup": "SignUp",
    "/confirm": "ConfirmSignUp",
    "/resendcode": "ResendConfirmationCode",
    "/forgotPassword": "ForgotPassword",
    "/confirmforgotPassword": "ConfirmForgotPassword",
    "/passkeys/add": "CompleteWebAuthnRegistration",
}


def served(show: Page, send: Page) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a page."""

    async def answer(request: Request) -> Response:
        world: World = request.app.state.world
        form: Mapping[str, str] = {}
        try:
            if request.method == "POST":
                form = await forms.read(request)
                forms.check(request, form, world.public_url)
            visit = await open_visit(world, request, form)
        except (forms.Forged, forms.Unreadable):
            return error_pages.forged(request)
        except Unavailable:
            return error_pages.unavailable(request)
        except RefusedOnPage as refused:
            return error_pages.refused(request, refused)
        except ScopeRefused as refused:
            return error_pages.refused(request, refused.page)
        except RefusedByRedirect as refused:
            return sent_back(request, refused)
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
        # The page of a sign-in that is complete, reached by Back, is no failure.
        is_done = visit.request.method == "GET" and visit.user is not None and visit.fits_session
        return visit.go("/login", None if is_done else PageData(FAILED, ""))
    except RefusedByRedirect as refused:
        note_reason(refused)
        return visit.leave(refused.location)


def _elsewhere(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return redirect(request, f"{path}?{request.url.query}")

    return answer


# Other spellings [docs: cognito-user-pools-managed-login].
to_login, to_reset = _elsewhere("/login"), _elsewhere("/confirmforgotPassword")
