"""Methods of `Emulator` that look: messages, codes, answered requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from cognito_emulator.domain.reasons import Reason
    from cognito_emulator.ports.journal import Entry
    from cognito_emulator.ports.outbox import Message
    from cognito_emulator.world import World

T = TypeVar("T")

__tracebackhide__ = True  # a traceback of pytest ends in the test, whose line the sentence is about
_LONGEST_VALUE = 200  # characters of a setting's value in a report
_MOST_REFUSED = 10  # calls in a report


@dataclass(frozen=True, slots=True)
class Why:
    """The rule that refused a request, and the setting that decides."""

    sentence: str
    setting: str
    value: Any
    remedy: str


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request that the emulator has answered.

    `input` are the API's members, or a query with a form's fields; `answer` is the answer's JSON. `error`, `message`
    and `rule` (what refused it) are "" where it was not refused. `why` tells more of the rule: `sentence`, `setting`,
    `value`, `remedy`; it is None where no rule is known. Input and answer are not masked.
    """

    id: str
    operation: str
    method: str
    path: str
    status: int
    error: str
    message: str
    rule: str
    why: Why | None = field(repr=False)
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

    def explained(self) -> str:
        """Return the lines that say why it was refused: error, rule, setting, remedy."""
        lines = [f"{self.operation}: {self.error}: {self.message}"]
        if self.why is not None:
            value = "" if self.why.value is None else f"={_shortened(repr(self.why.value))}"
            setting = f" [{self.why.setting}{value}]" if self.why.setting else ""
            lines.append(f"    {self.rule}: {self.why.sentence}{setting}")
            lines += [f"    remedy: {self.why.remedy}"] if self.why.remedy else []
        return "\n".join(lines)


def _why(reason: Reason | None) -> Why | None:
    from cognito_emulator.control.reason_view import why

    shown = why(reason)
    if shown is None:
        return None
    return Why(shown["sentence"], shown["setting"] or "", shown["value"], shown["remedy"] or "")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _filter(world: World, **values: str | None) -> Callable[[Message], bool]:
    from cognito_emulator.control.messages import filter_of  # with Starlette, which few tests need

    return filter_of(world, **values)


class Observing:
    """The part of `Emulator` that tests look at.

    Each method may be called from any thread. The methods whose name ends in `_async` do not block the event loop from
    which they are called.
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

    # --- messages ----------------------------------------------------------------------------------------

    def messages(
        self,
        to: str | None = None,
        user: str | None = None,
        pool: str | None = None,
        type: str | None = None,  # noqa: A002 - the name that the control API uses
        wait: float = 0,
    ) -> list[Message]:
        """Return the messages sent, oldest first.

        The filters are those of `GET /_emulator/messages`.

        Args:
            wait: so many seconds at most for a first one to come.
        """
        accept = _filter(self.world, to=to, user=user, pool=pool, type=type)
        return self._await(self.world.outbox.wait(accept, wait))

    async def messages_async(self, *, wait: float = 0, **filters: str | None) -> list[Message]:
        """Return what `messages` does, without blocking the event loop."""
        return await self._schedule(self.world.outbox.wait(_filter(self.world, **filters), wait))

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
        """Return what `code_for` does, without blocking the event loop."""
        return self._newest_code(user, wait, await self._schedule(self._codes(user, wait)))

    async def _codes(self, user: str, wait: float) -> list[Message]:
        accept = _filter(self.world, user=user)
        return await self.world.outbox.wait(lambda message: bool(message.code) and accept(message), wait)

    def _newest_code(self, user: str, wait: float, found: list[Message]) -> str:
        if not found:
            sent = sorted({message.user for message in self.world.outbox.all()})
            text = (
                f"No code was sent to {user!r} within {wait} s; there are messages for: {', '.join(sent) or 'no user'}."
            )
            raise LookupError(text)
        return str(found[-1].code)

    def newest_code(self, user: str, pool: str, *, after: int = 0) -> str:
        """Return the newest code sent to a user of that pool.

        Args:
            after: the number of a message; earlier codes do not count.

        Raises:
            LookupError: none was sent.
        """
        sent = self.messages(user=user, pool=pool)
        found = [message.code for message in sent if message.code and int(message.id) > after]
        if not found:
            raise LookupError(f"No code was sent to {user!r} in the pool {pool}.")
        return found[-1]

    # --- requests ----------------------------------------------------------------------------------------

    def requests(self, operation: str | None = None, *, wait: float = 0, **filters: str) -> list[RecordedRequest]:
        """Return the requests of this test that were answered, oldest first.

        Args:
            operation: such as "InitiateAuth", or several with commas.
            wait: so many seconds at most for a first one to come.
            filters: path, kind, pool, client, user, status, error, rule, since, as at `/_emulator/requests`.

        Raises:
            ValueError: a filter is unknown, or there is no such operation, kind, status or rule. A path, pool, client,
                user or error that no request has is no mistake: nothing is returned.
        """
        return self._await(self._requests(operation, wait, filters))

    async def requests_async(
        self, operation: str | None = None, *, wait: float = 0, **filters: str
    ) -> list[RecordedRequest]:
        """Return what `requests` does, without blocking the event loop."""
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

    def refused_since(self, began: float) -> str:
        """Tell of the newest refused requests since a time; "" of none."""
        from cognito_emulator.control.journal_view import error_of

        def refused() -> str:
            found = self.world.journal.all(lambda entry: entry.started >= began and bool(error_of(entry)[0]))
            earlier = [f"({len(found) - _MOST_REFUSED} earlier ones)"] if len(found) > _MOST_REFUSED else []
            return "\n".join([*earlier, *(self._recorded(entry).explained() for entry in found[-_MOST_REFUSED:])])

        return self.on_loop(refused)

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
            rule=entry.reason.rule if entry.reason else "",
            why=_why(entry.reason),
            user=about.user,
            pool=about.pool,
            client=about.client,
            ms=entry.ms or 0.0,
            input=input_of(entry),
            answer=answer_of(entry),
        )
