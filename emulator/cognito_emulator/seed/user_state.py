"""Name the keys of a user's block that no operation sets, as exports write them.

The names are AWS's where it has one. Whole numbers of any size and bytes are hexadecimal digits, times epoch seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_emulator.domain.users.imported_hash import ARGON2ID, BCRYPT, PBKDF2, SCRYPT
from cognito_emulator.domain.users.user import (
    CONFIRMED,
    EXTERNAL_PROVIDER,
    FORCE_CHANGE_PASSWORD,
    RESET_REQUIRED,
    UNCONFIRMED,
)
from cognito_emulator.seed.allowed_keys import FLAG, TEXT
from cognito_emulator.seed.coercion import Field, typed
from cognito_emulator.seed.problems import Notes
from cognito_emulator.wire.model import Shape

STATUSES = (UNCONFIRMED, CONFIRMED, FORCE_CHANGE_PASSWORD, RESET_REQUIRED, EXTERNAL_PROVIDER)
FACTORS = ("SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP")

_TIME = Shape("Time", "double", min=0)
_COUNT = Shape("Count", "long", min=0, max=2**32)


def _hex(name: str, most: int) -> Shape:
    return Shape(name, "string", min=2, max=most, pattern=r"[0-9a-f]+", sensitive=True)


def _block(name: str, needed: Mapping[str, Shape], other: Mapping[str, Shape]) -> Shape:
    return Shape(name, "structure", required=frozenset(needed), members={**needed, **other})


def _list(element: Shape) -> Shape:
    return Shape(f"{element.name}List", "list", element=element)


_PASSWORD = _block("PasswordVerifier", {"Salt": _hex("Salt", 128), "X": _hex("X", 64)}, {"ExpirationDate": _TIME})
_HASH = _block(
    "PasswordHash",
    {
        "Algorithm": Shape("Algorithm", "string", enum=(BCRYPT, SCRYPT, ARGON2ID, PBKDF2)),
        "Costs": _list(_COUNT),
        "Salt": _hex("Salt", 1024),
        "Length": _COUNT,
        "Digest": _hex("Digest", 128),
    },
    {},
)
_PASSKEY = _block(
    "Passkey",
    {
        "CredentialId": Shape("CredentialId", "string", min=1, max=2048, pattern=r"[A-Za-z0-9_-]+"),
        "PublicKey": _hex("PublicKey", 4096),
        "RelyingPartyId": Shape("RelyingPartyId", "string", min=1, max=127),
    },
    {
        "CreatedAt": _TIME,
        "SignCount": _COUNT,
        "AAGUID": TEXT,
        "UserVerified": FLAG,
        "Synced": FLAG,
        "AuthenticatorAttachment": TEXT,
        "AuthenticatorTransports": _list(TEXT),
    },
)
_DEVICE = _block(
    "Device",
    {
        "DeviceKey": Shape("DeviceKey", "string", min=1, max=55, pattern=r"[\w-]+_[0-9a-f-]+"),
        "Salt": _hex("Salt", 1024),
        "PasswordVerifier": _hex("PasswordVerifier", 1024),
    },
    {
        "DeviceName": TEXT,
        "DeviceRemembered": FLAG,
        "DeviceCreateDate": _TIME,
        "DeviceLastModifiedDate": _TIME,
        "DeviceLastAuthenticatedDate": _TIME,
        "LastIpUsed": TEXT,
    },
)
_LINK = _block(
    "Identity",
    {
        "ProviderName": TEXT,
        "ProviderAttributeName": TEXT,
        "ProviderAttributeValue": TEXT,
        "UserId": TEXT,
        "ProviderType": TEXT,
    },
    {"Issuer": TEXT, "Primary": FLAG, "DateCreated": _TIME},
)
SHAPES: Mapping[str, Shape] = {
    "UserStatus": Shape("UserStatusType", "string", enum=STATUSES),
    "UserCreateDate": _TIME,
    "UserLastModifiedDate": _TIME,
    "PasswordVerifier": _PASSWORD,
    "PasswordHistory": _list(_PASSWORD),
    "PasswordHash": _HASH,
    "UserMFASettingList": _list(Shape("Factor", "string", enum=FACTORS)),
    "PreferredMfaSetting": Shape("Factor", "string", enum=FACTORS),
    "SmsMfaOption": FLAG,
    "PasskeyMfa": FLAG,
    "TOTPName": TEXT,
    "Federated": FLAG,
    "Passkeys": _list(_PASSKEY),
    "Devices": _list(_DEVICE),
    "Identities": _list(_LINK),
}


def read(notes: Notes, found: Mapping[str, Field]) -> dict[str, Any]:
    """Return the typed values of these keys, and note what contradicts another key."""
    state = {name: typed(notes, SHAPES[name], field) for name, field in found.items() if name in SHAPES}
    state = {name: value for name, value in state.items() if value is not None}
    passwords = [
        name for name in ("Password", "TemporaryPassword", "PasswordVerifier", "PasswordHash") if name in found
    ]
    if len(passwords) > 1:
        notes.add(found[passwords[0]].place, f"a user has a {passwords[0]} or a {passwords[1]}, not both")
    preferred, factors = state.get("PreferredMfaSetting"), state.get("UserMFASettingList", [])
    if preferred is not None and preferred not in factors:
        notes.add(found["PreferredMfaSetting"].place, "the preferred factor is not in UserMFASettingList")
    return state
