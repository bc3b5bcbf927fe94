"""What the contract does not ask: modes, recovery, hand-made objects, tables that others can read."""

import stat
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.dataset
import pyarrow.parquet
import pytest

from unknot.providers.base import (
    Context,
    CreateRequest,
    DeleteRequest,
    FindRequest,
    ImportRequest,
    Mark,
    ReadItem,
    ReadRequest,
)
from unknot.providers.local_cloud import LocalProvider
from unknot.providers.local_cloud.place import ROOT
from unknot.stacks.address import Address, Uid
from unknot.stacks.errors import ProviderError
from unknot.stacks.secret import Secret
from unknot.stacks.target import LAPTOP, Target

OURS = Mark("lineage", Uid("uid"))


class Bench:
    """The provider, over one project."""

    def __init__(self, project: Path, target: Target = LAPTOP) -> None:
        self.context = Context(project, "lineage", target)
        self.provider = LocalProvider()
        self.root = project / ROOT

    def create(self, type_: str, name: str, token: str = "t", **inputs: Any) -> dict[str, Any]:
        request = CreateRequest(
            self.context, Address(f"{type_}.x"), type_, {"physical_name": name, **inputs}, token, OURS, 1, 9.0
        )
        return self.provider.create(request).outputs

    def delete(self, type_: str, id_: str, mark: Mark = OURS) -> None:
        self.provider.delete(
            DeleteRequest(self.context, Address(f"{type_}.x"), type_, id_, {}, {}, mark, 9.0)
        )

    def read(self, type_: str, id_: str) -> Any:
        item = ReadItem(Address(f"{type_}.x"), type_, id_, {})
        response = self.provider.read_many(ReadRequest(self.context, (item,)))
        return response.objects.get(item.address, response.diagnostics)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.rule("S1")
def test_secret_is_in_a_file_of_its_owner_alone_and_nowhere_else(bench: Bench, tmp_path: Path) -> None:
    outputs = bench.create("local.secret", "db", value="canary-9\n", version=1)

    place = Path(outputs["path"])
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert Secret.parse(outputs["url"]).resolve() == "canary-9\n"
    others = [file for file in tmp_path.rglob("*") if file.is_file() and file != place]
    assert others
    assert not [file for file in others if b"canary-9" in file.read_bytes()]
    assert "canary" not in str(bench.read("local.secret", "secrets/db"))


def test_secret_without_a_value_keeps_what_was_put_into_it_by_hand(bench: Bench) -> None:
    outputs = bench.create("local.secret", "db", version=1)
    Path(outputs["path"]).write_text("by hand")
    bench.create("local.secret", "db", version=1)

    assert Secret.parse(outputs["url"]).resolve() == "by hand"


def test_bucket_with_files_is_not_deleted(bench: Bench) -> None:
    place = Path(bench.create("local.bucket", "raw")["path"])
    (place / "one.txt").write_text("1")

    with pytest.raises(ProviderError, match="holds files") as refused:
        bench.delete("local.bucket", "buckets/raw")
    assert str(place) in refused.value.detail

    (place / "one.txt").unlink()
    bench.delete("local.bucket", "buckets/raw")
    assert not place.exists()


def test_another_stacks_object_is_neither_taken_nor_deleted(bench: Bench) -> None:
    place = Path(bench.create("local.bucket", "raw")["path"])
    stranger = Mark("another", Uid("other"))

    with pytest.raises(ProviderError, match="another's"):
        bench.delete("local.bucket", "buckets/raw", stranger)
    with pytest.raises(ProviderError, match="still holds the prior"):
        bench.create("local.bucket", "raw", token="second")
    assert place.is_dir()


@pytest.mark.rule("A3")
def test_create_that_died_between_record_and_object_is_finished(bench: Bench) -> None:
    place = Path(bench.create("local.bucket", "raw")["path"])
    place.rmdir()  # as if it had been killed after the record

    find = FindRequest(
        bench.context, Address("local.bucket.x"), "local.bucket", {"physical_name": "raw"}, "t", OURS
    )
    assert bench.provider.find(find).object is None
    bench.create("local.bucket", "raw")
    assert place.is_dir()
    found = bench.provider.find(find).object
    assert found is not None
    assert found.mark == OURS


def test_damaged_record_proves_nothing(bench: Bench) -> None:
    bench.create("local.bucket", "raw", labels={"a": "b"})
    (bench.root / "buckets" / ".raw.record.json").write_bytes(b"\xff{")

    live = bench.read("local.bucket", "buckets/raw")
    assert (live.mark, live.inputs) == (None, {"physical_name": "raw"})
    with pytest.raises(ProviderError, match="not known to be ours"):
        bench.create("local.bucket", "raw")


def test_table_can_be_read_with_its_schema_before_and_after_it_has_rows(bench: Bench) -> None:
    columns = {"id": "int64", "price": "decimal(10,2)", "at": "timestamp", "day": "date"}
    folder = Path(bench.create("local.table", "trips", columns=columns, partition_by=["day"])["path"])

    schema = pyarrow.parquet.read_schema(folder / "_common_metadata")
    assert [str(t) for t in schema.types] == [
        "int64",
        "decimal128(10, 2)",
        "timestamp[us, tz=UTC]",
        "date32[day]",
    ]
    empty = pyarrow.dataset.dataset(folder, schema=schema, partitioning="hive").to_table()
    assert (empty.num_rows, empty.column_names) == (0, list(columns))

    (folder / "day=2013-01-02").mkdir()
    pd.DataFrame({"id": [1, 2]}).to_parquet(folder / "day=2013-01-02" / "part-0.parquet", index=False)
    rows = pyarrow.dataset.dataset(folder, schema=schema, partitioning="hive").to_table().to_pylist()
    assert [(row["id"], str(row["day"])) for row in rows] == [(1, "2013-01-02"), (2, "2013-01-02")]


def test_changed_schema_is_drift(bench: Bench) -> None:
    folder = Path(bench.create("local.table", "trips", columns={"id": "int64"})["path"])
    pyarrow.parquet.write_metadata(
        pyarrow.schema([("id", pyarrow.int32()), ("x", pyarrow.int8())]),
        folder / "_common_metadata",
    )

    assert bench.read("local.table", "tables/trips").inputs["columns"] == {
        "id": "int32",
        "x": "int8",
    }


def test_schema_that_cannot_be_read_is_said(bench: Bench) -> None:
    folder = Path(bench.create("local.table", "trips", columns={"id": "int64"})["path"])
    (folder / "_common_metadata").write_bytes(b"PAR1 rubbish PAR1")

    (problem,) = bench.read("local.table", "tables/trips")
    assert "cannot be read" in problem.summary
    assert "Delete `_common_metadata`" in problem.detail


def test_table_in_a_bucket_leaves_its_files_there(bench: Bench) -> None:
    bucket = Path(bench.create("local.bucket", "raw")["path"])
    location = f"file:{bucket}/tables/trips"
    folder = Path(bench.create("local.table", "trips", columns={"id": "int64"}, location=location)["path"])
    assert folder == bucket / "tables" / "trips"
    (folder / "part-0.parquet").write_bytes(b"rows")

    bench.delete("local.table", "tables/trips")
    assert [file.name for file in folder.iterdir()] == ["part-0.parquet"]
    assert bench.read("local.table", "tables/trips") is None


def test_folder_that_somebody_made_can_be_imported(bench: Bench) -> None:
    (bench.root / "buckets" / "theirs").mkdir(parents=True)
    request = ImportRequest(
        bench.context, Address("local.bucket.x"), "local.bucket", "theirs", OURS, adopt=True
    )

    taken = bench.provider.import_(request).object

    assert taken is not None
    assert (taken.id, taken.mark) == ("buckets/theirs", OURS)
    bench.delete("local.bucket", taken.id)


def test_root_can_be_set_for_a_target(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "project", Target("shared", options={"root": "../shared"}))
    (tmp_path / "project").mkdir()

    assert bench.create("local.bucket", "raw")["url"] == f"file:{tmp_path}/shared/buckets/raw"


def test_file_in_the_way_is_said_with_what_to_do(bench: Bench) -> None:
    bench.root.parent.mkdir(parents=True)
    bench.root.write_text("a file where the folder would be")

    with pytest.raises(ProviderError, match="could not be created") as refused:
        bench.create("local.bucket", "raw")
    assert refused.value.detail
