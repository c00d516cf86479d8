"""`CognitoPool`: a user pool with one app client, as tests want it."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from cognito_emulator import pool_sign_in
from cognito_emulator.pool_sign_in import PASSWORD, Answers, Options, PoolSignIn, RememberedDevice

READY_POOL = {"PoolName": "tests", "AutoVerifiedAttributes": ["email"]}
READY_CLIENT = {
    "ClientName": "tests",
    "ExplicitAuthFlows": [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_CUSTOM_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ],
}
MFA_MODES = ("OFF", "ON", "OPTIONAL")
_VERIFIABLE = ("email", "phone_number")
__tracebackhide__ = True  # a traceback of pytest ends in the test


class Helpers(pool_sign_in.Helpers, Protocol):
    """What a pool needs of its emulator."""

    def set_totp(self, user: str, secret: str | None = None, *, pool: str | None = None) -> str: ...

    def rework(
        self, result: Mapping[str, Any], *, claims: Mapping[str, Any] | None = None, expired: bool = False
    ) -> dict[str, Any]: ...

    def tokens(self, pool: str, client: str, username: str, **order: Any) -> dict[str, Any]: ...

    def has_group(self, pool: str, group: str) -> bool: ...

    def pool_urls(self, pool: str) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class CognitoPool:
    """A user pool with one app client.

    `client_secret` is None unless the client was requested with one. `idp` is a boto3 client of the pool's Region,
    `emulator` the `Emulator` that has made it.
    """

    id: str
    client_id: str
    client_secret: str | None = field(repr=False)
    idp: Any = field(repr=False)
    emulator: Helpers = field(repr=False)

    @property
    def issuer(self) -> str:
        """The `iss` claim of the pool's tokens."""
        return self.emulator.pool_urls(self.id)[0]

    @property
    def jwks_url(self) -> str:
        """Where the public keys of its tokens are."""
        return self.emulator.pool_urls(self.id)[1]

    def add_user(
        self,
        username: str,
        password: str = PASSWORD,
        *,
        groups: Iterable[str] = (),
        attributes: Mapping[str, Any] | None = None,
        totp: str | bool | None = None,
        confirmed: bool = True,
        **more: Any,
    ) -> str:
        """Add a user and return the sub; where that is refused, no user is left.

        Args:
            groups: names of groups; those that the pool lacks are made.
            attributes: by name; `email` and `phone_number` count as verified. Also as keywords.
            totp: the base32 secret of an authenticator, or True for a new one; the pool must offer them (`mfa=`).
            confirmed: False for a user who has signed up and has not confirmed it.
        """
        listed = {**(attributes or {}), **more}
        sub = self._create(username, listed) if confirmed else self._sign_up(username, password, listed)
        try:
            if confirmed:
                self._call("admin_set_user_password", Username=sub, Password=password, Permanent=True)
            for group in groups:
                self._join(sub, group)
            if totp:
                self.emulator.set_totp(sub, None if totp is True else totp, pool=self.id)
        except Exception:
            self._call("admin_delete_user", Username=sub)
            raise
        return sub

    def _create(self, username: str, attributes: dict[str, Any]) -> str:
        verified = {f"{name}_verified": "true" for name in _VERIFIABLE if name in attributes}
        listed = _listed({**verified, **attributes})
        made = self._call("admin_create_user", Username=username, UserAttributes=listed, MessageAction="SUPPRESS")
        return str(next(each["Value"] for each in made["User"]["Attributes"] if each["Name"] == "sub"))

    def _sign_up(self, username: str, password: str, attributes: dict[str, Any]) -> str:
        secret = self.secret_hash(username).get("SECRET_HASH")
        members = {
            "ClientId": self.client_id,
            "Username": username,
            "Password": password,
            "UserAttributes": _listed(attributes),
            **({"SecretHash": secret} if secret else {}),
        }
        made = self.emulator.call_api(self.idp, "sign_up", members)
        return str(made["UserSub"])

    def _join(self, username: str, group: str) -> None:
        if not self.emulator.has_group(self.id, group):
            with suppress(self.idp.exceptions.GroupExistsException):  # another thread may have made it
                self._call("create_group", GroupName=group)
        self._call("admin_add_user_to_group", Username=username, GroupName=group)

    def _call(self, method: str, **members: Any) -> Mapping[str, Any]:
        """Call an operation of the pool."""
        return self.emulator.call_api(self.idp, method, {"UserPoolId": self.id, **members})

    def sign_in(
        self,
        username: str,
        password: str | None = None,
        *,
        expired: bool = False,
        totp: str | None = None,
        new_password: str | None = None,
        claims: Mapping[str, Any] | None = None,
        answers: Answers | None = None,
        device: RememberedDevice | None = None,
        first_factor: str | None = None,
        second_factor: str | None = None,
        flow: str | None = None,
    ) -> dict[str, Any]:
        """Sign in and return `AuthenticationResult`.

        That has AccessToken, IdToken, RefreshToken and more.

        The sign-in begins with a password, or the first factor that the user has. Challenges are answered by what the
        emulator knows: authenticators, passkeys of `add_passkey`, and the codes that it has sent.

        Args:
            password: without, that of `add_user`. In custom authentication the sign-in begins with SRP if it is passed.
            expired: the access and ID token have expired a minute ago, by the emulator's clock and the machine's.
            totp: a code of the authenticator, or its base32 secret.
            new_password: the answer to NEW_PASSWORD_REQUIRED.
            claims: added to both tokens, as a pre token generation function would; None takes a claim out.
            answers: to the challenges of custom authentication: a text, or a function that is called with the public
                parameters and returns it. Answers by the name of a challenge go before this method's own; a mapping
                is its ChallengeResponses.
            device: what `remember_device` has returned.
            first_factor: PASSWORD, PASSWORD_SRP, EMAIL_OTP, SMS_OTP or WEB_AUTHN, in USER_AUTH.
            second_factor: SOFTWARE_TOKEN_MFA, SMS_MFA or EMAIL_OTP, where the user may choose.
            flow: the AuthFlow; without, one that the app client has.

        Raises:
            botocore.exceptions.ClientError: it is refused.
            LookupError: a challenge has to be answered and an argument for it is missing; the text names it.
        """
        options = Options(
            password=password,
            totp=totp,
            new_password=new_password,
            answers=answers,
            device=device,
            first_factor=first_factor,
            second_factor=second_factor,
            flow=flow,
        )
        result = PoolSignIn(self, username, options).result()
        return self.emulator.rework(result, claims=claims, expired=expired) if expired or claims else result

    def remember_device(self, tokens: Mapping[str, Any], name: str = "tests") -> RememberedDevice:
        """Confirm the device of a sign-in, remember it and return it.

        A later sign-in takes it: `sign_in(device=...)`.

        Args:
            tokens: what `sign_in` has returned.

        Raises:
            LookupError: the sign-in has no new device.
        """
        from cognito_emulator.ports.srp_client import make_device_secret

        made = tokens.get("NewDeviceMetadata")
        if made is None:
            raise LookupError("The sign-in has no NewDeviceMetadata: create the pool with a DeviceConfiguration.")
        key, group = made["DeviceKey"], made["DeviceGroupKey"]
        secret = make_device_secret(group, key)
        access = {"AccessToken": tokens["AccessToken"], "DeviceKey": key}
        confirmed = self.idp.confirm_device(**access, DeviceName=name, DeviceSecretVerifierConfig=dict(secret.verifier))
        if confirmed.get("UserConfirmationNecessary"):
            self.idp.update_device_status(**access, DeviceRememberedStatus="remembered")
        return RememberedDevice(key, group, secret.password)

    async def sign_in_async(self, username: str, password: str | None = None, **options: Any) -> dict[str, Any]:
        """Sign in as `sign_in` does, without blocking the event loop."""
        return await asyncio.to_thread(self.sign_in, username, password, **options)

    async def add_user_async(self, username: str, password: str = PASSWORD, **options: Any) -> str:
        """Add a user as `add_user` does, without blocking the event loop."""
        return await asyncio.to_thread(self.add_user, username, password, **options)

    def tokens(self, username: str, **order: Any) -> dict[str, Any]:
        """Return the tokens of a confirmed user without a sign-in.

        The members are those of `Emulator.tokens`.
        """
        return self.emulator.tokens(self.id, self.client_id, username, **order)

    def secret_hash(self, username: str) -> dict[str, str]:
        """Return `{"SECRET_HASH": ...}` for AuthParameters.

        It is empty where the client has no secret.
        """
        if self.client_secret is None:
            return {}
        digest = hmac.digest(self.client_secret.encode(), f"{username}{self.client_id}".encode(), "sha256")
        return {"SECRET_HASH": base64.b64encode(digest).decode()}


def ready_client(pool: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a client that can all that a new pool offers."""
    flows = [*READY_CLIENT["ExplicitAuthFlows"]]
    if pool.get("Policies", {}).get("SignInPolicy"):
        flows.append("ALLOW_USER_AUTH")
    return {**READY_CLIENT, "ExplicitAuthFlows": flows}


def _listed(attributes: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return attributes as the API wants them; booleans as "true" and "false"."""
    return [
        {"Name": name, "Value": str(value).lower() if isinstance(value, bool) else str(value)}
        for name, value in attributes.items()
    ]
