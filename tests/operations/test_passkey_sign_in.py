"""WEB_AUTHN: signing in with a passkey, and every way in which its answer can be wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.authenticator import ATTESTED, PRESENT, VERIFIED, Authenticator, b64, unb64
from tests.helpers.build import PASSWORD, Setup, give_totp, refused, totp, user
from tests.helpers.choice import HIDING, choose, offered, signed_in
from tests.helpers.harness import Running
from tests.helpers.passkey_sign_in import asked, sign, start, try_in, with_passkeys
from tests.helpers.passkeys import Session
from tests.helpers.sign_in import begin, respond

WRONG = "Incorrect username or password."
INVALID = "Invalid session for the user."
USED = "Invalid session for the user, session can only be used once."
MULTI: dict[str, Any] = {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
UNVERIFIED = PRESENT | ATTESTED


@pytest.fixture
def at(running: Running) -> Setup:
    at = with_passkeys(running)
    user(running, at.pool)
    return at


# --- a good answer ---------------------------------------------------------------------------------------


def test_sign_in(running: Running, idp: Any, at: Setup) -> None:
    ann = Session(idp, at)
    assert offered(start(idp, at)) == ["PASSWORD_SRP", "PASSWORD"]
    first, second = ann.register(), ann.register()
    answer = start(idp, at)
    assert answer["AvailableChallenges"] == ["WEB_AUTHN", "PASSWORD_SRP", "PASSWORD"]
    options = asked(answer)
    assert len(unb64(options.pop("challenge"))) == 16
    assert options == {
        "hints": [],
        "attestation": "none",
        "attestationFormats": [],
        "timeout": 180000,
        "rpId": "example.com",
        "allowCredentials": [{"type": "public-key", "id": b64(key.id)} for key in (first, second)],
        "userVerification": "preferred",
    }
    for key in (first, second):
        done = try_in(idp, at, key)
        assert signed_in(done)
        assert idp.get_user(AccessToken=done["AuthenticationResult"]["AccessToken"])["Username"] == "ann"


def test_the_choice_may_be_answered_with_the_passkey(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    answer = choose(idp, at)
    assert offered(answer) == ["WEB_AUTHN", "PASSWORD_SRP", "PASSWORD"]
    options = json.loads(answer["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    chosen = {"USERNAME": "ann", "ANSWER": "WEB_AUTHN"}
    credential = json.dumps(passkey.get(options))
    assert signed_in(respond(idp, at, "SELECT_CHALLENGE", answer["Session"], **chosen, CREDENTIAL=credential))
    answer = respond(idp, at, "SELECT_CHALLENGE", choose(idp, at)["Session"], **chosen)
    assert signed_in(sign(idp, at, answer["Session"], passkey.get(asked(answer))))


ANDROID = "android:apk-key-hash:" + "aB3_-" * 8 + "xyz"


@pytest.mark.parametrize("origin", ["https://example.com", "https://a.b.example.com:8443", ANDROID])
def test_origins(running: Running, idp: Any, at: Setup, origin: str) -> None:
    passkey = Session(idp, at).register()
    passkey.origin = origin
    assert signed_in(try_in(idp, at, passkey))


@pytest.mark.parametrize("party", ["localhost", "app.localhost"])
def test_plain_http_on_this_machine(running: Running, idp: Any, party: str) -> None:
    at = with_passkeys(running, RelyingPartyId=party)
    user(running, at.pool)
    passkey = Session(idp, at).register(origin=f"http://{party}:3000")
    assert signed_in(try_in(idp, at, passkey))


def test_counter(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register(counter=7)
    passkey.counter = 8
    assert signed_in(try_in(idp, at, passkey))
    for counter in (8, 7, 0):
        passkey.counter = counter
        with refused("NotAuthorizedException", WRONG):
            try_in(idp, at, passkey)
    passkey.counter = 9
    assert signed_in(try_in(idp, at, passkey))


def test_a_counter_that_counts_nothing(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register(counter=0)
    for _ in range(2):
        assert signed_in(try_in(idp, at, passkey))


def test_user_handle(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    sub = next(iter(running.world.store.users.where("pool", at.pool))).sub
    passkey.handle = sub.encode()
    assert signed_in(try_in(idp, at, passkey))
    passkey.handle = b"another"
    with refused("NotAuthorizedException", WRONG):
        try_in(idp, at, passkey)


# --- wrong answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://example.org"},
        {"origin": "http://example.com"},
        {"origin": ANDROID[:-1]},
        {"origin": "https://notexample.com"},
        {"rp_id": "example.org"},
        {"claims": {"type": "webauthn.create"}},
        {"claims": {"challenge": b64(bytes(16))}},
        {"flags": VERIFIED},
        {"id": b"another"},
    ],
)
def test_wrong_answers(running: Running, idp: Any, at: Setup, wrong: dict[str, Any]) -> None:
    passkey = Session(idp, at).register()
    for name, value in wrong.items():
        setattr(passkey, name, value)
    with refused("NotAuthorizedException", WRONG):
        try_in(idp, at, passkey)


def test_the_signature_is_checked(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    other = Authenticator(id=passkey.id)
    with refused("NotAuthorizedException", WRONG):
        try_in(idp, at, other)
    answer = start(idp, at)
    credential = passkey.get(asked(answer))
    credential["response"]["signature"] = b64(b"x")
    with refused("NotAuthorizedException", WRONG):
        sign(idp, at, answer["Session"], credential)


def test_a_challenge_is_signed_once(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    answer = start(idp, at)
    credential = passkey.get(asked(answer))
    assert signed_in(sign(idp, at, answer["Session"], credential))
    with refused("NotAuthorizedException", USED):
        sign(idp, at, answer["Session"], credential)
    with refused("NotAuthorizedException", WRONG):
        sign(idp, at, start(idp, at)["Session"], credential)
    answer = start(idp, at)
    with refused("NotAuthorizedException", WRONG):
        sign(idp, at, answer["Session"], credential)
    with refused("NotAuthorizedException", USED):
        sign(idp, at, answer["Session"], passkey.get(asked(answer)))
    answer = start(idp, at)
    running.world.clock.advance(181)
    with refused("NotAuthorizedException", "Invalid session for the user, session is expired."):
        sign(idp, at, answer["Session"], passkey.get(asked(answer)))


@pytest.mark.parametrize("text", ["", "x", "[]", "null", "1", '{"id": 1}', "[" * 5000, "{}"])
def test_no_credential(running: Running, idp: Any, at: Setup, text: str) -> None:
    passkey = Session(idp, at).register()
    answer = start(idp, at)
    expected = "Credential data is not valid" if text else "Missing required parameter CREDENTIAL"
    with refused("InvalidParameterException", expected):
        sign(idp, at, answer["Session"], text)
    # What is no answer at all does not use up the challenge.
    assert signed_in(sign(idp, at, answer["Session"], passkey.get(asked(answer))))


@pytest.mark.parametrize("path", ["clientDataJSON", "authenticatorData", "signature"])
@pytest.mark.parametrize("value", [None, 1, "", "%%%", "AAAA", b64(bytes(500))])
def test_rubbish_is_a_wrong_answer(running: Running, idp: Any, at: Setup, path: str, value: Any) -> None:
    passkey = Session(idp, at).register()
    answer = start(idp, at)
    credential = passkey.get(asked(answer))
    credential["response"][path] = value
    with refused("NotAuthorizedException", WRONG):
        sign(idp, at, answer["Session"], credential)


def test_another_users_passkey(running: Running, idp: Any, at: Setup) -> None:
    user(running, at.pool, "bob")
    Session(idp, at).register()
    other = Session(idp, at, "bob").register()
    with refused("NotAuthorizedException", WRONG):
        try_in(idp, at, other)


def test_a_passkey_that_is_gone(running: Running, idp: Any, at: Setup) -> None:
    ann = Session(idp, at)
    passkey, _ = ann.register(), ann.register()
    answer = start(idp, at)
    ann.delete(b64(passkey.id))
    with refused("NotAuthorizedException", WRONG):
        sign(idp, at, answer["Session"], passkey.get(asked(answer)))


def test_another_relying_party(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    answer = start(idp, at)
    block = {"RelyingPartyId": "example.org"}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, WebAuthnConfiguration=block)
    with refused("NotAuthorizedException", INVALID):
        sign(idp, at, answer["Session"], passkey.get(asked(answer)))
    assert offered(start(idp, at)) == ["PASSWORD_SRP", "PASSWORD"]


# --- user verification and MFA ---------------------------------------------------------------------------


def test_user_verification(running: Running, idp: Any) -> None:
    at = with_passkeys(running)
    user(running, at.pool)
    passkey = Session(idp, at).register(flags=UNVERIFIED)
    assert signed_in(try_in(idp, at, passkey))
    block = {"RelyingPartyId": "example.com", "UserVerification": "required"}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, WebAuthnConfiguration=block)
    assert asked(start(idp, at))["userVerification"] == "required"
    with refused("NotAuthorizedException", WRONG):
        try_in(idp, at, passkey)
    passkey.flags |= VERIFIED
    assert signed_in(try_in(idp, at, passkey))


def with_mfa(running: Running, at: Setup, mode: str, **configuration: str) -> None:
    block = {"RelyingPartyId": "example.com", **configuration}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, MfaConfiguration=mode, WebAuthnConfiguration=block, **TOTP)


def test_single_factor_passkeys_and_mfa(running: Running, idp: Any, at: Setup) -> None:
    ann = Session(idp, at)
    passkey = ann.register()
    with_mfa(running, at, "OPTIONAL")
    assert signed_in(try_in(idp, at, passkey))
    answer = start(idp, at)
    give_totp(running, idp, at)
    assert offered(start(idp, at)) == ["PASSWORD_SRP", "PASSWORD"]
    with refused("NotAuthorizedException", INVALID):
        sign(idp, at, answer["Session"], passkey.get(asked(answer)))
    with refused("InvalidParameterException", "Passkey MFA is not enabled for the user pool."):
        idp.set_user_mfa_preference(AccessToken=ann.token, WebAuthnMfaSettings={"Enabled": True})


@pytest.mark.parametrize("mode", ["OPTIONAL", "ON"])
def test_passkeys_that_do_for_mfa(running: Running, idp: Any, mode: str) -> None:
    at = with_passkeys(running)
    user(running, at.pool)
    ann = Session(idp, at)
    passkey = ann.register()
    with_mfa(running, at, "OPTIONAL", **MULTI)
    on = {"WebAuthnMfaSettings": {"Enabled": True}}
    with refused("InvalidParameterException", "Passkey MFA requires another MFA method to be enabled."):
        idp.set_user_mfa_preference(AccessToken=ann.token, **on)
    secret = give_totp(running, idp, at)
    with_mfa(running, at, mode, **MULTI)
    assert offered(start(idp, at)) == ["PASSWORD_SRP", "PASSWORD"]
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", **on)
    assert asked(start(idp, at))["userVerification"] == "required"
    assert signed_in(try_in(idp, at, passkey))
    passkey.flags = UNVERIFIED
    with refused("NotAuthorizedException", WRONG):
        try_in(idp, at, passkey)
    # A password still needs its second factor.
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code = totp(secret, running.world.clock.now())
    respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], USERNAME="ann", SOFTWARE_TOKEN_MFA_CODE=code)
    if mode == "OPTIONAL":
        off = {"SoftwareTokenMfaSettings": {"Enabled": False}}
        with refused("InvalidParameterException", "Passkey MFA requires another MFA method to be enabled."):
            idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", **off)
    idp.admin_set_user_mfa_preference(UserPoolId=at.pool, Username="ann", WebAuthnMfaSettings={"Enabled": False})
    assert offered(start(idp, at)) == ["PASSWORD_SRP", "PASSWORD"]
    found = idp.admin_get_user(UserPoolId=at.pool, Username="ann")
    assert found["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]


def test_registration_verifies_where_passkeys_do_for_mfa(running: Running, idp: Any) -> None:
    at = with_passkeys(running, **MULTI)
    user(running, at.pool)
    ann = Session(idp, at)
    assert ann.start()["authenticatorSelection"]["userVerification"] == "required"
    with refused("WebAuthnCredentialNotSupportedException", "The user pool requires user verification."):
        ann.register(flags=UNVERIFIED)


# --- others ----------------------------------------------------------------------------------------------


def test_nobodys_passkey(running: Running, idp: Any) -> None:
    at = with_passkeys(running, HIDING)
    names = [f"nobody{number}" for number in range(20)]
    answers = {name: choose(idp, at, name, PREFERRED_CHALLENGE="WEB_AUTHN") for name in names}
    has = [name for name, answer in answers.items() if answer["ChallengeName"] == "WEB_AUTHN"]
    assert 0 < len(has) < len(names)
    options = asked(answers[has[0]])
    again = asked(choose(idp, at, has[0], PREFERRED_CHALLENGE="WEB_AUTHN"))
    assert again.pop("challenge") != options.pop("challenge")
    assert again == options
    credential = json.dumps(Authenticator().get({**options, "challenge": "AAAA"}))
    session = answers[has[0]]["Session"]
    with refused("InvalidParameterException", "Credential data is not valid"):
        respond(idp, at, "WEB_AUTHN", session, USERNAME=has[0], CREDENTIAL="x")
    for text in (WRONG, USED):
        with refused("NotAuthorizedException", text):
            respond(idp, at, "WEB_AUTHN", session, USERNAME=has[0], CREDENTIAL=credential)
    chosen = {"USERNAME": has[0], "ANSWER": "WEB_AUTHN", "CREDENTIAL": credential}
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "SELECT_CHALLENGE", choose(idp, at, has[0])["Session"], **chosen)


def test_by_an_administrator(running: Running, idp: Any, at: Setup) -> None:
    passkey = Session(idp, at).register()
    members: dict[str, Any] = {"UserPoolId": at.pool, "ClientId": at.client}
    parameters = {"USERNAME": "ann", "PREFERRED_CHALLENGE": "WEB_AUTHN"}
    answer = idp.admin_initiate_auth(**members, AuthFlow="USER_AUTH", AuthParameters=parameters)
    credential = json.dumps(passkey.get(asked(answer)))
    with refused("NotAuthorizedException", INVALID):
        sign(idp, at, answer["Session"], credential)
    responses = {"USERNAME": "ann", "CREDENTIAL": credential}
    answer = idp.admin_respond_to_auth_challenge(
        **members, ChallengeName="WEB_AUTHN", ChallengeResponses=responses, Session=answer["Session"]
    )
    assert signed_in(answer)
