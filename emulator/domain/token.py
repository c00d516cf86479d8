"""Tokens: refresh families (one per sign-in) and the claims of ID and access tokens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RefreshFamily:
    """One sign-in and everything issued from it; its key is `origin` (the origin_jti claim).

    Every user token carries `event_id`, also when origin_jti is left out (EnableTokenRevocation false), so that
    revocation finds its family by it. `digest` is the hash of the refresh token in force; `rotated` holds
    (hash of a token that rotation replaced, epoch seconds until which it is still good).
    """

    origin: str
    pool_id: str
    client_id: str
    sub: str
    event_id: str
    digest: str
    auth_time: int
    created: float
    expires: float
    scope: str = "aws.cognito.signin.user.admin"
    revoked: bool = False
    rotated: tuple[tuple[str, float], ...] = ()

    @property
    def user_key(self) -> tuple[str, str]:
        return self.pool_id, self.sub


def digest(token: str) -> str:
    """The key under which a refresh token is found."""
    return hashlib.sha256(token.encode()).hexdigest()
