"""Hold the world: one emulator's state, settings and ports.

It is the one thing that is passed around.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from cognito_emulator.domain import errors
from cognito_emulator.domain.clients import published_secret
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.history import Change, history_of
from cognito_emulator.domain.hosted.hosted_domain import HostedDomain
from cognito_emulator.domain.hosts import hostname_of, is_private, is_private_origin
from cognito_emulator.domain.limits import Rates
from cognito_emulator.domain.pools import recovery
from cognito_emulator.domain.pools import replica as replicas
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.store import Store
from cognito_emulator.ports.address import Address
from cognito_emulator.ports.background import Background
from cognito_emulator.ports.clock import Clock
from cognito_emulator.ports.crypto import Crypto, crypto
from cognito_emulator.ports.events import Events
from cognito_emulator.ports.exported_logs import ExportedLogs
from cognito_emulator.ports.faults import Faults
from cognito_emulator.ports.ids import Ids, RandomIds
from cognito_emulator.ports.in_flight import InFlight
from cognito_emulator.ports.journal import REQUEST_ID, Journal
from cognito_emulator.ports.keys import Keys
from cognito_emulator.ports.metrics import Metrics
from cognito_emulator.ports.outbox import Message, Outbox, Relay
from cognito_emulator.ports.snapshots import Snapshots
from cognito_emulator.ports.triggers import Router, reaching
from cognito_emulator.ports.web import Documents, HttpWeb, Web
from cognito_emulator.ports.workers import ThreadWorkers, Workers
from cognito_emulator.settings import REQUEST, Settings

if TYPE_CHECKING:
    from cognito_emulator.ports.keeper import Keeper
    from cognito_emulator.ports.kms import Kms

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
        documents: Documents | None = None,
        workers: Workers | None = None,
        computing: Crypto | None = None,
        triggers: Router | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.store = Store(history_of(self.settings.history))
        self.clock = clock or Clock()
        self.store.stamp = lambda: (self.clock.now(), REQUEST_ID.get())
        self.journal = Journal(self.settings.history)
        self.events = Events()
        self.faults = Faults(self.events)
        self.metrics = Metrics(self.clock.now)
        self.snapshots = Snapshots()
        self.store.guard = self._check_pause
        # Writes every change to the data folder; None keeps all in memory.
        self.keeper: Keeper | None = None
        self.ids: Ids = ids or RandomIds(self.settings.code)
        self.keys = keys or Keys()
        self.web: Web = web or HttpWeb()
        self.documents: Documents = documents or HttpWeb()
        self.background = Background()
        self.fetches = InFlight()
        self.workers: Workers = workers or ThreadWorkers()
        self.crypto: Crypto = computing or crypto(self.settings.crypto_threads)
        # Keys what must repeat itself without being guessable, such as the salt of a user who does not exist.
        self.secret = self.ids.bytes(32)
        self.outbox = outbox or Outbox(
            log_codes=self.settings.log_codes, relay=_relay(self.settings, self.note_undelivered)
        )
        self.rates = Rates()
        self.exported_logs = ExportedLogs()
        self.triggers = triggers or reaching(
            self.settings.lambda_endpoint, self.settings.lambda_functions, self.settings.lambda_attempts
        )
        self.triggers.faults = self.faults
        # The path below which it answers: "" of the first world, `/w/<name>` of another one (`stand_below`).
        self.prefix = ""
        # Its fixed part is known once the port is bound.
        fixed = self.settings.stated_url or f"http://localhost:{self.settings.port}"
        self.address = Address(fixed, follows=self.settings.public_url == REQUEST, is_own=self.has_host)
        # Where it answers from this machine, for what runs here too.
        self.bound_url: str | None = None

    @cached_property
    def kms(self) -> Kms:
        """The keys of custom senders, which few pools have."""
        from cognito_emulator.ports.kms import Kms

        return Kms(self.ids)

    def stand_below(self, other: World, prefix: str) -> None:
        """Take addresses below those of another world, at the same server."""
        self.prefix = prefix
        self.address = other.address
        self.bound_url = f"{other.bound_url}{prefix}" if other.bound_url else None

    @property
    def public_url(self) -> str:
        """The base URL of issuers and links, without a slash at the end."""
        return f"{self.address.current()}{self.prefix}"

    @property
    def fixed_url(self) -> str:
        """The public URL of all requests, although the address may follow each of them."""
        return f"{self.address.fixed}{self.prefix}"

    def has_host(self, host: str) -> bool:
        """Return whether no stranger's DNS can resolve a Host header to this machine.

        An absent one (HTTP/1.0) is such.
        """
        listed = (*self.settings.tls_names, hostname_of(self.settings.stated_url or ""))
        return is_private(host, self.address.fixed, self.settings.host, listed)

    def has_origin(self, origin: str) -> bool:
        """Return whether pages of that origin are the developer's own."""
        settings = self.settings
        return is_private_origin(origin, self.address.fixed, settings.host, settings.allow_origin, settings.tls_names)

    def close(self) -> None:
        """Let all who wait for something in this world go."""
        self.outbox.close()
        self.journal.close()
        self.events.close()

    def stop(self) -> None:
        """End its threads and processes. On the loop's thread, or after the loop."""
        self.keys.stop()
        self.crypto.stop()
        self.triggers.stop()

    def _check_pause(self, changes: tuple[Change, ...]) -> None:
        """Check that no block changes users of a pool whose recovery is active.

        Raises:
            OperationNotEnabled
        """
        if len(self.store.recoveries):
            from cognito_emulator.domain import recovered_data  # rarely needed

            recovered_data.check_pause(self.store, changes, self.clock.now())

    def note_undelivered(self, message: Message, reason: str) -> None:
        """Log a mail that the relay did not take.

        The log goes where the pool exports such errors.
        """
        from cognito_emulator.domain.threats import log_delivery  # rarely needed

        pool = self.store.pools.get(message.pool)
        logs = self.store.log_deliveries.get((pool.id, pool.region)) if pool else None
        target = log_delivery.destination(logs, "userNotification")
        if pool is not None and target is not None:
            self.exported_logs.add(target, log_delivery.undelivered(pool, reason, self.clock.now()))

    async def kept(self) -> None:
        """Wait until the current request's changes are in the data folder, if any.

        Raises:
            NotKept: it could not be written, and was taken back.
        """
        if self.keeper is not None:
            await self.keeper.settled()

    async def when_kept(self, work: Awaitable[T]) -> T:
        """Return the result of `work` when its changes are in the data folder.

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
        """Return the `iss` claim of the pool's tokens."""
        if self.settings.issued_as == "local":
            return f"{self.public_url}/{pool.id}"
        if self.settings.issued_as == "aws":
            host = "issuer-cognito-idp" if pool.issuer == "UPDATED" else "cognito-idp"
            return f"https://{host}.{pool.primary_region}.amazonaws.com/{pool.id}"
        return f"{self.settings.issuer.rstrip('/')}{self.prefix}/{pool.id}"

    def keys_at(self, issuer: str, path: str) -> str:
        """Return the base of an issuer's documents.

        It is the issuer itself where AWS's names reach the emulator, else the path of this world.
        """
        return issuer if self.settings.impersonate else f"{self.public_url}{path}"

    def is_issuer(self, pool: Pool, issuer: object) -> bool:
        """Return whether the pool's tokens may have this `iss` claim.

        A local issuer is the pool's whichever of the server's addresses it was issued under: the public URL, an
        earlier one, and where the address follows requests, any address that it follows. The signature says whether
        the pool issued the token.
        """
        if not isinstance(issuer, str) or self.settings.issued_as != "local":
            return issuer == self.issuer(pool)
        return self.is_own_url(issuer, f"/{pool.id}")

    def is_own_url(self, url: str, path: str) -> bool:
        """Return whether a URL is a path of this world at one of the server's addresses.

        The server has or had the address.
        """
        end = f"{self.prefix}{path}"
        return url.endswith(end) and self.address.is_own(url.removesuffix(end))

    def pool(self, pool_id: str, account: str, region: str) -> Pool:
        """Return a pool as a signed call sees it.

        Another account's or Region's pools do not exist for it.

        Raises:
            ResourceNotFound
        """
        pool = self.find_pool(pool_id, account, region)
        if pool is None:
            raise errors.pool_not_found(pool_id)
        return pool

    def find_pool(self, pool_id: str, account: str, region: str) -> Pool | None:
        """Find a pool as `pool` does; return None if there is none.

        A replica's Region gets a view of the pool. It goes back into the store by `flows.pools.replicas.put_pool` only.
        """
        pool = self.store.pools.get(pool_id)
        if pool is None or pool.account != account:
            return None
        if pool.region == region:
            return pool
        replica = self.store.replicas.get((pool_id, region))
        seen = replica is not None and replica.serves(self.clock.now())
        return replicas.view(pool, replica) if replica is not None and seen else None

    def check_writes(self, operation: str, pool: Pool | None) -> None:
        """Refuse an operation that changes users while a recovery of their pool is active.

        Raises:
            OperationNotEnabled
        """
        if pool is None or operation not in recovery.WRITES:
            return
        now = self.clock.now()
        if any(one.is_active(now) for one in self.store.recoveries.where("pool", pool.id)):
            raise recovery.paused(pool.id)

    def domains(self, pool: Pool) -> list[HostedDomain]:
        """Return the domains that the pool has in the Region it is seen from."""
        return [domain for domain in self.store.domains.where("pool", pool.id) if domain.serves(pool)]

    def client(self, client_id: str, away: str | None = None) -> tuple[Pool, Client]:
        """Return an app client and its pool, as an unsigned call names it.

        Args:
            away: the Region in which the call arrived, if that may not be the pool's own; without a replica there is
                no such client there.

        Raises:
            ResourceNotFound
        """
        client = self.store.clients.get(client_id)
        pool = self.store.pools.get(client.pool_id) if client else None
        if pool is not None and away is not None:
            pool = self.find_pool(pool.id, pool.account, away)
        if client is None or pool is None:
            raise errors.client_not_found(client_id)
        return pool, client if client.rotated is None else self.rotated(client)

    def client_of(self, pool: Pool, client_id: str) -> Client:
        """Return an app client of that pool, as an admin call names it.

        Raises:
            ResourceNotFound
        """
        client = self.store.clients.get(client_id)
        if client is None or client.pool_id != pool.id:
            raise errors.client_not_found(client_id)
        return self.rotated(client)

    def rotated(self, client: Client) -> Client:
        """Return the client after due rotations of its secret. Not inside a write block."""
        if client.rotated is None or client.metadata is not None:
            return client
        changed = published_secret.rotate_due(client, self.clock.now(), self.ids.client_secret)
        if changed is not client:
            with self.store.write():
                self.store.clients.put(changed)
        return changed
