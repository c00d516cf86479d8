"""An export is a seed that makes the same again."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cognito_emulator.domain.state import state_of
from cognito_emulator.ports.keys import Keys
from cognito_emulator.seed import SeedError, apply, parse_mapping, parse_text
from cognito_emulator.seed.calls import at_once
from cognito_emulator.seed.export import export
from cognito_emulator.seed.plain import as_yaml
from cognito_emulator.settings import Settings
from cognito_emulator.world import World
from tests.helpers.harness import key_sets_in_turn
from tests.helpers.seeds import EVERYTHING, POOL, world_of

# What a key of a pool needs beside it.
NEEDS = {
    "Clients": ("IdentityProviders", "ResourceServers", "Schema"),
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
@given(seeds())
def test_export_load_export_is_equal(seed: dict[str, Any]) -> None:
    content = export(world_of(seed), secrets=True)
    assert export(loaded(as_yaml(content)), secrets=True) == content


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


def test_records_are_the_same_but_for_dates() -> None:
    world = world_of(EVERYTHING)
    again = loaded(as_yaml(export(world, secrets=True)))
    here, there = state_of(world.store), state_of(again.store)
    assert {name: set(rows) for name, rows in there.items()} == {name: set(rows) for name, rows in here.items()}
    for table in ("users", "memberships", "passkeys", "devices", "identities", "fixed_risks", "compromised"):
        assert [row[1] for row in there.get(table, {}).values()] == [row[1] for row in here.get(table, {}).values()]


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
