"""Authorization: read a request, and answer it with a code, tokens or an error.

The pages run the sign-in itself (`flows.auth.entry`, with `hosted=request.digest`). When it answers `FINISHED`, they
pass the attempt to `finish`. A live browser session can answer a request without a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr
from cognito_emulator.domain.auth.acr import Context
from cognito_emulator.domain.auth.attempt import Attempt, How, Who
from cognito_emulator.domain.auth.auth_flow import BROWSER_SESSION
from cognito_emulator.domain.auth.lockout import forgotten
from cognito_emulator.domain.auth.origin import Origin
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.client_metadata import BadDocument
from cognito_emulator.domain.expiry import drop_ended
from cognito_emulator.domain.hosted.authorization import (
    CODE_LIFETIME,
    COGNITO,
    SESSION_LIFETIME,
    AuthorizationCode,
    AuthorizationRequest,
    BrowserSession,
    RefusedByRedirect,
    RefusedOnPage,
    digest,
    with_answer,
)
from cognito_emulator.domain.hosted.authorization_checks import checked, missing_parameter
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_enabled, require_user
from cognito_emulator.flows.auth import step_up
from cognito_emulator.flows.tokens import client_metadata, issue
from cognito_emulator.flows.tokens.access import check_credit

if TYPE_CHECKING:
    from cognito_emulator.world import World

# Records are kept for this time after their end, so that a used code differs from an unknown one.
_REMEMBERED = 3600.0


class Finished(Struct, frozen=True):
    """The redirect of the browser at the end of a request.

    `cookie` is the new value of the cookie `cognito`, valid for `max_age` seconds. None leaves the present one.
    """

    location: str
    cookie: str | None = None
    max_age: int = 0


async def load_client(world: World, client_id: str | None, domain_pool: Pool | None) -> None:
    """Fetch what `read` needs of a client that is named by a URL.

    Nothing else is waited for.

    Raises:
        RefusedOnPage: its metadata document cannot be used.
    """
    try:
        await client_metadata.load(world, client_id, domain_pool)
    except BadDocument as error:
        raise RefusedOnPage(str(error)).because("clients.cimd-document") from None


def read(
    world: World, params: Mapping[str, str], domain_pool: Pool | None, *, managed: bool = True
) -> AuthorizationRequest:
    """Return the authorization request in the query of /oauth2/authorize or a page.

    Args:
        domain_pool: the pool whose domain was asked; None at the emulator's own host.
        managed: the domain has managed login, the only one with prompt, max_age, resource and acr_values.

    Raises:
        RefusedOnPage: the error belongs on a page here; no browser is redirected to an unverified URL.
        RefusedByRedirect: the error belongs to the client, at its `location`.
    """
    client_id = params.get("client_id")
    if not client_id:
        raise missing_parameter("client_id")
    client = client_metadata.find(world, client_id, domain_pool)
    if client is None:
        raise RefusedOnPage("Client does not exist.", client_id).because("oauth.client-unknown", value=client_id)
    if not managed:
        later = ("prompt", "max_age", "resource", "acr_values")
        params = {name: value for name, value in params.items() if name not in later}
    providers = world.store.providers.where("pool", client.pool_id)
    names = {provider.name: provider.name for provider in providers}
    names |= {known: provider.name for provider in providers for known in provider.identifiers}
    request = checked(client, params, providers=names)
    return _with_levels(world, request, params.get("acr_values", ""))


def _with_levels(world: World, request: AuthorizationRequest, given: str) -> AuthorizationRequest:
    """Return the request with the levels of acr_values.

    Unknown names are ignored, also where there are no others. On Lite the parameter is ignored
    [docs: cognito-user-pools-step-up-authentication].
    """
    pool, _ = world.client(request.client_id)
    if not given.strip() or pool.tier == "LITE":
        return request
    return replace(request, acr_levels=acr.requested(pool, given))


def parameters(world: World, request: AuthorizationRequest) -> dict[str, str]:
    """Return the query parameters that repeat the request.

    The provider is not among them.
    """
    pool, _ = world.client(request.client_id)
    levels = " ".join(acr.names(pool)[level] for level in request.acr_levels)
    return request.parameters | ({"acr_values": levels} if levels else {})


def with_only_provider(world: World, request: AuthorizationRequest) -> AuthorizationRequest:
    """Return the request with the provider of a client that has a single one.

    An external one leaves the user nothing to choose.
    """
    _, client = world.client(request.client_id)
    named = request.identity_provider is not None or request.unavailable
    if named or len(client.providers) != 1 or COGNITO in client.providers:
        return request
    return replace(request, identity_provider=next(iter(client.providers)))


def live_session(world: World, cookie: str | None, pool: Pool, client: Client | None = None) -> BrowserSession | None:
    """Return the session of a browser that shows this cookie.

    Returns None if it has ended, or its user may no longer sign in.

    A session lasts one hour from the sign-in. Neither sign-out by the API nor a new password ends it
    [docs: cognito-user-pools-managed-login]. Where the pool tracks sessions, each client sets how long it accepts one
    (SSOSession.MaxValidityMinutes). Without `client` the longest of these applies.
    """
    session = world.store.browser_sessions.get(digest(cookie)) if cookie else None
    if session is None or session.pool_id != pool.id:
        return None
    now = world.clock.now()
    user = world.store.users.get(session.user_key)
    if session.expires <= now or user is None or not user.enabled:
        return None
    if client is not None and pool.tracks_sessions and session.auth_time + client.sso_minutes * 60 <= now:
        return None
    return session


def fitting_session(world: World, request: AuthorizationRequest, cookie: str | None) -> BrowserSession | None:
    """Return the browser session that answers a request without a page.

    None if the user has to sign in, or to prove more.

    Raises:
        RefusedByRedirect: the user would have to, and the request has prompt=none.
    """
    session = _usable(world, request, cookie)
    if session is not None and not step_up.reaches_level(world, request, session):
        session = None
    if session is None and "none" in request.prompt:
        fragment = request.response_type == "token"
        raise RefusedByRedirect(request.redirect_uri, "login_required", state=request.state, fragment=fragment).because(
            "oauth.login-required", setting="prompt", value=sorted(request.prompt)
        )
    return session


def session_to_step_up(world: World, request: AuthorizationRequest, cookie: str | None) -> BrowserSession | None:
    """Return the browser session that a step-up can raise to the requested level.

    It is of one of the pool's own users.
    """
    session = _usable(world, request, cookie) if request.acr_levels else None
    return session if session is not None and session.provider == COGNITO and session.context.methods else None


def _usable(world: World, request: AuthorizationRequest, cookie: str | None) -> BrowserSession | None:
    """Return the live session, if the request accepts its provider and age."""
    pool, client = world.client(request.client_id)
    session = None if request.unavailable else live_session(world, cookie, pool, client)
    if session is not None and request.identity_provider not in (None, session.provider):
        session = None
    if session is not None and session.provider not in client.providers:
        session = None
    if session is not None and request.max_age is not None:
        session = session if world.clock.now() - session.auth_time <= request.max_age else None
    return None if "login" in request.prompt else session


async def finish(
    world: World,
    request: AuthorizationRequest,
    attempt: Attempt,
    caller: Caller,
    *,
    provider: str = COGNITO,
    context: Context | None = None,
) -> Finished:
    """End a sign-in on the pages with a browser session and the requested answer.

    `context` says how strongly the user has signed in at a `provider`. Without it the attempt does.

    Raises:
        NotAuthorized: the attempt belongs to another request, the user was disabled, or the stepped-up sign-in ended.
        UserNotFound, ResourceNotFound: user or client was deleted meanwhile.
        UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse: of the pre token trigger (response_type=token).
    """
    if attempt.how.hosted != request.digest:
        raise errors.invalid_session().because("auth.session-invalid")
    check_credit(world, attempt)
    pool, _ = world.client(request.client_id)
    user = _user(world, attempt)
    now = world.clock.now()
    cookie = f"{world.ids.uuid()}{world.ids.bytes(16).hex()}"
    session = BrowserSession(
        digest(cookie),
        pool.id,
        user.sub,
        int(now),
        now + _lifetime(world, pool),
        provider,
        session_id=f"sso{world.ids.client_id()[:25]}" if pool.tracks_sessions else "",
        client_id=request.client_id,
        active=now,
        ip=attempt.how.origin.ip,
        agent=attempt.how.origin.agent,
        context=context or issue.context(pool, attempt),
    )
    with world.store.write():
        _forget_old(world)
        world.store.users.put(forgotten(user, caller.away))
        world.store.browser_sessions.put(session)
    location = await _answer(world, request, attempt, session, caller)
    return Finished(location, cookie, int(session.expires - now))


async def silently(
    world: World, request: AuthorizationRequest, session: BrowserSession, caller: Caller, origin: Origin
) -> Finished:
    """Answer the request by a live browser session.

    There is no page and no sign-in trigger, and the session stays as it is.

    Raises:
        NotAuthorized, UserNotFound, ResourceNotFound, UserLambdaValidation, UnexpectedLambda, InvalidLambdaResponse
    """
    user = require_user(world.store.users.get(session.user_key))
    attempt = Attempt(
        Who(request.pool_id, request.client_id, session.sub, user.username),
        How(BROWSER_SESSION, hosted=request.digest, origin=origin),
        world.ids.uuid(),
    )
    return Finished(await _answer(world, request, attempt, session, caller))


def forget(world: World, cookie: str | None) -> None:
    """Sign the browser out; tokens from its session stay valid."""
    if cookie and digest(cookie) in world.store.browser_sessions:
        with world.store.write():
            world.store.browser_sessions.delete(digest(cookie))


def _user(world: World, attempt: Attempt) -> User:
    return require_enabled(world.store.users.get(attempt.who.key))


def _lifetime(world: World, pool: Pool) -> int:
    """Return the lifetime of a browser session in seconds.

    It is an hour, or where sessions are tracked the longest that any client of the pool accepts.
    """
    if not pool.tracks_sessions:
        return SESSION_LIFETIME
    return max((client.sso_minutes * 60 for client in world.store.clients.where("pool", pool.id)), default=0)


async def _answer(
    world: World, request: AuthorizationRequest, attempt: Attempt, session: BrowserSession, caller: Caller
) -> str:
    state = {} if request.state is None else {"state": request.state}
    if request.response_type == "code":
        # A code counts for no metric: its exchange for tokens does [docs: metrics-for-cognito-user-pools].
        code = _code(world, request, attempt, session)
        return with_answer(request.redirect_uri, {"code": code} | state, fragment=False)
    resource = request.resource or ""
    came = (session.session_id, session.context, request.metadata_url)
    grant = issue.Grant(request.scope, session.auth_time, request.nonce, resource, *came)
    tokens = await issue.sign_in(world, attempt, caller, grant)
    world.metrics.hosted_sign_in(request.pool_id, request.client_id, session.provider)
    answer = {} if tokens.id is None else {"id_token": tokens.id}
    answer |= {"access_token": tokens.access, "token_type": "bearer", "expires_in": str(tokens.expires_in)}
    return with_answer(request.redirect_uri, answer | state, fragment=True)


def _code(world: World, request: AuthorizationRequest, attempt: Attempt, session: BrowserSession) -> str:
    code = world.ids.uuid()
    record = AuthorizationCode(
        digest(code),
        request,
        str(attempt.who.sub),
        session.auth_time,
        world.clock.now() + CODE_LIFETIME,
        attempt.event_id,
        attempt.how.origin.ip,
        attempt.how.origin.agent,
        session.session_id,
        context=session.context,
        provider=session.provider,
    )
    with world.store.write():
        _forget_old(world)
        world.store.authorization_codes.put(record)
    return code


def _forget_old(world: World) -> None:
    """Delete records that ended long ago.

    The caller has opened a write block that adds a record.
    """
    now = world.clock.now()
    drop_ended(world.store.authorization_codes, now, most=1, remembered=_REMEMBERED)
    drop_ended(world.store.browser_sessions, now, most=1, remembered=_REMEMBERED)
