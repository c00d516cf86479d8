"""`--data` keeps the worlds below `/w/<name>/` too, each in a folder of its own."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from cognito_emulator import Emulator
from cognito_emulator.kept_worlds import FOLDER
from cognito_emulator.ports.storage import NAME, CannotUseData, Storage
from tests.helpers.kept import CLIENT, EMAIL, POOL, kept, send, without_spare_keys

SEEDED = {"alice", "bob", "carol", "dave"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    without_spare_keys(monkeypatch)


def at(emulator: Emulator, name: str) -> Any:
    return emulator.client(endpoint_url=f"{emulator.url}/w/{name}")


def users(emulator: Emulator, name: str) -> set[str]:
    return {user["Username"] for user in at(emulator, name).list_users(UserPoolId=POOL)["Users"]}


def listed(emulator: Emulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = send(emulator, "GET", "/_emulator/worlds")[1]["worlds"]
    return found


def without_port(worlds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**world, "url": world["url"].partition("/w/")[2]} for world in worlds]


def test_other_worlds_are_kept(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        for name in ("two", "one", "gone"):
            at(first, name).list_user_pools(MaxResults=1)
        at(first, "one").admin_create_user(UserPoolId=POOL, Username="own", UserAttributes=EMAIL)
        at(first, "one").admin_delete_user(UserPoolId=POOL, Username="bob")
        made = at(first, "two").create_user_pool(PoolName="own")["UserPool"]["Id"]
        signed_in = at(first, "one").initiate_auth(
            ClientId=CLIENT,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "alice", "PASSWORD": "Alice-123"},
        )["AuthenticationResult"]
        at(first, "one").forgot_password(ClientId=CLIENT, Username="alice")
        send(first, "PUT", "/w/two/_emulator/clock", {"freeze": "2030-01-01T00:00:00Z"})
        keys = send(first, "GET", f"/w/one/{POOL}/.well-known/jwks.json")[1]
        send(first, "DELETE", "/_emulator/worlds/gone")
        before, codes = listed(first), send(first, "GET", "/w/one/_emulator/messages")[1]["messages"]
        assert codes
    with kept(tmp_path) as second:
        assert without_port(listed(second)) == without_port(before)
        assert [world["name"] for world in before] == ["two", "one"]
        assert users(second, "one") == {*SEEDED, "own"} - {"bob"}
        assert at(second, "one").get_user(AccessToken=signed_in["AccessToken"])["Username"] == "alice"
        assert send(second, "GET", f"/w/one/{POOL}/.well-known/jwks.json")[1] == keys
        assert send(second, "GET", "/w/one/_emulator/messages")[1]["messages"] == codes
        assert send(second, "GET", "/w/two/_emulator/clock")[1]["iso"].startswith("2030")
        assert at(second, "two").describe_user_pool(UserPoolId=made)["UserPool"]["Name"] == "own"
        send(second, "POST", "/w/one/_emulator/reset")
        assert users(second, "one") == SEEDED
        assert users(second, "gone") == SEEDED, "made anew"
        send(second, "DELETE", "/_emulator/worlds/two")
    with kept(tmp_path) as third:
        assert [world["name"] for world in listed(third)] == ["one", "gone"]
        assert users(third, "one") == SEEDED
    assert sorted(folder.name for folder in (tmp_path / FOLDER).iterdir()) == ["gone", "one"]


def test_worlds_that_are_made_at_once(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        found: list[set[str]] = []
        threads = [
            threading.Thread(target=lambda name=name: found.append(users(first, name))) for name in ("a", "b", "a", "c")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [SEEDED] * 4
    with kept(tmp_path) as second:
        assert {world["name"] for world in listed(second)} == {"a", "b", "c"}


def test_a_world_that_cannot_be_kept_is_not_made(tmp_path: Path) -> None:
    with kept(tmp_path) as emulator:
        (tmp_path / FOLDER).write_text("no folder")
        status, answer = send(emulator, "GET", "/w/one/_emulator/info")
        assert status == 503
        assert answer["message"].startswith("--data wants a folder, and ")
        assert listed(emulator) == []
        (tmp_path / FOLDER).unlink()
        assert send(emulator, "GET", "/w/one/_emulator/info")[0] == 200


def test_what_was_half_made_or_half_deleted_is_gone(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        at(first, "one").list_user_pools(MaxResults=1)
        at(first, "two").list_user_pools(MaxResults=1)
    worlds = tmp_path / FOLDER
    (worlds / "two").rename(worlds / ".dropped-two")
    Storage(worlds / "three").close()
    with kept(tmp_path) as second:
        assert [world["name"] for world in listed(second)] == ["one"]
    assert [folder.name for folder in worlds.iterdir()] == ["one"]


def test_a_damaged_world_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    with kept(tmp_path) as first:
        at(first, "one").list_user_pools(MaxResults=1)
        at(first, "two").list_user_pools(MaxResults=1)
    path = tmp_path / FOLDER / "two" / NAME
    path.write_bytes(b"x" * 4096)
    with pytest.raises(CannotUseData, match=r"worlds/two/.* is damaged and was left as it is"):
        kept(tmp_path).start()
    for folder in (tmp_path, tmp_path / FOLDER / "one"):
        Storage(folder).close()  # the locks were let go
