"""Sign-in: InitiateAuth, RespondToAuthChallenge and their Admin twins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import auth_flow, secondary_region
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.clients import secret_hash
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging import trigger_event
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.flows.auth import entry
from cognito_emulator.flows.auth.challenge_answer import Answer
from cognito_emulator.flows.auth.sessions import bearer_of, find_attempt
from cognito_emulator.flows.auth.sign_in import Begin
from cognito_emulator.flows.tokens import refresh
from cognito_emulator.operations._callers import trigger_caller
from cognito_emulator.operations._origin import of_server, of_user
from cognito_emulator.operations._outcomes import sign_in_members
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World


@operation("InitiateAuth")
async def initiate_auth(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    auth_flow: str,
    auth_parameters: Mapping[str, str] | None = None,
    client_metadata: Mapping[str, str] | None = None,
    user_context_data: Mapping[str, Any] | None = None,
    session: str | None = None,
) -> Mapping[str, Any]:
    pool, client = world.client(client_id, caller.told or None)
    if pool.is_replica:
        secondary_region.check_user(names.find(world.store, pool, (auth_parameters or {}).get("USERNAME", "")))
    # ClientMetadata of these two operations is validationData to the triggers [docs: InitiateAuth].
    origin = of_user(caller, pool, client, user_context_data)
    initiator = trigger_caller(caller, client.id, validation=client_metadata, origin=origin, away=pool.away)
    begin = _begin(pool, client, auth_flow, auth_parameters, initiator, admin=False)
    return await _initiate(world, replace(begin, session=session))


@operation("AdminInitiateAuth")
async def admin_initiate_auth(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str,
    auth_flow: str,
    auth_parameters: Mapping[str, str] | None = None,
    client_metadata: Mapping[str, str] | None = None,
    context_data: Mapping[str, Any] | None = None,
    session: str | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    if pool.is_replica:
        secondary_region.check_user(names.find(world.store, pool, (auth_parameters or {}).get("USERNAME", "")))
    # ClientMetadata of these two operations is validationData to the triggers [docs: InitiateAuth].
    origin = of_server(caller, context_data)
    initiator = trigger_caller(caller, client.id, validation=client_metadata, origin=origin, away=pool.away)
    begin = _begin(pool, client, auth_flow, auth_parameters, initiator, admin=True)
    return await _initiate(world, replace(begin, session=session))


def _begin(
    pool: Pool,
    client: Client,
    flow: str,
    parameters: Mapping[str, str] | None,
    initiator: trigger_event.Caller,
    *,
    admin: bool,
) -> Begin:
    return Begin(pool, client, flow, parameters or {}, admin, initiator)


async def _initiate(world: World, request: Begin) -> Mapping[str, Any]:
    parameters = request.parameters
    if request.flow in auth_flow.REFRESH_FLOWS:
        return await _refresh(world, request)
    # With a Session of ConfirmSignUp the AuthParameters do not matter, so USERNAME may be absent
    # [docs: authentication-flows-selection-sdk].
    attempt = find_attempt(world, request.client, request.session)
    username = parameters.get("USERNAME") or (attempt.who.username if attempt else None)
    if not username:
        raise errors.missing_parameter("USERNAME")
    _check_secret_hash(world, request, username, attempt, parameters.get("SECRET_HASH"))
    auth_flow.check(request.client, request.flow, admin=request.admin)
    try:
        return sign_in_members(await entry.begin(world, request))
    except errors.MfaMethodNotFound as lacking:
        if request.admin:
            raise
        # InitiateAuth does not model that exception.
        raise errors.InvalidUserPoolConfiguration(lacking.message) from None


def _check_secret_hash(
    world: World, request: Begin | Answer, typed: str, attempt: Attempt | None, sent: str | None
) -> None:
    """Check SECRET_HASH; the user is looked up only where the client has a secret."""
    has_secret = bool(request.client.secrets)
    secret_hash.check(request.client, _hashed_names(world, request.pool, typed, attempt) if has_secret else (), sent)


def _hashed_names(world: World, pool: Pool, typed: str, attempt: Attempt | None) -> set[str]:
    """Return the names of which a secret hash is valid in a sign-in.

    They are "the value of any user pool sign-in attribute" of the user [docs: signing-up-users-in-your-app], who may
    not exist. The name with which the attempt began stays valid, so that an answer does not tell whether a user has it.
    """
    begun = {name for name in (attempt.who.username, attempt.who.typed) if name} if attempt else set()
    user = names.find(world.store, pool, attempt.who.username if attempt else typed)
    return {typed, *begun} | (names.all_of(user) if user else set())


async def _refresh(world: World, request: Begin) -> Mapping[str, Any]:
    """Run REFRESH_TOKEN_AUTH; the secret hash is over the real user name.

    Only the token has that name [observed: aws-sdk-net-extensions-cognito#122].
    """
    parameters, client = request.parameters, request.client
    presented = parameters.get("REFRESH_TOKEN")
    if not presented:
        raise errors.missing_parameter("REFRESH_TOKEN")
    sent = parameters.get("SECRET_HASH")
    if not client.secrets or sent is None:
        secret_hash.check(client, [], sent)
    auth_flow.check(client, request.flow, admin=request.admin)
    try:
        family, user = refresh.find(world, client, presented, parameters.get("DEVICE_KEY"))
    except errors.RefreshTokenReuse as reuse:
        # Only GetTokensFromRefreshToken models that exception.
        raise errors.NotAuthorized(reuse.message) from None
    if client.secrets:
        try:
            secret_hash.check(client, [user.username], sent)
        except errors.NotAuthorized:
            raise errors.NotAuthorized(f"SecretHash does not match for the client: {client.id}").because(
                "clients.secret-hash-wrong", setting="GenerateSecret", value=True
            ) from None
    origin = request.caller.origin
    presenter = refresh.Presenter(presented, origin.ip, origin.agent, replace(request.caller, validation=None))
    return sign_in_members(await refresh.by_initiate_auth(world, family, client, user, presenter))


@operation("RespondToAuthChallenge")
async def respond_to_auth_challenge(
    world: World,
    *,
    caller: Caller,
    client_id: str,
    challenge_name: str,
    session: str | None = None,
    challenge_responses: Mapping[str, str] | None = None,
    client_metadata: Mapping[str, str] | None = None,
    user_context_data: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    pool, client = world.client(client_id, caller.told or None)
    if pool.is_replica:
        secondary_region.check_challenge(challenge_name)
    origin = of_user(caller, pool, client, user_context_data)
    initiator = trigger_caller(caller, client.id, client_metadata, origin=origin, away=pool.away)
    answer = Answer(pool, client, challenge_name, challenge_responses or {}, session, False, initiator)
    return await _respond(world, answer)


@operation("AdminRespondToAuthChallenge")
async def admin_respond_to_auth_challenge(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str,
    challenge_name: str,
    session: str | None = None,
    challenge_responses: Mapping[str, str] | None = None,
    client_metadata: Mapping[str, str] | None = None,
    context_data: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    if pool.is_replica:
        secondary_region.check_challenge(challenge_name)
    origin = of_server(caller, context_data)
    initiator = trigger_caller(caller, client.id, client_metadata, origin=origin, away=pool.away)
    answer = Answer(pool, client, challenge_name, challenge_responses or {}, session, True, initiator)
    return await _respond(world, answer)


async def _respond(world: World, answer: Answer) -> Mapping[str, Any]:
    responses = answer.responses
    if not responses:
        raise errors.missing_parameter("challenge responses.")  # measured, of PASSWORD_VERIFIER
    username = responses.get("USERNAME")
    if not username:
        raise errors.missing_parameter("USERNAME")
    attempt = find_attempt(world, answer.client, bearer_of(answer))
    _check_secret_hash(world, answer, username, attempt, responses.get("SECRET_HASH"))
    return sign_in_members(await entry.answer(world, answer))
