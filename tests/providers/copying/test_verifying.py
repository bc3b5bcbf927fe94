"""Every planted fault is found by reading the target, and nothing else is."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unknot.providers.copying import Copy, verify
from unknot.providers.copying.verifying import PART_BYTES
from unknot.providers.objects import open_place
from unknot.providers.objects.failures import PlaceDenied, PlaceError

CopyOf = Callable[..., Copy]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_planted_faults_are_all_found(
    folder_of: Callable[..., Path], tmp_path: Path, copy_of: CopyOf, seed: int
) -> None:
    numbers = random.Random(seed)
    tree = {f"f{n % 7}/k{n:04d}": numbers.randbytes(numbers.choice([1, 100, 5000])) for n in range(400)}
    tree |= {f"large/k{n}": numbers.randbytes(2 * PART_BYTES + 1000 * n + 1) for n in range(4)}
    source = open_place(f"file:{folder_of('source', tree)}")
    target = open_place(f"file:{tmp_path}/target")
    copy = copy_of(source, target, part_bytes=2**20, memory_bytes=2**26)
    copy.run()
    assert verify(copy.manifest(), target).is_proven

    planted: dict[str, str] = {}
    chosen = [f"large/k{n}" for n in range(4)] + numbers.sample(sorted(k for k in tree if k[0] == "f"), 166)
    for number, key in enumerate(chosen):
        path = tmp_path / "target" / key
        data = bytearray(path.read_bytes())
        if key.startswith("large/"):
            if number % 2:  # two parts in the other's place
                data[:PART_BYTES], data[PART_BYTES : 2 * PART_BYTES] = (
                    data[PART_BYTES : 2 * PART_BYTES],
                    data[:PART_BYTES],
                )
            else:
                data[-1] ^= 1
            planted[key] = "content"
        elif number % 3 == 0:
            path.unlink()
            planted[key] = "missing"
            continue
        elif number % 3 == 1:
            data[numbers.randrange(len(data))] ^= 1 << numbers.randrange(8)
            planted[key] = "content"
        else:
            del data[-1]
            planted[key] = "size"
        path.write_bytes(data)
    for n in range(30):
        path = tmp_path / "target" / f"f{n % 7}" / f"extra{n}"
        path.write_bytes(b"x" * n)
        planted[f"f{n % 7}/extra{n}"] = "extra"
    assert len(planted) == 200

    found = verify(copy.manifest(), target)
    assert {fault.key: fault.kind for fault in found.faults} == planted
    assert found.fault_count == 200
    assert found.objects == len(tree) - 170
    assert not found.is_proven
    assert [fault.key for fault in found.faults] == sorted(planted)


def test_time_of_modification_proves_nothing(
    folder_of: Callable[..., Path], tmp_path: Path, copy_of: CopyOf
) -> None:
    source = open_place(f"file:{folder_of('source', {'k': b'abc'})}")
    target = open_place(f"file:{tmp_path}/target")
    copy = copy_of(source, target)
    copy.run()
    path = tmp_path / "target" / "k"
    before = path.stat()
    path.write_bytes(b"abd")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [fault.kind for fault in verify(copy.manifest(), target).faults] == ["content"]


def test_source_that_is_deleted_after_the_copy_does_not_matter(dict_place: Any, copy_of: CopyOf) -> None:
    source, target = dict_place("source", {"a": b"1"}), dict_place("target")
    copy = copy_of(source, target)
    copy.run()
    source.delete("a")
    assert verify(copy.manifest(), target).is_proven


def test_refused_read_is_not_taken_for_a_fault(dict_place: Any, copy_of: CopyOf) -> None:
    source, target = dict_place("source", {"a": b"1", "b": b"2"}), dict_place("target")
    copy = copy_of(source, target)
    copy.run()

    def deny(verb: str, key: str) -> None:
        if verb == "read":
            raise PlaceDenied("denied")

    target.before = deny
    with pytest.raises(PlaceDenied):
        verify(copy.manifest(), target)


def test_object_that_changes_while_it_is_verified_is_unreadable(dict_place: Any, copy_of: CopyOf) -> None:
    source, target = dict_place("source", {"a": b"1", "b": b"2"}), dict_place("target")
    copy = copy_of(source, target)
    copy.run()

    def change(verb: str, key: str) -> None:
        if verb == "read" and key == "a":
            target.put("a", b"3")

    target.before = change
    assert [(f.key, f.kind) for f in verify(copy.manifest(), target).faults] == [("a", "unreadable")]


class ByCloud:
    """Makes a dict place that copies by itself."""

    def __init__(self, dict_place: Any) -> None:
        self.source = dict_place("source", {"a": b"1", "b": os.urandom(5000)})
        self.target = dict_place("target")
        self.target.copies_from = lambda source: True
        self.target.copy_from = lambda source, info, key: self.target.put(key, source.objects[key][1])


def test_what_the_cloud_copied_is_proven_by_reading_both_ends(dict_place: Any, copy_of: CopyOf) -> None:
    cloud = ByCloud(dict_place)
    copy = copy_of(cloud.source, cloud.target)
    copy.run()
    assert ("read", "a") not in cloud.source.requests
    assert all(not entry.sha256 for entry in copy.manifest().entries())
    assert {f.kind for f in verify(copy.manifest(), cloud.target).faults} == {"unproven"}
    found = verify(copy.manifest(), cloud.target, cloud.source)
    assert found.is_proven
    assert found.digest == copy.manifest().digest
    assert all(entry.sha256 for entry in copy.manifest().entries())
    # From now on the target alone is enough, and a later pass has nothing to do.
    assert verify(copy.manifest(), cloud.target).is_proven
    assert copy.run().is_quiet
    cloud.target.put("a", b"2")
    assert [f.kind for f in verify(copy.manifest(), cloud.target).faults] == ["content"]


def test_wrong_copy_of_the_cloud_is_found(dict_place: Any, copy_of: CopyOf) -> None:
    cloud = ByCloud(dict_place)
    copy = copy_of(cloud.source, cloud.target)
    copy.run()
    cloud.target.put("b", os.urandom(5000))
    found = verify(copy.manifest(), cloud.target, cloud.source)
    assert [(f.key, f.kind) for f in found.faults] == [("b", "content")]


def test_unreachable_target_is_an_error_after_all_tries(dict_place: Any, copy_of: CopyOf) -> None:
    source, target = dict_place("source", {"a": b"1"}), dict_place("target")
    copy = copy_of(source, target)
    copy.run()

    def gone(verb: str, key: str) -> None:
        raise PlaceError("unreachable")

    target.before = gone
    with pytest.raises(PlaceError, match="unreachable"):
        verify(copy.manifest(), target)
