"""A pool without a device configuration hands out no device key.

Sources: docs: amazon-cognito-user-pools-device-tracking
"""

from __future__ import annotations

from tests.conformance.service import Service


def run(aws: Service) -> None:
    pool = aws.create_pool()
    client = aws.create_client(pool)
    aws.create_user(pool, "ann")
    assert "NewDeviceMetadata" not in aws.sign_in(client, "ann")
