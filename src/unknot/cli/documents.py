"""The JSON documents of commands other than plan and apply; their schemas are in `docs/schemas` too."""

from typing import Any, Final, Literal

import msgspec

from unknot.planner.examination import StoreFinding, TargetFinding
from unknot.planner.retention import Garbage
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.run import RunManifest
from unknot.state.events import Event
from unknot.state.moves import MoveRecord
from unknot.state.snapshot import ResourceState

VERSION: Final = 1
"""Of every document here. Raised when a field goes away or changes its meaning."""


class ValidationDocument(msgspec.Struct, frozen=True):
    """`unknot validate --json`."""

    stack: str
    environment: str
    valid: bool
    resources: int
    diagnostics: tuple[Diagnostic, ...]
    kind: Literal["unknot.validation"] = "unknot.validation"
    version: Literal[1] = VERSION


class PortabilityDocument(msgspec.Struct, frozen=True):
    """`unknot portability --json`."""

    workflow: str
    source: str
    """Target on which the stack wants it now."""
    target: str
    engine: str
    is_portable: bool
    """Whether nothing speaks against it: no finding is an error."""
    findings: tuple[Diagnostic, ...]
    kind: Literal["unknot.portability"] = "unknot.portability"
    version: Literal[1] = VERSION


class MovesDocument(msgspec.Struct, frozen=True):
    """`unknot moves --json`."""

    moves: tuple[MoveRecord, ...]
    kind: Literal["unknot.moves"] = "unknot.moves"
    version: Literal[1] = VERSION


class VerificationDocument(msgspec.Struct, frozen=True):
    """`unknot verify --json`."""

    address: str
    move: str
    is_proven: bool
    objects: int
    """That were read and are as they must be."""
    bytes: int
    digest: str
    """Of the manifest that they were compared with."""
    fault_count: int
    faults: tuple[str, ...]
    """The first of them."""
    kind: Literal["unknot.verification"] = "unknot.verification"
    version: Literal[1] = VERSION


class AddressDocument(msgspec.Struct, frozen=True):
    """One recorded address."""

    address: str
    uid: str
    type: str
    target: str
    owner: str
    serial: int


class StateDocument(msgspec.Struct, frozen=True):
    """`unknot state list --json`."""

    serial: int
    resources: tuple[AddressDocument, ...]
    kind: Literal["unknot.state"] = "unknot.state"
    version: Literal[1] = VERSION


class ResourceDocument(msgspec.Struct, frozen=True):
    """`unknot state show --json`."""

    resource: ResourceState
    kind: Literal["unknot.resource"] = "unknot.resource"
    version: Literal[1] = VERSION


class EntryDocument(msgspec.Struct, frozen=True):
    """One segment of the ledger."""

    serial: int
    hash: str
    at: str
    lease: str
    epoch: int
    events: tuple[Event, ...]


class OutputDocument(msgspec.Struct, frozen=True):
    """One output of the stack."""

    value: Any
    """`(sensitive)` for a sensitive one, unless it was to be revealed."""
    sensitive: bool


class OutputsDocument(msgspec.Struct, frozen=True):
    """`unknot output --json`."""

    serial: int
    outputs: dict[str, OutputDocument]
    kind: Literal["unknot.outputs"] = "unknot.outputs"
    version: Literal[1] = VERSION


class HistoryDocument(msgspec.Struct, frozen=True):
    """`unknot state history --json`."""

    entries: tuple[EntryDocument, ...]
    kind: Literal["unknot.history"] = "unknot.history"
    version: Literal[1] = VERSION


class RunsDocument(msgspec.Struct, frozen=True):
    """`unknot run --json`."""

    runs: tuple[RunManifest, ...]
    kind: Literal["unknot.runs"] = "unknot.runs"
    version: Literal[1] = VERSION


class GarbageDocument(msgspec.Struct, frozen=True):
    """`unknot gc --json`."""

    size_bytes: int
    deleted: bool
    garbage: tuple[Garbage, ...]
    kind: Literal["unknot.garbage"] = "unknot.garbage"
    version: Literal[1] = VERSION


class DoctorDocument(msgspec.Struct, frozen=True):
    """`unknot doctor --json`."""

    stack: str
    environment: str
    well: bool
    """Nothing is known to be missing or out of reach."""
    backend: StoreFinding
    targets: tuple[TargetFinding, ...]
    kind: Literal["unknot.doctor"] = "unknot.doctor"
    version: Literal[1] = VERSION


_NAMED: Final = {
    "doctor": DoctorDocument,
    "validation": ValidationDocument,
    "portability": PortabilityDocument,
    "moves": MovesDocument,
    "verification": VerificationDocument,
    "state": StateDocument,
    "resource": ResourceDocument,
    "history": HistoryDocument,
    "outputs": OutputsDocument,
    "runs": RunsDocument,
    "garbage": GarbageDocument,
}


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schemas (draft 2020-12), by the name of the file that publishes them."""
    return {
        name: {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}
        for name, kind in _NAMED.items()
    }
