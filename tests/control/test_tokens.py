"""`/_emulator/tokens` and beside it: tokens and codes without a sign-in, expired tokens, new signing keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from botocore.exceptions import ClientError

from cognito_emulator.pool_handle import CognitoPool
from tests.helpers.control_api import POOL, Answer, Control

CALLBACK = "https://app.example.com/cb"
OAUTH = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid", "email", "aws.cognito.signin.user.admin"],
    "CallbackURLs": [CALLBACK],
    "SupportedIdentityProviders": ["COGNITO"],
}


@pytest.fixture
def pool(control: Control) -> CognitoPool:
    pool = control.emulator.create_pool(client=OAUTH)
    pool.add_user("ann", email="ann@example.com", groups=["staff", "admins"])
    return pool


def make(control: Control, at: CognitoPool, **order: Any) -> Answer:
    named = {"pool": at.id, "client": at.client_id, "username": "ann"}
    return control("POST", "/_emulator/tokens", {**named, **order})


def claims_of(control: Control, pool: CognitoPool, token: str) -> dict[str, Any]:
    keys = jwt.PyJWKSet.from_dict(control.emulator.jwks(pool.id))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    found: dict[str, Any] = jwt.decode(token, key, ["RS256"], options={"verify_aud": False, "verify_exp": False})
    return found


def refused(answer: Answer, text: str) -> None:
    assert answer.status == 400
    assert text in answer.json["message"], answer.json


# --- tokens -------------------------------------------------------------------------------------------------


def test_they_are_those_of_a_sign_in(control: Control, pool: CognitoPool) -> None:
    made, real = make(control, pool).json, pool.sign_in("ann")
    assert set(made) == set(real)
    for name in ("AccessToken", "IdToken"):
        mine, theirs = claims_of(control, pool, made[name]), claims_of(control, pool, real[name])
        assert list(mine) == list(theirs)
        for same in ("sub", "iss", "cognito:groups", "token_use", "acr", "amr"):
            assert mine[same] == theirs[same], same
    assert pool.idp.get_user(AccessToken=made["AccessToken"])["Username"] == "ann"
    answer = pool.idp.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": made["RefreshToken"]},
    )
    assert answer["AuthenticationResult"]["AccessToken"]
    pool.idp.admin_user_global_sign_out(UserPoolId=pool.id, Username="ann")
    with pytest.raises(pool.idp.exceptions.NotAuthorizedException, match="revoked"):
        pool.idp.get_user(AccessToken=made["AccessToken"])


def test_scopes_make_them_those_of_the_pages(control: Control, pool: CognitoPool) -> None:
    made = make(control, pool, scopes=["openid", "email"]).json
    access = claims_of(control, pool, made["AccessToken"])
    assert (access["scope"].split(), access["version"]) == (["openid", "email"], 2)
    assert claims_of(control, pool, made["IdToken"])["email"] == "ann@example.com"
    assert "IdToken" not in make(control, pool, scopes=["aws.cognito.signin.user.admin"]).json


def test_claims_groups_and_levels(control: Control, pool: CognitoPool) -> None:
    order = {"claims": {"tenant": "t1", "email": None}, "groups": ["staff"], "acr": "urn:cognito:loa:4"}
    made = make(control, pool, **order).json
    for name in ("AccessToken", "IdToken"):
        claims = claims_of(control, pool, made[name])
        assert (claims["tenant"], claims["cognito:groups"]) == ("t1", ["staff"])
        assert (claims["acr"], claims["amr"]) == ("urn:cognito:loa:4", ["pwd", "otp", "mfa"])
        assert "email" not in claims
    claims = claims_of(control, pool, make(control, pool, amr=["hwk"], groups=[]).json["AccessToken"])
    assert (claims["acr"], claims["amr"]) == ("urn:cognito:loa:3", ["hwk"])
    assert "cognito:groups" not in claims


def test_a_pool_that_requires_mfa_has_no_tokens_by_password_alone(control: Control) -> None:
    pool = control.emulator.create_pool(mfa="ON")
    pool.add_user("ann")
    claims = claims_of(control, pool, make(control, pool).json["AccessToken"])
    assert claims["amr"] == ["pwd", "otp", "mfa"]


def test_times(control: Control, pool: CognitoPool) -> None:
    now = int(control.emulator.clock.now())
    expired = claims_of(control, pool, make(control, pool, expires_in=-60).json["AccessToken"])
    assert abs(expired["exp"] - (now - 60)) < 30
    assert expired["exp"] - expired["iat"] == 3600
    assert expired["auth_time"] == expired["iat"]
    made = make(control, pool, expires_in=7200, auth_time=now - 500).json
    longer = claims_of(control, pool, made["IdToken"])
    assert (abs(longer["iat"] - now) < 30, longer["exp"] - longer["iat"] >= 7170) == (True, True)
    assert (longer["auth_time"], made["ExpiresIn"]) == (now - 500, pytest.approx(7200, abs=30))
    answer = pool.idp.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": made["RefreshToken"]},
    )
    again = claims_of(control, pool, answer["AuthenticationResult"]["IdToken"])
    assert (again["auth_time"], again["exp"] - again["iat"]) == (now - 500, 3600)


def test_triggers_are_called_if_asked(control: Control, pool: CognitoPool) -> None:
    called: list[str] = []

    def customize(event: Any, _: Any) -> Any:
        called.append(event["triggerSource"])
        event["response"]["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"plan": "pro", "tier": "a"}}
        return event

    control.emulator.trigger("PreTokenGeneration", customize, pool=pool.id)
    assert "plan" not in claims_of(control, pool, make(control, pool).json["IdToken"])
    assert called == []
    made = make(control, pool, triggers=True, claims={"tier": "b"}).json
    claims = claims_of(control, pool, made["IdToken"])
    assert (claims["plan"], claims["tier"], called) == ("pro", "b", ["TokenGeneration_Authentication"])

    def refuse(event: Any, _: Any) -> Any:
        raise ValueError("no")

    control.emulator.trigger("PreTokenGeneration", refuse, pool=pool.id)
    refused(make(control, pool, triggers=True), "PreTokenGeneration failed with error no")


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"username": "eve"}, "has no user 'eve'"),
        ({"pool": "us-east-1_nowhere"}, "There is no pool 'us-east-1_nowhere'"),
        ({"pool": POOL}, f"The pool {POOL} has no client"),
        ({"client": "nothing"}, "has no client 'nothing'; it has: "),
        ({"scopes": ["openid", "phone"]}, "does not have the scope 'phone'; it has: openid, email, aws.cognito"),
        ({"scopes": ["email"]}, "email, phone and profile need openid"),
        ({"scopes": []}, "'scopes' is empty"),
        ({"groups": ["owners"]}, "has no group 'owners'; it has: staff, admins"),
        ({"claims": {"sub": "x"}}, "The claim 'sub' cannot be set"),
        ({"claims": {"cognito:groups": []}}, "The claim 'cognito:groups' cannot be set"),
        ({"acr": "high"}, "'acr' must be one of: urn:cognito:loa:1, "),
        ({"amr": ["fingers"]}, "'amr' must be a list of: pwd, otp"),
        ({"acr": "urn:cognito:loa:4", "amr": ["pwd"]}, "reach 'urn:cognito:loa:1', not 'urn:cognito:loa:4'"),
        ({"amr": ["otp"], "acr": "urn:cognito:loa:1"}, "reach 'no level'"),
        ({"auth_time": 99_999_999_999}, "'auth_time' must not be later"),
        ({"expires_in": 1e12}, "'expires_in' must lead to a time"),
        ({"expires_in": "soon"}, "'expires_in' must be a number"),
        ({"triggers": 1}, "'triggers' must be true or false"),
        ({"scopes": "openid"}, "'scopes' must be a list of texts"),
        ({"claims": []}, "'claims' must be an object"),
        ({"expires": 1}, "Unknown member 'expires'; known here: pool, client"),
        ({"username": ""}, "'username' must be a text"),
    ],
)
def test_what_could_not_exist_is_refused(control: Control, pool: CognitoPool, order: dict[str, Any], text: str) -> None:
    before = len(control.emulator.world.store.families)
    refused(make(control, pool, **order), text)
    assert len(control.emulator.world.store.families) == before


def test_users_who_cannot_sign_in_have_none(control: Control, pool: CognitoPool) -> None:
    refused(control("POST", "/_emulator/tokens", {"pool": pool.id, "client": pool.client_id}), "'username' is missing")
    pool.add_user("new", email="new@example.com", confirmed=False)
    refused(make(control, pool, username="new"), "has the status UNCONFIRMED: only confirmed users")
    pool.idp.admin_disable_user(UserPoolId=pool.id, Username="ann")
    refused(make(control, pool), "The user 'ann' is disabled.")


def test_a_client_without_oauth_has_no_scopes_to_ask_for(control: Control) -> None:
    pool = control.emulator.create_pool()
    pool.add_user("ann")
    refused(make(control, pool, scopes=["openid"]), "has no OAuth flow for users: leave 'scopes' out")
    assert make(control, pool, scopes=["aws.cognito.signin.user.admin"]).json["IdToken"]


# --- tokens expire ------------------------------------------------------------------------------------------


def test_expired_for_a_user_or_a_client(control: Control, pool: CognitoPool) -> None:
    pool.add_user("bob")
    ann, bob = pool.sign_in("ann"), pool.sign_in("bob")
    expire = {"pool": pool.id, "user": "ann"}
    assert control("POST", "/_emulator/tokens/expire", expire).json == {"expired": 1}
    refusal = pool.idp.exceptions.NotAuthorizedException
    with pytest.raises(refusal, match="Access Token has expired"):
        pool.idp.get_user(AccessToken=ann["AccessToken"])
    assert pool.idp.get_user(AccessToken=bob["AccessToken"])
    parameters = {"REFRESH_TOKEN": ann["RefreshToken"]}
    refresh = {"ClientId": pool.client_id, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters}
    fresh = pool.idp.initiate_auth(**refresh)["AuthenticationResult"]["AccessToken"]
    assert pool.idp.get_user(AccessToken=fresh)["Username"] == "ann", "in the same second"
    with pytest.raises(refusal, match="Access Token has expired"):
        pool.idp.get_user(AccessToken=ann["AccessToken"])
    answer = control("POST", "/_emulator/tokens/expire", {"client": pool.client_id, "refresh": True})
    assert answer.json == {"expired": 2}
    with pytest.raises(refusal, match="Refresh Token has expired"):
        pool.idp.initiate_auth(**refresh)
    with pytest.raises(refusal, match="Access Token has expired"):
        pool.idp.get_user(AccessToken=bob["AccessToken"])
    assert control("POST", "/_emulator/tokens/expire", expire).json == {"expired": 0}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Name 'pool' and 'user', or 'client'"),
        ({"user": "ann"}, "Name 'pool' and 'user', or 'client'"),
        ({"pool": POOL, "client": "controlclient0000000000001"}, "Name 'pool' and 'user', or 'client'"),
        ({"client": "nothing"}, "There is no client 'nothing'"),
        ({"pool": POOL, "user": "eve"}, "has no user 'eve'"),
    ],
)
def test_expire_needs_someone(control: Control, body: dict[str, Any], text: str) -> None:
    refused(control("POST", "/_emulator/tokens/expire", body), text)


def identity_login(control: Control, pool: CognitoPool, token: str) -> str:
    """Take an ID token to an identity pool."""
    identities = control.emulator.client("cognito-identity")
    provider = f"cognito-idp.us-east-1.amazonaws.com/{pool.id}"
    made = identities.create_identity_pool(
        IdentityPoolName="x",
        AllowUnauthenticatedIdentities=False,
        CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": pool.client_id}],
    )
    found = identities.get_id(IdentityPoolId=made["IdentityPoolId"], Logins={provider: token})
    return str(found["IdentityId"])


def test_id_tokens_expire_at_identity_pools_too(control: Control, pool: CognitoPool) -> None:
    token = pool.sign_in("ann")["IdToken"]
    assert identity_login(control, pool, token).startswith("us-east-1:")
    control("POST", "/_emulator/tokens/expire", {"pool": pool.id, "user": "ann"})
    with pytest.raises(ClientError, match="Token expired"):
        identity_login(control, pool, token)


def test_expired_and_rotated_tokens_are_exchanged_as_such(control: Control, pool: CognitoPool) -> None:
    made = pool.idp.create_user_pool_client(
        UserPoolId=pool.id,
        ClientName="x",
        ExplicitAuthFlows=["ALLOW_TOKEN_EXCHANGE_IMPERSONATION"],
        GenerateSecret=True,
        AllowedOAuthScopes=["aws.cognito.signin.user.admin"],
    )["UserPoolClient"]
    service = {"ClientId": made["ClientId"], "ClientSecret": made["ClientSecret"]}
    subject = {"SubjectToken": pool.sign_in("ann")["AccessToken"], "SubjectTokenType": "ACCESS_TOKEN"}
    control("POST", f"/_emulator/pools/{pool.id}/keys/rotate")
    assert pool.idp.get_derived_token(**service, **subject)["IssuedToken"]
    control("POST", "/_emulator/tokens/expire", {"pool": pool.id, "user": "ann"})
    with pytest.raises(ClientError, match=r"Token has expired\."):
        pool.idp.get_derived_token(**service, **subject)


# --- authorization codes ------------------------------------------------------------------------------------


def test_a_code_is_exchanged_for_tokens(control: Control, pool: CognitoPool) -> None:
    path = f"/_emulator/users/{pool.id}/ann/authorization-code"
    body = {"client": pool.client_id, "redirect_uri": CALLBACK, "scope": "openid email", "state": "s1", "nonce": "n1"}
    made = control("POST", path, body).json
    assert made["location"].startswith(f"{CALLBACK}?")
    assert dict(parse_qsl(urlsplit(made["location"]).query)) == {"code": made["code"], "state": "s1"}
    (entry,) = control("GET", f"/_emulator/requests?path={path}").json["requests"]
    shown = control("GET", f"/_emulator/requests/{entry['id']}").json["answer"]
    assert shown == {"code": "***", "location": f"{CALLBACK}?code=***&state=s1"}
    form = f"grant_type=authorization_code&client_id={pool.client_id}&code={made['code']}&redirect_uri={CALLBACK}"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    tokens = control("POST", "/oauth2/token", form, headers).json
    claims = claims_of(control, pool, tokens["id_token"])
    assert (claims["cognito:username"], claims["nonce"], claims["amr"]) == ("ann", "n1", ["pwd"])
    assert control("POST", "/oauth2/token", form, headers).json == {"error": "invalid_grant"}, "once"


@pytest.mark.parametrize(
    ("user", "body", "text"),
    [
        ("ann", {"redirect_uri": "https://evil.example.com"}, "refuses the request: redirect_mismatch"),
        ("ann", {"scope": "phone"}, "refuses the request: invalid_request: invalid_scope"),
        ("ann", {"code_challenge": "short"}, "code_challenge_method must be S256"),
        ("eve", {}, "has no user 'eve'"),
        ("ann", {"client": "nothing"}, "has no client 'nothing'"),
        ("ann", {"prompt": "none"}, "Unknown member 'prompt'"),
    ],
)
def test_a_code_is_refused_as_by_the_endpoint(
    control: Control, pool: CognitoPool, user: str, body: dict[str, Any], text: str
) -> None:
    path = f"/_emulator/users/{pool.id}/{user}/authorization-code"
    refused(control("POST", path, {"client": pool.client_id, "redirect_uri": CALLBACK, **body}), text)


# --- keys ---------------------------------------------------------------------------------------------------


def test_keys_rotate_and_a_reset_takes_it_back(control: Control) -> None:
    emulator = control.emulator
    before = [key["kid"] for key in emulator.jwks(POOL)["keys"]]
    answer = control("POST", f"/_emulator/pools/{POOL}/keys/rotate").json
    assert answer["kids"][2:] == before
    assert [answer["signing"]["id"], answer["signing"]["access"]] == answer["kids"][:2]
    assert [key["kid"] for key in emulator.jwks(POOL)["keys"]] == answer["kids"]
    emulator.reset()
    assert [key["kid"] for key in emulator.jwks(POOL)["keys"]] == before
    assert control("POST", "/_emulator/pools/nowhere/keys/rotate").status == 404


def test_what_saml_providers_know_stays(control: Control) -> None:
    idp = control.emulator.client()
    before = idp.get_signing_certificate(UserPoolId=POOL)["Certificate"]
    control("POST", f"/_emulator/pools/{POOL}/keys/rotate")
    assert idp.get_signing_certificate(UserPoolId=POOL)["Certificate"] == before


def test_both_tokens_are_signed_by_new_keys(control: Control) -> None:
    pool = control.emulator.create_pool()
    pool.add_user("ann")
    old = pool.sign_in("ann")
    control("POST", f"/_emulator/pools/{pool.id}/keys/rotate")
    assert identity_login(control, pool, old["IdToken"]).startswith("us-east-1:")
    for name in ("AccessToken", "IdToken"):
        assert claims_of(control, pool, old[name])["sub"]
        new = pool.sign_in("ann")[name]
        assert jwt.get_unverified_header(new)["kid"] != jwt.get_unverified_header(old[name])["kid"]
