"""A pool with a client and users, made by the API alone, in any of the servers; and the requests that are measured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cognito_emulator.domain.auth.modexp import power
from cognito_emulator.domain.auth.srp import G, N
from tests.benchmarks.load import Connected, message
from tests.helpers.build import FLOWS, PASSWORD, SrpClient

Requests = Callable[[int], bytes]
USERS = 10
_A = int.from_bytes(b"a number of the client's, long enough for the exchange".ljust(64, b"!")[:32], "big") | 1 << 255
_A_PUBLIC = f"{power(G, _A, N):x}"


class Account:
    """A pool in one server, and requests to it."""

    def __init__(self, served: Connected, domain: str = "") -> None:
        self.served = served
        self._domain = domain  # where user names must be addresses
        self.pool: str = served.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
        named = {"UserPoolId": self.pool, "ClientName": "c"}
        made = served.call("CreateUserPoolClient", **named, ExplicitAuthFlows=FLOWS)
        self.client: str = made["UserPoolClient"]["ClientId"]
        for number in range(USERS):
            self._add(self._name(f"user{number}"))
        self._add(self._name("ann"))
        result = served.call("InitiateAuth", **self._password())["AuthenticationResult"]
        self.access: str = result["AccessToken"]
        self.refresh: str = result["RefreshToken"]

    def _name(self, name: str) -> str:
        return name + self._domain

    def _add(self, name: str) -> None:
        attributes = [
            {"Name": "email", "Value": f"{name.partition('@')[0]}@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ]
        named = {"UserPoolId": self.pool, "Username": name}
        self.served.call("AdminCreateUser", **named, UserAttributes=attributes, MessageAction="SUPPRESS")
        self.served.call("AdminSetUserPassword", **named, Password=PASSWORD, Permanent=True)

    def _password(self) -> dict[str, Any]:
        parameters = {"USERNAME": self._name("ann"), "PASSWORD": PASSWORD}
        return {"ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}

    # --- what is measured; `word` makes names that are new -----------------------------------------------

    def password_sign_in(self, _: str) -> Requests:
        sent = message("InitiateAuth", self._password())
        return lambda _: sent

    def refreshing(self, _: str) -> Requests:
        parameters = {"REFRESH_TOKEN": self.refresh}
        members = {"ClientId": self.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters}
        sent = message("InitiateAuth", members)
        return lambda _: sent

    def get_user(self, _: str) -> Requests:
        sent = message("GetUser", {"AccessToken": self.access})
        return lambda _: sent

    def admin_get_user(self, _: str) -> Requests:
        sent = message("AdminGetUser", {"UserPoolId": self.pool, "Username": self._name("user5")})
        return lambda _: sent

    def sign_up(self, word: str) -> Requests:
        return lambda number: message(
            "SignUp",
            {
                "ClientId": self.client,
                "Username": self._name(f"{word}{number}"),
                "Password": PASSWORD,
                "UserAttributes": [{"Name": "email", "Value": f"{word}{number}@example.com"}],
            },
        )

    def admin_create_user(self, word: str) -> Requests:
        return lambda number: message(
            "AdminCreateUser",
            {
                "UserPoolId": self.pool,
                "Username": self._name(f"{word}{number}"),
                "UserAttributes": [{"Name": "email", "Value": f"{word}{number}@example.com"}],
            },
        )

    def create_user_pool(self, _: str) -> Requests:
        sent = message("CreateUserPool", {"PoolName": "p"})
        return lambda _: sent

    def srp_asked(self) -> dict[str, str]:
        """Begin a sign-in by SRP; return the challenge's parameters."""
        parameters = {"USERNAME": self._name("ann"), "SRP_A": _A_PUBLIC}
        asked: dict[str, str] = self.served.call(
            "InitiateAuth", ClientId=self.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters
        )["ChallengeParameters"]
        return asked

    def srp_responses(self, asked: dict[str, str]) -> dict[str, str]:
        """Compute the client's answer, which takes longer than all that the server does."""
        client = SrpClient(self.pool, PASSWORD)
        client._a, client.public = _A, _A_PUBLIC  # its number costs the client milliseconds, and may be an old one
        return client.responses({"USERNAME": self._name("ann"), **asked})

    def srp_answered(self, responses: dict[str, str]) -> None:
        """End a sign-in by SRP.

        Raises:
            RuntimeError: there are no tokens.
        """
        named = {"ClientId": self.client, "ChallengeName": "PASSWORD_VERIFIER"}
        answer = self.served.call("RespondToAuthChallenge", **named, ChallengeResponses=responses)
        if "AuthenticationResult" not in answer:
            raise RuntimeError(f"no tokens: {answer}")


ROWS: dict[str, Callable[[Account, str], Requests]] = {
    "password sign-in": Account.password_sign_in,
    "refresh": Account.refreshing,
    "GetUser": Account.get_user,
    "AdminGetUser": Account.admin_get_user,
    "SignUp": Account.sign_up,
    "AdminCreateUser": Account.admin_create_user,
    "CreateUserPool": Account.create_user_pool,
}
SRP = "SRP, whole"
SIGNING = ("password sign-in", "refresh")
PLAIN = ("GetUser", "AdminGetUser", "SignUp", "AdminCreateUser")
