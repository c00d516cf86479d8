"""A folder is a seed: its files in the order of their names; several seeds; and what cannot be read, in a sentence."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path

import pytest

from cognito_emulator import Emulator, cli
from cognito_emulator.options import OPTIONS, BadSetting, add_to, settings_from
from cognito_emulator.runner import parse_seeds
from cognito_emulator.seed import SeedError, check_files, parse_files
from cognito_emulator.settings import Settings


def pool(name: str) -> str:
    return f"UserPools:\n  - {{Id: us-east-1_{name}, PoolName: {name}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "seeds.d"
    (made / "deeper.yaml").mkdir(parents=True)
    (made / "20.yml").write_text(pool("second"))
    (made / "10.yaml").write_text(pool("first"))
    (made / "30.json").write_text('{"UserPools": [{"Id": "us-east-1_third", "PoolName": "third"}]}')
    (made / "notes.txt").write_text("none")
    (made / ".hidden.yaml").write_text(pool("hidden"))
    (made / "deeper.yaml" / "a.yaml").write_text(pool("deeper"))
    return made


def names(settings: Settings) -> list[str]:
    return [pool.block.members["PoolName"] for seed in parse_seeds(settings) for pool in seed.pools]


def test_files_come_in_the_order_of_their_names(folder: Path) -> None:
    assert names(Settings(seeds=(str(folder),))) == ["first", "second", "third"]


def test_several_are_named_by_a_variable_and_by_flags(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(pool("other"))
    (option,) = (one for one in OPTIONS if one.field == "seeds")
    assert names(Settings(seeds=option.read(f"{other}{os.pathsep}{folder}"))) == ["other", "first", "second", "third"]
    flags = ArgumentParser()
    add_to(flags)
    given = flags.parse_args(["--seed", f"{other}{os.pathsep}{folder}", "--seed", str(folder)])
    assert settings_from(given, {})[0].seeds == (str(other), str(folder), str(folder))
    odd = tmp_path / f"odd{os.pathsep}name.yaml"
    odd.write_text(pool("odd"))
    assert settings_from(flags.parse_args(["--seed", str(odd)]), {})[0].seeds == (str(odd),)
    for nothing in ("", os.pathsep):
        with pytest.raises(BadSetting, match="--seed: an empty path"):
            settings_from(flags.parse_args(["--seed", nothing]), {})
    assert cli.main(["check", str(other), str(folder)]) == 0


def test_check_counts_the_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(folder)]) == 0
    assert capsys.readouterr().out == "3 seed files without mistakes.\n"


def test_a_mistake_names_its_file(folder: Path) -> None:
    (folder / "20.yml").write_text("UserPools:\n  - {PoolNam: p}\n")
    (first, *_) = check_files([folder])
    assert str(first).startswith(f"{folder / '20.yml'}:2: UserPools[0].PoolNam: unknown key")


def test_an_emulator_in_python_takes_a_folder(folder: Path) -> None:
    with Emulator(seed=str(folder)) as emulator:
        assert len(emulator.client().list_user_pools(MaxResults=10)["UserPools"]) == 3


def test_a_folder_without_seeds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(SeedError) as refused:
        parse_files([tmp_path])
    assert str(refused.value) == f"{tmp_path}: the folder has no seed (*.yaml, *.yml, *.json)"


@pytest.mark.parametrize("what", ["read_bytes", "iterdir"])
def test_wrong_rights_are_told(folder: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, what, refuse)
    (mistake, *_) = check_files([folder])
    text = f"cannot be read: Permission denied; the emulator runs as user {os.getuid()}, who needs the right to read it"
    assert str(mistake) == f"{folder / '10.yaml' if what == 'read_bytes' else folder}: {text}"
