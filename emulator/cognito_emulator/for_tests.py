"""What `Emulator` has for tests: messages and codes, requests, pools with users, tokens, authenticators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from cognito_emulator.control.messages import filter_of
from cognito_emulator.pool_handle import MFA_MODES, READY_CLIENT, READY_POOL, CognitoPool
from cognito_emulator.ports.outbox import Message
from cognito_emulator.world import World

if TYPE_CHECKING:
    from cognito_emulator.ports.journal import Entry

T = TypeVar("T")
_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request that the emulator has answered.

    `input` are the API's members, or a query with a form's fields; `answer` is the answer's JSON. `error` and `message`
    are "" where it was not refused. Nothing is masked.
    """

    id: str
    operation: str
    method: str
    path: str
    status: int
    error: str
    message: str
    user: str
    pool: str
    client: str
    ms: float
    input: Mapping[str, Any] = field(repr=False)
    answer: Any = field(repr=False)

    def __repr__(self) -> str:
        refused = f" {self.error}: {self.message}" if self.error else ""
        about = f" user={self.user}" if self.user else ""
        return f"<{self.operation or f'{self.method} {self.path}'} {self.status}{refused}{about}>"


class ForTests:
    """The part of `Emulator` that tests look at, and change. Each method may be called from any thread.

    The methods whose name ends in `_async` do not block the event loop from which they are called.
    """

    _requests_since: float

    @property
    def world(self) -> World:
        raise NotImplementedError

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        raise NotImplementedError

    def _schedule(self, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        raise NotImplementedError

    def on_loop(self, work: Callable[[], T]) -> T:
        raise NotImplementedError

    def client(self, service: str = "cognito-idp", region: str | None = None, **options: Any) -> Any:
        raise NotImplementedError

    # --- messages ----------------------------------------------------------------------------------------

    def messages(
        self,
        to: str | None = None,
        user: str | None = None,
        pool: str | None = None,
        type: str | None = None,  # noqa: A002 - the name that the control API uses
        wait: float = 0,
    ) -> list[Message]:
        """Return the messages sent, oldest first; filters as `control.messages.filter_of` has them.

        Args:
            wait: so many seconds at most for a first one to come.
        """
        accept = filter_of(self.world, to=to, user=user, pool=pool, type=type)
        return self._await(self.world.outbox.wait(accept, wait))

    async def messages_async(self, *, wait: float = 0, **filters: str | None) -> list[Message]:
        """As `messages`."""
        return await self._schedule(self.world.outbox.wait(filter_of(self.world, **filters), wait))

    def code_for(self, user: str, wait: float = 5) -> str:
        """Return the newest code (or temporary password) sent to a user.

        Args:
            user: user name, sub, e-mail address or phone number.
            wait: so many seconds at most for one to come.

        Raises:
            LookupError: none came.
        """
        return self._newest_code(user, wait, self._await(self._codes(user, wait)))

    async def code_for_async(self, user: str, wait: float = 5) -> str:
        """As `code_for`."""
        return self._newest_code(user, wait, await self._schedule(self._codes(user, wait)))

    async def _codes(self, user: str, wait: float) -> list[Message]:
        accept = filter_of(self.world, user=user)
        return await self.world.outbox.wait(lambda message: bool(message.code) and accept(message), wait)

    def _newest_code(self, user: str, wait: float, found: list[Message]) -> str:
        if not found:
            sent = sorted({message.user for message in self.world.outbox.all()})
            text = (
                f"No code was sent to {user!r} within {wait} s; there are messages for: {', '.join(sent) or 'no user'}."
            )
            raise LookupError(text)
        return str(found[-1].code)

    def newest_code(self, user: str, pool: str) -> str:
        """Return the newest code sent to a user of that pool.

        Raises:
            LookupError: none was sent.
        """
        found = [message.code for message in self.messages(user=user, pool=pool) if message.code]
        if not found:
            raise LookupError(f"No code was sent to {user!r} in the pool {pool}.")
        return found[-1]

    # --- requests ----------------------------------------------------------------------------------------

    def requests(self, operation: str | None = None, *, wait: float = 0, **filters: str) -> list[RecordedRequest]:
        """Return the requests of this test that were answered, oldest first.

        Args:
            operation: such as "InitiateAuth", or several with commas.
            wait: so many seconds at most for a first one to come.
            filters: path, kind, pool, client, user, status, error, since, as at `/_emulator/requests`.

        Raises:
            ValueError: a filter is unknown, or can match nothing.
        """
        return self._await(self._requests(operation, wait, filters))

    async def requests_async(
        self, operation: str | None = None, *, wait: float = 0, **filters: str
    ) -> list[RecordedRequest]:
        """As `requests`."""
        return await self._schedule(self._requests(operation, wait, filters))

    async def _requests(self, operation: str | None, wait: float, filters: dict[str, str]) -> list[RecordedRequest]:
        from starlette.exceptions import HTTPException

        from cognito_emulator.control.requests import FILTERS
        from cognito_emulator.control.requests import filter_of as accepting

        values = {**filters, **({} if operation is None else {"operation": operation})}
        unknown = [name for name in values if name not in FILTERS]
        if unknown:
            raise ValueError(f"There is no filter {unknown[0]!r}; known: {', '.join(FILTERS)}.")
        try:
            accept = accepting(self.world, values)
        except HTTPException as error:
            raise ValueError(error.detail) from None
        since = self._requests_since

        def accept_here(entry: Entry) -> bool:
            return entry.started >= since and accept(entry)

        journal = self.world.journal
        found = await journal.wait(accept_here, wait) if wait else journal.all(accept_here)
        return [self._recorded(entry) for entry in found]

    def _recorded(self, entry: Entry) -> RecordedRequest:
        from cognito_emulator.control.journal_view import answer_of, error_of, input_of, who

        about, (error, message) = who(self.world, entry), error_of(entry)
        return RecordedRequest(
            id=entry.id,
            operation=entry.operation,
            method=entry.method,
            path=entry.path,
            status=entry.status,
            error=error,
            message=message,
            user=about.user,
            pool=about.pool,
            client=about.client,
            ms=entry.ms or 0.0,
            input=input_of(entry),
            answer=answer_of(entry),
        )

    # --- pools, tokens, authenticators -------------------------------------------------------------------

    def create_pool(
        self,
        *,
        pool: Mapping[str, Any] | None = None,
        client: Mapping[str, Any] | None = None,
        mfa: str | None = None,
        region: str | None = None,
    ) -> CognitoPool:
        """Create a user pool with an app client that allows every password flow.

        Args:
            pool: members of CreateUserPool, over the defaults.
            client: members of CreateUserPoolClient, over the defaults.
            mfa: "ON" or "OPTIONAL" for a pool with authenticator apps as a second factor, "OFF" without.

        Raises:
            ValueError: there is no such `mfa`.
        """
        if mfa is not None and mfa not in MFA_MODES:
            raise ValueError(f"mfa must be one of {', '.join(MFA_MODES)}, not {mfa!r}.")
        idp = self.client("cognito-idp", region)
        made = idp.create_user_pool(**{**READY_POOL, **(pool or {})})["UserPool"]
        if mfa is not None:
            app = {"Enabled": mfa != "OFF"}
            idp.set_user_pool_mfa_config(UserPoolId=made["Id"], MfaConfiguration=mfa, SoftwareTokenMfaConfiguration=app)
        members = {**READY_CLIENT, **(client or {})}
        app_client = idp.create_user_pool_client(UserPoolId=made["Id"], **members)["UserPoolClient"]
        return CognitoPool(made["Id"], app_client["ClientId"], app_client.get("ClientSecret"), idp, self)

    def tokens(self, pool: str, client: str, username: str, **order: Any) -> dict[str, Any]:
        """Return the AuthenticationResult of a confirmed user without a sign-in.

        Args:
            order: `scopes`, `claims`, `groups`, `auth_time`, `expires_in` (also negative), `acr`, `amr`, `triggers`, as
                `POST /_emulator/tokens` has them.

        Raises:
            ValueError: no sign-in could have these tokens.
        """
        from cognito_emulator.flows.tokens import made_tokens

        for name in ("scopes", "groups", "amr"):
            if order.get(name) is not None:
                order[name] = tuple(order[name])
        wanted = made_tokens.Order(pool=pool, client=client, username=username, **order)
        return self._await(made_tokens.make(self.world, wanted))

    def rework(
        self, result: Mapping[str, Any], *, claims: Mapping[str, Any] | None = None, expired: bool = False
    ) -> dict[str, Any]:
        """Return an AuthenticationResult with claims added to its tokens, or with tokens that have expired.

        Raises:
            ValueError: a claim that no function may change; tokens of no sign-in.
        """
        from cognito_emulator.flows.tokens import made_tokens

        clock = self.world.clock
        expires = int(min(clock.now(), clock.machine())) - _A_MINUTE if expired else None
        wanted = made_tokens.Rework(made_tokens.changes_of(claims or {}, None), expires)
        return self._await(made_tokens.rework(self.world, result, wanted))

    def expire_tokens(
        self, *, pool: str | None = None, user: str | None = None, client: str | None = None, refresh: bool = False
    ) -> int:
        """Let the access and ID tokens of a user or client count as expired here; return how many sign-ins it was.

        Args:
            refresh: refresh tokens too.

        Raises:
            ValueError: neither a user (with the pool) nor a client is named, or none is there.
        """
        from cognito_emulator.flows.tokens import made_tokens

        return self.on_loop(
            lambda: made_tokens.expire(self.world, pool_id=pool, username=user, client_id=client, refresh=refresh)
        )

    def rotate_keys(self, pool: str) -> None:
        """Let a pool sign with new keys; the old ones stay in its JWKS.

        Raises:
            LookupError: there is no such pool.
        """
        if pool not in self.world.store.pools:
            raise LookupError(f"There is no pool {pool}.")
        self._await(self.world.keys.rotate(pool))

    def totp(self, user: str, *, pool: str | None = None) -> str:
        """Return a code of the user's authenticator that is good now.

        A code is good once; where the present and the next one have been used, the present one is made good again.

        Args:
            user: any name of the user.
            pool: the pool's id; needed only where several pools have such a user.

        Raises:
            ValueError: there is no such user or authenticator.
        """
        from cognito_emulator.flows.auth import known_factors

        def code() -> str:
            found = known_factors.totp_code(self.world, self._pool_of(user, pool), user, forget_used=True)
            return found.code

        return self.on_loop(code)

    def set_totp(self, user: str, secret: str | None = None, *, pool: str | None = None) -> str:
        """Give a user an authenticator, as the preferred factor; return its secret.

        Args:
            secret: base32; without, a new one.

        Raises:
            ValueError: the pool does not offer authenticators, or it is no secret.
        """
        from cognito_emulator.domain.auth.totp import make_secret
        from cognito_emulator.flows.auth import known_factors

        def give() -> str:
            made = secret or make_secret(self.world.ids.bytes(32))
            return known_factors.set_totp(self.world, self._pool_of(user, pool), user, made).secret

        return self.on_loop(give)

    def totp_of(self, secret: str) -> str:
        """Return the present code of an authenticator with that secret, by the emulator's clock."""
        from cognito_emulator.domain.auth.totp import usable_code

        found = usable_code(secret, -1, self.world.clock.now())
        return found[0] if found else ""

    def _pool_of(self, user: str, pool: str | None) -> str:
        """Return the id of the one pool that has such a user.

        Raises:
            ValueError: none has, or several have.
        """
        from cognito_emulator.domain.users import names

        if pool is not None:
            return pool
        store = self.world.store
        found = [each.id for each in store.pools if names.find_for_admin(store, each, user) is not None]
        if len(found) != 1:
            where = f"in {', '.join(found)}: name the pool" if found else "in no pool"
            raise ValueError(f"There is a user {user!r} {where}.")
        return found[0]
