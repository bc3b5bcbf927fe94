"""What the events of segments make of a snapshot: pure, idempotent, linear in the number of events.

A Folding is a mutable builder for the inside of the ledger; what leaves it are frozen snapshots.
Renaming keeps uids and serials: a version is the serial of the last write, and a name is no content.
"""

from collections.abc import Iterable
from typing import Any, assert_never, cast

import msgspec

from unknot.stacks.address import Address, Uid
from unknot.stacks.target import Target
from unknot.state import events as ev
from unknot.state.ledger.envelope import NOTHING_BEFORE, Header, Unsound
from unknot.state.ledger.segment import Segment
from unknot.state.moves import MoveRecord
from unknot.state.snapshot import (
    Intent,
    Lease,
    PlanRecord,
    ResourceState,
    RunRecord,
    Serial,
    Snapshot,
    Tombstone,
)

REMEMBERED_IDS = 4096
"""Ids of the latest events that are kept to skip repeats. A repeat farther off cannot happen: a writer
repeats its batch only after it has read that the serial it tried holds another's, and late results are
compared with what they belong to."""

_replace = msgspec.structs.replace


def fold(snapshot: Snapshot, segment: Segment) -> Snapshot:
    """The snapshot after `segment`; the same snapshot if that was folded before. Raises Unsound."""
    folding = Folding.of(snapshot)
    if segment.serial > snapshot.serial:
        folding.hash = segment.header.previous
        folding.key = segment.header.key
    folding.add(segment)
    return folding.snapshot()


class Folding:
    """A snapshot in the making. Not safe for threads."""

    def __init__(self) -> None:
        self.lineage = ""
        self.stack = ""
        self.environment = ""
        self.serial: Serial = 0
        self.hash = NOTHING_BEFORE
        self.resources: dict[Address, ResourceState] = {}
        self.tombstones: dict[Address, Tombstone] = {}
        self.intents: dict[str, Intent] = {}
        self.plans: dict[str, PlanRecord] = {}
        self.runs: dict[Uid, tuple[RunRecord, ...]] = {}
        self.outputs: dict[str, Any] = {}
        self.output_serials: dict[str, Serial] = {}
        self.lease: Lease | None = None
        self.epoch = 0
        self.targets: dict[str, Target] = {}
        self.claims: dict[Uid, str] = {}
        self.moves: dict[str, MoveRecord] = {}
        self.key = 0
        """Number of the data key that the next segment is sealed with (rule L7); 0: none."""
        self.recent: dict[str, None] = {}
        self.moved_to = ""
        self.volume = 1
        self.first: Serial = 1
        """Serial of the first segment of the volume."""
        self.sealed = 0
        """The volume in which the log goes on, once this one is sealed; 0 until then."""
        self._frozen: Snapshot | None = None

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Folding":
        """A builder that begins at `snapshot`, which stays as it is."""
        folding = cls()
        folding.lineage = snapshot.lineage
        folding.stack = snapshot.stack
        folding.environment = snapshot.environment
        folding.serial = snapshot.serial
        folding.resources = snapshot.resources
        folding.tombstones = snapshot.tombstones
        folding.intents = snapshot.intents
        folding.plans = snapshot.plans
        folding.runs = snapshot.runs
        folding.outputs = snapshot.outputs
        folding.output_serials = snapshot.output_serials
        folding.lease = snapshot.lease
        folding.epoch = snapshot.epoch
        folding.targets = snapshot.targets
        folding.claims = snapshot.claims
        folding.moves = snapshot.moves
        folding.moved_to = snapshot.moved_to
        folding._frozen = snapshot
        return folding

    def copy(self) -> "Folding":
        """A builder of its own at the same place."""
        folding = Folding.of(self.snapshot())
        folding.hash = self.hash
        folding.key = self.key
        folding.recent = dict(self.recent)
        folding.volume, folding.first, folding.sealed = self.volume, self.first, self.sealed
        return folding

    def snapshot(self) -> Snapshot:
        """The frozen state. It shares its dicts with the builder until the next segment is added."""
        if self._frozen is None:
            self._frozen = Snapshot(
                lineage=self.lineage,
                stack=self.stack,
                environment=self.environment,
                serial=self.serial,
                resources=self.resources,
                tombstones=self.tombstones,
                intents=self.intents,
                plans=self.plans,
                runs=self.runs,
                outputs=self.outputs,
                output_serials=self.output_serials,
                lease=self.lease,
                epoch=self.epoch,
                targets=self.targets,
                claims=self.claims,
                moves=self.moves,
                moved_to=self.moved_to,
            )
        return self._frozen

    def add(self, segment: Segment) -> None:
        """Fold one more segment; one that was folded before changes nothing. Raises Unsound if it does not fit."""
        header = segment.header
        if header.serial <= self.serial:
            return
        if self.serial == 0 and segment.events and isinstance(segment.events[0], ev.VolumeBegun):
            self._begin_at(segment.events[0], header)
        self.check(segment)
        self.thaw()
        if self.serial == 0:
            self.key = header.key
        for event in segment.events:
            self.apply(event, header.serial)
        if self.lease is not None and self.lease.id == header.lease:
            self.lease = _replace(self.lease, renewals=self.lease.renewals + 1)
        self.serial = header.serial
        self.hash = segment.hash

    def check(self, segment: Segment) -> None:
        """Whether `segment` comes next (rules L3, L6, L7). Raises Unsound, changes nothing."""
        header = segment.header
        if header.serial != self.serial + 1:
            raise Unsound(f"says that it is segment {header.serial}, where {self.serial + 1} comes next")
        if header.previous != self.hash:
            raise Unsound("does not continue the segment before it: one of the two was replaced")
        if self.serial == 0:
            first = segment.events[0] if segment.events else None
            if not isinstance(first, ev.LedgerCreated) or first.lineage != header.lineage:
                raise Unsound("does not begin a ledger")
        elif header.lineage != self.lineage:
            raise Unsound(f"belongs to another ledger (lineage `{header.lineage}`)")
        elif header.key != self.key:
            raise Unsound(
                "is not encrypted, and the ledger is"
                if not header.key
                else f"is sealed with data key {header.key} in place of {self.key}"
            )
        begins = bool(segment.events) and isinstance(segment.events[0], ev.VolumeBegun)
        if begins != bool(self.sealed):
            raise Unsound(
                "begins another volume, and the one before it is not sealed"
                if begins
                else f"comes after the seal: the log goes on in volume {self.sealed}"
            )
        if self.moved_to and not isinstance(segment.events[0], ev.LedgerArrived):
            raise Unsound(f"comes after the ledger was moved to `{self.moved_to}`")
        if header.lease:
            if self.lease is None or (header.lease, header.epoch) != (self.lease.id, self.epoch):
                raise Unsound(f"was written under the lease `{header.lease}`, which had ended")
        elif not all(isinstance(event, ev.WITHOUT_LEASE) for event in segment.events):
            raise Unsound("holds events that need a lease, and names none")

    def apply(self, event: ev.Event, serial: Serial) -> None:
        """Fold one event; one that was folded before changes nothing. Raises Unsound."""
        if event.id in self.recent:
            return
        match event:  # the most frequent first
            case ev.IntentOpened(intent=intent):
                self.intents[intent.id] = intent
            case ev.ResourceWritten(resource=resource):
                self.resources[resource.address] = _replace(resource, serial=serial)
                self.tombstones.pop(resource.address, None)
            case ev.IntentClosed():
                self.intents.pop(event.intent, None)
            case ev.ResourceRemoved():
                self._resource_removed(event, serial)
            case ev.LeaseRenewed(term_s=term_s):
                if term_s is not None and self.lease is not None and self.lease.id == event.lease:
                    self.lease = _replace(self.lease, term_s=term_s)
            case ev.RunClosed(run=run):
                kept = self.runs.get(run.uid, ())
                if all(known.run != run.run for known in kept):
                    self.runs[run.uid] = _worth_keeping(kept, run)
            case ev.CheckpointWritten() | ev.LateResultAbsorbed():
                pass  # says something of an object, nothing of what is recorded
            case ev.LeaseTaken():
                self._lease_taken(event)
            case ev.LeaseReleased() | ev.LeaseBroken():
                if self.lease is not None and self.lease.id == event.lease:
                    self.lease = None
            case ev.PlanStarted(plan=plan):
                self.plans.setdefault(plan, PlanRecord(plan=plan, started=serial))
            case ev.PlanFinished(plan=plan):
                started = self.plans.get(plan) or PlanRecord(plan=plan, started=serial)
                self.plans[plan] = _replace(started, finished=serial, outcome=event.outcome)
            case ev.ResourcesRenamed(renames=renames):
                self._rename(renames, serial)
            case ev.OutputsWritten():
                self._outputs_written(event.outputs, serial)
            case ev.TargetWritten(target=target):
                self.targets[target.name] = target
            case ev.ClaimStoreSet():
                self.claims[event.uid] = event.store
            case ev.MoveWritten(move=move):
                self.moves[move.id] = move
            case ev.KeyRotated():
                self.key = event.key
            case ev.VolumeSealed():
                self.sealed = event.volume
                self.lease = None
            case ev.LedgerMoved(to=to):
                self.moved_to = to
                self.lease = None
            case ev.LedgerArrived():
                self.moved_to = ""
            case ev.VolumeBegun():
                self.volume, self.first, self.sealed = event.volume, serial, 0
            case ev.LedgerCreated():
                if serial != 1:
                    raise Unsound("begins the ledger a second time")
                self.lineage = event.lineage
                self.stack = event.stack
                self.environment = event.environment
            case _:
                assert_never(event)
        self.recent[event.id] = None
        if len(self.recent) > REMEMBERED_IDS:
            del self.recent[next(iter(self.recent))]

    def thaw(self) -> None:
        """Part from the snapshot that was given out, so that it stays as it is. `add` does this by itself."""
        if self._frozen is None:
            return
        self._frozen = None
        self.resources = dict(self.resources)
        self.tombstones = dict(self.tombstones)
        self.intents = dict(self.intents)
        self.plans = dict(self.plans)
        self.runs = dict(self.runs)
        self.targets = dict(self.targets)
        self.claims = dict(self.claims)
        self.moves = dict(self.moves)

    def _begin_at(self, begun: ev.VolumeBegun, header: Header) -> None:
        """Take over the state that a volume begins with, without what is before it."""
        base = begun.snapshot
        if (base.lineage, base.serial) != (header.lineage, header.serial - 1) or base.lease is not None:
            raise Unsound("does not begin a volume of this ledger")
        vars(self).update(vars(Folding.of(base)))
        self.hash = header.previous
        self.key = header.key
        self.recent = dict.fromkeys(begun.recent)
        self.sealed = begun.volume

    def _outputs_written(self, outputs: dict[str, Any], serial: Serial) -> None:
        before = self.outputs
        self.output_serials = {
            name: self.output_serials.get(name, 0) if name in before and before[name] == value else serial
            for name, value in outputs.items()
        }
        self.outputs = outputs

    def _lease_taken(self, event: ev.LeaseTaken) -> None:
        held = None if self.lease is None else self.lease.id
        if held not in (None, event.ends):
            raise Unsound(f"takes the lease although `{held}` held it")
        if event.lease.epoch != self.epoch + 1:
            raise Unsound(f"takes the lease for epoch {event.lease.epoch}, where {self.epoch + 1} comes next")
        self.lease = event.lease
        self.epoch = event.lease.epoch

    def _resource_removed(self, event: ev.ResourceRemoved, serial: Serial) -> None:
        recorded = self.resources.get(event.address)
        if recorded is not None and recorded.uid != event.uid:
            return
        self.resources.pop(event.address, None)
        self.tombstones[event.address] = Tombstone(uid=event.uid, serial=serial, how=event.how)

    def _rename(self, renames: dict[Address, Address], serial: Serial) -> None:
        problem = rename_problem(self.resources, renames)
        if problem:
            raise Unsound(problem)
        taken = set(renames.values())
        for prior in renames.keys() - taken:
            self.tombstones[prior] = Tombstone(uid=self.resources[prior].uid, serial=serial, how="renamed")
        for address in taken:
            self.tombstones.pop(address, None)
        self.resources = {
            renames.get(address, address): _renamed(resource, renames)
            for address, resource in self.resources.items()
        }
        for id_, intent in self.intents.items():
            if intent.address in renames:
                self.intents[id_] = _renamed_intent(intent, renames)


def rename_problem(recorded: Iterable[Address], renames: dict[Address, Address]) -> str:
    """Why these renames cannot be made of what is recorded; empty when they can."""
    addresses = set(recorded)
    missing = sorted(renames.keys() - addresses)
    if missing:
        return f"renames `{missing[0]}`, which is not recorded"
    taken = list(renames.values())
    if len(set(taken)) < len(taken):
        return "renames two resources to one address"
    dropped = sorted((set(taken) & addresses) - renames.keys())
    if dropped:
        return f"renames a resource to `{dropped[0]}`, which another one has"
    return ""


def _renamed(resource: ResourceState, renames: dict[Address, Address]) -> ResourceState:
    """The resource under its address, with what it refers to under theirs."""
    touched = (resource.address, resource.owned_by, *resource.dependencies)
    if not any(address in renames for address in touched):
        return resource
    return _replace(
        resource,
        address=renames.get(resource.address, resource.address),
        owned_by=None if (owner := resource.owned_by) is None else renames.get(owner, owner),
        dependencies=tuple(renames.get(d, d) for d in resource.dependencies),
        inputs=cast("dict[str, Any]", _renamed_references(resource.inputs, renames)),
        resolved=cast("dict[str, Any] | None", _renamed_references(resource.resolved, renames)),
    )


def _renamed_references(value: object, renames: dict[Address, Address]) -> object:
    """References anywhere in recorded inputs: `$ref`, `$published`, and a schedule's `after`.

    One with a `stack` is another stack's. The planner's `moves` does the same to what it compares.
    """
    if isinstance(value, dict):
        reference = value.get("$ref")
        if len(value) == 1 and isinstance(reference, list | tuple) and reference:
            return {"$ref": [renames.get(reference[0], reference[0]), *reference[1:]]}
        renamed = {key: _renamed_references(inner, renames) for key, inner in value.items()}
        published, after = value.get("$published"), value.get("after")
        if isinstance(published, list | tuple) and published and "stack" not in value:
            renamed["$published"] = [renames.get(published[0], published[0]), *published[1:]]
        if isinstance(after, str) and isinstance(value.get("uid"), dict):  # not what an engine was given
            renamed["after"] = renames.get(Address(after), Address(after))
        return renamed
    if isinstance(value, list | tuple):
        return [_renamed_references(inner, renames) for inner in value]
    return value


def _renamed_intent(intent: Intent, renames: dict[Address, Address]) -> Intent:
    address = renames[intent.address]
    planned = {**intent.planned, "address": address} if "address" in intent.planned else intent.planned
    return _replace(intent, address=address, planned=planned)


def _worth_keeping(kept: tuple[RunRecord, ...], run: RunRecord) -> tuple[RunRecord, ...]:
    """The last succeeded run that counts, the last one that counts of any status, and the last one at all, in order.

    Runs are absorbed in any order and by several commands at once, so that "last" goes by when they ended,
    and, where that is not known, by the order of absorption.
    """
    ordered = sorted((*kept, run), key=lambda r: r.ended_at) if run.ended_at else (*kept, run)
    counting = [r for r in ordered if r.counts]
    succeeded = [r for r in counting if r.status == "succeeded"]
    wanted = [*succeeded[-1:], *counting[-1:], *ordered[-1:]]
    return tuple(r for r in ordered if any(r is w for w in wanted))
