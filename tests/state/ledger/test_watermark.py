"""What a machine remembers of a ledger (rule L6)."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from unknot.stacks.errors import LedgerError, LedgerReplaced
from unknot.state import events as ev
from unknot.state.ledger import Ledger
from unknot.state.ledger.watermark import Watermarks
from unknot.state.stores.local import LocalStore
from unknot.state.stores.memory import MemoryStore

if TYPE_CHECKING:
    from tests.state.ledger.conftest import LedgerMaker, ResourceMaker
    from unknot.state.stores.base import Store


def fill(ledger: Ledger, bucket: "ResourceMaker", names: str, each: int = 1) -> None:
    with ledger.take_lease(operation="apply") as held:
        for name in names:
            for n in range(each):
                held.writer.append([ev.ResourceWritten(resource=bucket(name, owner=str(n)))])


def copy_of(store: MemoryStore) -> MemoryStore:
    copy = MemoryStore()
    copy.url = store.url
    for key in store.list(""):
        copy.put_if_absent(key, store.get(key) or b"")
    return copy


@pytest.mark.rule("L6")
@pytest.mark.parametrize("each", [1, 10], ids=["log only", "with checkpoints"])
def test_older_state_put_back_is_refused_with_a_way_out(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker", tmp_path: Path, each: int
) -> None:
    store = MemoryStore()
    fill(make_ledger(store, cache_dir=tmp_path), bucket, "a", each)
    older = copy_of(store)
    fill(make_ledger(store, cache_dir=tmp_path), bucket, "b", each)
    with pytest.raises(LedgerReplaced, match="shorter than it was") as replaced:
        make_ledger(older, cache_dir=tmp_path).reader().snapshot()
    detail = replaced.value.detail
    assert "earlier versions" in detail
    [remembered] = (tmp_path / "watermarks").iterdir()
    assert str(remembered) in detail

    make_ledger(older).reader().snapshot()  # a machine that saw nothing before cannot tell
    ledger = Ledger.open(older, "flights/dev", cache_dir=tmp_path)
    ledger.accept()
    assert set(ledger.reader().snapshot().resources) == {"bucket.a"}


@pytest.mark.rule("L6")
@pytest.mark.parametrize("each", [1, 10], ids=["log only", "with checkpoints"])
def test_rewritten_history_is_refused(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker", tmp_path: Path, each: int
) -> None:
    store = MemoryStore()
    make_ledger(store)
    fork = copy_of(store)
    fill(make_ledger(store, cache_dir=tmp_path), bucket, "a", each)
    fill(make_ledger(fork), bucket, "abc", each)
    with pytest.raises(LedgerReplaced, match="another history"):
        make_ledger(fork, cache_dir=tmp_path).reader().snapshot()


@pytest.mark.rule("L6")
def test_other_ledger_in_its_place_is_refused(make_ledger: "LedgerMaker", tmp_path: Path) -> None:
    make_ledger(MemoryStore(), cache_dir=tmp_path).reader().snapshot()
    other = Ledger.open(MemoryStore(), "flights/dev")
    other.create("lineage-2", "flights", "dev")
    with pytest.raises(LedgerReplaced, match="another ledger"):
        make_ledger(other.reader().edge.store, cache_dir=tmp_path).reader().snapshot()


@pytest.mark.rule("L6")
def test_vanished_ledger_is_not_taken_for_a_new_one(make_ledger: "LedgerMaker", tmp_path: Path) -> None:
    make_ledger(MemoryStore(), cache_dir=tmp_path).reader().snapshot()
    empty = Ledger.open(MemoryStore(), "flights/dev", cache_dir=tmp_path)
    for call in (
        lambda: empty.exists,
        empty.reader().snapshot,
        lambda: empty.create("new", "flights", "dev"),
    ):
        with pytest.raises(LedgerReplaced, match="is gone"):
            call()
    empty.accept()
    empty.create("new", "flights", "dev")


@pytest.mark.rule("L6")
def test_own_writes_are_remembered(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker", tmp_path: Path
) -> None:
    store = MemoryStore()
    ledger = make_ledger(store, cache_dir=tmp_path / "cache")
    before = copy_of(store)
    fill(ledger, bucket, "a")
    with pytest.raises(LedgerReplaced):
        make_ledger(before, cache_dir=tmp_path / "cache").reader().head()


@pytest.mark.rule("L6")
def test_process_that_saw_less_does_not_lower_the_mark(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker", tmp_path: Path
) -> None:
    store = MemoryStore()
    slow = Watermarks(tmp_path, "memory:/flights/dev")
    slow.remember("lineage-1", 1, make_ledger(store).reader().head().hash)
    fill(make_ledger(store, cache_dir=tmp_path), bucket, "abc")
    slow.remember("lineage-1", 2, "hash")
    remembered = Watermarks(tmp_path, "memory:/flights/dev").load()
    assert remembered is not None
    assert remembered.serial == make_ledger(store).reader().head().serial


def test_growing_ledger_and_other_ledgers_are_no_concern(
    make_ledger: "LedgerMaker", bucket: "ResourceMaker", tmp_path: Path
) -> None:
    stores: list[Store] = [LocalStore(tmp_path / "one"), LocalStore(tmp_path / "two")]
    for each in (1, 10, 1, 10):
        for store in stores:
            fill(make_ledger(store), bucket, "a", each)
            make_ledger(store, cache_dir=tmp_path / "cache").reader().snapshot()
    assert len(list((tmp_path / "cache" / "watermarks").iterdir())) == 2


def test_unreadable_watermark_says_which_file(make_ledger: "LedgerMaker", tmp_path: Path) -> None:
    store = MemoryStore()
    make_ledger(store, cache_dir=tmp_path).reader().snapshot()
    [remembered] = (tmp_path / "watermarks").iterdir()
    remembered.write_bytes(b"\xff{")
    with pytest.raises(LedgerError, match="cannot be read") as unreadable:
        make_ledger(store, cache_dir=tmp_path).reader().snapshot()
    assert str(remembered) in unreadable.value.summary
