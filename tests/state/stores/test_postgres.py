"""The store in PostgreSQL: who may use it, restarts of its server, crashes of its writers."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import servers
from servers import Server, environment_of

from unknot.state.stores.base import PutResult, StoreDenied, StoreError, StoreMissing
from unknot.state.stores.opening import open_store
from unknot.state.stores.postgres import CHUNK_BYTES, PostgresStore, _end_of


@pytest.fixture
def own_server() -> Iterator[Server]:
    """One that may be ended."""
    try:
        server = servers.postgres()
    except servers.PartMissing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    with server, environment_of(server):
        yield server


@pytest.mark.rule("P1")
def test_reading_makes_no_tables(postgres_server: Server, new_store_url: Callable[[str], str]) -> None:
    store = open_store(new_store_url("postgresql"))
    assert store.get("a") is None
    assert store.size("a") is None
    assert list(store.list("")) == []
    store.delete("a")
    assert isinstance(store, PostgresStore)
    with psycopg.connect(postgres_server.url) as connection:
        found = connection.execute("select 1 from pg_namespace where nspname = %s", [store._schema])
        assert found.fetchone() is None


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:canary@host/db",
        "postgresql://me@host/db?password=canary",
        "postgres://host/db?sslpassword=canary",
    ],
)
def test_password_in_the_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(StoreError, match="holds a password") as refused:
        open_store(url)
    assert "canary" not in f"{refused.value.summary} {refused.value.detail}"
    assert "PGPASSWORD" in refused.value.detail


def test_url_shows_its_place_and_opens_it_again(new_store_url: Callable[[str], str]) -> None:
    url = new_store_url("postgresql")
    store = open_store(url.replace("postgresql://", "postgres://"))
    store.put_if_absent("a", b"x")
    assert store.url.startswith("postgresql://unknot@127.0.0.1:")
    assert open_store(store.url).get("a") == b"x"
    assert open_store(store.url.replace("prefix=team/state", "prefix=other")).get("a") is None


def test_wrong_password_and_missing_database_say_what_to_do(
    postgres_server: Server, new_store_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_store_url("postgresql")
    with pytest.raises(StoreMissing, match="database") as missing:
        open_store(url.replace("/unknot?", "/nowhere?")).get("a")
    assert "createdb" in missing.value.detail
    monkeypatch.setenv("PGPASSWORD", "canary")
    with pytest.raises(StoreDenied, match="password") as denied:
        open_store(url).put_if_absent("a", b"")
    assert "PGPASSWORD" in denied.value.detail
    assert "canary" not in denied.value.detail


def test_user_without_rights_is_told_which(
    postgres_server: Server, new_store_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_store_url("postgresql")
    open_store(url).put_if_absent("a", b"")
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("drop role if exists guest")
        connection.execute("create role guest login password 'guest'")
    monkeypatch.setenv("PGPASSWORD", "guest")
    guest = open_store(url.replace("unknot@", "guest@"))
    for call in (lambda: guest.get("a"), lambda: guest.put_if_absent("b", b"")):
        with pytest.raises(StoreDenied, match="denies access") as denied:
            call()
        assert "select, insert and delete" in denied.value.detail


@pytest.mark.slow
@pytest.mark.parts
def test_connection_that_broke_while_idle_is_replaced(own_server: Server) -> None:
    store = open_store(own_server.url)
    store.put_if_absent("a", b"x")
    own_server.process.send_signal(signal.SIGINT)
    own_server.process.wait()
    with pytest.raises(StoreError, match="cannot be reached") as gone:
        store.get("a")
    assert gone.value.retryable
    with pytest.raises(StoreError, match="cannot be reached") as unwritten:
        store.put_if_absent("b", b"x")
    assert unwritten.value.retryable
    own_server.start()
    assert store.get("a") == b"x"
    assert store.put_if_absent("b", b"y") is PutResult.CREATED


WRITER = textwrap.dedent("""
    import os, signal, sys
    from pathlib import Path
    from unknot.state.stores import remote
    from unknot.state.stores.opening import open_store

    reads = 0

    def read(self, start, length, real=remote.Source.read):
        global reads
        reads += 1
        if reads == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, start, length)

    remote.Source.read = read
    open_store(sys.argv[1]).upload("large", Path(sys.argv[2]))
""")


def test_killed_writer_leaves_nothing_half_there(
    postgres_server: Server, new_store_url: Callable[[str], str], tmp_path: Path
) -> None:
    url = new_store_url("postgresql")
    store = open_store(url)
    store.put_if_absent("first", b"")
    source = tmp_path / "large"
    source.write_bytes(b"0123456789abcdef" * (5 * CHUNK_BYTES // 16))
    killed = subprocess.run([sys.executable, "-c", WRITER, url, str(source)], capture_output=True)
    assert killed.returncode == -9, killed.stderr
    assert list(store.list("")) == ["first"]
    assert isinstance(store, PostgresStore)
    assert store._rows("", "select count(*) from {schema}.chunks", []) == [(0,)]
    assert store.upload("large", source) is PutResult.CREATED
    store.delete("large")
    assert store._rows("", "select count(*) from {schema}.chunks", []) == [(0,)]


@pytest.mark.parametrize(
    ("prefix", "end"),
    [("a/", "a0"), ("", None), ("a\ud7ff", "a\ue000"), ("a\U0010ffff", "b"), ("\U0010ffff", None)],
)
def test_end_of_a_prefix(prefix: str, end: str | None) -> None:
    assert _end_of(prefix) == end
