"""A sign-in in a pool that remembers devices hands out a device key.

Sources: docs: amazon-cognito-user-pools-device-tracking
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
    )
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    result = aws.sign_in(client, "ann")

    device = result["NewDeviceMetadata"]
    assert device["DeviceKey"].startswith(aws.target.region + "_")
    assert device["DeviceGroupKey"]
