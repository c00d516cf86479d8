"""Passkeys: registration with a software authenticator, listing, deleting."""

from __future__ import annotations

import base64
import sys
from typing import Any

import pytest

from tests.helpers.authenticator import ATTESTED, ICLOUD, PRESENT, Authenticator, b64, eddsa, es256, rs256, unb64
from tests.helpers.build import Setup, refused, setup, sign_in, user
from tests.helpers.harness import Running
from tests.helpers.passkeys import Session

FACTORS = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}}
NO_CHALLENGE = "The challenge of the registration does not exist or has expired."
OTHER_PARTY = "The credential is for another relying party ID than the user pool's."
OTHER_ORIGIN = "The origin of the credential does not align with the relying party ID of the user pool."
INVALID = "Credential data is not valid"


def with_passkeys(running: Running, **configuration: str) -> Setup:
    at = setup(running, **FACTORS)
    block = {"RelyingPartyId": "example.com", **configuration}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, WebAuthnConfiguration=block)
    user(running, at.pool)
    return at


@pytest.fixture
def at(running: Running) -> Setup:
    return with_passkeys(running)


@pytest.fixture
def ann(at: Setup, idp: Any) -> Session:
    return Session(idp, at)


# --- a good registration ---------------------------------------------------------------------------------


def test_options(running: Running, idp: Any) -> None:
    at = with_passkeys(running, UserVerification="required")
    sub = user(running, at.pool, "bob", name="Bob B.")
    options = Session(idp, at, "bob").start()
    assert len(unb64(options.pop("challenge"))) == 16
    assert options == {
        "rp": {"id": "example.com", "name": "example.com"},
        "user": {"id": b64(sub.encode()), "name": "bob", "displayName": "Bob B."},
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
        "timeout": 60000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": "required",
        },
    }


def test_options_by_default(ann: Session) -> None:
    options = ann.start()
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    assert options["user"]["displayName"] == ""
    assert options["challenge"] != ann.start()["challenge"]


def test_registration(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    running.world.clock.freeze(1_800_000_000.0)
    ann = Session(idp, at)
    made = Authenticator(aaguid=ICLOUD)
    credential = made.create(ann.start())
    assert ann.page()["Credentials"] == []
    running.world.clock.advance(5)
    assert set(ann.complete(credential)) == {"ResponseMetadata"}
    found = ann.page()
    assert "NextToken" not in found
    (item,) = found["Credentials"]
    assert item.pop("CreatedAt").timestamp() == 1_800_000_005.0
    assert item == {
        "CredentialId": b64(made.id),
        "FriendlyCredentialName": "iCloud Keychain",
        "RelyingPartyId": "example.com",
        "AuthenticatorAttachment": "platform",
        "AuthenticatorTransports": ["internal", "hybrid"],
    }
    factors = idp.get_user_auth_factors(AccessToken=ann.token)["ConfiguredUserAuthFactors"]
    assert factors == ["PASSWORD", "WEB_AUTHN"]
    assert ann.start()["excludeCredentials"] == [{"type": "public-key", "id": b64(made.id)}]
    kept = running.world.store.passkeys.get((at.pool, b64(made.id)))
    assert kept is not None
    assert (kept.attested.user_verified, kept.attested.synced, kept.attested.sign_count) == (True, True, 0)


def test_what_clients_may_leave_out(ann: Session) -> None:
    credential = Authenticator(flags=PRESENT | ATTESTED).create(ann.start())
    del (
        credential["authenticatorAttachment"],
        credential["clientExtensionResults"],
        credential["response"]["transports"],
    )
    ann.complete(credential)
    (item,) = ann.page()["Credentials"]
    assert "AuthenticatorAttachment" not in item
    assert (item["AuthenticatorTransports"], item["FriendlyCredentialName"]) == ([], "Passkey")


def test_padded_base64(ann: Session) -> None:
    made = Authenticator()
    credential = made.create(ann.start())
    for holder, name in ((credential, "id"), (credential, "rawId"), (credential["response"], "clientDataJSON")):
        holder[name] = base64.urlsafe_b64encode(unb64(holder[name])).decode()
    assert credential["id"].endswith("=")
    ann.complete(credential)
    assert ann.ids() == [b64(made.id)]


def test_rs256(ann: Session) -> None:
    ann.register(cose=rs256())
    assert len(ann.ids()) == 1


def test_self_attestation(ann: Session) -> None:
    ann.register(signed=True)
    made = Authenticator(signed=True)
    earlier, credential = made.create(ann.start()), made.create(ann.start())
    signature = earlier["response"]["attestationObject"]
    with refused("InvalidParameterException", INVALID):
        ann.complete(changed(made.create(ann.start()), "response.attestationObject", signature))
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        ann.complete(credential)
    assert len(ann.ids()) == 1


# --- the challenge ---------------------------------------------------------------------------------------


def test_no_challenge(ann: Session) -> None:
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        ann.complete({})


def test_wrong_challenge(ann: Session) -> None:
    options = ann.start()
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        ann.complete(Authenticator().create({**options, "challenge": b64(bytes(16))}))
    assert ann.ids() == []
    # The right answer is still good.
    ann.complete(Authenticator().create(options))


def test_a_new_challenge_replaces_the_old_one(ann: Session) -> None:
    old, new = ann.start(), ann.start()
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        ann.complete(Authenticator().create(old))
    ann.complete(Authenticator().create(new))


def test_a_challenge_is_good_once(ann: Session) -> None:
    options = ann.start()
    ann.complete(Authenticator().create(options))
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        ann.complete(Authenticator().create(options))
    assert len(ann.ids()) == 1


def test_a_challenge_expires(running: Running, ann: Session) -> None:
    running.world.clock.freeze()
    credential = Authenticator().create(ann.start())
    running.world.clock.advance(300)
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        ann.complete(credential)
    credential = Authenticator().create(ann.start())
    running.world.clock.advance(299)
    ann.complete(credential)


def test_another_users_challenge(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    user(running, at.pool, "bob")
    bob = Session(idp, at, "bob")
    credential = Authenticator().create(ann.start())
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        bob.complete(credential)
    bob.start()
    with refused("WebAuthnChallengeNotFoundException", NO_CHALLENGE):
        bob.complete(credential)


def test_another_client(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    made = running.call("CreateUserPoolClient", UserPoolId=at.pool, ClientName="d", ExplicitAuthFlows=flows)
    other = Session(idp, Setup(at.pool, made["UserPoolClient"]["ClientId"]))
    credential = Authenticator().create(ann.start())
    with refused("WebAuthnClientMismatchException", "The registration was started by another app client."):
        other.complete(credential)
    ann.complete(credential)


# --- where and for whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rp_id", "origin"),
    [
        ("example.com", "https://example.com"),
        ("example.com", "https://example.com:8443"),
        ("example.com", "https://a.b.example.com"),
        ("Example.com", "https://example.com"),
        ("localhost", "http://localhost:3000"),
        ("localhost", "https://localhost"),
        ("localhost", "http://app.localhost:9229"),
        ("app.localhost", "http://app.localhost"),
        ("example.com", "android:apk-key-hash:" + "aB3_-" * 8 + "xyz"),
    ],
)
def test_origins(running: Running, idp: Any, rp_id: str, origin: str) -> None:
    ann = Session(idp, with_passkeys(running, RelyingPartyId=rp_id))
    ann.register(origin=origin)
    assert len(ann.ids()) == 1


@pytest.mark.parametrize(
    ("rp_id", "origin"),
    [
        ("example.com", "http://example.com"),
        ("example.com", "https://evilexample.com"),
        ("example.com", "https://example.com.evil.org"),
        ("example.com", "https://com"),
        ("a.example.com", "https://example.com"),
        ("example.com", "https://evil.org/example.com"),
        ("example.com", "https://evil.org#.example.com"),
        ("example.com", "https://user@example.com"),
        ("example.com", "https://example.com/"),
        ("example.com", "example.com"),
        ("example.com", "android:apk-key-hash:abc"),
        ("example.com", "android:apk-key-hash:" + "A" * 42),
        ("example.com", "android:apk-key-hash:" + "A" * 44),
        ("example.com", "android:apk-key-hash:" + "A" * 42 + "="),
        ("example.com", "android:apk-key-hash:" + "A" * 43 + ".evil.org"),
        ("example.com", "ios:apk-key-hash:" + "A" * 43),
        ("example.com", ""),
        ("example.com", ["https://example.com"]),
        ("example.com", None),
        ("localhost", "http://127.0.0.1:3000"),
        ("app.localhost", "http://localhost:3000"),
        ("localhost", "http://evillocalhost"),
    ],
)
def test_wrong_origins(running: Running, idp: Any, rp_id: str, origin: Any) -> None:
    ann = Session(idp, with_passkeys(running, RelyingPartyId=rp_id))
    credential = Authenticator(origin=origin).create(ann.start())
    with refused("WebAuthnOriginNotAllowedException", OTHER_ORIGIN):
        ann.complete(credential)
    assert ann.ids() == []


def test_wrong_relying_party(ann: Session) -> None:
    credential = Authenticator(rp_id="evil.org").create(ann.start())
    with refused("WebAuthnRelyingPartyMismatchException", OTHER_PARTY):
        ann.complete(credential)
    assert ann.ids() == []


def test_a_relying_party_that_changes(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    ann.register()
    credential = Authenticator(id=b"new").create(ann.start())
    block = {"RelyingPartyId": "example.org"}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, WebAuthnConfiguration=block)
    with refused("WebAuthnRelyingPartyMismatchException", OTHER_PARTY):
        ann.complete(credential)
    # The passkey for the old one is still there, and good for nothing.
    assert len(ann.ids()) == 1
    assert idp.get_user_auth_factors(AccessToken=ann.token)["ConfiguredUserAuthFactors"] == ["PASSWORD"]
    ann.register(origin="https://example.org")
    assert [item["RelyingPartyId"] for item in ann.page()["Credentials"]] == ["example.com", "example.org"]


def domain(running: Running, pool: str, name: str, version: int, **members: Any) -> None:
    running.call("CreateUserPoolDomain", UserPoolId=pool, Domain=name, ManagedLoginVersion=version, **members)


def test_the_domain_is_the_relying_party_by_default(running: Running, idp: Any) -> None:
    at = setup(running, **FACTORS)
    user(running, at.pool)
    ann = Session(idp, at)
    missing = "The user pool has neither a relying party ID nor a domain with managed login."
    with refused("WebAuthnConfigurationMissingException", missing):
        ann.start()
    domain(running, at.pool, "shop", 1)
    with refused("WebAuthnConfigurationMissingException", missing):
        ann.start()
    running.call("UpdateUserPoolDomain", UserPoolId=at.pool, Domain="shop", ManagedLoginVersion=2)
    assert ann.start()["rp"]["id"] == "shop.auth.us-east-1.amazoncognito.com"
    ann.register(origin="https://shop.auth.us-east-1.amazoncognito.com")
    certificate = {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/c"}
    domain(running, at.pool, "auth.example.com", 2, CustomDomainConfig=certificate)
    assert ann.start()["rp"]["id"] == "auth.example.com"
    block = {"RelyingPartyId": "example.com"}
    running.call("SetUserPoolMfaConfig", UserPoolId=at.pool, WebAuthnConfiguration=block)
    assert ann.start()["rp"]["id"] == "example.com"


def test_not_enabled(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    ann.register()
    credential = Authenticator().create(ann.start())
    running.call(
        "UpdateUserPool", UserPoolId=at.pool, Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]}}
    )
    with refused("WebAuthnNotEnabledException", "Passkeys are not enabled for the user pool."):
        ann.start()
    with refused("WebAuthnNotEnabledException", "Passkeys are not enabled for the user pool."):
        ann.complete(credential)
    (known,) = ann.ids()
    ann.delete(known)


# --- the credential --------------------------------------------------------------------------------------


def test_user_verification(running: Running, idp: Any) -> None:
    ann = Session(idp, with_passkeys(running, UserVerification="required"))
    credential = Authenticator(flags=PRESENT | ATTESTED).create(ann.start())
    with refused("WebAuthnCredentialNotSupportedException", "The user pool requires user verification."):
        ann.complete(credential)
    assert ann.ids() == []
    ann.register()


def es384() -> dict[int, Any]:
    from cryptography.hazmat.primitives.asymmetric import ec

    numbers = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    return {1: 2, 3: -35, -1: 2, -2: numbers.x.to_bytes(48, "big"), -3: numbers.y.to_bytes(48, "big")}


def p256() -> dict[int, Any]:
    return es256(Authenticator().key)


@pytest.mark.parametrize(
    "cose", [eddsa(), es384(), {**es384(), 3: -7}, {**p256(), 3: -35}, {**rs256(), 3: -7}, {1: 99, 3: -7}]
)
def test_unsupported_algorithms(ann: Session, cose: dict[int, Any]) -> None:
    credential = Authenticator(cose=cose).create(ann.start())
    with refused("WebAuthnCredentialNotSupportedException", "Only ES256 and RS256 credentials are supported."):
        ann.complete(credential)
    assert ann.ids() == []


def test_not_discoverable(ann: Session) -> None:
    credential = Authenticator().create(ann.start())
    credential["clientExtensionResults"] = {"credProps": {"rk": False}}
    with refused("InvalidParameterException", INVALID):
        ann.complete(credential)
    credential["clientExtensionResults"] = {"credProps": {"rk": True}}
    ann.complete(credential)


def test_an_id_belongs_to_one_user(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    user(running, at.pool, "bob")
    bob = Session(idp, at, "bob")
    made = ann.register()
    for session in (ann, bob):
        credential = Authenticator(id=made.id).create(session.start())
        with refused("InvalidParameterException", INVALID):
            session.complete(credential)
    assert (len(ann.ids()), bob.ids()) == (1, [])
    ann.delete(b64(made.id))
    bob.register(id=made.id)


def test_twenty_passkeys(ann: Session) -> None:
    for _ in range(20):
        ann.register()
    with refused("LimitExceededException", "The limit of 20 passkeys per user is reached."):
        ann.start()
    ann.delete(ann.ids()[0])
    ann.register()


@pytest.mark.parametrize(
    "options",
    [
        {"claims": {"type": "webauthn.get"}},
        {"claims": {"type": 1}},
        {"flags": ATTESTED},
        {"flags": PRESENT},
        {"flags": PRESENT | ATTESTED | 0x10},
        {"flags": PRESENT | ATTESTED | 0x80},
        {"id": b""},
        {"id": bytes(1024)},
        {"cose": {}},
        {"cose": {1: 2, 3: -7}},
        {"cose": {1: 2, 3: -7, -1: 1, -2: b"\1" * 32, -3: b"\1" * 32}},
        {"cose": {1: 2, 3: -7, -1: 1, -2: 1, -3: 2}},
        {"cose": {1: 3, 3: -257, -1: b"\0", -2: b"\3"}},
    ],
    ids=str,
)
def test_broken_credentials(ann: Session, options: dict[str, Any]) -> None:
    credential = Authenticator(**options).create(ann.start())
    with refused("InvalidParameterException"):
        ann.complete(credential)
    assert ann.ids() == []


def changed(credential: dict[str, Any], path: str, value: Any) -> Any:
    holder, names = credential, path.split(".")
    for name in names[:-1]:
        holder = holder[name]
    holder[names[-1]] = value
    return credential


@pytest.mark.parametrize("value", [None, 1, "", "A", "=", "é", [], {}, ["a"], {"a": 1}, True, "W10", b64(b'{"a":1}')])
@pytest.mark.parametrize(
    "path", ["id", "rawId", "type", "response", "response.clientDataJSON", "response.attestationObject"]
)
def test_broken_members(ann: Session, path: str, value: Any) -> None:
    credential = changed(Authenticator().create(ann.start()), path, value)
    with refused("InvalidParameterException"):
        ann.complete(credential)
    assert ann.ids() == []


@pytest.mark.parametrize("value", [1, "x", [], {}, ["usb", 1, "none"], {"rk": 1}])
@pytest.mark.parametrize("path", ["response.transports", "clientExtensionResults", "clientExtensionResults.credProps"])
def test_odd_optional_members(ann: Session, path: str, value: Any) -> None:
    ann.complete(changed(Authenticator().create(ann.start()), path, value))
    assert len(ann.ids()) == 1


def test_the_id_is_the_authenticators(ann: Session) -> None:
    credential = Authenticator(id=b"one").create(ann.start())
    credential["id"] = credential["rawId"] = b64(b"two")
    with refused("InvalidParameterException", INVALID):
        ann.complete(credential)


def test_an_unknown_attachment(ann: Session) -> None:
    with refused("InvalidParameterException", INVALID):
        ann.complete(changed(Authenticator().create(ann.start()), "authenticatorAttachment", "glued"))


@pytest.mark.parametrize("credential", ["text", 1, [], ["a"], True])
def test_no_object(ann: Session, credential: Any) -> None:
    ann.start()
    with refused("InvalidParameterException", INVALID):
        ann.complete(credential)


@pytest.mark.parametrize("field", ["challenge", "origin", "type"])
@pytest.mark.parametrize("value", [None, 1, [], {}, "é", "\ud800"])
def test_odd_client_data(ann: Session, field: str, value: Any) -> None:
    credential = Authenticator(claims={field: value}).create(ann.start())
    with pytest.raises(ann.idp.exceptions.ClientError) as caught:
        ann.complete(credential)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert ann.ids() == []


# --- list and delete -------------------------------------------------------------------------------------


def test_pages(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    made = [b64(ann.register().id) for _ in range(5)]
    assert ann.ids() == made
    assert len(ann.page(MaxResults=0)["Credentials"]) == 5
    first = ann.page(MaxResults=2)
    second = ann.page(MaxResults=2, NextToken=first["NextToken"])
    third = ann.page(MaxResults=2, NextToken=second["NextToken"])
    assert "NextToken" not in third
    pages = [item["CredentialId"] for page in (first, second, third) for item in page["Credentials"]]
    assert pages == made
    user(running, at.pool, "bob")
    bob = Session(idp, at, "bob")
    for token in (first["NextToken"], "x"):
        with refused("InvalidParameterException", "Invalid pagination token."):
            bob.page(NextToken=token)
    with refused("InvalidParameterException"):
        ann.page(MaxResults=21)


def test_delete(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    first, second = (b64(ann.register().id) for _ in range(2))
    assert set(ann.delete(first)) == {"ResponseMetadata"}
    assert ann.ids() == [second]
    user(running, at.pool, "bob")
    for session, name in ((ann, first), (ann, ""), (ann, "nobody"), (Session(idp, at, "bob"), second)):
        with refused("ResourceNotFoundException", "Credential does not exist."):
            session.delete(name)
    ann.delete(base64.urlsafe_b64encode(unb64(second)).decode())
    assert ann.ids() == []
    assert idp.get_user_auth_factors(AccessToken=ann.token)["ConfiguredUserAuthFactors"] == ["PASSWORD"]


@pytest.mark.parametrize("operation", ["AdminDeleteUser", "DeleteUserPool"])
def test_passkeys_go_with_their_user(running: Running, at: Setup, ann: Session, operation: str) -> None:
    ann.register()
    ann.start()
    members = {"Username": "ann"} if operation == "AdminDeleteUser" else {}
    running.call(operation, UserPoolId=at.pool, **members)
    assert len(running.world.store.passkeys) == len(running.world.store.registrations) == 0


# --- who may ---------------------------------------------------------------------------------------------


def calls(idp: Any, token: str) -> list[Any]:
    return [
        lambda: idp.start_web_authn_registration(AccessToken=token),
        lambda: idp.complete_web_authn_registration(AccessToken=token, Credential={}),
        lambda: idp.list_web_authn_credentials(AccessToken=token),
        lambda: idp.delete_web_authn_credential(AccessToken=token, CredentialId="a"),
    ]


def test_no_token(idp: Any) -> None:
    for call in calls(idp, "x"):
        with refused("NotAuthorizedException", "Invalid Access Token"):
            call()


def test_reset_password(running: Running, idp: Any) -> None:
    at = setup(running, **FACTORS)
    user(running, at.pool, email="ann@example.com", email_verified="true")
    token = sign_in(idp, at)["AccessToken"]
    running.call("AdminResetUserPassword", UserPoolId=at.pool, Username="ann")
    for call in calls(idp, token):
        with refused("PasswordResetRequiredException", "Password reset required for the user"):
            call()


def test_who_is_gone(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    """None of the operations models UserNotFoundException, nor a client that is gone."""
    running.call("DeleteUserPoolClient", UserPoolId=at.pool, ClientId=at.client)
    for call in calls(idp, ann.token):
        with refused("NotAuthorizedException", f"User pool client {at.client} does not exist."):
            call()


def test_a_user_who_is_gone(running: Running, idp: Any, at: Setup, ann: Session) -> None:
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    for call in calls(idp, ann.token):
        with refused("NotAuthorizedException", "User does not exist."):
            call()


def test_without_the_library(monkeypatch: pytest.MonkeyPatch, ann: Session) -> None:
    credential = Authenticator().create(ann.start())
    monkeypatch.setitem(sys.modules, "webauthn", None)
    text = "Passkeys need the extra `passkeys` of cognito-emulator, which installs the package webauthn."
    with refused("NotImplementedException", text):
        ann.start()
    with refused("NotImplementedException", text):
        ann.complete(credential)
    assert ann.ids() == []
