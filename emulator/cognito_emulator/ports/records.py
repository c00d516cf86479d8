"""Write the records of all tables as JSON, and read them back as equal records.

JSON has whole numbers of every size, which the secrets of passwords need; bytes are base64. A record is an object of
its fields; one without a field that is new gets its default.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.auth.code import PendingCode
from cognito_emulator.domain.auth.passkey import Passkey, PendingPasskey, VirtualPasskey
from cognito_emulator.domain.auth.session import Session
from cognito_emulator.domain.clients.cimd_policy import CachedDocument, CimdPolicy
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.clients.resource_server import ResourceServer
from cognito_emulator.domain.clients.terms import Terms
from cognito_emulator.domain.federation.departure import Departure
from cognito_emulator.domain.federation.mock_idp import MockCode, Person
from cognito_emulator.domain.federation.provider import Provider, ProviderLink
from cognito_emulator.domain.federation.saml import SamlSession, SigningOut, UsedAssertion
from cognito_emulator.domain.history import Change, Row
from cognito_emulator.domain.hosted.authorization import AuthorizationCode, BrowserSession
from cognito_emulator.domain.hosted.branding import Branding
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.hosted.ui_customization import UiCustomization
from cognito_emulator.domain.identity_pools.identity import PoolIdentity
from cognito_emulator.domain.identity_pools.identity_pool import IdentityPool
from cognito_emulator.domain.identity_pools.login_provider import LoginProvider
from cognito_emulator.domain.limits import ProvisionedLimit
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.recovery import Recovery
from cognito_emulator.domain.pools.replica import Replica
from cognito_emulator.domain.threats.auth_event import AuthEvent
from cognito_emulator.domain.threats.known_risk import CompromisedPassword, FixedRisk, Place
from cognito_emulator.domain.threats.log_delivery import LogDelivery
from cognito_emulator.domain.threats.risk import RiskConfiguration
from cognito_emulator.domain.tokens.token import RefreshFamily
from cognito_emulator.domain.users.device import Device
from cognito_emulator.domain.users.group import Group, Membership
from cognito_emulator.domain.users.import_job import ImportJob
from cognito_emulator.domain.users.user import User

RECORDS: Mapping[str, type[Struct]] = {
    "pools": Pool, "replicas": Replica, "limits": ProvisionedLimit, "recoveries": Recovery,
    "clients": Client, "cimd_policies": CimdPolicy, "client_documents": CachedDocument,
    "resource_servers": ResourceServer, "terms": Terms,
    "users": User, "groups": Group, "memberships": Membership, "devices": Device, "import_jobs": ImportJob,
    "sessions": Session, "codes": PendingCode, "passkeys": Passkey,
    "virtual_passkeys": VirtualPasskey, "registrations": PendingPasskey,
    "families": RefreshFamily,
    "auth_events": AuthEvent, "risks": RiskConfiguration, "fixed_risks": FixedRisk,
    "compromised": CompromisedPassword, "places": Place, "log_deliveries": LogDelivery,
    "domains": HostedDomain, "brandings": Branding, "looks": UiCustomization,
    "authorization_codes": AuthorizationCode, "browser_sessions": BrowserSession,
    "providers": Provider, "identities": ProviderLink, "departures": Departure, "assertions": UsedAssertion,
    "saml_sessions": SamlSession, "signing_out": SigningOut, "people": Person, "mock_codes": MockCode,
    "identity_pools": IdentityPool, "federated_identities": PoolIdentity, "login_providers": LoginProvider,
}  # fmt: skip


def encode(value: Any) -> bytes:
    """Write records, and what holds them, as JSON."""
    return _ENCODER.encode(value)


def decode_rows(table: str, data: bytes | msgspec.Raw) -> list[Row]:
    """Read the rows of a table, as `encode` wrote a list of them.

    Raises:
        msgspec.ValidationError: they are none of that table.
    """
    rows: list[Row] = _rows_decoder(table).decode(data)
    if table == "recoveries":
        return [(seq, replace(one, reverts=tuple(map(_typed, one.reverts)))) for seq, one in rows]
    return rows


def decode_record(table: str, data: bytes | str) -> Any:
    """Read one record of a table, as `encode` wrote it.

    Raises:
        msgspec.ValidationError, msgspec.DecodeError: it is none of that table.
    """
    return msgspec.json.decode(data, type=RECORDS[table], dec_hook=_made)


def _typed(change: Change) -> Change:
    """Read the rows of a change, whose type its table tells."""
    kind = RECORDS.get(change.table)
    if kind is None:
        raise msgspec.ValidationError(f"there is no table {change.table}")

    def row(plain: Any) -> Any:
        return None if plain is None else msgspec.convert(plain, tuple[int, kind], dec_hook=_made)  # type: ignore[valid-type]

    return replace(change, before=row(change.before), after=row(change.after))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"a {type(value).__name__} cannot be written")


def _made(kind: type, value: Any) -> Any:
    """Read the key of a row: a text, or several values."""
    if kind is not Hashable:
        raise NotImplementedError(f"a {kind.__name__} cannot be read")
    return tuple(value) if isinstance(value, list) else value


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)


@cache
def _rows_decoder(table: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[tuple[int, RECORDS[table]]], dec_hook=_made)  # type: ignore[valid-type]
