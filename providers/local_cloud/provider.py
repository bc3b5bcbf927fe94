"""The verbs of the provider `local`: one for all kinds, since what differs between them is in `kinds.py`."""

from collections.abc import Mapping
from typing import Any

from unknot.providers.base import (
    UNKNOWN,
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
    Mark,
    PlanOpinion,
    PlanRequest,
    PlanResponse,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)
from unknot.providers.local_cloud.kinds import KINDS, Kind
from unknot.providers.local_cloud.place import Place, Record, explained
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import ProviderError

_NAME = "physical_name"


class LocalProvider:
    """Keeps objects as files of this machine; knows its own by the record beside each."""

    name = "local"

    def plan(self, request: PlanRequest) -> PlanResponse:
        """Paths are known beforehand."""
        opinions = {}
        for item in request.items:
            name = item.inputs.get(_NAME, UNKNOWN)
            if UNKNOWN in str(name) or item.inputs.get("location") == UNKNOWN:
                continue
            try:
                kind, place = _place(request.context, item.type, str(name))
                opinions[item.address] = PlanOpinion(outputs=kind.outputs(place, item.inputs))
            except ProviderError as problem:
                found = Diagnostic.error(
                    f"`{item.address}`: {problem.summary}", detail=problem.detail, address=item.address
                )
                opinions[item.address] = PlanOpinion(diagnostics=(found,))
        return PlanResponse(opinions)

    def read_many(self, request: ReadRequest) -> ReadResponse:
        objects: dict[Address, LiveObject | None] = {}
        diagnostics = []
        for item in request.items:
            try:
                kind, place = _place(request.context, item.type, _name_of(item.id))
                with explained("read", place.id):
                    objects[item.address] = _live(kind, place, item.inputs)
            except ProviderError as problem:
                diagnostics.append(
                    Diagnostic.error(problem.summary, detail=problem.detail, address=item.address)
                )
        return ReadResponse(objects, tuple(diagnostics), len(request.items))

    def create(self, request: CreateRequest) -> CreateResponse:
        """Raises ProviderError when something that is not ours is there already: it is never taken over."""
        kind, place = _place(request.context, request.type, str(request.inputs[_NAME]))
        with explained("created", place.id), place.locked():
            record = place.record()
            ours = record is not None and record.mark == request.mark and record.token == request.token
            if not ours and (kind.exists(place, request.inputs) or _held(record, kind, place)):
                raise _occupied(place, record, request)
            place.write_record(_record(kind, request.mark, request.token, request.inputs))
            kind.make(place, request.inputs)
        return CreateResponse(place.id, kind.outputs(place, request.inputs))

    def update(self, request: UpdateRequest) -> UpdateResponse:
        kind, place = _place(request.context, request.type, _name_of(request.id))
        with explained("updated", place.id), place.locked():
            record = place.record()
            if record is not None and record.lineage != request.mark.lineage:
                raise _foreign(place, record, "updated")
            token = request.token if record is None or record.mark != request.mark else record.token
            kind.make(place, request.inputs)
            place.write_record(_record(kind, request.mark, token, request.inputs))
        return UpdateResponse(kind.outputs(place, request.inputs))

    def delete(self, request: DeleteRequest) -> DeleteResponse:
        """Deletes the object even if it was changed by hand; never one that bears another's mark."""
        kind, place = _place(request.context, request.type, _name_of(request.id))
        with explained("deleted", place.id), place.locked():
            record = place.record()
            inputs = request.inputs if record is None else record.inputs
            if kind.exists(place, inputs):
                if record is not None and record.mark != request.mark:
                    raise _foreign(place, record, "deleted")
                kind.remove(place, inputs)
            if record is None or record.mark == request.mark:
                place.record_file.unlink(missing_ok=True)
        return DeleteResponse()

    def find(self, request: FindRequest) -> FindResponse:
        """Ours if the record bears this token: it is written before the object appears."""
        kind, place = _place(request.context, request.type, str(request.inputs.get(_NAME, "")))
        with explained("looked for", place.id):
            record = place.record()
            if record is None or not kind.exists(place, record.inputs):
                return FindResponse(None)
            if record.mark == request.mark and record.token != request.token:
                return FindResponse(None)
            return FindResponse(_live(kind, place, record.inputs))

    def import_(self, request: ImportRequest) -> ImportResponse:
        """`id` is the name, or what `unknot state show` calls it: `buckets/NAME`. Marks it only when asked to."""
        kind, place = _place(request.context, request.type, _name_of(request.id))
        with explained("imported", place.id):
            live = _live(kind, place, {})
            if live is None:
                return ImportResponse(None)
            if request.adopt:
                with place.locked():
                    place.write_record(_record(kind, request.mark, "", live.inputs))
                live = _live(kind, place, {})
            return ImportResponse(live)


def _held(record: Record | None, kind: Kind, place: Place) -> bool:
    """Whether another's object has this name, wherever it is."""
    return record is not None and kind.exists(place, record.inputs)


def _place(context: Context, type_: str, name: str) -> tuple[Kind, Place]:
    kind = KINDS.get(type_)
    if kind is None:
        raise ProviderError(
            f"the provider `local` has no type `{type_}`", detail=f"It has {', '.join(sorted(KINDS))}."
        )
    return kind, Place(context, kind.folder, name, kind.suffix)


def _name_of(object_id: str) -> str:
    return object_id.rpartition("/")[2]


def _record(kind: Kind, mark: Mark, token: str, inputs: Mapping[str, Any]) -> Record:
    kept = {name: value for name, value in inputs.items() if name not in kind.hidden}
    return Record(mark.lineage, mark.uid, token, kept)


def _live(kind: Kind, place: Place, wanted: Mapping[str, Any]) -> LiveObject | None:
    """The object as it is, what only its record tells included."""
    record = place.record()
    kept: Mapping[str, Any] = {} if record is None else record.inputs
    if not kind.exists(place, kept or wanted):
        return None
    told = kind.read(place, kept or wanted)
    recorded = {name: value for name, value in kept.items() if name not in kind.told}
    inputs = {**recorded, **told, _NAME: place.name}
    return LiveObject(
        place.id, inputs, kind.outputs(place, kept or wanted), None if record is None else record.mark
    )


def _occupied(place: Place, record: Record | None, request: CreateRequest) -> ProviderError:
    if record is not None and record.mark == request.mark:
        return ProviderError(
            f"`{place.id}` still holds the prior object of `{request.address}`",
            detail="Two cannot have one name: with `create_before_destroy`, change `physical_name` too.",
        )
    return ProviderError(
        f"`{place.id}` exists already and is not known to be ours",
        detail=f"To take it over, import it: `unknot import {request.address} {place.name}`. "
        "Otherwise move it away, or choose another name.",
    )


def _foreign(place: Place, record: Record, verb: str) -> ProviderError:
    return ProviderError(
        f"`{place.id}` was not {verb}: it is another's",
        detail=f"Its record names lineage {record.lineage} and uid {record.uid}. "
        f"If nothing else manages it, delete `{place.record_file}` and try again.",
    )
