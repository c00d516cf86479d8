"""A seed is made by the operations: what they show afterwards, fixed ids, and whole or not at all."""

from __future__ import annotations

import asyncio
from textwrap import dedent
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cognito_emulator.domain.users.password import matches
from cognito_emulator.seed import SeedError, apply, parse_mapping, parse_text
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.ids import FixedIds
from cognito_emulator.world import World
from tests.helpers.harness import Running

POOL = "us-east-1_seedpool1"
SUB = "12345678-0000-4000-8000-000000000001"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def plant(running: Running, text: str) -> None:
    running.run(apply(running.world, parse_text(dedent(text), "s.yaml")))


def plant_user(running: Running, members: str, pool: str = "") -> None:
    text = f"UserPools:\n- Id: {POOL}\n  PoolName: p\n{pool}\n  Users:\n  - Username: u\n    {members}\n"
    running.run(apply(running.world, parse_text(text, "s.yaml")))


def refusals(running: Running, text: str) -> list[str]:
    with pytest.raises(SeedError) as caught:
        plant(running, text)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_pools_clients_and_groups_are_what_the_operations_show(running: Running, idp: Any) -> None:
    plant(
        running,
        f"""
        UserPools:
          - Id: {POOL}
            PoolName: p
            UserPoolTags: {{stage: 012}}
            Policies: {{PasswordPolicy: {{MinimumLength: 10, RequireSymbols: false}}}}
            MfaConfig: {{MfaConfiguration: OPTIONAL, SoftwareTokenMfaConfiguration: {{Enabled: true}}}}
            Clients:
              - {{ClientId: web, ClientName: Web, ExplicitAuthFlows: [ALLOW_USER_SRP_AUTH, ALLOW_REFRESH_TOKEN_AUTH]}}
              - {{ClientId: server, ClientName: Server, ClientSecret: aaaaaaaaaaaaaaaaaaaaaaaaaaaa}}
              - {{ClientName: other, GenerateSecret: true}}
            Groups: [{{GroupName: admins, Precedence: 3, Description: OFF}}]
        """,
    )
    pool = idp.describe_user_pool(UserPoolId=POOL)["UserPool"]
    assert (pool["Name"], pool["UserPoolTags"], pool["MfaConfiguration"]) == ("p", {"stage": "012"}, "OPTIONAL")
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 10
    assert pool["Policies"]["PasswordPolicy"]["RequireSymbols"] is False
    mfa = idp.get_user_pool_mfa_config(UserPoolId=POOL)
    assert mfa["SoftwareTokenMfaConfiguration"] == {"Enabled": True}
    web = idp.describe_user_pool_client(UserPoolId=POOL, ClientId="web")["UserPoolClient"]
    assert web["ExplicitAuthFlows"] == ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    assert "ClientSecret" not in web
    server = idp.describe_user_pool_client(UserPoolId=POOL, ClientId="server")["UserPoolClient"]
    assert server["ClientSecret"] == "a" * 28
    clients = idp.list_user_pool_clients(UserPoolId=POOL, MaxResults=60)["UserPoolClients"]
    other = idp.describe_user_pool_client(UserPoolId=POOL, ClientId=clients[2]["ClientId"])["UserPoolClient"]
    assert (len(other["ClientId"]), len(other["ClientSecret"])) == (26, 52)
    group = idp.get_group(UserPoolId=POOL, GroupName="admins")["Group"]
    assert (group["Precedence"], group["Description"]) == (3, "OFF")


def test_the_region_is_the_one_of_the_id(running: Running, idp: Any) -> None:
    plant(running, "UserPools: [{Id: eu-west-1_seedpool1, PoolName: p}, {PoolName: q}]")
    there = running.client(region="eu-west-1").list_user_pools(MaxResults=10)["UserPools"]
    assert [pool["Id"] for pool in there] == ["eu-west-1_seedpool1"]
    here = idp.list_user_pools(MaxResults=10)["UserPools"]
    assert [pool["Name"] for pool in here] == ["q"]
    assert here[0]["Id"].startswith("us-east-1_")


def test_a_confirmed_user(running: Running, idp: Any, world: World) -> None:
    attributes = 'Attributes: {email: u@example.com, email_verified: true, phone_number: +15551234567, "custom:t": 012}'
    schema = "  Schema: [{Name: t, AttributeDataType: String}]\n  Groups: [{GroupName: a}, {GroupName: b}]"
    plant_user(running, f"Sub: {SUB}\n    Password: Secret-1\n    Groups: [b, a]\n    {attributes}", schema)
    user = idp.admin_get_user(UserPoolId=POOL, Username="u")
    assert (user["UserStatus"], user["Enabled"]) == ("CONFIRMED", True)
    assert {item["Name"]: item["Value"] for item in user["UserAttributes"]} == {
        "sub": SUB,
        "email": "u@example.com",
        "email_verified": "true",
        "phone_number": "+15551234567",
        "custom:t": "012",
    }
    groups = idp.admin_list_groups_for_user(UserPoolId=POOL, Username="u")["Groups"]
    assert {group["GroupName"] for group in groups} == {"a", "b"}
    kept = world.store.users.get((POOL, SUB))
    assert kept is not None
    assert kept.password is not None
    assert kept.password.expires is None
    assert matches(kept.password, "seedpool1", "u", "Secret-1")
    assert not matches(kept.password, "seedpool1", "u", "Secret-2")
    assert world.outbox.all() == []


@pytest.mark.parametrize(
    ("members", "status"),
    [
        ("TemporaryPassword: Secret-1", "FORCE_CHANGE_PASSWORD"),
        ("Attributes: {}", "FORCE_CHANGE_PASSWORD"),
        ("Password: Secret-1\n    Confirmed: true", "CONFIRMED"),
        ("Password: Secret-1\n    Confirmed: false", "UNCONFIRMED"),
    ],
)
def test_the_status_of_a_user(running: Running, idp: Any, members: str, status: str) -> None:
    plant_user(running, members)
    user = idp.admin_get_user(UserPoolId=POOL, Username="u")
    assert (user["UserStatus"], user["Enabled"]) == (status, True)


def test_an_unconfirmed_user_has_the_password(running: Running, world: World) -> None:
    plant_user(running, f"Password: Secret-1\n    Confirmed: false\n    Sub: {SUB}")
    user = world.store.users.get((POOL, SUB))
    assert user is not None
    assert user.password is not None
    assert matches(user.password, "seedpool1", "u", "Secret-1")


def test_a_disabled_user(running: Running, idp: Any) -> None:
    plant_user(running, "Enabled: false")
    assert idp.admin_get_user(UserPoolId=POOL, Username="u")["Enabled"] is False


def test_an_address_as_user_name(running: Running, idp: Any) -> None:
    plant(
        running,
        f"""
        UserPools:
        - Id: {POOL}
          PoolName: p
          UsernameAttributes: [email]
          Groups: [{{GroupName: g}}]
          Users: [{{Username: u@example.com, Sub: {SUB}, Password: Secret-1, Groups: [g], Enabled: false}}]
        """,
    )
    user = idp.admin_get_user(UserPoolId=POOL, Username="u@example.com")
    assert (user["Username"], user["UserStatus"], user["Enabled"]) == (SUB, "CONFIRMED", False)
    members = idp.list_users_in_group(UserPoolId=POOL, GroupName="g")["Users"]
    assert [member["Username"] for member in members] == [SUB]


TOTP_POOL = "  MfaConfig: {MfaConfiguration: OPTIONAL, SoftwareTokenMfaConfiguration: {Enabled: true}}"


def test_an_authenticator_is_registered_enabled_and_preferred(running: Running, idp: Any, world: World) -> None:
    plant_user(running, f"TOTPSecret: {SECRET}\n    Sub: {SUB}", TOTP_POOL)
    user = idp.admin_get_user(UserPoolId=POOL, Username="u")
    assert user["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    assert user["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    kept = world.store.users.get((POOL, SUB))
    assert kept is not None
    assert (kept.factors.totp.secret, kept.factors.totp.pending) == (SECRET, None)


def test_preferences_decide_about_a_registered_authenticator(running: Running, idp: Any, world: World) -> None:
    preference = "MFAPreference: {SoftwareTokenMfaSettings: {Enabled: false}}"
    plant_user(running, f"TOTPSecret: {SECRET}\n    Sub: {SUB}\n    {preference}", TOTP_POOL)
    assert "UserMFASettingList" not in idp.admin_get_user(UserPoolId=POOL, Username="u")
    kept = world.store.users.get((POOL, SUB))
    assert kept is not None
    assert kept.factors.totp.secret == SECRET


def test_every_refusal_is_told_with_its_place(running: Running) -> None:
    found = refusals(
        running,
        """\
        UserPools:
          - PoolName: p
            Clients:
              - {ClientName: c, ReadAttributes: [nonsense]}
            Users:
              - Username: a
                Password: short
              - Username: b
                Attributes: {email: nonsense}
              - Username: c
                TemporaryPassword: short
              - Username: d
                MFAPreference: {SMSMfaSettings: {Enabled: true}}
          - PoolName: q
            LambdaConfig:
              PreTokenGeneration: "arn:aws:lambda:us-east-1:000000000000:function:f"
              PreTokenGenerationConfig:
                LambdaVersion: V1_0
                LambdaArn: "arn:aws:lambda:us-east-1:000000000000:function:g"
            Users: [{Username: nobody}]
        """,
    )
    assert [line.split(" answers ")[0] for line in found] == [
        "s.yaml:4: UserPools[0].Clients[0]: CreateUserPoolClient",
        "s.yaml:7: UserPools[0].Users[0].Password: AdminSetUserPassword",
        "s.yaml:8: UserPools[0].Users[1]: AdminCreateUser",
        "s.yaml:10: UserPools[0].Users[2]: AdminCreateUser",
        "s.yaml:13: UserPools[0].Users[3].MFAPreference: AdminSetUserMFAPreference",
        "s.yaml:14: UserPools[1]: CreateUserPool",
    ]
    assert found[1].endswith("InvalidPasswordException: Password does not conform to policy: Password not long enough")
    assert found[5].endswith(
        "InvalidParameterException: PreTokenGeneration and PreTokenGenerationConfig must name the same function."
    )


def test_a_refused_seed_leaves_nothing_behind(running: Running, idp: Any, world: World) -> None:
    before = idp.create_user_pool(PoolName="before")["UserPool"]["Id"]
    ids = world.ids
    refusals(
        running,
        f"""
        UserPools:
          - Id: {POOL}
            PoolName: p
            Clients: [{{ClientId: c, ClientName: c}}]
            Groups: [{{GroupName: g}}]
            Users: [{{Username: a, Password: Secret-1, Groups: [g]}}, {{Username: b, Password: short}}]
        """,
    )
    assert [pool["Id"] for pool in idp.list_user_pools(MaxResults=10)["UserPools"]] == [before]
    store = world.store
    assert [len(table) for table in (store.clients, store.groups, store.users, store.memberships)] == [0, 0, 0, 0]
    assert world.ids is ids
    # The same ids are free again.
    plant(running, f"UserPools: [{{Id: {POOL}, PoolName: p, Clients: [{{ClientId: c, ClientName: c}}]}}]")


def test_a_fault_of_ours_leaves_nothing_behind_either(
    running: Running, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cognito_emulator.seed.fixups.unconfirm", None)
    with pytest.raises(TypeError):
        plant_user(running, "Password: Secret-1\n    Confirmed: false")
    assert len(world.store.pools) == 0


def test_an_id_that_is_there_already(running: Running) -> None:
    text = f"UserPools: [{{Id: {POOL}, PoolName: p}}]"
    plant(running, text)
    assert refusals(running, text) == [
        f"s.yaml:1: UserPools[0]: CreateUserPool answers InvalidParameterException: User pool {POOL} already exists."
    ]


def test_an_id_that_a_tag_overrules(running: Running, world: World) -> None:
    text = f"UserPools: [{{Id: {POOL}, PoolName: p, UserPoolTags: {{_custom_id_: abcdefghi}}}}]"
    assert refusals(running, text) == [
        "s.yaml:1: UserPools[0]: CreateUserPool does not take the fixed pool suffix; another member decides it"
    ]
    assert len(world.store.pools) == 0


def test_a_seed_belongs_to_the_snapshot_before_it(running: Running, world: World) -> None:
    """The server's baseline is a snapshot too: going back to it must take a seed away that came later."""
    plant(running, "UserPools: [{PoolName: p}]")
    assert len(world.store.pools) == 1
    running.reset()
    assert len(world.store.pools) == 0


def test_a_seed_asks_for_no_signing_keys(running: Running, world: World) -> None:
    plant_user(running, "Password: Secret-1")
    assert world.keys.known(POOL) is None


def test_fixed_ids_are_given_once(world: World) -> None:
    ids = FixedIds(world.ids, uuid=SUB, pool_suffix="abcdefghi", client_id=None, client_secret="s" * 24)
    assert ids.unused == {"uuid", "pool_suffix", "client_secret"}
    assert [ids.uuid(), ids.pool_suffix(), ids.client_secret()] == [SUB, "abcdefghi", "s" * 24]
    assert SUB != ids.uuid() != ids.uuid()
    assert (len(ids.pool_suffix()), len(ids.client_id()), len(ids.client_secret())) == (9, 26, 52)
    assert (len(ids.code()), len(ids.bytes(5))) == (6, 5)
    assert ids.unused == set()


def test_nothing_may_wait_while_a_seed_is_made() -> None:
    with pytest.raises(RuntimeError, match="waited for something"):
        at_once(asyncio.sleep(0))


def test_credentials_are_those_of_the_text() -> None:
    users = [
        {"Username": "a", "Password": "Secret-1"},
        {"Username": "b", "TemporaryPassword": "Secret-2"},
        {"Username": "c"},
    ]
    seed = parse_mapping({"UserPools": [{"Id": POOL, "PoolName": "p", "Users": users}, {"PoolName": "q"}]})
    assert seed.credentials == [(POOL, "a", "Secret-1"), (POOL, "b", "Secret-2")]


def test_what_a_seed_made_can_be_removed_again(running: Running, idp: Any) -> None:
    plant_user(running, "Password: Secret-1")
    idp.delete_user_pool(UserPoolId=POOL)
    with pytest.raises(ClientError, match=f"User pool {POOL} does not exist"):
        idp.describe_user_pool(UserPoolId=POOL)
