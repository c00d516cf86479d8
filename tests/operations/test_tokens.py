"""Claims, refresh, rotation, revocation, sign-out everywhere; access tokens at Cognito's own operations."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest

from tests.helpers.build import FLOWS, PASSWORD, Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.refresh import refresh

ROTATING = {
    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
    "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10},
}


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


# --- claims ----------------------------------------------------------------------------------------------


def test_claims_of_the_id_token(running: Running, idp: Any) -> None:
    at = setup(running, Schema=[{"Name": "level", "AttributeDataType": "Number", "Mutable": True}])
    attributes: dict[str, Any] = {
        "email": "ann@example.com",
        "email_verified": "true",
        "phone_number": "+15551234567",
        "address": "1 Street",
        "updated_at": "1700000000",
        "custom:level": "7",
    }
    sub = user(running, at.pool, **attributes)
    running.world.clock.freeze(1_800_000_000.5)
    token = claims(sign_in(idp, at)["IdToken"])
    for name in ("jti", "origin_jti", "event_id"):
        assert len(token.pop(name)) == 36
    assert token == {
        "sub": sub,
        "acr": "urn:cognito:loa:1",
        "amr": ["pwd"],
        "iss": f"{running.url}/{at.pool}",
        "aud": at.client,
        "token_use": "id",
        "auth_time": 1_800_000_000,
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
        "cognito:username": "ann",
        "email": "ann@example.com",
        "email_verified": True,
        "phone_number": "+15551234567",
        "address": {"formatted": "1 Street"},
        "updated_at": 1700000000,
        "custom:level": "7",
    }


def test_claims_of_the_access_token(running: Running, idp: Any) -> None:
    at = setup(running)
    sub = user(running, at.pool, email="ann@example.com")
    running.world.clock.freeze(1_800_000_000)
    result = sign_in(idp, at)
    token = claims(result["AccessToken"])
    assert token["origin_jti"] == claims(result["IdToken"])["origin_jti"]
    assert token["event_id"] == claims(result["IdToken"])["event_id"]
    for name in ("jti", "origin_jti", "event_id"):
        token.pop(name)
    assert token == {
        "sub": sub,
        "acr": "urn:cognito:loa:1",
        "amr": ["pwd"],
        "iss": f"{running.url}/{at.pool}",
        "client_id": at.client,
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin",
        "auth_time": 1_800_000_000,
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
        "username": "ann",
    }


def test_headers_and_keys(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    result = sign_in(idp, at)
    headers = [jwt.get_unverified_header(result[name]) for name in ("IdToken", "AccessToken")]
    assert [sorted(header) for header in headers] == [["alg", "kid"]] * 2
    assert headers[0]["kid"] != headers[1]["kid"]
    assert all(len(base64.b64decode(header["kid"])) == 32 for header in headers)


def test_groups_in_order_of_precedence(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    role = "arn:aws:iam::000000000000:role/{}"
    groups: list[tuple[str, dict[str, Any]]] = [
        ("last", {}),
        ("second", {"Precedence": 2, "RoleArn": role.format("two")}),
        ("first", {"Precedence": 1, "RoleArn": role.format("one")}),
    ]
    for name, members in groups:
        running.call("CreateGroup", UserPoolId=at.pool, GroupName=name, **members)
        running.call("AdminAddUserToGroup", UserPoolId=at.pool, Username="ann", GroupName=name)
    result = sign_in(idp, at)
    token = claims(result["IdToken"])
    assert token["cognito:groups"] == ["first", "second", "last"]
    assert token["cognito:roles"] == [role.format("one"), role.format("two")]
    assert token["cognito:preferred_role"] == role.format("one")
    access = claims(result["AccessToken"])
    assert access["cognito:groups"] == ["first", "second", "last"]
    assert "cognito:roles" not in access
    # Two at the best precedence with different roles: no preferred one.
    running.call("UpdateGroup", UserPoolId=at.pool, GroupName="second", Precedence=1)
    token = claims(sign_in(idp, at)["IdToken"])
    assert "cognito:preferred_role" not in token
    assert token["cognito:groups"] == ["first", "second", "last"]


def test_only_readable_attributes(running: Running, idp: Any) -> None:
    at = setup(running, {"ReadAttributes": ["email", "name"]})
    user(running, at.pool, email="ann@example.com", email_verified="true", name="Ann", nickname="a")
    token = claims(sign_in(idp, at)["IdToken"])
    assert (token["email"], token["name"]) == ("ann@example.com", "Ann")
    assert "email_verified" not in token
    assert "nickname" not in token


def test_without_token_revocation(running: Running, idp: Any) -> None:
    at = setup(running, {"EnableTokenRevocation": False})
    user(running, at.pool)
    result = sign_in(idp, at)
    for name in ("IdToken", "AccessToken"):
        token = claims(result[name])
        assert "origin_jti" not in token
        assert "jti" not in token
        assert "event_id" in token
    with refused("UnsupportedOperationException"):
        idp.revoke_token(ClientId=at.client, Token=result["RefreshToken"])
    # Sign-out everywhere finds these tokens all the same.
    idp.admin_user_global_sign_out(UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=result["AccessToken"])


@pytest.mark.parametrize(
    ("members", "access", "identity"),
    [
        ({}, 3600, 3600),
        ({"AccessTokenValidity": 2, "IdTokenValidity": 3}, 7200, 10800),
        (
            {
                "AccessTokenValidity": 10,
                "IdTokenValidity": 600,
                "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "seconds"},
            },
            600,
            600,
        ),
        ({"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "days"}}, 86400, 3600),
    ],
)
def test_lifetimes(running: Running, idp: Any, members: dict[str, Any], access: int, identity: int) -> None:
    at = setup(running, members)
    user(running, at.pool)
    result = sign_in(idp, at)
    assert result["ExpiresIn"] == access
    for name, lifetime in (("AccessToken", access), ("IdToken", identity)):
        token = claims(result[name])
        assert token["exp"] - token["iat"] == lifetime


# --- access tokens ---------------------------------------------------------------------------------------


def test_access_token_expires(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    running.world.clock.advance(3590)
    idp.get_user(AccessToken=token)
    running.world.clock.advance(11)
    with refused("NotAuthorizedException", "Access Token has expired"):
        idp.get_user(AccessToken=token)


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _forged(token: str, **changes: Any) -> str:
    head, body, signature = token.split(".")
    changed = {**json.loads(base64.urlsafe_b64decode(body + "==")), **changes}
    return f"{head}.{_part(changed)}.{signature}"


def test_foreign_and_forged_tokens(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    bob = user(running, at.pool, "bob")
    result = sign_in(idp, at)
    token = result["AccessToken"]
    for nonsense in ("x", "a.b.c", "a.b", result["IdToken"], result["RefreshToken"], "e30.e30.e30", "bnVsbA.bnVsbA.x"):
        with refused("NotAuthorizedException", "Invalid Access Token"):
            idp.get_user(AccessToken=nonsense)
    with refused("NotAuthorizedException", "Could not verify signature for Access Token"):
        idp.get_user(AccessToken=_forged(token, sub=bob))
    for changes in ({"iss": "https://elsewhere/us-east-1_x"}, {"iss": 5}, {"token_use": "id"}):
        with refused("NotAuthorizedException", "Invalid Access Token"):
            idp.get_user(AccessToken=_forged(token, **changes))
    head = {"alg": "none", "kid": jwt.get_unverified_header(token)["kid"]}
    unsigned = f"{_part(head)}.{token.split('.')[1]}."
    with refused("NotAuthorizedException", "Could not verify signature for Access Token"):
        idp.get_user(AccessToken=unsigned)


def test_token_signed_by_another_pool(running: Running, idp: Any) -> None:
    at, other = setup(running), setup(running)
    sub = user(running, at.pool)
    user(running, other.pool)
    theirs = running.run(running.world.keys.of(other.pool))
    ours = running.run(running.world.keys.of(at.pool))
    told = claims(sign_in(idp, at)["AccessToken"])
    assert told["sub"] == sub
    with refused("NotAuthorizedException", "Invalid Access Token"):
        idp.get_user(AccessToken=theirs.access_key.sign(told))
    with refused("NotAuthorizedException", "Invalid Access Token"):
        idp.get_user(AccessToken=ours.id_key.sign(told))


def test_token_without_the_user_scope(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    told = claims(sign_in(idp, at)["AccessToken"]) | {"scope": "openid"}
    keys = running.run(running.world.keys.of(at.pool))
    with refused("NotAuthorizedException", "Access Token does not have required scopes"):
        idp.get_user(AccessToken=keys.access_key.sign(told))


def test_token_of_who_is_gone(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    user(running, at.pool, "bob")
    ann, bob = sign_in(idp, at)["AccessToken"], sign_in(idp, at, "bob")["AccessToken"]
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    with refused("UserNotFoundException", "User does not exist."):
        idp.get_user(AccessToken=ann)
    with refused("NotAuthorizedException", "User does not exist."):
        idp.global_sign_out(AccessToken=ann)
    running.call("DeleteUserPoolClient", UserPoolId=at.pool, ClientId=at.client)
    with refused("ResourceNotFoundException", f"User pool client {at.client} does not exist."):
        idp.get_user(AccessToken=bob)


def test_token_while_a_reset_is_required(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    result = sign_in(idp, at)
    running.call("AdminResetUserPassword", UserPoolId=at.pool, Username="ann")
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        idp.get_user(AccessToken=result["AccessToken"])
    with refused("PasswordResetRequiredException", "Password reset required for the user"):
        refresh(idp, at, result["RefreshToken"])
    with refused("NotAuthorizedException", "Password reset required for the user"):
        idp.get_tokens_from_refresh_token(RefreshToken=result["RefreshToken"], ClientId=at.client)


# --- refresh ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_refresh(running: Running, idp: Any, flow: str) -> None:
    at = setup(running)
    user(running, at.pool)
    first = sign_in(idp, at)
    running.call(
        "AdminUpdateUserAttributes",
        UserPoolId=at.pool,
        Username="ann",
        UserAttributes=[{"Name": "nickname", "Value": "annie"}],
    )
    running.world.clock.advance(4000)
    answer = idp.initiate_auth(
        ClientId=at.client, AuthFlow=flow, AuthParameters={"REFRESH_TOKEN": first["RefreshToken"]}
    )
    assert answer["ChallengeParameters"] == {}
    second = answer["AuthenticationResult"]
    assert "RefreshToken" not in second
    before, after = claims(first["IdToken"]), claims(second["IdToken"])
    assert (after["auth_time"], after["origin_jti"]) == (before["auth_time"], before["origin_jti"])
    assert after["iat"] >= before["iat"] + 4000
    assert after["jti"] != before["jti"]
    assert after["nickname"] == "annie"
    idp.get_user(AccessToken=second["AccessToken"])


def test_refresh_by_an_administrator(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    token = sign_in(idp, at)["RefreshToken"]
    answer = idp.admin_initiate_auth(
        UserPoolId=at.pool, ClientId=at.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )
    assert "AccessToken" in answer["AuthenticationResult"]


def test_get_tokens_from_refresh_token(running: Running, idp: Any) -> None:
    at = setup(running, {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]})
    user(running, at.pool)
    first = sign_in(idp, at)
    answer = idp.get_tokens_from_refresh_token(RefreshToken=first["RefreshToken"], ClientId=at.client)
    assert "RefreshToken" not in answer["AuthenticationResult"]
    assert "ChallengeParameters" not in answer
    idp.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        idp.get_tokens_from_refresh_token(
            RefreshToken=first["RefreshToken"], ClientId=at.client, DeviceKey="us-east-1_0000"
        )


def test_refresh_refusals(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    result = sign_in(idp, at)
    second = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", ExplicitAuthFlows=FLOWS)[
        "UserPoolClient"
    ]["ClientId"]
    unknown, foreign = "Invalid Refresh Token.", "Refresh Token has different Client"
    for client, token, text in (
        (at.client, "nonsense", unknown),
        (at.client, result["AccessToken"], unknown),
        (second, result["RefreshToken"], foreign),
        (setup(running).client, result["RefreshToken"], unknown),
    ):
        with refused("NotAuthorizedException", text):
            refresh(idp, Setup(at.pool, client), token)
        with refused("NotAuthorizedException", text):
            idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=client)
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        refresh(idp, at, result["RefreshToken"], DEVICE_KEY="us-east-1_0000")
    running.world.clock.advance(30 * 86400 + 1)
    with refused("NotAuthorizedException", "Refresh Token has expired"):
        refresh(idp, at, result["RefreshToken"])


def test_refresh_of_a_disabled_or_deleted_user(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    result = sign_in(idp, at)
    running.call("AdminDisableUser", UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(idp, at, result["RefreshToken"])
    running.call("AdminEnableUser", UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):  # it stays dead
        refresh(idp, at, result["RefreshToken"])
    again = sign_in(idp, at)
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        refresh(idp, at, again["RefreshToken"])


def test_refresh_with_a_client_secret(running: Running, idp: Any) -> None:
    at = setup(running, {"GenerateSecret": True}, UsernameAttributes=["email"])
    sub = user(running, at.pool, "ann@example.com")
    result = sign_in(idp, at, "ann@example.com")
    token = result["RefreshToken"]
    with refused(
        "NotAuthorizedException", f"Client {at.client} is configured with secret but SECRET_HASH was not received"
    ):
        refresh(idp, at, token)
    with refused("NotAuthorizedException", f"SecretHash does not match for the client: {at.client}"):
        refresh(idp, at, token, **at.hashed("ann@example.com"))
    refresh(idp, at, token, **at.hashed(sub))
    for wrong in ({}, {"ClientSecret": "x" * 30}):
        with refused("NotAuthorizedException", f"Unable to verify client secret for client {at.client}"):
            idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=at.client, **wrong)
    idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=at.client, ClientSecret=at.secret)


def test_rotation(running: Running, idp: Any) -> None:
    at = setup(running, ROTATING)
    user(running, at.pool)
    first = sign_in(idp, at)
    running.world.clock.advance(100)
    second = idp.get_tokens_from_refresh_token(RefreshToken=first["RefreshToken"], ClientId=at.client)
    fresh = second["AuthenticationResult"]["RefreshToken"]
    assert fresh != first["RefreshToken"]
    running.world.clock.advance(9)  # within the grace period the old one is still good
    idp.get_tokens_from_refresh_token(RefreshToken=first["RefreshToken"], ClientId=at.client)
    running.world.clock.advance(2)
    with refused("RefreshTokenReuseException"):
        idp.get_tokens_from_refresh_token(RefreshToken=first["RefreshToken"], ClientId=at.client)


def test_rotation_without_grace_keeps_the_first_end(running: Running, idp: Any) -> None:
    at = setup(running, ROTATING | {"RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}})
    user(running, at.pool)
    token = sign_in(idp, at)["RefreshToken"]
    running.world.clock.advance(20 * 86400)
    second = idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=at.client)["AuthenticationResult"]
    with refused("RefreshTokenReuseException"):
        idp.get_tokens_from_refresh_token(RefreshToken=token, ClientId=at.client)
    running.world.clock.advance(10 * 86400 + 1)
    with refused("NotAuthorizedException", "Refresh Token has expired"):
        idp.get_tokens_from_refresh_token(RefreshToken=second["RefreshToken"], ClientId=at.client)


def test_rotation_has_no_refresh_token_auth(running: Running, idp: Any) -> None:
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    at = setup(running, {"ExplicitAuthFlows": flows})
    user(running, at.pool)
    token = sign_in(idp, at)["RefreshToken"]

    async def rotate() -> None:
        from msgspec.structs import replace

        store = running.world.store
        client = store.clients.get(at.client)
        assert client is not None
        with store.write():
            store.clients.put(replace(client, rotation=True))

    running.run(rotate())
    with refused("UnsupportedOperationException"):
        refresh(idp, at, token)


# --- revocation ------------------------------------------------------------------------------------------


def test_revoke(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    first, second = sign_in(idp, at), sign_in(idp, at)
    idp.revoke_token(ClientId=at.client, Token=first["RefreshToken"])
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(idp, at, first["RefreshToken"])
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=first["AccessToken"])
    # The other sign-in goes on; revoking again, or nonsense, is no error.
    idp.get_user(AccessToken=second["AccessToken"])
    idp.revoke_token(ClientId=at.client, Token=first["RefreshToken"])
    idp.revoke_token(ClientId=at.client, Token="nonsense")


def test_revoke_refusals(running: Running, idp: Any) -> None:
    at = setup(running, {"GenerateSecret": True})
    user(running, at.pool)
    result = sign_in(idp, at)
    token = result["RefreshToken"]
    for wrong in ({}, {"ClientSecret": "x" * 30}):
        with refused("UnauthorizedException", f"Unable to verify client secret for client {at.client}"):
            idp.revoke_token(ClientId=at.client, Token=token, **wrong)
    with refused("UnauthorizedException", "User pool client nosuchclient does not exist."):
        idp.revoke_token(ClientId="nosuchclient", Token=token)
    for name in ("AccessToken", "IdToken"):
        with refused("UnsupportedTokenTypeException"):
            idp.revoke_token(ClientId=at.client, ClientSecret=at.secret, Token=result[name])
    public = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d")["UserPoolClient"]["ClientId"]
    with refused("UnauthorizedException"):
        idp.revoke_token(ClientId=public, Token=token)
    idp.get_user(AccessToken=result["AccessToken"])  # nothing of it revoked anything
    idp.revoke_token(ClientId=at.client, ClientSecret=at.secret, Token=token)


@pytest.mark.parametrize("by_admin", [True, False])
def test_sign_out_everywhere(running: Running, idp: Any, by_admin: bool) -> None:
    at = setup(running)
    user(running, at.pool)
    user(running, at.pool, "bob")
    first, second, bob = sign_in(idp, at), sign_in(idp, at), sign_in(idp, at, "bob")
    if by_admin:
        idp.admin_user_global_sign_out(UserPoolId=at.pool, Username="ann")
    else:
        idp.global_sign_out(AccessToken=first["AccessToken"])
    for result in (first, second):
        with refused("NotAuthorizedException", "Access Token has been revoked"):
            idp.global_sign_out(AccessToken=result["AccessToken"])
        with refused("NotAuthorizedException", "Refresh Token has been revoked"):
            refresh(idp, at, result["RefreshToken"])
    idp.get_user(AccessToken=bob["AccessToken"])
    sign_in(idp, at)


def test_sign_out_of_nobody(running: Running, idp: Any) -> None:
    at = setup(running)
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_user_global_sign_out(UserPoolId=at.pool, Username="nobody")
    with refused("ResourceNotFoundException", "User pool us-east-1_nosuch does not exist."):
        idp.admin_user_global_sign_out(UserPoolId="us-east-1_nosuch", Username="nobody")


def test_a_new_password_signs_nobody_out(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    result = sign_in(idp, at)
    idp.change_password(
        AccessToken=result["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword="Another-horse-8"
    )
    idp.get_user(AccessToken=result["AccessToken"])
    refresh(idp, at, result["RefreshToken"])
