"""Factors of users for tests: known authenticators, passkeys without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import totp
from cognito_emulator.domain.auth.passkey import VirtualPasskey, allows
from cognito_emulator.domain.pools.mfa_factors import SOFTWARE_TOKEN_MFA
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import Factors, Totp, User
from cognito_emulator.flows.auth import passkeys
from cognito_emulator.flows.auth.passkeys import Owner
from cognito_emulator.flows.tokens.made_tokens import CannotExist, find_pool, find_user
from cognito_emulator.ports import virtual_authenticator

if TYPE_CHECKING:
    from cognito_emulator.world import World


class NotOffered(CannotExist):
    """Refuse an authenticator where the pool does not offer them."""


class Code(Struct, frozen=True):
    """A code of a user's authenticator that has not been used.

    `seconds` is how long the authenticator still shows it.
    """

    secret: str
    code: str
    seconds: float


def totp_code(world: World, pool_id: str, username: str, *, forget_used: bool = False) -> Code:
    """Return a code of the user's authenticator that has not been used.

    It is the displayed one, or the next one.

    With `forget_used`, where the next one was used too (or the clock went back), the used ones count as new again.

    Raises:
        CannotExist: the user has no authenticator, or the next code was used too.
    """
    user = find_user(world, find_pool(world, pool_id), username)
    held = user.factors.totp
    secret = held.secret or held.pending
    if secret is None:
        raise CannotExist(f"The user {user.username!r} has no authenticator: PUT a secret, or AssociateSoftwareToken.")
    now = world.clock.now()
    found = totp.usable_code(secret, held.last_step if held.secret else -1, now)
    if found is None and forget_used:
        _put(world, user, replace(user.factors, totp=replace(held, last_step=-1)))
        found = totp.usable_code(secret, -1, now)
    if found is None:
        text = "The present code of the authenticator and the next one have been used"
        raise CannotExist(f"{text}: advance the clock by {totp.STEP} seconds.")
    code, step = found
    return Code(secret, code, (step + 1) * totp.STEP - now)


def set_totp(world: World, pool_id: str, username: str, secret: str) -> Code:
    """Give a user a verified authenticator with a known secret.

    It is the preferred factor from now on.

    Raises:
        NotOffered: the pool does not offer authenticators.
        CannotExist: it is no secret.
    """
    pool = find_pool(world, pool_id)
    user = find_user(world, pool, username)
    problem = totp.secret_problem(secret)
    if problem:
        raise CannotExist(f"'secret': a TOTP secret {problem}.")
    if not pool.mfa.totp:
        text = f"The pool {pool.id} does not offer authenticators"
        raise NotOffered(f"{text}: SetUserPoolMfaConfig with SoftwareTokenMfaConfiguration Enabled.")
    factors = replace(
        user.factors,
        totp=Totp(secret=secret.rstrip("=")),
        enabled=user.factors.enabled | {SOFTWARE_TOKEN_MFA},
        preferred=SOFTWARE_TOKEN_MFA,
    )
    _put(world, user, factors)
    return totp_code(world, pool_id, username)


def _put(world: World, user: User, factors: Factors) -> None:
    with world.store.write():
        world.store.users.put(replace(user, factors=factors, modified=world.clock.now()))


def add_passkey(world: World, pool_id: str, username: str, origin: str | None = None) -> VirtualPasskey:
    """Register a passkey for a user, by the steps that a browser takes.

    Args:
        origin: of the page; without, https at the relying party.

    Raises:
        CannotExist: the pool has no passkeys, no relying party or no client, or the page is not the relying party's.
    """
    pool = find_pool(world, pool_id)
    user = find_user(world, pool, username)
    client = world.store.clients.first("pool", pool.id)
    if client is None:
        raise CannotExist(f"The pool {pool.id} has no client, which a registration needs.")
    owner = Owner(pool, client, user)
    try:
        options = passkeys.start(world, owner)
        _check_origin(options["rp"]["id"], origin)
        made = virtual_authenticator.create(options, origin or f"https://{options['rp']['id']}")
        passkeys.complete(world, owner, made.answer)
    except errors.ApiError as error:
        raise CannotExist(error.message) from None
    record = VirtualPasskey(pool.id, user.sub, made.id, options["rp"]["id"], made.private.to_bytes(32, "big"))
    with world.store.write():
        world.store.virtual_passkeys.put(record)
    return record


def _check_origin(rp_id: str, origin: str | None) -> None:
    if origin is not None and not allows(rp_id, origin):
        raise CannotExist(f"'origin' must be https://{rp_id} or below, not {origin!r}.")


def assertion(
    world: World, pool_id: str, username: str, options: Mapping[str, Any], origin: str | None = None
) -> dict[str, Any]:
    """Answer CREDENTIAL_REQUEST_OPTIONS with one of the user's virtual passkeys.

    Raises:
        CannotExist: the options have no challenge, or no virtual passkey of the user fits them.
    """
    pool = find_pool(world, pool_id)
    user = find_user(world, pool, username)
    challenge, rp_id = options.get("challenge"), options.get("rpId")
    if not isinstance(challenge, str) or not isinstance(rp_id, str):
        raise CannotExist("'options' must be CREDENTIAL_REQUEST_OPTIONS, with texts 'challenge' and 'rpId'.")
    _check_origin(rp_id, origin)
    found = _fitting(world, pool, user, rp_id, options.get("allowCredentials"))
    private = int.from_bytes(found.private, "big")
    at = origin or f"https://{rp_id}"
    return virtual_authenticator.get(found.id, private, rp_id, challenge, origin=at, handle=user.sub)


def _fitting(world: World, pool: Pool, user: User, rp_id: str, allowed: object) -> VirtualPasskey:
    listed = allowed if isinstance(allowed, list) else []
    ids = {each.get("id") for each in listed if isinstance(each, dict)}
    for known in reversed(world.store.virtual_passkeys.where("user", user.key)):
        is_registered = (pool.id, known.id) in world.store.passkeys
        if is_registered and known.rp_id == rp_id and (not ids or known.id in ids):
            return known
    raise CannotExist(f"The user {user.username!r} has no virtual passkey that fits these options.")
