"""Registration and deletion of passkeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth import attestation, passkey_errors
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
    """The owner of passkeys who shows a browser session instead of an access token."""

    pool: Pool
    client: Client
    user: User


def relying_party(world: World, pool: Pool) -> str | None:
    """Return the present relying party id of the pool's passkeys."""
    return pool.passkeys.rp_id or hosted_domain.default_rp_id(world.domains(pool))


def _check_enabled(pool: Pool) -> None:
    if WEB_AUTHN not in pool.first_factors:
        raise passkey_errors.WebAuthnNotEnabled("Passkeys are not enabled for the user pool.").because(
            "passkeys.not-enabled", setting="Policies.SignInPolicy.AllowedFirstAuthFactors", value=pool.first_factors
        )


def start(world: World, access: Access | Owner) -> dict[str, Any]:
    """Return the options for the browser, for StartWebAuthnRegistration.

    An earlier unfinished registration is deleted.

    Raises:
        WebAuthnNotEnabled, WebAuthnConfigurationMissing, LimitExceeded
        NotImplementedHere: the library that completes it is not installed.
    """
    pool, user = access.pool, access.user
    _check_enabled(pool)
    rp_id = relying_party(world, pool)
    if rp_id is None:
        raise passkey_errors.WebAuthnConfigurationMissing(
            "The user pool has neither a relying party ID nor a domain with managed login."
        ).because("passkeys.relying-party-missing", setting="WebAuthnConfiguration.RelyingPartyId")
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
    """Check the authenticator's response and store its passkey.

    Answers CompleteWebAuthnRegistration. The challenge is valid once. A refused answer does not use it up: the user
    may answer again. The limit was checked when the registration began, and a user has one at a time.

    Raises:
        WebAuthnNotEnabled
        WebAuthnChallengeNotFound: there is none, it has expired, or another one is answered.
        WebAuthnClientMismatch: another app client began it.
        WebAuthnRelyingPartyMismatch: the credential, or the registration as a whole, is for another one.
        WebAuthnOriginNotAllowed, WebAuthnCredentialNotSupported, InvalidParameter
    """
    pool, user = access.pool, access.user
    _check_enabled(pool)
    begun = world.store.registrations.get(user.key)
    now = world.clock.now()
    if begun is None or begun.expires <= now:
        raise passkey_errors.challenge_not_found()
    if begun.client_id != access.client.id:
        raise passkey_errors.WebAuthnClientMismatch("The registration was started by another app client.").because(
            "passkeys.client"
        )
    if begun.rp_id != relying_party(world, pool):
        raise passkey_errors.relying_party_mismatch()
    attested = attestation.verify(credential, begun, verify_user=pool.passkeys.verification == "required")
    made = Passkey(pool.id, user.sub, rules.encode(attested.id), begun.rp_id, now, attested)
    if made.key in world.store.passkeys:
        # A credential id belongs to one user alone (W3C Web Authentication).
        raise passkey_errors.invalid_credential().because("passkeys.credential")
    with world.store.write():
        world.store.registrations.delete(begun.key)
        world.store.passkeys.put(made)


def delete(world: World, user: User, credential_id: str) -> None:
    """Delete a passkey, for DeleteWebAuthnCredential.

    Raises:
        ResourceNotFound: the user has no such passkey [own wording].
    """
    found = world.store.passkeys.get((user.pool_id, credential_id.rstrip("=")))
    if found is None or found.sub != user.sub:
        raise errors.ResourceNotFound("Credential does not exist.").because("passkeys.unknown")
    with world.store.write():
        world.store.passkeys.delete(found.key)
        world.store.virtual_passkeys.delete(found.key)
