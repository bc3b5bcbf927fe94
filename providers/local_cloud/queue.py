"""A durable queue in one SQLite file, safe between processes: put, receive, acknowledge.

At least once: a message is delivered again when its receiver does not acknowledge it in time. Times are of the
wall clock, which all processes of a machine share.
"""

import contextlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from unknot.stacks.errors import ProviderError

URL: Final = "sqlite:"

_TABLES: Final = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE messages (
    id TEXT PRIMARY KEY, body BLOB NOT NULL, put_at REAL NOT NULL, visible_at REAL NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0, receipt TEXT
);
CREATE INDEX by_time ON messages (visible_at);
"""


class Message(msgspec.Struct, frozen=True):
    """One delivery."""

    id: str
    body: bytes
    receives: int
    """How often it was delivered, this time included."""
    receipt: str
    """For `acknowledge` and `release`, as long as nobody else has received it since."""


class MessageQueue:
    """One queue. May be used from several threads and processes."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock

    @classmethod
    def open(cls, url: str) -> "MessageQueue":
        """The queue of `queue.url`."""
        return cls(Path(url.removeprefix(URL)))

    def put(self, body: bytes | str, *, delay_s: float = 0.0) -> str:
        """Durable when it returns; the message's id."""
        message = secrets.token_hex(12)
        now = self._clock()
        with self._connected() as database, _writing(database):
            database.execute(
                "INSERT INTO messages (id, body, put_at, visible_at) VALUES (?, ?, ?, ?)",
                (message, body.encode() if isinstance(body, str) else body, now, now + delay_s),
            )
        return message

    def receive(self, limit: int = 1, *, visibility_timeout_s: float | None = None) -> tuple[Message, ...]:
        """Up to `limit` messages, which nobody else gets until the timeout. None there: an empty tuple, at once."""
        now = self._clock()
        with self._connected() as database:
            settings = _settings(database)
            hidden_until = now + (
                settings["visibility_timeout_s"] if visibility_timeout_s is None else visibility_timeout_s
            )
            self._bury(database, settings, now)
            with _writing(database):
                database.execute("DELETE FROM messages WHERE put_at <= ?", (now - settings["retention_s"],))
                rows = database.execute(
                    "SELECT id, body, receives FROM messages WHERE visible_at <= ? ORDER BY visible_at LIMIT ?",
                    (now, limit),
                ).fetchall()
                found = [
                    Message(id_, body, receives + 1, secrets.token_hex(12)) for id_, body, receives in rows
                ]
                database.executemany(
                    "UPDATE messages SET visible_at = ?, receives = ?, receipt = ? WHERE id = ?",
                    [(hidden_until, m.receives, m.receipt, m.id) for m in found],
                )
        return tuple(found)

    def acknowledge(self, receipt: str) -> bool:
        """The message is done with. False: it was delivered to somebody else since, or is gone."""
        with self._connected() as database, _writing(database):
            return database.execute("DELETE FROM messages WHERE receipt = ?", (receipt,)).rowcount == 1

    def release(self, receipt: str) -> bool:
        """Give it back, to be delivered again at once. False as for `acknowledge`."""
        with self._connected() as database, _writing(database):
            done = database.execute(
                "UPDATE messages SET visible_at = ?, receipt = NULL WHERE receipt = ?",
                (self._clock(), receipt),
            )
            return done.rowcount == 1

    def depth(self) -> int:
        """Messages that are not acknowledged, those that are out now included."""
        with self._connected() as database:
            return int(database.execute("SELECT count(*) FROM messages").fetchone()[0])

    def settings(self) -> dict[str, Any]:
        """What it was told to be."""
        with self._connected() as database:
            return _settings(database)

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Replace all settings; messages stay. Makes the queue where there is none."""
        self._make()
        with self._connected() as database, _writing(database):
            database.execute("DELETE FROM settings")
            database.executemany("INSERT INTO settings VALUES (?, ?)", list(settings.items()))

    def _make(self) -> None:
        """The file appears with its tables in it, or not at all."""
        if self.path.exists():
            return
        unfinished = self.path.with_name(f".{self.path.name}.{secrets.token_hex(6)}.part")
        try:
            with contextlib.closing(sqlite3.connect(unfinished)) as database:
                database.execute("PRAGMA journal_mode = WAL")
                database.executescript(_TABLES)
            unfinished.replace(self.path)
        finally:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{unfinished}{suffix}").unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the queue with its messages."""
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    def _bury(self, database: sqlite3.Connection, settings: Mapping[str, Any], now: float) -> None:
        """Move what was delivered too often. Into the other file first, by its id: a crash between loses nothing."""
        if not settings.get("dead_letter") or settings.get("max_receives") is None:
            return
        rows = database.execute(
            "SELECT id, body FROM messages WHERE visible_at <= ? AND receives >= ?",
            (now, settings["max_receives"]),
        ).fetchall()
        if not rows:
            return
        with MessageQueue.open(settings["dead_letter"])._connected() as dead, _writing(dead):
            dead.executemany(
                "INSERT OR IGNORE INTO messages (id, body, put_at, visible_at) VALUES (?, ?, ?, ?)",
                [(id_, body, now, now) for id_, body in rows],
            )
        with _writing(database):
            database.executemany(
                "DELETE FROM messages WHERE id = ? AND visible_at <= ?", [(id_, now) for id_, _ in rows]
            )

    @contextlib.contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """Raises ProviderError when there is no queue at this path, or the file is none."""
        try:
            address = f"{self.path.absolute().as_uri()}?mode=rw"
            with contextlib.closing(
                sqlite3.connect(address, uri=True, timeout=30.0, isolation_level=None)
            ) as database:
                database.execute("PRAGMA synchronous = FULL")
                yield database
        except sqlite3.Error as problem:
            raise ProviderError(
                f"the queue `{self.path}` cannot be used",
                detail=f"{problem}. Was it deleted, or replaced by something else?",
            ) from problem


@contextlib.contextmanager
def _writing(database: sqlite3.Connection) -> Iterator[None]:
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _settings(database: sqlite3.Connection) -> dict[str, Any]:
    return dict(database.execute("SELECT name, value FROM settings").fetchall())
