"""Keep one world's state in a folder: an SQLite database with a write-ahead log.

    rows    one row for each record: as it is now, and as it was at the baseline where it has changed since;
            and for each document, which is no record: a signing key, a message, the clock, ...
    tables  the numbers of tables of records and kinds of documents
    meta    the number of the format

A row is named by its table and its sequence number, not by the record's key: new rows are neighbours on the disk, and
there is no index to keep.

A commit that has returned survives the end of the process, however it ends (not a power cut: `synchronous=NORMAL`).
Everything here blocks. `ports.keeper` calls it from a thread, but for what is quick (`Storage.is_quick`).
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from cognito_emulator.ports.data_lock import DataLock, Locked

NAME = "cognito-emulator.sqlite"
FORMAT = 2

Migration = Callable[[sqlite3.Connection], None]


def _leave(_: sqlite3.Connection) -> None:
    """Leave everything as it is: the records are the same.

    The second format has further kinds of documents.
    """


# What makes the next format of one, by number. Each runs in one transaction with those before and after it.
MIGRATIONS: Mapping[int, Migration] = {1: _leave}

RowName = tuple[str, int]  # table, sequence number
Rows = dict[RowName, bytes | None]  # None has been deleted

log = logging.getLogger("emulator")

_SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE rows (id INTEGER PRIMARY KEY, record BLOB, changed INTEGER NOT NULL, base BLOB)",
    "CREATE INDEX deleted ON rows (changed) WHERE record IS NULL",
)
_SEQ_BITS = 44
_LAST_SEQ = 2**_SEQ_BITS - 1  # a row's id is the number of its table, and below that its own
# The first change after the baseline keeps what the row was then.
_UPSERT = """INSERT INTO rows (id, record, changed) VALUES {} ON CONFLICT (id) DO UPDATE SET
    base = CASE changed WHEN 0 THEN record ELSE base END, record = excluded.record, changed = 1"""
# A document has no baseline; its kind begins so.
_CLEAN = """DELETE FROM rows WHERE record IS NULL AND
    (base IS NULL OR (id >> 44) IN (SELECT number FROM tables WHERE name LIKE '=%'))"""
# One statement is one transaction and one turn of the interpreter's lock, for which it would have to wait several
# times. Rows are repeated to fill a large one up, so that there are few texts to compile.
_AT_ONCE = (*range(1, 33), 40, 48, 56, 64, 96, 128)
_STATEMENTS = {size: _UPSERT.format(",".join(["(?,?,1)"] * size)) for size in _AT_ONCE}
_DELETED = 10_000  # rows that may wait to be cleaned away
_LOGGED = 1_000  # pages of the log before it is merged, as is SQLite's default: 4 MiB
_PAGE = 4_096
_QUICK = 64 * 1024  # bytes


class CannotUseData(Exception):
    """The data folder cannot be used; the text says why, in one sentence."""


class Write(Struct):
    """What is written by one transaction.

    `rebase` makes the state after it the baseline.
    """

    rows: Rows
    rebase: bool = False


class StoredRow(Struct, frozen=True, gc=False):
    """A row as it is read back.

    `base` is what it was at the baseline, if it has changed since.
    """

    table: str
    seq: int
    record: bytes | None
    changed: int
    base: bytes | None


class Storage:
    """A data folder in use.

    Args:
        folder: made if it is not there.
        format, migrations: for tests of what a later version does.

    Raises:
        CannotUseData
    """

    def __init__(
        self,
        folder: Path,
        *,
        format: int = FORMAT,  # noqa: A002
        migrations: Mapping[int, Migration] = MIGRATIONS,
    ) -> None:
        self.folder = folder
        self.path = folder / NAME
        self._deleted = 0
        self._logged = 0  # pages since the log was merged into the database
        self._has_failed = False
        self._numbers: dict[str, int] = {}  # of tables
        with self._explained():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = DataLock(folder)
        try:
            with self._explained():
                self._database = self._open()
                self._prepare(format, migrations)
        except BaseException:
            self._lock.release()
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in a sentence why the folder cannot be used."""
        try:
            yield
        except Locked as error:
            owner = f" (process {error})" if str(error) else ""
            raise CannotUseData(
                f"the data folder {self.folder} is in use by another cognito-emulator{owner}."
            ) from None
        except (FileExistsError, NotADirectoryError):
            raise CannotUseData(f"--data wants a folder, and {self.folder} is none.") from None
        except OSError as error:
            raise CannotUseData(f"the data folder {self.folder} cannot be written: {error.strerror}.") from None
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _unusable(self, error: sqlite3.Error) -> CannotUseData:
        text = str(error)
        if "locked" in text:
            return CannotUseData(f"the data in {self.path} is in use by another program.")
        if "readonly" in text or "unable to open" in text or "full" in text:
            return CannotUseData(f"the data folder {self.folder} cannot be written: {text}.")
        return CannotUseData(f"the data in {self.path} is damaged and was left as it is: {text}.")

    def _open(self) -> sqlite3.Connection:
        # Made here, so that no other user of the machine reads the signing keys. The log's file gets the same mode.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        database = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=64, timeout=1.0
        )
        try:
            # Exclusive: without shared memory, which the file systems of some containers lack.
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16000"):
                database.execute(f"PRAGMA {pragma}").fetchall()
            database.execute("PRAGMA wal_autocheckpoint=0").fetchall()  # `_merge`
        except BaseException:
            database.close()
            raise
        return database

    def _prepare(self, format: int, migrations: Mapping[int, Migration]) -> None:  # noqa: A002
        try:
            tables = {name for (name,) in self._database.execute("SELECT name FROM sqlite_master WHERE type='table'")}
            if not tables:
                self.is_new = True
                return
            self.is_new = False
            problem = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem != "ok":
                raise CannotUseData(f"the data in {self.path} is damaged and was left as it is: {problem}.")
            if "meta" not in tables:
                raise CannotUseData(f"{self.path} is no database of cognito-emulator.")
            self._migrate(format, migrations)
            self._numbers = dict(self._database.execute("SELECT name, number FROM tables"))
        except BaseException:
            self._database.close()
            raise

    def _migrate(self, format: int, migrations: Mapping[int, Migration]) -> None:  # noqa: A002
        found = self._database.execute("SELECT value FROM meta WHERE name='format'").fetchone()
        number = found[0] if found else None
        if not isinstance(number, int):
            raise CannotUseData(f"{self.path} is no database of cognito-emulator.")
        if number > format:
            raise CannotUseData(
                f"the data in {self.folder} has format {number}, of a newer version; this version reads up to {format}."
            )
        if any(step not in migrations for step in range(number, format)):
            raise CannotUseData(f"the data in {self.folder} has format {number}, which this version cannot read.")
        if number < format:
            with self._transaction():
                for step in range(number, format):
                    migrations[step](self._database)
                self._database.execute("UPDATE meta SET value=? WHERE name='format'", (format,))
            log.info("The data in %s was brought from format %s to %s.", self.folder, number, format)

    # --- reading, at the start -----------------------------------------------------------------------------

    def rows(self) -> Generator[StoredRow, None, None]:
        """Yield all rows that exist or did at the baseline, by table and sequence number.

        Raises:
            CannotUseData
        """
        names = {number: name for name, number in self._numbers.items()}
        query = "SELECT id, record, changed, base FROM rows WHERE record IS NOT NULL OR base IS NOT NULL ORDER BY id"
        # An open cursor would keep the database open: `close` the generator that is not read to its end.
        with self._explained(), closing(self._database.execute(query)) as found:
            for row, *values in found:
                yield StoredRow(names[row >> _SEQ_BITS], row & _LAST_SEQ, *values)

    # --- writing -------------------------------------------------------------------------------------------

    @property
    def made(self) -> float:
        """When the first state was written, by the machine's time; 0 if unknown."""
        found = self._database.execute("SELECT value FROM meta WHERE name='made'").fetchone()
        return float(found[0]) if found else 0.0

    def begin(self, rows: Iterable[tuple[RowName, bytes]], at: float = 0.0) -> None:
        """Write the first state of a new folder, which is also its baseline.

        Args:
            at: the machine's time.

        Raises:
            CannotUseData
        """
        with self._explained(), self._transaction():
            for statement in _SCHEMA:
                self._database.execute(statement)
            insert = "INSERT INTO rows (id, record, changed) VALUES (?, ?, 0)"
            made = self._database.executemany(insert, ((self._id(name), record) for name, record in rows))
            self._logged += made.rowcount // 4
            self._database.execute("INSERT INTO meta VALUES ('format', ?), ('made', ?)", (FORMAT, at))
        self.is_new = False

    def is_quick(self, changes: Write) -> bool:
        """Tell whether a write is some copying of memory: it waits for no disk.

        The system writes the log to the disk later. Merging the log waits for that.
        """
        return not (
            self._has_failed
            or self._logged >= _LOGGED
            or not self._is_single(changes)
            or sum(map(len, filter(None, changes.rows.values()))) > _QUICK
        )

    def _is_single(self, changes: Write) -> bool:
        """Tell whether one statement writes all."""
        return len(changes.rows) <= _AT_ONCE[-1] and not changes.rebase and self._deleted < _DELETED

    def write(self, changes: Write) -> None:
        """Write all of it, or nothing.

        Raises:
            sqlite3.Error
        """
        if self._has_failed:
            self._reopen()
        try:
            self._write(changes)
        except sqlite3.Error:
            self._has_failed = True
            raise
        if self._logged >= _LOGGED:
            self._merge()

    def _write(self, changes: Write) -> None:
        rows, is_single = changes.rows, self._is_single(changes)
        self._add_tables({table for table, _ in rows})  # by itself: a number stays what it is
        with nullcontext() if is_single else self._transaction():
            self._upsert(rows)
            if changes.rebase:
                self._database.execute("DELETE FROM rows WHERE record IS NULL")
                self._database.execute("UPDATE rows SET changed=0, base=NULL WHERE changed=1")
            elif self._deleted >= _DELETED:
                self._database.execute(_CLEAN)
                self._deleted = 0
        self._deleted += sum(record is None for record in rows.values())
        # About: new rows share pages, others have four times as many.
        self._logged += 2 + len(rows) // 4 + sum(map(len, filter(None, rows.values()))) // _PAGE

    def _merge(self) -> None:
        """Merge the log into the database; the log then begins anew."""
        self._logged = 0
        with suppress(sqlite3.Error):  # what is in the log is kept
            self._database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _id(self, name: RowName) -> int:
        table, seq = name
        if table not in self._numbers:
            self._add_tables({table})
        return self._numbers[table] << _SEQ_BITS | seq

    def _add_tables(self, names: set[str]) -> None:
        for name in sorted(names - self._numbers.keys()):
            number = max(self._numbers.values(), default=0) + 1
            self._database.execute("INSERT INTO tables VALUES (?, ?)", (number, name))
            self._numbers[name] = number

    def _upsert(self, rows: Rows) -> None:
        most, numbers = _AT_ONCE[-1], self._numbers
        values: list[Any] = []
        for (table, seq), record in rows.items():
            values += (numbers[table] << _SEQ_BITS | seq, record)
        for start in range(0, len(values), 2 * most):
            part = values[start : start + 2 * most]
            count = len(part) // 2
            size = next(size for size in _AT_ONCE if size >= count)
            self._database.execute(_STATEMENTS[size], part + part[-2:] * (size - count))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._database.execute("ROLLBACK")
            raise

    def _reopen(self) -> None:
        """Open the connection again, since one that has failed may fail for ever."""
        with suppress(sqlite3.Error):
            self._database.close()
        with suppress(sqlite3.Error, OSError):
            self._database = self._open()
            self._has_failed = False

    def close(self) -> None:
        with suppress(sqlite3.Error):
            if not self.is_new:
                self._database.execute(_CLEAN)
        with suppress(sqlite3.Error):
            self._database.close()
        self._lock.release()
