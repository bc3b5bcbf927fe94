"""The SQLite file of an index: opening, replacing what is damaged or of another version, transactions.

Knows nothing of ledgers and runs. The file is a cache: at worst it is emptied, and says so.
"""

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from unknot.stacks.errors import UnknotError
from unknot.state.index.schema import DDL, TABLES, VERSION

BUSY_S: Final = 30.0
"""How long to wait for another process that writes. It writes in short transactions."""


class IndexUnusable(UnknotError):
    """The index cannot be read or written: no room, no permission, another process that never ends."""


class IndexDamaged(Exception):
    """The file is not a sound index. It is made anew; no user sees this."""


class Database:
    """One connection. Not safe for threads; any number of processes may have the same file open."""

    def __init__(self, path: Path | None) -> None:
        """`None` is a database in memory. Raises IndexUnusable."""
        self.path = path
        self.emptied = ""
        """Why what the file held was dropped when it was opened; empty if it was not."""
        self._connection = self._open()

    def close(self) -> None:
        self._connection.close()

    def query(self, sql: str, arguments: Sequence[Any] = ()) -> Iterator[sqlite3.Row]:
        """Rows of a question. Raises IndexUnusable, IndexDamaged."""
        with self._errors():
            return iter(self._connection.execute(sql, arguments).fetchall())

    def execute(self, sql: str, arguments: Sequence[Any] = ()) -> int:
        """One statement inside `writing`; gives the id of the row that it inserted."""
        with self._errors():
            return self._connection.execute(sql, arguments).lastrowid or 0

    def execute_many(self, sql: str, arguments: Sequence[Sequence[Any]]) -> None:
        """One statement for each of many rows, inside `writing`."""
        if arguments:
            with self._errors():
                self._connection.executemany(sql, arguments)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction: all of it is kept, or nothing."""
        with self._errors():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._errors():
                self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def empty(self) -> None:
        """Drop all that it holds and make the tables anew, whoever else reads it. Raises IndexDamaged."""
        with self._errors():
            self._connection.execute("PRAGMA foreign_keys = OFF")
        with self.writing():
            for name in [
                str(row[0]) for row in self.query("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]:
                if not name.startswith("sqlite_"):
                    self.execute('DROP TABLE "{}"'.format(name.replace('"', '""')))
            self._make_tables()
        with self._errors():
            self._connection.execute("PRAGMA foreign_keys = ON")

    def replace_file(self) -> None:
        """Begin with a new file in place of a damaged one."""
        self.close()
        self._connection = self._replaced()

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return self._with_tables(self._connect())
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise IndexUnusable(
                f"the folder `{self.path.parent}` cannot be made",
                detail=f"{error.strerror or error}. The index of runs is kept there.",
            ) from error
        try:
            with self._errors():
                connection = self._connect()
                return self._with_tables(connection)
        except IndexDamaged as damage:
            self.emptied = f"the file was damaged ({damage})"
            return self._replaced()

    def _connect(self) -> sqlite3.Connection:
        place = ":memory:" if self.path is None else str(self.path)
        connection = sqlite3.connect(place, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            # A crash of the machine may cost the last transactions, which are made again.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _with_tables(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        self._connection = connection
        try:
            if self._version() != VERSION:
                with self.writing():
                    found = self._version()  # another process may have been quicker
                    stale = found != VERSION
                    if stale and not self._is_blank():
                        self.emptied = (
                            f"it was made by another version of unknot (schema {found}, not {VERSION})"
                        )
                    elif stale:
                        self._make_tables()
                        stale = False
                if stale:
                    self.empty()
            elif not self._is_whole():
                raise IndexDamaged("tables are missing")
        except BaseException:
            connection.close()
            raise
        return connection

    def _version(self) -> int:
        return int(next(self.query("PRAGMA user_version"))[0])

    def _is_blank(self) -> bool:
        return int(next(self.query("SELECT count(*) FROM sqlite_master"))[0]) == 0

    def _is_whole(self) -> bool:
        names = {row[0] for row in self.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return names.issuperset(TABLES)

    def _make_tables(self) -> None:
        with self._errors():
            for statement in DDL.split(";\n"):
                if statement.strip():
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {VERSION}")

    def _replaced(self) -> sqlite3.Connection:
        """A new file; if another process replaced the damaged one in the meantime, that one's."""
        assert self.path is not None
        try:
            with self.path.with_name(f"{self.path.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                try:
                    with self._errors():
                        connection = self._with_tables(self._connect())
                        found = connection.execute("PRAGMA quick_check(1)").fetchone()
                        if found is not None and found[0] == "ok":
                            return connection
                        connection.close()
                except IndexDamaged:
                    pass
                for suffix in ("", "-wal", "-shm"):
                    self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
                with self._errors():
                    return self._with_tables(self._connect())
        except OSError as error:
            raise IndexUnusable(
                f"the damaged index `{self.path}` cannot be replaced",
                detail=f"{error.strerror or error}. It may be deleted at any time.",
            ) from error

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            self._translate(error)

    def _translate(self, error: sqlite3.DatabaseError) -> NoReturn:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
        where = f"`{self.path}`"
        if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise IndexUnusable(
                f"the index cannot be written: {error}",
                detail=f"It is {where}. Free some space on that disk. Nothing that is recorded is lost: the index "
                "is made from the ledger and the runs.",
            ) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise IndexUnusable(
                "another process has been writing the index for too long",
                detail=f"It is {where}. Wait for the other unknot to end, and try again.",
            ) from error
        if code in (
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_AUTH,
        ):
            raise IndexUnusable(
                f"the index cannot be opened: {error}",
                detail=f"It is {where}. May you write that file and its folder?",
            ) from error
        if code in (
            sqlite3.SQLITE_CORRUPT,
            sqlite3.SQLITE_NOTADB,
            sqlite3.SQLITE_ERROR,
            sqlite3.SQLITE_SCHEMA,
        ):
            raise IndexDamaged(str(error)) from error
        raise error
