"""Devices: track, confirm and use them."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from cognito_emulator.domain.auth import srp
from cognito_emulator.domain.users import password_secret
from tests.helpers.build import Setup, SrpClient, setup, user
from tests.helpers.harness import Running
from tests.helpers.sign_in import respond

TRACKED = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}


def tracked(running: Running, **device: bool) -> Setup:
    at = setup(running, DeviceConfiguration={**TRACKED, **device})
    running.call(
        "SetUserPoolMfaConfig",
        UserPoolId=at.pool,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    user(running, at.pool)
    return at


@dataclass
class KnownDevice:
    """What an app keeps of a confirmed device."""

    key: str
    group: str
    password: str
    refresh: str
    asked: bool

    def claim(self, parameters: dict[str, str], client: SrpClient) -> dict[str, str]:
        """ChallengeResponses for DEVICE_PASSWORD_VERIFIER."""
        salt = int(parameters["SALT"], 16).to_bytes(32, "big")
        x = password_secret.private_value(self.group, self.key, self.password, salt)
        key = srp.client_key(client.a, int(parameters["SRP_B"], 16), x)
        block = base64.b64decode(parameters["SECRET_BLOCK"])
        from datetime import UTC, datetime

        timestamp = srp.write_timestamp(datetime.now(UTC))
        return {
            "USERNAME": parameters["USERNAME"],
            "DEVICE_KEY": self.key,
            "PASSWORD_CLAIM_SECRET_BLOCK": parameters["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": srp.proof(key, self.group, self.key, block, timestamp),
            "TIMESTAMP": timestamp,
        }


def secret_of(group: str, key: str, password: str) -> dict[str, str]:
    salt = secrets.token_bytes(16)
    verifier = srp.verifier(password_secret.private_value(group, key, password, salt))
    return {
        "PasswordVerifier": base64.b64encode(password_secret.pad(verifier)).decode(),
        "Salt": base64.b64encode(salt).decode(),
    }


def confirm(idp: Any, result: dict[str, Any], **members: Any) -> KnownDevice:
    given = result["NewDeviceMetadata"]
    key, group, password = given["DeviceKey"], given["DeviceGroupKey"], secrets.token_hex(20)
    answer = idp.confirm_device(
        AccessToken=result["AccessToken"],
        DeviceKey=key,
        DeviceSecretVerifierConfig=secret_of(group, key, password),
        **members,
    )
    return KnownDevice(key, group, password, result["RefreshToken"], answer["UserConfirmationNecessary"])


def finish(idp: Any, at: Setup, answer: Any, device: KnownDevice, *, with_session: bool = True) -> Any:
    """Answer DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER."""
    assert answer["ChallengeName"] == "DEVICE_SRP_AUTH"
    client = SrpClient(at.pool, "")
    session = answer["Session"] if with_session else None
    begun = {"USERNAME": "ann", "DEVICE_KEY": device.key, "SRP_A": client.public}
    answer = respond(idp, at, "DEVICE_SRP_AUTH", session, **begun)
    assert answer["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    return respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **device.claim(answer["ChallengeParameters"], client))
