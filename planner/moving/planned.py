"""Make plans of changes of target: which phases each move has, what there is to carry, what stands in the way."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from unknot.planner.moving.aftermath import unfinished_phases
from unknot.planner.moving.requests import generation_of, request_of
from unknot.planner.plan import Action, Change, PlannedMove
from unknot.planner.services import Services
from unknot.providers.base import UNKNOWN
from unknot.providers.mover import Load, Mover, MoveRequest
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE, Definition, Desired
from unknot.stacks.diagnostic import Diagnostic, Diagnostics, nearest
from unknot.stacks.errors import UnknotError
from unknot.stacks.resource_type import Move
from unknot.stacks.target import Target
from unknot.state.moves import MoveRecord
from unknot.state.snapshot import ResourceState, Snapshot


class Moving:
    """The moves of one planning."""

    def __init__(
        self,
        snapshot: Snapshot,
        targets: Mapping[str, Target],
        services: Services,
        diagnostics: Diagnostics,
    ) -> None:
        self._snapshot = snapshot
        self._targets = targets
        self._services = services
        self._diagnostics = diagnostics

    def taken_back(self, id_: str, definition: Definition) -> tuple[Definition, frozenset[Address]]:
        """The definition with the address of a move back at its source, and that address: nothing else is planned.

        As it is, with a problem said and no address, if the move cannot be undone.
        """
        record = self._known(id_, "--rollback")
        if record is None:
            return definition, frozenset()
        problem = ""
        if record.state != "moved":
            problem = f"it is {record.state}"
        elif (later := self._latest(record)) is not record:
            problem = f"`{later.id}` moved `{record.address}` on since: take that one back first"
        elif record.address not in definition.resources:
            problem = f"`{record.address}` is no longer in the stack"
        if problem:
            self._diagnostics.add(
                Diagnostic.error(
                    f"`{id_}` cannot be taken back", detail=f"{problem[0].upper()}{problem[1:]}."
                )
            )
            return definition, frozenset()
        wanted = definition.resources[record.address]
        self._diagnostics.add(
            Diagnostic.warning(
                f"the stack still wants `{record.address}` on `{wanted.target}`",
                detail=f"Set its target to `{record.source}` there as well, else the next plan moves it again.",
                address=record.address,
                source=wanted.source,
            )
        )
        back = msgspec.structs.replace(wanted, target=record.source, provider=record.source_provider)
        changed = msgspec.structs.replace(
            definition,
            resources={**definition.resources, record.address: back},
            targets={**definition.targets, record.source: self._targets[record.source]},
        )
        return changed, frozenset({record.address})

    def planned(self, changes: Mapping[Address, Change]) -> dict[Address, Change]:
        """The changes with each move worked out. Reads listings; problems go to the diagnostics."""
        found = dict(changes)
        number = 1 + max((int(id_.rpartition("-")[2]) for id_ in self._snapshot.moves), default=0)
        for address, change in changes.items():
            if change.action is not Action.MOVE:
                continue
            begun = self._under_way(change)
            id_ = begun.id if begun is not None else f"move-{number}"
            number += begun is None
            back = self._undone(change, begun)
            found[address] = _planned(
                change, id_, begun, back, self._snapshot, self._targets, self._services, self._diagnostics
            )
        return found

    def retained_parts(
        self,
        prior: Mapping[Address, ResourceState],
        changes: Mapping[Address, Change],
        clean_up: Iterable[str],
    ) -> set[Address]:
        """Parts that a moved resource left at its source, and that stay until they are cleaned up."""
        cleaned = set(clean_up)
        if EXPIRED in cleaned:
            cleaned |= set(expired(self._snapshot))
        left = {
            (record.address, record.source)
            for record in self._snapshot.moves.values()
            if record.state in ("moving", "moved") and record.id not in cleaned
        }
        left |= {
            (change.address, change.prior.target)
            for change in changes.values()
            if change.action is Action.MOVE and change.prior is not None
        }
        wanted = {address for address, change in changes.items() if change.action is Action.DELETE}
        return {
            address
            for address, state in prior.items()
            if state.owned_by is not None
            and state.owned_by not in wanted
            and (state.owned_by, state.target) in left
        }

    def unfinished(self) -> tuple[str, ...]:
        """Moves that have cut over, and of which something is left to do."""
        return tuple(record.id for record in self._snapshot.moves.values() if unfinished_phases(record))

    def given_up(self, desired: Mapping[Address, Desired]) -> tuple[str, ...]:
        """Moves that were begun and are no longer wanted: their address stays, goes elsewhere, or goes altogether."""
        return tuple(
            record.id
            for record in self._snapshot.moves.values()
            if record.state == "moving"
            and (record.address not in desired or desired[record.address].target != record.target)
        )

    def cleaned_up(self, wanted: Iterable[str], changes: Mapping[Address, Change]) -> tuple[str, ...]:
        """Moves whose source is to be emptied: those asked for, and those of what is deleted altogether."""
        found: dict[str, None] = {}
        for id_ in wanted:
            if id_ == EXPIRED:
                found.update(dict.fromkeys(expired(self._snapshot)))
                continue
            record = self._known(id_, "--clean-up")
            if record is None:
                continue
            if record.state == "moved":
                found[id_] = None
            else:
                self._diagnostics.add(
                    Diagnostic.error(f"`{id_}` has left nothing to clean up", detail=f"It is {record.state}.")
                )
        for record in self._snapshot.moves.values():
            change = changes.get(record.address)
            # A bucket that holds something is deleted only where it says so: its source is not emptied in passing.
            deleted = change is not None and change.action is Action.DELETE and record.type != "bucket"
            if deleted and record.state == "moved":
                found[record.id] = None
        return tuple(found)

    def _known(self, id_: str, flag: str) -> MoveRecord | None:
        record = self._snapshot.moves.get(id_)
        if record is None:
            known = ", ".join(f"`{name}`" for name in self._snapshot.moves)
            self._diagnostics.add(
                Diagnostic.error(
                    f"there is no move `{id_}`",
                    detail=f"Given with `{flag}`. {nearest(id_, self._snapshot.moves)}"
                    + (f"Recorded: {known}." if known else "None is recorded."),
                )
            )
        return record

    def _latest(self, record: MoveRecord) -> MoveRecord:
        moves = self._snapshot.moves.values()
        return next(
            m for m in reversed(list(moves)) if m.uid == record.uid and m.state in ("moved", "moving")
        )

    def _undone(self, change: Change, begun: MoveRecord | None) -> str:
        """The move that a change takes back: it goes to where what that one left is still kept."""
        if begun is not None:
            return begun.takes_back
        for record in reversed(list(self._snapshot.moves.values())):
            if record.uid == change.uid and record.state == "moved":
                return record.id if record.source == change.target else ""
        return ""

    def _under_way(self, change: Change) -> MoveRecord | None:
        """The move that an interrupted apply began, if it is the same one."""
        for record in reversed(list(self._snapshot.moves.values())):
            if record.uid == change.uid and record.state == "moving":
                return record if record.target == change.target else None
        return None


EXPIRED = "expired"


def expired(snapshot: Snapshot) -> tuple[str, ...]:
    """Moves whose retention is over."""
    now = dt.datetime.now(dt.UTC)
    return tuple(
        record.id
        for record in snapshot.moves.values()
        if record.state == "moved"
        and record.retain_until is not None
        and dt.datetime.fromisoformat(record.retain_until) <= now
    )


def _planned(
    change: Change,
    id_: str,
    begun: MoveRecord | None,
    takes_back: str,
    snapshot: Snapshot,
    targets: Mapping[str, Target],
    services: Services,
    diagnostics: Diagnostics,
) -> Change:
    prior, mover = change.prior, services.mover(change.type)
    assert prior is not None
    assert prior.current is not None
    assert mover is not None
    wish = change.lifecycle.move or Move()
    notes: list[str] = []
    shadow = wish.shadow_runs if change.type == WORKFLOW_TYPE and not takes_back else 0
    if shadow and _behaves_otherwise(change):
        shadow = 0
        notes.append("no shadow run: its behaviour changes too, so there is nothing to compare with")
    move = PlannedMove(
        id=id_,
        source=prior.target,
        source_provider=prior.current.provider,
        source_id=prior.current.id,
        generation=generation_of(prior),
        phases=(),
        shadow_runs=shadow,
        tolerances=wish.tolerances,
        ignored=wish.ignored,
        retain_days=wish.retain_days,
        takes_back=takes_back,
    )
    change = msgspec.structs.replace(change, move=move)
    request = request_of(change, snapshot.lineage, targets, services, inputs=change.resolved_inputs)
    phases = mover.phases(request)
    load = _survey(mover, change, request, diagnostics)
    if change.type == "dataset" and change.fields:
        diagnostics.add(
            Diagnostic.error(
                f"`{change.address}` moves and changes at once",
                detail=f"Besides its target, {', '.join(f'`{f.path}`' for f in change.fields)} would change, and what is moved is "
                "what is recorded. Apply the one, then the other.",
                address=change.address,
                source=change.source,
            )
        )
    done = tuple(phase.name for phase in begun.phases if phase.name in phases) if begun is not None else ()
    if shadow:
        notes.append(f"shadow: the last {'run' if shadow == 1 else f'{shadow} runs'} that succeeded")
    move = msgspec.structs.replace(
        move,
        phases=phases,
        done=done,
        objects=load.objects,
        bytes=load.bytes,
        seconds=load.seconds,
        usd=load.usd,
        prices=load.prices,
        notes=(*notes, *load.notes),
    )
    return msgspec.structs.replace(change, move=move)


def _survey(mover: Mover, change: Change, request: MoveRequest, diagnostics: Diagnostics) -> Load:
    try:
        load = mover.survey(request)
    except UnknotError as problem:
        diagnostics.add(
            Diagnostic.error(
                f"what `{change.address}` has at `{change.move.source if change.move else ''}` cannot be surveyed: "
                f"{problem.summary}",
                detail=problem.detail,
                address=change.address,
                source=change.source,
            )
        )
        return Load()
    for said in load.problems[:20]:
        diagnostics.add(
            Diagnostic.error(
                f"`{change.address}` cannot move as it is: {said}",
                address=change.address,
                source=change.source,
            )
        )
    return load


def _behaves_otherwise(change: Change) -> bool:
    before = {} if change.prior is None else change.prior.resolved_inputs
    now = change.resolved_inputs.get("fingerprint")
    return now == UNKNOWN or before.get("fingerprint") != now
