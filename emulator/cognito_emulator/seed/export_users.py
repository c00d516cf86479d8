"""Export a user's block (`seed.user_state`: the keys that no operation has)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.auth.passkey import Passkey
from cognito_emulator.domain.federation.provider import ProviderLink
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.imported_hash import ImportedHash
from cognito_emulator.domain.users.user import Password, User
from cognito_emulator.seed.plain import present

Block = dict[str, Any]


def user_block(store: Store, pool: Pool, user: User) -> Block:
    """Return the block that makes the user again."""
    factors = user.factors
    # `identities` is made of the links.
    attributes = {name: value for name, value in user.attributes if name != "identities"}
    is_own_name = user.username == user.sub and not user.federated
    groups = [one.group for one in store.memberships.where("user", user.key)]
    block = present(
        {
            "Username": _address(pool, user) if is_own_name else user.username,
            "Sub": user.sub,
            "UserStatus": user.status,
            "Enabled": None if user.enabled else False,
            "Federated": user.federated or None,
            "UserCreateDate": user.created,
            "UserLastModifiedDate": user.modified,
            "Attributes": attributes or None,
            "PasswordVerifier": _password(user.password) if user.password else None,
            "PasswordHash": _hash(user.imported_hash) if user.imported_hash else None,
            "PasswordHistory": [_password(old) for old in user.password_history],
            "TOTPSecret": factors.totp.secret,
            "TOTPName": factors.totp.name or None,
            "PreferredMfaSetting": factors.preferred,
            "SmsMfaOption": factors.sms_option or None,
            "PasskeyMfa": factors.passkey or None,
            "Groups": groups,
            "Identities": [_link(one) for one in store.identities.where("user", user.key)],
            "Passkeys": [_passkey(one) for one in store.passkeys.where("user", user.key)],
            "Devices": [_device(one) for one in store.devices.where("user", user.key)],
        }
    )
    if factors.enabled or factors.totp.secret:
        # Where there is a secret, an empty list says that the authenticator is not on.
        block["UserMFASettingList"] = sorted(factors.enabled)
    return block


def _address(pool: Pool, user: User) -> str:
    """Return the address that was sent as the user name, in a pool with such names."""
    found = (user.get(name) for name in ("email", "phone_number") if name in pool.username_attributes)
    return next((value for value in found if value), user.username)


def _hex(number: int) -> str:
    return f"{number:02x}"


def _password(password: Password) -> Block:
    return present({"Salt": password.salt.hex(), "X": _hex(password.x), "ExpirationDate": password.expires})


def _hash(imported: ImportedHash) -> Block:
    return {
        "Algorithm": imported.algorithm,
        "Costs": list(imported.costs),
        "Salt": imported.salt.hex(),
        "Length": imported.length,
        "Digest": imported.digest.hex(),
    }


def _passkey(passkey: Passkey) -> Mapping[str, Any]:
    attested = passkey.attested
    return present(
        {
            "CredentialId": passkey.id,
            "PublicKey": attested.public_key.hex(),
            "RelyingPartyId": passkey.rp_id,
            "CreatedAt": passkey.created,
            "SignCount": attested.sign_count,
            "AAGUID": attested.aaguid,
            "UserVerified": attested.user_verified,
            "Synced": attested.synced,
            "AuthenticatorAttachment": attested.attachment,
            "AuthenticatorTransports": list(attested.transports),
        }
    )


def _device(device: Device) -> Mapping[str, Any]:
    return {
        "DeviceKey": device.key,
        "DeviceName": device.name,
        "Salt": device.salt.hex(),
        "PasswordVerifier": _hex(device.verifier),
        "DeviceRemembered": device.remembered,
        "DeviceCreateDate": device.created,
        "DeviceLastModifiedDate": device.modified,
        "DeviceLastAuthenticatedDate": device.authenticated,
        "LastIpUsed": device.ip,
    }


def _link(link: ProviderLink) -> Mapping[str, Any]:
    return present(
        {
            "ProviderName": link.provider,
            "ProviderAttributeName": link.attribute,
            "ProviderAttributeValue": link.value,
            "UserId": link.user_id,
            "ProviderType": link.type,
            "Issuer": link.issuer,
            "Primary": link.primary,
            "DateCreated": link.created,
        }
    )
