"""GetDerivedToken: impersonation and delegation, scopes and audiences, refusals."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from tests.helpers.build import Setup, refused, setup, sign_in, user
from tests.helpers.derived_tokens import BOTH, exchange, exchanger
from tests.helpers.harness import Running
from tests.helpers.resource_server import SCOPE, server

ADMIN = "aws.cognito.signin.user.admin"


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def ready(running: Running, idp: Any) -> tuple[Setup, Setup, dict[str, Any]]:
    """The app, the service that exchanges, and a user's tokens."""
    at = setup(running)
    user(running, at.pool, email="ann@example.com")
    server(running, at.pool)
    return at, exchanger(running, at.pool, AllowedOAuthScopes=[ADMIN, SCOPE]), sign_in(idp, at)


def test_impersonation(running: Running, idp: Any) -> None:
    at, service, tokens = ready(running, idp)
    answer = exchange(idp, service, tokens["AccessToken"], Audiences=["orders"])
    assert (answer["IssuedTokenType"], answer["TokenType"], answer["Scopes"]) == ("ACCESS_TOKEN", "Bearer", [ADMIN])
    assert 0 < answer["ExpiresIn"] <= 3600
    before, after = claims(tokens["AccessToken"]), claims(answer["IssuedToken"])
    for name in ("sub", "username", "origin_jti", "event_id", "auth_time", "iss", "scope"):
        assert after[name] == before[name]
    assert (after["client_id"], after["aud"]) == (service.client, "orders")
    assert after["jti"] != before["jti"]
    assert "act" not in after
    assert idp.get_user(AccessToken=answer["IssuedToken"])["Username"] == "ann"
    idp.admin_user_global_sign_out(UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=answer["IssuedToken"])


def test_delegation_names_the_actor_and_those_before(running: Running, idp: Any) -> None:
    at, service, tokens = ready(running, idp)
    worker = machine_in(running, at.pool)
    actor = idp.get_client_token(ClientId=worker.client, Secret=worker.secret)["ClientAuthenticationResult"][
        "AccessToken"
    ]
    first = exchange(idp, service, tokens["AccessToken"], ActorToken=actor, ActorTokenType="ACCESS_TOKEN")
    assert claims(first["IssuedToken"])["act"] == {"sub": worker.client}
    user(running, at.pool, "bob")
    bob = sign_in(idp, at, "bob")["IdToken"]
    second = exchange(idp, service, first["IssuedToken"], ActorToken=bob, ActorTokenType="ID_TOKEN")
    act = {"sub": claims(bob)["sub"], "act": {"sub": worker.client}}
    assert claims(second["IssuedToken"])["act"] == act
    # An exchange without an actor does not wash the others away.
    assert claims(exchange(idp, service, second["IssuedToken"])["IssuedToken"])["act"] == act


def machine_in(running: Running, pool: str) -> Setup:
    return exchanger(running, pool, ["ALLOW_CLIENT_TOKEN_AUTH"], AllowedOAuthScopes=[SCOPE])


def test_scopes_only_shrink(running: Running, idp: Any) -> None:
    _, service, tokens = ready(running, idp)
    answer = exchange(idp, service, tokens["AccessToken"], Scopes=[SCOPE, ADMIN])
    assert answer["Scopes"] == [ADMIN]
    answer = exchange(idp, service, tokens["AccessToken"], Scopes=[SCOPE])
    assert "Scopes" not in answer
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        idp.get_user(AccessToken=answer["IssuedToken"])


def test_id_tokens(running: Running, idp: Any) -> None:
    _, service, tokens = ready(running, idp)
    answer = exchange(idp, service, tokens["IdToken"], "ID_TOKEN", RequestedTokenType="ID_TOKEN")
    assert (answer["IssuedTokenType"], answer["TokenType"]) == ("ID_TOKEN", "N_A")
    found = claims(answer["IssuedToken"])
    assert (found["token_use"], found["aud"], found["email"]) == ("id", service.client, "ann@example.com")
    # An ID token has no scopes to pass on.
    assert "Scopes" not in exchange(idp, service, tokens["IdToken"], "ID_TOKEN")


def test_resources(running: Running, idp: Any) -> None:
    _, service, tokens = ready(running, idp)
    answer = exchange(idp, service, tokens["AccessToken"], Resources=["https://api.example.com"])
    assert claims(answer["IssuedToken"])["aud"] == "https://api.example.com"
    with refused("ResourceNotFoundException", "Resource server https://other.example.com does not exist."):
        exchange(idp, service, tokens["AccessToken"], Resources=["https://other.example.com"])
    with refused("InvalidParameterException", "Audiences and Resources cannot be requested together."):
        exchange(idp, service, tokens["AccessToken"], Resources=["https://api.example.com"], Audiences=["a"])


def test_it_does_not_outlive_the_subject_token(running: Running, idp: Any) -> None:
    _, service, tokens = ready(running, idp)
    running.world.clock.advance(3000)
    answer = exchange(idp, service, tokens["AccessToken"])
    assert answer["ExpiresIn"] <= 600
    running.world.clock.advance(601)
    with refused("NotAuthorizedException", "Token has expired."):
        exchange(idp, service, tokens["AccessToken"])


@pytest.mark.parametrize("flow", BOTH)
def test_the_client_needs_the_flow(running: Running, idp: Any, flow: str) -> None:
    at, _, tokens = ready(running, idp)
    service = exchanger(running, at.pool, [next(other for other in BOTH if other != flow)])
    token = tokens["AccessToken"]
    actor = {"ActorToken": token, "ActorTokenType": "ACCESS_TOKEN"} if "DELEGATION" in flow else {}
    with refused("NotAuthorizedException", f"{flow} is not enabled for the client."):
        exchange(idp, service, token, **actor)


def test_the_client_proves_itself(running: Running, idp: Any) -> None:
    _, service, tokens = ready(running, idp)
    request = {"ClientId": service.client, "SubjectToken": tokens["AccessToken"], "SubjectTokenType": "ACCESS_TOKEN"}
    idp.get_derived_token(**request)  # signed with AWS credentials
    wrong = f"Unable to verify client secret for client {service.client}"
    with refused("NotAuthorizedException", wrong):
        idp.get_derived_token(**request, ClientSecret="x" * 30)
    with refused("NotAuthorizedException", wrong):  # another account's credentials
        running.client(access_key="111111111111").get_derived_token(**request)
    with refused("ResourceNotFoundException", "User pool client nosuchclient does not exist."):
        idp.get_derived_token(**request | {"ClientId": "nosuchclient"})


def test_tokens_must_be_what_they_are_said_to_be(running: Running, idp: Any) -> None:
    at, service, tokens = ready(running, idp)
    other = setup(running)
    user(running, other.pool)
    foreign = sign_in(idp, other)["AccessToken"]
    wrong = [
        (tokens["IdToken"], "ACCESS_TOKEN"),
        (tokens["AccessToken"], "ID_TOKEN"),
        (foreign, "ACCESS_TOKEN"),
        ("x", "ID_TOKEN"),
    ]
    for token, kind in wrong:
        with refused("NotAuthorizedException", "Invalid token."):
            exchange(idp, service, token, kind)
        with refused("NotAuthorizedException", "Invalid token."):
            exchange(idp, service, tokens["AccessToken"], ActorToken=token, ActorTokenType=kind)
    head, body, signature = tokens["AccessToken"].split(".")
    with refused("NotAuthorizedException", "Could not verify signature for token."):
        exchange(idp, service, f"{head}.{body}.{signature[::-1]}")
    worker = machine_in(running, at.pool)
    machines = idp.get_client_token(ClientId=worker.client, Secret=worker.secret)["ClientAuthenticationResult"]
    with refused("NotAuthorizedException", "Invalid token."):  # no user is behind it
        exchange(idp, service, machines["AccessToken"])
    idp.admin_user_global_sign_out(UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Token has been revoked."):
        exchange(idp, service, tokens["AccessToken"])


def test_users_who_may_not(running: Running, idp: Any) -> None:
    at, service, tokens = ready(running, idp)
    with refused("InvalidParameterException", "ActorToken and ActorTokenType must be provided together."):
        exchange(idp, service, tokens["AccessToken"], ActorTokenType="ID_TOKEN")
    running.call("AdminUpdateUserAttributes", UserPoolId=at.pool, Username="ann",
                 UserAttributes=[{"Name": "email_verified", "Value": "true"}])  # fmt: skip
    running.call("AdminResetUserPassword", UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Password reset required for the user"):
        exchange(idp, service, tokens["AccessToken"])
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Token has been revoked."):
        exchange(idp, service, tokens["AccessToken"])


def test_assertions_need_their_provider(running: Running, idp: Any) -> None:
    _, service, tokens = ready(running, idp)
    text = "A SAML2 token needs the name of the provider that issued it."
    with refused("InvalidParameterException", text):
        exchange(idp, service, tokens["AccessToken"], "SAML2")
    with refused("InvalidParameterException"):
        exchange(idp, service, tokens["AccessToken"], RequestedTokenType="SAML2")
