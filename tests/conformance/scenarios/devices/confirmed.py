"""A confirmed device is listed.

Sources: docs: amazon-cognito-user-pools-device-tracking; observed: amplify-js#12171
"""

from __future__ import annotations

import base64

from tests.conformance.service import Service, attributes_of


def run(aws: Service) -> None:
    pool = aws.create_pool(
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
    )
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    key = result["NewDeviceMetadata"]["DeviceKey"]
    salt = base64.b64encode(bytes(range(16))).decode()
    verifier = base64.b64encode(bytes([1]) * 384).decode()
    aws.idp.confirm_device(
        AccessToken=result["AccessToken"],
        DeviceKey=key,
        DeviceSecretVerifierConfig={"Salt": salt, "PasswordVerifier": verifier},
    )
    [device] = aws.idp.list_devices(AccessToken=result["AccessToken"])["Devices"]
    assert device["DeviceKey"] == key
    assert "device_name" not in attributes_of(device["DeviceAttributes"])
    aws.idp.forget_device(AccessToken=result["AccessToken"], DeviceKey=key)
    assert aws.idp.list_devices(AccessToken=result["AccessToken"])["Devices"] == []
