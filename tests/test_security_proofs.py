"""Proofs that are none: addresses that hide something, factors of a sign-in that is over.

One test each for what was once taken, or broke the answer.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

import pytest
from msgspec.structs import replace
from starlette.requests import Request

from cognito_emulator.domain.users.user import Factors, Totp
from cognito_emulator.oauth.requests import origin
from cognito_emulator.ports.lambda_callable import CallableFunction
from cognito_emulator.wire.registry import Caller, call
from tests.helpers.acr_claims import LEVEL
from tests.helpers.acr_pages import Place
from tests.helpers.build import PASSWORD, Setup, give_totp, refused, setup, sign_in, totp, user, without_sms
from tests.helpers.flow_table import OPTIONAL, SECRET, TOTP_ON
from tests.helpers.functions import arn
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.oauth_client import claims
from tests.helpers.protected import ADDRESS_TEXT, BLOCKED_TEXT, HOME, configure, events, fix, from_, mfa, protected
from tests.helpers.risk_notices import notices, notifying, scene
from tests.helpers.sign_in import begin, respond
from tests.helpers.site import CHOICE
from tests.helpers.step_up import StepUp

REVOKED = "Access Token has been revoked"


# --- addresses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told", ["fe80::1%\r\nBcc: eve@example.com", "fe80::1%<b>", "fe80::1%", "192.0.2.10%1", "fe80::1%" + "x" * 33]
)
def test_a_zone_that_is_more_than_a_zone(running: Running, idp: Any, told: str) -> None:
    """RFC 4007: it would stand in the notice, and in its subject."""
    at = scene(running, "NO_ACTION")
    with refused("InvalidParameterException", "IpAddress must be a valid IPv4 or IPv6 address."):
        from_(idp, at, told)
    assert events(idp, at) == []


def test_a_zone(running: Running, idp: Any) -> None:
    at = scene(running, "NO_ACTION")
    template = {"Subject": "From {ip-address}", "TextBody": "An e-mail"}
    notifying(running, at, "NO_ACTION", NoActionEmail=template)
    from_(idp, at, "fe80::1%eth0")
    assert [mail.subject for mail in notices(running)] == ["From fe80::1%eth0"]


def except_(running: Running, at: Setup, **lists: list[str]) -> None:
    configure(running, at, "BLOCK", RiskExceptionConfiguration=lists)


@pytest.mark.parametrize("blocked", ["::ffff:192.0.2.0/120", "::ffff:c000:20a/128", "::ffff:0:0/96"])
@pytest.mark.parametrize("ip", [HOME, f"::ffff:{HOME}", "::ffff:c000:20a"])
def test_a_blocked_address_in_the_other_form(running: Running, idp: Any, blocked: str, ip: str) -> None:
    at = protected(running)
    user(running, at.pool)
    except_(running, at, BlockedIPRangeList=[blocked])
    with refused("NotAuthorizedException", ADDRESS_TEXT):
        from_(idp, at, ip)
    except_(running, at, SkippedIPRangeList=[blocked])
    fix(running, "High", pool=at.pool)
    assert from_(idp, at, ip)["AuthenticationResult"]
    with refused("NotAuthorizedException", BLOCKED_TEXT):
        from_(idp, at, "2001:db8::1")


@pytest.mark.parametrize(
    "written", ["192.0.2.0/255.255.255.0", "192.0.2.0/0.0.0.255", "fe80::%1/64", "192.0.2.0/ 24", "192.0.2.0/+24"]
)
def test_a_range_in_another_notation(running: Running, idp: Any, written: str) -> None:
    at = protected(running)
    text = f"BlockedIPRangeList has an invalid CIDR range: {written}"
    with refused("InvalidParameterException", text):
        idp.set_risk_configuration(UserPoolId=at.pool, RiskExceptionConfiguration={"BlockedIPRangeList": [written]})


def test_a_user_agent_longer_than_any(running: Running, idp: Any) -> None:
    """Each of a user's 500 events keeps one, and every sign-in reads them all."""
    at = protected(running)
    user(running, at.pool)
    from_(idp, at, agent="x" * 60_000)
    body = {
        "ClientId": at.client,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD},
    }
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
        "user-agent": "y" * 30_000,
    }
    urlopen(UrlRequest(running.url, json.dumps(body).encode(), headers), timeout=20).close()
    kept = [event.agent for event in running.world.store.auth_events]
    assert [(agent[0], len(agent)) for agent in kept] == [("x", 1024), ("y", 1024)]
    page = Request({"type": "http", "client": (HOME, 1), "headers": [(b"user-agent", b"z" * 30_000)]})
    assert origin(page).agent == "z" * 1024


# --- step-up ---------------------------------------------------------------------------------------------------


@pytest.fixture
def walk(running: Running, idp: Any) -> StepUp:
    return StepUp(running, idp)


def protect(running: Running, walk: StepUp, action: str) -> None:
    """Threat protection for a pool that has none, with that action for sign-ins that are all risky."""
    kept = running.call("DescribeUserPool", UserPoolId=walk.at.pool)["UserPool"]
    names = ("EmailConfiguration", "SmsConfiguration", "AccountRecoverySetting", "Policies", "MfaConfiguration")
    members = {name: kept[name] for name in names if name in kept}
    add_ons = {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}, "UserPoolTier": "PLUS"}
    running.call("UpdateUserPool", UserPoolId=walk.at.pool, **members, **add_ons)
    configure(running, walk.at, action)
    fix(running, "High", pool=walk.at.pool)


def register(walk: StepUp) -> None:
    """Give Ann an authenticator, which is not switched on: only a risk asks for it."""

    async def put() -> None:
        users = walk.running.world.store.users
        with walk.running.world.store.write():
            for one in list(users):
                users.put(replace(one, factors=Factors(frozenset(), None, Totp(SECRET))))

    walk.running.run(put())


@pytest.mark.parametrize("action", ["MFA_IF_CONFIGURED", "MFA_REQUIRED"])
@pytest.mark.parametrize("has", [True, False])
@pytest.mark.parametrize("first", ["e-mail code", "SMS code"])
def test_a_code_of_an_earlier_sign_in_is_not_the_factor_that_a_risk_demands(
    running: Running, walk: StepUp, action: str, has: bool, first: str
) -> None:
    """A stolen access token and a password are no more than the password."""
    token = walk.token(first)["AccessToken"]
    walk.configure({**OPTIONAL, **TOTP_ON}, ())
    without_sms(running, walk.at.pool)  # it would be a factor that is left
    if has:
        register(walk)
    protect(running, walk, action)
    asked = walk.begin(TARGET_ACR_VALUES=LEVEL(3), ACCESS_TOKEN=token)
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    given = {"USERNAME": "ann", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD}
    if not has and action == "MFA_REQUIRED":
        with refused("NotAuthorizedException", BLOCKED_TEXT):
            walk.respond("SELECT_CHALLENGE", asked["Session"], given)
        return
    answer = walk.respond("SELECT_CHALLENGE", asked["Session"], given)
    assert answer.get("ChallengeName") == ("SOFTWARE_TOKEN_MFA" if has else None)
    assert claims(walk.through(answer)[1]["AccessToken"])["acr"] == LEVEL(4 if has else 3)


ENDS: dict[str, Any] = {
    "global sign-out": lambda walk, token: walk.idp.global_sign_out(AccessToken=token["AccessToken"]),
    "by an administrator": lambda walk, _: walk.idp.admin_user_global_sign_out(UserPoolId=walk.at.pool, Username="ann"),
    "revoked": lambda walk, token: walk.idp.revoke_token(ClientId=walk.at.client, Token=token["RefreshToken"]),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_sign_in_that_was_ended_is_not_stepped_up(walk: StepUp, end: str) -> None:
    """Between the two steps: its session would outlive it."""
    token = walk.token()
    walk.configure({**OPTIONAL, **TOTP_ON}, ("SOFTWARE_TOKEN_MFA",))
    given = {"TARGET_ACR_VALUES": LEVEL(4), "ACCESS_TOKEN": token["AccessToken"]}
    asked = walk.begin(**given)
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    ENDS[end](walk, token)
    for _ in range(2):
        with refused("NotAuthorizedException", REVOKED):
            walk.through(asked)
    with refused("NotAuthorizedException", REVOKED):
        walk.begin(**given)


@pytest.mark.parametrize("trigger", ["PostAuthentication", "PreTokenGeneration"])
def test_a_sign_in_that_ends_while_a_function_runs_is_not_stepped_up(running: Running, idp: Any, trigger: str) -> None:
    at = with_functions(running, {trigger: arn(trigger)})
    secret = give_totp(running, idp, at, prefer=False)
    token = sign_in(idp, at)["AccessToken"]
    idp.admin_set_user_mfa_preference(
        UserPoolId=at.pool, Username="ann", SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )

    async def handler(event: Any, _: Any) -> Any:
        members = {"UserPoolId": at.pool, "Username": "ann"}
        await call(running.world, "cognito-idp", "AdminUserGlobalSignOut", members, Caller(ACCOUNT, REGION))
        return event

    given = {"USERNAME": "ann", "TARGET_ACR_VALUES": LEVEL(4), "ACCESS_TOKEN": token}
    asked = begin(idp, at, "USER_AUTH", **given)
    running.world.triggers.bind(arn(trigger), CallableFunction(handler))
    code = totp(secret, running.world.clock.now())
    with refused("NotAuthorizedException", REVOKED):
        respond(idp, at, "SOFTWARE_TOKEN_MFA", asked["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)
    assert all(family.revoked for family in running.world.store.families)


def with_functions(running: Running, functions: dict[str, str]) -> Setup:
    """Ann's pool with authenticators and functions, which do nothing yet."""

    async def nothing(event: Any, _: Any) -> Any:
        return event

    for one in functions.values():
        running.world.triggers.bind(one, CallableFunction(nothing))
    flows = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]}
    at = setup(running, flows, LambdaConfig=functions)
    mfa(running, at)
    user(running, at.pool)
    return at


def test_a_sign_in_that_lasts_is_stepped_up(walk: StepUp) -> None:
    token = walk.token()
    walk.configure({**OPTIONAL, **TOTP_ON}, ("SOFTWARE_TOKEN_MFA",))
    asked = walk.begin(TARGET_ACR_VALUES=LEVEL(4), ACCESS_TOKEN=token["AccessToken"])
    assert claims(walk.through(asked)[1]["AccessToken"])["amr"] == ["pwd", "otp", "mfa"]


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_browser_that_was_signed_out_is_not_stepped_up(running: Running, when: str) -> None:
    """Before the code is sent, or while the function after it runs."""
    ends = False

    async def handler(event: Any, _: Any) -> Any:
        if ends:
            await sign_out()
        return event

    async def sign_out() -> None:
        sessions = running.world.store.browser_sessions
        with running.world.store.write():
            for one in list(sessions):
                sessions.delete(one.digest)

    running.world.triggers.bind(arn("PostAuthentication"), CallableFunction(handler))
    place = Place(running, CHOICE, LambdaConfig={"PostAuthentication": arn("PostAuthentication")})
    browser = place.signed_in("SOFTWARE_TOKEN_MFA")
    place.ask(browser, 4)
    page = browser.submit(step_up="1")
    assert page.path == "/mfa/code"
    ends = when == "meanwhile"
    if not ends:
        running.run(sign_out())
    codes = len(list(running.world.store.authorization_codes))
    back = browser.submit(code=place.totp(), having="code")
    assert (back.left, back.error) == (False, REVOKED)
    assert len(list(running.world.store.authorization_codes)) == codes
    assert list(running.world.store.browser_sessions) == []
