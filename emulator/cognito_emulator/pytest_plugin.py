"""The pytest plugin: an emulator for the session, and fixtures.

    cognito_server    the running emulator, for fixtures of the session; no state is restored
    cognito           the same, for one test; its state is restored afterwards
    cognito_client    a boto3 client of cognito-idp
    cognito_pool      a ready user pool with an app client
    cognito_settings  override it to start the emulator with other settings

The server is imported only when one of the fixtures is used: every pytest run of the environment loads this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cognito_emulator.server import Emulator

SEED_MARKER = "cognito_seed(path, ...): seed files for this test, relative to its file or to the rootdir"
POOL_MARKER = (
    "cognito_pool(pool={...}, client={...}): members of CreateUserPool and CreateUserPoolClient for cognito_pool"
)
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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "cognito_emulator_seed",
        "seed files that the fixtures' emulator starts with, relative to the ini-file",
        type="paths",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", SEED_MARKER)
    config.addinivalue_line("markers", POOL_MARKER)


@dataclass(frozen=True, slots=True)
class CognitoPool:
    """A user pool with one app client.

    `client_secret` is None unless the client was requested with one.
    """

    id: str
    client_id: str
    client_secret: str | None
    idp: Any

    def add_user(self, username: str, password: str = "Password-1", **attributes: str) -> str:
        """Create a confirmed user and return the sub.

        The attributes `email` and `phone_number` count as verified.
        """
        verified = {f"{name}_verified": "true" for name in ("email", "phone_number") if name in attributes}
        listed = [{"Name": name, "Value": value} for name, value in {**attributes, **verified}.items()]
        made = self.idp.admin_create_user(
            UserPoolId=self.id, Username=username, UserAttributes=listed, MessageAction="SUPPRESS"
        )
        self.idp.admin_set_user_password(UserPoolId=self.id, Username=username, Password=password, Permanent=True)
        return str(next(each["Value"] for each in made["User"]["Attributes"] if each["Name"] == "sub"))

    def sign_in(self, username: str, password: str = "Password-1") -> dict[str, Any]:
        """Sign in with a password and return `AuthenticationResult`.

        It has AccessToken, IdToken, RefreshToken, ...

        Raises:
            botocore.exceptions.ClientError: it is refused.
            LookupError: a challenge has to be answered first.
        """
        answer = self.idp.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password, **self.secret_hash(username)},
        )
        if "ChallengeName" in answer:
            raise LookupError(f"The sign-in of {username!r} asks for {answer['ChallengeName']}; answer that yourself.")
        result: dict[str, Any] = answer["AuthenticationResult"]
        return result

    def secret_hash(self, username: str) -> dict[str, str]:
        """Return `{"SECRET_HASH": ...}` for AuthParameters.

        It is empty where the client has no secret.
        """
        if self.client_secret is None:
            return {}
        import base64
        import hmac

        digest = hmac.digest(self.client_secret.encode(), f"{username}{self.client_id}".encode(), "sha256")
        return {"SECRET_HASH": base64.b64encode(digest).decode()}


@pytest.fixture(scope="session")
def cognito_settings() -> dict[str, Any]:
    """Return settings by name (`settings.Settings`); override it.

    An example is `{"issuer": "aws", "code": "123456"}`.
    """
    return {}


@pytest.fixture(scope="session")
def cognito_server(pytestconfig: pytest.Config, cognito_settings: dict[str, Any]) -> Iterator[Emulator]:
    """Run the emulator of this session on a free port.

    Under xdist it is that of the worker. No state is restored after use.
    """
    seeds = tuple(str(path) for path in pytestconfig.getini("cognito_emulator_seed"))
    settings = {"port": 0, **({"seeds": seeds} if seeds else {}), **cognito_settings}
    from cognito_emulator.server import Emulator

    with Emulator(**settings) as running:
        yield running


@pytest.fixture
def cognito(cognito_server: Emulator, request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """Return the emulator for one test.

    State, clock and messages are restored to the start seed afterwards. The test's functions are removed.
    """
    try:
        for marker in reversed(list(request.node.iter_markers("cognito_seed"))):
            for path in marker.args:
                cognito_server.seed(_find_seed(request, str(path)))
        with cognito_server.functions_put_back():
            yield cognito_server
    finally:
        cognito_server.reset()


def _find_seed(request: pytest.FixtureRequest, path: str) -> Path:
    """Find a seed file relative to the test's file, else to the rootdir."""
    places = [request.path.parent / path, request.config.rootpath / path]
    for place in places:
        if place.is_file():
            return place
    looked = " or ".join(dict.fromkeys(str(place) for place in places))
    return pytest.fail(f"cognito_seed: no file {looked}", pytrace=False)


@pytest.fixture
def cognito_client(cognito: Emulator) -> Any:
    """Make a boto3 client of cognito-idp.

    `cognito.client(service, region)` makes others.
    """
    return cognito.client("cognito-idp")


@pytest.fixture
def cognito_pool(cognito_client: Any, request: pytest.FixtureRequest) -> CognitoPool:
    """Make a user pool with an app client that allows every password flow.

    The marker `cognito_pool` changes both.
    """
    pool_members: dict[str, Any] = dict(READY_POOL)
    client_members: dict[str, Any] = dict(READY_CLIENT)
    for marker in reversed(list(request.node.iter_markers("cognito_pool"))):
        pool_members |= marker.kwargs.get("pool", {})
        client_members |= marker.kwargs.get("client", {})
    pool = cognito_client.create_user_pool(**pool_members)["UserPool"]
    client = cognito_client.create_user_pool_client(UserPoolId=pool["Id"], **client_members)["UserPoolClient"]
    return CognitoPool(pool["Id"], client["ClientId"], client.get("ClientSecret"), cognito_client)
