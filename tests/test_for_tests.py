"""What `Emulator` and its pools have for tests: users, sign-ins, tokens, requests, the clock, scopes."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError

from cognito_emulator import Emulator
from cognito_emulator.emulator_clock import seconds_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def cognito(shared: Emulator) -> Iterator[Emulator]:
    with shared.scope():
        yield shared


def verified(cognito: Emulator, token: str, **options: Any) -> dict[str, Any]:
    """Judge a token as an app does: by the JWKS and the machine's time."""
    kid = jwt.get_unverified_header(token)["kid"]
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    keys = jwt.PyJWKSet.from_dict(cognito.jwks(issuer.rpartition("/")[2]))
    judged: Any = {"verify_aud": False, **options}
    found: dict[str, Any] = jwt.decode(token, keys[kid], ["RS256"], issuer=issuer, options=judged)
    return found


# --- users --------------------------------------------------------------------------------------------------


def test_a_user_with_groups_attributes_and_an_authenticator(cognito: Emulator) -> None:
    pool = cognito.create_pool(mfa="ON")
    sub = pool.add_user("ann", groups=["admins", "staff"], attributes={"email": "ann@example.com"}, totp=SECRET)
    claims = verified(cognito, pool.sign_in("ann")["IdToken"])
    assert (claims["sub"], sorted(claims["cognito:groups"])) == (sub, ["admins", "staff"])
    assert (claims["email"], claims["email_verified"], claims["amr"]) == (
        "ann@example.com",
        True,
        ["pwd", "otp", "mfa"],
    )
    pool.add_user("bob", groups=["staff"], email="bob@example.com", email_verified=False, totp=True)
    claims = verified(cognito, pool.sign_in("bob", totp=cognito.totp("bob"))["IdToken"])
    assert (claims["cognito:groups"], claims["email_verified"]) == (["staff"], False)


def test_a_user_who_has_not_confirmed_the_sign_up(cognito: Emulator) -> None:
    pool = cognito.create_pool(client={"GenerateSecret": True})
    pool.add_user("ann", email="ann@example.com", confirmed=False)
    with pytest.raises(pool.idp.exceptions.UserNotConfirmedException):
        pool.sign_in("ann")
    code = cognito.code_for("ann")
    pool.idp.confirm_sign_up(
        ClientId=pool.client_id,
        Username="ann",
        ConfirmationCode=code,
        SecretHash=pool.secret_hash("ann")["SECRET_HASH"],
    )
    assert pool.sign_in("ann")["AccessToken"]


def test_an_authenticator_needs_a_pool_that_offers_them(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    with pytest.raises(ValueError, match="does not offer authenticators: SetUserPoolMfaConfig"):
        pool.add_user("ann", totp=SECRET)
    with pytest.raises(ValueError, match="mfa must be one of OFF, ON, OPTIONAL, not 'yes'"):
        cognito.create_pool(mfa="yes")


# --- sign-in finishes challenges ------------------------------------------------------------------------------


def test_mfa_setup_a_new_password_and_codes_sent_are_answered(cognito: Emulator) -> None:
    pool = cognito.create_pool(mfa="ON")
    pool.idp.admin_create_user(UserPoolId=pool.id, Username="ann", TemporaryPassword="Password-0")
    with pytest.raises(LookupError, match="asks for NEW_PASSWORD_REQUIRED; pass new_password"):
        pool.sign_in("ann", "Password-0")
    assert pool.sign_in("ann", "Password-0", new_password="Password-2")["AccessToken"]
    assert pool.sign_in("ann", "Password-2")["AccessToken"], "by the authenticator that the sign-in has set up"


def test_a_code_by_sms(cognito: Emulator) -> None:
    pool = cognito.create_pool(client={"GenerateSecret": True})
    sms = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}
    pool.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id, MfaConfiguration="ON", SmsMfaConfiguration={"SmsConfiguration": sms}
    )
    pool.add_user("ann", phone_number="+15551234567")
    claims = verified(cognito, pool.sign_in("ann")["AccessToken"])
    assert claims["amr"] == ["pwd", "sms", "mfa"]


def test_the_factor_is_chosen_where_there_are_two(cognito: Emulator) -> None:
    pool = cognito.create_pool(pool={"UserPoolTier": "ESSENTIALS"}, mfa="OPTIONAL")
    sms = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}
    pool.idp.set_user_pool_mfa_config(
        UserPoolId=pool.id,
        MfaConfiguration="ON",
        SmsMfaConfiguration={"SmsConfiguration": sms},
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    pool.add_user("ann", phone_number="+15551234567", totp=SECRET)
    enabled = {"Enabled": True, "PreferredMfa": False}
    pool.idp.admin_set_user_mfa_preference(
        UserPoolId=pool.id, Username="ann", SMSMfaSettings=enabled, SoftwareTokenMfaSettings=enabled
    )
    assert verified(cognito, pool.sign_in("ann", totp=SECRET)["AccessToken"])["amr"] == ["pwd", "otp", "mfa"]


def test_a_wrong_code_is_refused(cognito: Emulator) -> None:
    pool = cognito.create_pool(mfa="ON")
    pool.add_user("ann", totp=SECRET)
    with pytest.raises(pool.idp.exceptions.CodeMismatchException):
        pool.sign_in("ann", totp="000000" if cognito.totp("ann") != "000000" else "111111")


def test_there_is_always_a_code_that_is_good(cognito: Emulator) -> None:
    pool = cognito.create_pool(mfa="ON")
    pool.add_user("ann", totp=SECRET)
    cognito.clock.freeze()
    assert len({cognito.totp("ann") for _ in range(2)}) == 1, "asking uses nothing up"
    codes = []
    for _ in range(3):
        codes.append(cognito.totp("ann"))
        assert pool.sign_in("ann", totp=codes[-1])
        with pytest.raises(ClientError):
            pool.sign_in("ann", totp=codes[-1])
    assert codes[0] == codes[2] != codes[1]
    with cognito.clock.at("-2h"):
        assert pool.sign_in("ann"), "before the codes that have been used"


def test_an_authenticator_is_found_by_the_user_alone_where_one_pool_has_them(cognito: Emulator) -> None:
    one, two = cognito.create_pool(mfa="ON"), cognito.create_pool(mfa="ON")
    one.add_user("ann", totp=SECRET)
    assert re.fullmatch("[0-9]{6}", cognito.totp("ann"))
    two.add_user("ann", totp=True)
    assert cognito.totp("ann", pool=one.id) == cognito.totp_of(SECRET)
    with pytest.raises(ValueError, match="name the pool"):
        cognito.totp("ann")
    with pytest.raises(ValueError, match="There is a user 'eve' in no pool"):
        cognito.totp("eve")


# --- tokens ---------------------------------------------------------------------------------------------------


def test_expired_tokens_are_refused_by_the_app_and_here(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    result = pool.sign_in("ann", expired=True)
    for name in ("AccessToken", "IdToken"):
        with pytest.raises(jwt.ExpiredSignatureError):
            verified(cognito, result[name])
        claims = verified(cognito, result[name], verify_exp=False)
        assert claims["exp"] - claims["iat"] == 3600
        assert claims["auth_time"] <= claims["iat"]
    with pytest.raises(pool.idp.exceptions.NotAuthorizedException, match="Access Token has expired"):
        pool.idp.get_user(AccessToken=result["AccessToken"])
    refreshed = pool.idp.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": result["RefreshToken"]},
    )
    assert verified(cognito, refreshed["AuthenticationResult"]["AccessToken"])["username"] == "ann"


def test_a_sign_in_in_the_past_has_expired_too(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    with cognito.clock.at("-2h"):
        token = pool.sign_in("ann")["AccessToken"]
    with pytest.raises(jwt.ExpiredSignatureError):
        verified(cognito, token)
    assert verified(cognito, pool.sign_in("ann")["AccessToken"])


def test_claims_of_a_sign_in(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann", email="ann@example.com")
    result = pool.sign_in("ann", claims={"tenant": {"id": 7}, "email": None})
    for name in ("AccessToken", "IdToken"):
        claims = verified(cognito, result[name])
        assert claims["tenant"] == {"id": 7}
        assert "email" not in claims
    assert pool.idp.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"
    with pytest.raises(ValueError, match="The claim 'sub' cannot be set"):
        pool.sign_in("ann", claims={"sub": "x"})


def test_tokens_without_a_sign_in(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann", groups=["staff", "admins"])
    result = pool.tokens("ann", groups=["admins"], expires_in=60)
    assert verified(cognito, result["IdToken"])["cognito:groups"] == ["admins"]
    assert result["ExpiresIn"] == 60
    with pytest.raises(ValueError, match="has no user 'eve'"):
        pool.tokens("eve")


def test_tokens_that_are_declared_to_be_expired(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    result = pool.sign_in("ann")
    assert cognito.expire_tokens(pool=pool.id, user="ann") == 1
    with pytest.raises(pool.idp.exceptions.NotAuthorizedException, match="Access Token has expired"):
        pool.idp.get_user(AccessToken=result["AccessToken"])


def test_rotated_keys(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    old = pool.sign_in("ann")["AccessToken"]
    cognito.rotate_keys(pool.id)
    new = pool.sign_in("ann")["AccessToken"]
    kids = {jwt.get_unverified_header(token)["kid"] for token in (old, new)}
    assert len(kids) == 2
    for token in (old, new):
        assert verified(cognito, token)["username"] == "ann"
        assert pool.idp.get_user(AccessToken=token)["Username"] == "ann"
    with pytest.raises(LookupError, match="no pool nowhere"):
        cognito.rotate_keys("nowhere")


# --- requests ---------------------------------------------------------------------------------------------------


def test_requests_are_objects(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    pool.sign_in("ann")
    with pytest.raises(ClientError):
        pool.sign_in("ann", "Wrong-1234")
    good, bad = cognito.requests("InitiateAuth")
    assert (good.status, good.error, good.user, good.client) == (200, "", "ann", pool.client_id)
    assert good.input["AuthParameters"]["PASSWORD"] == "Password-1"
    assert good.answer["AuthenticationResult"]["TokenType"] == "Bearer"
    assert (bad.status, bad.error) == (400, "NotAuthorizedException")
    text = "<InitiateAuth 400 NotAuthorizedException: Incorrect username or password. user=ann>"
    assert repr(bad) == text
    assert [each.operation for each in cognito.requests(status="4xx")] == ["InitiateAuth"]
    with pytest.raises(ValueError, match="There is no filter 'statu'"):
        cognito.requests(statu="4xx")
    with pytest.raises(ValueError, match="such as 400"):
        cognito.requests(status="bad")


def test_requests_are_those_of_the_scope(shared: Emulator) -> None:
    with shared.scope():
        shared.create_pool()
        with shared.scope():
            assert shared.requests() == []
            shared.create_pool()
            assert len(shared.requests("CreateUserPool")) == 1
        assert len(shared.requests("CreateUserPool")) == 2


def test_waiting_does_not_block_the_tests_event_loop(cognito: Emulator) -> None:
    pool = cognito.create_pool()

    async def scenario() -> tuple[str, int, int, str]:
        code_sent = asyncio.ensure_future(cognito.code_for_async("ann"))
        messages_sent = asyncio.ensure_future(cognito.messages_async(user="ann", wait=5))
        requested = asyncio.ensure_future(cognito.requests_async("InitiateAuth", wait=5))
        await asyncio.sleep(0)
        await pool.add_user_async("ann", email="ann@example.com", confirmed=False)
        await pool.add_user_async("bob")
        result = await pool.sign_in_async("bob")
        return await code_sent, len(await messages_sent), len(await requested), result["TokenType"]

    code, messages, requests, kind = asyncio.run(scenario())
    assert (len(code), messages, requests, kind) == (6, 1, 1, "Bearer")


# --- the clock --------------------------------------------------------------------------------------------------


def test_the_clock_goes_back_after_a_block(cognito: Emulator) -> None:
    cognito.clock.advance("1h")
    with cognito.clock.at("-1d"):
        assert abs(cognito.clock.now() - (time.time() + 3600 - 86_400)) < 60
    with pytest.raises(ZeroDivisionError), cognito.clock.at("-1d"):
        _ = 1 / 0
    assert abs(cognito.clock.now() - (time.time() + 3600)) < 60
    with cognito.clock.at("2030-01-01T00:00:00Z"):
        assert abs(cognito.clock.now() - 1_893_456_000) < 60
    with cognito.clock.at(timedelta(minutes=5)):
        assert abs(cognito.clock.now() - (time.time() + 3900)) < 60
    cognito.clock.freeze(1_000_000_000)
    with cognito.clock.at("+90s"):
        assert cognito.clock.now() == 1_000_000_090
    assert cognito.clock.now() == 1_000_000_000
    assert repr(cognito.clock).startswith("<clock 2001-09-09T01:46:40+00:00, frozen, -")


def test_distances_in_time() -> None:
    assert [seconds_of(each) for each in (5, "5s", "-2h", "1.5d", timedelta(hours=1))] == [5, 5, -7200, 129_600, 3600]
    with pytest.raises(ValueError, match="a number with s, m, h or d, such as '-2h', not 'soon'"):
        seconds_of("soon")


def test_tokens_far_from_the_machines_time_are_warned_of_once(
    cognito: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    with caplog.at_level(logging.WARNING, "emulator"):
        pool.sign_in("ann")
        assert caplog.records == []
        cognito.clock.advance("2h")
        pool.sign_in("ann")
        pool.sign_in("ann")
    (record,) = caplog.records
    assert re.match(r"Tokens are issued 7\d\d\d seconds ahead of the machine's time", record.getMessage())


# --- scopes -----------------------------------------------------------------------------------------------------


def test_a_scope_takes_back_what_it_has_changed_and_nothing_else(shared: Emulator) -> None:
    with shared.scope():
        outer = shared.create_pool(mfa="OPTIONAL")
        outer.add_user("ann", email="ann@example.com", confirmed=False)
        shared.clock.advance(100)
        keys = shared.jwks(outer.id)
        with shared.scope():
            inner = shared.create_pool()
            outer.add_user("bob")
            outer.idp.admin_confirm_sign_up(UserPoolId=outer.id, Username="ann")
            shared.rotate_keys(outer.id)
            shared.clock.freeze(5)
            shared.world.outbox.clear()
        pools = {pool["Id"] for pool in outer.idp.list_user_pools(MaxResults=60)["UserPools"]}
        assert (outer.id in pools, inner.id in pools) == (True, False)
        users = outer.idp.list_users(UserPoolId=outer.id)["Users"]
        assert [(user["Username"], user["UserStatus"]) for user in users] == [("ann", "UNCONFIRMED")]
        assert shared.jwks(outer.id) == keys
        assert [message.user for message in shared.messages()] == ["ann"]
        assert abs(shared.clock.now() - time.time() - 100) < 60
    assert outer.id not in shared.world.store.pools


def test_a_reset_within_a_scope_goes_to_the_seeds_and_its_end_back(shared: Emulator) -> None:
    with shared.scope():
        outer = shared.create_pool()
        outer.add_user("ann")
        token = outer.sign_in("ann")["AccessToken"]
        with shared.scope():
            shared.create_pool()
            shared.reset()
            assert list(shared.world.store.pools) == []
            other = shared.create_pool()
            assert shared.jwks(other.id)
        assert outer.idp.get_user(AccessToken=token)["Username"] == "ann"
        assert verified(shared, token)["username"] == "ann"


def test_a_seed_that_joins_the_baseline_ends_a_scope(shared: Emulator) -> None:
    seed = {"UserPools": [{"Id": "us-east-1_joined", "PoolName": "joined"}]}
    with Emulator() as emulator:
        with emulator.scope():
            emulator.create_pool()
            emulator.seed(seed, baseline=True)
        assert [pool.id for pool in emulator.world.store.pools] == ["us-east-1_joined"]


def test_a_pool_of_a_later_scope_has_the_keys_of_an_earlier_one(shared: Emulator) -> None:
    def kids() -> set[str]:
        with shared.scope():
            pools = [shared.create_pool() for _ in range(3)]
            return {str(key["kid"]) for pool in pools for key in shared.jwks(pool.id)["keys"]}

    first, later = kids(), kids()
    assert len(first) == len(later) == 6, "never within one"
    assert first & later


def test_reprs_say_what_is_needed(cognito: Emulator) -> None:
    pool = cognito.create_pool(client={"GenerateSecret": True})
    assert repr(pool) == f"CognitoPool(id='{pool.id}', client_id='{pool.client_id}')"
    assert repr(cognito) == f"<Emulator at {cognito.url}>"
    assert repr(Emulator()) == "<Emulator, not running>"
    assert repr(Emulator().clock) == "<clock of an emulator that does not run>"
