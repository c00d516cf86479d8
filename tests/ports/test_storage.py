"""The data folder: what is written is read back, one user at a time, old formats are brought up, others refused."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cognito_emulator.ports import data_lock
from cognito_emulator.ports.storage import FORMAT, NAME, CannotUseData, Rows, Storage, StoredRow, Write


def made(folder: Path, rows: Rows | None = None) -> Storage:
    storage = Storage(folder)
    if storage.is_new:
        storage.begin((name, record or b"") for name, record in (rows or {}).items())
    return storage


def reopened(storage: Storage) -> Storage:
    storage.close()
    return Storage(storage.folder)


def write(storage: Storage, rows: Rows, *, rebase: bool = False) -> None:
    storage.write(Write(rows, rebase))


# --- rows -------------------------------------------------------------------------------------------------------


def test_rows_come_back_by_table_and_number(tmp_path: Path) -> None:
    storage = made(tmp_path / "a" / "b", {("users", 2): b"two", ("users", 1): b"one"})
    write(storage, {("groups", 2**43): b"g"})
    assert list(reopened(storage).rows()) == [
        StoredRow("users", 1, b"one", 0, None),
        StoredRow("users", 2, b"two", 0, None),
        StoredRow("groups", 2**43, b"g", 1, None),
    ]


def test_a_changed_row_keeps_what_it_was_at_the_baseline(tmp_path: Path) -> None:
    storage = made(tmp_path, {("users", number): b"first" for number in (1, 2, 3)})
    write(storage, {("users", 1): b"second", ("users", 4): b"new", ("users", 5): b"gone soon"})
    write(storage, {("users", 1): b"third", ("users", 2): None, ("users", 5): None})
    assert list(reopened(storage).rows()) == [
        StoredRow("users", 1, b"third", 1, b"first"),
        StoredRow("users", 2, None, 1, b"first"),
        StoredRow("users", 3, b"first", 0, None),
        StoredRow("users", 4, b"new", 1, None),
    ]


def test_a_rebase_makes_the_present_the_baseline(tmp_path: Path) -> None:
    storage = made(tmp_path, {("users", 1): b"first", ("users", 2): b"first"})
    write(storage, {("users", 1): None})
    write(storage, {("users", 2): b"second"}, rebase=True)
    assert list(reopened(storage).rows()) == [StoredRow("users", 2, b"second", 0, None)]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 127, 128, 129, 400])
def test_any_number_of_rows_is_written(tmp_path: Path, count: int) -> None:
    storage = made(tmp_path)
    write(storage, {("users", number): str(number).encode() for number in range(1, count + 1)})
    rows = list(reopened(storage).rows())
    assert [(row.seq, row.record) for row in rows] == [(seq, str(seq).encode()) for seq in range(1, count + 1)]
    assert all(row.base is None for row in rows), "a row that fills up a statement is no second change"


def test_deleted_rows_take_no_room_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognito_emulator.ports.storage._DELETED", 50)
    storage = made(tmp_path)
    for number in range(1, 200):
        write(storage, {("sessions", number): b"x"})
        write(storage, {("sessions", number): None})
    (left,) = storage._database.execute("SELECT count(*) FROM rows").fetchone()
    assert left < 60


def test_a_write_that_fails_leaves_nothing_and_later_ones_work(tmp_path: Path) -> None:
    storage = made(tmp_path)
    (pages,) = storage._database.execute("PRAGMA page_count").fetchone()
    storage._database.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(sqlite3.Error, match="full"):
        write(storage, {("users", number): b"x" * 1000 for number in range(1, 300)})
    assert not list(storage.rows())
    write(storage, {("users", number): b"x" * 1000 for number in range(1, 300)})
    assert len(list(reopened(storage).rows())) == 299


def test_a_write_is_quick_if_it_waits_for_no_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = made(tmp_path)
    few = Write({("users", number): b"x" for number in range(1, 129)})
    assert storage.is_quick(few)
    assert not storage.is_quick(Write({("users", number): b"x" for number in range(1, 130)})), "several statements"
    assert not storage.is_quick(Write({("users", 1): b"x" * 100_000}))
    assert not storage.is_quick(Write(few.rows, rebase=True))
    storage.write(few)
    monkeypatch.setattr("cognito_emulator.ports.storage._LOGGED", 30)
    assert not storage.is_quick(few), "the log is to be merged"
    storage.write(few)
    assert storage.is_quick(few), "and was"
    storage._database.execute("PRAGMA max_page_count=1")
    with pytest.raises(sqlite3.Error, match="full"):
        write(storage, {("users", number): b"x" * 1000 for number in range(1, 300)})
    assert not storage.is_quick(few), "the file is opened again first"
    storage.write(few)
    assert storage.is_quick(few)


@pytest.mark.parametrize("at_once", [1, 100])
def test_the_log_is_merged_and_used_again(tmp_path: Path, at_once: int) -> None:
    storage = made(tmp_path)
    for first in range(1, 5_000, at_once):
        write(storage, {("users", first + each): b"x" * 300 for each in range(at_once)})
    assert (tmp_path / f"{NAME}-wal").stat().st_size < 8_000_000
    assert (tmp_path / NAME).stat().st_size > 100_000, "it is in the database"


# --- the folder -------------------------------------------------------------------------------------------------


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    storage = made(tmp_path / "data", {("users", 1): b"secret"})
    write(storage, {("users", 1): b"other"})
    assert storage.folder.stat().st_mode & 0o077 == 0
    for file in storage.folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file


def test_a_second_server_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    storage = made(tmp_path)
    with pytest.raises(CannotUseData, match=rf"is in use by another cognito-emulator \(process {os.getpid()}\)\.$"):
        Storage(tmp_path)
    reopened(storage).close()


@pytest.mark.processes
def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    code = "import sys, pathlib; from cognito_emulator.ports.storage import Storage\n"
    code += "storage = Storage(pathlib.Path(sys.argv[1])); storage.begin([]); print('held', flush=True); input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CannotUseData, match=rf"process {holder.pid}\)"):
            Storage(tmp_path)
        holder.kill()
        holder.wait()
        Storage(tmp_path).close()


def test_a_lock_without_a_process_id_is_a_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = made(tmp_path)
    monkeypatch.setattr(data_lock, "_owner", lambda _: "")
    with pytest.raises(CannotUseData, match=r"another cognito-emulator\.$"):
        Storage(tmp_path)
    storage.close()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(CannotUseData, match=r"^--data wants a folder, and .* is none\.$"):
            Storage(path)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\x00" + b"\x01" * 5000])
def test_what_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(CannotUseData, match=r"is damaged and was left as it is: .*\.$"):
        Storage(tmp_path)
    assert (tmp_path / NAME).read_bytes() == content


def test_damage_inside_is_noticed(tmp_path: Path) -> None:
    storage = made(tmp_path, {("users", number): os.urandom(900) for number in range(1, 400)})
    storage.close()
    content = bytearray((tmp_path / NAME).read_bytes())
    content[8 * 4096 : 12 * 4096] = b"\xff" * 4 * 4096
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(CannotUseData, match="is damaged and was left as it is"):
        Storage(tmp_path)
    assert (tmp_path / NAME).read_bytes() == content


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / NAME) as database:
        database.execute("CREATE TABLE theirs (a)")
    with pytest.raises(CannotUseData, match="is no database of cognito-emulator"):
        Storage(tmp_path)


# --- formats ----------------------------------------------------------------------------------------------------


def as_format(storage: Storage, number: int) -> None:
    storage._database.execute("UPDATE meta SET value=? WHERE name='format'", (number,))
    storage.close()


def test_a_newer_format_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    as_format(made(tmp_path, {("users", 1): b"x"}), FORMAT + 1)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(CannotUseData, match=rf"has format {FORMAT + 1}, of a newer version; this version reads up to"):
        Storage(tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


def test_a_format_without_a_migration_is_refused(tmp_path: Path) -> None:
    as_format(made(tmp_path), 0)
    with pytest.raises(CannotUseData, match="has format 0, which this version cannot read"):
        Storage(tmp_path)


def test_an_older_format_is_migrated_step_by_step(tmp_path: Path) -> None:
    """A made-up format 0 kept the table of users under another name, and a made-up 1 in capitals."""
    storage = made(tmp_path, {("people", 1): b"ann", ("people", 2): b"bob"})
    as_format(storage, 0)

    def rename(database: sqlite3.Connection) -> None:
        database.execute("UPDATE tables SET name='users' WHERE name='people'")

    def capitals(database: sqlite3.Connection) -> None:
        database.create_function("loud", 1, lambda value: value.upper())
        database.execute("UPDATE rows SET record=loud(record)")

    migrated = Storage(tmp_path, format=2, migrations={0: rename, 1: capitals})
    assert [(row.table, row.record) for row in migrated.rows()] == [("users", b"ANN"), ("users", b"BOB")]
    migrated.close()
    with pytest.raises(CannotUseData, match="has format 2, of a newer version"):
        Storage(tmp_path, format=1)
    Storage(tmp_path, format=2).close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    as_format(made(tmp_path, {("people", 1): b"ann"}), 0)

    def fail(database: sqlite3.Connection) -> None:
        database.execute("DELETE FROM rows")
        database.execute("SELECT no_such_function()")

    with pytest.raises(CannotUseData, match="was left as it is"):
        Storage(tmp_path, format=1, migrations={0: fail})
    again = Storage(tmp_path, format=0)
    assert [row.record for row in again.rows()] == [b"ann"]
