"""`SigningKeySeed`: keys that a text fixes for ever, on every machine and in every version."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from cognito_emulator.ports import seeded_keys
from cognito_emulator.ports.keys import Keys
from cognito_emulator.seed import SeedError, apply, parse_text
from tests.helpers.harness import Running

# Pinned: what verifiers have loaded must stay right. Never change these to make a test pass.
TEXT = "my project"
ID_KID = "r1WmrJVB8hTDV0wL7AfSHyRDjLQIpL+gLW0EtePsIu4="
ACCESS_KID = "pTEGYMqMfhg5fnu/7lOSe2Sx3M0g0WYbZxTN6Do5/Rc="
SEED = "UserPools:\n  - {{Id: {0}, PoolName: p, SigningKeySeed: {1}}}\n"


def sow(running: Running, text: str, *, upsert: bool = False) -> None:
    seed = parse_text(text, "s.yaml")
    running.run(apply(running.world, seed, running.world.background.give_way, upsert=upsert))


def kids(running: Running, pool: str) -> list[str]:
    jwks = running.run(running.world.keys.of(pool)).jwks()
    return [key["kid"] for key in jwks["keys"]]


def numbers(key: RSAPrivateKey) -> bytes:
    found = key.private_numbers()
    return b"".join(each.to_bytes(256, "big") for each in (found.p, found.q, found.d, found.public_numbers.n))


def test_a_pool_has_the_keys_of_its_text(running: Running) -> None:
    sow(running, SEED.format("us-east-1_keys00001", TEXT) + SEED.format("us-east-1_keys00002", "other")[11:])
    assert kids(running, "us-east-1_keys00001") == [ID_KID, ACCESS_KID]
    assert not {ID_KID, ACCESS_KID} & set(kids(running, "us-east-1_keys00002"))


def test_the_same_text_makes_the_same_keys_for_ever() -> None:
    keys = seeded_keys.seeded_key_set(TEXT)
    digest = hashlib.sha256(numbers(keys.id_key.private) + numbers(keys.access_key.private)).hexdigest()
    assert digest == "da9b434ec458d5c3fd43112dfc45fd08e4eca55b9774869a7737dd3919281c35"
    assert keys.id_key.verify(keys.id_key.sign({"sub": "ann"})) == {"sub": "ann"}
    assert keys.id_key.private.key_size == 2048


def test_other_arithmetic_makes_no_other_key(monkeypatch: pytest.MonkeyPatch) -> None:
    prime = seeded_keys._prime(b"any")
    monkeypatch.setattr(seeded_keys, "power", pow)
    assert seeded_keys._prime(b"any") == prime
    assert prime.bit_length() == 1024


@pytest.mark.parametrize("number", [41, 97, 104729, 2**61 - 1, 2**127 - 1, 2**521 - 1])
def test_primes_are_found(number: int) -> None:
    assert seeded_keys.is_prime(number)


@pytest.mark.parametrize(
    "number",
    # Carmichael numbers, a square, and strong pseudoprimes to the first four, six and eleven prime bases.
    [561, 41041, 825265, 101 * 101, 3215031751, 3474749660383, 3825123056546413051, 2**67 - 1, 2**128 + 1, 10**30],
)
def test_other_numbers_are_refused(number: int) -> None:
    assert not seeded_keys.is_prime(number)


def test_a_pool_that_is_forgotten_leaves_its_keys_to_no_other() -> None:
    keys = Keys(lambda: seeded_keys.seeded_key_set("a spare one"), ready=0)
    keys.put("us-east-1_keys00001", seeded_keys.seeded_key_set(TEXT))
    keys.forget([])
    assert keys.take().id_key.kid != ID_KID


def test_an_upsert_gives_the_keys_to_the_pool_that_is_there(running: Running, idp: Any) -> None:
    sow(running, "UserPools:\n  - {Id: us-east-1_keys00003, PoolName: p}\n")
    sow(running, SEED.format("us-east-1_keys00003", TEXT), upsert=True)
    assert kids(running, "us-east-1_keys00003") == [ID_KID, ACCESS_KID]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("SigningKeySeed: ''", "s.yaml:4: UserPools[0].SigningKeySeed: Member must have length"),
        ("SigningKeySeed: [a]", "s.yaml:4: UserPools[0].SigningKeySeed: one value is expected, not a list"),
        (
            "SigningKeySeed: a\n    SigningKeys: {IdToken: a, AccessToken: b}",
            "s.yaml:4: UserPools[0].SigningKeySeed: write",
        ),
        ("SigningKeysSeed: a", "s.yaml:4: UserPools[0].SigningKeysSeed: unknown key. Did you mean SigningKeySeed?"),
    ],
)
def test_mistakes(running: Running, keys: str, text: str) -> None:
    with pytest.raises(SeedError) as refused:
        sow(running, f"UserPools:\n  - Id: us-east-1_keys00001\n    PoolName: p\n    {keys}\n")
    assert str(refused.value.mistakes[0]).startswith(text), str(refused.value)
    assert len(running.world.store.pools) == 0
