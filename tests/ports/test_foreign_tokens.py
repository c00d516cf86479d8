"""Tokens that others have signed: by which keys, and what is never believed; Apple's client secret."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cognito_emulator.ports.foreign_tokens import BadToken, apple_secret, verified
from cognito_emulator.ports.keys import make_key_set

KEY = make_key_set().id_key
EC = ec.generate_private_key(ec.SECP256R1())
EC_JWK = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC.public_key())), "kid": "ec"}
SECRET = "x" * 32


def signed(key: Any, algorithm: str, kid: str | None = None) -> str:
    return jwt.encode({"sub": "s"}, key, algorithm=algorithm, headers={"kid": kid} if kid else None)


RSA_PLAIN = {name: value for name, value in KEY.jwk.items() if name in ("kty", "n", "e", "kid")}


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "ES256", "HS256"])
def test_every_algorithm(algorithm: str) -> None:
    keys: dict[str, tuple[Any, str | None]] = {"ES": (EC, "ec"), "HS": (SECRET, None)}
    key, kid = keys.get(algorithm[:2], (KEY.private, KEY.kid))
    assert verified(signed(key, algorithm, kid), {"keys": [RSA_PLAIN, EC_JWK]}, SECRET) == {"sub": "s"}


@pytest.mark.parametrize(
    ("jwk", "why"),
    [
        ({**RSA_PLAIN, "use": "enc"}, "its key is not among the provider's"),
        ({**RSA_PLAIN, "alg": "RS512"}, "its key is not among the provider's"),
        ({**RSA_PLAIN, "kid": "other"}, "its key is not among the provider's"),
        ({**EC_JWK, "kid": KEY.kid}, "its key is not among the provider's"),
        ({"kty": "oct", "k": "eA", "kid": KEY.kid}, "its key is not among the provider's"),
        ({"kty": "RSA", "kid": KEY.kid}, "its signature is wrong"),
        ({**RSA_PLAIN, "n": 7}, "its signature is wrong"),
    ],
)
def test_keys_that_do_not_fit(jwk: dict[str, Any], why: str) -> None:
    with pytest.raises(BadToken, match=why):
        verified(signed(KEY.private, "RS256", KEY.kid), {"keys": [jwk]}, SECRET)


def test_a_short_rsa_key() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    jwk = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(short.public_key())), "kid": "short"}
    text = KEY.sign({"sub": "s"}, alg="RS256", kid="short")
    with pytest.raises(BadToken, match="its key is too short"):
        verified(text, {"keys": [jwk]}, None)


@pytest.mark.parametrize("secret", [None, "", "short"])
def test_hmac_takes_a_secret_that_is_long_enough(secret: str | None) -> None:
    with pytest.raises(BadToken, match="no client secret of 32 characters"):
        verified(signed(SECRET, "HS256"), {"keys": []}, secret)


@pytest.mark.parametrize("jwks", [{}, {"keys": None}, {"keys": "x"}])
def test_a_document_without_keys(jwks: dict[str, Any]) -> None:
    with pytest.raises(BadToken, match="it names no key"):
        verified(signed(KEY.private, "RS256", KEY.kid), jwks, None)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "é.é.é", "." * 5, "e30.e30.e30"])
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(BadToken):
        verified(text, {"keys": [KEY.jwk]}, SECRET)


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.mark.parametrize("bare", [True, False])
def test_apples_client_secret(bare: bool) -> None:
    pem = _pem(EC)
    given = "".join(pem.splitlines()[1:-1]) if bare else pem
    text = apple_secret(given, team_id="T", key_id="K", client_id="app", issuer="https://appleid.apple.com", now=1000.5)
    assert jwt.get_unverified_header(text)["kid"] == "K"
    options: Any = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(text, EC.public_key(), ["ES256"], audience="https://appleid.apple.com", options=options)
    assert claims == {"iss": "T", "iat": 1000, "exp": 1300, "aud": "https://appleid.apple.com", "sub": "app"}


@pytest.mark.parametrize("given", ["p8", "", "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_of_apples(given: str) -> None:
    with pytest.raises(BadToken, match="private_key is not an EC key"):
        apple_secret(given, team_id="T", key_id="K", client_id="app", issuer="x", now=0)
