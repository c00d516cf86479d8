"""The one table of what is stored: each table's records.

Files and data folders are written and read by it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

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
# By the name of the type, as the data folder has it.
TYPES: Mapping[str, type[Struct]] = {kind.__name__: kind for kind in RECORDS.values()}
