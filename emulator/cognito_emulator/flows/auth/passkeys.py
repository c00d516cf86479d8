"""Registering passkeys, and taking them away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import attestation
from cognito_emulator.domain.auth import passkey as rules
from cognito_emulator.domain.auth.passkey import Passkey, PendingPasskey
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.hosted import hosted_domain
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.sign_in_policy import WEB_AUTHN
from cognito_emulator.domain.users.user import User
from cognito_emulator.flows.tokens.access import Access

if TYPE_CHECKING:
    from cognito_emulator.world import World


class Owner(Struct, frozen=True):
    """Whose passkeys: a user who has shown a browser session instead of an access token."""

    pool: Pool
    client: Client
    user: User


def relying_party(world: World, pool: Pool) -> str | None:
    """The relying party id that the pool's passkeys are for now."""
    return pool.passkeys.rp_id or hosted_domain.default_rp_id(world.domains(pool))


def _check_enabled(pool: Pool) -> None:
    if WEB_AUTHN not in pool.first_factors:
        raise errors.WebAuthnNotEnabled("Passkeys are not enabled for the user pool.")


def start(world: World, access: Access | Owner) -> dict[str, Any]:
    """StartWebAuthnRegistration: the options for the browser. A registration begun before is forgotten.

    Raises:
        WebAuthnNotEnabled, WebAuthnConfigurationMissing, LimitExceeded
        NotImplementedHere: the library that completes it is not installed.
    """
    pool, user = access.pool, access.user
    _check_enabled(pool)
    rp_id = relying_party(world, pool)
    if rp_id is None:
        raise errors.WebAuthnConfigurationMissing(
            "The user pool has neither a relying party ID nor a domain with managed login."
        )
    attestation.require_library()
    existing = world.store.passkeys.where("user", user.key)
    rules.check_room(len(existing))
    challenge = world.ids.bytes(rules.CHALLENGE_BYTES)
    expires = world.clock.now() + rules.LIFETIME
    begun = PendingPasskey(pool.id, user.sub, access.client.id, rp_id, challenge, expires)
    with world.store.write():
        world.store.registrations.put(begun)
    return rules.creation_options(begun, user, pool.passkeys.verification, existing)


def complete(world: World, access: Access | Owner, credential: Any) -> None:
    """CompleteWebAuthnRegistration: check what the authenticator says; its passkey is the user's from now on.

    The challenge is good once. A refused answer does not use it up: the user may answer again. That there
    is room was seen when it was made, and a user has one at a time.

    Raises:
        WebAuthnNotEnabled
        WebAuthnChallengeNotFound: none was asked for, it has expired, or another one is answered.
        WebAuthnClientMismatch: it was asked for by another app client.
        WebAuthnRelyingPartyMismatch: the credential, or the registration as a whole, is for another one.
        WebAuthnOriginNotAllowed, WebAuthnCredentialNotSupported, InvalidParameter
    """
    pool, user = access.pool, access.user
    _check_enabled(pool)
    begun = world.store.registrations.get(user.key)
    now = world.clock.now()
    if begun is None or begun.expires <= now:
        raise errors.challenge_not_found()
    if begun.client_id != access.client.id:
        raise errors.WebAuthnClientMismatch("The registration was started by another app client.")
    if begun.rp_id != relying_party(world, pool):
        raise errors.relying_party_mismatch()
    attested = attestation.verify(credential, begun, verify_user=pool.passkeys.verification == "required")
    made = Passkey(pool.id, user.sub, rules.encode(attested.id), begun.rp_id, now, attested)
    if made.key in world.store.passkeys:
        # A credential id belongs to one user alone (Web Authentication).
        raise errors.invalid_credential()
    with world.store.write():
        world.store.registrations.delete(begun.key)
        world.store.passkeys.put(made)


def delete(world: World, user: User, credential_id: str) -> None:
    """DeleteWebAuthnCredential.

    Raises:
        ResourceNotFound: the user has no such passkey (the words are ours).
    """
    found = world.store.passkeys.get((user.pool_id, credential_id.rstrip("=")))
    if found is None or found.sub != user.sub:
        raise errors.ResourceNotFound("Credential does not exist.")
    with world.store.write():
        world.store.passkeys.delete(found.key)
