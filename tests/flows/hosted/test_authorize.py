"""A sign-in on the pages and one by the API are kept apart, and so are the requests that pages are at."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain import errors
from cognito_emulator.domain.hosted.authorization import AuthorizationRequest
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.flows.auth import entry
from cognito_emulator.flows.auth.challenge_answer import Answer
from cognito_emulator.flows.auth.outcome import Complete, Outcome, PendingChallenge
from cognito_emulator.flows.auth.sign_in import Begin
from cognito_emulator.flows.hosted import authorize
from cognito_emulator.ports.lambda_callable import CallableFunction
from tests.helpers.build import PASSWORD, Setup, give_totp, refused, totp, user
from tests.helpers.harness import Running
from tests.helpers.oauth_client import CALLBACK, IN_TOKENS, claims, finish, oauth_setup, signed_in


def request_for(running: Running, at: Setup, **more: str) -> AuthorizationRequest:
    asked = {"client_id": at.client, "redirect_uri": CALLBACK, "response_type": "code", **more}
    return authorize.read(running.world, asked, None)


def begin(running: Running, at: Setup, hosted: str) -> Outcome:
    pool, client = running.world.client(at.client)
    given = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    asked = Begin(pool, client, "USER_PASSWORD_AUTH", given, admin=False, caller=Caller(at.client), hosted=hosted)
    return running.run(entry.begin(running.world, asked))


def begun(running: Running, at: Setup, hosted: str) -> str:
    """The Session of the challenge that follows."""
    challenge = begin(running, at, hosted)
    assert isinstance(challenge, PendingChallenge)
    assert challenge.session is not None
    return challenge.session


def answer(running: Running, at: Setup, session: str, code: str, hosted: str) -> Outcome:
    pool, client = running.world.client(at.client)
    responses = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code}
    caller = Caller(at.client)
    asked = Answer(pool, client, "SOFTWARE_TOKEN_MFA", responses, session, admin=False, caller=caller, hosted=hosted)
    return running.run(entry.answer(running.world, asked))


def with_totp(running: Running, idp: Any) -> tuple[Setup, str]:
    at = oauth_setup(running)
    config = {"Enabled": True}
    running.call(
        "SetUserPoolMfaConfig", UserPoolId=at.pool, SoftwareTokenMfaConfiguration=config, MfaConfiguration="OPTIONAL"
    )
    user(running, at.pool)
    return at, give_totp(running, idp, at)


def test_a_sign_in_of_the_pages_ends_without_tokens(running: Running, idp: Any) -> None:
    at, secret = with_totp(running, idp)
    hosted = request_for(running, at).digest
    session = begun(running, at, hosted)
    ended = answer(running, at, session, totp(secret, running.world.clock.now()), hosted)
    assert isinstance(ended, Complete)
    assert ended.attempt.how.hosted == hosted


def test_the_api_cannot_finish_a_sign_in_of_the_pages(running: Running, idp: Any) -> None:
    at, secret = with_totp(running, idp)
    session = begun(running, at, request_for(running, at).digest)
    code = totp(secret, running.world.clock.now())
    with refused("NotAuthorizedException", "Invalid session for the user."):
        idp.respond_to_auth_challenge(
            ClientId=at.client,
            ChallengeName="SOFTWARE_TOKEN_MFA",
            Session=session,
            ChallengeResponses={"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code},
        )


def test_the_pages_cannot_finish_a_sign_in_of_the_api(running: Running, idp: Any) -> None:
    at, secret = with_totp(running, idp)
    first = idp.initiate_auth(
        ClientId=at.client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
    )
    hosted = request_for(running, at).digest
    with pytest.raises(errors.NotAuthorized, match="Invalid session"):
        answer(running, at, first["Session"], totp(secret, running.world.clock.now()), hosted)


DIFFERENT = [
    {"state": "other"},
    {"nonce": "other"},
    {"scope": "openid"},
    {"redirect_uri": "myapp://done?x=1"},
    {"response_type": "token"},
    {"resource": "https://api.example.com"},
]


@pytest.mark.parametrize("changes", DIFFERENT)
def test_a_sign_in_belongs_to_one_request(running: Running, idp: Any, changes: dict[str, str]) -> None:
    at, secret = with_totp(running, idp)
    mine, other = request_for(running, at), request_for(running, at, **changes)
    session = begun(running, at, mine.digest)
    code = totp(secret, running.world.clock.now())
    with pytest.raises(errors.NotAuthorized, match="Invalid session"):
        answer(running, at, session, code, other.digest)
    ended = answer(running, at, session, code, mine.digest)
    assert isinstance(ended, Complete)
    with pytest.raises(errors.NotAuthorized, match="Invalid session"):
        running.run(authorize.finish(running.world, other, ended.attempt, Caller(at.client)))
    done = running.run(authorize.finish(running.world, mine, ended.attempt, Caller(at.client)))
    assert done.location.startswith(f"{CALLBACK}?code=")
    assert done.max_age == 3600


def failures(running: Running, at: Setup, sub: str) -> int:
    found = running.world.store.users.get((at.pool, sub))
    assert found is not None
    return found.lockout.failures


def test_finishing_forgets_failed_passwords(running: Running) -> None:
    at = oauth_setup(running)
    sub = user(running, at.pool)
    hosted = request_for(running, at).digest
    pool, client = running.world.client(at.client)
    wrong = Begin(
        pool,
        client,
        "USER_PASSWORD_AUTH",
        {"USERNAME": "ann", "PASSWORD": "Wrong-1234"},
        admin=False,
        caller=Caller(at.client),
        hosted=hosted,
    )
    with pytest.raises(errors.NotAuthorized):
        running.run(entry.begin(running.world, wrong))
    assert failures(running, at, sub) == 1
    finish(running, request_for(running, at), sub)
    assert failures(running, at, sub) == 0


def test_every_sign_in_has_a_cookie_of_its_own(running: Running) -> None:
    at = oauth_setup(running)
    sub = user(running, at.pool)
    first, second = (finish(running, request_for(running, at), sub).cookie for _ in range(2))
    assert first != second
    assert first not in {session.digest for session in running.world.store.browser_sessions}


def test_the_pre_token_trigger_is_told_of_the_hosted_login(running: Running) -> None:
    at = oauth_setup(running)
    seen: list[dict[str, Any]] = []

    def function(event: dict[str, Any], _: Any) -> dict[str, Any]:
        seen.append(event)
        event["response"] = {"claimsOverrideDetails": {"claimsToAddOrOverride": {"team": "red", "nonce": "forged"}}}
        return event

    arn = "arn:aws:lambda:us-east-1:000000000000:function:pre-token"
    running.world.triggers.bind(arn, CallableFunction(function))
    running.call("UpdateUserPool", UserPoolId=at.pool, LambdaConfig={"PreTokenGeneration": arn})
    browser = signed_in(running, at, user(running, at.pool))
    got = browser.authorize(at.client, response_type="token", nonce="mine").fragment
    assert seen[0]["triggerSource"] == "TokenGeneration_HostedAuth"
    told = claims(got["id_token"])
    assert (told["team"], told["nonce"]) == ("red", "mine")
    assert claims(got["access_token"])["scope"] == IN_TOKENS
