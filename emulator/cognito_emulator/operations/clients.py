"""App clients: create, describe, list, update, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import client_secrets, client_settings, published_secret
from cognito_emulator.domain.clients.client import MAX_CLIENTS, Client
from cognito_emulator.domain.clients.client_settings import Known
from cognito_emulator.domain.page import page_of
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.removal import remove_client
from cognito_emulator.operations._given import given
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import Caller, operation
from cognito_emulator.world import World

_NESTED = (
    "AnalyticsConfiguration.ApplicationId",
    "AnalyticsConfiguration.ApplicationArn",
    "AnalyticsConfiguration.RoleArn",
    "AnalyticsConfiguration.ExternalId",
    "AnalyticsConfiguration.UserDataShared",
    "TokenValidityUnits.AccessToken",
    "TokenValidityUnits.IdToken",
    "TokenValidityUnits.RefreshToken",
    "RefreshTokenRotation.Feature",
    "RefreshTokenRotation.RetryGracePeriodSeconds",
)
_SIMPLIFIED = (
    "Nothing is sent to the analytics application. AWS Secrets Manager has GetSecretValue and DescribeSecret only, so "
    "that rotation is always every 7 days."
)


def _known(world: World, pool: Pool) -> Known:
    """What a client of the pool may name."""
    servers = world.store.resource_servers.where("pool", pool.id)
    providers = world.store.providers.where("pool", pool.id)
    return Known(
        scopes=frozenset(scope for server in servers for scope in server.scope_names),
        providers=frozenset(provider.name for provider in providers),
        saml=frozenset(provider.name for provider in providers if provider.type == "SAML"),
        starting=frozenset(provider.name for provider in providers if provider.starts_sign_in),
    )


def _describe(pool: Pool, client: Client) -> dict[str, Any]:
    """UserPoolClientType; it shows the ARN of a secret that is in AWS Secrets Manager."""
    is_published = client.rotated is not None
    return {
        "UserPoolId": client.pool_id,
        "ClientName": client.name,
        "ClientId": client.id,
        "ClientSecret": None if is_published else client_secrets.shown(client),
        "ClientSecretArn": published_secret.arn(pool, client) if is_published else None,
        "LastModifiedDate": stamp(client.modified),
        "CreationDate": stamp(client.created),
        **client.settings,
        **({"ClientType": "DCR"} if client.registered else {}),
    }


@operation("CreateUserPoolClient", nested=_NESTED, simplified=_SIMPLIFIED)
async def create_user_pool_client(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_name: str,
    generate_secret: bool = False,
    client_secret: str | None = None,
    refresh_token_validity: int | None = None,
    access_token_validity: int | None = None,
    id_token_validity: int | None = None,
    token_validity_units: Mapping[str, str] | None = None,
    read_attributes: list[str] | None = None,
    write_attributes: list[str] | None = None,
    explicit_auth_flows: list[str] | None = None,
    analytics_configuration: Mapping[str, Any] | None = None,
    callback_urls: list[str] | None = None,
    logout_urls: list[str] | None = None,
    default_redirect_uri: str | None = None,
    allowed_o_auth_flows: list[str] | None = None,
    allowed_o_auth_scopes: list[str] | None = None,
    allowed_o_auth_flows_user_pool_client: bool | None = None,
    enable_propagate_additional_user_context_data: bool | None = None,
    supported_identity_providers: list[str] | None = None,
    prevent_user_existence_errors: str | None = None,
    enable_token_revocation: bool | None = None,
    auth_session_validity: int | None = None,
    refresh_token_rotation: Mapping[str, Any] | None = None,
    publish_secrets_in_aws_secrets_manager: bool = False,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    if generate_secret and client_secret is not None:
        # API reference, ClientSecret; the words are ours.
        raise errors.InvalidParameter("GenerateSecret and ClientSecret cannot be specified together.")
    if world.store.clients.count("pool", pool.id) >= MAX_CLIENTS:
        raise errors.LimitExceeded(f"The limit of {MAX_CLIENTS} app clients per user pool is reached.")
    members = given(
        RefreshTokenValidity=refresh_token_validity,
        AccessTokenValidity=access_token_validity,
        IdTokenValidity=id_token_validity,
        TokenValidityUnits=token_validity_units,
        ReadAttributes=read_attributes,
        WriteAttributes=write_attributes,
        ExplicitAuthFlows=explicit_auth_flows,
        AnalyticsConfiguration=analytics_configuration,
        CallbackURLs=callback_urls,
        LogoutURLs=logout_urls,
        DefaultRedirectURI=default_redirect_uri,
        AllowedOAuthFlows=allowed_o_auth_flows,
        AllowedOAuthScopes=allowed_o_auth_scopes,
        AllowedOAuthFlowsUserPoolClient=allowed_o_auth_flows_user_pool_client,
        EnablePropagateAdditionalUserContextData=enable_propagate_additional_user_context_data,
        SupportedIdentityProviders=supported_identity_providers,
        PreventUserExistenceErrors=prevent_user_existence_errors,
        EnableTokenRevocation=enable_token_revocation,
        AuthSessionValidity=auth_session_validity,
        RefreshTokenRotation=refresh_token_rotation,
    )
    secret = world.ids.client_secret() if generate_secret else client_secret
    now = world.clock.now()
    client_id = client_settings.custom_id(client_name) or world.ids.client_id()
    client = client_settings.new_client(client_id, secret, pool, client_name, now, members, _known(world, pool))
    if client.id in world.store.clients:
        # Only an id that a seed or a name fixed can be taken.
        raise errors.InvalidParameter(f"User pool client {client.id} already exists.")
    client = replace(client, has_generated_secret=generate_secret)
    if publish_secrets_in_aws_secrets_manager and generate_secret:
        client = published_secret.publish(client, world.ids.client_secret(), now)
    with world.store.write():
        world.store.clients.put(client)
    return {"UserPoolClient": _describe(pool, client)}


@operation("DescribeUserPoolClient")
async def describe_user_pool_client(
    world: World, *, caller: Caller, user_pool_id: str, client_id: str
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    return {"UserPoolClient": _describe(pool, world.client_of(pool, client_id))}


@operation("ListUserPoolClients")
async def list_user_pool_clients(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    max_results: int | None = None,
    next_token: str | None = None,
    client_type: str | None = None,
) -> Mapping[str, Any]:
    """`client_type` is DCR for clients made by dynamic registration, REGULAR for the others."""
    pool = world.pool(user_pool_id, caller.account, caller.region)
    request = f"ListUserPoolClients:{pool.id}:{client_type}"

    def accept(client: Client) -> bool:
        return client_type is None or client.registered == (client_type == "DCR")

    page = page_of(world.store.clients, "pool", pool.id, request, max_results, next_token, accept)
    return {"UserPoolClients": [_summary(client) for client in page.items], "NextToken": page.token}


def _summary(client: Client) -> dict[str, Any]:
    return {"ClientId": client.id, "UserPoolId": client.pool_id, "ClientName": client.name}


@operation("UpdateUserPoolClient", nested=_NESTED, simplified=_SIMPLIFIED)
async def update_user_pool_client(
    world: World,
    *,
    caller: Caller,
    user_pool_id: str,
    client_id: str,
    client_name: str | None = None,
    refresh_token_validity: int | None = None,
    access_token_validity: int | None = None,
    id_token_validity: int | None = None,
    token_validity_units: Mapping[str, str] | None = None,
    read_attributes: list[str] | None = None,
    write_attributes: list[str] | None = None,
    explicit_auth_flows: list[str] | None = None,
    analytics_configuration: Mapping[str, Any] | None = None,
    callback_urls: list[str] | None = None,
    logout_urls: list[str] | None = None,
    default_redirect_uri: str | None = None,
    allowed_o_auth_flows: list[str] | None = None,
    allowed_o_auth_scopes: list[str] | None = None,
    allowed_o_auth_flows_user_pool_client: bool | None = None,
    enable_propagate_additional_user_context_data: bool | None = None,
    supported_identity_providers: list[str] | None = None,
    prevent_user_existence_errors: str | None = None,
    enable_token_revocation: bool | None = None,
    auth_session_validity: int | None = None,
    refresh_token_rotation: Mapping[str, Any] | None = None,
    publish_secrets_in_aws_secrets_manager: bool | None = None,
) -> Mapping[str, Any]:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    members = given(
        ClientName=client_name,
        RefreshTokenValidity=refresh_token_validity,
        AccessTokenValidity=access_token_validity,
        IdTokenValidity=id_token_validity,
        TokenValidityUnits=token_validity_units,
        ReadAttributes=read_attributes,
        WriteAttributes=write_attributes,
        ExplicitAuthFlows=explicit_auth_flows,
        AnalyticsConfiguration=analytics_configuration,
        CallbackURLs=callback_urls,
        LogoutURLs=logout_urls,
        DefaultRedirectURI=default_redirect_uri,
        AllowedOAuthFlows=allowed_o_auth_flows,
        AllowedOAuthScopes=allowed_o_auth_scopes,
        AllowedOAuthFlowsUserPoolClient=allowed_o_auth_flows_user_pool_client,
        EnablePropagateAdditionalUserContextData=enable_propagate_additional_user_context_data,
        SupportedIdentityProviders=supported_identity_providers,
        PreventUserExistenceErrors=prevent_user_existence_errors,
        EnableTokenRevocation=enable_token_revocation,
        AuthSessionValidity=auth_session_validity,
        RefreshTokenRotation=refresh_token_rotation,
    )
    changed = client_settings.updated(client, pool, world.clock.now(), members, _known(world, pool))
    if publish_secrets_in_aws_secrets_manager:
        changed = published_secret.publish(changed, world.ids.client_secret(), world.clock.now())
    elif publish_secrets_in_aws_secrets_manager is not None:
        changed = published_secret.withdraw(changed)
    with world.store.write():
        world.store.clients.put(changed)
    return {"UserPoolClient": _describe(pool, changed)}


@operation("DeleteUserPoolClient")
async def delete_user_pool_client(world: World, *, caller: Caller, user_pool_id: str, client_id: str) -> None:
    pool = world.pool(user_pool_id, caller.account, caller.region)
    client = world.client_of(pool, client_id)
    with world.store.write():
        remove_client(world.store, client)
