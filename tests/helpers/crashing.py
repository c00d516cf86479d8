"""A server that is killed while it is written to, and what must be there after each start."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

from tests.helpers.authenticator import Authenticator

PREFIX = "AWSCognitoIdentityProviderService"
SIGNED = "AWS4-HMAC-SHA256 Credential=AKID/20260905/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"
PASSWORD = "Correct-horse-7"
RP = "example.com"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH"]
Answer = dict[str, Any]


class Gone(Exception):
    """The server has not answered: it was killed."""


class Refused(Exception):
    """An answer that is an error; the text is its name."""


class Calls:
    """One kept connection, to the first world or to the one below a path."""

    def __init__(self, port: int, path: str = "") -> None:
        self.path = path
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def close(self) -> None:
        self._connection.close()

    def __call__(self, operation: str, **members: Any) -> Answer:
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"{PREFIX}.{operation}",
            "Authorization": SIGNED,
        }
        try:
            self._connection.request("POST", f"{self.path}/", json.dumps(members), headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            raise Gone from None
        found: Answer = json.loads(body or b"{}")
        if answer.status != 200:
            raise Refused(f"{found.get('__type')}: {found.get('message')}")
        return found


@dataclass
class Pool:
    """A pool with a client in which writers work, and the path of its world."""

    id: str
    client: str
    path: str = ""


def make_pool(call: Calls) -> Pool:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    pool: str = call("CreateUserPool", PoolName="p", Policies=policy)["UserPool"]["Id"]
    call(
        "SetUserPoolMfaConfig",
        UserPoolId=pool,
        WebAuthnConfiguration={"RelyingPartyId": RP},
        MfaConfiguration="OFF",
    )
    made = call("CreateUserPoolClient", UserPoolId=pool, ClientName="c", ExplicitAuthFlows=FLOWS)
    return Pool(pool, made["UserPoolClient"]["ClientId"], call.path)


@dataclass
class Known:
    """What has been answered about one user."""

    name: str
    nickname: str = ""
    enabled: bool = True
    groups: set[str] = field(default_factory=set)
    tokens: Answer | None = None
    authenticator: Authenticator | None = None


class Writer:
    """One connection's mixed writes on users and groups of its own.

    `users` is what was answered; `doubtful` names the user of the call that got no answer: either state is right.
    """

    def __init__(self, pool: Pool, number: int, seed: int) -> None:
        self.pool, self.number = pool, number
        self.users: dict[str, Known] = {}
        self.deleted: set[str] = set()
        self.doubtful: set[str] = set()
        self.touched: set[str] = set()
        self.answered = 0
        self.groups: set[str] = set()
        self.failure: BaseException | None = None
        self._random = random.Random(seed)
        self._names = (f"user{number}-{count}" for count in itertools.count())
        self._thread: threading.Thread | None = None

    def start(self, port: int) -> None:
        self.doubtful.clear()
        self.touched.clear()
        self._thread = threading.Thread(target=self._work, args=(port,), daemon=True)
        self._thread.start()

    def join(self) -> None:
        assert self._thread is not None
        self._thread.join(60)
        assert not self._thread.is_alive()
        if self.failure is not None:
            raise self.failure

    def _work(self, port: int) -> None:
        call = Calls(port, self.pool.path)
        try:
            while True:
                self._step(call)
        except Gone:
            pass
        except BaseException as error:
            self.failure = error
        finally:
            call.close()

    def _step(self, call: Calls) -> None:
        choices = [self._create]
        if self.users:
            choices += [self._rename, self._disable, self._group, self._sign_in, self._refresh, self._passkey]
            choices += [self._rename, self._group] + [self._delete] * (len(self.users) > 5)
        step = self._random.choice(choices)
        user = Known(next(self._names)) if step == self._create else self._random.choice(list(self.users.values()))
        self.touched.add(user.name)
        self.doubtful.add(user.name)
        step(call, user)
        self.doubtful.discard(user.name)
        self.answered += 1

    def _create(self, call: Calls, user: Known) -> None:
        attributes = [{"Name": "nickname", "Value": "first"}]
        call(
            "AdminCreateUser",
            UserPoolId=self.pool.id,
            Username=user.name,
            UserAttributes=attributes,
            MessageAction="SUPPRESS",
        )
        call("AdminSetUserPassword", UserPoolId=self.pool.id, Username=user.name, Password=PASSWORD, Permanent=True)
        user.nickname = "first"
        self.users[user.name] = user

    def _rename(self, call: Calls, user: Known) -> None:
        value = f"n{self._random.random()}"
        attributes = [{"Name": "nickname", "Value": value}]
        call("AdminUpdateUserAttributes", UserPoolId=self.pool.id, Username=user.name, UserAttributes=attributes)
        user.nickname = value

    def _disable(self, call: Calls, user: Known) -> None:
        operation = "AdminDisableUser" if user.enabled else "AdminEnableUser"
        call(operation, UserPoolId=self.pool.id, Username=user.name)
        user.enabled = not user.enabled
        user.tokens = None  # disabling a user revokes them

    def _group(self, call: Calls, user: Known) -> None:
        name = f"group{self.number}-{self._random.randrange(3)}"
        if name not in self.groups:
            try:
                call("CreateGroup", UserPoolId=self.pool.id, GroupName=name)
            except Refused as error:
                if "GroupExists" not in str(error):  # a call without an answer has made it
                    raise
            self.groups.add(name)
        is_in = name in user.groups
        operation = "AdminRemoveUserFromGroup" if is_in else "AdminAddUserToGroup"
        call(operation, UserPoolId=self.pool.id, Username=user.name, GroupName=name)
        user.groups ^= {name}

    def _sign_in(self, call: Calls, user: Known) -> None:
        if user.enabled:
            parameters = {"USERNAME": user.name, "PASSWORD": PASSWORD}
            made = call(
                "InitiateAuth", ClientId=self.pool.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
            )
            user.tokens = made["AuthenticationResult"]

    def _refresh(self, call: Calls, user: Known) -> None:
        if user.tokens is not None:
            check_tokens(call, self.pool, user)

    def _passkey(self, call: Calls, user: Known) -> None:
        if user.tokens is None or user.authenticator is not None:
            return
        access = user.tokens["AccessToken"]
        options = call("StartWebAuthnRegistration", AccessToken=access)["CredentialCreationOptions"]
        authenticator = Authenticator()
        call("CompleteWebAuthnRegistration", AccessToken=access, Credential=authenticator.create(options))
        user.authenticator = authenticator

    def _delete(self, call: Calls, user: Known) -> None:
        call("AdminDeleteUser", UserPoolId=self.pool.id, Username=user.name)
        del self.users[user.name]
        self.deleted.add(user.name)

    # --- after a start ------------------------------------------------------------------------------------------

    def check(self, call: Calls, names: set[str] | None = None) -> None:
        """Compare users with what was answered; then take over what has become of those in doubt."""
        for name in sorted(self.touched if names is None else names):
            if name in self.doubtful:
                self._settle(call, name)
            elif name in self.users:
                self._compare(call, self.users[name])
            else:
                assert name in self.deleted
                assert found(call, self.pool, name) is None, f"{name} was deleted, and is back"

    def _compare(self, call: Calls, user: Known) -> None:
        there = found(call, self.pool, user.name)
        assert there == (user.nickname, user.enabled, user.groups), f"{user}: {there}"
        if user.tokens is not None:
            check_tokens(call, self.pool, user)
        if user.authenticator is not None and user.enabled:
            check_passkey(call, self.pool, user)

    def _settle(self, call: Calls, name: str) -> None:
        there = found(call, self.pool, name)
        self.users.pop(name, None)
        self.deleted.add(name)
        if there is not None:
            # It goes, so that nothing is in doubt any more.
            call("AdminDeleteUser", UserPoolId=self.pool.id, Username=name)


def found(call: Calls, pool: Pool, name: str) -> tuple[str, bool, set[str]] | None:
    try:
        user = call("AdminGetUser", UserPoolId=pool.id, Username=name)
    except Refused as error:
        assert "UserNotFound" in str(error)  # noqa: PT017
        return None
    groups = call("AdminListGroupsForUser", UserPoolId=pool.id, Username=name)["Groups"]
    nickname = next(each["Value"] for each in user["UserAttributes"] if each["Name"] == "nickname")
    return nickname, user["Enabled"], {group["GroupName"] for group in groups}


def check_tokens(call: Calls, pool: Pool, user: Known) -> None:
    """The access token of before verifies, and the refresh token gives another one."""
    assert user.tokens is not None
    assert call("GetUser", AccessToken=user.tokens["AccessToken"])["Username"] == user.name
    parameters = {"REFRESH_TOKEN": user.tokens["RefreshToken"]}
    made = call("InitiateAuth", ClientId=pool.client, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    user.tokens["AccessToken"] = made["AuthenticationResult"]["AccessToken"]


def check_passkey(call: Calls, pool: Pool, user: Known) -> None:
    assert user.authenticator is not None
    parameters = {"USERNAME": user.name, "PREFERRED_CHALLENGE": "WEB_AUTHN"}
    asked = call("InitiateAuth", ClientId=pool.client, AuthFlow="USER_AUTH", AuthParameters=parameters)
    assert asked.get("ChallengeName") == "WEB_AUTHN", asked
    user.authenticator.counter += 1
    options = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    responses = {"USERNAME": user.name, "CREDENTIAL": json.dumps(user.authenticator.get(options))}
    made = call(
        "RespondToAuthChallenge",
        ClientId=pool.client,
        ChallengeName="WEB_AUTHN",
        Session=asked["Session"],
        ChallengeResponses=responses,
    )
    assert "AuthenticationResult" in made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
