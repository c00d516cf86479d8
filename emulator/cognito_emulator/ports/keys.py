"""Signing keys: two RSA pairs for each pool.

A background thread makes them ahead of need, never the event loop.

A key takes 50 to 120 ms to make, releasing the interpreter lock. One thread keeps a few sets ready; a request
that finds none waits without blocking others.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from itertools import count
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.base64url import base64url
from cognito_emulator.ports import threads
from cognito_emulator.ports.signing_key import BadSignature, SigningKey, unverified, warm_up

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["BadSignature", "KeySet", "Keys", "SigningKey", "make_key_set", "signing_key", "unverified"]

MOST_SPARES = 200  # sets that wait for a pool: half a megabyte


class KeySet(Struct, frozen=True):
    """The keys of a pool: the first signs ID tokens, the second access tokens.

    On AWS they are in that order too [observed: awsdocs/amazon-cognito-developer-guide#22].

    `retired` are the sets that a rotation has replaced, the newest first. They sign nothing any more, but stay in the
    JWKS: their tokens verify until they expire. With `is_fixed` a seed or a snapshot's file has named them: no other
    pool gets keys that others may have too.
    """

    id_key: SigningKey
    access_key: SigningKey
    retired: tuple[KeySet, ...] = ()
    is_fixed: bool = False

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [key.jwk for each in (self, *self.retired) for key in (each.id_key, each.access_key)]}

    def id_key_of(self, kid: str) -> SigningKey | None:
        """Return the key with that id of those that sign or have signed ID tokens."""
        return next((each.id_key for each in (self, *self.retired) if each.id_key.kid == kid), None)

    def access_key_of(self, kid: str) -> SigningKey | None:
        """Return the key with that id of those that sign or have signed access tokens."""
        if self.access_key.kid == kid:
            return self.access_key
        return next((each.access_key for each in (self, *self.retired) if each.access_key.kid == kid), None)

    @property
    def first(self) -> KeySet:
        """The pool's keys before any rotation.

        SAML uses them: the providers have its certificate."""
        return self.retired[-1] if self.retired else self


def make_key_set() -> KeySet:
    """Make two new 2048-bit RSA keys, which takes about 0.1 s."""
    return KeySet(_make_key(), _make_key())


def _make_key() -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return signing_key(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def signing_key(private: RSAPrivateKey) -> SigningKey:
    """Return the signing key of a private key of 2048 bits."""
    numbers = private.public_key().public_numbers()
    modulus = numbers.n.to_bytes(256, "big")
    kid = base64.b64encode(hashlib.sha256(modulus).digest()).decode()
    n = base64url(modulus).decode()
    jwk = {"alg": "RS256", "e": "AQAB", "kid": kid, "kty": "RSA", "n": n, "use": "sig"}
    return SigningKey(kid, private, private.public_key(), jwk)


class Keys:
    """Key sets by pool id.

    A reset keeps them, so that verifiers may cache a seeded pool's keys.

    The set of a pool that a reset forgets is given to a later pool: making one takes 0.1 s. No two pools have the same
    keys between two resets.

    Args:
        make: makes one key set; called on the background thread.
        ready: the number of sets made ahead.
    """

    def __init__(self, make: Callable[[], KeySet] = make_key_set, ready: int = 2) -> None:
        self._make = make
        self._ready_wanted = ready
        self._spare: deque[KeySet] = deque()
        self._sets: dict[str, KeySet] = {}
        self._waiting: deque[tuple[str, Future[KeySet]]] = deque()
        self._pending: dict[str, Future[KeySet]] = {}
        self._lock = threading.Condition()
        self._started = False
        self._stopped = False
        self._rotations = count(1)
        self._listener: Callable[[str, KeySet | None], object] | None = None
        self._told: dict[str, KeySet] = {}

    def on_change(self, listener: Callable[[str, KeySet | None], object]) -> None:
        """Call `listener` on the loop with each pool's keys before their first use.

        It gets None when they are removed.
        """
        self._listener = listener
        self._told = dict(self._sets)

    def tell_again(self, pool_id: str) -> None:
        """Report a pool's keys to the listener again before their next use."""
        self._told.pop(pool_id, None)

    def start(self) -> None:
        """Begin to make keys ahead of need."""
        with self._lock:
            if not self._started:
                self._started = True
                threads.start(self._work, "signing-keys", self.stop)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._lock.notify_all()

    async def of(self, pool_id: str) -> KeySet:
        """Return the pool's keys; wait for the background thread if none is ready."""
        found = self._sets.get(pool_id)
        if found is None:
            # Shielded: several requests may wait for the same set. One that is cancelled must not cancel it.
            found = await asyncio.shield(asyncio.wrap_future(self._claim(pool_id)))
        self._tell(pool_id, found)
        return found

    def _tell(self, pool_id: str, keys: KeySet) -> None:
        if self._listener is not None and self._told.get(pool_id) is not keys:
            self._told[pool_id] = keys
            self._listener(pool_id, keys)

    def known(self, pool_id: str) -> KeySet | None:
        """Return the pool's keys if they exist already."""
        return self._sets.get(pool_id)

    def put(self, pool_id: str, keys: KeySet) -> None:
        """Give a pool its keys; they are no spares then."""
        with self._lock:
            self._sets[pool_id] = keys
            used = {each.id_key.kid for each in (keys, *keys.retired)}
            self._spare = deque(spare for spare in self._spare if spare.id_key.kid not in used)
        self._tell(pool_id, keys)

    async def rotate(self, pool_id: str) -> KeySet:
        """Give a pool new keys to sign with; its present ones are retired."""
        name = f"{pool_id} (rotation {next(self._rotations)})"
        await self.of(pool_id)
        await self.of(name)
        while (fresh := self._take(name)) is None:  # a reset has given it to the spares meanwhile
            await self.of(name)
        with self._lock:
            present = self._sets.get(pool_id, fresh)  # forgotten meanwhile by a reset: nothing to retire
            retired = () if present is fresh else (replace(present, retired=()), *present.retired)
            made = self._sets[pool_id] = replace(fresh, retired=retired)
        self._tell(pool_id, made)
        return made

    def _take(self, name: str) -> KeySet | None:
        with self._lock:
            return self._sets.pop(name, None)

    def all(self) -> dict[str, KeySet]:
        """Return the key sets by pool id."""
        with self._lock:
            return dict(self._sets)

    def forget(self, keep: Iterable[str], before: Mapping[str, KeySet] | None = None) -> None:
        """Drop the keys of all pools but those named, and give them to later pools.

        The pools that stay have their keys of `before`, else those before any rotation.
        """
        with self._lock:
            wanted, old = set(keep), before or {}
            kept = {pool: old.get(pool, keys.first) for pool, keys in self._sets.items() if pool in wanted}
            in_use = {each.id_key.kid for keys in kept.values() for each in (keys, *keys.retired)}
            in_use |= {spare.id_key.kid for spare in self._spare}
            for keys in self._sets.values():
                for each in (keys, *keys.retired):
                    if not each.is_fixed and each.id_key.kid not in in_use and len(self._spare) < MOST_SPARES:
                        in_use.add(each.id_key.kid)
                        self._spare.append(replace(each, retired=()) if each.retired else each)
            self._sets = kept
        for pool_id in list(self._told):
            if pool_id in kept:
                self._tell(pool_id, kept[pool_id])
                continue
            del self._told[pool_id]
            if self._listener is not None:
                self._listener(pool_id, None)

    def take(self) -> KeySet:
        """Return a set of no pool: one that is ready, or a new one.

        It may take 0.1 s: not on the event loop."""
        with self._lock:
            if self._spare:
                self._lock.notify_all()
                return self._spare.popleft()
        return self._make()

    def _claim(self, pool_id: str) -> Future[KeySet]:
        self.start()
        with self._lock:
            future: Future[KeySet] = Future()
            if pool_id in self._sets:
                future.set_result(self._sets[pool_id])
            elif pool_id in self._pending:
                return self._pending[pool_id]
            elif self._spare:
                self._sets[pool_id] = self._spare.popleft()
                future.set_result(self._sets[pool_id])
            else:
                self._pending[pool_id] = future
                self._waiting.append((pool_id, future))
            self._lock.notify_all()
            return future

    def _work(self) -> None:
        warm_up()
        while True:
            with self._lock:
                while not self._stopped and not self._waiting and len(self._spare) >= self._ready_wanted:
                    self._lock.wait()
                if self._stopped:
                    return
            made = self._make()
            done: list[tuple[Future[KeySet], Any]] = []
            with self._lock:
                if self._waiting:
                    pool_id, future = self._waiting.popleft()
                    del self._pending[pool_id]
                    self._sets[pool_id] = made
                    done.append((future, made))
                else:
                    self._spare.append(made)
            for future, result in done:
                if not future.cancelled():
                    future.set_result(result)
