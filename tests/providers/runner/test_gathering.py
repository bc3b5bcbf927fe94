"""Lists and the like as artifacts whose elements are artifacts."""

from pathlib import Path
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pytest

from unknot.providers.runner.artifacts import exists, read_artifact, write_artifact
from unknot.providers.runner.gathering import COLLECTION, Plain, Resolved, Several, Time, stored
from unknot.providers.runner.serializers import UnserialisableArtifact
from unknot.stacks.errors import EngineError
from unknot.state.stores.local import LocalStore
from unknot.state.stores.memory import MemoryStore


class Split(NamedTuple):
    train: pa.Table
    test: pa.Table


def table(*values: int) -> pa.Table:
    return pa.table({"n": list(values)})


SPLITS = f"{Split.__module__}:Split"

VALUES = {
    "list": [table(1), table(2, 3)],
    "tuple": (table(1), 5, "text"),
    "mapping": {"a": table(1), "b": b"bytes"},
    "nested": [[table(1)], {"x": (table(2),)}],
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_value_is_read_as_it_was_written(value: object, tmp_path: Path) -> None:
    store = MemoryStore()
    ref = write_artifact(store, value, tmp_path)

    assert ref.serializer == COLLECTION
    assert read_artifact(ref, store, tmp_path) == value


def test_bundles_in_a_list_are_read_as_bundles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, Split.__module__, sys.modules[__name__])
    store, value = MemoryStore(), [Split(table(1), table(2))]
    ref = write_artifact(store, value, tmp_path)

    [read] = read_artifact(ref, store, tmp_path)
    assert isinstance(read, Split)
    assert read == value[0]
    assert ref.items[0].type == SPLITS


def test_plain_list_stays_one_file(tmp_path: Path) -> None:
    ref = write_artifact(MemoryStore(), [1, "two", {"three": 3}], tmp_path)

    assert ref.serializer == "json"
    assert ref.items == ()


def test_equal_lists_are_one_artifact_whoever_wrote_their_elements(tmp_path: Path) -> None:
    store = MemoryStore()
    first = write_artifact(store, [table(1)], tmp_path)
    item = msgspec.structs.replace(first.items[0], run="other", task="other", output="other")

    assert stored(store, Several((item,))).hash == first.hash


def test_order_of_a_list_is_part_of_it(tmp_path: Path) -> None:
    store = MemoryStore()
    one = write_artifact(store, [table(1), table(2)], tmp_path)
    other = write_artifact(store, [table(2), table(1)], tmp_path)

    assert one.hash != other.hash
    assert {part.hash for part in one.whole()} - {one.hash} == {part.hash for part in other.items}


def test_elements_are_read_as_the_type_that_is_wanted(tmp_path: Path) -> None:
    pd = pytest.importorskip("pandas")
    store = MemoryStore()
    ref = write_artifact(store, [table(1, 2)], tmp_path)

    [read] = read_artifact(ref, store, tmp_path, element="pandas.core.frame:DataFrame")
    assert isinstance(read, pd.DataFrame)


def test_artifact_without_one_of_its_elements_is_not_there(tmp_path: Path) -> None:
    store = MemoryStore()
    ref = write_artifact(store, [[table(1)], table(2)], tmp_path)

    assert exists(ref, store)
    store.delete(ref.items[0].items[0].location)
    assert not exists(ref, store)
    with pytest.raises(EngineError, match="no longer in"):
        read_artifact(ref, store, tmp_path)


def test_damaged_list_is_refused(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store")
    ref = write_artifact(store, [table(1)], tmp_path)
    store.delete(ref.location)
    store.put_if_absent(ref.location, b"{}")

    with pytest.raises(EngineError, match="is damaged"):
        read_artifact(ref, store, tmp_path)


def test_element_that_cannot_be_written_is_named_by_its_place(tmp_path: Path) -> None:
    with pytest.raises(UnserialisableArtifact) as raised:
        write_artifact(MemoryStore(), [table(1), {"a": object()}], tmp_path)
    assert "`[1]['a']`" in raised.value.detail


def test_list_that_contains_itself_is_refused(tmp_path: Path) -> None:
    value: list[object] = [table(1)]
    value.append(value)
    with pytest.raises(UnserialisableArtifact, match="contains itself"):
        write_artifact(MemoryStore(), value, tmp_path)


GATHERED: dict[str, tuple[Resolved, object]] = {
    "plain values": (Several((Plain(1), Plain({"$date": "2024-05-01"}))), None),
    "tuple": (Several((Plain(1), Plain("x")), "tuple"), (1, "x")),
    "mapping": (Several((Plain(1), Plain([2])), "dict", ("a", "b")), {"a": 1, "b": [2]}),
    "mapping with a dollar": (Several((Plain(1),), "dict", ("$float",)), {"$float": 1}),
    "nested": (Several((Several((Plain(1),)), Several(()))), [[1], []]),
    "one value": (Plain(None), None),
}


@pytest.mark.parametrize(("value", "read"), GATHERED.values(), ids=GATHERED.keys())
def test_plain_values_are_gathered_in_one_file(value: Resolved, read: object, tmp_path: Path) -> None:
    store = MemoryStore()
    ref = stored(store, value)

    assert ref.serializer == "json"
    if read is not None:
        assert read_artifact(ref, store, tmp_path) == read
        assert ref.hash == write_artifact(store, read, tmp_path).hash


def test_time_of_a_run_can_be_gathered(tmp_path: Path) -> None:
    store = MemoryStore()
    ref = stored(store, Several((Time("2024-05-01T03:00:00+00:00"), Plain(1))))

    read = read_artifact(ref, store, tmp_path)
    assert read[0].isoformat() == "2024-05-01T03:00:00+00:00"
