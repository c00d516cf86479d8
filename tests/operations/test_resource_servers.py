"""Resource servers and their scopes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.build import refused
from tests.helpers.harness import Running

API = "https://api.example.com"
READ = {"ScopeName": "read", "ScopeDescription": "Read all"}
WRITE = {"ScopeName": "write", "ScopeDescription": "Write all"}


@pytest.fixture
def pool(running: Running) -> str:
    return str(running.call("CreateUserPool", PoolName="p")["UserPool"]["Id"])


def describe(idp: Any, pool: str, identifier: str = API) -> Any:
    return idp.describe_resource_server(UserPoolId=pool, Identifier=identifier)["ResourceServer"]


def create(idp: Any, pool: str, identifier: str = API, **members: Any) -> Any:
    return idp.create_resource_server(UserPoolId=pool, Identifier=identifier, Name="API", **members)["ResourceServer"]


def test_create_and_describe(idp: Any, pool: str) -> None:
    made = create(idp, pool, Scopes=[WRITE, READ])
    assert made == {"UserPoolId": pool, "Identifier": API, "Name": "API", "Scopes": [WRITE, READ]}
    assert describe(idp, pool) == made
    assert create(idp, pool, "bare")["Scopes"] == describe(idp, pool, "bare")["Scopes"] == []


def test_update_replaces(idp: Any, pool: str) -> None:
    made = create(idp, pool, Scopes=[READ])
    assert idp.update_resource_server(**made)["ResourceServer"] == made == describe(idp, pool)
    changed = idp.update_resource_server(UserPoolId=pool, Identifier=API, Name="new", Scopes=[WRITE])
    assert changed["ResourceServer"] == describe(idp, pool) == {**made, "Name": "new", "Scopes": [WRITE]}
    idp.update_resource_server(UserPoolId=pool, Identifier=API, Name="new")
    assert describe(idp, pool)["Scopes"] == []


def test_delete(running: Running, idp: Any, pool: str) -> None:
    create(idp, pool)
    idp.delete_resource_server(UserPoolId=pool, Identifier=API)
    text = f"Resource server {API} does not exist."
    with refused("ResourceNotFoundException", text):
        describe(idp, pool)
    with refused("ResourceNotFoundException", text):
        idp.delete_resource_server(UserPoolId=pool, Identifier=API)
    with refused("ResourceNotFoundException", text):
        idp.update_resource_server(UserPoolId=pool, Identifier=API, Name="n")
    create(idp, pool)
    idp.delete_user_pool(UserPoolId=pool)
    assert len(running.world.store.resource_servers) == 0


def test_refusals(idp: Any, pool: str) -> None:
    create(idp, pool, Scopes=[READ])
    with refused("InvalidParameterException", f"{API} already exists in user pool {pool}."):
        create(idp, pool)
    assert idp.list_resource_servers(UserPoolId=pool)["ResourceServers"] == [describe(idp, pool)]
    assert describe(idp, pool)["Scopes"] == [READ]
    with refused("ResourceNotFoundException", "User pool us-east-1_000000000 does not exist."):
        create(idp, "us-east-1_000000000")


def test_a_scope_that_is_named_twice(idp: Any, pool: str) -> None:
    again = {**READ, "ScopeDescription": "x"}
    assert create(idp, pool, Scopes=[READ, WRITE, again])["Scopes"] == [again, WRITE]


def test_each_pool_has_its_own(running: Running, idp: Any, pool: str) -> None:
    create(idp, pool)
    other = running.call("CreateUserPool", PoolName="q")["UserPool"]["Id"]
    assert idp.list_resource_servers(UserPoolId=other)["ResourceServers"] == []
    create(idp, other)


def test_list_and_limit(running: Running, idp: Any, pool: str) -> None:
    for number in range(25):
        running.call("CreateResourceServer", UserPoolId=pool, Identifier=f"s{number}", Name="n")
    with refused("LimitExceededException", "The limit of 25 resource servers per user pool is reached."):
        create(idp, pool)
    first = idp.list_resource_servers(UserPoolId=pool, MaxResults=20)
    second = idp.list_resource_servers(UserPoolId=pool, MaxResults=20, NextToken=first["NextToken"])
    assert "NextToken" not in second
    found = [server["Identifier"] for server in first["ResourceServers"] + second["ResourceServers"]]
    assert found == [f"s{number}" for number in range(25)]
    with refused("InvalidParameterException", "Invalid pagination token."):
        other = running.call("CreateUserPool", PoolName="q")["UserPool"]["Id"]
        idp.list_resource_servers(UserPoolId=other, NextToken=first["NextToken"])
