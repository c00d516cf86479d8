"""A device that is not there is not found.

Sources: model: AdminGetDevice
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool(
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
    )
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    aws.sign_in(client, "ann")

    key = aws.target.region + "_5d1c1f6a-92b7-4dbb-a3a9-6b0f6a3a9c11"
    with aws.refused("ResourceNotFoundException", "Device does not exist."):
        aws.idp.admin_get_device(UserPoolId=pool, Username="ann", DeviceKey=key)
