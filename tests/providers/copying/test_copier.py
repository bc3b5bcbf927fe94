"""Passes of a copy: what is taken, kept and dropped, what goes wrong, and how it goes on."""

import hashlib
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.copying import (
    Copy,
    CopyDamaged,
    CopyError,
    CopyRefused,
    CopyTaken,
    Manifest,
    Options,
    Progress,
    verify,
)
from unknot.providers.copying.journal import Begun, Done, Journal
from unknot.providers.objects import Attributes, Traits, open_place
from unknot.providers.objects.failures import PlaceDenied, PlaceError, PlaceFull
from unknot.state.stores.base import Store

TREE = {
    "a": b"1",
    "a-b": b"",
    "a/b": b"in a folder",
    "large": os.urandom(12_345),
    "larger": os.urandom(40_000),
    "z//double": b"2",
    "z/": b"a folder's mark",
    "ü": "ä".encode(),
}


@pytest.fixture
def source(dict_place: Any) -> Any:
    return dict_place("source", TREE)


@pytest.fixture
def target(dict_place: Any) -> Any:
    return dict_place("target")


CopyOf = Callable[..., Copy]


def test_first_pass_takes_everything(source: Any, target: Any, copy_of: CopyOf) -> None:
    copy = copy_of(source, target)
    report = copy.run()
    assert target.tree() == TREE
    assert (report.objects, report.bytes) == (len(TREE), sum(map(len, TREE.values())))
    assert report.is_complete
    entries = {entry.key: entry for entry in copy.manifest().entries()}
    assert list(entries) == sorted(TREE)
    for key, data in TREE.items():
        assert entries[key].size == len(data)
        assert entries[key].sha256 == hashlib.sha256(data).digest()
        assert entries[key].source.etag == source.objects[key][0].etag
        assert entries[key].target.etag == target.objects[key][0].etag


def test_second_pass_of_an_unchanged_source_is_quiet(source: Any, target: Any, copy_of: CopyOf) -> None:
    copy_of(source, target).run()
    target.requests.clear()
    report = copy_of(source, target).run()
    assert report.is_quiet
    assert report.unchanged == len(TREE)
    assert target.requests == []


def test_later_pass_takes_what_changed_and_drops_what_is_gone(
    source: Any, target: Any, copy_of: CopyOf
) -> None:
    copy = copy_of(source, target)
    first = copy.run()
    source.put("a", b"changed")
    source.put("larger", os.urandom(41_000))
    source.put("new", b"new")
    source.delete("ü")
    source.delete("large")
    report = copy.run()
    assert target.tree() == source.tree()
    assert (report.objects, report.deleted, report.unchanged) == (3, 2, len(TREE) - 4)
    assert report.digest != first.digest
    assert {entry.key for entry in copy.manifest().entries()} == set(source.tree())
    assert verify(copy.manifest(), target).is_proven
    assert copy.run().is_quiet


def test_object_that_comes_back_is_taken_again(source: Any, target: Any, copy_of: CopyOf) -> None:
    copy = copy_of(source, target)
    copy.run()
    source.delete("a")
    copy.run()
    source.put("a", TREE["a"])
    assert copy.run().objects == 1
    assert target.tree() == TREE


def test_object_that_somebody_wrote_to_in_the_target_is_not_deleted(
    source: Any, target: Any, copy_of: CopyOf
) -> None:
    copy = copy_of(source, target)
    copy.run()
    source.delete("a")
    target.put("a", b"theirs")
    report = copy.run()
    assert [problem.key for problem in report.conflicts] == ["a"]
    assert not report.is_complete
    assert target.tree()["a"] == b"theirs"


def test_what_the_target_forbids_is_said_before_anything_is_copied(
    source: Any, target: Any, copy_of: CopyOf
) -> None:
    target.forbidden = {"a/b", "z/"}
    with pytest.raises(CopyRefused) as refused:
        copy_of(source, target).run()
    assert "2 objects" in refused.value.summary
    assert "'a/b': it is forbidden" in refused.value.diagnostics()[0].detail
    assert target.tree() == {}
    report = copy_of(source, target, skip_refused=True).run()
    assert {problem.key for problem in report.failures} == {"a/b", "z/"}
    assert set(target.tree()) == set(TREE) - {"a/b", "z/"}


def test_objects_that_would_be_written_over_are_said(source: Any, target: Any, copy_of: CopyOf) -> None:
    target.put("a", b"precious")
    with pytest.raises(CopyRefused, match="1 objects would be written over"):
        copy_of(source, target).run()
    assert target.tree() == {"a": b"precious"}
    copy_of(source, target, replace=True).run()
    assert target.tree() == TREE


def test_name_that_is_file_and_folder_is_refused_by_a_folder(
    source: Any, copy_of: CopyOf, tmp_path: Path
) -> None:
    copy = copy_of(source, open_place(f"file:{tmp_path}/target"))
    problems = {problem.key: problem.reason for problem in copy.survey().problems}
    assert set(problems) == {"a/b", "z/", "z//double"}
    assert "`a` is an object too" in problems["a/b"]


@pytest.mark.parametrize("key", ["a", "larger"])
def test_source_that_changes_while_it_is_read_is_read_again(
    source: Any, target: Any, copy_of: CopyOf, key: str
) -> None:
    after = os.urandom(len(TREE[key]) + 500)
    reads = 0

    def change(verb: str, asked: str) -> None:
        nonlocal reads
        if verb == "read" and asked == key:
            reads += 1
            if reads == min(3, 1 + len(TREE[key]) // 1000):
                source.put(key, after)

    source.before = change
    copy = copy_of(source, target)
    assert copy.run().is_complete
    assert target.tree() == {**TREE, key: after}
    assert verify(copy.manifest(), target).is_proven


@pytest.mark.parametrize("key", ["a", "larger"])
def test_source_that_never_rests_is_left_to_the_next_pass(
    source: Any, target: Any, copy_of: CopyOf, key: str
) -> None:
    def change(verb: str, asked: str) -> None:
        if verb == "read" and asked == key:
            source.put(key, TREE[key])

    source.before = change
    copy = copy_of(source, target)
    report = copy.run()
    assert [problem.key for problem in report.failures] == [key]
    assert not copy.manifest().is_complete
    assert key not in target.tree()
    source.before = lambda verb, key: None
    report = copy.run()
    assert report.objects == 1
    assert target.tree() == TREE
    assert copy.manifest().is_complete


@pytest.mark.parametrize("key", ["a", "larger"])
def test_object_that_vanishes_after_it_was_listed_is_not_missed(
    source: Any, target: Any, copy_of: CopyOf, key: str
) -> None:
    def vanish(verb: str, asked: str) -> None:
        if verb in ("read", "describe") and asked == key:
            source.objects.pop(key, None)

    source.before = vanish
    copy = copy_of(source, target)
    assert copy.run().is_complete
    assert target.tree() == {other: data for other, data in TREE.items() if other != key}
    assert copy.run().is_quiet


def test_full_target_stops_the_copy_and_it_goes_on_later(source: Any, target: Any, copy_of: CopyOf) -> None:
    def full(verb: str, key: str) -> None:
        if verb in ("write", "send") and key >= "larger":
            raise PlaceFull("there is no room")

    target.before = full
    copy = copy_of(source, target)
    with pytest.raises(PlaceFull, match="no room"):
        copy.run()
    assert not copy.manifest().seals
    target.before = lambda verb, key: None
    target.requests.clear()
    report = copy.run()
    assert target.tree() == TREE
    assert report.resumed_objects + report.objects == len(TREE)
    assert verify(copy.manifest(), target).is_proven


def test_parts_that_have_arrived_are_not_sent_again(
    source: Any, target: Any, copy_of: CopyOf, journal: Store
) -> None:
    sent = 0

    def lost(verb: str, key: str) -> None:
        nonlocal sent
        if verb == "send" and key == "larger":
            sent += 1
            if sent == 30:
                raise PlaceFull("enough")

    target.before = lost
    copy = copy_of(source, target, workers=1)
    with pytest.raises(PlaceFull):
        copy.run()
    target.before = lambda verb, key: None
    target.requests.clear()
    report = copy.run()
    assert target.requests.count(("send", "larger")) == 40 - 29
    assert report.rehashed_bytes == 29 * 1000
    entry = next(entry for entry in copy.manifest().entries() if entry.key == "larger")
    assert entry.sha256 == hashlib.sha256(TREE["larger"]).digest()


def test_upload_of_a_source_that_changed_meanwhile_is_ended(
    source: Any, target: Any, copy_of: CopyOf
) -> None:
    def full(verb: str, key: str) -> None:
        if verb == "finish":
            raise PlaceFull("enough")

    target.before = full
    copy = copy_of(source, target)
    with pytest.raises(PlaceFull):
        copy.run()
    target.before = lambda verb, key: None
    source.put("larger", TREE["larger"][::-1])
    source.delete("large")
    copy.run()
    assert target.tree() == source.tree()
    assert {key for verb, key in target.requests if verb == "abort"} >= {"larger"}


def test_passing_faults_are_tried_again(source: Any, target: Any, copy_of: CopyOf) -> None:
    seen: set[tuple[str, str]] = set()

    def flaky(verb: str, key: str) -> None:
        if verb != "list" and (verb, key) not in seen:
            seen.add((verb, key))
            raise PlaceError("busy", retryable=True)

    source.before = target.before = flaky
    copy = copy_of(source, target)
    copy._pace = lambda: quick_pace()  # type: ignore[method-assign]
    assert copy.run().is_complete
    assert target.tree() == TREE


def quick_pace() -> Any:
    from unknot.providers.copying.pace import Pace

    return Pace(backoff_s=0.001)


def test_listing_goes_on_after_a_fault(source: Any, target: Any, copy_of: CopyOf) -> None:
    left = 3

    def flaky(verb: str, key: str) -> None:
        nonlocal left
        if verb == "list" and key == "large" and left:
            left -= 1
            raise PlaceError("busy", retryable=True)

    source.before = flaky
    copy = copy_of(source, target)
    copy._pace = lambda: quick_pace()  # type: ignore[method-assign]
    copy.run()
    assert target.tree() == TREE


def test_refused_credentials_are_taken_up_anew_once(source: Any, target: Any, copy_of: CopyOf) -> None:
    expired = True

    def refuse(verb: str, key: str) -> None:
        nonlocal expired
        if verb == "renew":
            expired = False
        elif expired and verb in ("write", "begin"):
            raise PlaceDenied("expired")

    target.before = refuse
    assert copy_of(source, target).run().is_complete
    assert target.requests.count(("renew", "")) == 1

    def deny(verb: str, key: str) -> None:
        if verb == "write":
            raise PlaceDenied("denied")

    source.put("a", b"x")
    target.before = deny
    with pytest.raises(PlaceDenied, match="denied"):
        copy_of(source, target).run()


def test_other_process_that_takes_up_the_copy_stops_this_one(
    source: Any, target: Any, copy_of: CopyOf, journal: Store
) -> None:
    other = Journal(journal, "copy")

    def taken(verb: str, key: str) -> None:
        if verb == "write" and key == "a":
            other.open()

    target.before = taken
    with pytest.raises(CopyTaken, match="another process"):
        copy_of(source, target).run()
    other.close()
    target.before = lambda verb, key: None
    assert copy_of(source, target, replace=True).run().is_complete
    assert target.tree() == TREE


def test_name_of_another_copy_is_refused(source: Any, target: Any, dict_place: Any, copy_of: CopyOf) -> None:
    copy_of(source, target).run()
    with pytest.raises(CopyError, match="is of `dict:source` to `dict:target`"):
        copy_of(source, dict_place("elsewhere")).run()


def test_damaged_manifest_is_noticed(source: Any, target: Any, copy_of: CopyOf, journal: Any) -> None:
    copy = copy_of(source, target)
    copy.run()
    key = "copy/manifest/000001/00000000"
    data = journal._objects.data[key]
    for damaged in (data[:-1], data[:40] + bytes([data[40] ^ 1]) + data[41:]):
        journal._objects.data[key] = damaged
        with pytest.raises(CopyDamaged):
            list(copy.manifest().entries())
    del journal._objects.data[key]
    with pytest.raises(CopyDamaged, match="missing"):
        list(copy.manifest().entries())


def test_manifest_of_many_chunks_and_passes_is_in_order(
    dict_place: Any, copy_of: CopyOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unknot.providers.copying import copier
    from unknot.providers.copying.order import Order

    def small(*given: Any, **options: Any) -> Order:
        return Order(*given, chunk_entries=7, **options)

    monkeypatch.setattr(copier, "Order", small)
    numbers = random.Random(7)
    source = dict_place("source", {f"k{n:03d}": bytes([n % 256]) for n in range(100)})
    target = dict_place("target")
    copy = copy_of(source, target, window=20)
    for _ in range(5):
        copy.run()
        assert target.tree() == source.tree()
        assert [e.key for e in copy.manifest().entries()] == sorted(source.objects)
        assert verify(copy.manifest(), target).is_proven
        for n in numbers.sample(range(150), 30):
            if numbers.random() < 0.4:
                source.delete(f"k{n:03d}")
            else:
                source.put(f"k{n:03d}", os.urandom(3))
    assert len(copy.manifest().seals) == 5


def test_interrupted_pass_goes_on_after_its_last_chunk(
    dict_place: Any, copy_of: CopyOf, journal: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unknot.providers.copying import copier
    from unknot.providers.copying.order import Order

    monkeypatch.setattr(copier, "Order", lambda *given, **options: Order(*given, chunk_entries=7, **options))
    tree = {f"k{n:03d}": bytes([n]) for n in range(100)}
    source, target = dict_place("source", tree), dict_place("target")
    for stop_at in ("k010", "k035", "k036", "k080"):

        def full(verb: str, key: str, stop_at: str = stop_at) -> None:
            if verb == "write" and key >= stop_at:
                raise PlaceFull("enough")

        target.before = full
        with pytest.raises(PlaceFull):
            copy_of(source, target).run()
    target.before = lambda verb, key: None
    source.requests.clear()
    copy_of(source, target).run()
    assert min(key for verb, key in source.requests if verb == "list") > "k070"
    assert target.tree() == tree
    assert sum(verb == "write" for verb, _ in target.requests) <= 100 + 4 * 4
    assert [entry.key for entry in Manifest(journal, "copy").entries()] == sorted(tree)
    assert not list(journal.list("copy/log/"))


def test_what_is_lost_is_listed_and_what_is_carried_comes_back(dict_place: Any, copy_of: CopyOf) -> None:
    source, bare, plain = (
        dict_place("source"),
        dict_place("bare", traits=Traits(tags=False, metadata_names="identifier", metadata_ascii=True)),
        dict_place("plain"),
    )
    given = Attributes(content_type="text/csv", metadata={"a-b": "ö"}, tags={"team": "x"})
    source.put("k", b"x", given)
    report = copy_of(source, bare, "there").run()
    assert {(loss.what, loss.form) for loss in report.losses} == {
        ("tags", "carried"),
        ("metadata", "carried"),
    }
    assert bare.objects["k"][2] != given
    copy_of(bare, plain, "back").run()
    assert plain.objects["k"][2] == given


def test_progress_ends_at_the_totals(source: Any, target: Any, journal: Store) -> None:
    seen: list[Progress] = []
    Copy(source, target, journal, "copy", Options(part_bytes=1000), listener=seen.append).run()
    last = seen[-1]
    assert (last.objects, last.bytes) == (last.objects_total, last.bytes_total)
    assert last.remaining_s == 0.0


def test_empty_source_is_a_copy_of_nothing(dict_place: Any, copy_of: CopyOf) -> None:
    copy = copy_of(dict_place("source"), dict_place("target"))
    assert copy.run().is_quiet
    assert verify(copy.manifest(), dict_place("target")).is_proven


def test_limits_slow_a_copy_down_and_lose_nothing(source: Any, target: Any, copy_of: CopyOf) -> None:
    assert copy_of(source, target, bytes_per_s=1e6, requests_per_s=1000).run().is_complete
    assert target.tree() == TREE


def test_journal_gives_back_what_was_recorded(journal: Store, source: Any, target: Any) -> None:
    from unknot.providers.copying import Entry
    from unknot.providers.copying.deltas import stamp

    entry = Entry("k", 1, b"\0" * 32, stamp(source.objects["a"][0]), stamp(source.objects["a"][0]))
    begun = Begun(entry.source, target.begin("large", 10, 5, Attributes(metadata={"a": "b"})))
    first = Journal(journal, "copy")
    first.open()
    first.record(begun)
    first.record(Done(entry))
    first.flush()
    state = Journal(journal, "copy").open()
    assert state.done == {"k": entry}
    assert state.begun == {"large": begun}
    first.close()
