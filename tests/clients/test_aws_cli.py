"""The AWS CLI, unmodified, led here by the environment: shorthand, pagination, output and errors are its own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.settings import Settings
from tests.clients import expected
from tests.helpers.build import PASSWORD, setup, user
from tests.helpers.harness import Running
from tests.helpers.npm import unavailable
from tests.helpers.readme import README, URL, page, pages

COMMAND = Path(sysconfig.get_path("scripts")) / "aws"
FAILED = 255  # the service refused, to version 1; 254 to version 2


class Aws:
    """Runs `aws` with these variables and nothing else of its surroundings."""

    def __init__(self, home: Path, variables: dict[str, str]) -> None:
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home), "AWS_MAX_ATTEMPTS": "1", **variables}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(COMMAND), *arguments], env=self.environment, capture_output=True, text=True, timeout=60
        )

    def __call__(self, *arguments: str, service: str = "cognito-idp") -> Any:
        """What it prints as JSON; None if it prints nothing."""
        done = self.run(service, *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def refusal(self, *arguments: str) -> str:
        """What it prints when the service refuses."""
        done = self.run("cognito-idp", *arguments)
        assert (done.returncode, done.stdout) == (FAILED, "")
        return done.stderr.strip()


def exported(url: str) -> dict[str, str]:
    """The variables that the guide exports for SDKs and the CLI."""
    lines = page("clients").lines("export")
    assert lines
    pairs = [pair for line in lines for pair in shlex.split(line, comments=True)[1:]]
    return {name: value.replace(URL, url) for name, _, value in (pair.partition("=") for pair in pairs)}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    if not COMMAND.exists():
        unavailable("the AWS CLI is not installed beside this Python")
    return tmp_path


@pytest.fixture
def aws(home: Path, running: Running) -> Aws:
    return Aws(home, exported(running.url))


def test_the_lines_of_readme_and_guide(home: Path) -> None:
    """In one emulator; those of README and of the page about clients are known."""
    lines = list(dict.fromkeys(line for document in pages() for line in document.lines("aws")))
    assert page("clients").lines("aws")[1] in README
    with Emulator(Settings(port=0)) as emulator:
        aws = Aws(home, exported(emulator.url))
        told = {line: aws(*words, service=service) for line in lines for _, service, *words in [shlex.split(line)]}
    listed, signed_in = (told[line] for line in page("clients").lines("aws"))
    assert [one["Username"] for one in listed["Users"]] == ["alice"]
    assert signed_in["AuthenticationResult"]["TokenType"] == "Bearer"


def test_a_pool_from_its_creation_to_its_end(aws: Aws, running: Running) -> None:
    policy = "PasswordPolicy={MinimumLength=10,RequireSymbols=true}"
    schema = ["Name=plan,AttributeDataType=String,Mutable=true", "Name=email,Required=true"]
    pool = aws(
        "create-user-pool", "--pool-name", "shop", "--policies", policy, "--schema", *schema,
        "--auto-verified-attributes", "email", "--user-pool-tags", "team=web",
    )["UserPool"]  # fmt: skip
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 10
    assert {"custom:plan", "email"} <= {one["Name"] for one in pool["SchemaAttributes"]}
    assert pool["UserPoolTags"] == {"team": "web"}
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    named = ("--user-pool-id", pool["Id"])
    client = aws("create-user-pool-client", *named, "--client-name", "web", "--explicit-auth-flows", *flows)
    app = ("--client-id", client["UserPoolClient"]["ClientId"])

    attributes = ["Name=email,Value=ann@example.com", "Name=custom:plan,Value=free"]
    who = ("--username", "ann", "--password", PASSWORD)
    signed_up = aws("sign-up", *app, *who, "--user-attributes", *attributes)
    assert (signed_up["UserConfirmed"], signed_up["CodeDeliveryDetails"]["Destination"]) == (False, "a***@e***")
    code = str(running.world.outbox.all()[-1].code)
    confirmed = aws("confirm-sign-up", *app, "--username", "ann", "--confirmation-code", code)
    assert set(confirmed or {}) <= {"Session"}

    begin = ("initiate-auth", *app, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters")
    tokens = aws(*begin, f"USERNAME=ann,PASSWORD={PASSWORD}")["AuthenticationResult"]
    told = aws("get-user", "--access-token", tokens["AccessToken"])
    assert {one["Name"]: one["Value"] for one in told["UserAttributes"]} == {
        "sub": signed_up["UserSub"], "email": "ann@example.com", "email_verified": "true", "custom:plan": "free",
    }  # fmt: skip
    assert aws("delete-user-pool", *named) is None
    gone = f"User pool {pool['Id']} does not exist."
    assert aws.refusal("describe-user-pool", *named).endswith(gone)


def test_an_invited_user(aws: Aws, running: Running) -> None:
    made = setup(running)
    pool, app = ("--user-pool-id", made.pool), ("--client-id", made.client)
    created = aws(
        "admin-create-user", *pool, "--username", "bob", "--temporary-password", expected.TEMPORARY,
        "--user-attributes", "Name=email,Value=bob@example.com", "--message-action", "SUPPRESS",
    )["User"]  # fmt: skip
    assert (created["UserStatus"], created["Enabled"]) == ("FORCE_CHANGE_PASSWORD", True)
    assert created["UserCreateDate"] == pytest.approx(running.world.clock.now(), abs=60)
    begin = ("initiate-auth", *app, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters")
    asked = aws(*begin, f"USERNAME=bob,PASSWORD={expected.TEMPORARY}")
    assert (asked["ChallengeName"], asked["ChallengeParameters"]["requiredAttributes"]) == (
        "NEW_PASSWORD_REQUIRED", "[]",
    )  # fmt: skip
    answered = aws(
        "respond-to-auth-challenge", *app, "--challenge-name", "NEW_PASSWORD_REQUIRED", "--session", asked["Session"],
        "--challenge-responses", json.dumps({"USERNAME": "bob", "NEW_PASSWORD": PASSWORD}),
    )  # fmt: skip
    refresh = answered["AuthenticationResult"]["RefreshToken"]
    again = aws("get-tokens-from-refresh-token", *app, "--refresh-token", refresh)
    assert aws("get-user", "--access-token", again["AuthenticationResult"]["AccessToken"])["Username"] == "bob"


def test_lists_filters_and_pages(aws: Aws, running: Running) -> None:
    pool = setup(running).pool
    names = sorted(f"user-{number}" for number in range(7))
    for name in names:
        user(running, pool, name, None, email=f"{name}@example.com")
    listing = ("list-users", "--user-pool-id", pool)
    found = aws(*listing, "--filter", 'username ^= "user-3"', "--attributes-to-get", "email")["Users"]
    assert [one["Username"] for one in found] == ["user-3"]
    assert found[0]["Attributes"] == [{"Name": "email", "Value": "user-3@example.com"}]

    first = aws(*listing, "--max-items", "3", "--page-size", "2")
    assert len(first["Users"]) == 3
    rest = aws(*listing, "--starting-token", first["NextToken"], "--page-size", "2")
    assert "NextToken" not in rest
    everybody = [one["Username"] for page in (first, rest) for one in page["Users"]]
    assert sorted(everybody) == names

    words = ("--query", "Users[].Username", "--output", "text")
    assert sorted(aws.run("cognito-idp", *listing, *words).stdout.split()) == names
    table = aws.run("cognito-idp", "list-user-pools", "--max-results", "10", "--output", "table").stdout
    assert "ListUserPools" in table
    assert pool in table


def test_refusals(aws: Aws, running: Running) -> None:
    made = setup(running)
    user(running, made.pool)
    begin = ("initiate-auth", "--client-id", made.client, "--auth-flow", "USER_PASSWORD_AUTH", "--auth-parameters")
    refusals = {
        aws.refusal("admin-get-user", "--user-pool-id", made.pool, "--username", "nobody"):
            ("UserNotFoundException", "AdminGetUser", "User does not exist."),
        aws.refusal(*begin, "USERNAME=ann,PASSWORD=Wrong-horse-7"):
            ("NotAuthorizedException", "InitiateAuth", "Incorrect username or password."),
        aws.refusal("list-users", "--user-pool-id", made.pool, "--filter", "shoe_size = 9"):
            ("InvalidParameterException", "ListUsers", "Error while parsing filter."),
    }  # fmt: skip
    for printed, (error, operation, message) in refusals.items():
        text = f"An error occurred ({error}) when calling the {operation} operation: {message}"
        assert printed.removeprefix("aws: [ERROR]: ") == text


def test_an_identity_pool(aws: Aws, running: Running, home: Path) -> None:
    made = setup(running)
    user(running, made.pool)
    provider = f"cognito-idp.us-east-1.amazonaws.com/{made.pool}"
    identity = "cognito-identity"
    about = f"ProviderName={provider},ClientId={made.client},ServerSideTokenCheck=true"
    pool = aws(
        "create-identity-pool", "--identity-pool-name", "app", "--allow-unauthenticated-identities",
        "--cognito-identity-providers", about, service=identity,
    )["IdentityPoolId"]  # fmt: skip
    roles = {name: f"arn:aws:iam::000000000000:role/{name}" for name in ("authenticated", "unauthenticated")}
    named = ("--identity-pool-id", pool)
    aws("set-identity-pool-roles", *named, "--roles", json.dumps(roles), service=identity)
    signed_in = running.client().initiate_auth(
        ClientId=made.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD}
    )["AuthenticationResult"]
    logins = ("--logins", f"{provider}={signed_in['IdToken']}")
    known = aws("get-id", *named, *logins, service=identity)["IdentityId"]
    given = aws("get-credentials-for-identity", "--identity-id", known, *logins, service=identity)
    assert given["IdentityId"] == known
    assert given["Credentials"]["AccessKeyId"].startswith("ASIA")
    listed = aws("list-identities", *named, "--max-results", "10", service=identity)["Identities"]
    assert [(one["IdentityId"], one["Logins"]) for one in listed] == [(known, [provider])]
