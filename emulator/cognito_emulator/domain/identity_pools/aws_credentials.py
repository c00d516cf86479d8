"""Make temporary AWS credentials in AWS's shape, and their session token.

The session token is a JWT signed by HMAC with a secret of this process: other local services can read it, and only
the emulator could verify it. AWS's own is opaque.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.json import Encoder

from cognito_emulator.domain.base64url import base64url
from cognito_emulator.domain.identity_pools.role_mapping import split_role

LIFETIME = 3600  # the enhanced flow: one hour, which cannot be changed
SESSION_NAME = "CognitoIdentityCredentials"  # RoleSessionName of the enhanced flow
KEY_BYTES, SECRET_BYTES = 10, 30


class Credentials(Struct, frozen=True, gc=False):
    """Credentials of a role's session; `expires` in epoch seconds."""

    access_key_id: str
    secret_key: str
    session_token: str
    expires: float


def access_key_id(account: str, random: bytes) -> str:
    """Make `ASIA` and 16 characters of base32 from KEY_BYTES random bytes.

    The account is in them where AWS's keys have it (bits 1 to 40), so that other local services read the role's account
    [assumed].
    """
    number = int.from_bytes(random, "big")
    below = 80 - 41
    head = (1 << 40) | int(account)  # newer keys begin with a set bit
    packed = (head << below) | (number & ((1 << below) - 1))
    return "ASIA" + base64.b32encode(packed.to_bytes(KEY_BYTES, "big")).decode()


def secret_key(random: bytes) -> str:
    """Make a secret key of 40 characters from SECRET_BYTES random bytes."""
    return base64.b64encode(random).decode()


def assumed_role_arn(role: str) -> str:
    """Return the ARN of the role's session, as `sts:GetCallerIdentity` shows it."""
    account, name = split_role(role) or ("", "")
    partition = role.split(":", 2)[1]
    return f"arn:{partition}:sts::{account}:assumed-role/{name}/{SESSION_NAME}"


def issue(
    role: str, secret: bytes, key: bytes, random: bytes, *, told: Mapping[str, Any], tags: Mapping[str, str], now: float
) -> Credentials:
    """Make credentials of `role`.

    Args:
        secret: the key that signs the session token.
        key, random: KEY_BYTES and SECRET_BYTES random bytes.
        told: the claims of the identity (`iss`, `sub`, `aud`, `amr`).
        tags: principal tags.
        now: epoch seconds.
    """
    account, _ = split_role(role) or ("0", "")
    access_key = access_key_id(account, key)
    expires = int(now) + LIFETIME
    claims: dict[str, Any] = {**told, "role": role, "arn": assumed_role_arn(role), "access_key_id": access_key}
    if tags:
        claims["principal_tags"] = dict(tags)
    token = _signed({**claims, "iat": int(now), "exp": expires}, secret)
    return Credentials(access_key, secret_key(random), token, expires)


def _signed(claims: Mapping[str, Any], secret: bytes) -> str:
    """Sign claims as a JWT (HS256).

    PyJWT would take six times as long, most of it to find out whether the secret might be another kind of key.
    """
    signed = _HEAD + base64url(_encode(claims))
    mac = _keyed(secret).copy()
    mac.update(signed)
    return (signed + b"." + base64url(mac.digest())).decode()


@lru_cache(maxsize=4)
def _keyed(secret: bytes) -> hmac.HMAC:
    """Return an HMAC to copy: OpenSSL takes longer to find its algorithm than to sign."""
    return hmac.new(secret, digestmod="sha256")


_encode = Encoder().encode


_HEAD = base64url(b'{"alg":"HS256","typ":"JWT"}') + b"."
