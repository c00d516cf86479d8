"""`cognito-emulator health`: the exit status says whether an emulator is ready."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cognito_emulator.files import Refused
from cognito_emulator.health_command import check
from cognito_emulator.runner import parse_seeds, seeds_in
from cognito_emulator.settings import Settings
from tests.helpers.command import run
from tests.helpers.crashing import free_port
from tests.helpers.harness import Running


def test_it_asks_where_the_ready_file_says(running: Running, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    settings = Settings(port=free_port(), ready_file=str(ready))
    with pytest.raises(Refused, match=f"No emulator answers at http://localhost:{settings.port}: "):
        check(settings)
    ready.write_text(json.dumps({"url": f"http://127.0.0.1:{running.port}"}))
    assert check(settings) == f"http://127.0.0.1:{running.port}"
    for other in ("", "[]", "{}", '{"url": 1}'):
        ready.write_text(other)
        with pytest.raises(Refused, match="No emulator answers"):
            check(settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_without_a_ready_file_it_asks_at_the_host_and_port(running: Running, host: str) -> None:
    assert check(Settings(host=host, port=running.port)).endswith(f":{running.port}")


def test_an_emulator_that_stops_is_not_ready(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.world.outbox, "closing", True)
    with pytest.raises(Refused, match=r"is not ready \(HTTP 503\)\."):
        check(Settings(host="127.0.0.1", port=running.port))


@pytest.mark.processes
def test_the_command_says_so_by_its_status(running: Running) -> None:
    answer = run("health", "--host", "127.0.0.1", COGNITO_EMULATOR_PORT=str(running.port))
    assert (answer.returncode, answer.stdout) == (0, f"http://127.0.0.1:{running.port} is ready.\n")
    refused = run("health", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "No emulator answers at http://localhost:" in refused.stderr


def test_seeds_of_a_folder_take_the_place_of_the_built_in_one(tmp_path: Path) -> None:
    folder = tmp_path / "seeds.d"
    settings = Settings(seeds_dir=str(folder))
    built_in = parse_seeds(Settings())
    assert parse_seeds(settings) == built_in, "there is no folder"
    folder.mkdir()
    for name in ("README.md", ".hidden.yaml"):
        (folder / name).write_text("no seed")
    (folder / "folder.yaml").mkdir()
    assert parse_seeds(settings) == built_in, "there is no seed in it"
    for name, pool in (("2.yml", "two"), ("1.json", "one")):
        (folder / name).write_text(json.dumps({"UserPools": [{"PoolName": pool}]}))
    assert seeds_in(str(folder)) == [str(folder / "1.json"), str(folder / "2.yml")]
    (seed,) = parse_seeds(settings)
    assert seed != built_in[0]
    assert parse_seeds(Settings(seeds_dir=str(folder), no_seed=True)) == []
