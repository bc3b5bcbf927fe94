"""Move a dataset: its artifact is copied and proven, then it is written into the target's store under a new id.

The source file is not read again: what is moved is what was recorded, whatever became of the file.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from unknot.providers.base import Mark
from unknot.providers.dataset import records
from unknot.providers.dataset.records import DatasetRecord
from unknot.providers.mover import Load, MoveError, MoveRequest, PhaseResult
from unknot.providers.moving import carrying
from unknot.providers.moving.selection import Selection
from unknot.stacks.run import ArtifactRef
from unknot.state.stores.base import StoreError


class DatasetMover:
    """Moves `dataset`."""

    def phases(self, request: MoveRequest) -> tuple[str, ...]:
        return ("cutover",) if carrying.shares_store(request) else ("copy", "verify", "cutover")

    def survey(self, request: MoveRequest) -> Load:
        return Load() if carrying.shares_store(request) else _carriage(request).loaded()

    def carry_out(self, phase: str, request: MoveRequest) -> PhaseResult:
        match phase:
            case "copy":
                return PhaseResult(_carriage(request).carry())
            case "verify":
                return PhaseResult(_carriage(request).proven())
            case "cutover":
                return _arrived(request)
        raise MoveError(f"a dataset has no phase `{phase}`")

    def clean_up(self, request: MoveRequest) -> None:
        """The record goes; the artifact goes by `unknot gc` when nothing refers to it."""
        if not carrying.shares_store(request):
            records.forget(carrying.store_of(request.source), request.source_id)

    def give_up(self, request: MoveRequest) -> None:
        if not carrying.shares_store(request):
            records.forget(carrying.store_of(request.target), records.id_of(request.uid, request.generation))

    def verify(self, request: MoveRequest) -> Mapping[str, Any]:
        return carrying.NOTHING if carrying.shares_store(request) else _carriage(request).faults()


def _carriage(request: MoveRequest) -> carrying.Carriage:
    return carrying.between_stores(request, lambda: _selection(request))


def _record(request: MoveRequest) -> DatasetRecord:
    """As it is at the source. Raises MoveError."""
    try:
        found = records.last(carrying.store_of(request.source), request.source_id)
    except StoreError as error:
        raise MoveError(error.summary, detail=error.detail) from error
    if found is None:
        raise MoveError(
            f"`{request.address}` is not in the store of `{request.source.target.name}` any more",
            detail="Somebody removed it. Apply with `--refresh-only` to record that, then make it anew.",
        )
    return found[1]


def _selection(request: MoveRequest) -> Selection:
    outputs = request.outputs.get("artifact")
    artifact = msgspec.convert(outputs, ArtifactRef) if outputs else _record(request).artifact
    return Selection(keys=frozenset(part.location for part in artifact.whole() if part.location))


def _arrived(request: MoveRequest) -> PhaseResult:
    record = _record(request)
    if carrying.shares_store(request):
        return PhaseResult(id=request.source_id, outputs=record.outputs)
    moved = DatasetRecord(
        Mark(request.source.lineage, request.uid), request.token, dict(request.inputs), record.artifact
    )
    object_id = records.id_of(request.uid, request.generation)
    records.write(carrying.store_of(request.target), object_id, moved)
    return PhaseResult(id=object_id, outputs=moved.outputs)
