"""Session tracking: configuration, a user's sessions, revocation, the limit."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.auth.origin import device_type
from tests.helpers.build import Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.refresh import refresh

OFF = "Session tracking is not enabled for this user pool."


def tracked(running: Running, most: int = 20) -> Setup:
    at = setup(running)
    user(running, at.pool)
    running.call(
        "SetUserPoolSessionConfiguration",
        UserPoolId=at.pool,
        UserSessionTracking="ENABLED",
        TokenSession={"MaxPerUser": most},
    )
    return at


def listed(idp: Any, at: Setup) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = idp.admin_list_user_sessions(UserPoolId=at.pool, Username="ann")["Sessions"]
    return found


def test_configuration_of_the_pool(running: Running, idp: Any) -> None:
    at = setup(running)
    answer = idp.get_user_pool_session_configuration(UserPoolId=at.pool)
    assert (answer["UserSessionTracking"], answer["TokenSession"]) == ("DISABLED", {"MaxPerUser": 20})
    wanted = {"UserPoolId": at.pool, "UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 3}}
    answer = idp.set_user_pool_session_configuration(**wanted)
    assert {name: answer[name] for name in wanted} == wanted
    answer = idp.get_user_pool_session_configuration(UserPoolId=at.pool)
    assert {name: answer[name] for name in wanted} == wanted
    idp.update_user_pool(UserPoolId=at.pool)  # it is no part of that
    assert idp.get_user_pool_session_configuration(UserPoolId=at.pool)["UserSessionTracking"] == "ENABLED"


def test_configuration_refusals(running: Running, idp: Any) -> None:
    at = setup(running)
    lite = setup(running, UserPoolTier="LITE")
    wanted = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 3}}
    with refused("FeatureUnavailableInTierException"):
        idp.set_user_pool_session_configuration(UserPoolId=lite.pool, **wanted)
    with refused("FeatureUnavailableInTierException"):
        idp.set_user_pool_client_session_configuration(
            UserPoolId=lite.pool, ClientId=lite.client, SSOSession={"MaxValidityMinutes": 5}
        )
    for number in (0, 101):
        with refused("InvalidParameterException"):
            idp.set_user_pool_session_configuration(
                UserPoolId=at.pool, **{**wanted, "TokenSession": {"MaxPerUser": number}}
            )
    with refused("OperationNotEnabledException", OFF):
        idp.set_user_pool_client_session_configuration(
            UserPoolId=at.pool, ClientId=at.client, SSOSession={"MaxValidityMinutes": 5}
        )


def test_configuration_of_the_client(running: Running, idp: Any) -> None:
    at = tracked(running)
    client = {"UserPoolId": at.pool, "ClientId": at.client}
    assert idp.get_user_pool_client_session_configuration(**client)["SSOSession"] == {"MaxValidityMinutes": 60}
    wanted = {"MaxValidityMinutes": 0}
    answer = idp.set_user_pool_client_session_configuration(**client, SSOSession=wanted)
    assert (answer["ClientId"], answer["SSOSession"]) == (at.client, wanted)
    assert idp.get_user_pool_client_session_configuration(**client)["SSOSession"] == wanted
    with refused("ResourceNotFoundException", "User pool client nosuchclient does not exist."):
        idp.get_user_pool_client_session_configuration(UserPoolId=at.pool, ClientId="nosuchclient")


def test_sessions_of_a_user(running: Running, idp: Any) -> None:
    at = tracked(running)
    running.world.clock.freeze(1_800_000_000)
    first = sign_in(idp, at)
    running.world.clock.advance(100)
    second = sign_in(idp, at)
    running.world.clock.advance(100)
    refresh(idp, at, first["RefreshToken"])
    sessions = idp.list_user_sessions(AccessToken=second["AccessToken"])["Sessions"]
    assert [session["IsCurrentSession"] for session in sessions] == [False, True]
    older = sessions[0]
    assert older["CreateDate"].timestamp() == 1_800_000_000
    assert older["LastActiveDate"].timestamp() == 1_800_000_200
    assert (older["SessionType"], older["ClientId"]) == ("TOKEN", at.client)
    assert (older["LastIPAddress"], older["LastLocation"]) == ("127.0.0.1", {"Country": "unknown"})
    assert "Boto3" in older["DeviceType"]
    assert len(older["SessionId"]) == 28
    assert "OriginSessionId" not in older
    assert [session["SessionId"] for session in listed(idp, at)] == [session["SessionId"] for session in sessions]
    assert not any(session["IsCurrentSession"] for session in listed(idp, at))
    idp.revoke_token(ClientId=at.client, Token=first["RefreshToken"], RevokeAssociatedSessions="LINKED")
    assert len(listed(idp, at)) == 1
    running.world.clock.advance(31 * 86400)
    assert listed(idp, at) == []


def test_without_tracking(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    token = sign_in(idp, at)["AccessToken"]
    session = "tkn" + "a" * 25
    with refused("OperationNotEnabledException", OFF):
        idp.list_user_sessions(AccessToken=token)
    with refused("OperationNotEnabledException", OFF):
        idp.revoke_user_session(AccessToken=token, SessionId=session)
    with refused("OperationNotEnabledException", OFF):
        idp.admin_list_user_sessions(UserPoolId=at.pool, Username="ann")
    with refused("OperationNotEnabledException", OFF):
        idp.admin_revoke_user_session(UserPoolId=at.pool, Username="ann", SessionId=session)


@pytest.mark.parametrize("by_admin", [True, False])
def test_revoke(running: Running, idp: Any, by_admin: bool) -> None:
    at = tracked(running)
    first, second = sign_in(idp, at), sign_in(idp, at)
    newest, oldest = (session["SessionId"] for session in listed(idp, at))
    assert newest != oldest
    if by_admin:
        idp.admin_revoke_user_session(UserPoolId=at.pool, Username="ann", SessionId=oldest)
    else:
        idp.revoke_user_session(AccessToken=second["AccessToken"], SessionId=oldest)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=first["AccessToken"])
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        refresh(idp, at, first["RefreshToken"])
    idp.get_user(AccessToken=second["AccessToken"])
    assert [session["SessionId"] for session in listed(idp, at)] == [newest]
    with refused("ResourceNotFoundException", "Session does not exist."):
        idp.admin_revoke_user_session(UserPoolId=at.pool, Username="ann", SessionId=oldest)


def test_revoke_refusals(running: Running, idp: Any) -> None:
    at = tracked(running)
    user(running, at.pool, "bob")
    ann, bob = sign_in(idp, at), sign_in(idp, at, "bob")
    session = listed(idp, at)[0]["SessionId"]
    with refused("InvalidParameterException", "The current session cannot be revoked by this operation."):
        idp.revoke_user_session(AccessToken=ann["AccessToken"], SessionId=session)
    with refused("ResourceNotFoundException", "Session does not exist."):
        idp.revoke_user_session(AccessToken=bob["AccessToken"], SessionId=session)
    with refused("ResourceNotFoundException", "Session does not exist."):
        idp.admin_revoke_user_session(UserPoolId=at.pool, Username="bob", SessionId=session)
    for call in (idp.admin_list_user_sessions, idp.admin_revoke_user_session):
        members = {} if call == idp.admin_list_user_sessions else {"SessionId": session}
        with refused("UserNotFoundException", "User does not exist."):
            call(UserPoolId=at.pool, Username="nobody", **members)
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_user_sessions(AccessToken=ann["AccessToken"], NextToken="x")
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.admin_list_user_sessions(UserPoolId=at.pool, Username="ann", NextToken="x")
    idp.get_user(AccessToken=ann["AccessToken"])


def test_the_least_recently_used_goes_at_the_limit(running: Running, idp: Any) -> None:
    at = tracked(running, most=2)
    running.world.clock.freeze()
    first = sign_in(idp, at)
    running.world.clock.advance(1)
    second = sign_in(idp, at)
    running.world.clock.advance(1)
    refresh(idp, at, first["RefreshToken"])
    running.world.clock.advance(1)
    third = sign_in(idp, at)
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=second["AccessToken"])
    for result in (first, third):
        idp.get_user(AccessToken=result["AccessToken"])
    # A lower limit acts at the next sign-in.
    idp.set_user_pool_session_configuration(
        UserPoolId=at.pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 1}
    )
    assert len(listed(idp, at)) == 2
    sign_in(idp, at)
    assert len(listed(idp, at)) == 1


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0",
            "Windows, Edge",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.1 Safari/605.1.15", "macOS, Safari"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1", "iOS, Safari"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/156.0 Mobile Safari/537.36", "Android, Chrome"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Linux, Firefox"),
        ("something", "unknown"),
        ("", "unknown"),
    ],
)
def test_device_types(agent: str, expected: str) -> None:
    assert device_type(agent) == expected
