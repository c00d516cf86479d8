"""The world: one emulator's state, settings and ports. The one thing that is passed around."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from copy import copy
from typing import TYPE_CHECKING, TypeVar

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.history import History
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.limits import Rates
from cognito_emulator.domain.pools import replica as replicas
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.pools.replica import Replica
from cognito_emulator.domain.store import Store
from cognito_emulator.domain.threats import log_delivery
from cognito_emulator.ports.background import Background
from cognito_emulator.ports.clock import Clock
from cognito_emulator.ports.events import Events
from cognito_emulator.ports.exported_logs import ExportedLogs
from cognito_emulator.ports.ids import Ids, RandomIds
from cognito_emulator.ports.journal import REQUEST_ID, Journal
from cognito_emulator.ports.keys import Keys
from cognito_emulator.ports.kms import Kms
from cognito_emulator.ports.outbox import Message, Outbox, Relay
from cognito_emulator.ports.triggers import Router, reaching
from cognito_emulator.ports.web import HttpWeb, Web
from cognito_emulator.ports.workers import ThreadWorkers, Workers
from cognito_emulator.settings import Settings

if TYPE_CHECKING:
    from cognito_emulator.ports.keeper import Keeper

T = TypeVar("T")


def _relay(settings: Settings, failed: Callable[[Message, str], None]) -> Relay | None:
    if settings.smtp_url is None:
        return None
    from cognito_emulator.ports.smtp import SmtpRelay, server_of  # brings Python's mail packages along

    return SmtpRelay(server_of(settings.smtp_url), failed)


class World:
    """Everything that a use case may touch. Two worlds in one process share nothing."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        keys: Keys | None = None,
        outbox: Outbox | None = None,
        web: Web | None = None,
        workers: Workers | None = None,
        triggers: Router | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.store = Store(History(self.settings.history))
        # The secondary region of a pool that answers the call in hand (`seen_from`); None is the pool's own.
        self.away: str | None = None
        self.clock = clock or Clock()
        self.store.stamp = lambda: (self.clock.now(), REQUEST_ID.get())
        self.journal = Journal(self.settings.history)
        self.events = Events()
        # Writes every change to the data folder; None keeps all in memory.
        self.keeper: Keeper | None = None
        self.ids: Ids = ids or RandomIds(self.settings.code)
        self.keys = keys or Keys()
        self.web: Web = web or HttpWeb()
        self.background = Background()
        self.workers: Workers = workers or ThreadWorkers()
        # Keys what must repeat itself without being guessable, such as the salt of a user who does not exist.
        self.secret = self.ids.bytes(32)
        self.outbox = outbox or Outbox(
            log_codes=self.settings.log_codes, relay=_relay(self.settings, self._undelivered)
        )
        self.kms = Kms(self.ids)
        self.rates = Rates()
        self.exported_logs = ExportedLogs()
        self.triggers = triggers or reaching(
            self.settings.lambda_endpoint, self.settings.lambda_functions, self.settings.lambda_attempts
        )
        # Known once the port is bound; fixed from then on, never taken from a request.
        self.public_url = self.settings.public_url or f"http://localhost:{self.settings.port}"
        # Where it answers from this machine, for what runs here too.
        self.bound_url: str | None = None

    def _undelivered(self, message: Message, reason: str) -> None:
        """A mail that the relay did not take, told where its pool exports such errors to."""
        pool = self.store.pools.get(message.pool)
        logs = self.store.log_deliveries.get((pool.id, pool.region)) if pool else None
        target = log_delivery.destination(logs, "userNotification")
        if pool is not None and target is not None:
            self.exported_logs.add(target, log_delivery.undelivered(pool, reason, self.clock.now()))

    async def kept(self) -> None:
        """Wait until what the request in hand has changed is in the data folder, if there is one.

        Raises:
            NotKept: it could not be written, and was taken back.
        """
        if self.keeper is not None:
            await self.keeper.settled()

    async def when_kept(self, work: Awaitable[T]) -> T:
        """Return the result of `work` when what it has changed is in the data folder, if there is one.

        Raises:
            NotKept
        """
        result = await work
        await self.kept()
        return result

    def check_rate(self, operation: str, challenge: object, account: str, region: str) -> None:
        """Count a request, where the account has set a rate in the region.

        Raises:
            TooManyRequests
        """
        limits = {limit.category: limit.value for limit in self.store.limits.where("home", (account, region))}
        if limits:
            self.rates.admit(operation, challenge, limits, self.clock.now(), account, region)

    @property
    def own_url(self) -> str:
        """The URL for functions that call back."""
        return self.bound_url or self.public_url

    def issuer(self, pool: Pool) -> str:
        """The `iss` claim of the pool's tokens."""
        if self.settings.issuer == "local":
            return f"{self.public_url}/{pool.id}"
        if self.settings.issuer == "aws":
            host = "issuer-cognito-idp" if pool.issuer == "UPDATED" else "cognito-idp"
            return f"https://{host}.{pool.primary_region}.amazonaws.com/{pool.id}"
        return f"{self.settings.issuer.rstrip('/')}/{pool.id}"

    def pool(self, pool_id: str, account: str, region: str) -> Pool:
        """A pool as a signed call sees it: another account's or region's pools do not exist for it.

        Raises:
            ResourceNotFound
        """
        pool = self.find_pool(pool_id, account, region)
        if pool is None:
            raise errors.pool_not_found(pool_id)
        return pool

    def find_pool(self, pool_id: str, account: str, region: str) -> Pool | None:
        """As `pool`. A replica's region gets a view of the pool, which goes back into the store by `put_pool` only."""
        pool = self.store.pools.get(pool_id)
        if pool is None or pool.account != account:
            return None
        if pool.region == region:
            return pool
        replica = self.store.replicas.get((pool_id, region))
        seen = replica is not None and replica.serves(self.clock.now())
        return replicas.view(pool, replica) if replica is not None and seen else None

    def seen_from(self, pool: Pool) -> World:
        """This world for a call to the region that `pool`, a view, was seen from: there `client` gives views too."""
        return self.away_in(pool.region)

    def away_in(self, region: str) -> World:
        """This world for a call to a Region that is not the pool's own; without a replica there is no such pool."""
        there = copy(self)
        there.away = region
        return there

    def replica(self, pool: Pool) -> Replica:
        """The replica that `pool`, a view, was seen through.

        Raises:
            ResourceNotFound: it is gone.
        """
        replica = self.store.replicas.get((pool.id, pool.region))
        if replica is None:
            raise errors.pool_not_found(pool.id)
        return replica

    def is_active(self, pool: Pool) -> bool:
        """Whether the replica that `pool`, a view, was seen through takes sign-ins."""
        return self.replica(pool).status(self.clock.now()) == replicas.ACTIVE

    def replicas(self, pool: Pool) -> list[Replica]:
        """The pool's secondary replicas that are not gone."""
        found = self.store.replicas.where("pool", pool.id)
        return [replica for replica in found if replica.status(self.clock.now()) is not None]

    def check_region(self, operation: str, pool_id: str, account: str, region: str) -> None:
        """Refuse what a secondary region of the pool does not do; every operation that names a pool comes by here.

        Raises:
            OperationNotEnabled
        """
        replica = self.store.replicas.get((pool_id, region))
        now = self.clock.now()
        if replica is not None and replica.account == account and replica.serves(now):
            replicas.check_operation(operation, replica.status(now))

    def check_pool_change(self, seen: Pool, changed: Pool) -> None:
        """Refuse a change of settings that the pool's replicas stand against; `seen` may be a view.

        Raises:
            InvalidParameter, FeatureUnavailableInTier
        """
        if seen.is_replica:
            replicas.check_shared(seen, changed)
        elif self.replicas(seen):
            replicas.check_replicable(changed)

    def put_pool(self, changed: Pool) -> None:
        """Inside a write block: keep a changed pool; of a replica's view, what is regional."""
        if changed.is_replica:
            self.store.replicas.put(replicas.regional_part(self.replica(changed), changed))
        else:
            self.store.pools.put(changed)

    def domains(self, pool: Pool) -> list[HostedDomain]:
        """The domains that the pool has in the region it is seen from."""
        return [domain for domain in self.store.domains.where("pool", pool.id) if domain.serves(pool)]

    def client(self, client_id: str) -> tuple[Pool, Client]:
        """An app client and its pool, as an unsigned call names it.

        Raises:
            ResourceNotFound
        """
        client = self.store.clients.get(client_id)
        pool = self.store.pools.get(client.pool_id) if client else None
        if pool is not None and self.away is not None:
            pool = self.find_pool(pool.id, pool.account, self.away)
        if client is None or pool is None:
            raise errors.client_not_found(client_id)
        return pool, client

    def client_of(self, pool: Pool, client_id: str) -> Client:
        """An app client of that pool, as an admin call names it.

        Raises:
            ResourceNotFound
        """
        client = self.store.clients.get(client_id)
        if client is None or client.pool_id != pool.id:
            raise errors.client_not_found(client_id)
        return client
