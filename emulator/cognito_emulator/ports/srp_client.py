"""The client's half of an SRP sign-in, with random numbers of its own."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property

from msgspec import Struct

from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.users import password_secret

_SECRET_BITS = 256  # long enough [RFC 5054 §3.1], and quick
_SALT_BYTES = 16


class SrpClient:
    """One SRP exchange of a client.

    Args:
        name: the pool's part after the underscore, or the device group's key.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._a = secrets.randbits(_SECRET_BITS) | 1 << (_SECRET_BITS - 1)

    @cached_property
    def public(self) -> str:
        """SRP_A."""
        return f"{srp.client_public(self._a):x}"

    def claim(
        self, parameters: Mapping[str, str], identity: str, password: str, *, at: datetime | None = None
    ) -> dict[str, str]:
        """Return the ChallengeResponses that prove a password.

        Args:
            parameters: of PASSWORD_VERIFIER or DEVICE_PASSWORD_VERIFIER.
            identity: USER_ID_FOR_SRP, or the device's key.
            at: the time that the proof names; now, unless another is given.
        """
        salt = int(parameters["SALT"], 16)
        x = password_secret.private_value(self._name, identity, password, password_secret.pad(salt))
        key = srp.client_key(self._a, int(parameters["SRP_B"], 16), x)
        block = parameters["SECRET_BLOCK"]
        timestamp = srp.write_timestamp(at or datetime.now(UTC))
        return {
            "PASSWORD_CLAIM_SECRET_BLOCK": block,
            "PASSWORD_CLAIM_SIGNATURE": srp.proof(key, self._name, identity, base64.b64decode(block), timestamp),
            "TIMESTAMP": timestamp,
        }


class DeviceSecret(Struct, frozen=True):
    """A device's password, and what ConfirmDevice gets of it.

    The second is DeviceSecretVerifierConfig.
    """

    password: str
    verifier: Mapping[str, str]


def make_device_secret(group: str, key: str) -> DeviceSecret:
    """Make the secret of a new device, as an app does."""
    password, salt = secrets.token_urlsafe(30), secrets.token_bytes(_SALT_BYTES)
    verifier = srp.verifier(password_secret.private_value(group, key, password, salt))
    sent = {"PasswordVerifier": password_secret.pad(verifier), "Salt": salt}
    return DeviceSecret(password, {name: base64.b64encode(value).decode() for name, value in sent.items()})
