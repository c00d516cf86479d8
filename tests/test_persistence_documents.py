"""`--data` keeps what is no record: snapshots, fault rules, messages that are put back, and points in time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from cognito_emulator import Emulator
from cognito_emulator.domain.history import Forgotten, net
from cognito_emulator.ports.keeper import FEW
from cognito_emulator.ports.records import Codec
from cognito_emulator.ports.storage import Storage
from tests.benchmarks.served import add_users
from tests.helpers.kept import EMAIL, LATER, POOL, fill, kept, live, send, state, without_spare_keys

DAY = 86_400.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    without_spare_keys(monkeypatch)


def users(emulator: Emulator) -> set[str]:
    return {user["Username"] for user in emulator.client().list_users(UserPoolId=POOL)["Users"]}


def past(emulator: Emulator) -> list[Any]:
    """The log of the kept tables."""
    return emulator.on_loop(lambda: list(emulator.world.store.history.kept.commits()))


def snap(emulator: Emulator, method: str, name: str) -> tuple[int, Any]:
    """A request for a snapshot, which has no body."""
    request = Request(f"{emulator.url}/_emulator/snapshots/{name}", method=method)
    request.add_header("Content-Type", "application/json")
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


# --- snapshots ----------------------------------------------------------------------------------------------------


def test_snapshots_are_kept(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        assert snap(first, "POST", "begin")[0] == 201
        live(first)
        snap(first, "POST", "lived")
        snap(first, "POST", "gone")
        snap(first, "DELETE", "gone")
        snap(first, "POST", "begin2")
        first.client().admin_delete_user(UserPoolId=POOL, Username="erin")
        snap(first, "POST", "begin2")
        before = send(first, "GET", "/_emulator/snapshots")[1]
        assert [one["name"] for one in before["snapshots"]] == ["begin", "lived", "begin2"]
    with kept(tmp_path) as second:
        assert send(second, "GET", "/_emulator/snapshots")[1] == before
        assert "bob" not in users(second)
        assert snap(second, "PUT", "begin")[0] == 200
        assert "bob" in users(second)
        assert "erin" not in users(second)
        assert snap(second, "PUT", "lived")[0] == 200
        assert "erin" in users(second)
        snap(second, "DELETE", "lived")
        snap(second, "POST", "last")
    with kept(tmp_path) as third:
        names = [one["name"] for one in send(third, "GET", "/_emulator/snapshots")[1]["snapshots"]]
        assert names == ["begin", "begin2", "last"]


def test_a_snapshot_that_cannot_be_kept_is_taken_back(tmp_path: Path) -> None:
    with kept(tmp_path) as emulator:
        snap(emulator, "POST", "there")
        before = send(emulator, "GET", "/_emulator/snapshots")[1]
        empty_again = fill(emulator)
        for method, name in (("POST", "new"), ("POST", "there"), ("DELETE", "there")):
            assert snap(emulator, method, name)[0] == 500
            assert send(emulator, "GET", "/_emulator/snapshots")[1] == before
        empty_again()
        assert snap(emulator, "DELETE", "there")[0] == 200
    with kept(tmp_path) as second:
        assert send(second, "GET", "/_emulator/snapshots")[1] == {"snapshots": []}


# --- fault rules --------------------------------------------------------------------------------------------------


def strikes(emulator: Emulator, count: int) -> list[bool]:
    """Which of so many calls are struck."""
    found, idp = [], emulator.client()
    for _ in range(count):
        try:
            idp.list_groups(UserPoolId=POOL)
            found.append(False)
        except ClientError:
            found.append(True)
    return found


def chance(**members: Any) -> dict[str, Any]:
    return {"operation": "ListGroups", "error": {"code": "NotAuthorizedException"}, **members}


def test_fault_rules_are_kept_with_what_they_have_counted(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        send(first, "PUT", "/_emulator/faults/gone", chance(times=1))
        send(first, "PUT", "/_emulator/faults/one", chance(times=3, after=1))
        send(first, "DELETE", "/_emulator/faults/gone")
        assert strikes(first, 2) == [False, True]
        before = send(first, "GET", "/_emulator/faults")[1]
    with kept(tmp_path) as second:
        assert send(second, "GET", "/_emulator/faults")[1] == before
        assert strikes(second, 3) == [True, True, False]
        second.reset()
    with kept(tmp_path) as third:
        assert send(third, "GET", "/_emulator/faults")[1]["faults"] == []


def test_the_chance_of_a_rule_goes_on(tmp_path: Path) -> None:
    rule = chance(probability=0.5, seed=7)
    with Emulator(no_seed=False) as whole:
        send(whole, "PUT", "/_emulator/faults/one", rule)
        expected = strikes(whole, 12)
    with kept(tmp_path) as first:
        send(first, "PUT", "/_emulator/faults/one", rule)
        found = strikes(first, 6)
    with kept(tmp_path) as second:
        assert [*found, *strikes(second, 6)] == expected


def test_replaced_rules_keep_their_order(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        for name in ("a", "b", "a"):
            send(first, "PUT", f"/_emulator/faults/{name}", chance(times=5))
        send(first, "PUT", "/_emulator/faults", [chance(id=name) for name in ("c", "b", "a")])
        before = send(first, "GET", "/_emulator/faults")[1]
    with kept(tmp_path) as second:
        assert send(second, "GET", "/_emulator/faults")[1] == before
        assert [one["id"] for one in before["faults"]] == ["c", "b", "a"]


def test_a_rule_that_cannot_be_kept_is_taken_back(tmp_path: Path) -> None:
    with kept(tmp_path) as emulator:
        send(emulator, "PUT", "/_emulator/faults/there", chance(times=5))
        before = send(emulator, "GET", "/_emulator/faults")[1]
        empty_again = fill(emulator)
        for method, name, body in (("PUT", "new", chance()), ("PUT", "there", chance()), ("DELETE", "there", None)):
            assert send(emulator, method, f"/_emulator/faults/{name}", body)[0] == 500
            assert send(emulator, "GET", "/_emulator/faults")[1] == before
        empty_again()


# --- messages -----------------------------------------------------------------------------------------------------


def test_messages_that_a_scope_puts_back_are_kept(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        live(first)
        before = first.messages()
        assert before
        with first.scope():
            first.client().admin_create_user(
                UserPoolId=POOL, Username="zoe", UserAttributes=[{"Name": "email", "Value": "zoe@example.com"}]
            )
            send(first, "DELETE", "/_emulator/messages")
            first.client().admin_reset_user_password(UserPoolId=POOL, Username="alice")
        assert first.messages() == before
        first.client().list_groups(UserPoolId=POOL)
    with kept(tmp_path) as second:
        assert second.messages() == before


# --- points in time -----------------------------------------------------------------------------------------------


def test_a_point_in_time_before_a_restart_is_recovered(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        idp = first.client()
        idp.update_user_pool(UserPoolId=POOL, UserPoolTier="PLUS", AutoVerifiedAttributes=["email"])
        first.clock.freeze(round(first.clock.now() + DAY))  # SDKs send whole seconds
        idp.admin_create_user(UserPoolId=POOL, Username="zoe", MessageAction="SUPPRESS", UserAttributes=EMAIL)
        idp.create_group(UserPoolId=POOL, GroupName="later")
        idp.admin_add_user_to_group(UserPoolId=POOL, Username="zoe", GroupName="later")
        there, point = users(first), first.clock.now()
        first.clock.advance(3600)
        idp.admin_delete_user(UserPoolId=POOL, Username="zoe")
        idp.admin_delete_user(UserPoolId=POOL, Username="alice")
    with kept(tmp_path) as second:
        idp = second.client()
        idp.delete_group(UserPoolId=POOL, GroupName="later")
        idp.admin_create_user(UserPoolId=POOL, Username="newer", MessageAction="SUPPRESS", UserAttributes=EMAIL)
        second.clock.advance(3600)
        made = idp.initiate_point_in_time_recovery(UserPoolId=POOL, RestoreTimestamp=point)["Restoration"]
        second.clock.advance(2)
        idp.start_point_in_time_recovery(UserPoolId=POOL, RestoreId=made["RestoreId"])
        second.clock.advance(2)
        assert users(second) == there
        groups = idp.admin_list_groups_for_user(UserPoolId=POOL, Username="zoe")["Groups"]
        assert [group["GroupName"] for group in groups] == ["later"]


def test_the_log_of_changes_is_the_same_after_each_start(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        live(first)
        first.client().admin_delete_user(UserPoolId=POOL, Username="erin")
        first.client().admin_create_user(
            UserPoolId=POOL, Username="erin", MessageAction="SUPPRESS", UserAttributes=EMAIL
        )
        first.client().admin_disable_user(UserPoolId=POOL, Username="erin")
        before = past(first)
    for number in range(2):
        with kept(tmp_path) as emulator:
            assert past(emulator) == before
            emulator.client().admin_create_user(
                UserPoolId=POOL, Username=f"new{number}", MessageAction="SUPPRESS", UserAttributes=EMAIL
            )
            before = past(emulator)
    assert list(net(before))


@pytest.mark.parametrize("taking_back", ["reset", "scope", "baseline"])
def test_what_a_reset_takes_back_is_no_past(tmp_path: Path, taking_back: str) -> None:
    actions: dict[str, Callable[[Emulator], object]] = {
        "reset": lambda emulator: emulator.reset(),
        "scope": _live_in_scope,
        "baseline": lambda emulator: emulator.seed(LATER, baseline=True),
    }
    with kept(tmp_path) as first:
        live(first)
        actions[taking_back](first)
        first.client().admin_create_user(
            UserPoolId=POOL, Username="zoe", MessageAction="SUPPRESS", UserAttributes=EMAIL
        )
        before = past(first)
    with kept(tmp_path) as second:
        assert past(second) == before


def _live_in_scope(emulator: Emulator) -> None:
    with emulator.scope():
        emulator.client().admin_create_user(
            UserPoolId=POOL, Username="yan", MessageAction="SUPPRESS", UserAttributes=EMAIL
        )


def test_what_is_too_old_at_a_start_is_no_longer_known_later(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        live(first)
        first.clock.advance(10 * DAY)
        first.client().admin_create_user(
            UserPoolId=POOL, Username="zoe", MessageAction="SUPPRESS", UserAttributes=EMAIL
        )
        first.clock.advance(10 * DAY)
        point = first.clock.now()
    for number in range(3):
        with kept(tmp_path) as emulator:
            if number:
                name = f"new{number}"
                emulator.client().admin_create_user(
                    UserPoolId=POOL, Username=name, MessageAction="SUPPRESS", UserAttributes=EMAIL
                )
                with pytest.raises(Forgotten):
                    emulator.on_loop(lambda: emulator.world.store.changes_since(point - 21 * DAY))
            assert emulator.on_loop(lambda: emulator.world.store.changes_since(point - 5 * DAY)) is not None
            expected = past(emulator)
    with kept(tmp_path) as last:
        assert past(last) == expected


def test_a_folder_of_the_first_format_is_taken_up(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        live(first)
        point, before = first.clock.now(), state(first)
    storage = Storage(tmp_path)
    storage._database.execute("DELETE FROM rows WHERE id >> 44 = (SELECT number FROM tables WHERE name = '=past')")
    storage._database.execute("DELETE FROM tables WHERE name = '=past'")
    storage._database.execute("DELETE FROM meta WHERE name = 'made'")
    storage._database.execute("UPDATE meta SET value = 1 WHERE name = 'format'")
    storage.close()
    with kept(tmp_path) as second:
        assert state(second) == before
        with pytest.raises(Forgotten):
            second.on_loop(lambda: second.world.store.changes_since(point - 10))
        second.client().admin_delete_user(UserPoolId=POOL, Username="alice")
    with kept(tmp_path) as third:
        with pytest.raises(Forgotten):
            third.on_loop(lambda: third.world.store.changes_since(point - 10))
        assert len(past(third)) == 1


def test_a_log_that_cannot_be_read_is_forgotten_with_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with kept(tmp_path) as first:
        live(first)
    storage = Storage(tmp_path)
    storage._database.execute(
        "UPDATE rows SET record=x'c1' WHERE id IN (SELECT max(id) FROM rows WHERE id >> 44 = "
        "(SELECT number FROM tables WHERE name = '=past'))"
    )
    storage.close()
    with kept(tmp_path) as second:
        assert "no point in time before it can be recovered" in caplog.text
        second.client().admin_delete_user(UserPoolId=POOL, Username="alice")
        assert len(past(second)) == 1
    caplog.clear()
    with kept(tmp_path) as third:
        assert len(past(third)) == 1
    assert "no point in time" not in caplog.text


# --- very many rows -----------------------------------------------------------------------------------------------


def test_very_many_rows_are_encoded_on_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[str] = set()
    encode = Codec.encode

    def noting(self: Codec, record: Any) -> bytes:
        threads.add(threading.current_thread().name)
        return encode(self, record)

    with kept(tmp_path) as emulator:
        emulator.on_loop(lambda: add_users(emulator.world, POOL, 2 * FEW))
        assert snap(emulator, "POST", "one")[0] == 201
        emulator.reset()
        monkeypatch.setattr(Codec, "encode", noting)
        assert snap(emulator, "PUT", "one")[0] == 200
        assert threads == {"data"}
        before = state(emulator)
    with kept(tmp_path) as emulator:
        assert state(emulator) == before
        assert len(emulator.world.store.users) > 2 * FEW
