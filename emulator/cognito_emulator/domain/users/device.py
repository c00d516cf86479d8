"""Devices that users sign in from: the record, its keys, its attributes.

[docs: amazon-cognito-user-pools-device-tracking]
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

from msgspec import Struct

from cognito_emulator.domain.pools.pool import Pool

REMEMBERED = "remembered"
NOT_REMEMBERED = "not_remembered"


class Device(Struct, frozen=True, gc=False):
    """A confirmed device of a user; its key is (pool_id, sub, key).

    `salt` and `verifier` are the device's own SRP secret, made by the app at ConfirmDevice. Dates are epoch seconds.
    Without a DeviceName `name` is empty, and descriptions have no device_name [observed: amplify-js#12171;
    observed: amplify-js#12854].
    """

    pool_id: str
    sub: str
    key: str
    name: str
    salt: bytes
    verifier: int
    created: float
    modified: float
    authenticated: float
    ip: str
    remembered: bool = False

    @property
    def row_key(self) -> tuple[str, str, str]:
        return self.pool_id, self.sub, self.key

    def attributes(self) -> Iterator[tuple[str, str]]:
        """Yield DeviceAttributes as users get them [docs: GetDevice, ListDevices]."""
        yield "device_status", "valid"
        if self.name:
            yield "device_name", self.name
        yield "last_ip_used", self.ip

    def admin_attributes(self, pool: Pool, username: str) -> Iterator[tuple[str, str]]:
        """Yield DeviceAttributes as administrators get them.

        [docs: AdminListDevices, AWS CLI admin-get-device]
        """
        owner = f"{username}.{self.pool_id}"
        yield "device_status", "valid"
        if self.name:
            yield "device_name", self.name
        yield "dev:device_arn", f"arn:aws:cognito-idp:{pool.region}:{pool.account}:owner/{owner}/device/{self.key}"
        yield "dev:device_owner", owner
        yield "last_ip_used", self.ip
        yield "dev:device_remembered_status", REMEMBERED if self.remembered else NOT_REMEMBERED
        yield "dev:device_sdk", "aws-sdk"


def group_key(pool_id: str) -> str:
    """Make the DeviceGroupKey of a pool: a dash and eight characters.

    It is the same for all devices of the pool.
    """
    hashed = base64.b32encode(hashlib.sha256(f"devices of {pool_id}".encode()).digest()).decode()
    return f"-{hashed[:8]}"
