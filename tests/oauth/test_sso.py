"""SSO sessions where the pool tracks sessions: listed, parents of token sessions, ended alone or together."""

from __future__ import annotations

from typing import Any

from tests.helpers.build import Setup, refused, user
from tests.helpers.harness import Running
from tests.helpers.newest import needs_newest
from tests.helpers.oauth_client import CALLBACK, Browser, oauth_setup, signed_in

pytestmark = needs_newest
TRACKING: dict[str, Any] = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}}


def tracked(running: Running) -> tuple[Setup, Browser]:
    at = oauth_setup(running)
    running.call("SetUserPoolSessionConfiguration", UserPoolId=at.pool, **TRACKING)
    return at, signed_in(running, at, user(running, at.pool))


def tokens(running: Running, at: Setup, browser: Browser) -> dict[str, Any]:
    code = browser.authorize(at.client).query["code"]
    form = {"grant_type": "authorization_code", "client_id": at.client, "code": code, "redirect_uri": CALLBACK}
    found: dict[str, Any] = browser.token(form).json
    return found


def listed(idp: Any, at: Setup) -> dict[str, list[dict[str, Any]]]:
    found = idp.admin_list_user_sessions(UserPoolId=at.pool, Username="ann")["Sessions"]
    return {kind: [one for one in found if one["SessionType"] == kind] for kind in ("SSO", "TOKEN")}


def test_a_browser_is_a_session_and_its_tokens_belong_to_it(running: Running, idp: Any) -> None:
    at, browser = tracked(running)
    running.world.clock.advance(60)
    got = tokens(running, at, browser)
    found = listed(idp, at)
    (sso,), (token,) = found["SSO"], found["TOKEN"]
    assert sso["SessionId"].startswith("sso")
    assert len(sso["SessionId"]) == 28
    assert "OriginSessionId" not in sso
    assert token["OriginSessionId"] == sso["SessionId"]
    assert sso["LastActiveDate"] > sso["CreateDate"]
    own = idp.list_user_sessions(AccessToken=got["access_token"])["Sessions"]
    assert {one["SessionType"]: one["IsCurrentSession"] for one in own} == {"SSO": False, "TOKEN": True}


def test_an_sso_session_ends_alone_or_with_its_tokens(running: Running, idp: Any) -> None:
    at, browser = tracked(running)
    got, more = tokens(running, at, browser), tokens(running, at, browser)
    sso = listed(idp, at)["SSO"][0]["SessionId"]
    ids = {"UserPoolId": at.pool, "Username": "ann", "SessionId": sso}
    idp.admin_revoke_user_session(**ids, RevokeAssociatedSessions="LINKED")
    assert listed(idp, at) == {"SSO": [], "TOKEN": []}
    assert browser.authorize(at.client).location.startswith("/login?")
    for token in (got, more):
        with refused("NotAuthorizedException", "Access Token has been revoked"):
            idp.get_user(AccessToken=token["access_token"])
    with refused("ResourceNotFoundException", "Session does not exist."):
        idp.admin_revoke_user_session(**ids)


def test_alone_its_tokens_stay(running: Running, idp: Any) -> None:
    at, browser = tracked(running)
    got = tokens(running, at, browser)
    sso = listed(idp, at)["SSO"][0]["SessionId"]
    idp.revoke_user_session(AccessToken=got["access_token"], SessionId=sso)
    assert len(listed(idp, at)["TOKEN"]) == 1
    assert idp.get_user(AccessToken=got["access_token"])["Username"] == "ann"
    assert browser.authorize(at.client).location.startswith("/login?")


def test_revoke_token_may_end_the_browsers_session_and_not_its_other_tokens(running: Running, idp: Any) -> None:
    at, browser = tracked(running)
    got, other = tokens(running, at, browser), tokens(running, at, browser)
    idp.revoke_token(Token=got["refresh_token"], ClientId=at.client, RevokeAssociatedSessions="LINKED")
    assert listed(idp, at)["SSO"] == []
    assert idp.get_user(AccessToken=other["access_token"])["Username"] == "ann"


def test_a_token_session_takes_its_browser_along_if_it_is_told(running: Running, idp: Any) -> None:
    at, browser = tracked(running)
    tokens(running, at, browser)
    token = listed(idp, at)["TOKEN"][0]["SessionId"]
    ids = {"UserPoolId": at.pool, "Username": "ann", "SessionId": token}
    idp.admin_revoke_user_session(**ids, RevokeAssociatedSessions="LINKED")
    assert listed(idp, at) == {"SSO": [], "TOKEN": []}


def test_without_tracking_nothing_is_listed(running: Running, idp: Any) -> None:
    at = oauth_setup(running)
    browser = signed_in(running, at, user(running, at.pool))
    tokens(running, at, browser)
    (session,) = running.world.store.browser_sessions
    assert session.session_id == ""
