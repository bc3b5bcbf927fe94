"""Serializers: what is written comes back equal, and equal values have equal bytes."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unknot.providers.runner.artifacts import fetch_artifact, file_hash, read_artifact, write_artifact
from unknot.providers.runner.serializers import (
    UnserialisableArtifact,
    allow_pickle,
    register_serializer,
    serializer_for,
)
from unknot.providers.runner.serializers.tables import ROW_GROUP_ROWS
from unknot.stacks.errors import EngineError
from unknot.state.stores.memory import MemoryStore


class Opaque:
    """A type that nobody knows how to write."""

    def __init__(self, text: str) -> None:
        self.text = text


class Pickled(Opaque):
    pass


class Registered(Opaque):
    pass


def written(value: object, folder: Path, name: str) -> Path:
    serializer = serializer_for(value)
    assert serializer is not None, value
    path = folder / f"{name}{serializer.suffix}"
    serializer.write(value, path)
    return path


def back(value: object, folder: Path, wanted: str = "") -> Any:
    store = MemoryStore()
    return read_artifact(write_artifact(store, value, folder), store, folder, wanted=wanted)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        2.5,
        float("inf"),
        "text — ü\n",
        b"\x00\xff",
        [1, (2, 3), {"a": {1, 2}}],
        {1: "x"},
        dt.date(2024, 5, 1),
        2**70,
    ],
)
def test_plain_value_comes_back_as_it_was(value: object, tmp_path: Path) -> None:
    found = back(value, tmp_path)
    assert found == value
    assert type(found) is type(value)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    )
)
def test_any_plain_value_comes_back(tmp_path: Path, value: object) -> None:
    assert back(value, tmp_path) == value


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {"n": [1, 2, 3], "s": ["a", None, "c"], "t": pd.to_datetime(["2024-01-01"] * 3)}, index=[7, 8, 9]
    )


def test_pandas_frame_comes_back_with_index_schema_and_row_count(tmp_path: Path) -> None:
    store = MemoryStore()
    ref = write_artifact(store, frame(), tmp_path)

    pd.testing.assert_frame_equal(read_artifact(ref, store, tmp_path), frame())
    assert ref.rows == 3
    assert ref.schema["n"] == "int64"
    assert ref.serializer == "parquet"


@pytest.mark.parametrize("name", ["delay", None])
def test_series_comes_back_as_a_series(tmp_path: Path, name: str | None) -> None:
    series = pd.Series([1.0, 2.0], name=name)
    pd.testing.assert_series_equal(back(series, tmp_path), series)


@pytest.mark.parametrize(
    ("wanted", "kind"),
    [
        ("polars.dataframe.frame:DataFrame", pl.DataFrame),
        ("polars.lazyframe.frame:LazyFrame", pl.LazyFrame),
        ("pyarrow.lib:Table", pa.Table),
        ("pyarrow._dataset:Dataset", ds.Dataset),
        ("pathlib:Path", Path),
        ("pandas:DataFrame", pd.DataFrame),
    ],
)
def test_table_is_read_as_the_type_that_is_wanted(tmp_path: Path, wanted: str, kind: type) -> None:
    assert isinstance(back(frame(), tmp_path, wanted), kind)


def test_one_table_has_the_same_bytes_however_it_is_cut_and_given(tmp_path: Path) -> None:
    rows = ROW_GROUP_ROWS + 5
    whole = pa.table({"n": list(range(rows))})
    parts = pa.concat_tables([whole.slice(0, 1000), whole.slice(1000)])
    pq.write_table(whole, tmp_path / "lazy.parquet", row_group_size=777)
    lazily = ds.dataset(tmp_path / "lazy.parquet")

    paths = [written(v, tmp_path, str(n)) for n, v in enumerate((whole, parts, lazily, pl.from_arrow(whole)))]
    lazy = written(pl.scan_parquet(tmp_path / "lazy.parquet"), tmp_path, "lazyframe")
    assert len({file_hash(path) for path in [*paths, lazy]}) == 1
    assert pq.ParquetFile(paths[0]).num_row_groups == 2


def test_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    assert list(back(frame().iloc[:0], tmp_path).columns) == ["n", "s", "t"]


def test_column_of_mixed_types_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(UnserialisableArtifact) as raised:
        write_artifact(MemoryStore(), pd.DataFrame({"x": [1, "a"]}), tmp_path)
    assert "one type" in raised.value.detail


def test_array_comes_back_and_objects_are_refused(tmp_path: Path) -> None:
    array = np.arange(6, dtype="int16").reshape(2, 3)
    np.testing.assert_array_equal(back(array, tmp_path), array)
    with pytest.raises(UnserialisableArtifact):
        write_artifact(MemoryStore(), np.array([object()]), tmp_path)
    assert serializer_for(np.ma.masked_array([1], mask=[True])) is None


@pytest.mark.slow
def test_model_comes_back_and_equal_models_have_equal_bytes(tmp_path: Path) -> None:
    from sklearn.ensemble import RandomForestRegressor

    x = np.random.default_rng(0).random((50, 3))
    models = [RandomForestRegressor(5, random_state=0).fit(x, x[:, 0]) for _ in range(2)]
    first, second = (written(model, tmp_path, str(n)) for n, model in enumerate(models))

    assert file_hash(first) == file_hash(second)
    found = back(models[0], tmp_path)
    np.testing.assert_array_equal(found.predict(x), models[0].predict(x))


@pytest.mark.slow
def test_model_with_a_type_that_nobody_trusts_is_refused_by_name(tmp_path: Path) -> None:
    from sklearn.preprocessing import FunctionTransformer

    with pytest.raises(UnserialisableArtifact, match="not trusted") as raised:
        write_artifact(MemoryStore(), FunctionTransformer(file_hash), tmp_path)
    assert "unknot.trust_types(" in raised.value.detail


def test_file_and_folder_come_back_with_their_names(tmp_path: Path) -> None:
    made = tmp_path / "made"
    (made / "sub").mkdir(parents=True)
    (made / "sub" / "a.csv").write_text("x,y\n1,2\n")
    folder = back(made, tmp_path)
    assert (folder / "sub" / "a.csv").read_text() == "x,y\n1,2\n"

    store = MemoryStore()
    ref = write_artifact(store, made / "sub" / "a.csv", tmp_path)
    (tmp_path / "in").mkdir()
    assert ref.file_name == "a.csv"
    assert fetch_artifact(ref, store, tmp_path / "in").suffix == ".csv"
    read = read_artifact(ref, store, tmp_path / "in", wanted="pandas:DataFrame")
    assert read.to_dict("list") == {"x": [1], "y": [2]}


def test_folder_with_a_link_out_of_it_is_refused(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    (made / "link").symlink_to("/etc/hostname")
    with pytest.raises(UnserialisableArtifact, match="leads out"):
        write_artifact(MemoryStore(), made, tmp_path)


def test_unknown_type_is_refused_until_it_is_registered_or_allowed(tmp_path: Path) -> None:
    with pytest.raises(UnserialisableArtifact, match="Opaque` has no serializer") as raised:
        write_artifact(MemoryStore(), Opaque("x"), tmp_path)
    assert "register_serializer(Opaque" in raised.value.detail
    with pytest.raises(UnserialisableArtifact) as nested:
        write_artifact(MemoryStore(), {"a": [Opaque("x")]}, tmp_path)
    assert "['a'][0]" in nested.value.detail

    register_serializer(
        Registered,
        name="registered",
        write=lambda value, path: path.write_text(value.text),
        read=lambda path: Registered(path.read_text()),
    )
    assert back(Registered("mine"), tmp_path).text == "mine"
    allow_pickle(Pickled)
    assert back(Pickled("pickled"), tmp_path).text == "pickled"
    assert serializer_for(Opaque("x")) is None


def test_name_of_a_built_in_serializer_cannot_be_taken() -> None:
    with pytest.raises(ValueError, match="json"):
        register_serializer(Opaque, name="json", write=lambda _v, _p: None, read=lambda _p: Opaque(""))


def test_damaged_and_deleted_artifacts_are_told_apart(tmp_path: Path) -> None:
    store = MemoryStore()
    ref = write_artifact(store, [1, 2], tmp_path)
    store.delete(ref.location)
    with pytest.raises(EngineError, match="no longer"):
        read_artifact(ref, store, tmp_path)
    store.put_if_absent(ref.location, b"[1,3]")
    with pytest.raises(EngineError, match="damaged"):
        read_artifact(ref, store, tmp_path)
