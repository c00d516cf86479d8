"""`/_emulator/users/{pool}/{user}/`: authenticators with a known secret, and passkeys without a browser."""

from __future__ import annotations

import base64
import json
from typing import Any

import pyotp
import pytest

from cognito_emulator.pool_handle import CognitoPool
from tests.helpers.control_api import Answer, Control

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSKEYS = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]}


def refused(answer: Answer, text: str) -> None:
    assert answer.status == 400
    assert text in answer.json["message"], answer.json


# --- authenticators -------------------------------------------------------------------------------------------


@pytest.fixture
def totp(control: Control) -> tuple[CognitoPool, str]:
    """A pool that asks for an authenticator, and the path of ann's."""
    pool = control.emulator.create_pool(mfa="ON")
    pool.add_user("ann")
    return pool, f"/_emulator/users/{pool.id}/ann/totp"


def test_a_known_secret_answers_the_challenge(control: Control, totp: tuple[CognitoPool, str]) -> None:
    pool, path = totp
    control.emulator.clock.freeze(1_800_000_010)
    put = control("PUT", path, {"secret": SECRET}).json
    assert put == {"secret": SECRET, "code": pyotp.TOTP(SECRET).at(1_800_000_010), "seconds": 20}
    assert pool.sign_in("ann", totp=put["code"])["AccessToken"]
    shown = control("GET", path).json
    assert shown == {"secret": SECRET, "code": pyotp.TOTP(SECRET).at(1_800_000_040), "seconds": 50}, "the next one"
    assert pool.sign_in("ann", totp=shown["code"])["AccessToken"]
    refused(control("GET", path), "have been used: advance the clock by 30 seconds.")
    user = pool.idp.admin_get_user(UserPoolId=pool.id, Username="ann")
    assert (user["PreferredMfaSetting"], user["UserMFASettingList"]) == ("SOFTWARE_TOKEN_MFA", ["SOFTWARE_TOKEN_MFA"])


def test_the_secret_of_a_set_up_that_is_not_verified_is_shown(control: Control) -> None:
    pool = control.emulator.create_pool(mfa="OPTIONAL")
    pool.add_user("ann")
    token = pool.sign_in("ann")["AccessToken"]
    secret = pool.idp.associate_software_token(AccessToken=token)["SecretCode"]
    shown = control("GET", f"/_emulator/users/{pool.id}/ann/totp").json
    assert shown["secret"] == secret
    answer = pool.idp.verify_software_token(AccessToken=token, UserCode=shown["code"])
    assert answer["Status"] == "SUCCESS"


def test_authenticators_that_cannot_be(control: Control, totp: tuple[CognitoPool, str]) -> None:
    pool, path = totp
    refused(control("GET", path), "The user 'ann' has no authenticator: PUT a secret")
    refused(control("PUT", path, {"secret": "not base32"}), "'secret': a TOTP secret is base32 (A-Z and 2-7).")
    refused(control("PUT", path, {"secret": "JBSWY3DP"}), "at least 112 bits; this one has 40.")
    refused(control("PUT", path, {}), "'secret' is missing.")
    refused(control("PUT", path, {"secret": 5}), "'secret' must be a text.")
    refused(control("GET", f"/_emulator/users/{pool.id}/eve/totp"), "has no user 'eve'")
    refused(control("GET", "/_emulator/users/nowhere/ann/totp"), "There is no pool 'nowhere'")
    other = control.emulator.create_pool()
    other.add_user("ann")
    refused(
        control("PUT", f"/_emulator/users/{other.id}/ann/totp", {"secret": SECRET}), "does not offer authenticators"
    )


# --- passkeys ---------------------------------------------------------------------------------------------------


@pytest.fixture
def pool(control: Control) -> CognitoPool:
    pytest.importorskip("webauthn")
    members = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}}
    pool = control.emulator.create_pool(pool=members, client=PASSKEYS)
    relying_party = {"RelyingPartyId": "example.com", "UserVerification": "required"}
    pool.idp.set_user_pool_mfa_config(UserPoolId=pool.id, WebAuthnConfiguration=relying_party)
    pool.add_user("ann")
    return pool


def begin(pool: CognitoPool) -> Any:
    return pool.idp.initiate_auth(
        ClientId=pool.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": "ann", "PREFERRED_CHALLENGE": "WEB_AUTHN"},
    )


def answer(pool: CognitoPool, asked: Any, credential: str) -> Any:
    return pool.idp.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="WEB_AUTHN",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "ann", "CREDENTIAL": credential},
    )


@pytest.mark.parametrize("origin", [{}, {"origin": "https://login.example.com"}])
def test_a_passkey_signs_in_without_a_browser(control: Control, pool: CognitoPool, origin: dict[str, str]) -> None:
    path = f"/_emulator/users/{pool.id}/ann/passkey"
    made = control("POST", path, origin).json
    assert made["rp_id"] == "example.com"
    token = pool.sign_in("ann")["AccessToken"]
    (listed,) = pool.idp.list_web_authn_credentials(AccessToken=token)["Credentials"]
    assert listed["CredentialId"] == made["credential_id"]
    for _ in range(2):
        asked = begin(pool)
        options = asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]
        signed = control("POST", f"{path}/assertion", {"options": options, **origin}).json
        result = answer(pool, asked, signed["CREDENTIAL"])["AuthenticationResult"]
        assert pool.idp.get_user(AccessToken=result["AccessToken"])["Username"] == "ann"


def test_an_answer_to_another_challenge_is_refused(control: Control, pool: CognitoPool) -> None:
    path = f"/_emulator/users/{pool.id}/ann/passkey"
    control("POST", path)
    earlier = json.loads(begin(pool)["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    signed = control("POST", f"{path}/assertion", {"options": earlier}).json["CREDENTIAL"]
    with pytest.raises(pool.idp.exceptions.NotAuthorizedException):
        answer(pool, begin(pool), signed)


def test_passkeys_that_cannot_be(control: Control, pool: CognitoPool) -> None:
    path = f"/_emulator/users/{pool.id}/ann/passkey"
    options = {"challenge": "AAAA", "rpId": "example.com", "allowCredentials": []}
    refused(control("POST", f"{path}/assertion", {"options": options}), "has no virtual passkey that fits")
    refused(control("POST", path, {"origin": "https://evil.org"}), "'origin' must be https://example.com or below")
    assert list(control.emulator.world.store.passkeys) == []
    made = control("POST", path).json
    for wrong in ({"rpId": "other.com"}, {"allowCredentials": [{"type": "public-key", "id": "AAAA"}]}):
        refused(control("POST", f"{path}/assertion", {"options": {**options, **wrong}}), "no virtual passkey that fits")
    refused(control("POST", f"{path}/assertion", {"options": {}}), "with texts 'challenge' and 'rpId'")
    refused(control("POST", f"{path}/assertion", {"options": "{"}), "'options' must be CREDENTIAL_REQUEST_OPTIONS")
    refused(control("POST", f"{path}/assertion", {}), "'options' is missing")
    wrong_page = {"options": options, "origin": "https://evil.org"}
    refused(control("POST", f"{path}/assertion", wrong_page), "'origin' must be https://example.com or below")
    token = pool.sign_in("ann")["AccessToken"]
    pool.idp.delete_web_authn_credential(AccessToken=token, CredentialId=made["credential_id"])
    refused(control("POST", f"{path}/assertion", {"options": options}), "has no virtual passkey that fits")
    assert list(control.emulator.world.store.virtual_passkeys) == []


def test_a_deleted_user_leaves_no_key(control: Control, pool: CognitoPool) -> None:
    control("POST", f"/_emulator/users/{pool.id}/ann/passkey")
    assert len(control.emulator.world.store.virtual_passkeys) == 1
    pool.idp.admin_delete_user(UserPoolId=pool.id, Username="ann")
    assert len(control.emulator.world.store.virtual_passkeys) == 0


def test_a_pool_without_passkeys_has_none(control: Control) -> None:
    other = control.emulator.create_pool()
    other.add_user("ann")
    refused(control("POST", f"/_emulator/users/{other.id}/ann/passkey"), "Passkeys are not enabled for the user pool.")


def test_the_journal_shows_no_secret_of_them(control: Control, pool: CognitoPool) -> None:
    path = f"/_emulator/users/{pool.id}/ann/passkey"
    control("POST", path)
    options = json.loads(begin(pool)["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    signed = control("POST", f"{path}/assertion", {"options": options}).json["CREDENTIAL"]
    (virtual,) = control.emulator.world.store.virtual_passkeys
    secrets = [json.loads(signed)["response"]["signature"], base64.b64encode(virtual.private).decode()]
    for each in control("GET", "/_emulator/requests?kind=control").json["requests"]:
        shown = json.dumps(control("GET", f"/_emulator/requests/{each['id']}").json)
        assert all(secret not in shown for secret in secrets)
    assert '"private": "***"' in json.dumps(
        [control("GET", f"/_emulator/requests/{each.id}").json for each in control.emulator.world.journal]
    )
