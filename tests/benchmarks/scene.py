"""A pool in a server of `tests.benchmarks.served`, which adds users without the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.benchmarks.load import Served, message
from tests.helpers.build import FLOWS, PASSWORD

Requests = Callable[[int], bytes]
ROUNDS = 3  # by turns, of which the median counts


class Scene:
    """A pool with a client, many users, and one who has signed in; and requests to it."""

    def __init__(self, served: Served, users: int) -> None:
        self.served = served
        self.pool: str = served.call("CreateUserPool", PoolName="p")["UserPool"]["Id"]
        made = served.call("CreateUserPoolClient", UserPoolId=self.pool, ClientName="c", ExplicitAuthFlows=FLOWS)
        self.client: str = made["UserPoolClient"]["ClientId"]
        served.ask(f"users {self.pool} {users}")
        served.call("SignUp", ClientId=self.client, Username="ann", Password=PASSWORD)
        served.call("AdminConfirmSignUp", UserPoolId=self.pool, Username="ann")
        parameters = {"USERNAME": "ann", "PASSWORD": PASSWORD}
        answer = served.call(
            "InitiateAuth", ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
        )
        result = answer["AuthenticationResult"]
        self.access: str = result["AccessToken"]
        self.id_token: str = result["IdToken"]
        served.settle()

    def admin(self, operation: str, **members: Any) -> Requests:
        sent = message(operation, {"UserPoolId": self.pool, **members})
        return lambda _: sent

    def get_user(self, _: int = 0) -> bytes:
        return message("GetUser", {"AccessToken": self.access}, signed=False)

    def sign_up(self, number: int, word: str = "new") -> bytes:
        attributes = [{"Name": "email", "Value": f"{word}{number}@example.com"}]
        members = {"ClientId": self.client, "Username": f"{word}{number}", "Password": PASSWORD}
        return message("SignUp", {**members, "UserAttributes": attributes}, signed=False)

    def admin_create(self, number: int, word: str = "made") -> bytes:
        attributes = [{"Name": "email", "Value": f"{word}{number}@example.com"}]
        members = {"UserPoolId": self.pool, "Username": f"{word}{number}", "UserAttributes": attributes}
        return message("AdminCreateUser", members)
