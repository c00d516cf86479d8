"""Builds what tests need, with defaults, by the emulator's own operations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp
import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from cognito_emulator.domain.clients.secret_hash import secret_hash
from cognito_emulator.ports import srp_client
from tests.helpers.harness import Running

PASSWORD = "Correct-horse-7"
FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]
# Who may word e-mails by a function, and send codes for MFA.
DEVELOPER = {
    "EmailSendingAccount": "DEVELOPER",
    "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/a@example.com",
}
SMS = {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms", "ExternalId": "x"}


@dataclass(frozen=True)
class Setup:
    """A pool with one client."""

    pool: str
    client: str
    secret: str | None = None

    def hashed(self, username: str) -> dict[str, str]:
        return {"SECRET_HASH": secret_hash(self.secret, username, self.client)} if self.secret else {}


def setup(running: Running, client: dict[str, Any] | None = None, **pool: Any) -> Setup:
    """A pool and a client with all password flows; members are added to the two operations' defaults."""
    pool_id = running.call("CreateUserPool", PoolName="p", **pool)["UserPool"]["Id"]
    members = {"ClientName": "c", "ExplicitAuthFlows": FLOWS, **(client or {})}
    made = running.call("CreateUserPoolClient", UserPoolId=pool_id, **members)["UserPoolClient"]
    return Setup(pool_id, made["ClientId"], made.get("ClientSecret"))


def without_sms(running: Running, pool: str) -> None:
    """Takes the pool's SmsConfiguration away, which no operation does: as in a Region that has none of its own."""

    async def change() -> None:
        found = running.world.store.pools.get(pool)
        assert found is not None
        settings = {name: value for name, value in found.settings.items() if name != "SmsConfiguration"}
        with running.world.store.write():
            running.world.store.pools.put(replace(found, settings=settings))

    running.run(change())


def user(
    running: Running,
    pool: str,
    username: str = "ann",
    password: str | None = PASSWORD,
    *,
    permanent: bool = True,
    **attributes: Any,
) -> str:
    """A user with a password, CONFIRMED (or FORCE_CHANGE_PASSWORD); returns the sub."""
    listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
    made = running.call(
        "AdminCreateUser",
        UserPoolId=pool,
        Username=username,
        UserAttributes=listed,
        MessageAction="SUPPRESS",
        TemporaryPassword=PASSWORD,
    )["User"]
    if password is not None and (permanent or password != PASSWORD):
        running.call("AdminSetUserPassword", UserPoolId=pool, Username=username, Password=password, Permanent=permanent)
    return str(next(item["Value"] for item in made["Attributes"] if item["Name"] == "sub"))


def sign_in(idp: Any, setup: Setup, username: str = "ann", password: str = PASSWORD) -> dict[str, Any]:
    """AuthenticationResult of a password sign-in that asks nothing more."""
    parameters = {"USERNAME": username, "PASSWORD": password, **setup.hashed(username)}
    answer = idp.initiate_auth(ClientId=setup.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
    result: dict[str, Any] = answer["AuthenticationResult"]
    return result


class SrpClient(srp_client.SrpClient):
    """A user's half of an SRP sign-in."""

    def __init__(self, pool: str, password: str) -> None:
        super().__init__(pool.split("_", 1)[1])
        self.password = password

    def responses(self, parameters: dict[str, str], at: datetime | None = None) -> dict[str, str]:
        """ChallengeResponses for PASSWORD_VERIFIER."""
        claim = self.claim(parameters, parameters["USER_ID_FOR_SRP"], self.password, at=at)
        return {"USERNAME": parameters["USERNAME"], **claim}


def totp(secret: str, at: float) -> str:
    return pyotp.TOTP(secret).at(int(at))


def give_totp(running: Running, idp: Any, setup: Setup, username: str = "ann", *, prefer: bool = True) -> str:
    """Register an authenticator for a user who can sign in by password alone; returns its secret."""
    token = sign_in(idp, setup, username)["AccessToken"]
    secret: str = idp.associate_software_token(AccessToken=token)["SecretCode"]
    idp.verify_software_token(AccessToken=token, UserCode=totp(secret, running.world.clock.now()))
    if prefer:
        settings = {"Enabled": True, "PreferredMfa": True}
        idp.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=settings)
    running.world.clock.advance(60)  # the code just used is spent
    return secret


def refused(code: str, message: str | None = None) -> Any:
    """`with refused("NotAuthorizedException", "Incorrect username or password."): …`: type and whole text."""
    return _Refused(code, message)


class _Refused:
    def __init__(self, code: str, message: str | None) -> None:
        self.code, self.message = code, message
        self._raises = pytest.raises(ClientError)

    def __enter__(self) -> None:
        self.caught = self._raises.__enter__()

    def __exit__(self, *raised: Any) -> bool:
        swallowed = self._raises.__exit__(*raised)
        error = self.caught.value.response["Error"]
        assert error["Code"] == self.code, error
        if self.message is not None:
            assert error["Message"] == self.message
        return bool(swallowed)
