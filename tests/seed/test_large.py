"""Seeds that are large, or full of mistakes: nobody waits for them."""

from __future__ import annotations

import asyncio
import gc
import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator, runner, server
from cognito_emulator.control import seeds
from cognito_emulator.domain.table import Table
from cognito_emulator.seed import SeedError, apply, check_files, parse_text
from cognito_emulator.seed.problems import MOST_MISTAKES, Notes, Place
from cognito_emulator.wire.registry import Caller, call
from tests.helpers.control_api import Control
from tests.helpers.harness import ACCOUNT, REGION, Running
from tests.helpers.holding import allowed, longest_hold

pytestmark = pytest.mark.exhaustive

COUNT = 6_000


def users(count: int) -> list[dict[str, Any]]:
    return [
        {"Username": f"user{number}", "Password": "Abcdef-1234", "Attributes": {"email": f"user{number}@example.com"}}
        for number in range(count)
    ]


LARGE = json.dumps({"UserPools": [{"PoolName": "large", "Users": users(COUNT)}]})
REFUSED = json.dumps(
    {
        "UserPools": [
            {"PoolName": "large", "Users": users(COUNT), "Groups": [{"GroupName": "g"}]},
            {"PoolName": "other", "Clients": [{"ClientName": "c", "CallbackURLs": ["nowhere"]}]},
        ],
        "IdentityPools": [{"IdentityPoolName": "ip", "AllowUnauthenticatedIdentities": True}],
        "LoginProviders": [{"ProviderName": "accounts.google.com", "Url": "https://other.example"}],
    }
)
EMPTY = '{"UserPools":[' + ",".join(["{}"] * 300_000) + "]}"
KEYS = "UserPools:\n" + "".join(f"  k{number}: 1\n" for number in range(100_000))


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Control]:
    """An emulator on a loop of asyncio's own, which can be watched."""
    for module in (runner, server):
        monkeypatch.setattr(module, "new_loop", asyncio.new_event_loop)
    with Emulator() as emulator:
        yield Control(emulator)


@pytest.mark.parametrize(
    ("body", "status"),
    [(LARGE, 200), (REFUSED, 400), (EMPTY, 400), (KEYS, 400)],
    ids=["large", "refused", "empty", "keys"],
)
def test_a_second_connection_is_answered_meanwhile(quiet: Control, body: str, status: int) -> None:
    gc.collect()
    answers: list[int] = []
    with longest_hold() as longest:
        posting = threading.Thread(target=lambda: answers.append(quiet("POST", "/_emulator/seed", body).status))
        posting.start()
        second = http.client.HTTPConnection("127.0.0.1", quiet.emulator.port, timeout=30)
        asked = 0
        while posting.is_alive():
            second.request("GET", "/_emulator/health")
            assert json.loads(second.getresponse().read())["status"] == "ok"
            asked += 1
        second.close()
    assert answers == [status]
    assert asked > 20
    assert longest.seconds < allowed(len(body)), longest.what


def tables(running: Running) -> dict[str, list[Any]]:
    """All that there is."""
    found = {name: list(table) for name, table in vars(running.world.store).items() if isinstance(table, Table)}
    return {name: records for name, records in found.items() if records}


def test_a_refused_one_leaves_nothing_but_what_others_have_made(running: Running) -> None:
    """In between, somebody makes a pool: directly, for that is the only moment that can be chosen."""
    google = 'LoginProviders: [{ProviderName: accounts.google.com, Url: "http://localhost"}]'
    running.run(apply(running.world, parse_text(google, "s.yaml")))
    slices = 0

    async def give_way() -> None:
        nonlocal slices
        slices += 1
        if slices == 1:
            await call(running.world, "cognito-idp", "CreateUserPool", {"PoolName": "mine"}, Caller(ACCOUNT, REGION))

    made = ", ".join(f"{{Username: u{number}, Password: Abcdef-1234, Groups: [g]}}" for number in range(50))
    text = f"""
UserPools:
  - PoolName: large
    Groups: [{{GroupName: g}}]
    Users: [{made}]
CASE
IdentityPools: [{{IdentityPoolName: ip, AllowUnauthenticatedIdentities: true}}]
LoginProviders:
  - {{ProviderName: accounts.google.com, Url: "http://other"}}
  - {{ProviderName: appleid.apple.com, Url: "http://y"}}
"""
    wrong = "  - {PoolName: other, Clients: [{ClientName: c, CallbackURLs: [nowhere]}]}"
    before = tables(running)
    with pytest.raises(SeedError, match="nowhere is not a valid URL"):
        running.run(apply(running.world, parse_text(text.replace("CASE", wrong), "s.yaml"), give_way))
    assert slices > 3  # also on the way back
    after = tables(running)
    assert [pool.name for pool in after.pop("pools")] == ["mine"]
    assert after == before
    running.run(apply(running.world, parse_text(text.replace("CASE", ""), "s.yaml"), give_way))
    assert len(tables(running)["users"]) == 50


def test_a_small_one_is_made_in_one_go(running: Running) -> None:
    async def give_way() -> None:
        raise AssertionError("nobody goes first")

    running.run(apply(running.world, parse_text("UserPools: [{PoolName: a, Users: [{Username: u}]}]", "s"), give_way))
    assert len(tables(running)["users"]) == 1


def test_a_reset_waits_for_the_end_of_a_seed(control: Control) -> None:
    """Both are sent at once; whichever comes first, no half of the seed is left, nor are its users without a pool."""
    outcome: list[int] = []
    body = LARGE.replace("large", "waiting")
    posting = threading.Thread(target=lambda: outcome.append(control("POST", "/_emulator/seed", body).status))
    posting.start()
    pools: list[str] = []
    while posting.is_alive() and "waiting" not in pools:
        pools = control.emulator.on_loop(lambda: [pool.name for pool in control.emulator.world.store.pools])
    assert control("POST", "/_emulator/reset", {}).status == 200
    posting.join(60)
    store = control.emulator.world.store
    left = control.emulator.on_loop(lambda: (len(store.pools), len(store.users)))
    assert (outcome, left) == ([200], (1, 1))


# --- mistakes --------------------------------------------------------------------------------------------------


def bad_pools(count: int) -> str:
    return "UserPools:\n" + "".join(f"  - {{Nam: p{number}}}\n" for number in range(count))


def test_a_hundred_mistakes_are_told(control: Control) -> None:
    answer = control("POST", "/_emulator/seed", bad_pools(1_000), {"content-type": "application/yaml"})
    mistakes = answer.json["mistakes"]
    assert len(mistakes) == MOST_MISTAKES + 1
    assert mistakes[0].startswith("seed:2: UserPools[0]")
    assert mistakes[-1] == "and more; the first 100 mistakes are shown"


def test_as_many_as_are_told_have_no_others() -> None:
    with pytest.raises(SeedError) as caught:
        parse_text(bad_pools(MOST_MISTAKES // 2), "s.yaml")  # each has two: a key that is none, and one that is missing
    assert len(caught.value.mistakes) == MOST_MISTAKES
    assert "and more" not in str(caught.value)


def test_refusals_of_operations_count_too(running: Running) -> None:
    clients = ", ".join(f"{{ClientName: c{number}, CallbackURLs: [nowhere]}}" for number in range(150))
    with pytest.raises(SeedError) as caught:
        running.run(apply(running.world, parse_text(f"UserPools: [{{PoolName: p, Clients: [{clients}]}}]", "s.yaml")))
    assert len(caught.value.mistakes) == MOST_MISTAKES + 1


def test_files_are_checked_to_the_same_end(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(bad_pools(80))
    assert len(check_files([tmp_path / "a.yaml", tmp_path / "b.yaml"])) == MOST_MISTAKES + 1


def test_a_posted_seed_has_a_number_of_values(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds, "MOST_VALUES", 20)
    for body in ('{"UserPools":[' + ",".join(["{}"] * 30) + "]}", "UserPools:\n" + "  - {}\n" * 30):
        answer = control("POST", "/_emulator/seed", body, {"content-type": "application/yaml"})
        assert answer.status == 400
        assert "more than 20 values" in answer.json["mistakes"][0]


def test_a_long_answer_of_an_operation_is_cut() -> None:
    notes = Notes()
    notes.add(Place("s"), "x" * 5_000)
    assert len(notes.mistakes[0].text) == 1_001
