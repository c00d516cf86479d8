"""The parts that all challenge answers share: the request, its needs, its proof."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from cognito_emulator.domain import errors
from cognito_emulator.domain.auth.attempt import Attempt
from cognito_emulator.domain.clients.client import Client
from cognito_emulator.domain.messaging.trigger_event import Caller
from cognito_emulator.domain.pools.pool import Pool
from cognito_emulator.domain.users.user import User

# The attempt with what an answer proves, and the user as the answer changes them.
Progress = tuple[Attempt, User]


class Answered(Protocol):
    """The request that answers a session's challenge."""

    @property
    def pool(self) -> Pool: ...
    @property
    def client(self) -> Client: ...
    @property
    def challenge(self) -> str: ...
    @property
    def responses(self) -> Mapping[str, str]: ...
    @property
    def session(self) -> str | None: ...
    @property
    def admin(self) -> bool: ...
    @property
    def hosted(self) -> str: ...


def require_member(given: Mapping[str, str], key: str) -> str:
    """Return a member of an answer.

    Raises:
        InvalidParameter: it is missing.
    """
    value = given.get(key)
    if not value:
        raise errors.missing_parameter(key)
    return value


class Answer(Struct, frozen=True):
    """An answer to a challenge; `responses` are ChallengeResponses."""

    pool: Pool
    client: Client
    challenge: str
    responses: Mapping[str, str]
    session: str | None
    admin: bool
    caller: Caller
    hosted: str = ""
