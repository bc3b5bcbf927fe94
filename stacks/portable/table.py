"""A table of columns with types, kept as files or by a warehouse, on any cloud."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self, TypeAlias

from pydantic import AfterValidator, model_validator

from unknot.stacks.output import Input
from unknot.stacks.portable.base import Portable
from unknot.stacks.portable.bucket import Bucket
from unknot.stacks.resource import Computed, computed

_DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")
_COLUMN = re.compile(r"[a-z_][a-z0-9_]{0,126}")


def _decimal(text: str) -> str:
    found = _DECIMAL.fullmatch(text)
    if found is None or not int(found[2]) <= int(found[1]) <= 38 or int(found[1]) < 1:
        raise ValueError(
            f"`{text[:40]}` is no type of a column: give bool, int32, int64, float32, float64, string, bytes, date, "
            "timestamp, or decimal(PRECISION,SCALE) with a precision up to 38"
        )
    return f"decimal({int(found[1])},{int(found[2])})"


def _column(name: str) -> str:
    if _COLUMN.fullmatch(name) is None:
        raise ValueError(
            f"`{name[:40]}` cannot be a column on every cloud: use lower-case letters, digits and `_`, at most 127"
        )
    return name


PlainType: TypeAlias = Literal[
    "bool", "int32", "int64", "float32", "float64", "string", "bytes", "date", "timestamp"
]
ColumnType: TypeAlias = PlainType | Annotated[str, AfterValidator(_decimal)]
"""One of the plain types, or `decimal(PRECISION,SCALE)`. A `timestamp` is in UTC, of microseconds."""


class Table(Portable, type="table", provider="portable", resolve_by="token"):
    """Rows with columns: `Table("trips", columns={"id": "int64", "day": "date"}, partition_by=["day"])`."""

    columns: Mapping[Annotated[str, AfterValidator(_column)], ColumnType]
    """Name to type, in order."""
    partition_by: Sequence[str] = ()
    """Columns by whose values rows are kept apart."""
    key: Sequence[str] = ()
    """Columns that tell rows apart. Documented with the table; few clouds enforce it."""
    location: Bucket | None = None
    """The bucket that its files are in, under `tables/NAME/`, where the cloud keeps tables as files."""
    description: Input[str] | None = None
    url: ClassVar[Computed[str]] = computed()
    """Where its files are, or what the warehouse calls it."""

    @model_validator(mode="after")
    def _known_columns(self) -> Self:
        for field in ("partition_by", "key"):
            for name in getattr(self, field):
                if name not in self.columns:
                    raise ValueError(f"`{field}` names `{name}`, which is no column")
        if not self.columns or len(self.partition_by) == len(self.columns):
            raise ValueError("a table needs a column that it is not partitioned by")
        return self
