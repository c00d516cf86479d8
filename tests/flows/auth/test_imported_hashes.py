"""While an imported hash is computed, others go on: what they change counts, and nobody learns who exists."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from cognito_emulator.domain.users import imported_hash
from tests.helpers.build import PASSWORD, Setup, refused, setup, sign_in
from tests.helpers.harness import Running
from tests.helpers.imported_hashes import NEW, WRONG, brought, kept, signed_in


@pytest.fixture
def at(running: Running) -> Setup:
    return setup(running, AutoVerifiedAttributes=["email"])


class Held:
    """Workers that hold the checks of hashes until they are let go; they do other work at once."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.count = 0
        self._go: Future[None] = Future()

    async def run(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if work is not imported_hash.matches:
            return work(*args, **kwargs)
        self.count += 1
        self.begun.release()
        await asyncio.shield(asyncio.wrap_future(self._go))
        return work(*args, **kwargs)

    def go(self) -> None:
        self._go.set_result(None)


@pytest.fixture
def held(running: Running, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    workers = Held()
    monkeypatch.setattr(running.world, "workers", workers)
    yield workers
    if not workers._go.done():
        workers.go()


class Trying(threading.Thread):
    """A sign-in on its own; `outcome` is the answer or the refusal."""

    def __init__(self, idp: Any, at: Setup, held: Held, password: str = PASSWORD) -> None:
        super().__init__(daemon=True)
        self.idp, self.at, self.password = idp, at, password
        self.outcome: Any = None
        self.start()
        assert held.begun.acquire(timeout=10)

    def run(self) -> None:
        try:
            self.outcome = sign_in(self.idp, self.at, "ann", self.password)
        except Exception as refusal:
            self.outcome = refusal

    def result(self) -> Any:
        self.join(10)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def test_others_are_served_meanwhile(running: Running, idp: Any, at: Setup, held: Held) -> None:
    brought(running, idp, at)
    trying = Trying(idp, at, held)
    assert idp.admin_get_user(UserPoolId=at.pool, Username="ann")["UserStatus"] == "CONFIRMED"
    assert trying.outcome is None
    held.go()
    assert "AccessToken" in trying.result()


def test_two_at_the_same_time(running: Running, idp: Any, at: Setup, held: Held) -> None:
    brought(running, idp, at)
    both = [Trying(idp, at, held), Trying(idp, at, held)]
    held.go()
    assert all("AccessToken" in trying.result() for trying in both)


def test_a_password_set_meanwhile_is_the_one_that_counts(running: Running, idp: Any, at: Setup, held: Held) -> None:
    brought(running, idp, at)
    old, new = Trying(idp, at, held), Trying(idp, at, held, NEW)
    idp.admin_set_user_password(UserPoolId=at.pool, Username="ann", Password=NEW, Permanent=True)
    held.go()
    with refused(*WRONG):
        old.result()
    assert "AccessToken" in new.result()
    sign_in(idp, at, "ann", NEW)


def test_disabled_meanwhile(running: Running, idp: Any, at: Setup, held: Held) -> None:
    brought(running, idp, at)
    first = Trying(idp, at, held)
    idp.admin_disable_user(UserPoolId=at.pool, Username="ann")
    held.go()
    with refused("NotAuthorizedException", "User is disabled."):
        first.result()
    assert kept(running, at).imported_hash is not None


def test_deleted_meanwhile(running: Running, idp: Any, at: Setup, held: Held) -> None:
    brought(running, idp, at)
    trying = Trying(idp, at, held)
    idp.admin_delete_user(UserPoolId=at.pool, Username="ann")
    held.go()
    with refused("UserNotFoundException", "User does not exist."):
        trying.result()
    assert len(running.world.store.users) == 0


@pytest.mark.parametrize("happens", ["AdminDisableUser", "AdminUserGlobalSignOut"])
def test_a_password_is_not_changed_by_who_is_signed_out_meanwhile(
    running: Running, idp: Any, at: Setup, held: Held, happens: str
) -> None:
    token = signed_in(running, idp, at)
    members = {"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": NEW}
    with ThreadPoolExecutor(1) as one:
        changing = one.submit(lambda: idp.change_password(**members))
        assert held.begun.acquire(timeout=10)
        running.call(happens, UserPoolId=at.pool, Username="ann")
        held.go()
        with refused("NotAuthorizedException", "Access Token has been revoked"):
            changing.result()
    assert kept(running, at).imported_hash is not None


def test_guesses_at_the_same_time_are_locked_out_too(running: Running, idp: Any, at: Setup, held: Held) -> None:
    running.world.clock.freeze(1_800_000_000)
    brought(running, idp, at)
    guesses = [Trying(idp, at, held, f"guess {number}") for number in range(5)]
    right = Trying(idp, at, held)
    held.go()
    for guess in guesses:
        with refused("NotAuthorizedException"):
            guess.result()
    with refused("NotAuthorizedException", "Password attempts exceeded"):
        right.result()
    assert kept(running, at).imported_hash is not None


def test_a_code_is_good_once_even_then(running: Running, idp: Any, held: Held) -> None:
    at = setup(
        running,
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"PasswordHistorySize": 2, "MinimumLength": 8}},
        UserPoolTier="ESSENTIALS",
    )
    brought(running, idp, at)
    idp.forgot_password(ClientId=at.client, Username="ann")
    code = running.world.outbox.all()[-1].code
    outcomes: list[str] = []

    def recover(password: str) -> None:
        try:
            idp.confirm_forgot_password(ClientId=at.client, Username="ann", ConfirmationCode=code, Password=password)
            outcomes.append("done")
        except Exception as refusal:
            outcomes.append(refusal.response["Error"]["Code"])  # type: ignore[attr-defined]

    threads = [threading.Thread(target=recover, args=(password,), daemon=True) for password in (NEW, f"{NEW}9")]
    for thread in threads:
        thread.start()
        assert held.begun.acquire(timeout=10)
    held.go()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes) == ["ExpiredCodeException", "done"]


# --- who does not exist ----------------------------------------------------------------------------------


def test_nobody_may_take_as_long_as_somebody(running: Running, idp: Any, held: Held) -> None:
    """Half of the names that nobody has, always the same; and none where no hash waits or nothing is hidden."""
    at = setup(running, {"PreventUserExistenceErrors": "ENABLED"}, AutoVerifiedAttributes=["email"])
    held.go()

    def slow(name: str) -> bool:
        before = held.count
        with refused(*WRONG):
            sign_in(idp, at, name)
        return held.count > before

    names = [f"nobody{number}" for number in range(40)]
    assert not any(slow(name) for name in names)
    brought(running, idp, at)
    first = [slow(name) for name in names]
    assert 5 < sum(first) < 35
    assert [slow(name) for name in names] == first
    sign_in(idp, at)
    assert not any(slow(name) for name in names)
