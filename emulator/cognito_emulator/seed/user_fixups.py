"""Complete a seeded user as flows would: verifiers, factors, devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from cognito_emulator.domain.auth import passkey as passkeys
from cognito_emulator.domain.auth.passkey import Attested, Passkey
from cognito_emulator.domain.federation.provider import ProviderLink, with_identities
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.table import StoreError
from cognito_emulator.domain.users import imported_hash
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.imported_hash import ImportedHash
from cognito_emulator.domain.users.names import with_aliases
from cognito_emulator.domain.users.user import CONFIRMED, EXTERNAL_PROVIDER, Password, Totp, User
from cognito_emulator.seed.model import UserSeed
from cognito_emulator.world import World

Key = tuple[str, str]
State = Mapping[str, Any]


class Contradiction(Exception):
    """The state of a user contradicts another user's, or itself."""


def make_federated(world: World, pool: Pool | None, seed: UserSeed) -> User:
    """Store a user as a provider's sign-in makes one: no operation does.

    Raises:
        Contradiction
    """
    if pool is None:
        raise LookupError("no pool")
    members, now = seed.block.members, world.clock.now()
    name = members["Username"]
    user = User(pool.id, seed.sub or world.ids.uuid(), name, pool.fold(name), now, now, EXTERNAL_PROVIDER)
    pairs = [(item["Name"], item.get("Value", "")) for item in members.get("UserAttributes", ())]
    user = replace(user, federated=True).with_attributes(pairs)
    if user.key in world.store.users:
        raise Contradiction("there is a user of that Sub already")
    _put(world, with_aliases(pool, user))
    return user


def settle(world: World, key: Key, state: State) -> None:
    """Make a user what the seed says.

    Raises:
        Contradiction
    """
    user, pool = world.store.users.get(key), world.store.pools.get(key[0])
    if user is None or pool is None:
        raise LookupError(f"no user {key}")
    user = _with_dates(_with_factors(_with_password(user, state), state), state)
    if "Identities" in state:
        links = [_link(key, one, world.clock.now()) for one in state["Identities"]]
        user = with_identities(user, links)
        _put_new(world, "identities", links, "ProviderAttributeValue")
    if "Passkeys" in state:
        _put_new(world, "passkeys", [_passkey(key, one, user.created) for one in state["Passkeys"]], "CredentialId")
    if "Devices" in state:
        devices = [_device(key, one, user.created) for one in state["Devices"]]
        _put_new(world, "devices", devices, "DeviceKey")
    _put(world, with_aliases(pool, user))


def _put(world: World, user: User) -> None:
    try:
        with world.store.write():
            world.store.users.put(user)
    except StoreError:
        raise Contradiction("another user has that user name, or one of its aliases") from None


def _put_new(world: World, table_name: str, records: list[Any], what: str) -> None:
    table = world.store.tables()[table_name]
    for record in records:
        old = table.get(table.key_of(record))
        if old is not None and old.sub != record.sub:
            raise Contradiction(f"another user has that {what}")
    with world.store.write():
        for record in records:
            table.put(record)


def _with_password(user: User, state: State) -> User:
    if "PasswordVerifier" in state:
        password = _password(state["PasswordVerifier"])
        status = user.status if password.expires is not None else CONFIRMED
        user = replace(user, password=password, imported_hash=None, status=status)
    if "PasswordHash" in state:
        found = state["PasswordHash"]
        salt, digest = bytes.fromhex(_even(found["Salt"])), bytes.fromhex(_even(found["Digest"]))
        made = ImportedHash(found["Algorithm"], tuple(map(int, found["Costs"])), salt, int(found["Length"]), digest)
        try:
            imported_hash.check(made)
        except imported_hash.BadHash as problem:
            raise Contradiction(str(problem)) from None
        user = replace(user, password=None, imported_hash=made)
    if "PasswordHistory" in state:
        user = replace(user, password_history=tuple(map(_password, state["PasswordHistory"])))
    status = state.get("UserStatus", user.status)
    if state.get("UserStatus") is not None and not {"PasswordVerifier", "PasswordHash"} & state.keys():
        # AdminCreateUser has made a temporary password, which no user knows.
        user = replace(user, password=None)
    return replace(user, status=status)


def _even(digits: str) -> str:
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def _password(found: Mapping[str, Any]) -> Password:
    return Password(bytes.fromhex(_even(found["Salt"])), int(found["X"], 16), expires=found.get("ExpirationDate"))


def _with_factors(user: User, state: State) -> User:
    factors = user.factors
    if "UserMFASettingList" in state:
        enabled = frozenset(state["UserMFASettingList"])
        factors = replace(factors, enabled=enabled, preferred=state.get("PreferredMfaSetting"))
    totp: Totp = replace(factors.totp, name=state.get("TOTPName", factors.totp.name))
    sms, passkey = state.get("SmsMfaOption", factors.sms_option), state.get("PasskeyMfa", factors.passkey)
    return replace(user, factors=replace(factors, totp=totp, sms_option=sms, passkey=passkey))


def _with_dates(user: User, state: State) -> User:
    created = state.get("UserCreateDate", user.created)
    return replace(user, created=created, modified=state.get("UserLastModifiedDate", user.modified))


def _passkey(key: Key, found: Mapping[str, Any], created: float) -> Passkey:
    attested = Attested(
        id=passkeys.decode(found["CredentialId"]),
        public_key=bytes.fromhex(_even(found["PublicKey"])),
        sign_count=int(found.get("SignCount", 0)),
        aaguid=found.get("AAGUID", "00000000-0000-0000-0000-000000000000"),
        user_verified=found.get("UserVerified", True),
        synced=found.get("Synced", False),
        attachment=found.get("AuthenticatorAttachment"),
        transports=tuple(found.get("AuthenticatorTransports", ())),
    )
    at = found.get("CreatedAt", created)
    return Passkey(*key, found["CredentialId"], found["RelyingPartyId"], at, attested)


def _device(key: Key, found: Mapping[str, Any], created: float) -> Device:
    at = found.get("DeviceCreateDate", created)
    return Device(
        *key,
        found["DeviceKey"],
        found.get("DeviceName", ""),
        bytes.fromhex(_even(found["Salt"])),
        int(found["PasswordVerifier"], 16),
        at,
        found.get("DeviceLastModifiedDate", at),
        found.get("DeviceLastAuthenticatedDate", at),
        found.get("LastIpUsed", ""),
        remembered=found.get("DeviceRemembered", False),
    )


def _link(key: Key, found: Mapping[str, Any], now: float) -> ProviderLink:
    pool_id, sub = key
    return ProviderLink(
        pool_id,
        found["ProviderName"],
        found["ProviderAttributeName"],
        found["ProviderAttributeValue"],
        sub,
        found["UserId"],
        found["ProviderType"],
        found.get("DateCreated", now),
        found.get("Issuer"),
        found.get("Primary", False),
    )
