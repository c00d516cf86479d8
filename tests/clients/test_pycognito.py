"""pycognito, unmodified, pointed here by `boto3_client_kwargs`. It verifies every token that it is given."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from pycognito import Cognito
from pycognito.aws_srp import AWSSRP, generate_hash_device
from pycognito.exceptions import (
    ForceChangePasswordException,
    SMSMFAChallengeException,
    SoftwareTokenMFAChallengeException,
    TokenVerificationException,
)

from tests.clients import expected
from tests.helpers.build import PASSWORD, SMS, Setup, give_totp, refused, setup, sign_in, user
from tests.helpers.harness import Running

# Its own, on Python 3.12 and later.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


@pytest.fixture(autouse=True)
def _keys_from_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COGNITO_JWKS", raising=False)


def connect(running: Running, setup: Setup, username: str = "ann", **tokens: str) -> Any:
    return Cognito(
        setup.pool,
        setup.client,
        username=username,
        client_secret=setup.secret,
        access_key="test",
        secret_key="test",
        boto3_client_kwargs={"endpoint_url": running.url},
        **tokens,
    )


def code(running: Running, purpose: str) -> str:
    """The newest code of a purpose."""
    sent = running.world.outbox.all(lambda message: message.purpose == purpose)[-1].code
    assert sent is not None
    return sent


wrong_password = ("NotAuthorizedException", "Incorrect username or password.")


@pytest.mark.parametrize("secret", [False, True])
def test_an_account_from_sign_up_to_deletion(running: Running, secret: bool) -> None:
    made = setup(running, {"GenerateSecret": secret}, AutoVerifiedAttributes=["email"])
    ann = connect(running, made)
    ann.set_base_attributes(email="ann@example.com", name="Ann")
    ann.register("ann", PASSWORD)
    with refused("UserNotConfirmedException", "User is not confirmed."):
        ann.authenticate(PASSWORD)
    ann.client.resend_confirmation_code(
        ClientId=made.client, Username="ann", **({"SecretHash": made.hashed("ann")["SECRET_HASH"]} if secret else {})
    )
    ann.confirm_sign_up(code(running, "resend"), "ann")

    with refused(*wrong_password):
        ann.authenticate("Wrong-horse-7")
    ann.authenticate(PASSWORD)
    payloads = {"id": ann.id_claims, "access": ann.access_claims}
    expected.check_tokens(running, made, payloads, "ann", ann.id_claims["sub"])
    assert ann.get_user().email == "ann@example.com"

    ann.update_profile({"email": "anna@example.org", "name": "Anna"})
    ann.validate_verification(code(running, "attribute"))
    changed = ann.get_user()
    assert (changed.email, changed.email_verified, changed.name) == ("anna@example.org", True, "Anna")

    ann.change_password(PASSWORD, expected.SECOND)
    with refused(*wrong_password):
        ann.authenticate(PASSWORD)
    ann.authenticate(expected.SECOND)
    ann.initiate_forgot_password()
    ann.confirm_forgot_password(code(running, "recovery"), expected.THIRD)
    ann.authenticate(expected.THIRD)

    stale = connect(
        running, made, id_token=ann.id_token, access_token=ann.access_token, refresh_token=ann.refresh_token
    )
    ann.logout()
    with refused("NotAuthorizedException", "Access Token has been revoked"):
        stale.get_user()
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        stale.renew_access_token()
    ann.admin_authenticate(expected.THIRD)
    ann.delete_user()
    with refused("UserNotFoundException", "User does not exist."):
        ann.authenticate(expected.THIRD)


def test_a_wrong_client_secret_is_refused(running: Running) -> None:
    made = setup(running, {"GenerateSecret": True})
    user(running, made.pool)
    wrong = connect(running, Setup(made.pool, made.client, "0" * 52))
    with refused("NotAuthorizedException", f"Unable to verify secret hash for client {made.client}"):
        wrong.authenticate(PASSWORD)


@pytest.mark.parametrize("secret", [False, True])
def test_an_expired_access_token_is_renewed(running: Running, idp: Any, secret: bool) -> None:
    made = setup(running, {"GenerateSecret": secret})
    user(running, made.pool)
    ann = connect(running, made)
    ann.authenticate(PASSWORD)
    assert ann.check_token() is False
    before = ann.id_claims

    running.world.clock.advance(-7200)
    ann.access_token = sign_in(idp, made)["AccessToken"]
    running.world.clock.reset()
    assert ann.check_token() is True
    assert ann.check_token() is False
    assert ann.access_claims["origin_jti"] == ann.id_claims["origin_jti"] == before["origin_jti"]
    assert ann.id_claims["jti"] != before["jti"]


def test_tokens_that_are_not_ours_are_refused(running: Running) -> None:
    made, other = setup(running), setup(running)
    for one in (made, other):
        user(running, one.pool)
    ann = connect(running, made)
    ann.authenticate(PASSWORD)
    ann.verify_tokens()

    head, body, signature = ann.access_token.split(".")
    tampered = ".".join((head, body, signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]))
    for token, name, use in (
        (tampered, "access_token", "access"),
        (ann.access_token, "id_token", "id"),
        (ann.id_token, "access_token", "access"),
    ):
        with pytest.raises(TokenVerificationException):
            ann.verify_token(token, name, use)
    stranger = connect(running, other, access_token=ann.access_token, id_token=ann.id_token)
    with pytest.raises(IndexError):  # what it raises for a key that is not among the pool's
        stranger.verify_tokens()


def test_an_authenticator_app(running: Running) -> None:
    made = expected.mfa_pool(running, "OPTIONAL", client={"GenerateSecret": True})
    user(running, made.pool)
    ann = connect(running, made)
    ann.authenticate(PASSWORD)
    app = pyotp.TOTP(ann.associate_software_token())
    assert ann.verify_software_token(app.at(int(running.world.clock.now())), "Phone")
    ann.set_user_mfa_preference(sms_mfa=False, software_token_mfa=True, preferred="SOFTWARE_TOKEN")

    running.world.clock.advance(60)
    with pytest.raises(SoftwareTokenMFAChallengeException):
        ann.authenticate(PASSWORD)
    right = app.at(int(running.world.clock.now()))
    with refused("CodeMismatchException", "Invalid code received for user"):
        ann.respond_to_software_token_mfa_challenge(f"{(int(right) + 1) % 1_000_000:06}")
    ann.respond_to_software_token_mfa_challenge(right)
    assert ann.get_user().username == "ann"


def test_a_code_by_sms(running: Running) -> None:
    made = expected.mfa_pool(running, "ON", SmsConfiguration=SMS)
    user(running, made.pool, phone_number="+15555550123", phone_number_verified="true")
    ann = connect(running, made)
    with pytest.raises(SMSMFAChallengeException):
        ann.authenticate(PASSWORD)
    ann.respond_to_sms_mfa_challenge(code(running, "mfa"))
    assert ann.access_claims["username"] == "ann"


def test_a_temporary_password_is_changed(running: Running) -> None:
    made = setup(running, {"GenerateSecret": True})
    user(running, made.pool, password=expected.TEMPORARY, permanent=False)
    ann = connect(running, made)
    with pytest.raises(ForceChangePasswordException):
        ann.authenticate(expected.TEMPORARY)
    with refused(*wrong_password):
        ann.new_password_challenge("Wrong-horse-7", PASSWORD)
    ann.new_password_challenge(expected.TEMPORARY, PASSWORD)
    assert ann.get_user().username == "ann"
    with refused(*wrong_password):
        ann.authenticate(expected.TEMPORARY)
    ann.authenticate(PASSWORD)


def test_a_device_proves_itself(running: Running, idp: Any) -> None:
    """Its own `confirm_device` posts to AWS whatever the endpoint; its hash of the device is used instead."""
    devices = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
    made = expected.mfa_pool(running, "OPTIONAL", DeviceConfiguration=devices)
    user(running, made.pool)
    result = sign_in(idp, made)
    key, group = (result["NewDeviceMetadata"][name] for name in ("DeviceKey", "DeviceGroupKey"))
    password, verifier = generate_hash_device(group, key)
    idp.confirm_device(AccessToken=result["AccessToken"], DeviceKey=key, DeviceSecretVerifierConfig=verifier)
    give_totp(running, idp, made)

    def authenticate(device_password: str) -> Any:
        device = {"device_key": key, "device_group_key": group, "device_password": device_password}
        return AWSSRP("ann", PASSWORD, made.pool, made.client, client=idp, **device).authenticate_user()

    with refused(*wrong_password):
        authenticate("another")
    assert "AccessToken" in authenticate(password)["AuthenticationResult"]
