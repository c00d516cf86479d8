"""Unsigned calls and pages in the Region of a pool's replica, told by the real host name, a path or a prefix domain."""

from __future__ import annotations

import http.client
import json
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from tests.helpers.browser import APP
from tests.helpers.build import FLOWS, PASSWORD, give_totp, refused, sign_in, user
from tests.helpers.federated import Server, arrive, depart, refusal
from tests.helpers.functions import Functions
from tests.helpers.harness import REGION, Running
from tests.helpers.newest import needs_newest
from tests.helpers.replica_pool import AWAY, KEY, Replicated, replicated
from tests.helpers.site import OAUTH, Site

pytestmark = needs_newest


def not_enabled(what: str) -> str:
    return f"{what} is not enabled in a secondary Region of the user pool."


def by_path(running: Running, region: str) -> Any:
    """A client that signs nothing, with an endpoint of its own for the Region."""
    return boto3.client(
        "cognito-idp",
        endpoint_url=f"http://127.0.0.1:{running.port}/{region}",
        region_name=region,
        config=Config(retries={"max_attempts": 1}, signature_version=UNSIGNED, parameter_validation=False),
    )


def ask(running: Running, host: str, operation: str, path: str = "/", **members: Any) -> tuple[int, dict[str, Any]]:
    """An unsigned call with that Host."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    target = f"AWSCognitoIdentityProviderService.{operation}"
    headers = {"host": host, "content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    connection.request("POST", path, json.dumps(members), headers)
    answer = connection.getresponse()
    found: dict[str, Any] = json.loads(answer.read() or b"{}")
    connection.close()
    return answer.status, found


def password(one: Replicated, username: str = "ann", typed: str = PASSWORD) -> dict[str, Any]:
    parameters = {"USERNAME": username, "PASSWORD": typed}
    return {"ClientId": one.setup.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}


HOSTS = [f"cognito-idp.{AWAY}.amazonaws.com", f"cognito-idp-fips.{AWAY}.amazonaws.com:443"]


@pytest.mark.parametrize("host", HOSTS)
def test_the_real_host_name_tells_the_region(running: Running, host: str) -> None:
    one = replicated(running, "ACTIVE")
    user(running, one.pool)
    assert ask(running, host, "InitiateAuth", **password(one))[0] == 200
    status, told = ask(running, host, "SignUp", ClientId=one.setup.client, Username="bob", Password=PASSWORD)
    assert (status, told["__type"], told["message"]) == (400, "OperationNotEnabledException", not_enabled("SignUp"))
    home = f"cognito-idp.{REGION}.amazonaws.com"
    assert ask(running, home, "SignUp", ClientId=one.setup.client, Username="bob", Password=PASSWORD)[0] == 200


def test_the_path_tells_the_region(running: Running) -> None:
    one = replicated(running, "ACTIVE")
    user(running, one.pool)
    away = by_path(running, AWAY)
    tokens = away.initiate_auth(**password(one))["AuthenticationResult"]
    assert away.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"
    with refused("OperationNotEnabledException", not_enabled("ChangePassword")):
        away.change_password(AccessToken=tokens["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword="x" * 9)
    with refused("OperationNotEnabledException", not_enabled("ForgotPassword")):
        away.forgot_password(ClientId=one.setup.client, Username="ann")
    home = by_path(running, REGION)
    home.initiate_auth(**password(one))
    assert ask(running, "localhost", "InitiateAuth", f"/{AWAY}/", **password(one))[0] == 200


def test_in_a_region_without_a_replica_a_token_is_no_clients(running: Running) -> None:
    one = replicated(running, "ACTIVE")
    user(running, one.pool)
    tokens = by_path(running, AWAY).initiate_auth(**password(one))["AuthenticationResult"]
    with refused("ResourceNotFoundException", f"User pool client {one.setup.client} does not exist."):
        by_path(running, "eu-west-3").get_user(AccessToken=tokens["AccessToken"])


def test_a_replica_that_is_not_active_takes_no_sign_in(running: Running) -> None:
    one = replicated(running)
    user(running, one.pool)
    with refused("OperationNotEnabledException", not_enabled("InitiateAuth")):
        by_path(running, AWAY).initiate_auth(**password(one))


def test_in_a_region_without_a_replica_there_is_no_such_client(running: Running) -> None:
    one = replicated(running, "ACTIVE")
    user(running, one.pool)
    with refused("ResourceNotFoundException", f"User pool client {one.setup.client} does not exist."):
        by_path(running, "eu-west-3").initiate_auth(**password(one))


def test_totp_is_for_the_primary_region(running: Running, idp: Any) -> None:
    one = replicated(running, "ACTIVE")
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=one.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    user(running, one.pool)
    give_totp(running, idp, one.setup)
    away = by_path(running, AWAY)
    with refused("OperationNotEnabledException", not_enabled("SOFTWARE_TOKEN_MFA")):
        away.initiate_auth(**password(one))
    asked = by_path(running, REGION).initiate_auth(**password(one))
    with refused("OperationNotEnabledException", not_enabled("SOFTWARE_TOKEN_MFA")):
        away.respond_to_auth_challenge(
            ClientId=one.setup.client,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": "123456"},
        )


def test_each_region_counts_wrong_passwords_for_itself(running: Running, idp: Any) -> None:
    one = replicated(running, "ACTIVE")
    user(running, one.pool)
    away = by_path(running, AWAY)
    for _ in range(5):
        with refused("NotAuthorizedException", "Incorrect username or password."):
            away.initiate_auth(**password(one, typed="Wrong-horse-7"))
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        away.initiate_auth(**password(one))
    assert sign_in(idp, one.setup)


def pages(running: Running, **client: Any) -> tuple[Replicated, Site]:
    """The pages of the pool in the replica's Region."""
    one = replicated(running, "ACTIVE")
    running.call("UpdateUserPoolClient", UserPoolId=one.pool, ClientId=one.setup.client, **{**OAUTH, **client})
    one.away.create_user_pool_domain(UserPoolId=one.pool, Domain="away-pages")
    return one, Site(running, one.pool, one.setup.client, "away-pages")


def test_the_pages_of_the_replica_sign_in(running: Running) -> None:
    one, site = pages(running)
    user(running, one.pool)
    assert site.at("/login").submit(having="password", username="ann", password=PASSWORD).left
    browser = site.at("/login")
    for _ in range(5):
        browser.submit(having="password", username="ann", password="Wrong-horse-7")
    page = browser.submit(having="password", username="ann", password=PASSWORD)
    assert page.error == "Password attempts exceeded"
    home = Site(running, one.pool, one.setup.client)
    assert home.at("/login").submit(having="password", username="ann", password=PASSWORD).left


def test_tokens_are_made_by_the_functions_of_the_region(running: Running) -> None:
    functions = Functions(running, PostAuthentication=None, PreTokenGeneration=None)
    one, site = pages(running, ExplicitAuthFlows=FLOWS)
    one.away.update_user_pool(UserPoolId=one.pool, KeyConfiguration=KEY, LambdaConfig=functions.config)
    user(running, one.pool)
    away, home = by_path(running, AWAY), by_path(running, REGION)

    def refresh(idp: Any, token: str) -> None:
        parameters = {"REFRESH_TOKEN": token}
        idp.initiate_auth(ClientId=one.setup.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
        idp.get_tokens_from_refresh_token(ClientId=one.setup.client, RefreshToken=token)

    refresh(away, away.initiate_auth(**password(one))["AuthenticationResult"]["RefreshToken"])
    browser = site.at("/login")
    left = browser.submit(having="password", username="ann", password=PASSWORD)
    form = {"client_id": one.setup.client, "redirect_uri": APP}
    answer = browser.post("/oauth2/token", {"grant_type": "authorization_code", "code": left.params["code"], **form})
    refreshed = {"grant_type": "refresh_token", "refresh_token": json.loads(answer.body)["refresh_token"]}
    assert browser.post("/oauth2/token", {**refreshed, **form}).status == 200
    assert functions.sources() == [
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
        "TokenGeneration_RefreshTokens",
        "TokenGeneration_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_HostedAuth",
        "TokenGeneration_RefreshTokens",
    ]
    assert {event["region"] for event in functions.events} == {AWAY}
    functions.events.clear()
    refresh(home, home.initiate_auth(**password(one))["AuthenticationResult"]["RefreshToken"])
    assert functions.events == []


@pytest.mark.parametrize(
    ("path", "operation"),
    [("/signup", "SignUp"), ("/forgotPassword", "ForgotPassword"), ("/confirm", "ConfirmSignUp")],
)
def test_pages_that_a_replica_does_not_have(running: Running, path: str, operation: str) -> None:
    _, site = pages(running)
    page = site.at(path).page
    assert page is not None
    assert page.status == 400
    assert not_enabled(operation) in page.soup.get_text()


def test_a_new_password_is_for_the_primary_region(running: Running) -> None:
    one, site = pages(running)
    user(running, one.pool, permanent=False)
    page = site.at("/login").submit(having="password", username="ann", password=PASSWORD)
    assert page.error == not_enabled("NEW_PASSWORD_REQUIRED")


def test_the_pages_of_a_replica_that_is_not_active(running: Running) -> None:
    one, site = pages(running)
    one.set("INACTIVE")
    page = site.at("/login").page
    assert page is not None
    assert (page.path, page.params["error"]) == ("/error", not_enabled("Sign-in"))
    answer = site.browser().post("/oauth2/token", {"grant_type": "refresh_token"}, follow=False)
    assert answer.headers["location"].startswith("/error?")


def test_federated_users_have_signed_in_at_the_primary_region_before(running: Running, provider_server: Server) -> None:
    provider = provider_server.provider
    provider.reset()
    one, site = pages(running)
    members = {"ProviderName": "Mine", "ProviderType": "OIDC", "ProviderDetails": provider.details}
    running.call("CreateIdentityProvider", UserPoolId=one.pool, **members, AttributeMapping={"email": "email"})
    listed = {"SupportedIdentityProviders": ["COGNITO", "Mine"]}
    running.call("UpdateUserPoolClient", UserPoolId=one.pool, ClientId=one.setup.client, **OAUTH, **listed)

    def came(at: Site) -> Any:
        browser = at.browser()
        sent = depart(at, browser, "Mine")
        provider.nonce = sent["nonce"]
        return arrive(browser, sent)

    assert refusal(came(site)) == ("invalid_request", not_enabled("The first sign-in of a federated user"))
    assert running.call("ListUsers", UserPoolId=one.pool)["Users"] == []
    assert "code" in came(Site(running, one.pool, one.setup.client)).params
    assert "code" in came(site).params
