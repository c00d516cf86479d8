"""Seeds that replace, seeds that add to what exists, and the export."""

from __future__ import annotations

import re
import urllib.request
from typing import Any

import pytest

from cognito_emulator.domain.state import differences, state_of
from cognito_emulator.seed import parse_text
from tests.helpers.control_api import CLIENT, POOL, SEED, Control
from tests.helpers.seeds import EVERYTHING

OTHER = {"UserPools": [{"Id": "us-east-1_other", "PoolName": "other", "Users": [{"Username": "zoe"}]}]}


def sign_in(control: Control, password: str = "Ann-12345") -> Any:
    return control.emulator.client().initiate_auth(
        ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": password}
    )["AuthenticationResult"]


def text_of(control: Control, query: str = "") -> str:
    with urllib.request.urlopen(f"{control.emulator.url}/_emulator/export{query}") as answer:
        assert answer.headers["content-type"] == "application/yaml"
        content: bytes = answer.read()
    return content.decode()


def pool_with(**members: Any) -> dict[str, Any]:
    return {"UserPools": [{"Id": POOL, "PoolName": "control", **members}]}


def test_put_replaces_everything(control: Control) -> None:
    control.forgot()
    control("PUT", "/_emulator/clock", {"advance": 60})
    assert control("PUT", "/_emulator/seed", OTHER).json == {"pools": ["us-east-1_other"]}
    assert control.pools() == {"us-east-1_other"}
    assert control("GET", "/_emulator/messages").json["messages"] == []
    assert control("GET", "/_emulator/clock").json["offset"] == 0
    control("POST", "/_emulator/reset")
    assert control.pools() == {POOL}


def test_a_put_that_is_refused_changes_nothing(control: Control) -> None:
    tokens = sign_in(control)
    control.forgot()
    messages = control("GET", "/_emulator/messages").json
    world = control.emulator.world
    before, keys = state_of(world.store), world.keys.known(POOL)
    bad = {"UserPools": [*OTHER["UserPools"], {"PoolName": "bad", "Users": [{"Username": "a"}, {"Username": " "}]}]}
    answer = control("PUT", "/_emulator/seed", bad)
    assert answer.status == 400
    assert answer.json["message"] == "The seed is refused; nothing was changed."
    assert differences(before, state_of(world.store)) == []
    assert control("GET", "/_emulator/messages").json == messages
    assert world.keys.known(POOL) is keys
    assert control.emulator.client().get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"


def test_a_pool_that_is_replaced_by_itself_keeps_its_keys(control: Control) -> None:
    keys = control.emulator.jwks(POOL)
    control("PUT", "/_emulator/seed", SEED)
    assert control.emulator.jwks(POOL) == keys


def test_upsert_changes_what_exists_and_adds_the_rest(control: Control) -> None:
    idp = control.emulator.client()
    seed = pool_with(
        AutoVerifiedAttributes=["email"],
        DeletionProtection="ACTIVE",
        Clients=[
            {"ClientId": CLIENT, "ClientName": "renamed", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]},
            {"ClientName": "second"},
        ],
        Groups=[{"GroupName": "staff", "Description": "new"}],
        Users=[
            {"Username": "ann", "Password": "Other-12345", "Attributes": {"name": "Ann"}, "Groups": ["staff"]},
            {"Username": "bob", "Password": "Bob-12345"},
        ],
    )
    refused = control("POST", "/_emulator/seed", seed)
    assert refused.status == 400
    for _ in range(2):
        assert control("POST", "/_emulator/seed?upsert=1", seed).status == 200
        assert idp.describe_user_pool(UserPoolId=POOL)["UserPool"]["DeletionProtection"] == "ACTIVE"
        assert [one["Description"] for one in idp.list_groups(UserPoolId=POOL)["Groups"]] == ["new"]
        assert [one["Username"] for one in idp.list_users(UserPoolId=POOL)["Users"]] == ["ann", "bob"]
    ann = idp.admin_get_user(UserPoolId=POOL, Username="ann")
    attributes = {one["Name"]: one["Value"] for one in ann["UserAttributes"]}
    assert (attributes["name"], attributes["email"]) == ("Ann", "ann@example.com")
    assert attributes["sub"] == "a0000000-0000-4000-8000-000000000001"
    assert sign_in(control, "Other-12345")
    described = idp.describe_user_pool_client(UserPoolId=POOL, ClientId=CLIENT)["UserPoolClient"]
    assert described["ClientName"] == "renamed"


def test_an_upsert_that_is_refused_changes_nothing(control: Control) -> None:
    before = state_of(control.emulator.world.store)
    users = [{"Username": "ann", "Attributes": {"name": "Ann"}}, *({"Username": f"u{n}"} for n in range(60))]
    seed = pool_with(Users=[*users, {"Username": "x", "Attributes": {"nothing": "y"}}])
    answer = control("POST", "/_emulator/seed?upsert=1", seed)
    assert answer.status == 400
    assert any("AdminCreateUser answers" in mistake for mistake in answer.json["mistakes"])
    assert differences(before, state_of(control.emulator.world.store)) == []


def test_everything_is_put_twice_by_upsert(control: Control) -> None:
    control("PUT", "/_emulator/seed", EVERYTHING)
    first = parse_text(text_of(control), "first")
    answer = control("POST", "/_emulator/seed?upsert=1", text_of(control), {"content-type": "application/yaml"})
    assert answer.status == 200, answer.json
    again = parse_text(text_of(control), "again")
    assert [pool.id for pool in again.pools] == [pool.id for pool in first.pools]
    assert [len(pool.users) for pool in again.pools] == [len(pool.users) for pool in first.pools]
    assert [[part.block.members for part in pool.parts] for pool in again.pools] == [
        [part.block.members for part in pool.parts] for pool in first.pools
    ]


def test_the_export_signs_in_with_the_same_password_and_tokens_stay_valid(control: Control) -> None:
    control.emulator.jwks(POOL)
    text, jwks = text_of(control, "?secrets=1"), control.emulator.jwks(POOL)
    assert "Ann-12345" not in text
    assert "PRIVATE KEY" not in text_of(control)
    control("POST", "/_emulator/reset?empty=1")
    assert control("PUT", "/_emulator/seed", text, {"content-type": "application/yaml"}).status == 200
    assert control.emulator.jwks(POOL) == jwks
    assert sign_in(control)["AccessToken"]
    idp = control.emulator.client()
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        sign_in(control, "Ann-12346")


def test_some_pools_alone(control: Control) -> None:
    control("POST", "/_emulator/seed", OTHER)
    assert [pool.id for pool in parse_text(text_of(control, "?pool=us-east-1_other"), "export").pools] == [
        "us-east-1_other"
    ]
    answer = control("GET", f"/_emulator/export?pool={POOL},us-east-1_none")
    assert (answer.status, answer.json["message"]) == (
        404,
        f"There is no pool 'us-east-1_none'. There are: {POOL}, us-east-1_other.",
    )


def test_what_the_seed_routes_refuse(control: Control) -> None:
    for method, path in (
        ("POST", "/_emulator/seed?upsert=1&baseline=1"),
        ("PUT", "/_emulator/seed?upsert=1"),
        ("POST", "/_emulator/seed?upsert=yes"),
        ("PUT", "/_emulator/seed"),
    ):
        assert control(method, path, "").status == 400
    assert control("GET", "/_emulator/export?secrets=2").status == 400


def test_an_export_lists_what_it_leaves_out(control: Control) -> None:
    sign_in(control)
    whole = control("GET", "/_emulator/export?format=json&secrets=1")
    assert whole.headers["content-type"] == "application/json"
    assert whole.json["LeftOut"] == {"refresh tokens": 1}
    assert control("PUT", "/_emulator/seed", whole.json).status == 200
    head, _, rest = text_of(control).partition("\n#   ")
    assert head == "# Not in this file, since no seed can carry it:"
    assert re.match(r"signing keys \(secrets=1 exports them\): [12]\n", rest)  # identity pools have theirs at first use
    assert "\nUserPools:\n" in rest
    assert "LeftOut" not in control("GET", "/_emulator/export?format=json&secrets=1").json
    refused = control("GET", "/_emulator/export?format=xml")
    assert (refused.status, refused.json["message"]) == (400, "'format' must be yaml or json, not 'xml'.")
