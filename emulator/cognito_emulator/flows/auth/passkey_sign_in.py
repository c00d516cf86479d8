"""Sign-in with a passkey: WEB_AUTHN of USER_AUTH. (Registration: `passkeys`.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import acr, assertion, first_factor
from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.auth.next_step import Challenge
from cognito_emulator.domain.auth.passkey import CHALLENGE_BYTES, Passkey
from cognito_emulator.domain.auth.session import Passkeys, Session
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.threats.auth_event import FAIL
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.auth import hidden_users, passkeys, sessions
from cognito_emulator.flows.auth.challenge_answer import Answered, Progress, require_member
from cognito_emulator.flows.threats import auth_events

if TYPE_CHECKING:
    from cognito_emulator.world import World

OPTIONS = "CREDENTIAL_REQUEST_OPTIONS"


def of_user(world: World, pool: Pool, user: User) -> list[Passkey]:
    """Return the user's passkeys for the pool's present relying party.

    Others are not usable.
    """
    rp_id = passkeys.relying_party(world, pool)
    return [passkey for passkey in world.store.passkeys.where("user", user.key) if passkey.rp_id == rp_id]


def make_request(world: World, pool: Pool, user: User, typed: str) -> tuple[Passkeys, dict[str, str]]:
    """Return what a passkey is to sign, and the challenge's parameters.

    `user` may be a simulated one; `typed` is their name.
    """
    rp_id = passkeys.relying_party(world, pool) or ""
    passkey_request = Passkeys(world.ids.bytes(CHALLENGE_BYTES), rp_id, _verifies(pool, user))
    ids = [passkey.id for passkey in of_user(world, pool, user)] if user.sub else []
    return passkey_request, {
        OPTIONS: assertion.request_options(passkey_request, ids or [hidden_users.passkey_id(world, pool, typed)])
    }


def with_passkey_request(
    world: World, pool: Pool, user: User, typed: str, step: Challenge
) -> tuple[Passkeys | None, Challenge]:
    """Return the challenge with what a passkey is to sign.

    The passkeys are None where none may answer it. A passkey may answer SELECT_CHALLENGE itself, so that challenge
    has the options already [docs: RespondToAuthChallenge].
    """
    is_offered = step.name == ChallengeName.SELECT_CHALLENGE and ChallengeName.WEB_AUTHN in step.available
    if step.name != ChallengeName.WEB_AUTHN and not is_offered:
        return None, step
    passkey_request, parameters = make_request(world, pool, user, typed)
    return passkey_request, replace(step, parameters=parameters)


def _verifies(pool: Pool, user: User) -> bool:
    """Return whether the passkey has to verify the user."""
    return pool.passkeys.verification == "required" or user.factors.passkey


def answer(world: World, request: Answered, session: Session, user: User) -> Progress:
    """Check the answer to WEB_AUTHN, or to SELECT_CHALLENGE with a passkey.

    A challenge is signed once, rightly or wrongly.

    Raises:
        InvalidParameter: CREDENTIAL is missing, or is not JSON.
        NotAuthorized: the answer is wrong, or the user can no longer begin with a passkey.
    """
    credential = assertion.read(require_member(request.responses, "CREDENTIAL"))
    pool, passkey_request = request.pool, session.passkeys
    mine = of_user(world, pool, user)
    if passkey_request is None or ChallengeName.WEB_AUTHN not in first_factor.available(user, pool, passkey=bool(mine)):
        raise errors.invalid_session()
    passkey_request = replace(passkey_request, verify=passkey_request.verify or _verifies(pool, user))
    passkey = next((passkey for passkey in mine if passkey.id == credential["id"]), None)
    used = (
        assertion.verify(credential, passkey, passkey_request)
        if passkey and passkey.rp_id == passkey_request.rp_id
        else None
    )
    sessions.mark_used(world, session)
    if used is None:
        auth_events.sign_in(world, session.attempt, FAIL)
        raise errors.wrong_credentials().because("passkeys.wrong")
    with world.store.write():
        world.store.passkeys.put(used)
    method = acr.passkey_method(used.attested.attachment)
    attempt = session.attempt.with_proof(ChallengeName.WEB_AUTHN)
    return replace(attempt, proof=replace(attempt.proof, passkey=method)), user
