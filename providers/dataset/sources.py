"""From a source to a value that a serializer can write: which format it is in, and how it is read.

CSV is read as a stream by pyarrow, or whole by pandas where `options` ask for its keywords; Parquet as a stream.
Writes nothing and knows nothing of stores.
"""

import contextlib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast

from unknot.providers.runner.serializers import name_for_type
from unknot.stacks.errors import MissingExtra, ProviderError

if TYPE_CHECKING:
    import pyarrow as pa

Form: TypeAlias = Literal["csv", "parquet", "file", "unreadable"]

_SEPARATORS: Final = {".csv": ",", ".tsv": "\t"}
_PARQUET: Final = frozenset({".parquet", ".pq"})
_COMPRESSED: Final = frozenset({".gz", ".zip", ".bz2", ".zst"})
_FILE_KINDS: Final = frozenset({"builtins:str", "builtins:bytes"})

_BLOCK_BYTES: Final = 32 * 1024 * 1024
"""pyarrow fixes the types of the columns by the first block: the larger, the fewer surprises further down."""

_NULLS: Final = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None")
"""What counts as missing, in text columns too: the commonest of those that pandas.read_csv documents."""


def form_of(source: str, kind: str, *, is_folder: bool = False) -> Form:
    """How a source is read when ops want a `kind` (`module:qualname`)."""
    if name_for_type(kind) == "parquet":
        if is_folder:
            return "parquet"
        suffix = _suffix(source)
        return "csv" if suffix in _SEPARATORS else "parquet" if suffix in _PARQUET else "unreadable"
    is_file = kind.partition(":")[0].partition(".")[0] == "pathlib" or kind in _FILE_KINDS
    return "file" if is_file else "unreadable"


def refusal(source: str, kind: str) -> tuple[str, str]:
    """Summary and detail for a source that cannot become a `kind`."""
    if name_for_type(kind) == "parquet":
        detail = (
            "Tables are read from `.csv` and `.tsv` (also `.gz`, `.zip`, `.bz2`, `.zst` of them), from `.parquet`, "
            "and from folders of Parquet files. Take other files as a `pathlib.Path` and read them in an op."
        )
        return f"`{source}` cannot be read as a table", detail
    detail = "It can be a table of pandas, polars or pyarrow, or a `pathlib.Path`. Make other values of it in an op."
    return f"a dataset cannot be a `{kind.rpartition(':')[2]}`", detail


@contextlib.contextmanager
def opened(path: Path, kind: str, form: Form, options: Mapping[str, Any]) -> Iterator[object]:
    """The value to write: a stream, a lazy dataset, a frame or a path. Good only inside of the `with`."""
    if options and form != "csv":
        raise ProviderError(
            f"`options` were given for `{path.name}`, which is not CSV",
            detail="They are keywords of pandas.read_csv. Leave them out.",
        )
    if form == "file":
        yield path
    elif form == "parquet":
        import pyarrow.dataset as ds

        yield ds.dataset(path, format="parquet", partitioning="hive")
    elif options:
        yield _pandas_frame(path, options)
    else:
        with _plain_bytes(path) as stream:
            yield _csv_stream(stream, _separator(path.name), dates_as_times=kind.startswith("pandas"))


def _pandas_frame(path: Path, options: Mapping[str, Any]) -> object:
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtra("pandas", extra="pandas", needed_for="the `options` of a dataset") from None
    # The options are data of the user's: pandas itself says which of them it does not know.
    read = cast("Any", pd.read_csv)
    return read(path, **{"sep": _separator(path.name), **options})


def _csv_stream(stream: IO[bytes], separator: str, *, dates_as_times: bool) -> object:
    import pyarrow as pa
    from pyarrow import csv

    reader = csv.open_csv(
        stream,
        read_options=csv.ReadOptions(block_size=_BLOCK_BYTES),
        parse_options=csv.ParseOptions(delimiter=separator, newlines_in_values=True),
        convert_options=csv.ConvertOptions(null_values=list(_NULLS), strings_can_be_null=True),
    )
    for field in reader.schema:
        if pa.types.is_binary(field.type):  # pyarrow takes for bytes what is no text
            raise ValueError(f"column `{field.name}` is not in UTF-8")
    return _with_times(reader) if dates_as_times else reader


def _with_times(reader: "pa.RecordBatchReader") -> "pa.RecordBatchReader":
    """Days as times at midnight: what pandas has a type for. Others keep their dates."""
    import pyarrow as pa

    fields = [
        field.with_type(pa.timestamp("ms")) if pa.types.is_date(field.type) else field
        for field in reader.schema
    ]
    schema = pa.schema(fields)
    if schema == reader.schema:
        return reader
    return pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in reader))


@contextlib.contextmanager
def _plain_bytes(path: Path) -> Iterator[IO[bytes]]:
    """The text of a source, whatever it is compressed with."""
    match path.suffix.lower():
        case ".zip":
            with zipfile.ZipFile(path) as archive:
                members = [each for each in archive.infolist() if not each.is_dir()]
                if len(members) != 1:
                    raise ProviderError(
                        f"`{path.name}` holds {len(members)} files, not one",
                        detail="Unpack it and name the table that you mean.",
                    )
                with archive.open(members[0]) as stream:
                    yield stream
        case ".gz" | ".bz2" | ".zst":
            import pyarrow as pa

            with pa.input_stream(str(path), compression="detect") as stream:
                yield stream
        case _:
            with path.open("rb") as stream:
                yield stream


def _separator(name: str) -> str:
    return _SEPARATORS[_suffix(name)]


def _suffix(source: str) -> str:
    """Of the plain file, in lower case."""
    name = Path(source.lower())
    return name.with_suffix("").suffix if name.suffix in _COMPRESSED else name.suffix
