"""Mistakes that would let a sign-in pass here that is refused on AWS: one test each."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.auth.modexp import power
from cognito_emulator.world import World
from tests.helpers.build import PASSWORD, SMS, Setup, SrpClient, refused, setup, sign_in, totp, user
from tests.helpers.devices import confirm, tracked
from tests.helpers.harness import Running
from tests.helpers.sign_in import srp_begin

INVALID = "Invalid session for the user."


def begin(idp: Any, pool: Setup, username: str = "ann") -> dict[str, Any]:
    parameters = {"USERNAME": username, "PASSWORD": PASSWORD}
    answer: dict[str, Any] = idp.initiate_auth(
        ClientId=pool.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
    )
    return answer


def respond(
    idp: Any, pool: Setup, challenge: str, session: str, username: str = "ann", **responses: str
) -> dict[str, Any]:
    answer: dict[str, Any] = idp.respond_to_auth_challenge(
        ClientId=pool.client,
        ChallengeName=challenge,
        Session=session,
        ChallengeResponses={"USERNAME": username, **responses},
    )
    return answer


def with_totp(running: Running, **pool: Any) -> Setup:
    made = setup(running, **pool)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=made.pool,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    return made


def enrol(running: Running, idp: Any, pool: Setup, session: str) -> tuple[str, str]:
    """The authenticator's secret and the session with which MFA_SETUP is answered."""
    made = idp.associate_software_token(Session=session)
    code = totp(made["SecretCode"], running.world.clock.now())
    verified = idp.verify_software_token(Session=made["Session"], UserCode=code)
    return made["SecretCode"], verified["Session"]


@pytest.mark.parametrize("permanent", [True, False])
def test_a_question_for_a_new_password_ends_when_an_administrator_sets_one(
    running: Running, idp: Any, permanent: bool
) -> None:
    pool = setup(running)
    user(running, pool.pool, permanent=False)
    session = begin(idp, pool)["Session"]
    other = begin(idp, pool)["Session"]
    if permanent:
        running.call(
            "AdminSetUserPassword", UserPoolId=pool.pool, Username="ann", Password="Their-own-99", Permanent=True
        )
    else:
        respond(idp, pool, "NEW_PASSWORD_REQUIRED", other, NEW_PASSWORD="Their-own-99")
    with refused("NotAuthorizedException", INVALID):
        respond(idp, pool, "NEW_PASSWORD_REQUIRED", session, NEW_PASSWORD="Someone-elses-99")
    assert sign_in(idp, pool, password="Their-own-99")


def test_an_authenticator_code_in_other_digits_is_a_wrong_code(running: Running, idp: Any) -> None:
    pool = with_totp(running)
    user(running, pool.pool)
    _, session = enrol(running, idp, pool, begin(idp, pool)["Session"])
    respond(idp, pool, "MFA_SETUP", session)
    with refused("CodeMismatchException", "Invalid code received for user"):
        respond(idp, pool, "SOFTWARE_TOKEN_MFA", begin(idp, pool)["Session"], SOFTWARE_TOKEN_MFA_CODE="１２３４５６")


def test_a_sign_in_left_at_mfa_setup_cannot_replace_an_authenticator(running: Running, idp: Any) -> None:
    pool = with_totp(running)
    user(running, pool.pool)
    left = begin(idp, pool)["Session"]
    secret, session = enrol(running, idp, pool, begin(idp, pool)["Session"])
    respond(idp, pool, "MFA_SETUP", session)
    with refused("NotAuthorizedException", INVALID):
        enrol(running, idp, pool, left)
    running.world.clock.advance(60)
    code = totp(secret, running.world.clock.now())
    answer = respond(idp, pool, "SOFTWARE_TOKEN_MFA", begin(idp, pool)["Session"], SOFTWARE_TOKEN_MFA_CODE=code)
    assert "AuthenticationResult" in answer


def test_a_text_message_code_is_void_after_the_number_changed(running: Running, idp: Any, world: World) -> None:
    pool = setup(running, SmsConfiguration=SMS)
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=pool.pool,
        MfaConfiguration="ON",
        SmsMfaConfiguration={"SmsConfiguration": SMS},
    )
    user(running, pool.pool, phone_number="+15550100001")
    session = begin(idp, pool)["Session"]
    code = str(world.outbox.all()[-1].code)
    attributes = [{"Name": "phone_number", "Value": "+15550100002"}]
    running.call("AdminUpdateUserAttributes", UserPoolId=pool.pool, Username="ann", UserAttributes=attributes)
    with refused("CodeMismatchException", "Invalid code or auth state for the user."):
        respond(idp, pool, "SMS_MFA", session, SMS_MFA_CODE=code)
    found = running.call("AdminGetUser", UserPoolId=pool.pool, Username="ann")["UserAttributes"]
    assert {"Name": "phone_number_verified", "Value": "true"} not in found


def test_another_clients_session_is_refused(running: Running, idp: Any) -> None:
    pool = setup(running)
    user(running, pool.pool, permanent=False)
    session = begin(idp, pool)["Session"]
    client = running.call("CreateUserPoolClient", UserPoolId=pool.pool, ClientName="d")["UserPoolClient"]["ClientId"]
    with refused("NotAuthorizedException", INVALID):
        respond(idp, Setup(pool.pool, client), "NEW_PASSWORD_REQUIRED", session, NEW_PASSWORD="Their-own-99")


def test_a_challenge_that_was_not_asked_is_refused(running: Running, idp: Any) -> None:
    pool = with_totp(running)
    user(running, pool.pool, permanent=False)
    session = begin(idp, pool)["Session"]
    for challenge in ("MFA_SETUP", "SOFTWARE_TOKEN_MFA", "SMS_MFA", "SELECT_MFA_TYPE"):
        with refused("NotAuthorizedException", INVALID):
            respond(idp, pool, challenge, session, SMS_MFA_CODE="000000", SOFTWARE_TOKEN_MFA_CODE="000000", ANSWER="X")


def test_the_session_of_a_deleted_user_is_not_good_for_the_next_one_of_that_name(running: Running, idp: Any) -> None:
    pool = setup(running)
    user(running, pool.pool, permanent=False)
    session = begin(idp, pool)["Session"]
    running.call("AdminDeleteUser", UserPoolId=pool.pool, Username="ann")
    user(running, pool.pool, permanent=False)
    with refused("UserNotFoundException", "User does not exist."):
        respond(idp, pool, "NEW_PASSWORD_REQUIRED", session, NEW_PASSWORD="Their-own-99")


def test_an_unsigned_access_token_is_refused(running: Running, idp: Any) -> None:
    pool = setup(running)
    user(running, pool.pool)
    token = sign_in(idp, pool)["AccessToken"]
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        idp.get_user(AccessToken=token.rpartition(".")[0] + ".")


def test_an_address_given_with_a_new_password_is_not_verified(running: Running, idp: Any) -> None:
    """Where `email_verified` was left behind without an address, it must not verify the next one."""
    pool = setup(running, AliasAttributes=["email"])
    sub = user(running, pool.pool, permanent=False)

    async def leave_behind() -> None:
        found = running.world.store.users.get((pool.pool, sub))
        assert found is not None
        with running.world.store.write():
            running.world.store.users.put(found.with_attributes([("email_verified", "true")]))

    running.run(leave_behind())
    session = begin(idp, pool)["Session"]
    given = {"NEW_PASSWORD": "Another-horse-8", "userAttributes.email": "victim@example.com"}
    respond(idp, pool, "NEW_PASSWORD_REQUIRED", session, **given)
    found = idp.admin_get_user(UserPoolId=pool.pool, Username="ann")["UserAttributes"]
    assert {"Name": "email_verified", "Value": "false"} in found
    with refused("UserNotFoundException", "User does not exist."):
        begin(idp, pool, "victim@example.com")


def test_one_devices_proof_is_not_anothers(running: Running, idp: Any) -> None:
    pool = tracked(running)
    first, second = confirm(idp, sign_in(idp, pool)), confirm(idp, sign_in(idp, pool))
    parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD, "DEVICE_KEY": first.key}
    asked = idp.initiate_auth(ClientId=pool.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    client = first.client()
    proof = respond(idp, pool, "DEVICE_SRP_AUTH", asked["Session"], DEVICE_KEY=first.key, SRP_A=client.public)
    claim = first.claim(proof["ChallengeParameters"], client)
    swapped = {**claim, "DEVICE_KEY": second.key}
    members = {"ClientId": pool.client, "ChallengeName": "DEVICE_PASSWORD_VERIFIER"}
    with refused("NotAuthorizedException", INVALID):
        idp.respond_to_auth_challenge(**members, ChallengeResponses=swapped)
    assert "AuthenticationResult" in idp.respond_to_auth_challenge(**members, ChallengeResponses=claim)


def test_codes_promised_to_nobody_go_with_the_pool(running: Running, idp: Any) -> None:
    pool = setup(running, {"PreventUserExistenceErrors": "ENABLED"})
    idp.forgot_password(ClientId=pool.client, Username="nobody")
    assert len(running.world.store.codes) == 1
    running.call("DeleteUserPool", UserPoolId=pool.pool)
    assert len(running.world.store.codes) == 0


def test_codes_promised_to_nobody_are_forgotten(running: Running, idp: Any) -> None:
    pool = setup(running, {"PreventUserExistenceErrors": "ENABLED"})
    for number in range(4):
        idp.forgot_password(ClientId=pool.client, Username=f"nobody-{number}")
    assert len(running.world.store.codes) == 4
    running.world.clock.advance(3600)
    for number in range(4):
        idp.forgot_password(ClientId=pool.client, Username=f"somebody-{number}")
    assert len(running.world.store.codes) == 4
    for _ in range(4):
        idp.forgot_password(ClientId=pool.client, Username="somebody-0")
    with refused("LimitExceededException", "Attempt limit exceeded, please try after some time."):
        idp.forgot_password(ClientId=pool.client, Username="somebody-0")


def test_the_sign_ins_of_a_deleted_client_are_not_good_for_the_next_one_of_that_id(running: Running, idp: Any) -> None:
    """Ids are fixed by seeds, so that a client can come back under its own."""
    pool = setup(running)
    user(running, pool.pool)
    tokens = sign_in(idp, pool)
    store = running.world.store
    client = store.clients.get(pool.client)
    assert client is not None
    idp.delete_user_pool_client(UserPoolId=pool.pool, ClientId=pool.client)

    async def bring_back() -> None:
        with store.write():
            store.clients.put(client)

    running.run(bring_back())
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        idp.get_user(AccessToken=tokens["AccessToken"])
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        idp.get_tokens_from_refresh_token(RefreshToken=tokens["RefreshToken"], ClientId=pool.client)


@pytest.mark.parametrize("username", ["ann", "nobody"])
def test_srp_computes_as_much_for_who_is_not_there(
    running: Running, idp: Any, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    """Time would tell. (The first SRP sign-in of somebody makes the verifier, which is kept.)"""
    pool = setup(running, {"PreventUserExistenceErrors": "ENABLED"})
    user(running, pool.pool)
    client = SrpClient(pool.pool, "Wrong-horse-7")
    srp_begin(idp, pool, client)
    exponents: list[int] = []  # of powers of any base and of g, which take a different time
    of_g: list[int] = []
    generator = srp._generator.power

    def counting(base: int, exponent: int, modulus: int) -> int:
        exponents.append(exponent)
        return power(base, exponent, modulus)

    def counting_g(exponent: int) -> int:
        of_g.append(exponent)
        return generator(exponent)

    monkeypatch.setattr(srp, "power", counting)
    monkeypatch.setattr(srp._generator, "power", counting_g)
    asked = srp_begin(idp, pool, client, username)
    assert (len(exponents), len(of_g)) == (0, 1)
    responses = client.responses(asked)
    exponents.clear()
    of_g.clear()
    with refused("NotAuthorizedException", "Incorrect username or password."):
        idp.respond_to_auth_challenge(
            ClientId=pool.client, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
        )
    assert (len(exponents), len(of_g)) == (1, 1)
    assert all(240 < exponent.bit_length() <= 256 for exponent in exponents)
    assert all(480 < exponent.bit_length() <= 512 for exponent in of_g)
