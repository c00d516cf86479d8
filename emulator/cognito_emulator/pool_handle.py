"""`CognitoPool`: a user pool with one app client, as tests want it."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

READY_POOL = {"PoolName": "tests", "AutoVerifiedAttributes": ["email"]}
READY_CLIENT = {
    "ClientName": "tests",
    "ExplicitAuthFlows": [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ],
}
MFA_MODES = ("OFF", "ON", "OPTIONAL")
PASSWORD = "Password-1"
_CODE_LENGTH = 6
_MOST_STEPS = 8  # no sign-in has as many challenges
_CODES_SENT = {"SMS_MFA": "SMS_MFA_CODE", "EMAIL_OTP": "EMAIL_OTP_CODE", "SMS_OTP": "SMS_OTP_CODE"}
_VERIFIABLE = ("email", "phone_number")


class Helpers(Protocol):
    """What a pool needs of its emulator."""

    def totp(self, user: str, *, pool: str | None = None) -> str: ...

    def set_totp(self, user: str, secret: str | None = None, *, pool: str | None = None) -> str: ...

    def totp_of(self, secret: str) -> str: ...

    def newest_code(self, user: str, pool: str) -> str: ...

    def rework(
        self, result: Mapping[str, Any], *, claims: Mapping[str, Any] | None = None, expired: bool = False
    ) -> dict[str, Any]: ...

    def tokens(self, pool: str, client: str, username: str, **order: Any) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class CognitoPool:
    """A user pool with one app client.

    `client_secret` is None unless the client was requested with one.
    """

    id: str
    client_id: str
    client_secret: str | None = field(repr=False)
    idp: Any = field(repr=False)
    emulator: Helpers = field(repr=False)

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
        """Add a user and return the sub.

        Args:
            groups: names of groups; those that the pool lacks are made.
            attributes: by name; `email` and `phone_number` count as verified. Also as keywords.
            totp: the base32 secret of an authenticator, or True for a new one; the pool must offer them (`mfa=`).
            confirmed: False for a user who has signed up and has not confirmed it.
        """
        listed = {**(attributes or {}), **more}
        sub = self._create(username, password, listed) if confirmed else self._sign_up(username, password, listed)
        for group in groups:
            self._join(sub, group)
        if totp:
            self.emulator.set_totp(sub, None if totp is True else totp, pool=self.id)
        return sub

    def _create(self, username: str, password: str, attributes: dict[str, Any]) -> str:
        verified = {f"{name}_verified": "true" for name in _VERIFIABLE if name in attributes}
        made = self.idp.admin_create_user(
            UserPoolId=self.id,
            Username=username,
            UserAttributes=_listed({**verified, **attributes}),
            MessageAction="SUPPRESS",
        )
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=username, Password=password, Permanent=True)
        return str(next(each["Value"] for each in made["User"]["Attributes"] if each["Name"] == "sub"))

    def _sign_up(self, username: str, password: str, attributes: dict[str, Any]) -> str:
        secret = self.secret_hash(username).get("SECRET_HASH")
        made = self.idp.sign_up(
            ClientId=self.client_id,
            Username=username,
            Password=password,
            UserAttributes=_listed(attributes),
            **({"SecretHash": secret} if secret else {}),
        )
        return str(made["UserSub"])

    def _join(self, username: str, group: str) -> None:
        with suppress(self.idp.exceptions.GroupExistsException):
            self.idp.create_group(UserPoolId=self.id, GroupName=group)
        self.idp.admin_add_user_to_group(UserPoolId=self.id, Username=username, GroupName=group)

    def sign_in(
        self,
        username: str,
        password: str = PASSWORD,
        *,
        expired: bool = False,
        totp: str | None = None,
        new_password: str | None = None,
        claims: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Sign in with a password and return `AuthenticationResult`.

        It has AccessToken, IdToken, RefreshToken, ... Challenges of MFA are answered by the authenticator that the
        emulator knows, or the code that it has sent.

        Args:
            expired: the access and ID token have expired a minute ago, by the emulator's clock and the machine's.
            totp: a code of the authenticator, or its base32 secret.
            new_password: the answer to NEW_PASSWORD_REQUIRED.
            claims: added to both tokens, as a pre token generation function would; None takes a claim out.

        Raises:
            botocore.exceptions.ClientError: it is refused.
            LookupError: a challenge has to be answered that this method cannot answer.
        """
        answer = self.idp.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password, **self.secret_hash(username)},
        )
        for _ in range(_MOST_STEPS):
            if "AuthenticationResult" in answer:
                break
            answer = self._answer(username, answer, totp, new_password)
        result: dict[str, Any] = answer["AuthenticationResult"]
        return self.emulator.rework(result, claims=claims, expired=expired) if expired or claims else result

    async def sign_in_async(self, username: str, password: str = PASSWORD, **options: Any) -> dict[str, Any]:
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

    def _answer(
        self, username: str, asked: Mapping[str, Any], totp: str | None, new_password: str | None
    ) -> Mapping[str, Any]:
        challenge, session = asked["ChallengeName"], asked["Session"]
        responses: dict[str, str] = {}
        if challenge in _CODES_SENT:
            responses[_CODES_SENT[challenge]] = self.emulator.newest_code(username, self.id)
        elif challenge == "SOFTWARE_TOKEN_MFA":
            responses["SOFTWARE_TOKEN_MFA_CODE"] = self._code(username, totp)
        elif challenge == "SELECT_MFA_TYPE":
            offered = str(asked["ChallengeParameters"].get("MFAS_CAN_CHOOSE", ""))
            responses["ANSWER"] = "SOFTWARE_TOKEN_MFA" if "SOFTWARE_TOKEN_MFA" in offered else offered.split('"')[1]
        elif challenge == "MFA_SETUP":
            session = self._set_up(session)
        elif challenge == "NEW_PASSWORD_REQUIRED" and new_password is not None:
            responses["NEW_PASSWORD"] = new_password
        else:
            hint = " pass new_password" if challenge == "NEW_PASSWORD_REQUIRED" else " answer that yourself"
            raise LookupError(f"The sign-in of {username!r} asks for {challenge};{hint}.")
        name = str(asked.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP") or username)
        answered: Mapping[str, Any] = self.idp.respond_to_auth_challenge(
            ClientId=self.client_id,
            ChallengeName=challenge,
            Session=session,
            ChallengeResponses={"USERNAME": name, **responses, **self.secret_hash(name)},
        )
        return answered

    def _code(self, username: str, totp: str | None) -> str:
        if totp is None:
            return self.emulator.totp(username, pool=self.id)
        return totp if len(totp) == _CODE_LENGTH and totp.isdigit() else self.emulator.totp_of(totp)

    def _set_up(self, session: str) -> str:
        """Register an authenticator for MFA_SETUP; return the session that goes on."""
        begun = self.idp.associate_software_token(Session=session)
        code = self.emulator.totp_of(begun["SecretCode"])
        return str(self.idp.verify_software_token(Session=begun["Session"], UserCode=code)["Session"])

    def secret_hash(self, username: str) -> dict[str, str]:
        """Return `{"SECRET_HASH": ...}` for AuthParameters.

        It is empty where the client has no secret.
        """
        if self.client_secret is None:
            return {}
        digest = hmac.digest(self.client_secret.encode(), f"{username}{self.client_id}".encode(), "sha256")
        return {"SECRET_HASH": base64.b64encode(digest).decode()}


def _listed(attributes: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return attributes as the API wants them; booleans as "true" and "false"."""
    return [
        {"Name": name, "Value": str(value).lower() if isinstance(value, bool) else str(value)}
        for name, value in attributes.items()
    ]
