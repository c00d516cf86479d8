"""Hold the state of one world: its tables and their indexes.

Nothing else holds state, and nothing else writes it.

    with store.write():                 # commits whole or not at all; never an `await` inside
        store.users.put(replace(user, status=CONFIRMED))

Look-ups by name, alias, e-mail, phone, sub and token are O(1).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from cognito_emulator.domain.auth.challenge_name import ChallengeName
from cognito_emulator.domain.history import History
from cognito_emulator.domain.table import Database, StoreError, Table

if TYPE_CHECKING:
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
    from cognito_emulator.domain.identity_pools.identity import Login, PoolIdentity
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


class Store(Database):
    """All tables, by the room of their records. Keys: see each record's `key`."""

    def __init__(self, history: History | None = None) -> None:
        super().__init__(history)
        self._declare_pools()
        self._declare_clients()
        self._declare_users()
        self._declare_auth()
        self._declare_tokens()
        self._declare_threats()
        self._declare_hosted()
        self._declare_federation()
        self._declare_identity_pools()
        # What point-in-time recovery brings back, and the plans that pools were on.
        self.history.keep("users", "groups", "memberships", "passkeys", "identities", "pools")

    def _declare_pools(self) -> None:
        self.pools: Table[Pool] = self.table("pools", _pool_id)
        self.pools.index("home", lambda pool: [(pool.account, pool.region)])

        self.replicas: Table[Replica] = self.table("replicas", lambda replica: replica.key)
        self.replicas.index("pool", lambda replica: [replica.pool_id])
        self.replicas.index("home", lambda replica: [(replica.account, replica.region)])

        self.limits: Table[ProvisionedLimit] = self.table("limits", lambda limit: limit.key)
        self.limits.index("home", lambda limit: [(limit.account, limit.region)])

        self.recoveries: Table[Recovery] = self.table("recoveries", lambda recovery: recovery.id)
        self.recoveries.index("pool", lambda recovery: [recovery.pool_id])
        self.recoveries.index("account", lambda recovery: [recovery.account])

    def _declare_clients(self) -> None:
        self.clients: Table[Client] = self.table("clients", _client_id)
        self.clients.index("pool", lambda client: [client.pool_id])

        self.cimd_policies: Table[CimdPolicy] = self.table("cimd_policies", lambda policy: policy.id)
        self.cimd_policies.index("pool", lambda policy: [policy.pool_id])
        self.cimd_policies.index("client", lambda policy: [policy.client_id] if policy.client_id else [])

        self.client_documents: Table[CachedDocument] = self.table("client_documents", lambda one: one.key)
        self.client_documents.index("pool", lambda one: [one.pool_id])
        self.client_documents.index("policy", lambda one: [one.policy_id])

        self.resource_servers: Table[ResourceServer] = self.table("resource_servers", lambda server: server.key)
        self.resource_servers.index("pool", lambda server: [server.pool_id])

        self.terms: Table[Terms] = self.table("terms", lambda terms: terms.id)
        self.terms.index("pool", lambda terms: [terms.pool_id])
        self.terms.index("place", lambda terms: [terms.place], unique=True)

    def _declare_users(self) -> None:
        self.users: Table[User] = self.table("users", lambda user: user.key)
        self.users.index("pool", lambda user: [user.pool_id], of=("pool_id",))
        self.users.index(
            "username",
            lambda user: [(user.pool_id, user.folded_username)],
            unique=True,
            of=("pool_id", "folded_username"),
            is_nested=True,
        )
        self.users.index("alias", _aliases, unique=True, of=("pool_id", "aliases"), is_nested=True)
        # In lower case, as ListUsers searches.
        for name in ("email", "phone_number"):
            self.users.index(name, partial(_value, name), of=("pool_id", "attributes"), is_nested=True)
        self.users.index(
            "hashed", lambda user: [user.pool_id] if user.imported_hash else [], of=("pool_id", "imported_hash")
        )

        self.groups: Table[Group] = self.table("groups", lambda group: group.key)
        self.groups.index("pool", lambda group: [group.pool_id])

        self.memberships: Table[Membership] = self.table("memberships", lambda m: m.key)
        self.memberships.index("user", lambda m: [(m.pool_id, m.sub)])
        self.memberships.index("group", lambda m: [(m.pool_id, m.group)])

        self.devices: Table[Device] = self.table("devices", lambda device: device.row_key)
        self.devices.index("user", lambda device: [(device.pool_id, device.sub)])

        self.import_jobs: Table[ImportJob] = self.table("import_jobs", lambda job: job.id)
        self.import_jobs.index("pool", lambda job: [job.pool_id])
        self.import_jobs.index("account", lambda job: [job.account])

    def _declare_auth(self) -> None:
        self.sessions: Table[Session] = self.table("sessions", lambda session: session.digest)
        self.sessions.index("all", lambda _: [None])
        self.sessions.index("device", _device_session, of=("attempt", "challenge", "used"))

        self.codes: Table[PendingCode] = self.table("codes", lambda code: code.key)
        self.codes.index("user", lambda code: [(code.pool_id, code.sub)])
        self.codes.index("pool", lambda code: [code.pool_id])
        self.codes.index("simulated", lambda code: [None] if code.is_simulated else [])

        self.passkeys: Table[Passkey] = self.table("passkeys", lambda passkey: passkey.key)
        self.passkeys.index("user", lambda passkey: [passkey.user_key])

        self.virtual_passkeys: Table[VirtualPasskey] = self.table("virtual_passkeys", lambda passkey: passkey.key)
        self.virtual_passkeys.index("user", lambda passkey: [passkey.user_key])

        self.registrations: Table[PendingPasskey] = self.table("registrations", lambda registration: registration.key)

    def _declare_tokens(self) -> None:
        self.families: Table[RefreshFamily] = self.table("families", lambda family: family.origin)
        self.families.index("token", _tokens, unique=True, of=("digest", "rotated"))
        self.families.index(
            "event",
            lambda family: [family.event_id, *family.expired_events],
            unique=True,
            of=("event_id", "expired_events"),
        )
        self.families.index("user", lambda family: [family.user_key], of=("pool_id", "sub"))
        self.families.index("client", lambda family: [family.client_id], of=("client_id",))

    def _declare_threats(self) -> None:
        self.auth_events: Table[AuthEvent] = self.table("auth_events", lambda event: event.id)
        self.auth_events.index("user", lambda event: [event.user_key])

        self.risks: Table[RiskConfiguration] = self.table("risks", lambda risk: risk.key)
        self.risks.index("pool", lambda risk: [risk.pool_id])

        self.fixed_risks: Table[FixedRisk] = self.table("fixed_risks", lambda fixed: fixed.key)
        self.fixed_risks.index("pool", lambda fixed: [fixed.pool_id])
        self.fixed_risks.index("user", lambda fixed: fixed.folded_users)
        self.fixed_risks.index("range", lambda fixed: fixed.ranges)

        self.compromised: Table[CompromisedPassword] = self.table("compromised", lambda password: password.key)
        self.compromised.index("pool", lambda password: [password.pool_id])

        self.places: Table[Place] = self.table("places", lambda place: place.ip_range)
        self.places.index("range", lambda place: place.ranges)

        self.log_deliveries: Table[LogDelivery] = self.table("log_deliveries", lambda logs: logs.key)
        self.log_deliveries.index("pool", lambda logs: [logs.pool_id])

    def _declare_hosted(self) -> None:
        self.domains: Table[HostedDomain] = self.table("domains", lambda domain: domain.key)
        self.domains.index("pool", lambda domain: [domain.pool_id])
        self.domains.index("name", lambda domain: [domain.name])

        self.brandings: Table[Branding] = self.table("brandings", lambda branding: branding.id)
        self.brandings.index("pool", lambda branding: [branding.pool_id])
        self.brandings.index("client", lambda branding: [(branding.pool_id, branding.client_id)], unique=True)

        self.looks: Table[UiCustomization] = self.table("looks", lambda look: look.key)
        self.looks.index("pool", lambda look: [look.pool_id])

        self.authorization_codes: Table[AuthorizationCode] = self.table("authorization_codes", lambda code: code.digest)
        self.authorization_codes.index("all", lambda _: [None])
        self.authorization_codes.index("user", lambda code: [code.user_key])

        self.browser_sessions: Table[BrowserSession] = self.table("browser_sessions", lambda session: session.digest)
        self.browser_sessions.index("all", lambda _: [None])
        self.browser_sessions.index("user", lambda session: [session.user_key])
        self.browser_sessions.index("session", lambda one: [one.session_id] if one.session_id else [], unique=True)

    def _declare_federation(self) -> None:
        self.providers: Table[Provider] = self.table("providers", lambda provider: provider.key)
        self.providers.index("pool", lambda provider: [provider.pool_id])
        self.providers.index("identifier", _identifiers, unique=True)

        self.identities: Table[ProviderLink] = self.table("identities", lambda identity: identity.key)
        self.identities.index("user", lambda identity: [(identity.pool_id, identity.sub)])
        self.identities.index("folded", lambda identity: [identity.folded])

        self.departures: Table[Departure] = self.table("departures", lambda departure: departure.digest)
        self.departures.index("all", lambda _: [None])

        self.assertions: Table[UsedAssertion] = self.table("assertions", lambda one: one.digest)
        self.assertions.index("all", lambda _: [None])

        self.saml_sessions: Table[SamlSession] = self.table("saml_sessions", lambda one: one.digest)
        self.saml_sessions.index("all", lambda _: [None])

        self.signing_out: Table[SigningOut] = self.table("signing_out", lambda one: one.digest)
        self.signing_out.index("all", lambda _: [None])

        self.people: Table[Person] = self.table("people", lambda person: person.key)
        self.people.index("provider", lambda person: [(person.pool_id, person.provider)])

        self.mock_codes: Table[MockCode] = self.table("mock_codes", lambda code: code.digest)
        self.mock_codes.index("all", lambda _: [None])

    def _declare_identity_pools(self) -> None:
        self.identity_pools: Table[IdentityPool] = self.table("identity_pools", lambda pool: pool.id)
        self.identity_pools.index("home", lambda pool: [(pool.account, pool.region)])

        self.federated_identities: Table[PoolIdentity] = self.table("federated_identities", lambda one: one.id)
        self.federated_identities.index("pool", lambda one: [one.pool_id])
        self.federated_identities.index("login", _logins, unique=True)

        self.login_providers: Table[LoginProvider] = self.table("login_providers", lambda provider: provider.key)


def _aliases(user: User) -> Iterable[tuple[str, str, str]]:
    return [(user.pool_id, name, value) for name, value in user.aliases] if user.aliases else ()


def _identifiers(provider: Provider) -> Iterable[tuple[str, str]]:
    return [(provider.pool_id, identifier) for identifier in provider.identifiers]


def _pool_id(pool: Pool) -> str:
    if pool.is_replica:
        raise StoreError(f"{pool.id} as {pool.region} shows it is no record; keep what is regional in its replica")
    return pool.id


def _client_id(client: Client) -> str:
    if client.metadata is not None:
        raise StoreError(f"{client.id} as {client.metadata_url} has it is no record")
    return client.id


def _value(attribute: str, user: User) -> Iterable[tuple[str, str]]:
    value = user.get(attribute)
    if value is None:
        return []
    folded = value.lower()
    # The same text is kept once: there may be many users.
    return [(user.pool_id, value if folded == value else folded)]


def _device_session(session: Session) -> Iterable[tuple[str, str, str]]:
    """Return where a device is to prove itself.

    Some clients answer DEVICE_SRP_AUTH without its Session.
    """
    attempt = session.attempt
    waiting = session.challenge == ChallengeName.DEVICE_SRP_AUTH and not session.used and attempt.who.sub is not None
    return [(attempt.who.client_id, attempt.who.sub or "", attempt.how.device)] if waiting else []


def _logins(identity: PoolIdentity) -> Iterable[tuple[str, Login]]:
    return [(identity.pool_id, login) for login in identity.logins]


def _tokens(family: RefreshFamily) -> Iterable[str]:
    return [family.digest, *(old for old, _ in family.rotated)]
