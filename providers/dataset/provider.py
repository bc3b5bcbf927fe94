"""The verbs of the provider `dataset`: read a source into an artifact, remember it, look whether it is there.

How a source is read is in `sources.py`, what the store keeps in `records.py`.
"""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from unknot.providers.base import (
    Context,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DeleteResponse,
    FindRequest,
    FindResponse,
    ImportRequest,
    ImportResponse,
    LiveObject,
    PlanItem,
    PlanOpinion,
    PlanRequest,
    PlanResponse,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from unknot.providers.dataset import records
from unknot.providers.dataset.records import DatasetRecord
from unknot.providers.dataset.sources import form_of, opened, refusal
from unknot.providers.runner.artifacts import exists, write_artifact
from unknot.providers.runner.serializers import UnserialisableArtifact
from unknot.stacks.address import Address
from unknot.stacks.dataset import file_digest, locate
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import ProviderError, UnknotError
from unknot.stacks.run import ArtifactRef
from unknot.state.stores.base import Store, StoreError
from unknot.state.stores.opening import open_store

_CALLS_PER_READ: Final = 3
"""A list, a get and a size."""


class DatasetProvider:
    """Reads tables and files into the target's store as artifacts; equal content is stored once."""

    name = "dataset"

    def plan(self, request: PlanRequest) -> PlanResponse:
        """Says what cannot be read, and that a table whose file only moved stays the same artifact."""
        opinions = {}
        for item in request.items:
            opinion = PlanOpinion(
                outputs=_predicted(item), diagnostics=tuple(_problems(request.context, item))
            )
            if opinion.outputs or opinion.diagnostics:
                opinions[item.address] = opinion
        return PlanResponse(opinions)

    def read_many(self, request: ReadRequest) -> ReadResponse:
        objects: dict[Address, LiveObject | None] = {}
        diagnostics = []
        store = _store(request.context)
        for item in request.items:
            try:
                with _explained(f"the dataset `{item.address}` could not be looked up in `{store.url}`"):
                    found = records.last(store, item.id)
                    objects[item.address] = None if found is None else records.live(store, item.id, found[1])
            except ProviderError as problem:
                diagnostics.append(
                    Diagnostic.warning(problem.summary, detail=problem.detail, address=item.address)
                )
        return ReadResponse(objects, tuple(diagnostics), len(request.items) * _CALLS_PER_READ)

    def create(self, request: CreateRequest) -> CreateResponse:
        object_id = records.id_of(request.mark.uid, request.generation)
        record = _written(request, object_id)
        return CreateResponse(object_id, record.outputs)

    def update(self, request: UpdateRequest) -> UpdateResponse:
        """Reads the source again; a dataset that the store lost is written anew."""
        return UpdateResponse(_written(request, request.id).outputs)

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        """Forgets the dataset. Its artifact stays until `unknot gc`, for runs that read it."""
        store = _store(request.context)
        with _explained(f"the dataset `{request.address}` could not be forgotten in `{store.url}`"):
            records.forget(store, request.id)
        return DeleteResponse()

    def find(self, request: FindRequest) -> FindResponse:
        """Ours if a record bears the token of the create, and whole, since the artifact is written first."""
        store = _store(request.context)
        with _explained(f"the dataset `{request.address}` could not be looked up in `{store.url}`"):
            for object_id, record in records.of_uid(store, request.mark.uid):
                if record.token == request.token:
                    return FindResponse(records.live(store, object_id, record))
        return FindResponse(None)

    def import_(self, request: ImportRequest) -> ImportResponse:
        """`id` is what `unknot state show` calls it: `UID/GENERATION`, in the store of the same target."""
        store = _store(request.context)
        with _explained(f"the dataset `{request.id}` could not be imported from `{store.url}`"):
            found = records.last(store, request.id)
            if found is None:
                return ImportResponse(None)
            record = found[1]
            if request.adopt and record.mark != request.mark:
                record = msgspec.structs.replace(record, mark=request.mark, token="")
                records.write(store, request.id, record)
            return ImportResponse(records.live(store, request.id, record))


def _written(request: CreateRequest | UpdateRequest, object_id: str) -> DatasetRecord:
    """The dataset after its source was read and it was recorded."""
    store = _store(request.context)
    source = str(request.inputs["source"])
    with _explained(f"the dataset `{request.address}` could not be made from `{source}`"):
        found = records.last(store, object_id)
        if found is not None:
            record = found[1]
            if record.mark != request.mark:
                raise ProviderError(
                    f"the dataset `{object_id}` in `{store.url}` is another stack's",
                    detail=f"Its mark names lineage {record.mark.lineage} and uid {record.mark.uid}. "
                    "Use another store for one of them.",
                )
            if _reads_alike(record.inputs, request.inputs) and exists(record.artifact, store):
                moved = msgspec.structs.replace(record, inputs=request.inputs)
                records.write(store, object_id, moved)
                return moved
        record = DatasetRecord(request.mark, request.token, request.inputs, _artifact(request, store))
        records.write(store, object_id, record)
        return record


def _artifact(request: CreateRequest | UpdateRequest, store: Store) -> ArtifactRef:
    """Read the source into the store. Raises ProviderError if it is not the one that was planned with."""
    source, kind = str(request.inputs["source"]), str(request.inputs["kind"])
    path = locate(source, request.context.project)
    form = form_of(source, kind, is_folder=path.is_dir())
    if form == "unreadable":
        summary, detail = refusal(source, kind)
        raise ProviderError(summary, detail=detail)
    before = _stamp(path)
    if file_digest(path) != request.inputs["content"]:
        raise _changed(source)
    with (
        tempfile.TemporaryDirectory(prefix="unknot-dataset-") as scratch,
        _readable(source, path),
        opened(path, kind, form, request.inputs.get("options", {})) as value,
    ):
        ref = write_artifact(store, value, Path(scratch), name=request.address.partition(".")[2])
    if _stamp(path) != before:
        raise _changed(source)
    return msgspec.structs.replace(ref, type=kind)


def _stamp(path: Path) -> list[tuple[str, int, int]]:
    """Tells whether files were written to while they were read."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    return [(str(file), status.st_size, status.st_mtime_ns) for file in files for status in (file.stat(),)]


def _changed(source: str) -> ProviderError:
    return ProviderError(
        f"`{source}` is not what the plan was made with",
        detail="It was written to since. Plan again, so that the change can be seen before it is made.",
    )


def _predicted(item: PlanItem) -> dict[str, Any]:
    if (
        item.prior_inputs is None
        or not item.prior_outputs
        or not _reads_alike(item.prior_inputs, item.inputs)
    ):
        return {}
    return dict(item.prior_outputs)


def _reads_alike(prior: dict[str, Any], inputs: dict[str, Any]) -> bool:
    """Whether it is the same artifact: equal content, read in the same way. Of a file, its name is a part."""
    if prior == inputs:
        return True
    if {**prior, "source": ""} != {**inputs, "source": ""}:
        return False
    kind = str(inputs["kind"])
    form = form_of(str(inputs["source"]), kind)
    suffixes = {tuple(Path(str(each["source"]).lower()).suffixes[-2:]) for each in (prior, inputs)}
    return form in ("csv", "parquet") and len(suffixes) == 1


def _problems(context: Context, item: PlanItem) -> Iterator[Diagnostic]:
    """What is known at plan time to fail at apply."""
    source, kind = item.inputs.get("source"), item.inputs.get("kind")
    if not isinstance(source, str) or not isinstance(kind, str):
        return
    form = form_of(source, kind, is_folder=locate(source, context.project).is_dir())
    if form == "unreadable":
        summary, detail = refusal(source, kind)
        yield Diagnostic.error(f"`{item.address}`: {summary}", detail=detail, address=item.address)
    elif item.inputs.get("options") and form != "csv":
        yield Diagnostic.error(
            f"`{item.address}`: `options` were given for `{source}`, which is not CSV",
            detail="They are keywords of pandas.read_csv. Leave them out.",
            address=item.address,
        )


def _store(context: Context) -> Store:
    """The target's store; a relative folder is under the project."""
    try:
        return open_store(context.target.store, context.project)
    except StoreError as problem:
        raise ProviderError(
            problem.summary,
            detail=problem.detail or f"Correct the store of the target `{context.target.name}`.",
        ) from problem


_ADVICE: Final = {
    errno.ENOENT: "There is no such file: correct the source, or put the file there.",
    errno.EACCES: "You may not read it: look at the owner and mode of the file and its folder.",
    errno.ENOSPC: "The disk is full: make room, or set TMPDIR to a folder with more of it.",
    errno.EDQUOT: "Your quota is used up: make room, then apply again.",
}


@contextlib.contextmanager
def _readable(source: str, path: Path) -> Iterator[None]:
    """Turn what a reader says of its input into a ProviderError."""
    try:
        yield
    except UnserialisableArtifact as problem:
        # A stream is read while it is written, so the reader's error comes wrapped in the writer's.
        raise _unreadable(source, path, problem.__cause__ or problem) from problem
    except (UnknotError, StoreError, OSError):
        raise
    except Exception as problem:  # each reader has errors of its own, and `options` can raise any
        raise _unreadable(source, path, problem) from problem


def _unreadable(source: str, path: Path, problem: BaseException) -> ProviderError:
    return ProviderError(
        f"`{source}` cannot be read: {' '.join(str(problem).split()).rstrip('.')}",
        detail=f"Looked at `{path}`. For CSV with values of several types in a column, or not in UTF-8, give "
        '`options` such as `{"dtype": {"column": "string"}, "encoding": "latin-1"}`: keywords of pandas.read_csv.',
    )


@contextlib.contextmanager
def _explained(failure: str) -> Iterator[None]:
    """Turn what the system and the store say into a ProviderError, with what to do about it."""
    try:
        yield
    except ProviderError:
        raise
    except UnknotError as problem:
        raise ProviderError(f"{failure}: {problem.summary}", detail=problem.detail) from problem
    except StoreError as problem:
        raise ProviderError(
            f"{failure}: {problem.summary}",
            detail=problem.detail or "Look at the store, then apply again.",
            retryable=problem.retryable,
        ) from problem
    except OSError as problem:
        reason = os.strerror(problem.errno).lower() if problem.errno else " ".join(str(problem).split())
        where = f" Looked at `{problem.filename}`." if problem.filename else ""
        advice = _ADVICE.get(problem.errno or 0, "Look at the file and its disk, then apply again.")
        raise ProviderError(f"{failure}: {reason}", detail=f"{advice}{where}") from problem
