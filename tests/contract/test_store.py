"""What every store must do. A kind of store is added by its name in STORES and a place in tests/conftest.py."""

import random
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import SERVERS, fill

from unknot.state.stores.base import KeyMissing, KeyRefused, PutResult, Store, StoreError
from unknot.state.stores.opening import open_store
from unknot.state.stores.remote import RemoteStore

STORES = ("memory", "local", "s3", "gs", "az", "postgresql")

SHARED_BY_PROCESSES = ("local", "s3", "gs", "az", "postgresql")

PART_BYTES = 5 * 1024 * 1024
"""The smallest that S3 takes, so that large objects are not too large for a test."""


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> Store:
    return with_small_parts(open_store(new_store_url(request.param)))


@pytest.fixture(params=SHARED_BY_PROCESSES)
def shared_store(request: pytest.FixtureRequest, new_store_url: Callable[[str], str]) -> Store:
    return with_small_parts(open_store(new_store_url(request.param)))


def with_small_parts(store: Store) -> Store:
    if isinstance(store, RemoteStore):
        store.part_bytes = PART_BYTES
    return store


CONTENDER = textwrap.dedent("""
    import sys
    from unknot.state.stores.base import PutResult
    from unknot.state.stores.opening import open_store
    url, name, keys = sys.argv[1], sys.argv[2], int(sys.argv[3])
    store = open_store(url)
    sys.stdin.readline()
    for n in range(keys):
        if store.put_if_absent(f"race/{n:04d}", name.encode() * 100) is PutResult.CREATED:
            print(n, flush=True)
""")


class TestStore:
    @pytest.mark.rule("L1")
    def test_first_put_creates_and_second_finds_it_taken(self, store: Store) -> None:
        assert store.put_if_absent("log/1", b"first") is PutResult.CREATED
        assert store.put_if_absent("log/1", b"second") is PutResult.EXISTS
        assert store.get("log/1") == b"first"

    @pytest.mark.rule("L1")
    def test_taken_key_is_exists_even_for_equal_bytes(self, store: Store) -> None:
        store.put_if_absent("a", b"same")
        assert store.put_if_absent("a", b"same") is PutResult.EXISTS

    def test_missing_key_is_none(self, store: Store) -> None:
        assert store.get("nothing/here") is None
        assert store.size("nothing/here") is None

    def test_folder_is_not_an_object(self, store: Store) -> None:
        store.put_if_absent("folder/object", b"x")
        assert store.get("folder") is None
        assert store.size("folder") is None
        assert store.get("folder/object/below") is None

    @pytest.mark.parametrize("data", [b"", b"\0\xff\r\n\x1a", bytes(range(256)) * 5000])
    def test_bytes_come_back_as_they_were(self, store: Store, data: bytes) -> None:
        store.put_if_absent("blob", data)
        assert store.get("blob") == data
        assert store.size("blob") == len(data)

    @pytest.mark.parametrize(
        "key",
        [
            "plain",
            "ключ/яблоко",
            "a b/c%20d",
            "日本/語",
            "emoji/🪢",
            ".hidden/x",
            "x" * 200,
            "-",
            "a+b=c@d,e",
        ],
    )
    def test_key_of_any_letters(self, store: Store, key: str) -> None:
        assert store.put_if_absent(key, b"x") is PutResult.CREATED
        assert store.get(key) == b"x"
        assert list(store.list("")) == [key]

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            "a/./b",
            "../a",
            "a\\b",
            "a\nb",
            "a\0b",
            "x" * 2000,
            ".unknot-tmp/x",
        ],
    )
    def test_bad_key_is_refused(self, store: Store, key: str, tmp_path: Path) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"x")
        for call in (
            lambda: store.put_if_absent(key, b"x"),
            lambda: store.get(key),
            lambda: store.delete(key),
            lambda: store.size(key),
            lambda: store.upload(key, source),
            lambda: store.download(key, tmp_path / "copy"),
        ):
            with pytest.raises(KeyRefused):
                call()
        assert list(store.list("")) == []

    def test_lists_in_order_of_whole_keys(self, store: Store) -> None:
        keys = ["a-1", "a.b", "a/b", "a/c/d", "a/c-d", "a0", "b", "Z", "é"]
        for key in reversed(keys):
            store.put_if_absent(key, b"")
        assert list(store.list("")) == sorted(keys)

    def test_prefix_need_not_end_at_a_segment(self, store: Store) -> None:
        for key in ("run/1", "run/12", "run/2", "runs", "rub/1"):
            store.put_if_absent(key, b"")
        assert list(store.list("run/1")) == ["run/1", "run/12"]
        assert list(store.list("run/")) == ["run/1", "run/12", "run/2"]
        assert list(store.list("run")) == ["run/1", "run/12", "run/2", "runs"]
        assert list(store.list("nothing/")) == []
        assert list(store.list("run/1/")) == []

    @pytest.mark.rule("L5")
    def test_start_after_and_limit(self, store: Store) -> None:
        keys = [f"log/{n // 10:02d}/{n:04d}" for n in range(35)]
        for key in keys:
            store.put_if_absent(key, b"")
        assert list(store.list("log/", start_after=keys[17])) == keys[18:]
        assert list(store.list("log/", start_after=keys[9], limit=3)) == keys[10:13]
        assert list(store.list("log/", start_after="log/01")) == keys[10:]
        assert list(store.list("log/", start_after="log/00/0003x")) == keys[4:]
        assert list(store.list("log/", start_after=keys[-1])) == []
        assert list(store.list("log/", start_after="zzz")) == []
        assert list(store.list("log/", limit=0)) == []

    @pytest.mark.parametrize("kind", STORES)
    @settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_list_agrees_with_sorting(
        self, kind: str, new_store_url: Callable[[str], str], data: st.DataObject
    ) -> None:
        segment = st.text("ab-./0é".replace("/", "").replace(".", "") + "_", min_size=1, max_size=3)
        leaf = segment.map(lambda text: f"{text}.o")  # so that no object is also a folder
        key = st.tuples(st.lists(segment, max_size=2), leaf).map(
            lambda parts: "/".join([*parts[0], parts[1]])
        )
        keys = data.draw(st.sets(key, max_size=12))
        after = data.draw(st.one_of(st.none(), key, segment))
        limit = data.draw(st.one_of(st.none(), st.integers(0, 5)))
        prefix = data.draw(st.sampled_from(["", "a", "a/", "b-", *(k[: len(k) // 2] for k in sorted(keys))]))
        if prefix.endswith("//") or prefix.startswith("/"):
            return
        expected = sorted(k for k in keys if k.startswith(prefix) and (after is None or k > after))[:limit]
        one = open_store(new_store_url(kind))
        for k in keys:
            one.put_if_absent(k, b"")
        assert list(one.list(prefix, after, limit)) == expected

    def test_ranges(self, store: Store) -> None:
        store.put_if_absent("a", b"0123456789")
        store.put_if_absent("empty", b"")
        assert store.get_range("a", 0, 4) == b"0123"
        assert store.get_range("a", 8, 1) == b"8"
        assert store.get_range("a", 8, 100) == b"89"
        assert store.get_range("a", 10, 5) == b""
        assert store.get_range("a", 3, 0) == b""
        assert store.get_range("empty", 0, 5) == b""
        assert store.get_range("nothing", 0, 5) is None
        assert store.get_range("nothing", 0, 0) is None
        with pytest.raises(ValueError, match="no range"):
            store.get_range("a", -1, 5)

    def test_delete(self, store: Store) -> None:
        store.put_if_absent("late/1", b"x")
        store.delete("late/1")
        store.delete("late/1")
        store.delete("never/was")
        assert store.get("late/1") is None
        assert list(store.list("late/")) == []
        assert store.put_if_absent("late/1", b"y") is PutResult.CREATED

    def test_file_goes_up_and_comes_down(self, store: Store, tmp_path: Path) -> None:
        source, copy = tmp_path / "model.bin", tmp_path / "below" / "copy.bin"
        source.write_bytes(b"0123456789abcdef" * 300_000)
        assert store.upload("artifacts/model", source) is PutResult.CREATED
        assert store.upload("artifacts/model", source) is PutResult.EXISTS
        assert store.size("artifacts/model") == 4_800_000
        store.download("artifacts/model", copy)
        assert copy.read_bytes() == source.read_bytes()
        assert [p.name for p in copy.parent.iterdir()] == ["copy.bin"]

    def test_large_file_goes_up_in_parts_and_comes_down_in_ranges(self, store: Store, tmp_path: Path) -> None:
        source, copy = tmp_path / "model.bin", tmp_path / "copy.bin"
        block = random.Random(4).randbytes(1024 * 1024)
        with source.open("wb") as file:
            for n in range(11):
                file.write(block[n:] + block[:n])
            file.write(b"and a rest")
        assert store.upload("artifacts/large", source) is PutResult.CREATED
        assert store.upload("artifacts/large", source) is PutResult.EXISTS
        assert list(store.list("")) == ["artifacts/large"]
        content = source.read_bytes()
        assert store.size("artifacts/large") == len(content)
        store.download("artifacts/large", copy)
        assert copy.read_bytes() == content
        middle = PART_BYTES - 7
        assert store.get_range("artifacts/large", middle, 3_000_000) == content[middle : middle + 3_000_000]
        assert store.get_range("artifacts/large", len(content) - 3, 100) == content[-3:]
        store.delete("artifacts/large")
        assert store.get_range("artifacts/large", 0, 10) is None

    @pytest.mark.rule("L1")
    def test_one_of_many_large_files_wins(self, store: Store, tmp_path: Path) -> None:
        barrier = threading.Barrier(3)
        for n in range(3):
            (tmp_path / str(n)).write_bytes(bytes([n]) * (PART_BYTES + 1000))

        def contend(n: int) -> PutResult:
            barrier.wait()
            return store.upload("large", tmp_path / str(n))

        with ThreadPoolExecutor(3) as pool:
            results = list(pool.map(contend, range(3)))
        assert PutResult.UNKNOWN not in results
        (winner,) = [n for n, result in enumerate(results) if result is PutResult.CREATED]
        store.download("large", tmp_path / "copy")
        assert (tmp_path / "copy").read_bytes() == (tmp_path / str(winner)).read_bytes()

    def test_download_replaces_a_file_and_fails_whole(self, store: Store, tmp_path: Path) -> None:
        copy = tmp_path / "copy"
        copy.write_bytes(b"before")
        with pytest.raises(KeyMissing):
            store.download("missing", copy)
        assert copy.read_bytes() == b"before"
        store.put_if_absent("there", b"after")
        store.download("there", copy)
        assert copy.read_bytes() == b"after"

    def test_upload_of_a_missing_file_writes_nothing(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises((StoreError, FileNotFoundError)):
            store.upload("a", tmp_path / "missing")
        assert list(store.list("")) == []

    @pytest.mark.rule("L1")
    def test_one_of_many_threads_wins(self, store: Store) -> None:
        barrier = threading.Barrier(8)

        def contend(name: int) -> list[int]:
            barrier.wait()
            return [
                n
                for n in range(40)
                if store.put_if_absent(f"race/{n:04d}", bytes([name]) * 100) is PutResult.CREATED
            ]

        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(contend, range(8)))
        assert sorted(n for wins in won for n in wins) == list(range(40))
        for name, wins in enumerate(won):
            assert all(store.get(f"race/{n:04d}") == bytes([name]) * 100 for n in wins)

    @pytest.mark.rule("L1")
    def test_one_of_many_processes_wins(self, shared_store: Store) -> None:
        contenders = {
            name: subprocess.Popen(
                [sys.executable, "-c", CONTENDER, shared_store.url, name, "60"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in "abc"
        }
        for process in contenders.values():
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        won = {name: process.communicate(timeout=60)[0].split() for name, process in contenders.items()}
        assert sorted(int(n) for wins in won.values() for n in wins) == list(range(60))
        for name, wins in won.items():
            for n in wins:
                assert shared_store.get(f"race/{int(n):04d}") == name.encode() * 100

    def test_url_opens_the_same_store(self, store: Store) -> None:
        store.put_if_absent("a/b", b"x")
        assert open_store(store.url).get("a/b") == b"x"

    @pytest.mark.slow
    @pytest.mark.parametrize("kind", STORES)
    def test_more_than_ten_thousand_keys(
        self, kind: str, new_store_url: Callable[[str], str], request: pytest.FixtureRequest
    ) -> None:
        keys = [f"log/{n // 1000:05d}/{n:08d}" for n in range(10_100)]
        url = new_store_url(kind)
        store = open_store(url)
        if kind in ("s3", "gs", "az"):
            fill(url, request.getfixturevalue(f"{SERVERS[kind]}_server"), reversed(keys))
        else:
            with ThreadPoolExecutor(8) as pool:
                results = set(pool.map(lambda key: store.put_if_absent(key, b""), reversed(keys)))
            assert results == {PutResult.CREATED}
        assert list(store.list("log/")) == keys
        assert list(store.list("log/", limit=1500)) == keys[:1500]
        assert list(store.list("log/", start_after=keys[4_321])) == keys[4_322:]
        assert list(store.list("log/", start_after=keys[9_900])) == keys[9_901:]
        assert list(store.list("log/", start_after="log/00004")) == keys[4_000:]
        assert store.get(keys[7_654]) == b""
