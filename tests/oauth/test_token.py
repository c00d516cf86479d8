"""/oauth2/token: the grants, client authentication, and a table of every documented error."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.helpers.build import Setup, refused, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import (
    CALLBACK,
    CHALLENGE,
    OAUTH,
    VERIFIER,
    Browser,
    basic,
    claims,
    oauth_setup,
    signed_in,
)
from tests.helpers.token_endpoint import code_for, exchange, machine

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


# --- authorization_code --------------------------------------------------------------------------------


def test_a_code_becomes_tokens(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    answer = exchange(running, at, code_for(running, at, nonce="n-1", **PKCE), code_verifier=VERIFIER)
    assert answer.status == 200
    assert list(answer.json) == ["id_token", "access_token", "refresh_token", "expires_in", "token_type"]
    assert (answer.json["expires_in"], answer.json["token_type"]) == (3600, "Bearer")
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert "no-store" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-amz-cognito-request-id"]
    identity, access = claims(answer.json["id_token"]), claims(answer.json["access_token"])
    assert identity["nonce"] == "n-1"
    assert "at_hash" in identity
    assert identity["email"] == "ann@example.com"
    assert access["version"] == 2
    assert access["scope"] == "aws.cognito.signin.user.admin phone openid profile email"
    assert identity["event_id"] == access["event_id"]
    assert idp.get_user(AccessToken=answer.json["access_token"])["Username"] == "ann"


def test_at_hash_belongs_to_the_access_token(running: Running) -> None:
    at = oauth_setup(running)
    got = exchange(running, at, code_for(running, at)).json
    half = hashlib.sha256(got["access_token"].encode()).digest()[:16]
    assert claims(got["id_token"])["at_hash"] == base64.urlsafe_b64encode(half).decode().rstrip("=")
    assert "nonce" not in claims(got["id_token"])


def test_auth_time_is_that_of_the_sign_in(running: Running) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    then = int(running.world.clock.now())
    running.world.clock.advance(600)
    got = exchange(running, at, browser.authorize(at.client).query["code"]).json
    assert then <= claims(got["id_token"])["auth_time"] <= then + 5
    assert claims(got["id_token"])["iat"] >= then + 600


SHOWN = [
    ("openid", {"email", "email_verified", "phone_number", "name", "address", "custom:team"}),
    ("openid email", {"email", "email_verified"}),
    ("openid phone", {"phone_number"}),
    ("openid profile", {"name", "custom:team"}),
    ("openid email profile", {"email", "email_verified", "name", "custom:team"}),
]


@pytest.mark.parametrize(("scope", "shown"), SHOWN)
def test_scopes_choose_the_claims(running: Running, scope: str, shown: set[str]) -> None:
    at = oauth_setup(running)
    running.call(
        "AddCustomAttributes", UserPoolId=at.pool, CustomAttributes=[{"Name": "team", "AttributeDataType": "String"}]
    )
    attributes: dict[str, Any] = {"email": "a@x.org", "email_verified": "true", "name": "Ann"}
    attributes |= {"phone_number": "+15550001111"}
    attributes |= {"address": "Road 1", "custom:team": "red"}
    user(running, at.pool, **attributes)
    got = exchange(running, at, code_for(running, at, scope=scope)).json
    assert claims(got["id_token"]).keys() & attributes.keys() == shown
    told = Browser(running).request("GET", "/oauth2/userInfo", authorization=f"Bearer {got['access_token']}").json
    assert told.keys() & attributes.keys() == shown
    assert claims(got["access_token"]).keys() & attributes.keys() == set()


def test_without_openid_there_is_no_id_token(running: Running) -> None:
    at = oauth_setup(running)
    got = exchange(running, at, code_for(running, at, scope="aws.cognito.signin.user.admin")).json
    assert list(got) == ["access_token", "refresh_token", "expires_in", "token_type"]


def test_the_access_token_can_be_for_a_resource_and_stays_so(running: Running) -> None:
    at = oauth_setup(running)
    got = exchange(running, at, code_for(running, at, resource="https://api.example.com")).json
    assert claims(got["access_token"])["aud"] == "https://api.example.com"
    form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["refresh_token"]}
    assert claims(Browser(running).token(form).json["access_token"])["aud"] == "https://api.example.com"


def test_without_the_user_scope_the_api_is_closed(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    got = exchange(running, at, code_for(running, at, scope="openid")).json
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        idp.get_user(AccessToken=got["access_token"])


def test_a_code_is_good_once(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    code = code_for(running, at)
    got = exchange(running, at, code).json
    again = exchange(running, at, code)
    assert (again.status, again.json) == (400, {"error": "invalid_grant"})
    assert idp.get_user(AccessToken=got["access_token"])["Username"] == "ann"


def test_a_code_is_good_for_five_minutes(running: Running) -> None:
    at = oauth_setup(running)
    early, late = code_for(running, at), code_for(running, at)
    running.world.clock.advance(299)
    assert exchange(running, at, early).status == 200
    running.world.clock.advance(2)
    assert exchange(running, at, late).json == {"error": "invalid_grant"}


def test_a_code_dies_with_its_user(running: Running) -> None:
    at = oauth_setup(running)
    code, other = code_for(running, at), code_for(running, at)
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    assert exchange(running, at, code).json["error"] == "invalid_grant"
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    assert exchange(running, at, other).json["error"] == "invalid_grant"


def test_another_client_cannot_use_a_code(running: Running) -> None:
    at = oauth_setup(running)
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", **OAUTH)["UserPoolClient"]
    other = Setup(at.pool, made["ClientId"])
    assert exchange(running, other, code_for(running, at)).json == {"error": "invalid_grant"}


def test_a_wrong_redirect_uri_spends_the_code(running: Running) -> None:
    at = oauth_setup(running)
    code = code_for(running, at)
    answer = exchange(running, at, code, redirect_uri="myapp://done?x=1")
    assert answer.json == {"error": "unauthorized_client", "error_description": "invalid_redirect"}
    assert exchange(running, at, code).json["error"] == "invalid_grant"


@pytest.mark.parametrize("verifier", ["b" * 50, VERIFIER + "a", CHALLENGE])
def test_a_wrong_verifier_is_refused(running: Running, verifier: str) -> None:
    at = oauth_setup(running)
    answer = exchange(running, at, code_for(running, at, **PKCE), code_verifier=verifier)
    assert answer.json == {"error": "invalid_grant", "error_description": "invalid_code_verifier"}


def test_a_challenge_wants_its_verifier_and_a_verifier_its_challenge(running: Running) -> None:
    at = oauth_setup(running)
    answer = exchange(running, at, code_for(running, at, **PKCE))
    assert answer.json == {"error": "invalid_request", "error_description": "code_verifier is required"}
    assert exchange(running, at, code_for(running, at), code_verifier=VERIFIER).json["error"] == "invalid_grant"


def test_a_client_that_lost_the_code_grant(running: Running) -> None:
    at = oauth_setup(running)
    code = code_for(running, at)
    members = {**OAUTH, "AllowedOAuthFlows": ["implicit"]}
    running.call("UpdateUserPoolClient", UserPoolId=at.pool, ClientId=at.client, **members)
    assert exchange(running, at, code).json == {"error": "unauthorized_client"}


def test_a_disabled_pool_member_cannot_finish_by_a_code_of_another_pool(running: Running) -> None:
    at, other = oauth_setup(running), oauth_setup(running)
    assert exchange(running, other, code_for(running, at)).json == {"error": "invalid_grant"}


# --- client authentication -----------------------------------------------------------------------------


def test_a_secret_comes_in_the_header_or_in_the_body(running: Running) -> None:
    at = oauth_setup(running, GenerateSecret=True)
    assert at.secret
    assert exchange(running, at, code_for(running, at)).status == 200
    form = {"grant_type": "authorization_code", "code": code_for(running, at), "redirect_uri": CALLBACK}
    assert Browser(running).token(form, authorization=basic(at.client, at.secret)).status == 200


@needs_newest
def test_a_secret_of_ones_own_may_be_encoded_or_not(running: Running) -> None:
    secret = "A+b_cdefghij1234567890abcd"
    at = oauth_setup(running, ClientSecret=secret)
    for sent in (secret, quote_plus(secret)):
        form = {"grant_type": "authorization_code", "code": code_for(running, at), "redirect_uri": CALLBACK}
        assert Browser(running).token(form, authorization=basic(at.client, sent)).status == 200


@needs_newest
def test_an_added_secret_is_as_good(running: Running) -> None:
    at = oauth_setup(running, GenerateSecret=True)
    added = running.call("AddUserPoolClientSecret", UserPoolId=at.pool, ClientId=at.client)
    form = {"client_secret": added["ClientSecretDescriptor"]["ClientSecretValue"]}
    assert exchange(running, at, code_for(running, at), **form).status == 200


INVALID_CLIENT: list[tuple[dict[str, str], str | None]] = [
    ({"client_secret": "wrong"}, "invalid_client_secret"),
    ({"client_secret": ""}, "invalid_client_secret"),
    ({"client_id": "1nobody"}, None),
]


@pytest.mark.parametrize(("changes", "description"), INVALID_CLIENT)
def test_invalid_client(running: Running, changes: dict[str, str], description: str | None) -> None:
    at = oauth_setup(running, GenerateSecret=True)
    answer = exchange(running, at, code_for(running, at), **changes)
    assert (answer.status, answer.json["error"]) == (400, "invalid_client")
    assert answer.json.get("error_description") == description


def test_a_public_client_has_no_secret(running: Running) -> None:
    at = oauth_setup(running)
    answer = exchange(running, at, code_for(running, at), client_secret="x")
    assert answer.json == {"error": "invalid_client", "error_description": "invalid_client_secret"}


def test_header_and_body_must_agree(running: Running) -> None:
    at = oauth_setup(running, GenerateSecret=True)
    header = {"authorization": basic(at.client, at.secret or "")}
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "other"}
    assert Browser(running).token(form, **header).json["error"] == "invalid_client"
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": at.client, "client_secret": "other"}
    assert Browser(running).token(form, **header).json["error"] == "invalid_client"


# --- malformed requests --------------------------------------------------------------------------------

MALFORMED = [
    ({"grant_type": None}, "invalid_request", "grant_type is required"),
    ({"grant_type": "password"}, "unsupported_grant_type", None),
    ({"client_id": None}, "invalid_request", "client_id is required"),
    ({"code": None}, "invalid_request", "code is required"),
    ({"redirect_uri": None}, "invalid_request", "redirect_uri is required"),
    ({"code": "nonsense"}, "invalid_grant", None),
    ({"grant_type": "refresh_token"}, "invalid_request", "refresh_token is required"),
    ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant", "Invalid Refresh Token."),
    ({"grant_type": "client_credentials"}, "unauthorized_client", None),
]


@pytest.mark.parametrize(("changes", "error", "description"), MALFORMED)
def test_malformed_requests(
    running: Running, changes: dict[str, str | None], error: str, description: str | None
) -> None:
    at = oauth_setup(running)
    form: dict[str, str | None] = {"grant_type": "authorization_code", "client_id": at.client, "code": "c"}
    form |= {"redirect_uri": CALLBACK, **changes}
    answer = Browser(running).token({name: value for name, value in form.items() if value is not None})
    assert (answer.status, answer.json["error"]) == (400, error)
    assert answer.json.get("error_description") == description


def test_what_is_no_form_is_refused(running: Running) -> None:
    at = oauth_setup(running)
    browser = Browser(running)
    body = json.dumps({"grant_type": "client_credentials", "client_id": at.client}).encode()
    answer = browser.request("POST", "/oauth2/token", body=body, content_type="application/json")
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    twice = b"grant_type=refresh_token&grant_type=refresh_token&client_id=x"
    form = "application/x-www-form-urlencoded"
    answer = browser.request("POST", "/oauth2/token", body=twice, content_type=form)
    assert answer.json == {"error": "invalid_request", "error_description": "grant_type is given more than once"}
    assert browser.request("POST", "/oauth2/token", body=b"\xff=\xff", content_type=form).status == 400
    assert browser.request("POST", "/oauth2/token", body=b"a=" + b"x" * 70_000, content_type=form).status == 400
    bad = browser.token({"grant_type": "refresh_token"}, authorization="Bearer x")
    assert bad.json["error"] == "invalid_request"
    assert browser.token({"grant_type": "refresh_token"}, authorization="Basic !").json["error"] == "invalid_request"


def test_parameters_may_stand_in_the_address(running: Running) -> None:
    at = oauth_setup(running)
    path = f"/oauth2/token?grant_type=authorization_code&code={code_for(running, at)}&redirect_uri={CALLBACK}"
    assert Browser(running).request("POST", path, {"client_id": at.client}).status == 200


def test_get_is_not_taken_and_preflights_are_answered(running: Running) -> None:
    assert Browser(running).get("/oauth2/token").status == 405
    asked = "content-type,x-amz-user-agent"
    answer = Browser(running).request("OPTIONS", "/oauth2/token", access_control_request_headers=asked)
    assert answer.headers["access-control-allow-headers"] == asked


# --- refresh_token -------------------------------------------------------------------------------------


def test_a_refresh_token_gives_new_tokens(running: Running) -> None:
    at = oauth_setup(running)
    got = exchange(running, at, code_for(running, at, scope="openid email", nonce="n")).json
    running.world.clock.advance(100)
    form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["refresh_token"]}
    answer = Browser(running).token(form)
    assert list(answer.json) == ["id_token", "access_token", "expires_in", "token_type"]
    old, new = claims(got["id_token"]), claims(answer.json["id_token"])
    assert (new["auth_time"], new["origin_jti"]) == (old["auth_time"], old["origin_jti"])
    assert "nonce" not in new
    assert claims(answer.json["access_token"])["scope"] == "openid email"


@needs_newest
def test_with_rotation_a_new_refresh_token_comes_and_the_old_one_dies(running: Running) -> None:
    at = oauth_setup(
        running,
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
    )
    got = exchange(running, at, code_for(running, at)).json
    form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["refresh_token"]}
    new = Browser(running).token(form).json
    assert list(new) == ["id_token", "access_token", "refresh_token", "expires_in", "token_type"]
    assert new["refresh_token"] != got["refresh_token"]
    running.world.clock.advance(11)
    again = Browser(running).token(form)
    assert (again.status, again.json["error"]) == (400, "invalid_grant")
    assert Browser(running).token(form | {"refresh_token": new["refresh_token"]}).status == 200


def test_tokens_of_the_api_are_refreshed_too_and_revoked_ones_are_not(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    user(running, at.pool)
    got = sign_in(idp, at)
    form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["RefreshToken"]}
    assert Browser(running).token(form).status == 200
    idp.global_sign_out(AccessToken=got["AccessToken"])
    answer = Browser(running).token(form)
    assert answer.json == {"error": "invalid_grant", "error_description": "Refresh Token has been revoked"}


def test_a_client_that_may_not_refresh(running: Running) -> None:
    at = oauth_setup(running, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
    got = exchange(running, at, code_for(running, at)).json
    form = {"grant_type": "refresh_token", "client_id": at.client, "refresh_token": got["refresh_token"]}
    assert Browser(running).token(form).json == {"error": "unauthorized_client"}


# --- client_credentials --------------------------------------------------------------------------------


def test_a_machine_gets_an_access_token(running: Running) -> None:
    at = machine(running, ["api/read", "api/write"])
    header = {"authorization": basic(at.client, at.secret or "")}
    answer = Browser(running).token({"grant_type": "client_credentials"}, **header)
    assert list(answer.json) == ["access_token", "expires_in", "token_type"]
    told = claims(answer.json["access_token"])
    assert (told["sub"], told["client_id"], told["scope"]) == (at.client, at.client, "api/write api/read")
    one = Browser(running).token({"grant_type": "client_credentials", "scope": "api/write"}, **header).json
    assert claims(one["access_token"])["scope"] == "api/write"


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        ("api/write", "invalid_grant"),
        ("api/read api/write", "invalid_grant"),
        ("openid", "invalid_grant"),
        ("api/none", "invalid_scope"),
        ("nothing/read", "invalid_scope"),
    ],
)
def test_scopes_that_a_machine_cannot_have(running: Running, scope: str, error: str) -> None:
    at = machine(running)
    form = {"grant_type": "client_credentials", "scope": scope}
    answer = Browser(running).token(form, authorization=basic(at.client, at.secret or ""))
    assert (answer.status, answer.json) == (400, {"error": error})


@needs_newest
def test_the_other_way_to_allow_it_is_a_flow(running: Running) -> None:
    flows = {"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"], "AllowedOAuthFlows": []}
    at = machine(running, **flows, AllowedOAuthFlowsUserPoolClient=False)
    header = {"authorization": basic(at.client, at.secret or "")}
    assert Browser(running).token({"grant_type": "client_credentials"}, **header).status == 200


def test_a_client_without_that_grant(running: Running) -> None:
    at = oauth_setup(running, GenerateSecret=True)
    header = {"authorization": basic(at.client, at.secret or "")}
    answer = Browser(running).token({"grant_type": "client_credentials"}, **header)
    assert answer.json == {"error": "unauthorized_client"}


@pytest.mark.parametrize("metadata", ["{", "[]", '{"a": 1}'])
def test_metadata_must_be_an_object_of_strings(running: Running, metadata: str) -> None:
    at = machine(running)
    form = {"grant_type": "client_credentials", "aws_client_metadata": metadata}
    answer = Browser(running).token(form, authorization=basic(at.client, at.secret or ""))
    assert answer.json["error"] == "invalid_request"


# --- token exchange ------------------------------------------------------------------------------------

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
KIND = "urn:ietf:params:oauth:token-type:"


@needs_newest
def test_a_token_is_exchanged_for_another(running: Running, idp: Any) -> None:
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION"]
    at = oauth_setup(running, ExplicitAuthFlows=flows)
    got = exchange(running, at, code_for(running, at, scope="openid email")).json
    form = {"grant_type": EXCHANGE, "client_id": at.client, "subject_token": got["access_token"]}
    form |= {"subject_token_type": f"{KIND}access_token", "audience": "orders", "scope": "openid"}
    answer = Browser(running).token(form)
    assert answer.status == 200
    assert answer.json["issued_token_type"] == f"{KIND}access_token"
    assert (answer.json["token_type"], answer.json["scope"]) == ("Bearer", "openid")
    assert claims(answer.json["access_token"])["aud"] == "orders"
    both = Browser(running).token(form | {"resource": "api"})
    assert both.json["error"] == "invalid_request"
    assert Browser(running).token(form | {"subject_token": "x"}).json["error"] == "invalid_grant"
    saml = Browser(running).token(form | {"subject_token_type": f"{KIND}saml2"})
    assert (saml.status, "not implemented" in saml.json["error_description"]) == (501, True)
    odd = Browser(running).token(form | {"subject_token_type": "x"})
    assert odd.json["error_description"] == "subject_token_type is missing or not supported"
    lonely = Browser(running).token(form | {"actor_token": got["access_token"]})
    assert lonely.json["error"] == "invalid_request"
    actor = {"actor_token": got["access_token"], "actor_token_type": f"{KIND}access_token"}
    assert Browser(running).token(form | actor).json["error"] == "unauthorized_client"


@needs_newest
def test_a_client_without_token_exchange(running: Running) -> None:
    at = oauth_setup(running)
    form = {"grant_type": EXCHANGE, "client_id": at.client, "subject_token": "x"}
    answer = Browser(running).token(form | {"subject_token_type": f"{KIND}access_token"})
    assert (answer.status, answer.json["error"]) == (400, "unauthorized_client")
