"""501 with a name: operations and members that are not built, or that the installed model does not know."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from cognito_emulator.domain.errors import NotImplementedHere
from cognito_emulator.wire import model, registry
from cognito_emulator.wire.model import IDENTITY, IDP, Service, ServiceModel
from cognito_emulator.wire.registry import known_names, operation
from cognito_emulator.world import World
from tests.helpers.handlers import copy_table, leave_out
from tests.helpers.harness import Running
from tests.helpers.raw import IDENTITY_TARGET, IDP_TARGET, authorization, post


@pytest.fixture(
    params=[(IDP, "ListTerms", {"UserPoolId": "us-east-1_a"}), (IDENTITY, "GetId", {"IdentityPoolId": "a:0"})]
)
def unwritten(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Service, str, dict[str, Any]]:
    """An operation that honoured.txt does not have, and an input of it that is valid."""
    service, name, body = request.param
    if name not in model.service_model(service).names:
        pytest.skip("the installed model lacks the operation")
    leave_out(monkeypatch, (service, name))
    return service, name, body


def test_an_operation_not_written_answers_501_with_its_name(
    running: Running, unwritten: tuple[Service, str, dict[str, Any]]
) -> None:
    service, name, body = unwritten
    prefix = IDP_TARGET if service == IDP else IDENTITY_TARGET
    answer = post(running, name, body, prefix=prefix, authorization=authorization(service=service))
    text = f"{name} is not implemented by cognito-emulator yet."
    assert answer.status == 501
    assert answer.json == {"__type": "NotImplementedException", "message": text}
    assert answer.headers["x-amzn-errortype"] == "NotImplementedException:"


def test_boto3_does_not_repeat_a_501(running: Running, unwritten: tuple[Service, str, dict[str, Any]]) -> None:
    service, name, body = unwritten
    calls = 0

    def count(**_: Any) -> None:
        nonlocal calls
        calls += 1

    client = running.client(service)
    client.meta.events.register("before-send", count)
    with pytest.raises(client.exceptions.ClientError, match=name):
        getattr(client, model.snake(name))(**body)
    assert calls == 1


@pytest.fixture
def pool(running: Running) -> str:
    return str(running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"])


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"LambdaConfig": {"PreSignUp": "arn:x:y:z:000000000000:f"}}, "LambdaConfig"),
        ({"LambdaConfig": {}}, "LambdaConfig"),
        ({"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}, "UserPoolAddOns.AdvancedSecurityMode"),
        ({"Schema": [{"Name": "a"}, {"Name": "b", "Required": False}]}, "Schema.Required"),
    ],
)
def test_a_member_that_is_not_honoured_answers_501_with_its_name(
    running: Running, monkeypatch: pytest.MonkeyPatch, members: Mapping[str, Any], path: str
) -> None:
    leave_out(monkeypatch, (IDP, "CreateUserPool"), path)
    answer = post(running, "CreateUserPool", {"PoolName": "p", **members})
    text = f"CreateUserPool.{path} is not implemented by cognito-emulator yet."
    assert (answer.status, answer.error) == (501, ("NotImplementedException", text))
    assert len(running.world.store.pools) == 0


def test_such_a_member_without_a_value_passes(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out(monkeypatch, (IDP, "CreateUserPool"), "LambdaConfig", "EmailConfiguration.From")
    nothing = {"LambdaConfig": None, "EmailConfiguration": {"From": None}}
    assert post(running, "CreateUserPool", {"PoolName": "p", **nothing}).status == 200


# --- an older botocore --------------------------------------------------------------------------------------


def older(service: Service, without: Iterable[str] = (), lacking: Mapping[str, str] = {}) -> ServiceModel:
    """The installed model without some operations, and without one member of some shapes."""
    raw = copy.deepcopy(model.service_model(service)._raw)
    for name in without:
        raw["operations"].pop(name, None)
    for shape, member in lacking.items():
        raw["shapes"][shape]["members"].pop(member)
    return ServiceModel(service, raw)


def install(monkeypatch: pytest.MonkeyPatch, old: ServiceModel) -> None:
    now = model.service_model
    monkeypatch.setattr(registry, "service_model", lambda service: old if service == old.service else now(service))


# What the oldest botocore that we accept lacks, of each kind.
NEWER_OPERATIONS = ("AddUserPoolClientSecret", "DescribeTerms", "GetClientToken", "ListUserPoolReplicas")


def test_operations_that_the_installed_model_lacks(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, older(IDP, without=NEWER_OPERATIONS))
    for name in NEWER_OPERATIONS:
        answer = post(running, name, {})
        text = f"{name} is not in the service model of the installed botocore; install a newer one."
        assert answer.status == 501
        assert answer.json == {"__type": "NotImplementedException", "message": text}
        assert name in known_names(IDP)
    assert post(running, "ListUserPools", {"MaxResults": 1}).status == 200


def test_a_member_that_the_installed_model_lacks(running: Running, pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, older(IDP, lacking={"CreateGroupRequest": "Precedence"}))
    group = {"UserPoolId": pool, "GroupName": "g"}
    answer = post(running, "CreateGroup", {**group, "Precedence": 1})
    text = "CreateGroup.Precedence is not in the service model of the installed botocore; install a newer one."
    assert answer.status == 501
    assert answer.error == ("NotImplementedException", text)
    assert post(running, "CreateGroup", {**group, "Precedence": None, "Newer": 1}).status == 200


def test_a_member_that_only_a_newer_model_has(running: Running, pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model knows it, the handler does not: it would silently have no effect."""
    newer = older(IDP)
    newer._raw["shapes"]["CreateGroupRequest"]["members"]["Colour"] = {"shape": "DescriptionType"}
    install(monkeypatch, newer)
    group = {"UserPoolId": pool, "GroupName": "g"}
    answer = post(running, "CreateGroup", {**group, "Colour": "red"})
    assert answer.status == 501
    assert answer.error[1] == "CreateGroup.Colour is not implemented by cognito-emulator yet."
    assert post(running, "CreateGroup", group).status == 200


def test_a_member_inside_a_structure_that_the_installed_model_lacks(
    running: Running, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, older(IDP, lacking={"PasswordPolicyType": "TemporaryPasswordValidityDays"}))
    policy = {"MinimumLength": 9, "TemporaryPasswordValidityDays": 3}
    answer = post(running, "UpdateUserPool", {"UserPoolId": pool, "Policies": {"PasswordPolicy": policy}})
    assert answer.status == 501
    path = "UpdateUserPool.Policies.PasswordPolicy.TemporaryPasswordValidityDays"
    assert answer.error[1] == f"{path} is not in the service model of the installed botocore; install a newer one."
    policy["TemporaryPasswordValidityDays"] = None  # type: ignore[assignment]
    assert post(running, "UpdateUserPool", {"UserPoolId": pool, "Policies": {"PasswordPolicy": policy}}).status == 200
    install(monkeypatch, older(IDP, lacking={"SchemaAttributeType": "Mutable"}))
    attribute = {"Name": "a", "AttributeDataType": "String"}
    assert post(running, "CreateUserPool", {"PoolName": "p", "Schema": [attribute]}).status == 200
    answer = post(running, "CreateUserPool", {"PoolName": "p", "Schema": [attribute, {**attribute, "Mutable": True}]})
    assert str(answer.error[1]).startswith("CreateUserPool.Schema.Mutable is not in the service model")


def test_a_member_that_a_newer_model_demands(running: Running, pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients older than it do not send it, and nothing here needs it."""
    newer = older(IDP)
    for shape in ("CreateResourceServerRequest", "ResourceServerScopeType", "AttributeType"):
        newer._raw["shapes"][shape]["members"]["Colour"] = {"shape": "DescriptionType"}
        newer._raw["shapes"][shape]["required"] = [*newer._raw["shapes"][shape].get("required", ()), "Colour"]
    install(monkeypatch, newer)
    scope = {"ScopeName": "a", "ScopeDescription": "d"}
    server = {"UserPoolId": pool, "Identifier": "api", "Name": "api", "Scopes": [scope]}
    assert post(running, "CreateResourceServer", server).status == 200
    user = {"UserPoolId": pool, "Username": "a", "UserAttributes": [{"Name": "name", "Value": "A"}]}
    assert post(running, "AdminCreateUser", user).status == 200
    for name, body, path in (
        ("CreateResourceServer", {**server, "Colour": "red"}, "Colour"),
        ("CreateResourceServer", {**server, "Scopes": [{**scope, "Colour": "red"}]}, "Scopes.Colour"),
        ("AdminCreateUser", {**user, "UserAttributes": [{"Name": "name", "Value": "A", "Colour": "red"}]},
         "UserAttributes.Colour"),
    ):  # fmt: skip
        answer = post(running, name, body)
        assert answer.status == 501
        assert answer.error[1] == f"{name}.{path} is not implemented by cognito-emulator yet."
    del server["Name"]
    text = "1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"
    assert post(running, "CreateResourceServer", server).error == ("InvalidParameterException", text)


# --- the table ----------------------------------------------------------------------------------------------


def test_an_operation_has_one_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    async def create_group(world: World) -> None: ...

    copy_table(monkeypatch)
    with pytest.raises(RuntimeError, match="CreateGroup has two handlers"):
        operation("CreateGroup")(create_group)


def test_an_unknown_name_is_a_mistake_of_ours(running: Running) -> None:
    with pytest.raises(LookupError, match="no operation Nope"):
        running.call("Nope")


def test_a_handler_may_answer_nothing(running: Running, pool: str) -> None:
    running.call("CreateGroup", UserPoolId=pool, GroupName="g")
    assert running.call("DeleteGroup", UserPoolId=pool, GroupName="g") == {}


def test_501_comes_before_anything_is_changed(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    leave_out(monkeypatch, (IDP, "CreateUserPool"), "UserPoolAddOns")
    with pytest.raises(NotImplementedHere):
        running.call("CreateUserPool", PoolName="p", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    assert len(running.world.store.pools) == 0
