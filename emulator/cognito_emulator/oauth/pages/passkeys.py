"""`/passkeys/add`: the signed-in user registers a passkey.

Only managed login has it.
"""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.domain import errors, strict_json
from cognito_emulator.domain.auth import passkey
from cognito_emulator.domain.pools.sign_in_policy import WEB_AUTHN
from cognito_emulator.flows.auth import passkeys as flow
from cognito_emulator.oauth.pages.page_request import Visit
from cognito_emulator.ports.journal import note_refusal

ADD = "/passkeys/add"
STEP = "passkey"
# Characters of an address that a cookie can hold while a passkey is registered.
_LONGEST = 2000


async def show(visit: Visit) -> Response:
    _check_managed(visit)
    return _page(visit, None)


def _check_managed(visit: Visit) -> None:
    if visit.classic:
        raise HTTPException(404, "The classic pages have no passkeys; managed login has.")


def _page(visit: Visit, error: errors.ApiError | None) -> Response:
    if visit.user is None:
        return _refused(visit, visit.texts("passkey.signed_out"), 403)
    try:
        options = flow.start(visit.world, flow.Owner(visit.pool, visit.client, visit.user))
    except errors.ApiError as refusal:
        note_refusal(refusal)
        return _refused(visit, refusal, refusal.status)
    return visit.page(
        "passkey.html",
        title=visit.texts("passkey.add.title"),
        lead=visit.texts("passkey.add.lead"),
        graphic="passkey",
        error=error,
        action=visit.url(ADD),
        kind="create",
        options=json.dumps(options),
        submit_label=visit.texts("passkey.add.submit"),
        can_skip=True,
    )


def _refused(visit: Visit, refusal: errors.ApiError | str, status: int) -> Response:
    if visit.data is not None and visit.data.step == STEP:
        return _onwards(visit)  # a failed passkey never keeps a new user from the app
    return visit.page(
        "plain.html", title=visit.texts("passkey.add.title"), graphic="passkey", error=refusal, status=status
    )


def _onwards(visit: Visit) -> Response:
    """Redirect to the app.

    After a sign-up the redirect has the waiting code.
    """
    data = visit.data
    return visit.leave(data.facts["location"] if data and data.step == STEP else visit.asked.redirect_uri)


async def send(visit: Visit) -> Response:
    _check_managed(visit)
    if visit.field("skip"):
        return _onwards(visit)
    if visit.user is None:
        return _page(visit, None)
    try:
        credential = strict_json.decode(visit.field("credential"))
    except ValueError:
        return _page(visit, errors.InvalidParameter("Credential is not valid JSON."))
    try:
        flow.complete(visit.world, flow.Owner(visit.pool, visit.client, visit.user), credential)
    except errors.ApiError as error:
        note_refusal(error)
        return _page(visit, error)
    return _onwards(visit)


def is_offered(visit: Visit, location: str) -> bool:
    """Return whether to offer a new user a passkey.

    This is before the browser goes to `location`. The pool must have passkeys for a page on this host. A browser
    refuses a relying party that is neither its page's host nor a parent of it. No user is sent to a page that must
    fail. The app client must take passkeys: choice-based sign-in is a setting of user pool and app client
    [docs: authentication-flow-things-to-know].
    """
    if "ALLOW_USER_AUTH" not in visit.client.flows:
        return False
    if visit.asked.response_type != "code" or len(location) > _LONGEST:
        return False
    rp_id = flow.relying_party(visit.world, visit.pool)
    if visit.classic or WEB_AUTHN not in visit.pool.first_factors or rp_id is None:
        return False
    return passkey.allows(rp_id, f"{visit.request.url.scheme}://{visit.request.url.netloc}")
