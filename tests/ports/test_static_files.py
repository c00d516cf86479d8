"""Files that are packaged beside templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from cognito_emulator.ports import static_files


def test_a_file_is_found_by_its_name_alone(tmp_path: Path) -> None:
    inside = tmp_path / "static"
    inside.mkdir()
    (inside / "a.css").write_bytes(b"a{}")
    (tmp_path / "secret").write_bytes(b"no")
    assert static_files.read(inside, "a.css") == b"a{}"
    for name in ("b.css", "../secret", "..", ""):
        with pytest.raises(KeyError):
            static_files.read(inside, name)


def test_another_file_has_another_version(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    assert static_files.version(tmp_path, "a") != static_files.version(tmp_path, "b")
