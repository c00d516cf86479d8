"""Sign-in pages: forms use the flows of InitiateAuth and RespondToAuthChallenge."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace
from starlette.responses import Response

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import secondary_region
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.first_factor import USER_AUTH
from cognito_emulator.domain.metrics import AUTHENTICATION
from cognito_emulator.domain.tokens.issued import Tokens
from cognito_emulator.flows.auth import entry
from cognito_emulator.flows.auth.outcome import Complete, Outcome
from cognito_emulator.flows.auth.step_up import flow_of
from cognito_emulator.flows.hosted import authorize, hosted
from cognito_emulator.oauth.pages import passkeys
from cognito_emulator.oauth.pages.challenges import PATHS, STEPS
from cognito_emulator.oauth.pages.page_data import PageData
from cognito_emulator.oauth.pages.page_request import StartOver, Visit
from cognito_emulator.ports.journal import note_refusal

PASSWORD_FLOW = "USER_PASSWORD_AUTH"
CONFIRM, CONFIRM_STEP = "/confirm", "confirm"
_SIGN_UP = ("/signup", CONFIRM)
# An ended session: the user begins again with "Something went wrong" [docs: cognito-user-pools-managed-login].
_OVER = "Invalid session for the user"


def by_choice(visit: Visit) -> bool:
    """Return whether users choose their first factor.

    They do in managed login where the client has ALLOW_USER_AUTH. The classic pages, and clients without it, require
    user name and password. ExplicitAuthFlows has no other effect on the pages.
    """
    return not visit.classic and "ALLOW_USER_AUTH" in visit.client.flows and visit.pool.tier != "LITE"


async def begin(visit: Visit, username: str, parameters: Mapping[str, str], session: str | None = None) -> Response:
    """Begin a sign-in by choice or by password, as the client is set up.

    Raises:
        ApiError: as InitiateAuth documents.
    """
    flow = USER_AUTH if by_choice(visit) or session else PASSWORD_FLOW
    given = {"USERNAME": username, **parameters}
    if flow == USER_AUTH and "PASSWORD" in given:
        given["PREFERRED_CHALLENGE"] = ChallengeName.PASSWORD
    return await proceed(visit, username, await entry.begin(visit.world, visit.begin(flow, given, session)))


async def step_up(visit: Visit) -> Response:
    """Ask the signed-in user for the factors that the requested level lacks.

    Raises:
        StartOver: no user is signed in, or no longer.
        ApiError: as InitiateAuth documents.
    """
    session, user = visit.to_step_up, visit.user
    if session is None or user is None:
        raise StartOver
    asked = visit.begin(flow_of(visit.client), {"USERNAME": user.username})
    context = session.context
    asked = replace(asked, credited=context.methods, presented=context.acr, backing=session.digest)
    return await proceed(visit, user.username, await entry.step_up(visit.world, asked), begun=True)


async def proceed(visit: Visit, username: str, outcome: Outcome, *, begun: bool = False) -> Response:
    """Return the page of the next challenge, or redirect to the app.

    In a sign-in that has `begun` a password is one more factor, whose page continues with the session.
    """
    if isinstance(outcome, Complete):
        return await _finish(visit, username, outcome.attempt)
    if isinstance(outcome, Tokens):
        raise AssertionError("a sign-in of the pages ends in no tokens")
    name, session = outcome.name, outcome.session or ""
    if visit.pool.is_replica:
        secondary_region.check_challenge(name)
    if name not in PATHS:
        # The pages have neither custom challenges [docs: cognito-user-pools-managed-login] nor those of devices.
        raise errors.NotAuthorized(visit.texts("error.unsupported")).because("hosted.page-unsupported")
    available = [one for one in outcome.available if one != ChallengeName.PASSWORD_SRP]
    if name == ChallengeName.SELECT_CHALLENGE and available == [ChallengeName.PASSWORD]:
        return _to_password(visit, username, session if begun else "")
    facts = dict(outcome.parameters)
    facts.pop("userAttributes", None)
    facts |= _offered(available) | ({"begun": "1"} if begun else {})
    return visit.go(PATHS[name], PageData(name, username, session, facts=facts))


def _to_password(visit: Visit, username: str, session: str) -> Response:
    return visit.go(PATHS[ChallengeName.PASSWORD], PageData(ChallengeName.PASSWORD, username, session))


async def _finish(visit: Visit, username: str, attempt: Attempt) -> Response:
    """Redirect to the app.

    A user who has just signed up is first offered a passkey.
    """
    finished = await authorize.finish(visit.world, visit.asked, attempt, visit.caller)
    visit.finished = finished
    if visit.request.url.path in _SIGN_UP and passkeys.is_offered(visit, finished.location):
        return visit.go(passkeys.ADD, PageData(passkeys.STEP, username, facts={"location": finished.location}))
    return visit.leave(finished.location)


def _offered(available: list[str]) -> dict[str, str]:
    return {"available": " ".join(available)} if available else {}


def under_way(visit: Visit, *steps: str) -> PageData:
    """Return the values of the page before, if it is one of these steps.

    Raises:
        StartOver
    """
    if visit.data is None or visit.data.step not in steps:
        raise StartOver
    return visit.data


def to_confirm(visit: Visit, username: str) -> Response:
    """Redirect a user who is not confirmed to the page for the code [assumed]."""
    return visit.go(CONFIRM, PageData(CONFIRM_STEP, username))


def is_over(error: errors.ApiError) -> bool:
    """Return whether the session of a challenge has ended."""
    return error.message.startswith(_OVER)


def _steps_here(visit: Visit) -> tuple[str, ...]:
    return tuple(name for name, step in STEPS.items() if step.path == visit.request.url.path)


async def show(visit: Visit) -> Response:
    """Answer `GET` of a challenge's page."""
    data = under_way(visit, *_steps_here(visit))
    return STEPS[data.step].show(visit, data, None)


async def send(visit: Visit) -> Response:
    """Answer `POST` of a challenge's page, the answer to the challenge."""
    data = under_way(visit, *_steps_here(visit))
    step = STEPS[data.step]
    visit.world.metrics.call(AUTHENTICATION)
    try:
        if visit.field("resend"):
            return await _send_new_code(visit, data)
        return await _answer_challenge(visit, data, step.responses(visit, data))
    except errors.ApiError as error:
        note_refusal(error)
        visit.world.metrics.sign_in(visit.pool.id, visit.client.id, success=False)
        if is_over(error):
            raise StartOver from None
        if isinstance(error, errors.UserNotConfirmed) and not visit.classic:
            return to_confirm(visit, data.username)
        return step.show(visit, data, error)


async def _answer_challenge(visit: Visit, data: PageData, responses: Mapping[str, str]) -> Response:
    if data.step == ChallengeName.PASSWORD and not data.session:
        # A password has one try in a session, so each begins anew.
        return await begin(visit, data.username, responses)
    if data.step == ChallengeName.SELECT_CHALLENGE and responses["ANSWER"] == ChallengeName.PASSWORD:
        session = data.session if data.facts.get("begun") else ""
        return _to_password(visit, data.username, session)
    return await respond(visit, data, data.step, responses)


async def respond(visit: Visit, data: PageData, challenge: str, responses: Mapping[str, str]) -> Response:
    """Answer a challenge and continue.

    Raises:
        ApiError: as RespondToAuthChallenge documents.
    """
    outcome = await entry.answer(visit.world, visit.answer(data, challenge, responses))
    return await proceed(visit, data.username, outcome, begun=True)


async def _send_new_code(visit: Visit, data: PageData) -> Response:
    """Send a new code: the challenge is put once more, in a new session."""
    challenge = await hosted.ask_again(visit.world, visit.answer(data, data.step, {}))
    facts = {**challenge.parameters, "resent": "1"}
    return visit.go(PATHS[data.step], PageData(data.step, data.username, challenge.session or "", facts=facts))
