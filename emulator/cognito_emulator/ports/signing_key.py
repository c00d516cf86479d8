"""A signing key, and the tokens that it signs and verifies (RS256, RS512).

`cryptography` does both. PyJWT would take 40 µs more for a signature and 80 µs more for a check. The head is always one
that the key's owner wrote, and one spelling of a token is accepted.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.base64url import base64url

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

MOST_VERIFIED = 256  # tokens of which it is remembered that their signature is right


class _Verified(Struct, frozen=True):
    """What no change of state makes untrue of a token.

    The key that signed it, and what it says.

    `kid` is the key's own id, which is its hash; `named` is the one in the token's header.
    """

    kid: str
    algorithm: str
    named: str
    claims: dict[str, Any]


# By the whole token. Whether it has expired or was revoked, and whose it is, is looked up each time.
_verified: dict[str, _Verified] = {}


class SigningKey(Struct, frozen=True):
    """A private key, its key id, and its public JWK.

    The key id is base64 of 32 bytes, as the service's.
    """

    kid: str
    private: RSAPrivateKey
    public: RSAPublicKey
    jwk: dict[str, str]

    def sign(self, claims: dict[str, Any], **header: str) -> str:
        """Sign a JWT (RS256).

        Its header is the service's, kid and alg without typ, or the given one.
        """
        head = _head(tuple(header.items())) if header else _usual_head(self.kid)
        signed = head + base64url(_encoded(claims))
        signature = self.private.sign(signed, *_algorithm(header.get("alg", "RS256")))
        return (signed + b"." + base64url(signature)).decode()

    def verify(self, token: str, algorithm: str = "RS256") -> dict[str, Any]:
        """Return the claims of a JWT signed by this key.

        Only the signature is checked.

        Raises:
            BadSignature
        """
        known = _verified.get(token)
        if known is None or known.kid != self.kid or known.algorithm != algorithm:
            self._check(token, algorithm)
            read = _members(token)
            if read is None:
                raise BadSignature
            known = _Verified(self.kid, algorithm, *read)
            while len(_verified) >= MOST_VERIFIED:
                _verified.pop(next(iter(_verified)), None)
            _verified[token] = known
        return dict(known.claims)

    def _check(self, token: str, algorithm: str) -> None:
        from cryptography.exceptions import InvalidSignature

        try:
            head, claims, signature = token.encode("ascii").split(b".")
            if _read(head).get("alg") != algorithm:
                raise BadSignature
            _exact(claims)
            self.public.verify(_exact(signature), head + b"." + claims, *_algorithm(algorithm))
        except (InvalidSignature, ValueError, RecursionError):
            raise BadSignature from None


class BadSignature(Exception):
    """A token was not signed by the key."""


@lru_cache(maxsize=4)
def _algorithm(name: str) -> tuple[PKCS1v15, HashAlgorithm]:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256, SHA512

    return PKCS1v15(), {"RS256": SHA256, "RS512": SHA512}[name]()


@lru_cache(maxsize=64)
def _head(header: tuple[tuple[str, str], ...]) -> bytes:
    """Write a header in the service's order, with the point after it.

    All its tokens begin with eyJraWQi.
    """
    members = dict(header)
    ordered = {"kid": members["kid"], **members} if "kid" in members else members
    return base64url(json.dumps(ordered, separators=(",", ":")).encode()) + b"."


@lru_cache(maxsize=64)
def _usual_head(kid: str) -> bytes:
    return _head((("kid", kid), ("alg", "RS256")))


_encode = msgspec.json.Encoder().encode


def _encoded(claims: dict[str, Any]) -> bytes:
    try:
        return _encode(claims)
    except UnicodeEncodeError:  # half a character, which JSON can escape
        return json.dumps(claims, separators=(",", ":")).encode()


def _exact(part: bytes) -> bytes:
    """Read what `base64url` writes: a token has one spelling.

    Raises:
        ValueError
    """
    data = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if base64url(data) != part:
        raise ValueError("another spelling")
    return data


@lru_cache(maxsize=64)
def _read(head: bytes) -> dict[str, Any]:
    """Read a header; it may demand nothing (`crit`, `b64`).

    Raises:
        ValueError
    """
    header = strict_json.decode(_exact(head))
    if not isinstance(header, dict) or "crit" in header or "b64" in header:
        raise ValueError("not a header of these keys")
    return header


def _padded(part: str) -> bytes:
    """Read base64url in any spelling."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def unverified(token: str) -> tuple[str, dict[str, Any]]:
    """Return `(kid, claims)` of a possible JWT, without a check.

    It is `("", {})` if the text is no JWT. Before `SigningKey.verify` only error texts may show the claims.
    """
    known = _verified.get(token)
    if known is not None:
        return known.named, dict(known.claims)
    return _members(token) or ("", {})


def _members(token: str) -> tuple[str, dict[str, Any]] | None:
    """Read the key id and the claims of a JWT; None if the text is none."""
    parts = token.split(".", 3)
    if len(parts) != 3:
        return None
    try:
        header, claims = (strict_json.decode(_padded(part)) for part in parts[:2])
    except ValueError:
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        return None
    return str(header.get("kid", "")), claims


def warm_up() -> None:
    """Import what signing needs, off the event loop's thread."""
    from cryptography import exceptions  # noqa: F401

    _algorithm("RS256")
