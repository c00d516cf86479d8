"""Identity pools in seeds: made as they are written, and every mistake told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.seed import SeedError, apply, check_files, parse_default, parse_text
from cognito_emulator.world import World
from tests.helpers.harness import Running
from tests.helpers.identity_pools import payload

LOCAL = "us-east-1:10ca1000-0000-4000-8000-000000000001"
POOL = "eu-west-1:00000000-0000-4000-8000-000000000009"
SEED = f"""\
UserPools:
  - Id: us-east-1_users
    PoolName: users
    Clients: [{{ClientId: web, ClientName: web}}]
IdentityPools:
  - IdentityPoolId: {POOL}
    IdentityPoolName: seeded
    AllowUnauthenticatedIdentities: false
    DeveloperProviderName: login.example
    CognitoIdentityProviders:
      - {{ProviderName: cognito-idp.us-east-1.amazonaws.com/us-east-1_users, ClientId: web}}
    IdentityPoolTags: {{since: 2020}}
    Roles: {{authenticated: arn:aws:iam::000000000000:role/a}}
    RoleMappings:
      cognito-idp.us-east-1.amazonaws.com/us-east-1_users:web:
        Type: Rules
        AmbiguousRoleResolution: Deny
        RulesConfiguration:
          Rules: [{{Claim: level, MatchType: Equals, Value: 010, RoleARN: arn:aws:iam::000000000000:role/b}}]
    PrincipalTagMaps:
      - {{IdentityProviderName: cognito-idp.us-east-1.amazonaws.com/us-east-1_users, PrincipalTags: {{who: sub}}}}
  - IdentityPoolName: made up
    AllowUnauthenticatedIdentities: true
"""


def sow(running: Running, text: str) -> None:
    running.run(apply(running.world, parse_text(text, "s.yaml")))


def pool_of(world: World, pool_id: str) -> IdentityPool:
    pool = world.store.identity_pools.get(pool_id)
    assert pool is not None
    return pool


def test_everything_is_made(running: Running, world: World) -> None:
    sow(running, SEED)
    pool, other = world.store.identity_pools
    assert (pool.id, pool.region, pool.guests, pool.developer) == (POOL, "eu-west-1", False, "login.example")
    assert pool.tags == {"since": "2020"}
    assert pool.roles == {"authenticated": "arn:aws:iam::000000000000:role/a"}
    (mapping,) = pool.mappings.values()
    assert mapping.rules[0].value == "010"
    assert [tag_map.tags for tag_map in pool.tag_maps.values()] == [{"who": "sub"}]
    assert (other.name, other.region, other.guests, other.roles) == ("made up", "us-east-1", True, {})


MINIMAL = "IdentityPools:\n  - IdentityPoolName: p\n    AllowUnauthenticatedIdentities: true\n"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("IdentityPools: x", "s.yaml:1: IdentityPools: a list is expected, such as "
         "[{IdentityPoolName: local, AllowUnauthenticatedIdentities: true}]"),
        ("IdentityPools: [{IdentityPoolName: p}]",
         "s.yaml:1: IdentityPools[0]: AllowUnauthenticatedIdentities is missing"),
        (MINIMAL + "    IdentityPoolId: us-east-1_x\n",
         "s.yaml:4: IdentityPools[0].IdentityPoolId: "
         "an identity pool id is a region, a colon and a UUID in lower case"),
        (MINIMAL + "    AllowClassicFlow: maybe\n",
         "s.yaml:4: IdentityPools[0].AllowClassicFlow: true or false is expected"),
        (MINIMAL + "    RoleMappings: {a: {Type: Token}}\n",
         "s.yaml:4: IdentityPools[0].RoleMappings: Roles is missing"),
        (MINIMAL + "    Roles: {admin: arn:aws:iam::000000000000:role/a}\n",
         "s.yaml:4: IdentityPools[0].Roles.admin: Member must satisfy regular expression pattern: (un)?authenticated"),
        (MINIMAL + "    PrincipalTagMaps: [{UseDefaults: true}]\n",
         "s.yaml:4: IdentityPools[0].PrincipalTagMaps[0]: IdentityProviderName is missing"),
        (MINIMAL + "    PrincipalTagMap: []\n",
         "s.yaml:4: IdentityPools[0].PrincipalTagMap: unknown key. Did you mean PrincipalTagMaps?"),
        (MINIMAL.replace("\n    A", f"\n    IdentityPoolId: {POOL}\n    A")
         + f"  - IdentityPoolName: q\n    AllowUnauthenticatedIdentities: true\n    IdentityPoolId: {POOL}\n",
         "s.yaml:7: IdentityPools[1].IdentityPoolId: the IdentityPoolId is used already, at s.yaml:3"),
    ],
)  # fmt: skip
def test_mistakes_of_form(text: str, mistake: str) -> None:
    with pytest.raises(SeedError) as raised:
        parse_text(text, "s.yaml")
    assert [str(one) for one in raised.value.mistakes] == [mistake]


@pytest.mark.parametrize(
    ("more", "mistake"),
    [
        ("    Roles: {authenticated: a-role-that-is-no-arn-at-all}\n",
         "s.yaml:4: IdentityPools[0].Roles: SetIdentityPoolRoles answers NotAuthorizedException: "
         "Access to Role 'a-role-that-is-no-arn-at-all' is forbidden."),
        ("    SupportedLoginProviders: {example.com: x}\n",
         "s.yaml:2: IdentityPools[0]: CreateIdentityPool answers InvalidParameterException: "
         "example.com is not a supported login provider."),
    ],
)  # fmt: skip
def test_what_the_operations_refuse(running: Running, world: World, tmp_path: Path, more: str, mistake: str) -> None:
    with pytest.raises(SeedError) as raised:
        sow(running, MINIMAL + more)
    assert [str(one) for one in raised.value.mistakes] == [mistake]
    assert not len(world.store.identity_pools)
    path = tmp_path / "s.yaml"
    path.write_text(MINIMAL + more)
    assert [one.text for one in check_files([path])] == [mistake.partition(": ")[2].partition(": ")[2]]


def test_an_id_that_is_there_already(running: Running, world: World) -> None:
    sow(running, SEED)
    with pytest.raises(SeedError, match=f"IdentityPool '{POOL}' already exists."):
        sow(running, SEED.replace("us-east-1_users", "us-east-1_others").replace("web", "web2"))
    assert len(world.store.identity_pools) == 2
    assert len(world.store.pools) == 1


def test_the_default_seed_has_one(running: Running, idp: Any) -> None:
    running.run(apply(running.world, parse_default()))
    identity = running.client("cognito-identity")
    guest = identity.get_id(IdentityPoolId=LOCAL)["IdentityId"]
    made = identity.get_credentials_for_identity(IdentityId=guest)["Credentials"]
    assert payload(made["SessionToken"])["role"] == "arn:aws:iam::000000000000:role/local-guest"
    tokens = idp.initiate_auth(
        ClientId="localweb000000000000000001",
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": "Alice-123"},
    )["AuthenticationResult"]
    logins = {"cognito-idp.us-east-1.amazonaws.com/us-east-1_localpool": tokens["IdToken"]}
    made = identity.get_credentials_for_identity(IdentityId=guest, Logins=logins)["Credentials"]
    assert payload(made["SessionToken"])["role"] == "arn:aws:iam::000000000000:role/local-authenticated"


def test_a_reset_brings_them_back_and_takes_identities_away() -> None:
    with Emulator(no_seed=False) as emulator:
        identity = emulator.client("cognito-identity")
        guest = identity.get_id(IdentityPoolId=LOCAL)["IdentityId"]
        identity.delete_identity_pool(IdentityPoolId=LOCAL)
        emulator.reset()
        assert pool_of(emulator.world, LOCAL).name == "local"
        with pytest.raises(identity.exceptions.ResourceNotFoundException, match=guest):
            identity.describe_identity(IdentityId=guest)
        identity.get_id(IdentityPoolId=LOCAL)
        emulator.on_loop(emulator._now_running().baseline.wipe)
        assert not len(emulator.world.store.identity_pools)
        assert not len(emulator.world.store.federated_identities)
