"""`cognito-emulator snapshot`, against an emulator of this process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cognito_emulator.cli import main
from tests.helpers.control_api import POOL, Control

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COGNITO_EMULATOR_URL", control.emulator.url)
    for name in control.emulator.world.snapshots.all():
        control("DELETE", f"/_emulator/snapshots/{name}")


def snapshot(*arguments: str) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", "http://127.0.0.1:1")  # not asked
        return main(["snapshot", *arguments])


def change(control: Control) -> None:
    idp = control.emulator.client()
    idp.admin_create_user(UserPoolId=POOL, Username="bob", MessageAction="SUPPRESS")
    idp.admin_disable_user(UserPoolId=POOL, Username="ann")


def test_save_list_diff_load_rm(control: Control, capsys: Capture) -> None:
    assert snapshot("save", "one") == 0
    assert capsys.readouterr().out.startswith("saved one: 1 pools, 1 users, ")
    change(control)
    assert snapshot("diff", "one") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"+ users {POOL}/")
    assert lines[1] == f"~ users {POOL}/a0000000-0000-4000-8000-000000000001 (modified, enabled)"
    assert lines[-1] == "1 added, 0 removed, 1 changed"
    assert snapshot("load", "one") == 0
    assert capsys.readouterr().out.endswith("; 2 records changed\n")
    assert [user["Username"] for user in control.emulator.client().list_users(UserPoolId=POOL)["Users"]] == ["ann"]
    assert snapshot("list") == 0
    assert "Z  one: 1 pools, 1 users, " in capsys.readouterr().out
    assert snapshot("rm", "one") == 0
    assert capsys.readouterr().out == "deleted one\n"
    assert snapshot("list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"snapshots": []}


def test_a_file(control: Control, tmp_path: Path) -> None:
    path = tmp_path / "state.snapshot"
    assert snapshot("save", "one", "--file", str(path)) == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    control("DELETE", "/_emulator/snapshots/one")
    change(control)
    assert snapshot("load", "again", "--file", str(path)) == 0
    assert [user["Username"] for user in control.emulator.client().list_users(UserPoolId=POOL)["Users"]] == ["ann"]


def test_the_ready_file_names_the_emulator(
    control: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(json.dumps({"url": control.emulator.url}))
    monkeypatch.delenv("COGNITO_EMULATOR_URL")
    assert snapshot("list", "--ready-file", str(ready)) == 0
    monkeypatch.setenv("COGNITO_EMULATOR_READY_FILE", str(ready))
    assert snapshot("list") == 0
    ready.write_text("no JSON")
    assert snapshot("list") == 1
    assert capsys.readouterr().err == f"cognito-emulator: {ready} is no ready file of an emulator.\n"


def test_what_cannot_be_is_told_in_a_sentence(tmp_path: Path, capsys: Capture) -> None:
    empty, torn = tmp_path / "empty", tmp_path / "torn"
    empty.write_bytes(b"")
    torn.write_bytes(b"no snapshot")
    for arguments, text in (
        (["load", "one"], "There is no snapshot 'one'. The newest are: none."),
        (["list", "--url", "http://127.0.0.1:1"], "cannot reach an emulator at http://127.0.0.1:1: "),
        (["list", "--url", "ftp//x"], "cannot reach an emulator at ftp//x: "),
        (["load", "one", "--file", str(empty)], f"{empty} is empty."),
        (["load", "one", "--file", str(torn)], "The snapshot file is refused: it is no snapshot of cognito-emulator."),
        (["load", "one", "--file", str(tmp_path / "none")], f"cannot read {tmp_path / 'none'}: No such file"),
        (["save", "one", "--file", str(tmp_path / "no" / "x")], f"cannot write {tmp_path / 'no' / 'x'}: No such file"),
    ):
        assert snapshot(*arguments) == 1
        error = capsys.readouterr().err
        assert error.startswith(f"cognito-emulator: {text}")
        assert error.count("\n") == 1
