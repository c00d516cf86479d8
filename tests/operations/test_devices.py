"""Devices: given at sign-in, confirmed, remembered, proved by their own SRP, forgotten."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.users import password_secret
from cognito_emulator.ports.srp_client import make_device_secret
from tests.helpers.build import PASSWORD, SrpClient, give_totp, refused, setup, sign_in, totp, user
from tests.helpers.devices import confirm, finish, tracked
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.sign_in import WRONG, begin, respond, srp_begin

GONE = "Device does not exist."


def test_a_pool_without_tracking_gives_no_device(running: Running, idp: Any) -> None:
    at = setup(running)
    user(running, at.pool)
    result = sign_in(idp, at)
    assert "NewDeviceMetadata" not in result
    for call, members in (
        (idp.list_devices, {}),
        (idp.get_device, {"DeviceKey": "us-east-1_0"}),
        (idp.forget_device, {"DeviceKey": "us-east-1_0"}),
        (idp.confirm_device, {"DeviceKey": "us-east-1_0"}),
        (idp.update_device_status, {"DeviceKey": "us-east-1_0", "DeviceRememberedStatus": "remembered"}),
    ):
        with refused("InvalidUserPoolConfigurationException"):
            call(AccessToken=result["AccessToken"], **members)
    with refused("ResourceNotFoundException", GONE):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY="us-east-1_0")


def test_configuration_is_shown(running: Running, idp: Any) -> None:
    at = setup(running, DeviceConfiguration={"DeviceOnlyRememberedOnUserPrompt": True})
    found = idp.describe_user_pool(UserPoolId=at.pool)["UserPool"]["DeviceConfiguration"]
    assert found == {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": True}


def test_confirm_and_read_back(running: Running, idp: Any) -> None:
    at = tracked(running)
    running.world.clock.freeze(1_800_000_000.25)
    result = sign_in(idp, at)
    given = result["NewDeviceMetadata"]
    assert given["DeviceKey"].startswith("us-east-1_")
    assert len(given["DeviceGroupKey"]) == 9
    assert given["DeviceGroupKey"].startswith("-")
    assert idp.list_devices(AccessToken=result["AccessToken"])["Devices"] == []
    device = confirm(idp, result, DeviceName="my laptop")
    assert device.asked is False
    found = idp.get_device(AccessToken=result["AccessToken"], DeviceKey=device.key)["Device"]
    shown = {"device_status": "valid", "device_name": "my laptop", "last_ip_used": "127.0.0.1"}
    assert [(item["Name"], item["Value"]) for item in found["DeviceAttributes"]] == list(shown.items())
    assert found["DeviceCreateDate"].timestamp() == 1_800_000_000.25
    assert found["DeviceLastAuthenticatedDate"].timestamp() == 1_800_000_000
    assert idp.list_devices(AccessToken=result["AccessToken"])["Devices"] == [found]
    admin = {"UserPoolId": at.pool, "Username": "ann"}
    told = idp.admin_get_device(**admin, DeviceKey=device.key)["Device"]
    owner = f"ann.{at.pool}"
    assert [(item["Name"], item["Value"]) for item in told["DeviceAttributes"]] == [
        ("device_status", "valid"),
        ("device_name", "my laptop"),
        ("dev:device_arn", f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:owner/{owner}/device/{device.key}"),
        ("dev:device_owner", owner),
        ("last_ip_used", "127.0.0.1"),
        ("dev:device_remembered_status", "remembered"),
        ("dev:device_sdk", "aws-sdk"),
    ]
    assert told | {"DeviceAttributes": []} == found | {"DeviceAttributes": []}
    assert idp.admin_list_devices(**admin)["Devices"] == [told]


def test_a_device_without_a_name_has_no_attribute_for_it(running: Running, idp: Any) -> None:
    at = tracked(running)
    result = sign_in(idp, at)
    device = confirm(idp, result)
    found = idp.get_device(AccessToken=result["AccessToken"], DeviceKey=device.key)["Device"]
    assert [item["Name"] for item in found["DeviceAttributes"]] == ["device_status", "last_ip_used"]
    told = idp.admin_get_device(UserPoolId=at.pool, Username="ann", DeviceKey=device.key)["Device"]
    assert "device_name" not in {item["Name"] for item in told["DeviceAttributes"]}


def test_confirm_refusals(running: Running, idp: Any) -> None:
    at = tracked(running)
    first, second = sign_in(idp, at), sign_in(idp, at)
    token, key = first["AccessToken"], first["NewDeviceMetadata"]["DeviceKey"]
    group = first["NewDeviceMetadata"]["DeviceGroupKey"]
    good = make_device_secret(group, key).verifier
    with refused("InvalidParameterException", "Invalid device key given."):
        other = second["NewDeviceMetadata"]["DeviceKey"]
        idp.confirm_device(AccessToken=token, DeviceKey=other, DeviceSecretVerifierConfig=good)
    with refused("InvalidParameterException", "Missing required parameter DeviceSecretVerifierConfig.PasswordVerifier"):
        idp.confirm_device(AccessToken=token, DeviceKey=key)
    with refused("InvalidParameterException", "Missing required parameter DeviceSecretVerifierConfig.Salt"):
        without = {"PasswordVerifier": good["PasswordVerifier"]}
        idp.confirm_device(AccessToken=token, DeviceKey=key, DeviceSecretVerifierConfig=without)
    zero = base64.b64encode(password_secret.pad(srp.N)).decode()
    for wrong in ({"PasswordVerifier": "!"}, {"Salt": "!"}, {"PasswordVerifier": "AA=="}, {"PasswordVerifier": zero}):
        with refused("InvalidParameterException", "Invalid device secret verifier given."):
            idp.confirm_device(AccessToken=token, DeviceKey=key, DeviceSecretVerifierConfig={**good, **wrong})
    idp.confirm_device(AccessToken=token, DeviceKey=key, DeviceSecretVerifierConfig=good)
    with refused("DeviceKeyExistsException", "Device already exists."):
        idp.confirm_device(AccessToken=token, DeviceKey=key, DeviceSecretVerifierConfig=good)


@pytest.mark.parametrize("with_session", [True, False])
def test_a_remembered_device_replaces_mfa(running: Running, idp: Any, with_session: bool) -> None:
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    secret = give_totp(running, idp, at)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    result = finish(idp, at, answer, device, with_session=with_session)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in result
    # Without the device the second factor is asked for.
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD)
    assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    # A client may name the device only here.
    code = totp(secret, running.world.clock.now())
    given = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code, "DEVICE_KEY": device.key}
    finish(idp, at, respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **given), device)


def test_the_device_in_the_answer_to_srp(running: Running, idp: Any) -> None:
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    client = SrpClient(at.pool, PASSWORD)
    responses = client.responses(srp_begin(idp, at, client))
    with refused("ResourceNotFoundException", GONE):
        respond(idp, at, "PASSWORD_VERIFIER", **responses, DEVICE_KEY="us-east-1_0")
    # The client forgets the key and repeats the same answer without it.
    assert "NewDeviceMetadata" in respond(idp, at, "PASSWORD_VERIFIER", **responses)["AuthenticationResult"]
    responses = client.responses(srp_begin(idp, at, client))
    finish(idp, at, respond(idp, at, "PASSWORD_VERIFIER", **responses, DEVICE_KEY=device.key), device)
    # An unknown key at the start alone is no reason to refuse.
    responses = client.responses(srp_begin(idp, at, client, DEVICE_KEY="us-east-1_0"))
    assert "NewDeviceMetadata" in respond(idp, at, "PASSWORD_VERIFIER", **responses)["AuthenticationResult"]


def test_mfa_is_asked_too_unless_devices_replace_it(running: Running, idp: Any) -> None:
    at = tracked(running, ChallengeRequiredOnNewDevice=False)
    device = confirm(idp, sign_in(idp, at))
    secret = give_totp(running, idp, at)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    assert answer["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    code = totp(secret, running.world.clock.now())
    given = {"USERNAME": "ann", "SOFTWARE_TOKEN_MFA_CODE": code}
    answer = respond(idp, at, "SOFTWARE_TOKEN_MFA", answer["Session"], **given)
    assert "AuthenticationResult" in finish(idp, at, answer, device)


def test_a_wrong_device_secret_is_refused(running: Running, idp: Any) -> None:
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    device.password = "another"
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    with refused("NotAuthorizedException", WRONG):
        finish(idp, at, answer, device)


def test_a_second_proof_of_a_device_after_a_wrong_one(running: Running, idp: Any) -> None:
    """Measured of passwords: the SRP challenge stays good while its session lasts."""
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    client = device.client()
    begun = {"USERNAME": "ann", "DEVICE_KEY": device.key, "SRP_A": client.public}
    asked = respond(idp, at, "DEVICE_SRP_AUTH", answer["Session"], **begun)
    right = device.claim(asked["ChallengeParameters"], client)
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **right | {"PASSWORD_CLAIM_SIGNATURE": "AAAA"})
    assert "AccessToken" in respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **right)["AuthenticationResult"]
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **right)


def test_wrong_proofs_of_a_device_lock_the_user(running: Running, idp: Any) -> None:
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    running.world.clock.freeze(1_800_000_000)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    client = device.client()
    begun = {"USERNAME": "ann", "DEVICE_KEY": device.key, "SRP_A": client.public}
    asked = respond(idp, at, "DEVICE_SRP_AUTH", answer["Session"], **begun)
    right = device.claim(asked["ChallengeParameters"], client)
    for _ in range(5):
        with refused("NotAuthorizedException", WRONG):
            respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **right | {"PASSWORD_CLAIM_SIGNATURE": "AAAA"})
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **right)
    running.world.clock.advance(1)
    assert "AuthenticationResult" in respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **right)


def test_a_device_that_voids_its_proof_lets_nobody_in(running: Running, idp: Any) -> None:
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    begun = {"USERNAME": "ann", "DEVICE_KEY": device.key, "SRP_A": "0"}
    asked = respond(idp, at, "DEVICE_SRP_AUTH", answer["Session"], **begun)["ChallengeParameters"]
    block, stamp = base64.b64decode(asked["SECRET_BLOCK"]), "Sat Sep 5 09:03:02 UTC 2026"
    key = srp.session_key(srp._hash_number(password_secret.pad(0), password_secret.pad(int(asked["SRP_B"], 16))), 0)
    claim = {
        "USERNAME": "ann",
        "DEVICE_KEY": device.key,
        "TIMESTAMP": stamp,
        "PASSWORD_CLAIM_SECRET_BLOCK": asked["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": srp.proof(key, device.group, device.key, block, stamp),
    }
    with refused("NotAuthorizedException", WRONG):
        respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **claim)


def test_the_challenge_of_a_device_uses_up_its_session_in_one_write(running: Running, idp: Any) -> None:
    """A failure or a snapshot between two writes would find neither challenge outstanding."""
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    begun = {"USERNAME": "ann", "DEVICE_KEY": device.key, "SRP_A": "a1"}
    before = running.world.store.history.number
    respond(idp, at, "DEVICE_SRP_AUTH", answer["Session"], **begun)
    [commit] = running.world.store.history.since(before)
    assert [(change.table, change.before is None) for change in commit.changes] == [
        ("sessions", False),
        ("sessions", True),
    ]


def test_a_verifier_without_padding(running: Running, idp: Any) -> None:
    """The values of the AWS CLI's example."""
    at = tracked(running)
    result = sign_in(idp, at)
    secret = {"PasswordVerifier": "TXlWZXJpZmllclN0cmluZw", "Salt": "TXlTUlBTYWx0"}
    idp.confirm_device(
        AccessToken=result["AccessToken"],
        DeviceKey=result["NewDeviceMetadata"]["DeviceKey"],
        DeviceSecretVerifierConfig=secret,
    )
    [device] = running.world.store.devices
    assert (device.salt, device.verifier) == (b"MySRPSalt", int.from_bytes(b"MyVerifierString", "big"))


def test_somebody_elses_device_is_unknown(running: Running, idp: Any) -> None:
    at = tracked(running)
    user(running, at.pool, "bob")
    device = confirm(idp, sign_in(idp, at))
    bob = sign_in(idp, at, "bob")
    with refused("ResourceNotFoundException", GONE):
        begin(idp, at, USERNAME="bob", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    with refused("ResourceNotFoundException", GONE):
        idp.get_device(AccessToken=bob["AccessToken"], DeviceKey=device.key)
    answer = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    given = {"USERNAME": "bob", "DEVICE_KEY": device.key, "SRP_A": "a1"}
    with refused("NotAuthorizedException", "Invalid session for the user."):
        respond(idp, at, "DEVICE_SRP_AUTH", answer["Session"], **given)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        respond(idp, at, "DEVICE_SRP_AUTH", **given)


def test_device_srp_cannot_come_first(running: Running, idp: Any) -> None:
    at = tracked(running)
    device = confirm(idp, sign_in(idp, at))
    given = {"USERNAME": "ann", "DEVICE_KEY": device.key, "SRP_A": "a1"}
    with refused("NotAuthorizedException", "Invalid session for the user."):
        respond(idp, at, "DEVICE_SRP_AUTH", **given)
    for missing in ("DEVICE_KEY", "SRP_A"):
        with refused("InvalidParameterException", f"Missing required parameter {missing}"):
            respond(idp, at, "DEVICE_SRP_AUTH", **{name: v for name, v in given.items() if name != missing})


def test_opt_in(running: Running, idp: Any) -> None:
    at = tracked(running, DeviceOnlyRememberedOnUserPrompt=True)
    result = sign_in(idp, at)
    device = confirm(idp, result)
    assert device.asked is True
    # Not the user's to see before it is remembered [observed: aws-sdk-android testRememberDevice, amplify-js#12171].
    assert idp.list_devices(AccessToken=result["AccessToken"])["Devices"] == []
    with refused("ResourceNotFoundException", "Device does not exist."):
        idp.get_device(AccessToken=result["AccessToken"], DeviceKey=device.key)
    assert len(idp.admin_list_devices(UserPoolId=at.pool, Username="ann")["Devices"]) == 1
    # Known but not remembered: no device sign-in, and no new device either.
    plain = begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)["AuthenticationResult"]
    assert "NewDeviceMetadata" not in plain
    idp.update_device_status(
        AccessToken=result["AccessToken"], DeviceKey=device.key, DeviceRememberedStatus="remembered"
    )
    assert idp.get_device(AccessToken=result["AccessToken"], DeviceKey=device.key)["Device"]["DeviceKey"] == device.key
    assert len(idp.list_devices(AccessToken=result["AccessToken"])["Devices"]) == 1
    finish(idp, at, begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key), device)
    admin = {"UserPoolId": at.pool, "Username": "ann", "DeviceKey": device.key}
    idp.admin_update_device_status(**admin, DeviceRememberedStatus="not_remembered")
    assert "AuthenticationResult" in begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    with refused("InvalidParameterException", "Missing required parameter DeviceRememberedStatus"):
        idp.update_device_status(AccessToken=result["AccessToken"], DeviceKey=device.key)


def test_refresh_needs_the_confirmed_device(running: Running, idp: Any) -> None:
    at = tracked(running)
    result = sign_in(idp, at)
    key = result["NewDeviceMetadata"]["DeviceKey"]
    token = {"RefreshToken": result["RefreshToken"], "ClientId": at.client}
    for members in ({}, {"DeviceKey": key}):  # not confirmed yet
        with refused("NotAuthorizedException", "Invalid Refresh Token."):
            idp.get_tokens_from_refresh_token(**token, **members)
    confirm(idp, result)
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        idp.get_tokens_from_refresh_token(**token)
    fresh = idp.get_tokens_from_refresh_token(**token, DeviceKey=key)["AuthenticationResult"]
    idp.get_device(AccessToken=fresh["AccessToken"], DeviceKey=key)
    parameters = {"REFRESH_TOKEN": result["RefreshToken"], "DEVICE_KEY": key}
    begin(idp, at, "REFRESH_TOKEN_AUTH", **parameters)
    with refused("NotAuthorizedException", "Invalid Refresh Token."):
        begin(idp, at, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=result["RefreshToken"])


@pytest.mark.parametrize("by_admin", [True, False])
def test_forget(running: Running, idp: Any, by_admin: bool) -> None:
    at = tracked(running)
    result = sign_in(idp, at)
    device = confirm(idp, result)
    other = sign_in(idp, at)
    if by_admin:
        idp.admin_forget_device(UserPoolId=at.pool, Username="ann", DeviceKey=device.key)
    else:
        idp.forget_device(AccessToken=result["AccessToken"], DeviceKey=device.key)
    assert idp.list_devices(AccessToken=result["AccessToken"])["Devices"] == []
    with refused("InvalidParameterException", "Invalid device key given."):
        confirm(idp, result)
    assert idp.list_devices(AccessToken=other["AccessToken"])["Devices"] == []
    with refused("NotAuthorizedException", "Refresh Token has been revoked"):
        idp.get_tokens_from_refresh_token(RefreshToken=device.refresh, ClientId=at.client, DeviceKey=device.key)
    with refused("ResourceNotFoundException", GONE):
        begin(idp, at, USERNAME="ann", PASSWORD=PASSWORD, DEVICE_KEY=device.key)
    with refused("ResourceNotFoundException", GONE):
        idp.forget_device(AccessToken=other["AccessToken"], DeviceKey=device.key)


def test_unknown_users_and_devices(running: Running, idp: Any) -> None:
    at = tracked(running)
    nobody = {"UserPoolId": at.pool, "Username": "nobody"}
    for call in (idp.admin_get_device, idp.admin_forget_device):
        code = "ResourceNotFoundException" if call == idp.admin_get_device else "UserNotFoundException"
        with refused(code, "User does not exist."):
            call(**nobody, DeviceKey="us-east-1_0")
    with refused("ResourceNotFoundException", "User does not exist."):
        idp.admin_list_devices(**nobody)
    with refused("UserNotFoundException", "User does not exist."):
        idp.admin_update_device_status(**nobody, DeviceKey="us-east-1_0", DeviceRememberedStatus="remembered")
    for call in (idp.admin_get_device, idp.admin_forget_device):
        with refused("ResourceNotFoundException", GONE):
            call(UserPoolId=at.pool, Username="ann", DeviceKey="us-east-1_0")
    for call in (idp.get_device, idp.forget_device):
        with refused("InvalidParameterException", "Missing required parameter AccessToken"):
            call(DeviceKey="us-east-1_0")


def test_pages(running: Running, idp: Any) -> None:
    at = tracked(running)
    keys = [confirm(idp, sign_in(idp, at)).key for _ in range(3)]
    admin = {"UserPoolId": at.pool, "Username": "ann"}
    first = idp.admin_list_devices(**admin, Limit=2)
    second = idp.admin_list_devices(**admin, Limit=2, PaginationToken=first["PaginationToken"])
    assert [d["DeviceKey"] for d in first["Devices"] + second["Devices"]] == keys
    assert "PaginationToken" not in second


def test_deleting_the_user_deletes_the_devices(running: Running, idp: Any) -> None:
    at = tracked(running)
    confirm(idp, sign_in(idp, at))
    running.call("AdminDeleteUser", UserPoolId=at.pool, Username="ann")
    assert len(running.world.store.devices) == 0
