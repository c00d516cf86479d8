"""`/_emulator/snapshots`: named states."""

from __future__ import annotations

import gzip
import json
import sys
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from cognito_emulator.domain.users.user import User
from cognito_emulator.ports.snapshots import MOST
from tests.helpers.control_api import CLIENT, POOL, Control
from tests.helpers.event_stream import watching

GZIP = {"content-type": "application/gzip"}
PASSWORD = "Ann-12345"


def save(control: Control, name: str = "one") -> Any:
    return control("POST", f"/_emulator/snapshots/{name}")


def download(control: Control, name: str) -> bytes:
    with urllib.request.urlopen(f"{control.emulator.url}/_emulator/snapshots/{name}") as answer:
        content: bytes = answer.read()
    return content


def create(control: Control, name: str) -> None:
    control.emulator.client().admin_create_user(UserPoolId=POOL, Username=name, MessageAction="SUPPRESS")


def names(control: Control) -> list[str]:
    users = control.emulator.client().list_users(UserPoolId=POOL)["Users"]
    return [user["Username"] for user in users]


def sign_in(control: Control) -> Any:
    return control.emulator.client().initiate_auth(
        ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD}
    )["AuthenticationResult"]


@pytest.fixture(autouse=True)
def _none(control: Control) -> None:
    for name in control.emulator.world.snapshots.all():
        control("DELETE", f"/_emulator/snapshots/{name}")


def test_a_snapshot_is_gone_back_to_as_often_as_wanted(control: Control) -> None:
    saved = save(control)
    assert saved.status == 201
    assert {key: saved.json[key] for key in ("name", "pools", "users")} == {"name": "one", "pools": 1, "users": 1}
    for _ in range(2):
        create(control, "bob")
        control.emulator.client().delete_user_pool_client(UserPoolId=POOL, ClientId=CLIENT)
        restored = control("PUT", "/_emulator/snapshots/one")
        assert (restored.status, restored.json["changed"]) == (200, 2)
        assert names(control) == ["ann"]
        assert sign_in(control)["AccessToken"]


def test_listings_and_indexes_are_as_they_were(control: Control) -> None:
    for name in ("bob", "cid", "dan"):
        create(control, name)
    before = names(control)
    save(control)
    control.emulator.client().admin_delete_user(UserPoolId=POOL, Username="bob")
    create(control, "bob")  # another user of that name
    control("PUT", "/_emulator/snapshots/one")
    assert names(control) == before
    create(control, "eve")
    assert control.emulator.client().admin_get_user(UserPoolId=POOL, Username="bob")["Username"] == "bob"
    assert len(names(control)) == len(before) + 1


def test_tokens_of_then_are_valid_again_and_later_ones_are_not(control: Control) -> None:
    idp = control.emulator.client()
    before = sign_in(control)
    save(control)
    later = sign_in(control)
    idp.admin_user_global_sign_out(UserPoolId=POOL, Username="ann")
    idp.delete_user_pool(UserPoolId=POOL)
    control("PUT", "/_emulator/snapshots/one")
    assert idp.get_user(AccessToken=before["AccessToken"])["Username"] == "ann"

    def refresh(tokens: Any) -> Any:
        auth = {"REFRESH_TOKEN": tokens["RefreshToken"]}
        return idp.initiate_auth(ClientId=CLIENT, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=auth)

    assert refresh(before)["AuthenticationResult"]["AccessToken"]
    with pytest.raises(idp.exceptions.NotAuthorizedException):
        refresh(later)


def test_the_clock_goes_back_too(control: Control) -> None:
    control("PUT", "/_emulator/clock", {"freeze": "2030-01-01T00:00:00Z"})
    save(control)
    control("PUT", "/_emulator/clock", {"reset": True})
    control("PUT", "/_emulator/snapshots/one")
    clock = control("GET", "/_emulator/clock").json
    assert (clock["frozen"], clock["iso"]) == (True, "2030-01-01T00:00:00.000Z")


def test_a_pool_that_was_made_later_loses_its_keys(control: Control) -> None:
    save(control)
    made = control.emulator.client().create_user_pool(PoolName="later")["UserPool"]["Id"]
    control.emulator.jwks(made)
    control("PUT", "/_emulator/snapshots/one")
    assert control.emulator.world.keys.known(made) is None


def test_a_restore_can_be_rewound(control: Control) -> None:
    save(control)
    create(control, "bob")
    control("PUT", "/_emulator/snapshots/one")
    number = control.emulator.world.store.history.number
    control.emulator.on_loop(lambda: control.emulator.world.store.undo_since(number - 1))
    assert names(control) == ["ann", "bob"]


def test_resets_leave_snapshots_and_snapshots_leave_the_baseline(control: Control) -> None:
    create(control, "bob")
    save(control)
    control("POST", "/_emulator/reset")
    assert names(control) == ["ann"]
    control("PUT", "/_emulator/snapshots/one")
    assert names(control) == ["ann", "bob"]
    control("POST", "/_emulator/reset")
    assert names(control) == ["ann"]


def test_the_list_has_the_newest_last_and_a_name_is_taken_again(control: Control) -> None:
    for name in ("one", "two", "one"):
        save(control, name)
    found = control("GET", "/_emulator/snapshots").json["snapshots"]
    assert [one["name"] for one in found] == ["two", "one"]
    control("DELETE", "/_emulator/snapshots/two")
    assert [one["name"] for one in control("GET", "/_emulator/snapshots").json["snapshots"]] == ["one"]


def test_what_differs(control: Control) -> None:
    create(control, "old")
    save(control)
    idp = control.emulator.client()
    idp.admin_delete_user(UserPoolId=POOL, Username="old")
    create(control, "new")
    idp.admin_set_user_password(UserPoolId=POOL, Username="ann", Password="Other-12345", Permanent=True)
    found = control("GET", "/_emulator/snapshots/one/diff/now").json
    assert {kind: found[kind] for kind in ("added", "removed", "changed")} == {"added": 1, "removed": 1, "changed": 1}
    users = found["tables"]["users"]
    assert [one["record"]["username"] for one in users["added"]] == ["new"]
    assert [one["record"]["username"] for one in users["removed"]] == ["old"]
    (changed,) = users["changed"]
    assert changed["key"] == f"{POOL}/a0000000-0000-4000-8000-000000000001"
    assert changed["before"]["password"] == changed["after"]["password"] == "***"
    backwards = control("GET", "/_emulator/snapshots/now/diff/one?masked=0").json
    assert (backwards["added"], backwards["from"], backwards["to"]) == (1, "now", "one")
    assert backwards["tables"]["users"]["changed"][0]["after"]["password"]["x"] > 1
    save(control, "two")
    assert control("GET", "/_emulator/snapshots/two/diff/now").json["tables"] == {}


def test_a_file_brings_everything_to_another_emulator(control: Control) -> None:
    tokens = sign_in(control)
    save(control)
    content = download(control, "one")
    control("POST", "/_emulator/reset?empty=1")
    assert control("POST", "/_emulator/snapshots/read", content, GZIP).json["users"] == 1
    control("PUT", "/_emulator/snapshots/read")
    assert control.emulator.client().get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"
    assert sign_in(control)["AccessToken"]
    assert control("GET", "/_emulator/snapshots/one/diff/read").json["tables"] == {}


def _changed(content: bytes, **members: Any) -> bytes:
    return gzip.compress(json.dumps({**json.loads(gzip.decompress(content)), **members}).encode())


def test_files_that_are_refused(control: Control) -> None:
    save(control)
    whole = download(control, "one")
    tables = json.loads(gzip.decompress(whole))["tables"]
    twice = {**tables, "users": [[1, tables["users"][0][1]], [2, tables["users"][0][1]]]}
    for content, text in {
        b"{}": "it is no snapshot of cognito-emulator",
        gzip.compress(b"{}"): "it is no snapshot of cognito-emulator",
        whole[:-20]: "it is damaged: its end is missing",
        _changed(whole, version=2): "its format is 2; this version of cognito-emulator reads format 1",
        _changed(whole, tables={"users": [[1, {}]]}): "it is damaged: Object missing required field",
        _changed(whole, tables={"cats": []}): "it is damaged: there is no table cats",
        _changed(whole, tables=twice): "it is damaged: two rows of users are in one place",
        _changed(whole, keys={POOL: ["x", "y"]}): "it is damaged: a signing key is the PEM of a private key",
    }.items():
        answer = control("POST", "/_emulator/snapshots/bad", content, GZIP)
        assert (answer.status, text in answer.json["message"]) == (400, True), answer.json
    assert [one["name"] for one in control("GET", "/_emulator/snapshots").json["snapshots"]] == ["one"]


def test_a_file_that_contradicts_itself_changes_nothing(control: Control) -> None:
    save(control)
    tables = json.loads(gzip.decompress(download(control, "one")))["tables"]
    seq, ann = tables["users"][0]
    again = {**ann, "sub": "b0000000-0000-4000-8000-000000000001"}  # the same user name
    content = _changed(download(control, "one"), tables={**tables, "users": [[seq, ann], [seq + 1, again]]})
    assert control("POST", "/_emulator/snapshots/bad", content, GZIP).status == 201
    create(control, "bob")
    answer = control("PUT", "/_emulator/snapshots/bad")
    assert answer.status == 400
    assert answer.json["message"].startswith("The snapshot contradicts itself: duplicate ")
    assert names(control) == ["ann", "bob"]
    assert sign_in(control)["AccessToken"]


@pytest.mark.parametrize("name", ["now", "-x", ".x", "a%20b", "x" * 129])
def test_names_that_cannot_be(control: Control, name: str) -> None:
    answer = control("POST", f"/_emulator/snapshots/{name}")
    assert answer.status == 400
    assert answer.json["message"].startswith("A snapshot's name has 1 to 128 letters, digits")


def test_what_is_not_there(control: Control) -> None:
    save(control)
    for method, path in (("PUT", "two"), ("GET", "two"), ("DELETE", "two"), ("GET", "one/diff/two")):
        answer = control(method, f"/_emulator/snapshots/{path}")
        assert (answer.status, answer.json["message"]) == (404, "There is no snapshot 'two'. The newest are: one.")


def test_there_is_an_end_to_them(control: Control) -> None:
    for number in range(MOST):
        save(control, str(number))
    answer = save(control, "more")
    assert (answer.status, answer.json["message"]) == (400, "There are 100 snapshots already; delete one first.")
    assert save(control, "7").status == 201


def test_they_are_told_of(control: Control) -> None:
    with watching(control.emulator, "?type=snapshot") as stream:
        save(control)
        control("PUT", "/_emulator/snapshots/one")
        control("DELETE", "/_emulator/snapshots/one")
        assert [stream.next() for _ in range(3)] == [
            ("snapshot", {"action": action, "name": "one"}) for action in ("saved", "restored", "deleted")
        ]


def test_many_users_cost_little(control: Control) -> None:
    """No function is called for each to take a snapshot, and one, the iterator's, to restore it.

    How long both take is measured by `python -m tests.benchmarks`.
    """
    many = 20_000
    world, baseline = control.emulator.world, control.emulator._now_running().baseline

    def fill() -> None:
        with world.store.write():
            for number in range(many):
                world.store.users.put(User(POOL, f"s{number}", f"u{number}", f"u{number}", 0.0, 0.0, "CONFIRMED"))

    control.emulator.on_loop(fill)

    def calls(work: Callable[[], object]) -> int:
        """Count the functions that are called."""
        called: Counter[str] = Counter()

        def counted() -> None:
            sys.setprofile(lambda _, event, __: called.update((event,)))
            try:
                work()
            finally:
                sys.setprofile(None)

        control.emulator.on_loop(counted)
        return called["call"] + called["c_call"]

    snapshot = control.emulator.on_loop(baseline.snapshot)
    create(control, "bob")
    assert 1 < calls(baseline.snapshot) < many / 4
    assert 1 < calls(lambda: baseline.become(snapshot)) < many * 1.25
    assert "bob" not in names(control)
