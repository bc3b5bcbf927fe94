"""The local store: durability, mounts without `link`, crashes, full disks (rule L5)."""

import errno
import os
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from unknot.state.stores.base import RESERVED_SEGMENT, PutResult, StoreError, StoreFull, StoreUnsuitable
from unknot.state.stores.local import LocalStore


class StoreWithoutLink(LocalStore):
    """As on a mount such as FAT or some network shares."""

    def _link(self, unfinished: str, path: str) -> PutResult:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def files_below(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


@pytest.mark.rule("L5")
def test_mount_without_link_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    store = StoreWithoutLink(tmp_path)
    for call in (store.prepare, lambda: store.put_if_absent("a", b"x")):
        with pytest.raises(StoreUnsuitable, match="hard links") as refused:
            call()
        assert "another mount" in refused.value.detail
    assert files_below(tmp_path) == []


@pytest.mark.rule("P1")
def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    assert store.get("a") is None
    assert store.size("a") is None
    assert list(store.list("")) == []
    store.delete("a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.rule("L5")
def test_file_and_folders_are_synced_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path / "store")
    store.prepare()
    synced: list[str] = []
    fsync = os.fsync

    def recording(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recording)
    store.put_if_absent("log/00000/00000001", b"x")
    root = str(tmp_path / "store")
    assert synced[0] == root  # the name `log` in the root
    assert synced[1] == f"{root}/log"
    assert synced[2].startswith(f"{root}/{RESERVED_SEGMENT}/")  # the object itself
    assert synced[3] == f"{root}/log/00000"  # its name


def test_first_write_makes_the_folder(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "a" / "b")
    store.put_if_absent("x", b"y")
    assert (tmp_path / "a" / "b" / "x").read_bytes() == b"y"


def test_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnsuitable, match="cannot be used as a store"):
        LocalStore(tmp_path / "file").prepare()


def test_object_in_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put_if_absent("a", b"")
    with pytest.raises(StoreError, match="a/b"):
        store.put_if_absent("a/b", b"")
    assert store.get("a/b") is None


WRITER = textwrap.dedent("""
    import sys
    from unknot.state.stores.local import LocalStore
    store = LocalStore(sys.argv[1])
    data = b"0123456789" * 100_000
    n = 0
    while True:
        store.put_if_absent(f"log/{n:08d}", data)
        print(n, flush=True)
        n += 1
""")


@pytest.mark.rule("L5")
def test_killed_writer_leaves_whole_objects_and_swept_files(tmp_path: Path) -> None:
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(5):
            acknowledged = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

        store = LocalStore(tmp_path)
        store.prepare()
        keys = list(store.list("log/"))
        assert len(keys) > acknowledged
        assert all(store.size(key) == 1_000_000 for key in keys)
        assert files_below(tmp_path / RESERVED_SEGMENT) == []
        for key in keys:
            store.delete(key)


def test_unfinished_file_of_a_running_process_is_left_alone(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.prepare()
    mine = tmp_path / RESERVED_SEGMENT / f"{store._host}.{os.getpid()}.abc"
    other_host = tmp_path / RESERVED_SEGMENT / "elsewhere.1.abc"
    old = tmp_path / RESERVED_SEGMENT / "elsewhere.2.abc"
    for path in (mine, other_host, old):
        path.write_text("")
    os.utime(old, (0, 0))
    LocalStore(tmp_path).prepare()
    assert mine.exists()
    assert other_host.exists()
    assert not old.exists()


@pytest.fixture
def small_files() -> Iterator[None]:
    """A limit on the size of files: what a full disk does, without filling one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("small_files")
def test_full_disk_leaves_nothing_visible(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    with pytest.raises(StoreFull, match="log/1") as full:
        store.put_if_absent("log/1", b"x" * 1_000_000)
    assert not full.value.retryable
    assert list(store.list("")) == []
    assert files_below(tmp_path) == []
    assert store.put_if_absent("log/1", b"small") is PutResult.CREATED


def test_unsynced_folder_is_an_unknown_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    store.put_if_absent("log/0", b"")
    fsync = os.fsync

    def failing_for_log(descriptor: int) -> None:
        if str(Path(f"/proc/self/fd/{descriptor}").readlink()) == str(tmp_path / "log"):
            raise OSError(errno.EIO, "failing disk")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing_for_log)
    assert store.put_if_absent("log/1", b"x") is PutResult.UNKNOWN


@pytest.mark.rule("L5")
def test_listing_after_a_key_enters_no_earlier_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    for n in range(50):
        store.put_if_absent(f"log/{n // 10:05d}/{n:08d}", b"")
    entered: list[str] = []
    scandir = os.scandir

    def recording(path: str) -> object:
        entered.append(Path(path).name)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", recording)
    assert list(store.list("log/", start_after="log/00004/00000048")) == ["log/00004/00000049"]
    assert entered == ["log", "00004"]
