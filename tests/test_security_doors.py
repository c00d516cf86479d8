"""Keys to one door that must not open another (of another user, client, pool, page, sign-in), nor any door twice."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jwt
import pytest
from msgspec import structs

from tests.helpers import custom_auth as custom
from tests.helpers import passkey_sign_in as passkeys
from tests.helpers.attempts import with_fields
from tests.helpers.build import FLOWS, PASSWORD, SMS, Setup, SrpClient, give_totp, refused, setup, sign_in, totp, user
from tests.helpers.choice import choose, last_code, signed_in, with_choice
from tests.helpers.devices import confirm, tracked
from tests.helpers.harness import Running
from tests.helpers.passkeys import Session
from tests.helpers.sign_in import begin, respond, srp_begin

WRONG = "Incorrect username or password."
WRONG_CODE = "Invalid code or auth state for the user."
INVALID = "Invalid session for the user."
USED = "Invalid session for the user, session can only be used once."
FOREIGN = "Refresh Token has different Client"


def another_client(running: Running, pool: str, **members: Any) -> str:
    made = running.call("CreateUserPoolClient", UserPoolId=pool, ClientName="d", ExplicitAuthFlows=FLOWS, **members)
    return str(made["UserPoolClient"]["ClientId"])


# --- passkeys --------------------------------------------------------------------------------------------


@pytest.fixture
def at(running: Running) -> Setup:
    """A pool with passkeys, Ann and Bob."""
    made = passkeys.with_passkeys(running)
    user(running, made.pool)
    user(running, made.pool, "bob")
    return made


def test_the_passkey_of_another_user_opens_nothing(running: Running, idp: Any, at: Setup) -> None:
    anns, bobs = Session(idp, at).register(), Session(idp, at, "bob").register()
    with refused("NotAuthorizedException", WRONG):
        passkeys.try_in(idp, at, bobs)
    bobs.id = anns.id  # says that it is Ann's, and signs with the other key
    with refused("NotAuthorizedException", WRONG):
        passkeys.try_in(idp, at, bobs)
    assert signed_in(passkeys.try_in(idp, at, anns))


@pytest.mark.parametrize(
    "wrong",
    [
        {"rp_id": "evil.example"},
        {"rp_id": "evil.example.com"},
        {"origin": "https://evil.example"},
        {"origin": "https://example.com.evil.example"},
        {"origin": "https://notexample.com"},
        {"origin": "http://example.com"},
        {"claims": {"type": "webauthn.create"}},
        {"claims": {"origin": None}},
    ],
    ids=str,
)
def test_a_passkey_on_another_page_opens_nothing(running: Running, idp: Any, at: Setup, wrong: dict[str, Any]) -> None:
    good = Session(idp, at).register()
    with refused("NotAuthorizedException", WRONG):
        passkeys.try_in(idp, at, replace(good, **wrong))
    assert signed_in(passkeys.try_in(idp, at, good))


def test_what_a_passkey_signed_is_good_once(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    asked = passkeys.start(idp, at)
    credential = passkey.get(passkeys.asked(asked))
    assert signed_in(passkeys.sign(idp, at, asked["Session"], credential))
    with refused("NotAuthorizedException", USED):
        passkeys.sign(idp, at, asked["Session"], credential)
    with refused("NotAuthorizedException", WRONG):
        passkeys.sign(idp, at, passkeys.start(idp, at)["Session"], credential)


def test_a_passkey_in_the_session_of_somebody_else_opens_nothing(running: Running, idp: Any, at: Setup) -> None:
    Session(idp, at).register()
    bobs = Session(idp, at, "bob").register()
    asked = passkeys.start(idp, at)
    credential = json.dumps(bobs.get(passkeys.asked(asked)))
    with refused("NotAuthorizedException", INVALID):
        respond(idp, at, "WEB_AUTHN", asked["Session"], USERNAME="bob", CREDENTIAL=credential)


# --- codes -----------------------------------------------------------------------------------------------


def with_codes(running: Running) -> Setup:
    made = with_choice(running)
    user(running, made.pool, email="ann@example.com", phone_number="+15551230001")
    user(running, made.pool, "bob", email="bob@example.com")
    return made


def test_the_code_of_another_sign_in_is_a_wrong_one(running: Running, idp: Any) -> None:
    made = with_codes(running)
    first, code = choose(idp, made, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"], last_code(running)
    second = choose(idp, made, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    with refused("CodeMismatchException", WRONG_CODE):
        respond(idp, made, "EMAIL_OTP", second, USERNAME="ann", EMAIL_OTP_CODE=code)
    assert signed_in(respond(idp, made, "EMAIL_OTP", first, USERNAME="ann", EMAIL_OTP_CODE=code))
    with refused("NotAuthorizedException", USED):
        respond(idp, made, "EMAIL_OTP", first, USERNAME="ann", EMAIL_OTP_CODE=code)


def test_the_code_of_another_user_is_a_wrong_one(running: Running, idp: Any) -> None:
    made = with_codes(running)
    anns = choose(idp, made, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    bobs = choose(idp, made, "bob", PREFERRED_CHALLENGE="EMAIL_OTP")["Session"]
    code = last_code(running)
    with refused("CodeMismatchException", WRONG_CODE):
        respond(idp, made, "EMAIL_OTP", anns, USERNAME="ann", EMAIL_OTP_CODE=code)
    with refused("NotAuthorizedException", INVALID):
        respond(idp, made, "EMAIL_OTP", bobs, USERNAME="ann", EMAIL_OTP_CODE=code)


def test_a_code_by_one_way_is_none_of_the_other(running: Running, idp: Any) -> None:
    made = with_codes(running)
    session, code = choose(idp, made, PREFERRED_CHALLENGE="EMAIL_OTP")["Session"], last_code(running)
    with refused("NotAuthorizedException", INVALID):
        respond(idp, made, "SMS_OTP", session, USERNAME="ann", SMS_OTP_CODE=code)


@pytest.mark.parametrize("challenge", ["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "SMS_MFA", "PASSWORD_VERIFIER"])
def test_nothing_is_answered_before_it_is_chosen(running: Running, idp: Any, challenge: str) -> None:
    made = with_codes(running)
    session = choose(idp, made)["Session"]
    given = {f"{challenge}_CODE": "12345678", "CREDENTIAL": "{}"}
    if challenge == "PASSWORD_VERIFIER":
        given = {
            "PASSWORD_CLAIM_SIGNATURE": "AA==",
            "PASSWORD_CLAIM_SECRET_BLOCK": session,
            "TIMESTAMP": "Sat Sep 5 09:03:02 UTC 2026",
        }
    with refused("NotAuthorizedException", WRONG if challenge == "PASSWORD_VERIFIER" else INVALID):
        respond(idp, made, challenge, session, USERNAME="ann", **given)


def test_a_recovery_code_is_good_once_and_for_its_user(running: Running, idp: Any) -> None:
    made = setup(running, AutoVerifiedAttributes=["email"])
    for name in ("ann", "bob"):
        user(running, made.pool, name, email=f"{name}@example.com", email_verified="true")
    idp.forgot_password(ClientId=made.client, Username="bob")
    idp.forgot_password(ClientId=made.client, Username="ann")
    wanted = {"ClientId": made.client, "ConfirmationCode": last_code(running), "Password": "Another-horse-8"}
    with refused("CodeMismatchException", "Invalid verification code provided, please try again."):
        idp.confirm_forgot_password(Username="bob", **wanted)
    idp.confirm_forgot_password(Username="ann", **wanted)
    with refused("ExpiredCodeException", "Invalid code provided, please request a code again."):
        idp.confirm_forgot_password(Username="ann", **wanted)


def test_an_authenticators_code_is_good_for_one_sign_in(running: Running, idp: Any) -> None:
    made = tracked(running)
    secret = give_totp(running, idp, made)
    code = totp(secret, running.world.clock.now())
    sessions = [begin(idp, made, USERNAME="ann", PASSWORD=PASSWORD)["Session"] for _ in range(2)]
    given = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code}
    assert signed_in(respond(idp, made, "SOFTWARE_TOKEN_MFA", sessions[0], **given))
    with refused("ExpiredCodeException", "Your software token has already been used once."):
        respond(idp, made, "SOFTWARE_TOKEN_MFA", sessions[1], **given)


# --- challenges of functions -----------------------------------------------------------------------------


def test_the_answer_to_somebody_elses_question_is_a_wrong_one(running: Running, idp: Any) -> None:
    def ask(event: Any) -> None:
        event["response"]["privateChallengeParameters"] = {"answer": f"secret of {event['userName']}"}

    made = custom.pool_with(running, custom.functions_of(running, CreateAuthChallenge=ask))
    user(running, made.pool, "bob")
    anns, bobs = custom.begin(idp, made), custom.begin(idp, made, "bob")
    with refused("NotAuthorizedException", INVALID):
        custom.reply(idp, made, bobs, "secret of bob", "ann")
    again = custom.reply(idp, made, anns, "secret of bob")
    assert again["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert signed_in(custom.reply(idp, made, bobs, "secret of bob", "bob"))


# --- SRP and devices -------------------------------------------------------------------------------------


def test_the_proof_of_one_user_is_none_of_another(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    user(running, made.pool, "bob")
    client = SrpClient(made.pool, PASSWORD)
    responses = client.responses(srp_begin(idp, made, client, "bob"))
    with refused("NotAuthorizedException", WRONG):
        respond(idp, made, "PASSWORD_VERIFIER", **{**responses, "USERNAME": "ann"})
    assert signed_in(respond(idp, made, "PASSWORD_VERIFIER", **responses))
    with refused("NotAuthorizedException", WRONG):
        respond(idp, made, "PASSWORD_VERIFIER", **responses)


def test_an_exchange_begun_on_a_page_does_not_end_at_the_api(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    client = SrpClient(made.pool, PASSWORD)
    responses = client.responses(srp_begin(idp, made, client))
    store = running.world.store

    async def on_a_page() -> None:
        (begun,) = store.sessions
        with store.write():
            store.sessions.put(structs.replace(begun, attempt=with_fields(begun.attempt, hosted="a request")))

    running.run(on_a_page())
    with refused("NotAuthorizedException", WRONG):
        respond(idp, made, "PASSWORD_VERIFIER", **responses)


def test_the_device_of_another_user_proves_nothing(running: Running, idp: Any) -> None:
    made = tracked(running)
    user(running, made.pool, "bob")
    anns, bobs = confirm(idp, sign_in(idp, made)), confirm(idp, sign_in(idp, made, "bob"))
    with refused("ResourceNotFoundException", "Device does not exist."):
        begin(idp, made, USERNAME="bob", PASSWORD=PASSWORD, DEVICE_KEY=anns.key)
    asked = begin(idp, made, USERNAME="bob", PASSWORD=PASSWORD, DEVICE_KEY=bobs.key)["Session"]
    client = anns.client()
    members = {"USERNAME": "bob", "SRP_A": client.public}
    with refused("ResourceNotFoundException", "Device does not exist."):
        respond(idp, made, "DEVICE_SRP_AUTH", asked, DEVICE_KEY=anns.key, **members)
    begin(idp, made, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=anns.key)
    exchange = respond(idp, made, "DEVICE_SRP_AUTH", USERNAME="ann", DEVICE_KEY=anns.key, SRP_A=client.public)
    claim = anns.claim(exchange["ChallengeParameters"], client)
    with refused("NotAuthorizedException", WRONG):
        respond(idp, made, "DEVICE_PASSWORD_VERIFIER", **{**claim, "USERNAME": "bob"})
    exchange = respond(idp, made, "DEVICE_SRP_AUTH", asked, DEVICE_KEY=bobs.key, **members)
    claim = {**anns.claim(exchange["ChallengeParameters"], client), "DEVICE_KEY": bobs.key}
    with refused("NotAuthorizedException", WRONG):  # with Ann's secret, in Bob's exchange
        respond(idp, made, "DEVICE_PASSWORD_VERIFIER", **claim)


# --- sessions and tokens ---------------------------------------------------------------------------------


def test_a_session_of_another_pool_is_refused(running: Running, idp: Any) -> None:
    made, other = setup(running), setup(running)
    for one in (made, other):
        user(running, one.pool, permanent=False)
    session = begin(idp, made, USERNAME="ann", PASSWORD=PASSWORD)["Session"]
    with refused("NotAuthorizedException", INVALID):
        respond(idp, other, "NEW_PASSWORD_REQUIRED", session, USERNAME="ann", NEW_PASSWORD="Another-horse-8")
    with refused("ResourceNotFoundException", f"User pool client {made.client} does not exist."):
        idp.admin_respond_to_auth_challenge(
            UserPoolId=other.pool,
            ClientId=made.client,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=session,
            ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8"},
        )


def test_a_sign_in_stays_at_the_operations_where_it_began(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool, permanent=False)
    session = begin(idp, made, USERNAME="ann", PASSWORD=PASSWORD)["Session"]
    with refused("NotAuthorizedException", INVALID):
        idp.admin_respond_to_auth_challenge(
            UserPoolId=made.pool,
            ClientId=made.client,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=session,
            ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": "Another-horse-8"},
        )


def test_the_session_of_a_sign_up_answers_no_challenge(running: Running, idp: Any) -> None:
    made = with_choice(running, AutoVerifiedAttributes=["email"])
    address = [{"Name": "email", "Value": "new@example.com"}]
    begun = idp.sign_up(ClientId=made.client, Username="new", UserAttributes=address)
    code = last_code(running)
    with refused("NotAuthorizedException", INVALID):
        respond(idp, made, "EMAIL_OTP", begun["Session"], USERNAME="new", EMAIL_OTP_CODE=code)
    with refused("NotAuthorizedException", INVALID):
        idp.initiate_auth(ClientId=made.client, AuthFlow="USER_AUTH", AuthParameters={}, Session=begun["Session"])


def test_the_refresh_token_of_another_client_is_refused(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    token, other = sign_in(idp, made)["RefreshToken"], another_client(running, made.pool)
    with refused("NotAuthorizedException", FOREIGN):
        idp.get_tokens_from_refresh_token(ClientId=other, RefreshToken=token)
    with refused("NotAuthorizedException", FOREIGN):
        begin(idp, Setup(made.pool, other), "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)
    with refused("UnauthorizedException"):
        idp.revoke_token(ClientId=other, Token=token)
    assert idp.get_tokens_from_refresh_token(ClientId=made.client, RefreshToken=token)


def test_a_rotated_refresh_token_is_refused(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    client = running.call(
        "CreateUserPoolClient",
        UserPoolId=made.pool,
        ClientName="r",
        ExplicitAuthFlows=flows,
        RefreshTokenRotation=rotation,
    )["UserPoolClient"]["ClientId"]
    old = sign_in(idp, Setup(made.pool, client))["RefreshToken"]
    new = idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=old)["AuthenticationResult"]["RefreshToken"]
    running.world.clock.advance(11)
    with refused("RefreshTokenReuseException", "Refresh token has been rotated and can not be used again."):
        idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=old)
    assert idp.get_tokens_from_refresh_token(ClientId=client, RefreshToken=new)


def test_a_token_signed_by_another_pools_key_is_refused(running: Running, idp: Any) -> None:
    made, other = setup(running), setup(running)
    user(running, made.pool)
    claims = jwt.decode(sign_in(idp, made)["AccessToken"], options={"verify_signature": False})
    keys = running.run(running.world.keys.of(other.pool))
    for key in (keys.access_key, keys.id_key):
        with refused("NotAuthorizedException", "Invalid Access Token"):
            idp.get_user(AccessToken=key.sign(claims))


def test_an_id_token_is_no_access_token(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    with refused("NotAuthorizedException", "Invalid Access Token"):
        idp.get_user(AccessToken=sign_in(idp, made)["IdToken"])


def test_an_expired_access_token_is_refused(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    token = sign_in(idp, made)["AccessToken"]
    running.world.clock.advance(3600)
    with refused("NotAuthorizedException", "Access Token has expired"):
        idp.get_user(AccessToken=token)


def test_a_disabled_user_gets_nowhere(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    user(running, made.pool, "new", permanent=False)
    tokens = sign_in(idp, made)
    session = begin(idp, made, USERNAME="new", PASSWORD=PASSWORD)["Session"]
    for name in ("ann", "new"):
        running.call("AdminDisableUser", UserPoolId=made.pool, Username=name)
    with refused("NotAuthorizedException", "User is disabled."):
        sign_in(idp, made)
    with refused("NotAuthorizedException"):
        idp.get_user(AccessToken=tokens["AccessToken"])
    with refused("NotAuthorizedException"):
        idp.get_tokens_from_refresh_token(ClientId=made.client, RefreshToken=tokens["RefreshToken"])
    with refused("NotAuthorizedException", "User is disabled."):
        respond(idp, made, "NEW_PASSWORD_REQUIRED", session, USERNAME="new", NEW_PASSWORD="Another-horse-8")


def test_no_token_comes_from_a_flow_that_does_not_exist(running: Running, idp: Any) -> None:
    made = setup(running)
    user(running, made.pool)
    with refused("InvalidParameterException"):
        begin(idp, made, "ANY_AUTH", USERNAME="ann")


@pytest.mark.parametrize("challenge", ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP", "CUSTOM_CHALLENGE", "MFA_SETUP"])
def test_no_challenge_is_answered_before_the_password(running: Running, idp: Any, challenge: str) -> None:
    made = setup(running, SmsConfiguration=SMS)
    user(running, made.pool)
    with refused("InvalidParameterException", "Missing required parameter Session"):
        respond(idp, made, challenge, USERNAME="ann", **{f"{challenge}_CODE": "123456", "ANSWER": "x"})
    for session in ("x" * 20, "AYABe" + "A" * 512):
        with refused("NotAuthorizedException", INVALID):
            respond(idp, made, challenge, session, USERNAME="ann", **{f"{challenge}_CODE": "123456", "ANSWER": "x"})
