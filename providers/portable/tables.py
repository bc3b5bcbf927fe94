"""What clouds that keep tables as files share: where a table's files are in its bucket."""

from typing import Any

import unknot.stacks.output as outputs
from unknot.stacks.output import Input


def files_of(location: dict[str, Any], name: str) -> Input[str]:
    """The URL of a table's folder in the bucket that it was given."""
    return outputs.format("{bucket}/tables/{name}", bucket=location["url"], name=name)


def plain_columns(columns: dict[str, str], partition_by: list[str]) -> dict[str, str]:
    """The columns that are in the files: those that a table is partitioned by are in the names of folders."""
    return {name: kind for name, kind in columns.items() if name not in partition_by}


def mapped(kind: str, types: dict[str, str]) -> str:
    """A portable column type in a cloud's words; `decimal(10,2)` is written with the cloud's word for `decimal`."""
    if kind in types:
        return types[kind]
    return kind.replace("decimal", types["decimal"])
