"""`cognito-emulator export`, `--import` and `--export-on-exit`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cognito_emulator.cli import main
from cognito_emulator.seed import SeedError, parse_files, parse_text
from cognito_emulator.server import Emulator
from tests.helpers.command import served
from tests.helpers.control_api import CLIENT, POOL, SEED, Control

Capture = pytest.CaptureFixture[str]
ANN = {"USERNAME": "ann", "PASSWORD": "Ann-12345"}


def test_export_prints_a_seed_or_writes_it(control: Control, tmp_path: Path, capsys: Capture) -> None:
    url = ["--url", control.emulator.url]
    assert main(["export", *url]) == 0
    assert [pool.id for pool in parse_text(capsys.readouterr().out, "out").pools] == [POOL]
    path = tmp_path / "state.yaml"
    control.emulator.jwks(POOL)
    assert main(["export", *url, "--secrets", "--pool", POOL, "--file", str(path)]) == 0
    assert "PRIVATE KEY" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert main(["export", *url, "--pool", "us-east-1_none"]) == 1
    assert capsys.readouterr().err.startswith("cognito-emulator: There is no pool 'us-east-1_none'.")


def test_what_was_there_at_the_end_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = str(tmp_path / "state.yaml")
    with Emulator(seed=SEED, import_file=path, export_on_exit=path, no_seed=True) as emulator:
        tokens = emulator.client().initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=ANN)[
            "AuthenticationResult"
        ]
        emulator.client().admin_create_user(UserPoolId=POOL, Username="bob", MessageAction="SUPPRESS")
        jwks = emulator.jwks(POOL)
    assert tokens["AccessToken"]
    with Emulator(import_file=path, export_on_exit=path) as emulator:
        users = emulator.client().list_users(UserPoolId=POOL)["Users"]
        assert [user["Username"] for user in users] == ["ann", "bob"]
        assert emulator.jwks(POOL) == jwks
        assert emulator.client().initiate_auth(ClientId=CLIENT, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=ANN)
        emulator.client().admin_delete_user(UserPoolId=POOL, Username="bob")
    (pool,) = parse_files([path]).pools
    assert [user.block.members["Username"] for user in pool.users] == ["ann"]


def test_an_import_that_is_not_there_is_refused_unless_it_is_to_be_written(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.yaml")
    with pytest.raises(SeedError, match="cannot be read"), Emulator(import_file=missing):
        pass
    with pytest.raises(SeedError, match="cannot be read"), Emulator(import_file=missing, export_on_exit="other"):
        pass


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = str(tmp_path / "no" / "state.yaml")
    with Emulator(no_seed=True, export_on_exit=path):
        pass
    assert f"cannot write {path}: No such file or directory." in caplog.messages


@pytest.mark.processes
def test_the_command_says_so_too_and_fails(tmp_path: Path) -> None:
    path = str(tmp_path / "no" / "state.yaml")
    with served("--export-on-exit", path, COGNITO_EMULATOR_PORT="0") as one:
        assert one.stop() == 1
        assert one.log_line(f"cognito-emulator: cannot write {path}: No such file or directory.")
