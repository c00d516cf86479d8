"""Hold the context of a step of a sign-in: its records, as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User
from cognito_emulator.domain.users.user_checks import require_enabled
from cognito_emulator.flows.auth import hidden_users

if TYPE_CHECKING:
    from cognito_emulator.world import World


class SignIn(Struct, frozen=True):
    """A step of a sign-in, valid until the next `await`.

    Look the records up again after that.

    `user` is the record as the step changes it, or an invented one for a user who does not exist. `typed` is the name
    that this call gives.
    """

    pool: Pool
    client: Client
    caller: Caller
    attempt: Attempt
    user: User
    typed: str

    @property
    def known_user(self) -> User | None:
        """The user; None for one who does not exist (PreventUserExistenceErrors)."""
        return None if self.attempt.who.sub is None else self.user

    @property
    def event_name(self) -> str:
        """The user name in the event of a trigger."""
        return self.typed if self.known_user is None else self.attempt.who.username

    def with_attempt(self, attempt: Attempt) -> SignIn:
        return replace(self, attempt=attempt)


def sign_in_now(world: World, attempt: Attempt, caller: Caller) -> SignIn:
    """Look up the records of a sign-in as they are now.

    Raises:
        ResourceNotFound: the client is gone.
        UserNotFound, NotAuthorized: the user was deleted or disabled meanwhile.
    """
    pool, client = world.client(attempt.who.client_id, caller.away)
    typed = attempt.who.username
    return SignIn(pool, client, caller, attempt, user_of(world, pool, attempt, typed), typed)


def with_user_now(world: World, signin: SignIn) -> SignIn:
    """Look up the user again.

    Raises:
        UserNotFound, NotAuthorized: deleted or disabled meanwhile.
    """
    return replace(signin, user=user_of(world, signin.pool, signin.attempt, signin.typed))


def user_of(world: World, pool: Pool, attempt: Attempt, typed: str) -> User:
    """Return the user of an attempt.

    Where there is none, invent one from `typed`.

    Raises:
        UserNotFound, NotAuthorized: deleted or disabled since the attempt began.
    """
    if attempt.who.sub is None:
        return hidden_users.user(world, pool, typed)
    return known_user_of(world, attempt)


def known_user_of(world: World, attempt: Attempt) -> User:
    """Return the user of an attempt, who must exist.

    Raises:
        UserNotFound, NotAuthorized: deleted or disabled since the attempt began.
    """
    return require_enabled(world.store.users.get(attempt.who.key))
