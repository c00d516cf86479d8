"""Tokens: refresh families (one for each sign-in), and claims.

[docs: amazon-cognito-user-pools-using-the-id-token, amazon-cognito-user-pools-using-the-access-token]
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from cognito_emulator.domain import strict_json
from cognito_emulator.domain.auth.acr import NOTHING, Context
from cognito_emulator.domain.base64url import base64url
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.attributes import VERIFIED_FLAGS, is_true
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.group import Group, by_precedence, preferred_role
from cognito_emulator.domain.users.user import User

USER_SCOPE = "aws.cognito.signin.user.admin"
# A replaced refresh token is kept, so that its reuse has another error than an unknown token.
REMEMBERED_ROTATIONS = 50


class RefreshFamily(Struct, frozen=True, gc=False):
    """One sign-in and all of its tokens; the key is `origin` (origin_jti).

    Every user token carries `event_id`, also when origin_jti is left out (EnableTokenRevocation false), so that
    revocation finds its family by it. `digest` is the hash of the refresh token in force; `rotated` holds
    (hash of a token that rotation replaced, epoch seconds until which it is still good). `device_key` is the device
    it was issued to, known or just made, where the pool tracks devices; once that is `forgotten`, nothing is refreshed
    any more, and access tokens live on. `session_id` is set where the pool tracks sessions; `active`, `ip` and `agent`
    tell of the newest sign-in or refresh. `hosted` is a sign-in through the authorization endpoint, whose tokens are
    a little different; `resource` is the audience of its access tokens, and `parent` the SSO session that it came
    through. `context` says how strongly the user has signed in. `metadata_url` is the client id of its client,
    where that is the URL of a client metadata document: no other client can use the tokens.
    `expired_events` are earlier event ids, whose tokens a test has declared to be expired.
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
    scope: str = USER_SCOPE
    revoked: bool = False
    rotated: tuple[tuple[str, float], ...] = ()
    device_key: str = ""
    forgotten: bool = False
    session_id: str = ""
    active: float = 0.0
    ip: str = ""
    agent: str = ""
    hosted: bool = False
    resource: str = ""
    parent: str = ""
    context: Context = NOTHING
    metadata_url: str = ""
    expired_events: tuple[str, ...] = ()

    def is_of(self, client: Client) -> bool:
        """Return whether the sign-in was through that client."""
        return (self.client_id, self.metadata_url) == (client.id, client.metadata_url)

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())

    @property
    def user_key(self) -> tuple[str, str]:
        return self.pool_id, self.sub


def digest(token: str) -> str:
    """Return the key of a refresh token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Subject(Struct, frozen=True, gc=False):
    """The user of tokens, and the records that their claims are made of.

    `scopes` are those of the access token, in the claim's order.
    """

    pool: Pool
    client: Client
    user: User
    groups: Sequence[Group]
    family: RefreshFamily
    issuer: str
    scopes: Sequence[str]


def _common(subject: Subject, now: int, lifetime: int, jti: str) -> dict[str, Any]:
    family = subject.family
    claims: dict[str, Any] = {"sub": subject.user.sub}
    if subject.groups:
        claims["cognito:groups"] = [group.name for group in by_precedence(subject.groups)]
    claims["iss"] = subject.issuer
    if subject.client.token_revocation or subject.client.rotation:
        claims |= {"origin_jti": family.origin, "jti": jti}
    # In every token of every tier, also without a requested level: "These claims apply to any sign-in"
    # [docs: cognito-user-pools-step-up-authentication].
    claims |= family.context.claims
    return claims | {
        "event_id": family.event_id,
        "auth_time": family.auth_time,
        "iat": now,
        "exp": now + lifetime,
    }


def id_claims(subject: Subject, now: int, jti: str) -> dict[str, Any]:
    """Make the ID token's claims; `now` is in epoch seconds."""
    user, client = subject.user, subject.client
    claims = _common(subject, now, client.validity.id, jti)
    claims |= {"aud": client.id, "token_use": "id", "cognito:username": user.username}
    roles = [group.role_arn for group in by_precedence(subject.groups) if group.role_arn]
    if roles:
        claims["cognito:roles"] = roles
        preferred = preferred_role(subject.groups)
        if preferred:
            claims["cognito:preferred_role"] = preferred
    hosted = subject.family.hosted
    for name, value in user.attributes:
        if can_read(client, name) and (not hosted or in_scopes(name, subject.family.scopes)):
            claims[name] = _claim_value(name, value)
    return claims


def access_claims(subject: Subject, now: int, jti: str) -> dict[str, Any]:
    """Make the access token's claims; attributes are never among them."""
    claims = _common(subject, now, subject.client.validity.access, jti)
    if subject.family.device_key:
        claims["device_key"] = subject.family.device_key
    if subject.family.hosted:
        claims["version"] = 2
    if subject.family.resource:
        claims["aud"] = subject.family.resource
    return claims | {
        "client_id": subject.client.id,
        "token_use": "access",
        "scope": " ".join(subject.scopes),
        "username": subject.user.username,
    }


def client_claims(client: Client, scopes: Sequence[str], issuer: str, now: int, jti: str) -> dict[str, Any]:
    """Make the claims of a machine's access token.

    The client is its own subject; it has no user, groups or origin_jti [assumed].
    """
    return {
        "sub": client.id,
        "token_use": "access",
        "scope": " ".join(scopes),
        "auth_time": now,
        "iss": issuer,
        "exp": now + client.validity.access,
        "iat": now,
        "version": 2,
        "jti": jti,
        "client_id": client.id,
    }


def can_read(client: Client, attribute: str) -> bool:
    """Return whether the client may read an attribute.

    Without a list it reads all but developer-only attributes.
    """
    if attribute.startswith("dev:"):
        return False
    return client.read_attributes is None or attribute in client.read_attributes


# OpenID Connect Core, section 5.4, as far as Cognito has the scopes; what is in no other list is in `profile`.
_SCOPE_OF = {"email": "email", "email_verified": "email", "phone_number": "phone", "phone_number_verified": "phone"}
_PROFILE = frozenset(
    {
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
        "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    }
)  # fmt: skip


def in_scopes(attribute: str, scopes: frozenset[str]) -> bool:
    """Return whether the scopes of a hosted sign-in show an attribute.

    openid alone shows all that the client may read [docs: cognito-user-pools-define-resource-servers]. So does no scope
    that is about claims: then there is no ID token either. `identities` is no claim of the standard and always shown.
    address has no scope of its own here, so that only openid alone shows it.
    """
    about = scopes & {"email", "phone", "profile"}
    if not about or attribute == "identities":
        return "openid" in scopes
    if attribute in _PROFILE or attribute.startswith("custom:"):
        return "profile" in about
    return _SCOPE_OF.get(attribute) in about


def at_hash(access_token: str) -> str:
    """Return the left half of the access token's SHA-256, in base64url.

    OpenID Connect Core, section 3.1.3.6.
    """
    return base64url(hashlib.sha256(access_token.encode()).digest()[:16]).decode()


def _claim_value(name: str, value: str) -> Any:
    """Return an attribute as a claim.

    Flags are booleans, the address is an object, identities are a list. Custom attributes stay strings.
    """
    if name in VERIFIED_FLAGS:
        return is_true(value)
    if name == "address":
        return {"formatted": value}
    if name == "updated_at" and value.isascii() and value.isdecimal():
        return int(value)
    if name == "identities":
        return [_identity_claim(entry) for entry in strict_json.decode_own(value)]
    return value


def _identity_claim(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an identity as tokens show it.

    `primary` and `dateCreated` are strings [docs: amazon-cognito-user-pools-using-the-id-token].
    """
    return {**entry, "primary": str(entry["primary"]).lower(), "dateCreated": str(entry["dateCreated"])}
