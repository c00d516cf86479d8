"""Tokens that others have signed, and the client secret for Apple.

PyJWT checks the signature; it is imported with the first such token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import strict_json

# RSA and EC keys are the provider's, HMAC's is the client secret [docs: cognito-user-pools-oidc-flow].
_KTY = {"RS": "RSA", "PS": "RSA", "ES": "EC", "HS": "oct"}
_ALGORITHMS = tuple(f"{family}{size}" for family in _KTY for size in (256, 384, 512))
_SHORTEST_RSA = 2048  # bits [RFC 7518 §3.3]


class BadToken(Exception):
    """A token that is not valid; the text says why."""


def verified(token: str, jwks: Mapping[str, Any], secret: str | None) -> dict[str, Any]:
    """Return the claims of a JWT that one of the keys has signed; check nothing else.

    A key is found by `kid`, which the header must have. It has to be of the algorithm's kind, so that a public key is
    never the key of an HMAC. `secret` is for HS256 and so on.

    Raises:
        BadToken
    """
    from jwt import PyJWS
    from jwt.exceptions import PyJWTError

    try:
        header = PyJWS().get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in _ALGORITHMS:
            raise BadToken("its algorithm is not supported")
        key = _secret(secret) if algorithm.startswith("HS") else _key(header.get("kid"), algorithm, jwks)
        claims = strict_json.decode(PyJWS().decode(token, key, algorithms=[algorithm]))
    except (PyJWTError, ValueError, TypeError, RecursionError):
        raise BadToken("its signature is wrong") from None
    if not isinstance(claims, dict):
        raise BadToken("it has no claims")
    return claims


def _secret(secret: str | None) -> bytes:
    # A key at least as long as the hash: shorter ones can be guessed [RFC 7518 §3.2].
    if secret is None or len(secret.encode()) < 32:
        raise BadToken("there is no client secret of 32 characters for its algorithm")
    return secret.encode()


def _key(kid: Any, algorithm: str, jwks: Mapping[str, Any]) -> Any:
    from jwt import PyJWK

    keys = jwks.get("keys")
    if not isinstance(kid, str) or not isinstance(keys, list):
        raise BadToken("it names no key")
    kty = _KTY[algorithm[:2]]
    for jwk in keys:
        fits = isinstance(jwk, dict) and jwk.get("kid") == kid and jwk.get("kty") == kty
        if fits and jwk.get("use", "sig") == "sig" and jwk.get("alg", algorithm) == algorithm:
            key = PyJWK.from_dict(jwk, algorithm).key
            if kty == "RSA" and key.key_size < _SHORTEST_RSA:
                raise BadToken("its key is too short")
            return key
    raise BadToken("its key is not among the provider's")


def apple_secret(private_key: str, *, team_id: str, key_id: str, client_id: str, issuer: str, now: float) -> str:
    """Make the client secret for Sign in with Apple.

    It is a JWT (ES256) by the developer's own key, valid for five minutes. `private_key` is the content of the .p8
    file, with or without its first and last line.

    Raises:
        BadToken: it is no such key.
    """
    import jwt

    body = private_key.strip()
    if not body.startswith("-----"):
        body = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
    claims = {"iss": team_id, "iat": int(now), "exp": int(now) + 300, "aud": issuer, "sub": client_id}
    try:
        return jwt.encode(claims, body, algorithm="ES256", headers={"kid": key_id})
    except (jwt.PyJWTError, ValueError, TypeError):
        raise BadToken("private_key is not an EC key in PKCS #8") from None
