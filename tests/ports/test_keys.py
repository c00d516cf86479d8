"""Signing keys: made on a thread, given to pools, kept; tokens that only they sign."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from jwt.api_jwk import PyJWK

from cognito_emulator.ports.keys import BadSignature, Keys, KeySet, SigningKey, make_key_set, unverified

CLAIMS = {"sub": "ann", "exp": 1, "aud": "x", "name": "Änn ☃"}


@pytest.fixture(scope="module")
def key_set() -> KeySet:
    return make_key_set()


@pytest.fixture
def key(key_set: KeySet) -> SigningKey:
    return key_set.id_key


class Factory:
    """Makes key sets when it is let; counts them, and on which threads."""

    def __init__(self, key_set: KeySet) -> None:
        self.key_set = key_set
        self.allowed = threading.Semaphore(0)
        self.threads: list[str] = []

    def __call__(self) -> KeySet:
        self.allowed.acquire()
        self.threads.append(threading.current_thread().name)
        return KeySet(self.key_set.id_key, self.key_set.access_key)


@pytest.fixture
def factory(key_set: KeySet) -> Factory:
    return Factory(key_set)


@pytest.fixture
def keys(factory: Factory) -> Iterator[Keys]:
    made = Keys(factory, ready=2)
    yield made
    made.stop()
    factory.allowed.release(100)


# --- tokens -------------------------------------------------------------------------------------------------


def test_a_token_is_a_jwt_with_the_services_header(key: SigningKey) -> None:
    token = key.sign(CLAIMS)
    assert jwt.get_unverified_header(token) == {"kid": key.kid, "alg": "RS256"}
    public = PyJWK.from_dict(key.jwk).key
    options: Any = {"verify_exp": False, "verify_aud": False}
    assert jwt.decode(token, public, algorithms=["RS256"], options=options) == CLAIMS
    assert "=" not in token


def test_a_token_of_the_key_verifies_whatever_its_times_say(key: SigningKey) -> None:
    assert key.verify(key.sign(CLAIMS)) == CLAIMS


def _spoiled(key: SigningKey, other: SigningKey) -> dict[str, str]:
    head, claims, proof = key.sign(CLAIMS).split(".")
    forged = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "sub": "bob"}).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return {
        "another key": other.sign(CLAIMS),
        "other claims": f"{head}.{forged}.{proof}",
        "no algorithm": f"{none}.{claims}.",
        "no signature": f"{head}.{claims}.",
        "cut": f"{head}.{claims}.{proof[:-4]}",
        "padded": f"{head}.{claims}.{proof}==",
        "with other characters": f"{head}.{claims}.{proof[:9]}*{proof[9:]}",
        "another spelling of the last bits": f"{head}.{claims}.{proof[:-1]}{chr(ord(proof[-1]) + 1)}",
        "four parts": f"{head}.{claims}.{proof}.{proof}",
        "two parts": f"{head}.{claims}",
        "empty": "",
        "no ASCII": f"{head}.{claims}.é{proof[1:]}",
        "signed by HMAC with the public key": jwt.encode(CLAIMS, key.jwk["n"], algorithm="HS256"),
    }


@pytest.mark.parametrize("how", [*_spoiled(*(s := make_key_set(), (s.id_key, s.access_key))[1])])
def test_nothing_else_verifies(key_set: KeySet, how: str) -> None:
    with pytest.raises(BadSignature):
        key_set.id_key.verify(_spoiled(key_set.id_key, key_set.access_key)[how])


def test_the_algorithm_must_be_named(key: SigningKey) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    from cognito_emulator.domain.base64url import base64url

    signed = base64url(b'{"alg":"RS512"}') + b"." + base64url(b"{}")
    token = signed + b"." + base64url(key.private.sign(signed, PKCS1v15(), SHA256()))
    for algorithm in ("RS256", "RS512"):
        with pytest.raises(BadSignature):
            key.verify(token.decode(), algorithm)


def test_a_header_begins_with_kid_and_names_what_is_given_alone(key: SigningKey) -> None:
    for header in ({}, {"alg": "RS512", "kid": "k", "typ": "JWS"}, {"alg": "RS256"}):
        head = key.sign(CLAIMS, **header).split(".")[0]
        written = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        assert written == (header or {"kid": key.kid, "alg": "RS256"})
        assert head.startswith("eyJraWQi") == ("kid" in written)


@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "a.b.c.d", "W10.e30.x", "e30.W10.x", "é.é.é", "bnVsbA.bnVsbA."]
)
def test_what_is_no_jwt_has_no_claims(token: str) -> None:
    assert unverified(token) == ("", {})


def test_claims_unproved(key: SigningKey) -> None:
    assert unverified(key.sign(CLAIMS)) == (key.kid, CLAIMS)
    assert unverified(key.sign(CLAIMS)[:-9]) == (key.kid, CLAIMS)
    nested = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    assert unverified(f"{nested}.{nested}.x") == ("", {})


def test_the_jwks_has_both_keys(key_set: KeySet) -> None:
    listed = key_set.jwks()["keys"]
    assert [entry["kid"] for entry in listed] == [key_set.id_key.kid, key_set.access_key.kid]
    for entry in listed:
        assert set(entry) == {"alg", "e", "kid", "kty", "n", "use"}
        assert (entry["alg"], entry["e"], entry["kty"], entry["use"]) == ("RS256", "AQAB", "RSA", "sig")
        assert len(base64.b64decode(entry["kid"])) == 32
        assert len(base64.urlsafe_b64decode(entry["n"] + "==")) == 256


# --- whose, and when ----------------------------------------------------------------------------------------


def test_a_pool_keeps_its_keys(keys: Keys, factory: Factory) -> None:
    async def twice() -> tuple[KeySet, KeySet, KeySet]:
        return await keys.of("a"), await keys.of("a"), await keys.of("b")

    factory.allowed.release(10)
    first, second, other = asyncio.run(twice())
    assert first is second is keys.known("a")
    assert other is not first
    assert set(factory.threads) == {"signing-keys"}


def test_waiting_does_not_block_the_loop(keys: Keys, factory: Factory) -> None:
    async def wait() -> tuple[bool, KeySet | None]:
        waiting = [asyncio.ensure_future(keys.of("a")) for _ in range(3)]
        await asyncio.sleep(0)
        unfinished = not any(task.done() for task in waiting)
        waiting[0].cancel()
        await asyncio.sleep(0)
        factory.allowed.release()
        found = await asyncio.gather(*waiting[1:])
        assert found[0] is found[1]
        return unfinished, found[0]

    unfinished, found = asyncio.run(wait())
    assert unfinished
    assert found is not None
    assert found is keys.known("a")


def test_keys_are_made_ahead_of_need(keys: Keys, factory: Factory) -> None:
    factory.allowed.release(10)
    keys.start()
    keys.start()
    deadline = threading.Event()
    for _ in range(500):
        if len(keys._spare) == 2:
            break
        deadline.wait(0.01)
    assert len(keys._spare) == 2
    assert len(factory.threads) == 2
    ready = keys._spare[0]
    assert asyncio.run(keys.of("a")) is ready


def test_given_and_forgotten(keys: Keys, key_set: KeySet) -> None:
    keys.put("a", key_set)
    keys.put("b", key_set)
    assert asyncio.run(keys.of("a")) is key_set
    keys.forget(keep=["b", "c"])
    assert keys.known("a") is None
    assert keys.known("b") is key_set


# --- handed out again, and rotated --------------------------------------------------------------------------


@pytest.fixture
def own_sets() -> Iterator[Keys]:
    made = Keys(ready=1)
    yield made
    made.stop()


def kids(key_set: KeySet) -> list[str]:
    return [key["kid"] for key in key_set.jwks()["keys"]]


def test_the_keys_of_a_forgotten_pool_are_given_to_a_later_one(own_sets: Keys) -> None:
    first = asyncio.run(own_sets.of("a"))
    asyncio.run(own_sets.of("kept"))
    own_sets.forget(keep=["kept"])
    later = [asyncio.run(own_sets.of(name)) for name in ("b", "c", "d")]
    assert first in later
    assert len({kid for each in [*later, own_sets.all()["kept"]] for kid in kids(each)}) == 8, "each pool its own"


def test_a_set_is_given_back_once(own_sets: Keys) -> None:
    shared = asyncio.run(own_sets.of("a"))
    own_sets.put("b", shared)
    own_sets.put("kept", shared)
    own_sets.forget(keep=["kept"])
    assert shared not in own_sets._spare
    own_sets.forget(keep=[])
    own_sets.put("b", shared)
    own_sets.forget(keep=[])
    assert list(own_sets._spare).count(shared) == 1


def test_rotation_signs_with_new_keys_and_keeps_the_old_ones_in_the_jwks(own_sets: Keys) -> None:
    old = asyncio.run(own_sets.of("a"))
    new = asyncio.run(own_sets.rotate("a"))
    assert own_sets.known("a") is new
    assert kids(new) == [new.id_key.kid, new.access_key.kid, *kids(old)]
    assert new.id_key_of(old.id_key.kid) is old.id_key
    assert new.access_key_of(old.access_key.kid) is old.access_key
    assert new.access_key_of(old.id_key.kid) is None, "an ID token's key verifies no access token"
    newest = asyncio.run(own_sets.rotate("a"))
    assert kids(newest)[2:] == kids(new)
    assert newest.first is not new
    assert newest.first.id_key is old.id_key


def test_a_reset_takes_a_rotation_back(own_sets: Keys) -> None:
    old = asyncio.run(own_sets.of("a"))
    new = asyncio.run(own_sets.rotate("a"))
    own_sets.forget(keep=["a"], before={"a": new})
    assert own_sets.known("a") is new
    own_sets.forget(keep=["a"])
    back = own_sets.known("a")
    assert back is not None
    assert kids(back) == kids(old)


def test_a_reset_during_a_rotation_takes_no_set_twice(own_sets: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    resets = ["one"]
    take = own_sets._take

    def take_after_a_reset(name: str) -> KeySet | None:
        if resets:
            resets.pop()
            own_sets.forget(keep=["a"])
        return take(name)

    asyncio.run(own_sets.of("a"))
    monkeypatch.setattr(own_sets, "_take", take_after_a_reset)
    rotated = asyncio.run(own_sets.rotate("a"))
    assert resets == []
    assert list(own_sets.all()) == ["a"]
    assert len(kids(rotated)) == 4
    assert not {spare.id_key.kid for spare in own_sets._spare} & set(kids(rotated))
