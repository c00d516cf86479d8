"""Users who do not exist, as a client with PreventUserExistenceErrors sees them.

They look like other users, and the same each time. Everything is derived from the entered name and the world's
secret, so it repeats and can't be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from typing import TYPE_CHECKING, NoReturn

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import assertion, first_factor
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.passkey import encode
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.pools.attributes import is_email, is_phone
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users import names
from cognito_emulator.domain.users.user import CONFIRMED, Password, User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.auth.challenge_answer import Answered, require_member

if TYPE_CHECKING:
    from cognito_emulator.world import World


def derive(world: World, purpose: str, pool: Pool, typed: str) -> bytes:
    """Derive 32 bytes from the entered name."""
    text = f"{purpose}|{pool.id}|{pool.fold(typed)}".encode()
    return hmac.new(world.secret, text, hashlib.sha256).digest()


def name(world: World, pool: Pool, typed: str) -> str:
    """Return the internal user id of a user who does not exist, in a UUID's form."""
    return str(uuid.UUID(bytes=derive(world, "name", pool, typed)[:16], version=4))


def find(world: World, pool: Pool, client: Client, typed: str) -> User | None:
    """Find the user who signs in; None for an unknown name that the client hides.

    PreventUserExistenceErrors hides it.

    Raises:
        UserNotFound
        NotAuthorized: disabled, which the client does not hide [docs: how-to-manage-user-accounts].
    """
    found = names.find(world.store, pool, typed)
    return None if found is None and client.hides_users else require_enabled(found, _unknown)


def _unknown() -> errors.UserNotFound:
    return errors.user_not_found().because("auth.user-unknown", setting="PreventUserExistenceErrors", value="LEGACY")


def user(world: World, pool: Pool, typed: str) -> User:
    """Return a user who could exist; the caller must not store them.

    USER_AUTH answers with "a random selection from the challenge types allowed for the user pool"
    [docs: cognito-user-pool-managing-errors]. The factors of this user decide it.
    """
    has = _factors(world, pool, typed)
    attributes = []
    if ChallengeName.EMAIL_OTP in has:
        attributes.append(("email", typed if is_email(typed) else f"{typed}@{typed[-1:]}"))
    if ChallengeName.SMS_OTP in has:
        digits = "".join(str(byte % 10) for byte in derive(world, "phone", pool, typed)[:11])
        attributes.append(("phone_number", typed if is_phone(typed) else f"+{digits}"))
    kept = None
    if ChallengeName.PASSWORD in has:
        x = int.from_bytes(derive(world, "verifier", pool, typed), "big")
        kept = Password(derive(world, "salt", pool, typed)[:16], x)
    invented = name(world, pool, typed)
    return User(
        pool.id, "", invented, invented, 0.0, 0.0, CONFIRMED, attributes=tuple(attributes), password=kept
    )  # fmt: skip


def _factors(world: World, pool: Pool, typed: str) -> list[str]:
    """Return some of the pool's first factors, at least one.

    A password is always among them where the pool has it, since its refusal tells nothing. A name in the form of an
    address has a code to it.
    """
    bits = derive(world, "factors", pool, typed)
    allowed = sorted(pool.first_factors)
    sure: dict[str, bool] = {
        ChallengeName.PASSWORD: True,
        ChallengeName.EMAIL_OTP: is_email(typed),
        ChallengeName.SMS_OTP: is_phone(typed),
    }
    found = [factor for factor, bit in zip(allowed, bits, strict=False) if bit & 1 or sure.get(factor)]
    if set(found) <= {ChallengeName.WEB_AUTHN}:
        found.append(ChallengeName.EMAIL_OTP if ChallengeName.EMAIL_OTP in allowed else ChallengeName.SMS_OTP)
    return found


def has_passkey(world: World, pool: Pool, typed: str) -> bool:
    return ChallengeName.WEB_AUTHN in _factors(world, pool, typed)


def passkey_id(world: World, pool: Pool, typed: str) -> str:
    return encode(derive(world, "passkey", pool, typed)[:20])


def check_device(key: str) -> None:
    """Refuse a device key as `devices.check` does.

    A user who does not exist has no device.

    Raises:
        ResourceNotFound
    """
    if key:
        raise errors.device_not_found()


def refuse(world: World, request: Answered, session: Session) -> NoReturn:
    """Refuse an answer to a challenge, as a wrong answer of an existing user.

    Raises:
        InvalidParameter: it lacks a part that the challenge needs. CodeMismatch, NotAuthorized
    """
    if request.challenge in first_factor.ATTRIBUTE:
        require_member(request.responses, f"{request.challenge}_CODE")
        raise errors.CodeMismatch("Invalid code or auth state for the user.").because(
            "auth.user-hidden", setting="PreventUserExistenceErrors", value="ENABLED"
        )
    if request.challenge == ChallengeName.WEB_AUTHN:
        assertion.read(require_member(request.responses, "CREDENTIAL"))
        with world.store.write():
            world.store.sessions.put(replace(session, used=True))
    raise errors.wrong_credentials().because("auth.user-hidden", setting="PreventUserExistenceErrors", value="ENABLED")
