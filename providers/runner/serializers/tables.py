"""Tables as Parquet: pandas, polars and pyarrow, whole or lazily, in equal bytes for equal data.

Every table goes through one writer, in row groups of one size, so that neither the library that made it nor
the way it was cut into batches shows in the bytes. Nothing here holds a lazy table in memory.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unknot.providers.runner.serializers.registry import UnserialisableArtifact, Written
from unknot.stacks.errors import MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP_ROWS = 128 * 1024
"""Rows of a row group: a compromise between memory while streaming and the size of the file's footer."""

_SERIES = b"unknot.series"
"""Metadata that says that the one column is a series, with its name as JSON."""

_PANDAS = b"pandas"
"""Metadata by which pyarrow restores index and types; it also names versions, which are not part of the data."""


class ParquetSerializer:
    """Data frames, series, Arrow tables, datasets and streams of batches."""

    name = "parquet"
    suffix = ".parquet"

    def write(self, value: Any, path: Path) -> Written:
        import pyarrow as pa

        try:
            match type(value).__module__.partition(".")[0]:
                case "pandas":
                    return write_batches(*_from_pandas(value), path)
                case "polars":
                    return _write_polars(value, path)
                case _:
                    return write_batches(*_from_arrow(value), path)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError) as error:
            raise UnserialisableArtifact(
                f"a `{type(value).__name__}` has no form as Parquet",
                detail=f"{_one_line(error)}. Give each column one type and a name of its own.",
            ) from error

    def read(self, path: Path, wanted: str) -> Any:
        return read_table(path, wanted)

    def inspect(self, path: Path) -> Written:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(path) as file:
                return _described(file.schema_arrow, file.metadata.num_rows)
        except (pa.ArrowInvalid, OSError) as error:
            raise UnserialisableArtifact("the file is not Parquet", detail=_one_line(error)) from error


def read_table(path: Path, wanted: str) -> Any:
    """A Parquet file as the type `wanted`; a pandas DataFrame if that names no kind of table."""
    package, kind = _table_type(wanted)
    match package, kind:
        case "pathlib", _:
            return path
        case "polars", "LazyFrame":
            return polars_module().scan_parquet(path)
        case "polars", "Series":
            return polars_module().read_parquet(path).to_series()
        case "polars", _:
            return polars_module().read_parquet(path)
        case "pyarrow", "Dataset":
            import pyarrow.dataset as ds

            return ds.dataset(path, format="parquet")
        case "pyarrow", "RecordBatchReader":
            import pyarrow.dataset as ds

            return ds.dataset(path, format="parquet").scanner().to_reader()
        case "pyarrow", _:
            return _arrow_table(path)
        case _, "Series":
            return _pandas_series(_arrow_table(path))
        case _:
            return _pandas_frame(_arrow_table(path))


def write_batches(schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]", path: Path) -> Written:
    """Write batches as they come, in row groups of one size. Raises pyarrow's errors."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd", version="2.6", write_statistics=True) as writer:
        for group in _row_groups(schema, batches):
            writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
            rows += group.num_rows
        if rows == 0:
            writer.write_table(pa.Table.from_batches([], schema=schema))
    return _described(schema, rows)


def _row_groups(schema: "pa.Schema", batches: "Iterator[pa.RecordBatch]") -> "Iterator[pa.Table]":
    import pyarrow as pa

    pending: list[pa.RecordBatch] = []
    have = 0
    for batch in batches:
        while batch.num_rows:
            taken = batch.slice(0, ROW_GROUP_ROWS - have)
            pending.append(taken)
            have += taken.num_rows
            batch = batch.slice(taken.num_rows)
            if have == ROW_GROUP_ROWS:
                yield pa.Table.from_batches(pending, schema=schema).combine_chunks()
                pending, have = [], 0
    if pending:
        yield pa.Table.from_batches(pending, schema=schema).combine_chunks()


def _from_pandas(value: Any) -> "tuple[pa.Schema, Iterator[pa.RecordBatch]]":
    import pandas as pd
    import pyarrow as pa

    series = isinstance(value, pd.Series)
    name = value.name if series else None
    frame = value.to_frame(name="value" if name is None else name) if series else value
    table = pa.Table.from_pandas(frame)
    metadata = dict(table.schema.metadata or {})
    if _PANDAS in metadata:
        metadata[_PANDAS] = _without_versions(metadata[_PANDAS])
    if series:
        metadata[_SERIES] = json.dumps(name if isinstance(name, (str, int, float)) else None).encode()
    table = table.replace_schema_metadata(metadata)
    return table.schema, iter(table.to_batches())


def _without_versions(metadata: bytes) -> bytes:
    described = json.loads(metadata)
    described["pandas_version"] = "2.2.0"  # any version whose layout of this metadata is the present one
    described["creator"] = {"library": "pyarrow", "version": "16.0.0"}
    return json.dumps(described, sort_keys=True).encode()


def _from_arrow(value: Any) -> "tuple[pa.Schema, Iterator[pa.RecordBatch]]":
    import pyarrow as pa

    if isinstance(value, pa.Table):
        return value.schema, iter(value.to_batches())
    if isinstance(value, pa.RecordBatchReader):
        return value.schema, iter(value)
    return value.schema, value.scanner().to_batches()


def _write_polars(value: Any, path: Path) -> Written:
    polars = polars_module()
    if isinstance(value, polars.LazyFrame):
        streamed = path.with_name(f"{path.name}.streamed")
        try:
            value.sink_parquet(streamed)
            import pyarrow.dataset as ds

            dataset = ds.dataset(streamed, format="parquet")
            return write_batches(dataset.schema, dataset.scanner().to_batches(), path)
        finally:
            streamed.unlink(missing_ok=True)
    frame = value.to_frame() if isinstance(value, polars.Series) else value
    table = frame.to_arrow()
    return write_batches(table.schema, iter(table.to_batches()), path)


def _arrow_table(path: Path) -> "pa.Table":
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read()


def _pandas_frame(table: "pa.Table") -> Any:
    _require_pandas()
    if table.schema.metadata and _SERIES in table.schema.metadata:
        return _pandas_series(table).to_frame()
    return table.to_pandas()


def _pandas_series(table: "pa.Table") -> Any:
    _require_pandas()
    frame = table.to_pandas()
    if frame.shape[1] != 1:
        raise UnserialisableArtifact(
            f"a table of {frame.shape[1]} columns is wanted as a Series", detail="Take it as a DataFrame."
        )
    series = frame.iloc[:, 0]
    metadata = table.schema.metadata or {}
    if _SERIES in metadata:
        series.name = json.loads(metadata[_SERIES])
    return series


def _described(schema: "pa.Schema", rows: int) -> Written:
    return Written(rows=rows, schema={field.name: str(field.type) for field in schema})


def _table_type(wanted: str) -> tuple[str, str]:
    for member in wanted.split(" | "):
        module, _, kind = member.partition(":")
        package = module.partition(".")[0]
        if package in ("pandas", "polars", "pyarrow", "pathlib"):
            return package, "Dataset" if package == "pyarrow" and kind.endswith("Dataset") else kind
    return "pandas", "DataFrame"


def polars_module() -> Any:
    try:
        import polars
    except ImportError:
        raise MissingExtra("polars", extra="polars", needed_for="a polars table") from None
    return polars


def _require_pandas() -> None:
    try:
        import pandas  # noqa: F401 - only to say it well when it is missing
    except ImportError:
        raise MissingExtra("pandas", extra="pandas", needed_for="a pandas table") from None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")
