"""A store in PostgreSQL: `postgresql://USER@HOST/DATABASE?schema=unknot&prefix=TEAM`, one row for each object.

Put-if-absent is a primary key and `on conflict do nothing`. Large objects lie in chunks that are written in one
transaction, so that none is ever half there. The password is libpq's business: `PGPASSWORD`, `~/.pgpass`.
"""

import sys
import threading
import uuid
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar
from urllib.parse import parse_qsl, urlsplit

from unknot.state.stores.base import (
    PutResult,
    StoreDenied,
    StoreError,
    StoreFull,
    StoreLibraryMissing,
    StoreMissing,
    StoreUnsuitable,
)
from unknot.state.stores.remote import CONNECT_TIMEOUT_S, READ_TIMEOUT_S, Described, RemoteStore, Source
from unknot.state.stores.url import check_place, query

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

T = TypeVar("T")

DEFAULT_SCHEMA = "unknot"

CHUNK_BYTES = 1024 * 1024
"""An object's bytes up to this size lie in its row; what is larger lies in rows of this size."""

PAGE = 1000

_PASSING = ("08", "40", "53", "55", "57")
"""Classes of SQLSTATE that pass: connections, rollbacks, resources, locks, shutdown (PostgreSQL, appendix A)."""

_SETTINGS: dict[str, Any] = {
    "application_name": "unknot",
    "connect_timeout": int(CONNECT_TIMEOUT_S),
    "keepalives_idle": 10,
    "tcp_user_timeout": int(READ_TIMEOUT_S * 1000),
}


def open_postgres(url: str) -> "PostgresStore":
    """Raises StoreError."""
    try:
        import psycopg  # noqa: F401
    except ImportError as error:
        raise StoreLibraryMissing(
            "stores in PostgreSQL need the package `psycopg`",
            detail="Install it: `pip install 'unknot[postgres]'`.",
        ) from error
    return PostgresStore(url)


class PostgresStore(RemoteStore):
    """Rows of two tables in a schema of their own."""

    def __init__(self, url: str, *, part_bytes: int = CHUNK_BYTES) -> None:
        """Touches nothing yet. Raises StoreError."""
        parts = urlsplit(url)
        parameters = dict(parse_qsl(parts.query))
        if parts.password is not None or any(name.endswith("password") for name in parameters):
            raise StoreError(
                f"the URL of the store on `{parts.hostname}` holds a password",
                detail="A URL is shown and recorded. Leave the password out, and put it in `PGPASSWORD`, in "
                "`~/.pgpass` or in a service file.",
            )
        place = f"postgresql://{parts.netloc}{parts.path}"
        prefix = check_place(place, parameters.get("prefix", ""))
        super().__init__(place + query(parameters), prefix, part_bytes=part_bytes)
        self._schema = parameters.get("schema", DEFAULT_SCHEMA)
        self._server = place + query({n: v for n, v in parameters.items() if n not in ("schema", "prefix")})
        self._idle: list[psycopg.Connection] = []
        self._lock = threading.Lock()
        self._is_ready = False
        weakref.finalize(self, _close, self._idle)

    def prepare(self) -> None:
        """Make the schema and its tables where they are missing; the first write does it too."""
        if self._is_ready:
            return
        self._call("", self._make_ready)
        self._is_ready = True

    def _make_ready(self, connection: "psycopg.Connection") -> None:
        encoding = connection.execute("show server_encoding").fetchone()
        if encoding != ("UTF8",):
            raise StoreUnsuitable(
                f"`{self.url}` cannot hold a store: the database's encoding is {encoding and encoding[0]}",
                detail="Make a database with the encoding UTF8: keys are Unicode.",
            )
        if not self._has_tables(connection):
            self._make_tables(connection)

    def _has_tables(self, connection: "psycopg.Connection") -> bool:
        found = connection.execute(
            "select count(*) from information_schema.tables "
            "where table_schema = %s and table_name in ('objects', 'chunks')",
            [self._schema],
        ).fetchone()
        return found == (2,)

    def _make_tables(self, connection: "psycopg.Connection") -> None:
        # Of two that begin at once one waits here: `if not exists` alone can fail in a race.
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"unknot {self._schema}"])
            if not self._has_tables(connection):
                connection.execute(self._sql("create schema if not exists {schema}"))
                connection.execute(
                    self._sql(
                        'create table if not exists {schema}.objects (key text collate "C" primary key, '
                        "size bigint not null, sha256 text not null, upload uuid not null, data bytea, "
                        "written timestamptz not null default now())"
                    )
                )
                connection.execute(
                    self._sql(
                        "create table if not exists {schema}.chunks (upload uuid, start bigint, data bytea not null, "
                        "primary key (upload, start))"
                    )
                )

    def _prove(self) -> None:
        self.prepare()

    def _write(self, name: str, data: bytes, sha256: str) -> PutResult:
        if len(data) <= CHUNK_BYTES:
            return self._putting(name, lambda c: self._insert(c, name, len(data), sha256, uuid.uuid4(), data))
        starts = range(0, len(data), CHUNK_BYTES)

        def put(connection: "psycopg.Connection") -> bool:
            chunks = ((start, data[start : start + CHUNK_BYTES]) for start in starts)
            return self._insert_chunks(connection, name, len(data), sha256, chunks)

        return self._putting(name, put)

    def _write_parts(self, name: str, source: Source) -> PutResult:
        if self._describe(name) is not None:
            return PutResult.EXISTS

        def put(connection: "psycopg.Connection") -> bool:
            chunks = ((start, source.read(start, CHUNK_BYTES)) for start in source.parts(CHUNK_BYTES))
            with connection.transaction():
                created = self._insert_chunks(connection, name, source.size, source.sha256, chunks)
                source.require_unchanged()
            return created

        return self._putting(name, put)

    def _insert(
        self,
        connection: "psycopg.Connection",
        name: str,
        size: int,
        sha256: str,
        upload: uuid.UUID,
        data: bytes | None,
    ) -> bool:
        cursor = connection.execute(
            self._sql(
                "insert into {schema}.objects (key, size, sha256, upload, data) values (%s, %s, %s, %s, %s) "
                "on conflict do nothing"
            ),
            [name, size, sha256, upload, data],
            binary=True,
        )
        return cursor.rowcount == 1

    def _insert_chunks(
        self,
        connection: "psycopg.Connection",
        name: str,
        size: int,
        sha256: str,
        chunks: Iterator[tuple[int, bytes]],
    ) -> bool:
        """The chunks first and the row of the object last, so that nobody waits for a long upload."""
        from psycopg import Rollback

        upload = uuid.uuid4()
        statement = self._sql("insert into {schema}.chunks (upload, start, data) values (%s, %s, %s)")
        created = False
        with connection.transaction() as transaction:
            for start, data in chunks:
                connection.execute(statement, [upload, start, data], binary=True)
            created = self._insert(connection, name, size, sha256, upload, None)
            if not created:
                raise Rollback(transaction)
        return created

    def _read(self, name: str) -> tuple[bytes, str] | None:
        row = self._row(name, "select data, sha256, upload from {schema}.objects where key = %s", [name])
        if row is None:
            return None
        data, sha256, upload = row
        if isinstance(data, bytes):
            return data, str(sha256)
        chunks = self._rows(
            name, "select data from {schema}.chunks where upload = %s order by start", [upload]
        )
        return b"".join(chunk for (chunk,) in chunks if isinstance(chunk, bytes)), str(sha256)

    def _read_range(self, name: str, start: int, length: int, version: str | None) -> bytes | None:
        row = self._row(name, "select size, upload from {schema}.objects where key = %s", [name])
        if row is None:
            return None
        size, upload = row
        if version is not None and str(upload) != version:
            raise StoreError(f"`{self._place(name)}` was changed while it was read", retryable=True)
        if isinstance(size, int) and size <= CHUNK_BYTES:
            found = self._read(name)
            return None if found is None else found[0][start : start + length]
        first = start - start % CHUNK_BYTES
        chunks = self._rows(
            name,
            "select data from {schema}.chunks where upload = %s and start >= %s and start < %s order by start",
            [upload, first, start + length],
        )
        data = b"".join(chunk for (chunk,) in chunks if isinstance(chunk, bytes))
        return data[start - first :][:length]

    def _describe(self, name: str) -> Described | None:
        row = self._row(name, "select size, sha256, upload from {schema}.objects where key = %s", [name])
        return None if row is None else Described(int(str(row[0])), str(row[1]), str(row[2]))

    def _remove(self, name: str) -> None:
        self._rows(
            name,
            "with gone as (delete from {schema}.objects where key = %s returning upload), "
            "rest as (delete from {schema}.chunks using gone where chunks.upload = gone.upload) "
            "select count(*) from gone",
            [name],
        )

    def _list(self, prefix: str, after: str, limit: int | None) -> Iterator[str]:
        size = PAGE if limit is None else min(limit, PAGE)
        end = _end_of(prefix)
        statement = "select key from {schema}.objects where key >= %s and key > %s "
        statement += "order by key limit %s" if end is None else "and key < %s order by key limit %s"
        while True:
            values = [prefix, after, size] if end is None else [prefix, after, end, size]
            rows = self._rows(prefix, statement, values)
            yield from (str(key) for (key,) in rows)
            if len(rows) < size:
                return
            after = str(rows[-1][0])

    def _row(
        self, name: str, statement: LiteralString, values: Sequence[object]
    ) -> tuple[object, ...] | None:
        rows = self._rows(name, statement, values)
        return rows[0] if rows else None

    def _rows(
        self, name: str, statement: LiteralString, values: Sequence[object]
    ) -> list[tuple[object, ...]]:
        """What a statement gives; nothing where the tables are not made yet (rule P1). `name` is for messages."""
        from psycopg import errors

        def ask(connection: "psycopg.Connection") -> list[tuple[object, ...]]:
            try:
                return connection.execute(self._sql(statement), values, binary=True).fetchall()
            except errors.UndefinedTable:
                return []

        return self._call(name, ask)

    def _sql(self, text: LiteralString) -> "sql.Composed":
        from psycopg import sql

        return sql.SQL(text).format(schema=sql.Identifier(self._schema))

    def _putting(self, name: str, put: Callable[["psycopg.Connection"], bool]) -> PutResult:
        from psycopg import OperationalError

        try:
            return PutResult.CREATED if self._call(name, put) else PutResult.EXISTS
        except StoreError as error:
            # The commit may have arrived, and its answer not. What never got a connection wrote nothing.
            if isinstance(error.__cause__, OperationalError) and not isinstance(error, _NotConnected):
                return PutResult.UNKNOWN
            raise

    def _call(self, name: str, work: Callable[["psycopg.Connection"], T]) -> T:
        """Do something with a connection of one's own, and once more if it broke while it was idle.

        Raises StoreError.
        """
        import psycopg

        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            was_idle = connection is not None
            if connection is None:
                connection = self._connect(name)
            try:
                result = work(connection)
            except psycopg.Error as error:
                is_broken = connection.broken
                connection.close()
                if not (is_broken and was_idle):
                    raise explained(error, self._place(name)) from error
            except BaseException:
                connection.close()
                raise
            else:
                with self._lock:
                    self._idle.append(connection)
                return result

    def _connect(self, name: str) -> "psycopg.Connection":
        import psycopg

        try:
            connection = psycopg.connect(self._server, autocommit=True, **_SETTINGS)
            # A commit that was answered must outlast a crash, whatever the server's default is.
            connection.execute(
                "select set_config('synchronous_commit', 'on', false) "
                "where current_setting('synchronous_commit') in ('off', 'local')"
            )
        except psycopg.Error as error:
            known = explained(error, self._place(name))
            if type(known) is StoreError:
                known = _NotConnected(known.summary, detail=known.detail, retryable=known.retryable)
            raise known from error
        return connection


class _NotConnected(StoreError):
    """No connection could be had: nothing was asked."""


def _close(connections: "list[psycopg.Connection]") -> None:
    for connection in connections:
        connection.close()


def _end_of(prefix: str) -> str | None:
    """The first text after all that begin with `prefix`, in order of code points; None if there is none."""
    while prefix:
        stem, last = prefix[:-1], ord(prefix[-1])
        if last < sys.maxunicode:
            return stem + chr(0xE000 if last == 0xD7FF else last + 1)  # surrogates are no characters
        prefix = stem
    return None


def explained(error: Exception, place: str) -> StoreError:
    """What an error of psycopg means for the user."""
    state = getattr(error, "sqlstate", None) or ""
    text = " ".join(str(error).split()).rstrip(".")
    said = f"PostgreSQL says: {text}."
    # libpq gives no code for what goes wrong before there is a connection.
    if "password authentication failed" in text or "no password supplied" in text:
        return StoreDenied(
            f"PostgreSQL does not accept the password for `{place}`",
            detail=f"Put it in `PGPASSWORD` or `~/.pgpass`. {said}",
        )
    if "no pg_hba.conf entry" in text or ('role "' in text and "does not exist" in text):
        return StoreDenied(f"PostgreSQL does not let this user in to `{place}`", detail=said)
    if state == "3D000" or ('database "' in text and "does not exist" in text):
        return StoreMissing(
            f"the database of `{place}` does not exist",
            detail=f"Make it first (`createdb --encoding=UTF8`), or correct the URL. {said}",
        )
    if state == "42501":
        return StoreDenied(
            f"PostgreSQL denies access to `{place}`",
            detail="Needed are `create` on the database once, for the schema, and then select, insert and delete on "
            f"its tables. {said}",
        )
    if state == "53100":
        return StoreFull(f"there is no room for `{place}`", detail=f"Nothing was written. {said}")
    if state == "25006":
        return StoreError(
            f"`{place}` is on a server that only reads",
            detail=f"It is a standby, it seems: name the primary, or add `?target_session_attrs=read-write`. {said}",
        )
    is_passing = state[:2] in _PASSING if state else type(error).__name__ == "OperationalError"
    return StoreError(
        f"`{place}` cannot be reached" if is_passing else f"PostgreSQL refuses the request for `{place}`",
        detail=said,
        retryable=is_passing,
    )
