"""What `Emulator` and its pools have for tests: users, sign-ins, tokens. The fixtures are the plugin's own."""

from __future__ import annotations

import re
from inspect import signature
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError

from cognito_emulator import Emulator
from tests.helpers.verifier import verified

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


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
    with pytest.raises(
        ValueError, match=r'; in a test, mfa="OPTIONAL" in the marker cognito_pool or in create_pool'
    ) as told:
        pool.add_user("ann", totp=True)
    assert "futures" not in str([entry.path for entry in told.traceback.filter(told)])
    with pytest.raises(ValueError, match="mfa must be one of OFF, ON, OPTIONAL, not 'yes'"):
        cognito.create_pool(mfa="yes")


def test_a_user_who_is_refused_is_not_left(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    refused: list[tuple[str, dict[str, Any]]] = [
        ("InvalidPasswordException", {"password": "short"}),
        ("InvalidParameterException", {"groups": ["staff", "two words"]}),
        ("InvalidPasswordException", {"password": "short", "confirmed": False}),
    ]
    for error, options in refused:
        with pytest.raises(ClientError, match=error):
            pool.add_user("ann", **options)
        assert pool.idp.list_users(UserPoolId=pool.id)["Users"] == []
    with pytest.raises(ValueError, match="does not offer"):
        pool.add_user("ann", confirmed=False, totp=True)
    pool.add_user("ann", groups=["staff"])
    with pytest.raises(ClientError, match="UsernameExistsException"):
        pool.add_user("ann")
    assert pool.sign_in("ann")["AccessToken"], "the user who was there stays"


def test_where_a_pool_says_its_tokens_are_from(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    pool.add_user("ann")
    token = pool.sign_in("ann")["AccessToken"]
    key = jwt.PyJWKClient(pool.jwks_url).get_signing_key_from_jwt(token)
    assert jwt.decode(token, key, algorithms=["RS256"], issuer=pool.issuer)["username"] == "ann"
    pool.idp.delete_user_pool(UserPoolId=pool.id)
    with pytest.raises(LookupError, match=f"There is no pool {pool.id}"):
        _ = pool.issuer


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


@pytest.mark.skipif(
    "cooldown_duration" not in signature(jwt.PyJWKClient).parameters, reason="this PyJWT fetches keys at once"
)
def test_a_client_that_keeps_keys_waits_before_it_fetches_rotated_ones(cognito: Emulator) -> None:
    """The guide says what to do about it."""
    pool = cognito.create_pool()
    pool.add_user("ann")
    waiting, eager = jwt.PyJWKClient(pool.jwks_url), jwt.PyJWKClient(pool.jwks_url, cooldown_duration=0)
    for client in (waiting, eager):
        client.get_signing_key_from_jwt(pool.sign_in("ann")["AccessToken"])
    cognito.rotate_keys(pool.id)
    token = pool.sign_in("ann")["AccessToken"]
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find"):
        waiting.get_signing_key_from_jwt(token)
    assert eager.get_signing_key_from_jwt(token).key_id == jwt.get_unverified_header(token)["kid"]


def test_what_the_guide_says_of_the_ready_pool(cognito: Emulator) -> None:
    pool = cognito.create_pool()
    seen: list[str] = []

    def note(event: dict[str, Any], _: Any) -> dict[str, Any]:
        seen.append(event["triggerSource"])
        return event

    cognito.trigger("PreSignUp", note, pool=pool.id)
    pool.add_user("ann")
    pool.add_user("bob", confirmed=False)
    assert seen == ["PreSignUp_AdminCreateUser", "PreSignUp_SignUp"]
    hiding = cognito.create_pool(client={"PreventUserExistenceErrors": "ENABLED"})
    for made, error in ((pool, "UserNotFoundException"), (hiding, "NotAuthorizedException")):
        with pytest.raises(ClientError, match=error):
            made.sign_in("cy")


def test_passkeys_and_codes(cognito: Emulator) -> None:
    pytest.importorskip("webauthn")
    members = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}}
    client = {
        "ExplicitAuthFlows": ["ALLOW_USER_AUTH"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "CallbackURLs": ["https://example.com/cb"],
    }
    pool = cognito.create_pool(pool=members, client=client)
    relying_party = {"RelyingPartyId": "example.com", "UserVerification": "required"}
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, WebAuthnConfiguration=relying_party)
    pool.add_user("ann")
    cognito.add_passkey("ann")
    asked = pool.idp.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "ann", "PREFERRED_CHALLENGE": "WEB_AUTHN"},
    )
    credential = cognito.answer_passkey("ann", asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    answer = pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="WEB_AUTHN",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "CREDENTIAL": credential},
    )
    assert verified(cognito, answer["AuthenticationResult"]["AccessToken"])["amr"] == ["swk"]
    assert cognito.authorization_code(pool.id, pool.client_id, "ann", "https://example.com/cb", state="s")
    with pytest.raises(ValueError, match="redirect_mismatch"):
        cognito.authorization_code(pool.id, pool.client_id, "ann", "https://example.org/cb")


def test_reprs_say_what_is_needed(cognito: Emulator) -> None:
    pool = cognito.create_pool(client={"GenerateSecret": True})
    assert repr(pool) == f"CognitoPool(id='{pool.id}', client_id='{pool.client_id}')"
    assert repr(cognito) == f"<Emulator at {cognito.url}>"
    assert repr(Emulator()) == "<Emulator, not running>"
    assert repr(Emulator().clock) == "<clock of an emulator that does not run>"
