"""Devices: track, confirm and use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cognito_emulator.ports.srp_client import SrpClient, make_device_secret
from tests.helpers.build import Setup, setup, user
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

    def client(self) -> SrpClient:
        """The app's half of a proof."""
        return SrpClient(self.group)

    def claim(self, parameters: dict[str, str], client: SrpClient) -> dict[str, str]:
        """ChallengeResponses for DEVICE_PASSWORD_VERIFIER."""
        proof = client.claim(parameters, self.key, self.password)
        return {"USERNAME": parameters["USERNAME"], "DEVICE_KEY": self.key, **proof}


def confirm(idp: Any, result: dict[str, Any], **members: Any) -> KnownDevice:
    given = result["NewDeviceMetadata"]
    key, group = given["DeviceKey"], given["DeviceGroupKey"]
    secret = make_device_secret(group, key)
    answer = idp.confirm_device(
        AccessToken=result["AccessToken"],
        DeviceKey=key,
        DeviceSecretVerifierConfig=secret.verifier,
        **members,
    )
    return KnownDevice(key, group, secret.password, result["RefreshToken"], answer["UserConfirmationNecessary"])


def finish(idp: Any, at: Setup, answer: Any, device: KnownDevice, *, with_session: bool = True) -> Any:
    """Answer DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER."""
    assert answer["ChallengeName"] == "DEVICE_SRP_AUTH"
    client = device.client()
    session = answer["Session"] if with_session else None
    begun = {"USERNAME": "ann", "DEVICE_KEY": device.key, "SRP_A": client.public}
    answer = respond(idp, at, "DEVICE_SRP_AUTH", session, **begun)
    assert answer["ChallengeName"] == "DEVICE_PASSWORD_VERIFIER"
    return respond(idp, at, "DEVICE_PASSWORD_VERIFIER", **device.claim(answer["ChallengeParameters"], client))
