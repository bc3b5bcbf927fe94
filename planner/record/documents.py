"""The record as JSON documents with a version: `ps`, `runs`, `owners`, `lineage`, `runs compare`."""

from typing import Any, Final, Literal

import msgspec

from unknot.planner.record.comparing import RunComparison
from unknot.planner.record.ledgers import LedgerEntry
from unknot.planner.record.lineage import LineageGraph
from unknot.planner.record.owners import OwnerRow
from unknot.planner.record.running import PsRow
from unknot.planner.record.runs import RunDetail
from unknot.stacks.diagnostic import Diagnostic
from unknot.state.index import RunEntry

VERSION: Final = 1
"""Raised when a field goes away or changes its meaning; a new field is no new version."""


class PsDocument(msgspec.Struct, frozen=True):
    """`unknot ps --json`."""

    resources: tuple[PsRow, ...]
    notes: tuple[Diagnostic, ...] = ()
    ledgers: tuple[LedgerEntry, ...] = ()
    """With `--all`: every ledger of the backend, those that could not be read included."""
    complete: bool = True
    """False: something could not be read, and its status is `unknown`."""
    calls: int = 0
    """With `--all`: calls made to the stores of ledgers and targets."""
    looked_at: str = ""
    """RFC 3339: when this machine compared the world with the record last (`unknot plan`); what is said of drift is as
    of then. Empty: never, or with `--all`."""
    kind: Literal["unknot.ps"] = "unknot.ps"
    version: Literal[1] = VERSION


class RunListDocument(msgspec.Struct, frozen=True):
    """`unknot runs --json`."""

    runs: tuple[RunEntry, ...]
    notes: tuple[Diagnostic, ...] = ()
    kind: Literal["unknot.run-list"] = "unknot.run-list"
    version: Literal[1] = VERSION


class RunDetailDocument(msgspec.Struct, frozen=True):
    """`unknot runs show RUN --json`."""

    detail: RunDetail
    kind: Literal["unknot.run-detail"] = "unknot.run-detail"
    version: Literal[1] = VERSION


class OwnersDocument(msgspec.Struct, frozen=True):
    """`unknot owners --json`."""

    owners: tuple[OwnerRow, ...]
    ledgers: tuple[LedgerEntry, ...] = ()
    """With `--all`: every ledger of the backend; addresses begin with theirs."""
    complete: bool = True
    calls: int = 0
    kind: Literal["unknot.owners"] = "unknot.owners"
    version: Literal[1] = VERSION


class LineageDocument(msgspec.Struct, frozen=True):
    """`unknot lineage --json`."""

    lineage: LineageGraph
    ledgers: tuple[LedgerEntry, ...] = ()
    """With `--all`: every ledger of the backend; addresses begin with theirs."""
    complete: bool = True
    calls: int = 0
    kind: Literal["unknot.lineage"] = "unknot.lineage"
    version: Literal[1] = VERSION


class ComparisonDocument(msgspec.Struct, frozen=True):
    """`unknot runs compare A B --json`."""

    comparison: RunComparison
    kind: Literal["unknot.comparison"] = "unknot.comparison"
    version: Literal[1] = VERSION


DOCUMENTS: Final[dict[str, type[msgspec.Struct]]] = {
    "ps": PsDocument,
    "run-list": RunListDocument,
    "run-detail": RunDetailDocument,
    "owners": OwnersDocument,
    "lineage": LineageDocument,
    "comparison": ComparisonDocument,
}
"""By the name of the file that publishes the schema."""


def encoded(document: msgspec.Struct) -> bytes:
    """A document as JSON."""
    return msgspec.json.encode(document)


def record_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas (draft 2020-12) of the documents, by the name of the file that publishes them."""
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}
        for name, kind in sorted(DOCUMENTS.items())
    }
