"""Serve passkeys of the signed-in user (sign-in: `flows.auth.passkey_sign_in`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.passkey import Passkey
from cognito_emulator.domain.page import page_of
from cognito_emulator.flows.auth import passkeys
from cognito_emulator.flows.tokens.access import Access, authorize
from cognito_emulator.operations._shapes import stamp
from cognito_emulator.wire.registry import operation
from cognito_emulator.world import World


async def _caller(world: World, access_token: str) -> Access:
    try:
        return await authorize(world, access_token)
    except (errors.UserNotFound, errors.ResourceNotFound) as missing:
        # None of the four models the first, and only one the second, there for the credential.
        raise errors.NotAuthorized(missing.message).because("api.client-unknown") from None


def _shape(passkey: Passkey) -> dict[str, Any]:
    return {
        "CredentialId": passkey.id,
        "FriendlyCredentialName": passkey.attested.friendly_name,
        "RelyingPartyId": passkey.rp_id,
        "AuthenticatorAttachment": passkey.attested.attachment,
        "AuthenticatorTransports": list(passkey.attested.transports),
        "CreatedAt": stamp(passkey.created),
    }


@operation("StartWebAuthnRegistration")
async def start_web_authn_registration(world: World, *, access_token: str) -> Mapping[str, Any]:
    access = await _caller(world, access_token)
    return {"CredentialCreationOptions": passkeys.start(world, access)}


@operation("CompleteWebAuthnRegistration")
async def complete_web_authn_registration(world: World, *, access_token: str, credential: Any) -> None:
    access = await _caller(world, access_token)
    passkeys.complete(world, access, credential)


@operation("ListWebAuthnCredentials")
async def list_web_authn_credentials(
    world: World, *, access_token: str, max_results: int | None = None, next_token: str | None = None
) -> Mapping[str, Any]:
    user = (await _caller(world, access_token)).user
    request = f"ListWebAuthnCredentials:{user.key}"
    page = page_of(world.store.passkeys, "user", user.key, request, max_results, next_token)
    return {"Credentials": [_shape(passkey) for passkey in page.items], "NextToken": page.token}


@operation("DeleteWebAuthnCredential")
async def delete_web_authn_credential(world: World, *, access_token: str, credential_id: str) -> None:
    access = await _caller(world, access_token)
    passkeys.delete(world, access.user, credential_id)
