"""PublishSecretsInAWSSecretsManager: an app client's secret that is read from Secrets Manager."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.helpers.build import FLOWS, Setup, refused, setup, sign_in, user
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.newest import needs_newest
from tests.helpers.raw import authorization, post

pytestmark = needs_newest
WEEK = 7 * 86_400.0
START = 1_763_840_000.0
PUBLISHED = {"GenerateSecret": True, "PublishSecretsInAWSSecretsManager": True}
NOT_FOUND = "Secrets Manager can't find the specified secret."


class Published:
    """A client whose secret is in Secrets Manager, and a user."""

    def __init__(self, running: Running, idp: Any, client: dict[str, Any] | None = None) -> None:
        running.world.clock.freeze(START)
        made = setup(running, PUBLISHED if client is None else client)
        self.running, self.idp, self.secrets = running, idp, running.client("secretsmanager")
        self.pool, self.client = made.pool, made.client
        user(running, self.pool)

    @property
    def arn(self) -> str:
        return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret/cognito-idp/{self.pool}/{self.client}"

    def described(self) -> Any:
        return self.idp.describe_user_pool_client(UserPoolId=self.pool, ClientId=self.client)["UserPoolClient"]

    def update(self, **members: Any) -> Any:
        sent = {"UserPoolId": self.pool, "ClientId": self.client, "ExplicitAuthFlows": FLOWS, **members}
        return self.idp.update_user_pool_client(**sent)["UserPoolClient"]

    def read(self, **members: str) -> Any:
        return self.secrets.get_secret_value(SecretId=self.arn, **members)

    def value(self, **members: str) -> str:
        content = json.loads(self.read(**members)["SecretString"])
        assert content.keys() == {"userPoolId", "userPoolClientId", "clientSecretValue"}
        assert (content["userPoolId"], content["userPoolClientId"]) == (self.pool, self.client)
        return str(content["clientSecretValue"])

    def is_good(self, secret: str) -> bool:
        at = Setup(self.pool, self.client, secret)
        try:
            sign_in(self.idp, at)
        except self.idp.exceptions.NotAuthorizedException:
            return False
        return True

    def wait(self, seconds: float = WEEK) -> None:
        self.running.world.clock.advance(seconds)


@pytest.fixture
def at(running: Running, idp: Any) -> Published:
    return Published(running, idp)


def test_the_secret_is_not_shown_and_is_read_by_its_arn(at: Published) -> None:
    described = at.described()
    assert "ClientSecret" not in described
    assert described["ClientSecretArn"] == at.arn
    assert at.is_good(at.value())
    assert not at.is_good("x" * 52)
    read = at.read()
    assert (read["ARN"], read["VersionStages"]) == (at.arn, ["AWSCURRENT"])
    assert read["CreatedDate"].timestamp() == START
    assert at.read(VersionId=read["VersionId"])["SecretString"] == read["SecretString"]
    by_name = at.secrets.get_secret_value(SecretId=read["Name"])
    assert by_name["SecretString"] == read["SecretString"]


def test_rotation_every_seven_days(at: Published) -> None:
    first, original = at.value(), at.value(VersionStage="AWSPREVIOUS")  # it was rotated right away
    assert first != original
    at.wait(WEEK - 1)
    assert at.value() == first
    at.wait(1)
    assert at.is_good(first)
    second = at.value()
    assert (at.value(VersionStage="AWSPREVIOUS"), second == first) == (first, False)
    assert [at.is_good(value) for value in (original, first, second)] == [False, True, True]
    at.wait(10 * WEEK)
    assert [at.is_good(value) for value in (first, second, at.value())] == [False, False, True]
    listed = at.idp.list_user_pool_client_secrets(UserPoolId=at.pool, ClientId=at.client)["ClientSecrets"]
    assert [one["ClientSecretCreateDate"].timestamp() for one in listed] == [START + 10 * WEEK, START + 11 * WEEK]


def test_the_description(at: Published) -> None:
    at.wait(WEEK + 5)
    found = at.secrets.describe_secret(SecretId=at.arn)
    current, previous = at.read(), at.read(VersionStage="AWSPREVIOUS")
    rotated = datetime.fromtimestamp(START + WEEK, UTC)
    assert found["ARN"] == at.arn
    assert (found["RotationEnabled"], found["RotationRules"]) == (True, {"AutomaticallyAfterDays": 7})
    assert (found["LastRotatedDate"], found["LastChangedDate"]) == (rotated, rotated)
    assert found["NextRotationDate"] == datetime.fromtimestamp(START + 2 * WEEK, UTC)
    assert found["VersionIdsToStages"] == {
        current["VersionId"]: ["AWSCURRENT"],
        previous["VersionId"]: ["AWSPREVIOUS"],
    }
    assert "SecretString" not in found


def test_the_token_endpoint_sees_the_rotation(at: Published) -> None:
    import base64
    import urllib.error
    import urllib.request

    at.running.call("CreateResourceServer", UserPoolId=at.pool, Identifier="r", Name="r", Scopes=[SCOPE])
    at.update(
        AllowedOAuthFlows=["client_credentials"], AllowedOAuthScopes=["r/s"], AllowedOAuthFlowsUserPoolClient=True
    )
    at.running.call("CreateUserPoolDomain", UserPoolId=at.pool, Domain="published-secrets")

    def status(secret: str) -> int:
        basic = base64.b64encode(f"{at.client}:{secret}".encode()).decode()
        host = "published-secrets.auth.us-east-1.amazoncognito.com"
        request = urllib.request.Request(
            f"{at.running.url}/oauth2/token",
            data=b"grant_type=client_credentials",
            headers={"Authorization": f"Basic {basic}", "Host": host},
        )
        try:
            return int(urllib.request.urlopen(request).status)
        except urllib.error.HTTPError as error:
            return error.code

    original = at.value(VersionStage="AWSPREVIOUS")
    assert status(original) == 200
    at.wait()
    assert status(original) == 400
    assert status(at.value()) == 200


SCOPE = {"ScopeName": "s", "ScopeDescription": "s"}


def test_there_and_back(running: Running, idp: Any) -> None:
    at = Published(running, idp, {"GenerateSecret": True})
    first = at.described()["ClientSecret"]
    assert "ClientSecretArn" not in at.described()
    with refused("ResourceNotFoundException", NOT_FOUND):
        at.read()
    at.wait(60)
    answer = at.update(PublishSecretsInAWSSecretsManager=True)
    assert (answer.get("ClientSecret"), answer["ClientSecretArn"]) == (None, at.arn)
    current = at.value()
    assert [at.is_good(value) for value in (first, current)] == [True, True]
    assert at.update()["ClientSecretArn"] == at.arn  # left out is no change
    at.update(PublishSecretsInAWSSecretsManager=True)
    assert at.value() == current
    answer = at.update(PublishSecretsInAWSSecretsManager=False)
    assert (answer["ClientSecret"], answer.get("ClientSecretArn")) == (current, None)
    assert at.described()["ClientSecret"] == current
    with refused("ResourceNotFoundException", NOT_FOUND):
        at.read()
    with refused("ResourceNotFoundException", NOT_FOUND):
        at.secrets.describe_secret(SecretId=at.arn)
    at.wait(5 * WEEK)
    assert [at.is_good(value) for value in (first, current)] == [True, True]


def test_the_first_rotation_deletes_the_older_of_two(running: Running, idp: Any) -> None:
    at = Published(running, idp, {"GenerateSecret": True})
    first = at.described()["ClientSecret"]
    added = idp.add_user_pool_client_secret(UserPoolId=at.pool, ClientId=at.client)["ClientSecretDescriptor"]
    at.update(PublishSecretsInAWSSecretsManager=True)
    second = added["ClientSecretValue"]
    assert [at.is_good(value) for value in (first, second, at.value())] == [False, True, True]


@pytest.mark.parametrize("client", [{}, {"ClientSecret": "an_own_secret_of_24_signs"}])
def test_generated_secrets_only(running: Running, idp: Any, client: dict[str, Any]) -> None:
    """It "applies only when GenerateSecret is true"."""
    at = Published(running, idp, {**client, "PublishSecretsInAWSSecretsManager": True})
    assert at.described().get("ClientSecret") == client.get("ClientSecret")
    answer = at.update(PublishSecretsInAWSSecretsManager=True)
    assert (answer.get("ClientSecret"), "ClientSecretArn" in answer) == (client.get("ClientSecret"), False)


def test_a_version_that_is_not_there(at: Published) -> None:
    missing = "00000000-0000-0000-0000-000000000000"
    text = f"Secrets Manager can't find the specified secret value for VersionId: {missing}"
    with refused("ResourceNotFoundException", text):
        at.read(VersionId=missing)
    text = "Secrets Manager can't find the specified secret value for staging label: AWSPENDING"
    with refused("ResourceNotFoundException", text):
        at.read(VersionStage="AWSPENDING")
    with refused("ResourceNotFoundException"):
        at.read(VersionId=at.read()["VersionId"], VersionStage="AWSPREVIOUS")


def test_others_do_not_find_it(running: Running, at: Published) -> None:
    for other in (
        running.client("secretsmanager", access_key="1" * 12),
        running.client("secretsmanager", region="eu-west-1"),
    ):
        with refused("ResourceNotFoundException", NOT_FOUND):
            other.get_secret_value(SecretId=at.arn)
    for wrong in (at.client, f"x/{at.client}", at.arn + "x", "", "/"):
        with refused("ResourceNotFoundException", NOT_FOUND):
            at.secrets.get_secret_value(SecretId=wrong)
    at.idp.delete_user_pool_client(UserPoolId=at.pool, ClientId=at.client)
    with refused("ResourceNotFoundException", NOT_FOUND):
        at.read()


def test_what_secrets_manager_refuses(running: Running, at: Published) -> None:
    with refused("ValidationException"):
        at.secrets.get_secret_value()
    with refused("SerializationException"):
        at.secrets.get_secret_value(SecretId=7)
    with refused("NotImplementedException"):
        at.secrets.put_secret_value(SecretId=at.arn, SecretString="x")


def test_the_signature_is_for_secrets_manager(running: Running, at: Published) -> None:
    sent = {"SecretId": at.arn}
    for service, error in (("kms", "InvalidSignatureException"), ("cognito-idp", "InvalidSignatureException")):
        credentials = authorization(service=service)
        answer = post(running, "GetSecretValue", sent, prefix="secretsmanager.", authorization=credentials)
        assert answer.error == (error, "Credential should be scoped to correct service: 'secretsmanager'.")
    answer = post(running, "GetSecretValue", sent, prefix="secretsmanager.", signed=False)
    assert answer.error[0] == "MissingAuthenticationTokenException"
    good = authorization(service="secretsmanager")
    assert post(running, "GetSecretValue", sent, prefix="secretsmanager.", authorization=good).status == 200
    page = post(
        running, "GetSecretValue", sent, prefix="secretsmanager.", authorization=good, origin="https://x.example"
    )
    assert page.status == 403
