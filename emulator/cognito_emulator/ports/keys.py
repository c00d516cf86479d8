"""Signing keys: two RSA pairs a pool, made on a background thread ahead of need, never on the event loop.

A key takes 50 to 120 ms to make, releasing the interpreter lock. One thread keeps a few sets ready; a request
that finds none waits without blocking others.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import strict_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from jwt import PyJWS


class SigningKey(Struct, frozen=True):
    """A private key, its key id (base64 of 32 bytes, as the service's) and its public JWK."""

    kid: str
    private: RSAPrivateKey
    public: RSAPublicKey
    jwk: dict[str, str]

    def sign(self, claims: dict[str, Any], **header: str) -> str:
        """A JWT (RS256) with the header that the service sends: kid and alg, no typ; or with the given header."""
        header = header or {"kid": self.kid, "alg": "RS256"}
        return _jws().encode(
            json.dumps(claims, separators=(",", ":")).encode(),
            self.private,
            header["alg"],
            {"typ": "", **header},  # an empty typ is left out; without, PyJWT writes one
            json_encoder=_KidFirst,
            sort_headers=False,
        )

    def verify(self, token: str, algorithm: str = "RS256") -> dict[str, Any]:
        """The claims of a JWT signed by this key; nothing but the signature is judged.

        Raises:
            BadSignature
        """
        from jwt.exceptions import PyJWTError

        try:
            if not _is_spelled_well(token):
                raise BadSignature
            claims = strict_json.decode(_jws().decode(token, self.public, [algorithm]))
        except (PyJWTError, ValueError, RecursionError):
            raise BadSignature from None
        return dict(claims)


class BadSignature(Exception):
    """A token was not signed by the key."""


class _KidFirst(json.JSONEncoder):
    """Writes a header in the service's order: all its tokens begin with eyJraWQi."""

    def encode(self, o: Any) -> str:
        return super().encode({"kid": o["kid"], **o} if "kid" in o else o)


@lru_cache(maxsize=1)
def _jws() -> PyJWS:
    """PyJWT's reader and writer of signatures; it judges no claim, since the clock that counts is the emulator's."""
    from jwt import PyJWS

    return PyJWS(algorithms=["RS256", "RS512"])


def _base64(data: bytes) -> bytes:
    """RFC 7515's base64url: without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _is_spelled_well(token: str) -> bool:
    """Whether each part is what `_base64` writes. PyJWT takes padding, and some versions other characters; but a token
    has one spelling.

    Raises:
        ValueError
    """
    return all(_base64(_padded(part)) == part.encode("ascii") for part in token.split("."))


def _padded(part: str) -> bytes:
    """What base64url means, in whatever spelling."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def unverified(token: str) -> tuple[str, dict[str, Any]]:
    """`(kid, claims)` of what may be a JWT, unproved; `("", {})` if it is none. Refusals may show of the claims."""
    parts = token.split(".", 3)
    if len(parts) != 3:
        return "", {}
    try:
        header, claims = (strict_json.decode(_padded(part)) for part in parts[:2])
    except ValueError:
        return "", {}
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return "", {}
    return str(header.get("kid", "")), claims


class KeySet(Struct, frozen=True):
    """The first key signs ID tokens, the second access tokens (recorded)."""

    id_key: SigningKey
    access_key: SigningKey

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [self.id_key.jwk, self.access_key.jwk]}


def make_key_set() -> KeySet:
    """Two new 2048-bit RSA keys; about 0.1 s."""
    return KeySet(_make_key(), _make_key())


def _make_key() -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return signing_key(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def signing_key(private: RSAPrivateKey) -> SigningKey:
    """Return the signing key of a private key of 2048 bits."""
    numbers = private.public_key().public_numbers()
    modulus = numbers.n.to_bytes(256, "big")
    kid = base64.b64encode(hashlib.sha256(modulus).digest()).decode()
    n = base64.urlsafe_b64encode(modulus).rstrip(b"=").decode()
    jwk = {"alg": "RS256", "e": "AQAB", "kid": kid, "kty": "RSA", "n": n, "use": "sig"}
    return SigningKey(kid, private, private.public_key(), jwk)


class Keys:
    """Key sets by pool id. They outlive a reset, so that verifiers may cache a seeded pool's keys.

    Args:
        make: makes one key set; called on the background thread.
        ready: how many sets are kept ready.
    """

    def __init__(self, make: Callable[[], KeySet] = make_key_set, ready: int = 2) -> None:
        self._make = make
        self._ready_wanted = ready
        self._spare: deque[KeySet] = deque()
        self._sets: dict[str, KeySet] = {}
        self._waiting: deque[tuple[str, Future[KeySet]]] = deque()
        self._pending: dict[str, Future[KeySet]] = {}
        self._lock = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._listener: Callable[[str, KeySet | None], object] | None = None
        self._told: dict[str, KeySet] = {}

    def on_change(self, listener: Callable[[str, KeySet | None], object]) -> None:
        """Call `listener` on the loop with each pool's keys before they are first used, and None when they go."""
        self._listener = listener
        self._told = dict(self._sets)

    def tell_again(self, pool_id: str) -> None:
        """Tell the listener of a pool's keys before their next use, although it has been told."""
        self._told.pop(pool_id, None)

    def all(self) -> dict[str, KeySet]:
        """Return all key sets by pool id."""
        with self._lock:
            return dict(self._sets)

    def start(self) -> None:
        """Begin to make keys ahead of need."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="signing-keys", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._lock.notify_all()

    async def of(self, pool_id: str) -> KeySet:
        """The pool's keys; waits for the background thread the first time if none is ready."""
        found = self._sets.get(pool_id)
        if found is None:
            # Shielded: several requests may wait for the same set, and one that goes away must not cancel it.
            found = await asyncio.shield(asyncio.wrap_future(self._claim(pool_id)))
        if self._listener is not None and self._told.get(pool_id) is not found:
            self._told[pool_id] = found
            self._listener(pool_id, found)
        return found

    def known(self, pool_id: str) -> KeySet | None:
        """The pool's keys if they exist already."""
        return self._sets.get(pool_id)

    def put(self, pool_id: str, keys: KeySet) -> None:
        """Give a pool its keys."""
        with self._lock:
            self._sets[pool_id] = keys

    def forget(self, keep: Iterable[str]) -> None:
        """Drop the keys of all pools but those named."""
        with self._lock:
            wanted = set(keep)
            self._sets = {pool: keys for pool, keys in self._sets.items() if pool in wanted}
        for pool_id in [pool_id for pool_id in self._told if pool_id not in wanted]:
            del self._told[pool_id]
            if self._listener is not None:
                self._listener(pool_id, None)

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
        self._warm_up()
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

    @staticmethod
    def _warm_up() -> None:
        """Import what signing needs off the event loop's thread."""
        _jws()
