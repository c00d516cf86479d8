"""OpenID tokens of identity pools, verified as others would: by the issuer's documents."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import jwt
import pytest

from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.harness import Running
from tests.helpers.identity_pools import DEVELOPER, Ann, entry, federation, identity_pool

ARN = "https://cognito-identity.amazonaws.com/identity-pool-arn"
TAGS = "https://aws.amazon.com/tags"


@pytest.fixture
def ann(running: Running, idp: Any, identity: Any) -> Ann:
    return federation(running, idp, AllowClassicFlow=True)


def read(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer), answer.headers


def verified(running: Running, token: str, audience: str) -> dict[str, Any]:
    """The claims of a token, by a library that knows nothing but the issuer."""
    issuer = f"{running.url}/cognito-identity"
    document, _ = read(f"{issuer}/.well-known/openid-configuration")
    assert document["issuer"] == issuer
    key = jwt.PyJWKClient(document["jwks_uri"]).get_signing_key_from_jwt(token)
    algorithms = document["id_token_signing_alg_values_supported"]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=algorithms, audience=audience, issuer=issuer)
    return claims


def test_a_guests_token(running: Running, identity: Any, ann: Ann) -> None:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    answer = identity.get_open_id_token(IdentityId=guest)
    assert answer["IdentityId"] == guest
    claims = verified(running, answer["Token"], ann.pool)
    assert claims == {
        "sub": guest,
        "aud": ann.pool,
        "amr": ["unauthenticated"],
        "iss": f"{running.url}/cognito-identity",
        ARN: f"arn:aws:cognito-identity:us-east-1:000000000000:identitypool/{ann.pool}",
        "iat": claims["iat"],
        "exp": claims["iat"] + 600,
    }


def test_the_token_of_somebody_who_signed_in(running: Running, identity: Any, ann: Ann) -> None:
    identity.set_principal_tag_attribute_map(
        IdentityPoolId=ann.pool, IdentityProviderName=ann.provider, PrincipalTags={"who": "cognito:username"}
    )
    known = identity.get_id(IdentityPoolId=ann.pool, Logins=ann.logins)["IdentityId"]
    answer = identity.get_open_id_token(IdentityId=known, Logins=ann.logins)
    assert answer["IdentityId"] == known
    claims = verified(running, answer["Token"], ann.pool)
    assert claims["amr"] == ["authenticated", ann.provider, f"{ann.provider}:CognitoSignIn:{ann.sub}"]
    assert claims[TAGS] == {"principal_tags": {"who": ["ann"]}, "transitive_tag_keys": []}


def test_the_token_of_a_developers_user(running: Running, identity: Any, ann: Ann) -> None:
    call = {"IdentityPoolId": ann.pool, "Logins": {DEVELOPER: "dora"}}
    claims = verified(running, identity.get_open_id_token_for_developer_identity(**call)["Token"], ann.pool)
    assert claims["amr"] == ["authenticated", DEVELOPER, f"{DEVELOPER}:{ann.pool}:dora"]
    assert claims["exp"] - claims["iat"] == 900
    more = {"TokenDuration": 86400, "PrincipalTags": {"team": "blue"}}
    token = identity.get_open_id_token_for_developer_identity(**call, **more)["Token"]
    claims = verified(running, token, ann.pool)
    assert claims["exp"] - claims["iat"] == 86400
    assert claims[TAGS]["principal_tags"] == {"team": ["blue"]}
    with refused("ValidationException"):
        identity.get_open_id_token_for_developer_identity(**call, TokenDuration=86401)


def test_the_header_and_the_published_key(running: Running, identity: Any, ann: Ann) -> None:
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    header = jwt.get_unverified_header(identity.get_open_id_token(IdentityId=guest)["Token"])
    keys, headers = read(f"{running.url}/cognito-identity/.well-known/jwks_uri")
    (key,) = keys["keys"]
    assert header == {"kid": key["kid"], "typ": "JWS", "alg": "RS512"}
    assert (key["alg"], key["use"], key["kty"]) == ("RS512", "sig", "RSA")
    assert key["kid"].startswith("us-east-1")
    assert headers["cache-control"] == "public, max-age=2592000"
    assert headers["access-control-allow-origin"] == "*"


def test_the_key_outlives_a_reset(running: Running) -> None:
    before, _ = read(f"{running.url}/cognito-identity/.well-known/jwks_uri")
    running.run(_reset(running))
    assert read(f"{running.url}/cognito-identity/.well-known/jwks_uri")[0] == before


async def _reset(running: Running) -> None:
    from cognito_emulator.control.baseline import Baseline

    Baseline(running.world).reset()


def test_the_classic_flow_may_be_ruled_out(running: Running, identity: Any, ann: Ann) -> None:
    pool = identity_pool(running, entry(ann.users), AllowClassicFlow=False)
    assert identity.describe_identity_pool(IdentityPoolId=pool)["AllowClassicFlow"] is False
    guest = identity.get_id(IdentityPoolId=pool)["IdentityId"]
    text = "Basic (classic) flow is not enabled, please use enhanced flow."
    with refused("InvalidParameterException", text):
        identity.get_open_id_token(IdentityId=guest)
    assert identity.get_credentials_for_identity(IdentityId=guest)


def test_a_pool_that_says_nothing_has_the_classic_flow(running: Running, identity: Any, ann: Ann) -> None:
    pool = identity_pool(running, entry(ann.users))
    assert "AllowClassicFlow" not in identity.describe_identity_pool(IdentityPoolId=pool)
    guest = identity.get_id(IdentityPoolId=pool)["IdentityId"]
    assert identity.get_open_id_token(IdentityId=guest)["IdentityId"] == guest


def test_the_classic_flow_has_no_role_mappings(identity: Any, ann: Ann) -> None:
    mapping = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    identity.set_identity_pool_roles(IdentityPoolId=ann.pool, Roles={}, RoleMappings={ann.mapping: mapping})
    guest = identity.get_id(IdentityPoolId=ann.pool)["IdentityId"]
    text = "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow."
    with refused("InvalidParameterException", text):
        identity.get_open_id_token(IdentityId=guest)


@pytest.mark.parametrize(
    ("region", "issuer"),
    [
        ("us-east-1", "https://cognito-identity.amazonaws.com"),
        ("eu-south-2", "https://cognito-identity.eu-south-2.amazonaws.com"),
        ("cn-north-1", "https://cognito-identity.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_awss_issuers(region: str, issuer: str) -> None:
    """With `--issuer aws` the key in a Logins map is the issuer of the pool's region, and no other."""
    running = Running(World(Settings(port=0, issuer="aws")))
    try:
        identity = running.client("cognito-identity", region=region)
        made = identity.create_identity_pool(
            IdentityPoolName="p", AllowUnauthenticatedIdentities=False, DeveloperProviderName=DEVELOPER
        )["IdentityPoolId"]
        role = "arn:aws:iam::000000000000:role/a"
        identity.set_identity_pool_roles(IdentityPoolId=made, Roles={"authenticated": role})
        answer = identity.get_open_id_token_for_developer_identity(IdentityPoolId=made, Logins={DEVELOPER: "u"})
        claims = jwt.decode(answer["Token"], options={"verify_signature": False})
        assert claims["iss"] == issuer
        call = {"IdentityId": answer["IdentityId"]}
        logins = {issuer.partition("://")[2]: answer["Token"]}
        assert identity.get_credentials_for_identity(**call, Logins=logins)["IdentityId"] == answer["IdentityId"]
        with refused("NotAuthorizedException", "Invalid login token. Issuer doesn't match providerName"):
            other = {"cognito-identity.af-south-1.amazonaws.com": answer["Token"]}
            identity.get_credentials_for_identity(**call, Logins=other)
        document, _ = read(f"{running.url}/cognito-identity/.well-known/openid-configuration")
        assert document["issuer"] == "https://cognito-identity.amazonaws.com"
    finally:
        running.stop()
