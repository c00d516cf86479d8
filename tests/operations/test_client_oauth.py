"""The OAuth settings of app clients, and GetClientToken."""

from __future__ import annotations

import http.client
import json
from typing import Any

import jwt
import pytest

from tests.helpers.build import PASSWORD, Setup, refused, setup, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.resource_server import SCOPE, server

WEB = {
    "AllowedOAuthFlows": ["code", "implicit"],
    "AllowedOAuthScopes": ["openid", "email", "profile", "phone", "aws.cognito.signin.user.admin"],
    "AllowedOAuthFlowsUserPoolClient": True,
    "CallbackURLs": ["https://example.com/back", "http://localhost:3000/", "http://[::1]:8000/x", "myapp://done"],
    "LogoutURLs": ["http://127.0.0.1/bye"],
    "DefaultRedirectURI": "myapp://done",
}


def create(idp: Any, pool: str, **members: Any) -> dict[str, Any]:
    found: dict[str, Any] = idp.create_user_pool_client(UserPoolId=pool, ClientName="c", **members)["UserPoolClient"]
    return found


def test_settings_are_shown_and_go_back_to_defaults(running: Running, idp: Any) -> None:
    at = setup(running)
    made = create(idp, at.pool, **WEB)
    assert {name: made[name] for name in WEB} == WEB
    ids = {"UserPoolId": at.pool, "ClientId": made["ClientId"]}
    assert idp.describe_user_pool_client(**ids)["UserPoolClient"] == made
    changed = idp.update_user_pool_client(**ids)["UserPoolClient"]
    assert changed["AllowedOAuthFlowsUserPoolClient"] is False
    assert not ({"AllowedOAuthFlows", "CallbackURLs", "DefaultRedirectURI"} & set(changed))


@pytest.mark.parametrize(
    ("members", "code", "text"),
    [
        (
            {"AllowedOAuthScopes": ["nothing"]},
            "ScopeDoesNotExistException",
            "Invalid scope requested: nothing",
        ),
        (
            {"AllowedOAuthFlows": ["client_credentials", "code"], "GenerateSecret": True},
            "InvalidOAuthFlowException",
            "client_credentials flow can not be selected along with code flow or implicit flow.",
        ),
        (
            {"AllowedOAuthFlows": ["client_credentials"]},
            "InvalidOAuthFlowException",
            "client_credentials flow can not be selected if client does not have a client secret.",
        ),
        (
            {"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["openid"], "GenerateSecret": True},
            "InvalidOAuthFlowException",
            "openid is not supported with client_credentials flow",
        ),
        (
            {"AllowedOAuthFlowsUserPoolClient": True, "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"]},
            "InvalidOAuthFlowException",
            "CallbackURLs are required for the code and implicit flows.",
        ),
        (
            {"AllowedOAuthFlowsUserPoolClient": True},
            "InvalidParameterException",
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        ),
        (
            {"CallbackURLs": ["http://example.com"]},
            "InvalidParameterException",
            "http://example.com cannot use the HTTP protocol.",
        ),
        (
            {"LogoutURLs": ["http://localhost.example.com"]},
            "InvalidParameterException",
            "http://localhost.example.com cannot use the HTTP protocol.",
        ),
        (
            {"CallbackURLs": ["https://example.com/#part"]},
            "InvalidParameterException",
            "https://example.com/#part is not a valid URL.",
        ),
        ({"CallbackURLs": ["/relative"]}, "InvalidParameterException", "/relative is not a valid URL."),
        ({"CallbackURLs": ["http://[bad"]}, "InvalidParameterException", "http://[bad is not a valid URL."),
        (
            {"CallbackURLs": ["https://a.example"], "DefaultRedirectURI": "https://b.example"},
            "InvalidParameterException",
            "DefaultRedirectURI must be one of the CallbackURLs.",
        ),
        (
            {"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"], "GenerateSecret": True},
            "InvalidParameterException",
            "ALLOW_CLIENT_TOKEN_AUTH can not be used together with other authentication flows.",
        ),
        (
            {"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]},
            "InvalidParameterException",
            "ALLOW_CLIENT_TOKEN_AUTH requires an app client with a client secret.",
        ),
        (
            {"EnablePropagateAdditionalUserContextData": True},
            "InvalidParameterException",
            "EnablePropagateAdditionalUserContextData requires an app client with a client secret.",
        ),
    ],
)
def test_refusals(running: Running, idp: Any, members: dict[str, Any], code: str, text: str) -> None:
    at = setup(running)
    with refused(code, text):
        create(idp, at.pool, **members)
    if "GenerateSecret" not in members:
        with refused(code, text):
            idp.update_user_pool_client(UserPoolId=at.pool, ClientId=at.client, **members)


# --- GetClientToken --------------------------------------------------------------------------------------


def machine(running: Running, **members: Any) -> Setup:
    pool = setup(running).pool
    server(running, pool)
    made = running.call(
        "CreateUserPoolClient",
        UserPoolId=pool,
        ClientName="m",
        GenerateSecret=True,
        **{
            "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
            "AllowedOAuthScopes": [SCOPE, "https://api.example.com/write"],
            **members,
        },
    )["UserPoolClient"]
    return Setup(pool, made["ClientId"], made["ClientSecret"])


def test_a_machines_token(running: Running, idp: Any) -> None:
    at = machine(running)
    running.world.clock.freeze(1_800_000_000)
    answer = idp.get_client_token(ClientId=at.client, Secret=at.secret)["ClientAuthenticationResult"]
    assert (answer["ExpiresIn"], answer["TokenType"]) == (3600, "Bearer")
    key = running.run(running.world.keys.of(at.pool)).access_key
    claims = key.verify(answer["AccessToken"])
    assert len(claims.pop("jti")) == 36
    assert claims == {
        "sub": at.client,
        "client_id": at.client,
        "token_use": "access",
        "scope": f"https://api.example.com/write {SCOPE}",
        "auth_time": 1_800_000_000,
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
        "iss": f"{running.url}/{at.pool}",
        "version": 2,
    }
    answer = idp.get_client_token(ClientId=at.client, Secret=at.secret, Scopes=[SCOPE])["ClientAuthenticationResult"]
    assert jwt.decode(answer["AccessToken"], options={"verify_signature": False})["scope"] == SCOPE
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        idp.get_user(AccessToken=answer["AccessToken"])


@needs_newest
def test_a_machine_need_not_sign(running: Running) -> None:
    at = machine(running)
    connection = http.client.HTTPConnection("127.0.0.1", running.port)
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.GetClientToken",
    }
    connection.request("POST", "/", json.dumps({"ClientId": at.client, "Secret": at.secret}), headers)
    response = connection.getresponse()
    assert response.status == 200
    assert "AccessToken" in json.loads(response.read())["ClientAuthenticationResult"]
    connection.close()


def test_machine_refusals(running: Running, idp: Any) -> None:
    at = machine(running)
    wrong = f"Unable to verify client secret for client {at.client}"
    with refused("NotAuthorizedException", wrong):
        idp.get_client_token(ClientId=at.client, Secret="x" * 30)
    for scope in ("openid", "https://api.example.com/delete"):
        with refused("InvalidParameterException", f"Invalid scope requested: {scope}"):
            idp.get_client_token(ClientId=at.client, Secret=at.secret, Scopes=[scope])
    with refused("ResourceNotFoundException", "User pool client nosuchclient does not exist."):
        idp.get_client_token(ClientId="nosuchclient", Secret="x" * 30)
    other = machine(running, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
    with refused("NotAuthorizedException", "ALLOW_CLIENT_TOKEN_AUTH is not enabled for the client."):
        idp.get_client_token(ClientId=other.client, Secret=other.secret)
    public = setup(running)
    with refused("NotAuthorizedException", f"Unable to verify client secret for client {public.client}"):
        idp.get_client_token(ClientId=public.client, Secret="x" * 30)


def test_a_machines_client_lets_no_user_in(running: Running, idp: Any) -> None:
    at = machine(running)
    user(running, at.pool)
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD, **at.hashed("ann")}
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        idp.initiate_auth(ClientId=at.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
