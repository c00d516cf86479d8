"""Tokens are verified by PyJWT with the keys that it fetches from the server."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest

from tests.helpers.build import PASSWORD, Setup, setup, sign_in, user
from tests.helpers.harness import Running


@pytest.fixture
def made(running: Running) -> Setup:
    made = setup(running)
    user(running, made.pool, email="ann@example.com", email_verified="true")
    return made


def keys(running: Running, pool: str) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(f"{running.url}/{pool}/.well-known/jwks.json")


def verify(running: Running, made: Setup, token: str, **options: Any) -> dict[str, Any]:
    """The claims, as an application verifies them."""
    key = keys(running, made.pool).get_signing_key_from_jwt(token)
    required = ["exp", "iat", "iss", "sub", "token_use"]
    checks = {"issuer": f"{running.url}/{made.pool}", **options}
    return dict(jwt.decode(token, key, algorithms=["RS256"], options={"require": required}, **checks))


def altered(token: str, **claims: Any) -> str:
    """The token with other claims under its old signature."""
    head, body, signature = token.split(".")
    values = {**json.loads(base64.urlsafe_b64decode(body + "==")), **claims}
    body = base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def test_both_tokens_are_verified(running: Running, idp: Any, made: Setup) -> None:
    result = sign_in(idp, made)
    identity = verify(running, made, result["IdToken"], audience=made.client)
    access = verify(running, made, result["AccessToken"])
    assert (identity["token_use"], access["token_use"]) == ("id", "access")
    assert (identity["aud"], access["client_id"]) == (made.client, made.client)
    assert "aud" not in access
    assert identity["sub"] == access["sub"]
    assert (identity["email"], identity["email_verified"]) == ("ann@example.com", True)


def test_each_use_has_its_own_key(running: Running, idp: Any, made: Setup) -> None:
    result = sign_in(idp, made)
    headers = [jwt.get_unverified_header(result[name]) for name in ("IdToken", "AccessToken")]
    assert [set(header) for header in headers] == [{"kid", "alg"}] * 2
    published = [key.key_id for key in keys(running, made.pool).get_signing_keys()]
    assert [header["kid"] for header in headers] == published
    assert len(set(published)) == 2


def test_a_tampered_token_is_refused(running: Running, idp: Any, made: Setup) -> None:
    token = sign_in(idp, made)["AccessToken"]
    with pytest.raises(jwt.InvalidSignatureError):
        verify(running, made, altered(token, username="bob"))
    with pytest.raises(jwt.InvalidSignatureError):
        verify(running, made, altered(token))  # the same claims, written with other white space


def test_another_audience_or_issuer_is_refused(running: Running, idp: Any, made: Setup) -> None:
    token = sign_in(idp, made)["IdToken"]
    with pytest.raises(jwt.InvalidAudienceError):
        verify(running, made, token, audience="another")
    with pytest.raises(jwt.InvalidIssuerError):
        verify(running, made, token, audience=made.client, issuer=f"{running.url}/us-east-1_another01")


def test_another_pools_token_is_refused(running: Running, idp: Any, made: Setup) -> None:
    other = setup(running)
    user(running, other.pool)
    with pytest.raises(jwt.PyJWKClientError):
        verify(running, made, sign_in(idp, other)["AccessToken"])


def test_a_token_expires(running: Running, idp: Any, made: Setup) -> None:
    running.world.clock.advance(-3605)
    token = sign_in(idp, made)["AccessToken"]
    with pytest.raises(jwt.ExpiredSignatureError):
        verify(running, made, token)


def test_a_refreshed_token_is_verified(running: Running, idp: Any, made: Setup) -> None:
    first = sign_in(idp, made, password=PASSWORD)
    parameters = {"REFRESH_TOKEN": first["RefreshToken"]}
    answer = idp.initiate_auth(ClientId=made.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    claims = verify(running, made, answer["AuthenticationResult"]["AccessToken"])
    assert claims["origin_jti"] == verify(running, made, first["AccessToken"])["origin_jti"]
