"""The file: damage, other versions, no room, no permission, two processes."""

import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from unknot.state.index import Index, IndexUnusable
from unknot.state.index.database import Database, IndexDamaged
from unknot.state.index.schema import DDL, TABLES, VERSION

if TYPE_CHECKING:
    from tests.state.index.conftest import World


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index.sqlite"


def filled(world: "World", path: Path) -> list[str]:
    uid = world.deploy("train")
    for n in range(30):
        world.seal(uid, f"20240301T1000{n:02d}-a", absorb=n % 10 == 0)
    with Index.open(path) as index:
        world.update(index)
        return [run.run for run in index.runs()]


def test_tables_are_all_made() -> None:
    assert [line.split()[2] for line in DDL.splitlines() if line.startswith("CREATE TABLE")] == list(TABLES)


def test_index_is_kept_in_its_file(world: "World", path: Path) -> None:
    runs = filled(world, path)
    with Index.open(path) as index:
        assert [run.run for run in index.runs()] == runs
        assert world.update(index).runs_read == 0


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all " * 400, b"SQLite format 3\x00" + b"\xff" * 8000]
)
def test_foreign_file_is_replaced(world: "World", path: Path, content: bytes) -> None:
    runs = filled(world, path)
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(content)
    with Index.open(path) as index:
        updated = world.update(index)
        assert [run.run for run in index.runs()] == runs
        assert bool(content) == any("made anew" in note.summary for note in updated.notes)


def test_damaged_pages_are_noticed_and_the_file_made_anew(world: "World", path: Path) -> None:
    runs = filled(world, path)
    data = bytearray(path.read_bytes())
    for page in range(1, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    path.write_bytes(bytes(data))
    with Index.open(path) as index:
        updated = world.update(index)
        assert updated.rebuilt
        assert [run.run for run in index.runs()] == runs


def test_damage_that_a_question_meets_is_mended(world: "World", path: Path) -> None:
    runs = filled(world, path)
    with Index.open(path) as index:
        world.update(index)
        with sqlite3.connect(path) as other:
            other.execute("DROP TABLE tasks")
        other.close()
        assert [run.run for run in index.runs()] == runs
        assert len(index.tasks(index.runs()[0])) == 4


def test_older_schema_is_made_anew_with_a_note(world: "World", path: Path) -> None:
    runs = filled(world, path)
    with sqlite3.connect(path) as other:
        other.execute(f"PRAGMA user_version = {VERSION + 7}")
        other.execute("ALTER TABLE runs RENAME TO walks")
    other.close()
    with Index.open(path) as index:
        updated = world.update(index)
        assert "another version" in updated.rebuilt
        assert [run.run for run in index.runs()] == runs


def test_full_disk_says_so_and_loses_nothing(world: "World", path: Path) -> None:
    uid = world.deploy("train")
    with Index.open(path) as index:
        world.update(index)
        pages = int(next(index.database.query("PRAGMA page_count"))[0])
        next(index.database.query(f"PRAGMA max_page_count = {pages + 1}"))
        for n in range(60):
            world.seal(uid, f"20240301T1000{n:02d}-a", absorb=False)
        with pytest.raises(IndexUnusable, match="cannot be written") as caught:
            world.update(index)
        assert str(path) in caught.value.detail
    with Index.open(path) as index:
        assert world.update(index).runs_read == 60


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnusable, match="cannot be made"):
        Index.open(tmp_path / "file" / "index.sqlite")


def test_path_that_is_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="cannot be opened"):
        Index.open(tmp_path)


def test_transaction_that_fails_leaves_nothing() -> None:
    database = Database(None)

    def write_badly() -> None:
        with database.writing():
            database.execute("INSERT INTO meta VALUES ('a', 'b')")
            database.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(IndexDamaged):
        write_badly()
    assert list(database.query("SELECT * FROM meta")) == []
    database.close()


SECOND = textwrap.dedent("""
    import sys
    from pathlib import Path
    from unknot.state.index import Index
    from unknot.state.ledger import Ledger
    from unknot.state.stores.local import LocalStore
    folder = Path(sys.argv[1])
    ledger = Ledger.open(LocalStore(folder / "ledger"), "f/e")
    store = LocalStore(folder / "store")
    for _ in range(5):
        with Index.open(folder / "index.sqlite") as index:
            index.update(ledger.reader(), lambda url: store)
            print(len(index.runs()), flush=True)
""")


@pytest.mark.slow
def test_processes_update_one_file_at_once(world: "World", tmp_path: Path) -> None:
    from unknot.state.stores.local import LocalStore

    world.places["memory:near"] = store = LocalStore(tmp_path / "store")  # type: ignore[assignment]
    uid = world.deploy("train")
    for n in range(40):
        world.seal(uid, f"20240301T1000{n:02d}-a", absorb=n % 20 == 0)
    copy = LocalStore(tmp_path / "ledger")
    inner = world.ledger.reader().edge
    for key in inner.list(""):
        data = inner.get(key)
        assert data is not None
        copy.put_if_absent(f"f/e/{key}", data)
    assert store.url
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SECOND, str(tmp_path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in running:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert out.split() == ["40"] * 5
