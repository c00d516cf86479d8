"""Show a token: decode it, check it against keys and records, explain a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cognito_emulator.console.endpoint import form, screen
from cognito_emulator.console.view import View, user_path
from cognito_emulator.domain import strict_json
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.tokens.token import digest
from cognito_emulator.ports.keys import BadSignature, unverified
from cognito_emulator.world import World

LONGEST = 16_384


class Check(Struct, frozen=True):
    """One thing that a token must have; `is_good` is None where it was not checked."""

    title: str
    is_good: bool | None
    text: str


class Decoded(Struct, frozen=True):
    """What is known of a token."""

    kind: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    checks: list[Check]
    user_path: str | None = None
    username: str = ""
    client: str = ""

    @property
    def reasons(self) -> list[str]:
        return [check.text for check in self.checks if check.is_good is False]


async def decode(world: World, token: str) -> Decoded:
    """Decode and check a token.

    Raises:
        HTTPException: 400, it is no token at all.
    """
    _, claims = unverified(token)
    if not claims:
        return _refresh(world, token)
    header = _header(token)
    issuer = claims.get("iss")
    pool = world.store.pools.get(issuer.rsplit("/", 1)[-1]) if isinstance(issuer, str) else None
    checks = [_issuer(world, pool, issuer), await _signature(world, pool, token, header, claims)]
    checks += [_expiry(world, claims), *_records(world, pool, claims)]
    user = world.store.users.get((pool.id, str(claims.get("sub")))) if pool else None
    client = world.store.clients.get(str(claims.get("client_id") or claims.get("aud")))
    return Decoded(
        kind=f"{claims.get('token_use', 'unknown')} token",
        header=header,
        claims=claims,
        checks=checks,
        user_path=user_path(user) if user else None,
        username=user.username if user else "",
        client=client.name if client else "",
    )


def _header(token: str) -> Mapping[str, Any]:
    from jwt import get_unverified_header
    from jwt.exceptions import PyJWTError

    try:
        return dict(get_unverified_header(token))
    except PyJWTError:
        return {}


def _issuer(world: World, pool: Pool | None, issuer: object) -> Check:
    if pool is None:
        return Check("Issuer", False, f"The issuer {issuer!r} is no pool of this emulator.")
    if not world.is_issuer(pool, issuer):
        expected = world.issuer(pool)
        return Check("Issuer", False, f"The issuer is {issuer}; this emulator's is {expected} (--issuer).")
    return Check("Issuer", True, f"{issuer}, the pool {pool.name}.")


async def _signature(
    world: World, pool: Pool | None, token: str, header: Mapping[str, Any], claims: Mapping[str, Any]
) -> Check:
    if pool is None:
        return Check("Signature", None, "Not checked: no pool, no key.")
    keys = await world.keys.of(pool.id)
    key = next((one for one in (keys.id_key, keys.access_key) if one.kid == header.get("kid")), None)
    if key is None:
        return Check("Signature", False, "The key id is none of the pool's: an earlier run of the emulator, perhaps.")
    use = "access" if key is keys.access_key else "id"
    try:
        key.verify(token)
    except BadSignature:
        return Check("Signature", False, "The signature is not the key's: the token was changed.")
    if claims.get("token_use") != use:
        return Check("Signature", False, f"It is signed by the key of {use} tokens.")
    return Check("Signature", True, f"By the pool's key of {use} tokens.")


def _expiry(world: World, claims: Mapping[str, Any]) -> Check:
    expires, now = claims.get("exp"), world.clock.now()
    if not isinstance(expires, (int, float)) or isinstance(expires, bool):
        return Check("Expiry", False, "It has no time of expiry.")
    distance = abs(int(expires - now))
    if expires <= now:
        return Check("Expiry", False, f"It expired {distance:,} s ago, by the emulator's clock.")
    return Check("Expiry", True, f"Good for {distance:,} s, by the emulator's clock.")


def _records(world: World, pool: Pool | None, claims: Mapping[str, Any]) -> list[Check]:
    """Look up the token's client, user and sign-in."""
    if pool is None:
        return []
    client = world.store.clients.get(str(claims.get("client_id") or claims.get("aud")))
    is_known = client is not None and client.pool_id == pool.id
    name = client.name if client else ""
    checks = [Check("Client", is_known, f"{name}." if is_known else "The app client does not exist (any more).")]
    if "event_id" not in claims:
        return checks
    user = world.store.users.get((pool.id, str(claims.get("sub"))))
    if user is None:
        return [*checks, Check("User", False, "The user does not exist (any more).")]
    checks.append(Check("User", user.enabled, f"{user.username}." if user.enabled else f"{user.username} is disabled."))
    family = world.store.families.find("event", str(claims["event_id"]))
    is_live = family is not None and not family.revoked
    text = "Not revoked." if is_live else "The sign-in was revoked or signed out: Access Token has been revoked."
    return [*checks, Check("Sign-in", is_live, text)]


def _refresh(world: World, token: str) -> Decoded:
    """Look up a refresh token.

    Raises:
        HTTPException: 400, it is none of this emulator.
    """
    family = world.store.families.find("token", digest(token))
    if family is None:
        text = "This is neither a JWT nor a refresh token that this emulator has issued."
        raise HTTPException(400, text)
    now = world.clock.now()
    is_current = family.digest == digest(token)
    checks = [
        Check("Sign-in", not family.revoked, "Revoked." if family.revoked else "Not revoked."),
        Check("Rotation", is_current, "In force." if is_current else "Replaced by a newer one."),
        Check("Expiry", family.expires > now, f"Until {int(family.expires - now):,} s from now."),
    ]
    user, client = world.store.users.get(family.user_key), world.store.clients.get(family.client_id)
    facts = {"client_id": family.client_id, "sub": family.sub, "scope": family.scope, "auth_time": family.auth_time}
    path = user_path(user) if user else None
    name = user.username if user else ""
    return Decoded("refresh token", {}, facts, checks, path, name, client.name if client else "")


async def _show(view: View) -> Response:
    view.query()
    return view.page("tokens.html", "Tokens", "tokens", decoded=None, token=view.field("token"))


async def _decode(view: View) -> Response:
    token = "".join(view.field("token").removeprefix("Bearer ").split())
    if not 0 < len(token) <= LONGEST:
        raise HTTPException(400, f"Paste a token of at most {LONGEST:,} characters.")
    try:
        decoded = await decode(view.world, token)
    except strict_json.TooManyValues:
        raise HTTPException(400, "The token holds too many values.") from None
    return view.page("tokens.html", "Tokens", "tokens", decoded=decoded, token=token)


show, send = screen(_show), form(_decode, _show)
