"""CreateUserPoolClient, DescribeUserPoolClient, ListUserPoolClients, UpdateUserPoolClient, DeleteUserPoolClient."""

from __future__ import annotations

from typing import Any

import pytest

from cognito_emulator.domain.clients.client import DEFAULT_FLOWS, Client, Validity
from cognito_emulator.operations import clients
from cognito_emulator.world import World
from tests.helpers.build import refused
from tests.helpers.harness import Running


@pytest.fixture
def pool(running: Running) -> str:
    pool_id: str = running.call(
        "CreateUserPool",
        PoolName="p",
        Schema=[
            {"Name": "email", "Required": True, "Mutable": True},
            {"Name": "plan", "AttributeDataType": "String"},
            {"Name": "note", "AttributeDataType": "String", "DeveloperOnlyAttribute": True},
        ],
    )["UserPool"]["Id"]
    return pool_id


def create(idp: Any, pool: str, **members: Any) -> dict[str, Any]:
    made: dict[str, Any] = idp.create_user_pool_client(UserPoolId=pool, ClientName="c", **members)["UserPoolClient"]
    found = idp.describe_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])["UserPoolClient"]
    assert found == made
    return made


def record(world: World, made: dict[str, Any]) -> Client:
    found = world.store.clients.get(made["ClientId"])
    assert found is not None
    return found


def test_defaults(idp: Any, world: World, pool: str) -> None:
    made = create(idp, pool)
    assert made["CreationDate"] == made["LastModifiedDate"]
    assert len(made["ClientId"]) == 26
    shown = {name: value for name, value in made.items() if not name.endswith("Date")}
    assert shown == {
        "UserPoolId": pool,
        "ClientName": "c",
        "ClientId": made["ClientId"],
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": False,
        "EnableTokenRevocation": True,
        "EnablePropagateAdditionalUserContextData": False,
        "AuthSessionValidity": 3,
    }
    client = record(world, made)
    assert client.flows == DEFAULT_FLOWS
    assert client.validity == Validity(3600, 3600, 30 * 86400, 180)
    assert client.read_attributes is None
    assert client.write_attributes is None
    assert client.secret is None
    assert (client.hides_users, client.token_revocation, client.rotation) == (False, True, False)


# (member, value sent and shown)
ECHOED: list[tuple[str, Any]] = [
    ("RefreshTokenValidity", 10),
    ("AccessTokenValidity", 2),
    ("IdTokenValidity", 3),
    ("ReadAttributes", ["email", "custom:plan", "email_verified"]),
    ("WriteAttributes", ["email", "custom:plan"]),
    ("ExplicitAuthFlows", ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]),
    ("ExplicitAuthFlows", ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"]),
    ("SupportedIdentityProviders", ["COGNITO"]),
    ("PreventUserExistenceErrors", "ENABLED"),
    ("PreventUserExistenceErrors", "LEGACY"),
    ("EnableTokenRevocation", False),
    ("AuthSessionValidity", 15),
    ("RefreshTokenRotation", {"Feature": "ENABLED", "RetryGracePeriodSeconds": 10}),
    ("TokenValidityUnits", {"AccessToken": "days", "IdToken": "minutes", "RefreshToken": "hours"}),
]


@pytest.mark.parametrize(("member", "value"), ECHOED)
def test_shown_as_sent_and_reset_by_update(idp: Any, pool: str, member: str, value: Any) -> None:
    made = create(idp, pool, **{member: value})
    assert made[member] == value
    plain = create(idp, pool)
    at = {"UserPoolId": pool, "ClientId": plain["ClientId"]}
    assert idp.update_user_pool_client(**at, **{member: value})["UserPoolClient"][member] == value
    assert idp.describe_user_pool_client(**at)["UserPoolClient"][member] == value
    assert idp.update_user_pool_client(**at)["UserPoolClient"].get(member) == plain.get(member)


def test_typed_fields(idp: Any, world: World, pool: str) -> None:
    made = create(
        idp,
        pool,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"],
        AccessTokenValidity=5,
        IdTokenValidity=600,
        RefreshTokenValidity=48,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "seconds", "RefreshToken": "hours"},
        AuthSessionValidity=4,
        PreventUserExistenceErrors="ENABLED",
        EnableTokenRevocation=False,
        RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": 7},
        ReadAttributes=["email"],
        WriteAttributes=["email", "custom:plan"],
    )
    client = record(world, made)
    assert client.flows == {"ALLOW_USER_SRP_AUTH"}
    assert client.validity == Validity(300, 600, 48 * 3600, 240)
    assert (client.hides_users, client.token_revocation) == (True, False)
    assert (client.rotation, client.rotation_grace) == (True, 7)
    assert client.read_attributes == frozenset({"email"})
    assert client.write_attributes == frozenset({"email", "custom:plan"})


def test_empty_lists_are_no_lists(idp: Any, world: World, pool: str) -> None:
    lists = ("ReadAttributes", "WriteAttributes", "ExplicitAuthFlows", "SupportedIdentityProviders")
    made = create(idp, pool, **{name: [] for name in lists}, CallbackURLs=[], AllowedOAuthFlows=[])
    assert not set(lists) & made.keys()
    assert record(world, made).flows == DEFAULT_FLOWS


def test_units_left_out_are_shown_with_their_default(idp: Any, pool: str) -> None:
    made = create(idp, pool, TokenValidityUnits={"AccessToken": "days"})
    assert made["TokenValidityUnits"] == {"AccessToken": "days", "IdToken": "hours", "RefreshToken": "days"}
    assert create(idp, pool, TokenValidityUnits={})["TokenValidityUnits"] == {}
    idp.update_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])
    described = idp.describe_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])["UserPoolClient"]
    assert described["TokenValidityUnits"] == {}


def test_a_refresh_validity_of_zero_is_the_default(idp: Any, pool: str) -> None:
    assert create(idp, pool, RefreshTokenValidity=0)["RefreshTokenValidity"] == 30


def test_a_grace_period_left_out_is_none(idp: Any, world: World, pool: str) -> None:
    made = create(idp, pool, RefreshTokenRotation={"Feature": "ENABLED"})
    assert made["RefreshTokenRotation"] == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    assert record(world, made).rotation_grace == 0


def test_secrets(idp: Any, pool: str) -> None:
    made = create(idp, pool, GenerateSecret=True)
    assert len(made["ClientSecret"]) == 52
    own = create(idp, pool, GenerateSecret=False, ClientSecret="a" * 24)
    assert own["ClientSecret"] == "a" * 24
    # The whole client is answered by an update, with its secret.
    changed = idp.update_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"], ClientName="d")["UserPoolClient"]
    assert (changed["ClientSecret"], changed["ClientName"]) == (made["ClientSecret"], "d")


def test_the_name_stays_when_it_is_not_sent(idp: Any, world: World, pool: str) -> None:
    world.clock.freeze(1_700_000_000.0)
    made = create(idp, pool)
    world.clock.advance(5)
    changed = idp.update_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])["UserPoolClient"]
    assert changed["ClientName"] == "c"
    assert changed["CreationDate"] == made["CreationDate"]
    assert (changed["LastModifiedDate"] - made["LastModifiedDate"]).total_seconds() == 5


# --- refusals --------------------------------------------------------------------------------------------

RANGE = "Invalid range for token validity."
MIXED = "Legacy values of ExplicitAuthFlows cannot be used together with values that begin with ALLOW_."
READ = "Invalid read attributes specified while {doing} a client"
WRITE = "Invalid write attributes specified while {doing} a client"
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"AccessTokenValidity": 25}, RANGE),
    ({"IdTokenValidity": 4, "TokenValidityUnits": {"IdToken": "minutes"}}, RANGE),
    ({"RefreshTokenValidity": 3651}, RANGE),
    ({"RefreshTokenValidity": 59, "TokenValidityUnits": {"RefreshToken": "minutes"}}, RANGE),
    (
        {"AccessTokenValidity": 2, "RefreshTokenValidity": 1, "TokenValidityUnits": {"RefreshToken": "hours"}},
        RANGE,
    ),
    ({"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ADMIN_NO_SRP_AUTH"]}, MIXED),
    ({"ReadAttributes": ["nothing"]}, READ),
    ({"ReadAttributes": ["dev:custom:note"]}, READ),
    ({"WriteAttributes": ["email", "nothing"]}, WRITE),
    ({"WriteAttributes": ["email", "dev:custom:note"]}, WRITE),
    ({"WriteAttributes": ["name"]}, WRITE),  # without the required e-mail address
    ({"WriteAttributes": ["email", "email_verified"]}, WRITE),
    ({"WriteAttributes": ["email", "phone_number_verified"]}, WRITE),
    ({"WriteAttributes": ["email", "sub"]}, WRITE),
    ({"SupportedIdentityProviders": ["COGNITO", "Google"]}, "The provider Google does not exist for User Pool {pool}."),
]


@pytest.mark.parametrize(("members", "text"), REFUSED)
def test_refused(idp: Any, pool: str, members: dict[str, Any], text: str) -> None:
    with refused("InvalidParameterException", text.format(doing="creating", pool=pool)):
        create(idp, pool, **members)
    made = create(idp, pool)
    at = {"UserPoolId": pool, "ClientId": made["ClientId"]}
    with refused("InvalidParameterException", text.format(doing="updating", pool=pool)):
        idp.update_user_pool_client(**at, **members)
    assert idp.describe_user_pool_client(**at)["UserPoolClient"] == made


def test_a_secret_is_generated_or_given(idp: Any, pool: str) -> None:
    text = "GenerateSecret and ClientSecret cannot be specified together."
    with refused("InvalidParameterException", text):
        create(idp, pool, GenerateSecret=True, ClientSecret="a" * 24)


def test_limit_of_clients(idp: Any, pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "MAX_CLIENTS", 1)
    create(idp, pool)
    with refused("LimitExceededException", "The limit of 1 app clients per user pool is reached."):
        create(idp, pool)


def test_signing_in_by_choice_needs_a_higher_tier(idp: Any) -> None:
    lite = idp.create_user_pool(PoolName="p", UserPoolTier="LITE")["UserPool"]["Id"]
    text = "The following features need to be disabled for the LITE pricing tier configured: Choice-Based Sign-In"
    with refused("FeatureUnavailableInTierException", text):
        create(idp, lite, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    made = create(idp, lite)
    with refused("FeatureUnavailableInTierException", text):
        idp.update_user_pool_client(UserPoolId=lite, ClientId=made["ClientId"], ExplicitAuthFlows=["ALLOW_USER_AUTH"])


def test_analytics(idp: Any, pool: str) -> None:
    by_id = {"ApplicationId": "ab12", "ExternalId": "x", "RoleArn": "arn:aws:iam::000000000000:role/r"}
    made = create(idp, pool, AnalyticsConfiguration=by_id)
    assert made["AnalyticsConfiguration"] == by_id
    ids = {"UserPoolId": pool, "ClientId": made["ClientId"]}
    by_arn = {"ApplicationArn": "arn:aws:mobiletargeting:us-east-1:000000000000:apps/ab12"}
    changed = idp.update_user_pool_client(**ids, AnalyticsConfiguration=by_arn)["UserPoolClient"]
    role = "arn:aws:iam::000000000000:role/aws-service-role/cognito-idp.amazonaws.com/AWSServiceRoleForAmazonCognitoIdp"
    assert changed["AnalyticsConfiguration"] == {**by_arn, "RoleArn": role, "UserDataShared": False}
    assert "AnalyticsConfiguration" not in idp.update_user_pool_client(**ids)["UserPoolClient"]
    bare = {"ExternalId": "x"}
    assert create(idp, pool, AnalyticsConfiguration=bare)["AnalyticsConfiguration"] == bare


# --- list, delete, isolation -----------------------------------------------------------------------------


def test_list_in_pages(idp: Any, pool: str) -> None:
    made = [create(idp, pool, GenerateSecret=True)["ClientId"] for _ in range(3)]
    first = idp.list_user_pool_clients(UserPoolId=pool, MaxResults=2)
    rest = idp.list_user_pool_clients(UserPoolId=pool, MaxResults=2, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    found = first["UserPoolClients"] + rest["UserPoolClients"]
    assert found == [{"ClientId": client, "UserPoolId": pool, "ClientName": "c"} for client in made]


def test_list_by_type(idp: Any, pool: str) -> None:
    made = create(idp, pool)
    regular = idp.list_user_pool_clients(UserPoolId=pool, ClientType="REGULAR")["UserPoolClients"]
    assert [client["ClientId"] for client in regular] == [made["ClientId"]]
    assert idp.list_user_pool_clients(UserPoolId=pool, ClientType="DCR")["UserPoolClients"] == []


def test_a_token_belongs_to_its_pool(running: Running, idp: Any, pool: str) -> None:
    for _ in range(2):
        create(idp, pool)
    token = idp.list_user_pool_clients(UserPoolId=pool, MaxResults=1)["NextToken"]
    other = running.call("CreateUserPool", PoolName="q")["UserPool"]["Id"]
    with refused("InvalidParameterException", "Invalid pagination token."):
        idp.list_user_pool_clients(UserPoolId=other, NextToken=token)


@pytest.mark.parametrize(
    "operation", ["describe_user_pool_client", "update_user_pool_client", "delete_user_pool_client"]
)
def test_unknown_client(running: Running, idp: Any, pool: str, operation: str) -> None:
    other = running.call("CreateUserPool", PoolName="q")["UserPool"]["Id"]
    foreign = create(idp, other)["ClientId"]
    for client in ("nothere", foreign):
        with refused("ResourceNotFoundException", f"User pool client {client} does not exist."):
            getattr(idp, operation)(UserPoolId=pool, ClientId=client)
    assert idp.describe_user_pool_client(UserPoolId=other, ClientId=foreign)


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("create_user_pool_client", {"ClientName": "c"}),
        ("describe_user_pool_client", {"ClientId": "c"}),
        ("list_user_pool_clients", {}),
        ("update_user_pool_client", {"ClientId": "c"}),
        ("delete_user_pool_client", {"ClientId": "c"}),
    ],
)
def test_foreign_pool(running: Running, pool: str, operation: str, members: dict[str, Any]) -> None:
    for stranger in (running.client(region="eu-west-1"), running.client(access_key="111111111111")):
        with refused("ResourceNotFoundException", f"User pool {pool} does not exist."):
            getattr(stranger, operation)(UserPoolId=pool, **members)


def test_delete(idp: Any, pool: str) -> None:
    doomed, other = create(idp, pool), create(idp, pool)
    idp.delete_user_pool_client(UserPoolId=pool, ClientId=doomed["ClientId"])
    left = idp.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"]
    assert [client["ClientId"] for client in left] == [other["ClientId"]]
    with refused("ResourceNotFoundException", f"User pool client {doomed['ClientId']} does not exist."):
        idp.delete_user_pool_client(UserPoolId=pool, ClientId=doomed["ClientId"])


def test_the_name_that_fixes_the_id(idp: Any, pool: str) -> None:
    """By which LocalStack's users fix ids; the model's pattern has no colon."""
    name = "_custom_id_:myclient123"
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName=name)["UserPoolClient"]
    assert (made["ClientId"], made["ClientName"]) == ("myclient123", name)
    named = {"UserPoolId": pool, "ClientId": "myclient123"}
    with refused("InvalidParameterException", "User pool client myclient123 already exists."):
        idp.create_user_pool_client(UserPoolId=pool, ClientName=name)
    # Later on it is a name as any other.
    idp.update_user_pool_client(**named, ClientName="_custom_id_:other")
    after = idp.describe_user_pool_client(**named)["UserPoolClient"]
    assert (after["ClientId"], after["ClientName"]) == ("myclient123", "_custom_id_:other")


@pytest.mark.parametrize("name", ["_custom_id_:", "_custom_id_:a b", "_custom_id:x", "x_custom_id_:x", "a:b"])
def test_names_that_fix_no_id(idp: Any, pool: str, name: str) -> None:
    with refused(
        "InvalidParameterException",
        f"1 validation error detected: Value '{name}' at 'clientName' failed to satisfy constraint: Member must "
        r"satisfy regular expression pattern: [\w\s+=,.@-]+",
    ):
        idp.create_user_pool_client(UserPoolId=pool, ClientName=name)
    assert idp.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"] == []


def test_the_id_of_all_clients_is_none(idp: Any, pool: str) -> None:
    """SetUICustomization with it would style every client."""
    with refused("InvalidParameterException", "ALL means all app clients and cannot be the id of one."):
        idp.create_user_pool_client(UserPoolId=pool, ClientName="_custom_id_:ALL")


def test_a_name_alone_fixes_no_id(idp: Any, pool: str) -> None:
    made = idp.create_user_pool_client(UserPoolId=pool, ClientName="_custom_id_")["UserPoolClient"]
    assert len(made["ClientId"]) == 26
