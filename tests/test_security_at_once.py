"""What is good once, sent many times at once: it is good once. Functions make the requests overlap."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from cognito_emulator.domain.errors import ApiError
from cognito_emulator.ports.lambda_callable import CallableFunction
from cognito_emulator.wire.registry import Caller, call
from tests.helpers import custom_auth as custom
from tests.helpers import passkey_sign_in as passkeys
from tests.helpers.build import FLOWS, PASSWORD, Setup, SrpClient, give_totp, refused, setup, sign_in, totp, user
from tests.helpers.choice import choose, last_code, policies
from tests.helpers.functions import arn
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.passkeys import Session
from tests.helpers.sign_in import begin, srp_begin

TIMES = 6
USED = "NotAuthorizedException: Invalid session for the user, session can only be used once."
WRONG = "NotAuthorizedException: Incorrect username or password."
SLOW = ("PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration")
RECOVERY = {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]}


def at_once(running: Running, operation: str, *each: Mapping[str, Any]) -> Counter[str]:
    """The outcomes of requests that are under way at the same time: "", or an error's name and text."""

    async def one(members: Mapping[str, Any]) -> str:
        try:
            await call(running.world, "cognito-idp", operation, members, Caller(ACCOUNT, REGION))
        except ApiError as error:
            return f"{error.code}: {error.message}"
        return ""

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*[one(members) for members in each])

    return Counter(running.run(all_of_them()))


def responding(at: Setup, challenge: str, session: str | None, **responses: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ClientId": at.client,
        "ChallengeName": challenge,
        "ChallengeResponses": {"USERNAME": "ann", **responses},
    }
    return found | ({"Session": session} if session else {})


@pytest.fixture
def slow(running: Running) -> dict[str, str]:
    """LambdaConfig of functions that let all others go first, at each of their calls."""

    async def handler(event: Any, _: Any) -> Any:
        for _ in range(50):
            await asyncio.sleep(0)
        return event

    for name in SLOW:
        running.world.triggers.bind(arn(name), CallableFunction(handler))
    return {name: arn(name) for name in SLOW}


@pytest.fixture
def at(running: Running, slow: dict[str, str]) -> Setup:
    flows = {"ExplicitAuthFlows": [*FLOWS, "ALLOW_USER_AUTH"]}
    factors = policies("PASSWORD", "EMAIL_OTP", "WEB_AUTHN")
    made = setup(
        running,
        flows,
        LambdaConfig=slow,
        Policies=factors,
        AutoVerifiedAttributes=["email"],
        AccountRecoverySetting=RECOVERY,
    )
    passkey = {"RelyingPartyId": "example.com"}
    running.call("SetUserPoolMfaConfig", UserPoolId=made.pool, WebAuthnConfiguration=passkey)
    user(running, made.pool, email="ann@example.com", email_verified="true")
    return made


def test_a_code(running: Running, idp: Any, at: Setup) -> None:
    session = choose(idp, at, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    sent = responding(at, "EMAIL_OTP", session, EMAIL_OTP_CODE=last_code(running))
    assert at_once(running, "RespondToAuthChallenge", *[sent] * TIMES) == {"": 1, USED: TIMES - 1}


def test_a_proof_of_the_password(running: Running, idp: Any, at: Setup) -> None:
    client = SrpClient(at.pool, PASSWORD)
    sent = responding(at, "PASSWORD_VERIFIER", None, **client.responses(srp_begin(idp, at, client)))
    assert at_once(running, "RespondToAuthChallenge", *[sent] * TIMES) == {"": 1, WRONG: TIMES - 1}


def test_what_a_passkey_signed(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    asked = passkeys.start(idp, at)
    credential = json.dumps(passkey.get(passkeys.asked(asked)))
    sent = responding(at, "WEB_AUTHN", asked["Session"], CREDENTIAL=credential)
    assert at_once(running, "RespondToAuthChallenge", *[sent] * TIMES) == {"": 1, USED: TIMES - 1}


def test_a_choice_with_a_password(running: Running, idp: Any, at: Setup) -> None:
    session = choose(idp, at)["Session"]
    sent = responding(at, "SELECT_CHALLENGE", session, ANSWER="PASSWORD", PASSWORD=PASSWORD)
    assert at_once(running, "RespondToAuthChallenge", *[sent] * TIMES) == {"": 1, USED: TIMES - 1}


def test_a_new_password(running: Running, idp: Any, at: Setup) -> None:
    running.call("AdminSetUserPassword", UserPoolId=at.pool, Username="ann", Password=PASSWORD, Permanent=False)
    session = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)["Session"]
    sent = [responding(at, "NEW_PASSWORD_REQUIRED", session, NEW_PASSWORD=f"Horse-{n}-of-many") for n in range(TIMES)]
    assert at_once(running, "RespondToAuthChallenge", *sent) == {"": 1, USED: TIMES - 1}
    assert sign_in(idp, at, password="Horse-0-of-many")


def test_an_authenticators_code_in_several_sign_ins(running: Running, idp: Any, at: Setup) -> None:
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    code = totp(give_totp(running, idp, at), running.world.clock.now())
    sessions = [begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)["Session"] for _ in range(TIMES)]
    sent = [responding(at, "SOFTWARE_TOKEN_MFA", session, SOFTWARE_TOKEN_MFA_CODE=code) for session in sessions]
    spent = "ExpiredCodeException: Your software token has already been used once."
    assert at_once(running, "RespondToAuthChallenge", *sent) == {"": 1, spent: TIMES - 1}


def test_an_answer_to_a_function(running: Running, idp: Any) -> None:
    made = custom.pool_with(running, custom.functions_of(running))
    sent = responding(made, "CUSTOM_CHALLENGE", custom.begin(idp, made)["Session"], ANSWER="answer 0")
    assert at_once(running, "RespondToAuthChallenge", *[sent] * TIMES) == {"": 1, USED: TIMES - 1}


def test_a_code_of_a_sign_up_and_its_session(running: Running, idp: Any, at: Setup) -> None:
    address = [{"Name": "email", "Value": "new@example.com"}]
    idp.sign_up(ClientId=at.client, Username="new", UserAttributes=address)
    sent = {"ClientId": at.client, "Username": "new", "ConfirmationCode": last_code(running)}
    late = "NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED"
    assert at_once(running, "ConfirmSignUp", *[sent] * TIMES) == {"": 1, late: TIMES - 1}


def test_the_session_of_a_sign_up(running: Running, idp: Any, at: Setup) -> None:
    address = [{"Name": "email", "Value": "new@example.com"}]
    begun = idp.sign_up(ClientId=at.client, Username="new", UserAttributes=address)
    members = {"ClientId": at.client, "Username": "new", "ConfirmationCode": last_code(running)}
    session = idp.confirm_sign_up(**members, Session=begun["Session"])["Session"]
    sent = {"ClientId": at.client, "AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": "new"}, "Session": session}
    assert at_once(running, "InitiateAuth", *[sent] * TIMES) == {"": 1, USED: TIMES - 1}


def test_a_name(running: Running, idp: Any, at: Setup) -> None:
    sent = {"ClientId": at.client, "Username": "new", "Password": PASSWORD}
    taken = "UsernameExistsException: User already exists"
    assert at_once(running, "SignUp", *[sent] * TIMES) == {"": 1, taken: TIMES - 1}


def test_a_recovery_code(running: Running, idp: Any, at: Setup) -> None:
    idp.forgot_password(ClientId=at.client, Username="ann")
    members = {"ClientId": at.client, "Username": "ann", "ConfirmationCode": last_code(running)}
    sent = [{**members, "Password": f"Horse-{number}-of-many"} for number in range(TIMES)]
    late = "ExpiredCodeException: Invalid code provided, please request a code again."
    assert at_once(running, "ConfirmForgotPassword", *sent) == {"": 1, late: TIMES - 1}
    assert sign_in(idp, at, password="Horse-0-of-many")


def test_a_refresh_token_that_rotates(running: Running, idp: Any, at: Setup) -> None:
    client = running.call(
        "CreateUserPoolClient",
        UserPoolId=at.pool,
        ClientName="r",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    )["UserPoolClient"]["ClientId"]
    token = sign_in(idp, Setup(at.pool, client))["RefreshToken"]
    sent = {"ClientId": client, "RefreshToken": token}
    reused = "RefreshTokenReuseException: Refresh token has been rotated and can not be used again."
    assert at_once(running, "GetTokensFromRefreshToken", *[sent] * TIMES) == {"": 1, reused: TIMES - 1}


def test_wrong_passwords_lock_however_many_come_at_once(running: Running, idp: Any, at: Setup) -> None:
    wrong = {"USERNAME": "ann", "PASSWORD": "Wrong-horse-7"}
    sent = {"ClientId": at.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": wrong}
    locked = "NotAuthorizedException: Password attempts exceeded"
    assert at_once(running, "InitiateAuth", *[sent] * 12) == {WRONG: 5, locked: 7}
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        sign_in(idp, at)


@pytest.mark.parametrize("happens", ["AdminDisableUser", "AdminDeleteUser"])
@pytest.mark.parametrize("trigger", ["PreAuthentication", "PostAuthentication", "PreTokenGeneration"])
def test_no_tokens_for_who_goes_while_a_function_runs(
    running: Running, idp: Any, at: Setup, trigger: str, happens: str
) -> None:
    async def handler(event: Any, _: Any) -> Any:
        members = {"UserPoolId": at.pool, "Username": "ann"}
        await call(running.world, "cognito-idp", happens, members, Caller(ACCOUNT, REGION))
        return event

    running.world.triggers.bind(arn(trigger), CallableFunction(handler))
    gone = happens == "AdminDeleteUser"
    error = (
        ("UserNotFoundException", "User does not exist.") if gone else ("NotAuthorizedException", "User is disabled.")
    )
    with refused(*error):
        sign_in(idp, at)
    assert len(running.world.store.families) == 0
    assert (running.world.store.users.find("username", (at.pool, "ann")) is None) == gone
