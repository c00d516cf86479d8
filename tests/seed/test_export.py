"""An export is a seed that makes the same again."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cognito_emulator.domain.clients import published_secret
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.state import state_of
from cognito_emulator.domain.threats.known_risk import Place
from cognito_emulator.domain.users.user import Lockout
from cognito_emulator.flows.threats import fixed_risks
from cognito_emulator.ports.keys import Keys
from cognito_emulator.ports.record_types import RECORDS
from cognito_emulator.seed import SeedError, apply, parse_mapping, parse_text, retained
from cognito_emulator.seed.at_once import at_once
from cognito_emulator.seed.export import export
from cognito_emulator.seed.export_state import as_comment, left_out
from cognito_emulator.seed.plain import as_yaml
from cognito_emulator.seed.state import ROWS, SLICE
from cognito_emulator.settings import Settings
from cognito_emulator.wire import registry
from cognito_emulator.wire.model import IDP
from cognito_emulator.wire.registry import Caller
from cognito_emulator.world import World
from tests.helpers.harness import key_sets_in_turn
from tests.helpers.records import sample, values
from tests.helpers.seeds import EVERYTHING, POOL, world_of

PASSKEY = '{"pool_id": "us-east-1_nowhere", "sub": "s", "id": "i", "rp_id": "x", "private": "AA=="}'
TWINS = [
    f'{{"id": "{name}", "pool_id": "{EVERYTHING["IdentityPools"][0]["IdentityPoolId"]}", "created": 1, "modified": 1, '
    '"logins": [["p", "s"]]}'
    for name in ("a", "b")
]
# What a key of a pool needs beside it.
NEEDS = {
    "Clients": ("IdentityProviders", "ResourceServers", "Schema", "SessionConfiguration"),
    "ManagedLoginBrandings": ("Clients",),
    "UICustomizations": ("Clients", "Domains"),
    "RiskConfigurations": ("Clients",),
    "Terms": ("Clients",),
    "Users": ("Schema", "MfaConfig", "Groups"),
    "MfaConfig": ("SmsConfiguration", "EmailConfiguration"),
}
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12),
    st.sampled_from(["null", "~", "yes", "0x1F", "1e3", "012", "- a", "a: b", "#", '"', "2020-01-01", "<<", " a "]),
)


def loaded(text: str) -> World:
    world = World(Settings(), keys=Keys(key_sets_in_turn()))
    at_once(apply(world, parse_text(text, "export")))
    return world


def add_rows(world: World, records: dict[str, Any]) -> None:
    """Write records of the tables that no operation of a seed fills, as records of the first pool."""
    pool = next(iter(world.store.pools))
    identity_pool = next(iter(world.store.identity_pools), None)
    own = {"federated_identities": identity_pool.id if identity_pool else "", "fixed_risks": "", "compromised": ""}
    with world.store.write():
        for name, record in records.items():
            changes = {"pool_id": own.get(name, pool.id), "account": pool.account}
            known = {each: value for each, value in changes.items() if each in record.__struct_fields__}
            world.store.tables()[name].put(replace(record, **known))


def rows_of(world: World) -> dict[str, dict[Any, Any]]:
    """The records that an export carries, by table and key."""
    left = {"sessions", "codes", "registrations", "families", "browser_sessions", "authorization_codes", "departures"}
    left |= {"assertions", "saml_sessions", "signing_out", "mock_codes", "client_documents", "recoveries"}
    state = state_of(world.store)
    return {name: {key: row[1] for key, row in rows.items()} for name, rows in state.items() if name not in left}


@st.composite
def seeds(draw: st.DrawFn) -> dict[str, Any]:
    """Draw some of everything, with texts of any kind."""
    pool = deepcopy(EVERYTHING["UserPools"][0])
    optional = sorted(pool.keys() - {"Id", "PoolName", "UserPoolTier"})
    dropped = set(draw(st.lists(st.sampled_from(optional), unique=True, max_size=len(optional))))
    for name in (*NEEDS, *NEEDS):  # twice: what needs something that is dropped may be needed itself
        if dropped & set(NEEDS[name]):
            dropped.add(name)
    if "Clients" in dropped:
        dropped |= {"ManagedLoginBrandings", "UICustomizations", "RiskConfigurations", "Terms"}
    pool = {name: value for name, value in pool.items() if name not in dropped}
    pool["PoolName"] = "drawn"
    for group in pool.get("Groups", ()):
        group["Description"] = draw(TEXTS)
    users = pool.get("Users", [])
    for user in users:
        user.setdefault("Attributes", {})["nickname"] = draw(TEXTS)
    for number in range(draw(st.integers(0, 3))):
        one: dict[str, Any] = {"Username": f"more{number}", "Enabled": draw(st.booleans())}
        one["Attributes"] = {name: draw(TEXTS) for name in draw(st.sets(st.sampled_from(["name", "locale", "gender"])))}
        if draw(st.booleans()):
            one |= {"Password": "Drawn-123456", "Confirmed": draw(st.booleans())}
        users.append(one)
    rest = {name: value for name, value in EVERYTHING.items() if name != "UserPools" and draw(st.booleans())}
    return {"UserPools": [{**pool, "Users": users}, *EVERYTHING["UserPools"][1:]], **rest}


@settings(max_examples=12)
@given(seeds(), st.data())
def test_export_load_export_is_equal(seed: dict[str, Any], data: st.DataObject) -> None:
    world = world_of(seed)
    add_rows(
        world, {name: data.draw(values(RECORDS[name])) for name in ROWS if name not in ("domains", *retained.ROWS)}
    )
    content = export(world, secrets=True)
    again = loaded(as_yaml(content))
    assert export(again, secrets=True) == content
    assert rows_of(again) == rows_of(world)


def test_everything_is_the_same_after_a_load() -> None:
    world = world_of(EVERYTHING)
    content = export(world, secrets=True)
    again = export(loaded(as_yaml(content)), secrets=True)
    assert again == content
    for section in ("UserPools", "IdentityPools", "OpenIDConnectProviders", "LoginProviders"):
        assert len(content[section]) == len(EVERYTHING[section])
    (pool, *_) = content["UserPools"]
    (given, *_) = EVERYTHING["UserPools"]
    missing = given.keys() - pool.keys() - {"CompromisedPasswords"}
    assert not missing, missing


def lived() -> World:
    """A world whose records have become what no block of a seed makes them."""
    world = world_of(EVERYTHING)
    store, clock = world.store, world.clock
    clock.freeze(clock.now() + 1000)
    pool = store.pools.get(POOL)
    assert pool is not None
    caller = Caller(pool.account, pool.region)

    def call(operation: str, **members: Any) -> Any:
        return at_once(registry.call(world, IDP, operation, {"UserPoolId": POOL, **members}, caller))

    made = call("CreateUserPoolClient", ClientName="published", GenerateSecret=True)["UserPoolClient"]["ClientId"]
    client = store.clients.get(made)
    user = next(iter(store.users))
    assert client is not None
    with store.write():
        store.clients.put(published_secret.publish(client, "s" * 40, clock.now()))
        locked = replace(
            user, lockout=Lockout(3, 1.5, clock.now() + 9), pending_attributes=(("email", "new@x.example"),)
        )
        store.users.put(locked)
        store.domains.put(HostedDomain("away", POOL, "eu-west-1", clock.now()))
    call("CreateGroup", GroupName="later")
    clock.advance(60)
    call("UpdateGroup", GroupName="later", Description="changed")
    call("CreateUserImportJob", JobName="job", CloudWatchLogsRoleArn="arn:aws:iam::000000000000:role/logs")
    fixed_risks.fix(world, "High", None, None, "203.0.113.0/24")
    fixed_risks.leak(world, ["Leaked-1234"], None)
    fixed_risks.locate(world, "198.51.100.0/24", "Rome", "Italy")
    return world


def test_records_are_the_same() -> None:
    world = lived()
    again = loaded(as_yaml(export(world, secrets=True)))
    here, there = rows_of(world), rows_of(again)
    for table, rows in here.items():
        assert there[table] == rows, table
    assert here["import_jobs"]
    assert here["places"]
    assert any(client.rotated for client in here["clients"].values())


def test_an_export_of_one_pool_carries_the_state_of_that_pool() -> None:
    world = lived()
    content = export(world, [POOL], secrets=True)
    assert [pool["Id"] for pool in content["UserPools"]] == [POOL]
    assert content["State"]["Rows"].keys() == {"import_jobs", "domains"}
    assert all(POOL in text for text in content["State"]["Fields"]["groups"])
    again = loaded(as_yaml(content))
    assert [group.description for group in again.store.groups if group.name == "later"] == ["changed"]


def test_what_is_left_out_is_listed() -> None:
    world = lived()
    with world.store.write():
        for name in ("sessions", "families", "recoveries"):
            world.store.tables()[name].put(replace(sample(RECORDS[name], 0), **pool_of(RECORDS[name])))
    left = left_out(world, None, secrets=False)
    assert left["sign-ins under way"] == left["refresh tokens"] == left["point-in-time recoveries"] == 1
    assert left["a clock that was moved"] == 1
    assert any(name.startswith("signing keys") for name in left)
    assert not any(name.startswith("signing keys") for name in left_out(world, None, secrets=True))
    assert "refresh tokens" not in left_out(world, ["us-east-1_other"], secrets=True)
    head = as_comment(left)
    assert "#   refresh tokens: 1\n" in head
    text = head + as_yaml(export(world))
    assert parse_text(text, "export").pools
    parse_mapping({**export(world), "LeftOut": left})


def pool_of(kind: Any) -> dict[str, str]:
    return {"pool_id": POOL} if "pool_id" in kind.__struct_fields__ else {}


STATES: list[tuple[dict[str, Any], str]] = [
    ({"Rows": {"user": ["{}"]}}, "State.Rows.user: unknown key"),
    ({"Rows": {"places": ["{}"]}}, "is no record of places"),
    ({"Rows": {"places": ["{"]}}, "is no record of places"),
    ({"Rows": {"places": "x"}}, "a list is expected"),
    ({"Fields": {"groups": ["[]"]}}, "a JSON object is expected, with Key and fields"),
    ({"Fields": {"groups": ['{"Key": [1]}']}}, "Key is a text, or a list of texts"),
    ({"Fields": {"groups": ['{"Key": ["a", "b"], "name": "x"}']}}, "name is no field of groups that a seed sets"),
    ({"Fields": {"groups": ['{"Key": ["a", "b"], "created": "x"}']}}, "created: Expected `float`"),
    ({"Rows": {"virtual_passkeys": [PASSKEY]}}, "there is no pool 'us-east-1_nowhere'"),
    ({"Rows": {"federated_identities": [TWINS[0], TWINS[1]]}}, "contradicts another record"),
]


@pytest.mark.parametrize(("members", "text"), STATES)
def test_mistakes_in_the_state(members: dict[str, Any], text: str) -> None:
    world = world_of(EVERYTHING)
    before = state_of(world.store)
    with pytest.raises(SeedError) as refused:
        at_once(apply(world, parse_mapping({"State": members})))
    assert text in str(refused.value)
    assert state_of(world.store) == before


@pytest.mark.parametrize("is_large", [False, True])
def test_a_refused_state_leaves_nothing(is_large: bool) -> None:
    """With other requests in between, what was written is taken back row by row."""
    world = world_of(EVERYTHING)
    with world.store.write():
        world.store.places.put(Place("192.0.2.0/24", "Rome", "Italy"))
    before = rows_of(world)
    names = [f"10.{number // 250}.{number % 250}.0/24" for number in range(30 * SLICE)]
    names[0] = "192.0.2.0/24"  # which is there already
    places = [f'{{"ip_range": "{name}", "city": "Oslo", "country": "Norway"}}' for name in names]
    group = f'{{"Key": ["{POOL}", "admins"], "created": 1.0}}'
    state = {"Rows": {"places": places, "virtual_passkeys": [PASSKEY]}, "Fields": {"groups": [group]}}
    calls: list[int] = []

    async def give_way() -> None:
        calls.append(len(world.store.places))

    with pytest.raises(SeedError):
        at_once(apply(world, parse_mapping({"State": state}), give_way if is_large else None))
    assert rows_of(world) == before
    assert is_large == bool(calls)


def test_fields_of_what_is_not_there_are_left_out() -> None:
    world = World(Settings(), keys=Keys(key_sets_in_turn()))
    fields = ['{"Key": ["us-east-1_x", "gone"], "created": 1.0}']
    at_once(apply(world, parse_mapping({"State": {"Fields": {"groups": fields}}})))
    assert not len(world.store.groups)


USERS: list[tuple[dict[str, Any], str]] = [
    (
        {"Password": "Ann-12345", "PasswordVerifier": {"Salt": "00", "X": "01"}},
        "Password or a PasswordVerifier, not both",
    ),
    ({"PasswordVerifier": {"Salt": "00"}}, "PasswordVerifier: X is missing"),
    ({"PasswordVerifier": {"Salt": "zz", "X": "01"}}, "pattern: [0-9a-f]+"),
    ({"UserStatus": "Confirmed"}, "Did you mean CONFIRMED?"),
    ({"PreferredMfaSetting": "SMS_MFA"}, "the preferred factor is not in UserMFASettingList"),
    ({"Passkeys": [{"CredentialId": "abc"}]}, "PublicKey is missing"),
    ({"Devices": [{"DeviceKey": "x", "Salt": "00", "PasswordVerifier": "01"}]}, "DeviceKey"),
]


@pytest.mark.parametrize(("members", "text"), USERS)
def test_mistakes_in_what_a_user_has_become(members: dict[str, Any], text: str) -> None:
    with pytest.raises(SeedError) as refused:
        parse_mapping({"UserPools": [{"PoolName": "p", "Users": [{"Username": "ann", **members}]}]})
    assert text in str(refused.value)


POOLS: list[tuple[dict[str, Any], str]] = [
    ({"SigningKeys": {"IdToken": "x", "AccessToken": "y"}}, "a signing key is the PEM of a private key"),
    ({"SigningKeys": {"IdToken": "x"}}, "AccessToken is missing"),
    ({"Terms": [{"TermsId": "x" * 36}]}, "a fixed id is a UUID in lower case"),
    ({"Domains": [{"Domain": "x", "UserPoolId": POOL}]}, "leave it out"),
    ({"CompromisedPasswordDigests": ["x"]}, "pattern"),
    ({"Clients": [{"ClientName": "c", "AddedSecrets": ["t" * 30]}]}, "AddedSecrets needs ClientSecret"),
    (
        {"IdentityProviders": [{"ProviderName": "S", "ProviderType": "SAML", "ProviderDetails": {"MetadataURL": "x"}}]},
        "a seed fetches nothing; write what is at MetadataURL as SAMLMetadataDocument",
    ),
    ({"ManagedLoginBrandings": [{"ClientId": "c", "Settings": "{"}]}, "a text is expected that is a JSON document"),
    (
        {
            "Users": [
                {"Username": "a", "Devices": [{"DeviceKey": "a_0", "Salt": "00", "PasswordVerifier": "01"}]},
                {"Username": "b", "Passkeys": [{"CredentialId": "YQ", "PublicKey": "00", "RelyingPartyId": "x"}]},
                {"Username": "c", "Passkeys": [{"CredentialId": "YQ", "PublicKey": "00", "RelyingPartyId": "x"}]},
            ]
        },
        "another user has that CredentialId",
    ),
]


GOOD_HASH = EVERYTHING["UserPools"][0]["Users"][4]["PasswordHash"]
POOLS += [
    ({"Users": [{"Username": "a", "PasswordHash": {**GOOD_HASH, **change}}]}, text)
    for change, text in (
        ({"Costs": []}, "A parameter of the password hash is missing"),
        ({"Costs": [10_000_000]}, "exceeds the maximum of PBKDF2_SHA256"),
        ({"Salt": "00"}, "does not have the format of PBKDF2_SHA256"),
        ({"Length": 10_000}, "does not have the format of PBKDF2_SHA256"),
        ({"Algorithm": "BCRYPT", "Costs": [5], "Length": 31}, "does not have the format of BCRYPT"),
    )
]


@pytest.mark.parametrize(("members", "text"), POOLS)
def test_mistakes_in_a_pool(members: dict[str, Any], text: str) -> None:
    world = World(Settings(), keys=Keys(key_sets_in_turn()))
    with pytest.raises(SeedError) as refused:
        at_once(apply(world, parse_mapping({"UserPools": [{"Id": POOL, "PoolName": "p", **members}]})))
    assert text in str(refused.value)
    assert not len(world.store.pools)
    assert world.keys.known(POOL) is None
