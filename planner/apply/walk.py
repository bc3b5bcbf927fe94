"""Walk a plan's steps: ready steps run in parallel, intents are durable before calls, results right after.

One thread decides and records; workers only call providers. Each turn appends one segment that holds the results
that have come in and the intents of the steps that they made ready, so that the number of durable writes goes with
the depth of the graph and not with its size.
"""

import contextlib
import functools
import graphlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import msgspec

from unknot.planner.apply.execution import Answer, Call, execute
from unknot.planner.apply.known import Known
from unknot.planner.apply.recording import (
    dependents_of,
    inputs_hash,
    instance_for,
    is_same,
    merged,
    next_generation,
    recorded_inputs,
    removed,
    state_after,
    token_of,
    touches_world,
    without,
    without_ignored,
)
from unknot.planner.apply.report import Outcome, Progress, StepEnded, StepProgressed, StepReport, StepStarted
from unknot.planner.apply.settling import closed, written
from unknot.planner.apply.validation import Resumption, changed_verb, refusal
from unknot.planner.code import function_of
from unknot.planner.conditions import ConditionFailed, rules_for
from unknot.planner.moving.phases import Phases
from unknot.planner.order import Step, steps
from unknot.planner.plan import Action, Change, Plan, PlannedMove
from unknot.planner.services import Services
from unknot.planner.values import MASK, MissingOutput, resolve
from unknot.providers.base import BundleSource, Mark
from unknot.stacks.address import Address
from unknot.stacks.definition import WORKFLOW_TYPE
from unknot.stacks.errors import LeaseLost, LedgerError
from unknot.state.events import Event, IntentOpened, event_id
from unknot.state.snapshot import Instance, Intent, ResourceState, Snapshot, Tombstone

INTENTS_AHEAD = 512
"""Most intents opened ahead of a free worker: an interrupted apply leaves no more than these to be settled."""


class Recorder(Protocol):
    """The ledger's side of apply: only a held lease gives one out."""

    def append(self, events: list[Event]) -> int:
        """Durable when it returns; the serial. Raises LeaseLost when this writer must stop, after it has put
        results where the next holder finds them (rule A2)."""
        ...

    def check(self, timeout_s: float) -> None:
        """Raise LeaseLost unless the lease outlasts a call of `timeout_s` (rule A1)."""
        ...


class Walk:
    """One walk over one plan. Made for one use."""

    def __init__(
        self,
        plan: Plan,
        snapshot: Snapshot,
        recorder: Recorder,
        services: Services,
        *,
        parallelism: int,
        stop: threading.Event,
        bundles: BundleSource | None,
        progress: Progress | None,
        known: Known,
        held_back: frozenset[Address] = frozenset(),
        adopted: frozenset[Address] = frozenset(),
        base: Snapshot | None = None,
        resumes: Resumption | None = None,
        load: Callable[[str, str], Callable[..., object]] = function_of,
    ) -> None:
        """`base` is what was recorded before this apply wrote anything: what changes are validated against.

        `held_back` may not be touched; of `adopted` it turned out that an interrupted apply had made them.
        """
        self.plan = plan
        self.recorded: dict[Address, ResourceState] = dict(snapshot.resources)
        self.serial = snapshot.serial
        self._snapshot = snapshot
        self._recorder = recorder
        self._services = services
        self._known = known
        self._vaults = known.vaults
        self._parallelism = max(1, parallelism)
        self._stop = stop
        self._bundles = bundles
        self._progress = progress
        self._held_back = held_back
        self._adopted = adopted
        self._resumes = resumes
        self._load = load
        self._changes = {change.address: change for change in plan.changes}
        self._base = snapshot if base is None else base
        self._ours: set[Address] = set()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._reports: dict[Address, StepReport] = {}
        self._lost: LeaseLost | None = None
        if plan.changes or plan.output_values:
            known.outputs.update((a, s.outputs) for a, s in self.recorded.items())
        self._dependents = dependents_of(snapshot) if plan.destroys else {}
        self._graph = steps(self._changes.values(), snapshot.resources)
        self._phases = Phases(plan, snapshot.moves, services, bundles, stop.is_set)

    def run(self) -> tuple[StepReport, ...]:
        """Do every step that can be done. Raises LeaseLost after everything in flight has been kept."""
        sorter: graphlib.TopologicalSorter[Step] = graphlib.TopologicalSorter(self._graph)
        sorter.prepare()
        waiting: list[Step] = []
        in_flight = 0
        with ThreadPoolExecutor(self._parallelism, thread_name_prefix="apply") as pool:
            events: list[Event] = []
            while sorter.is_active() or in_flight:
                waiting.extend(sorter.get_ready())
                calls: list[Call] = []
                while waiting and in_flight + len(calls) < INTENTS_AHEAD:
                    step = waiting.pop()
                    call = self._begin(step, events)
                    if call is None:
                        sorter.done(step)
                        if not waiting:
                            waiting.extend(sorter.get_ready())
                    else:
                        calls.append(call)
                self._append(events)
                for call in calls:
                    pool.submit(self._work, call)
                in_flight += len(calls)
                if in_flight:
                    for answer in self._collect():
                        in_flight -= 1
                        self._end(answer, events)
                        sorter.done(answer.call.step)
            self._append(events)
        if self._lost is not None:
            raise self._lost
        return tuple(self._reports[c.address] for c in self.plan.changes if c.address in self._reports)

    def _collect(self) -> list[Answer]:
        """At least one answer; all that are there."""
        answers = [self._answers.get()]
        with contextlib.suppress(queue.Empty):
            while True:
                answers.append(self._answers.get_nowait())
        return answers

    def _work(self, call: Call) -> None:
        self._answers.put(execute(call, self._services, self._recorder.check, self._stop.is_set))

    def _append(self, events: list[Event]) -> None:
        """Make events durable; a writer that is cut off keeps them aside and starts nothing more (rule A2)."""
        if not events:
            return
        batch = list(events)
        events.clear()
        try:
            self.serial = self._recorder.append(batch)
        except LeaseLost as lost:
            self._lost = lost
            self._stop.set()

    def _begin(self, step: Step, events: list[Event]) -> Call | None:
        """Validate a step and open its intent; None when no call is needed or allowed."""
        change = self._changes[step.address]
        if self._stop.is_set():
            self._report(change, "not-started", "interrupted")
            return None
        if (blocking := self._blocking(step, change)) is not None:
            self._report(change, "skipped", f"because of {blocking}")
            return None
        if self._done_before(step, change):
            self._ours.add(change.address)
            self._report(change, "done", "done before the interruption")
            return None
        if step.address not in self._reports and not self._is_second(step, change):
            if refused := self._refusal(change):
                self._report(change, "refused", refused)
                return None
            if self._progress is not None:
                self._progress(StepStarted(change.address, change.action))
        if change.action is Action.FORGET:
            self._forget(change, events)
            return None
        if change.move is not None:
            return self._begin_phase(step, change, change.move, events)
        return self._prepare(step, change, events)

    def _refusal(self, change: Change) -> str:
        if change.address in self._held_back:
            return "an object may exist that an interrupted apply made; see the diagnostics"
        return refusal(
            change,
            self._base.resources,
            self._base.tombstones,
            lambda address: self._is_ours(address) or (address == change.address and self._was_made(change)),
            self._known.other_stack,
            self._dependents,
        )

    def _is_ours(self, address: Address) -> bool:
        """Written by this apply, or by it before it was interrupted."""
        if address in self._ours:
            return True
        if self._resumes is None:
            return False
        recorded: ResourceState | Tombstone | None = self._base.resources.get(address)
        recorded = recorded or self._base.tombstones.get(address)
        return recorded is not None and self._resumes.wrote(recorded.serial)

    def _was_made(self, change: Change) -> bool:
        """By an interrupted apply, as was found out under this lease, and not merely to be taken away."""
        return change.address in self._adopted and change.action not in (Action.DELETE, Action.FORGET)

    def _prepare(self, step: Step, change: Change, events: list[Event]) -> Call | None:
        state = self.recorded.get(change.address)
        adopted = change.address in self._adopted and state is not None and state.current is not None
        if adopted and self._finish_adopted(step, change, state):
            return None
        instance = instance_for(state, step, change)
        if step.part == "delete":
            if instance is None:
                if (
                    change.action is Action.DELETE
                ):  # a record without an object: its replacement was interrupted
                    events.append(removed(change, "deleted"))
                    self.recorded.pop(change.address, None)
                    self._ours.add(change.address)
                    self._report(change, "done")
                return None
            return self._call(step, change, change.inputs, instance, instance.generation, None, events)
        generation = next_generation(change, state)
        try:
            resolved = (
                change.inputs if change.resolved is None else resolve(change.inputs, self._known.lookup)
            )
            rules = rules_for(self.plan.conditions, change, "before")
            self._known.require(rules, resolved, {}, self._load)
            resolved = without_ignored(change, resolved)
            resolved = self._known.ours(change, generation, resolved)
            verb = changed_verb(change, resolved, self._vaults)
            touches = touches_world(change, resolved, self._vaults)
        except (MissingOutput, ConditionFailed, LedgerError) as problem:
            detail = getattr(problem, "detail", "")
            text = str(problem.args[0]) + (f" ({detail})" if detail else "")
            self._report(change, "failed", text)
            return None
        if verb:
            self._report(change, "refused", verb)
            return None
        if change.action is Action.UPDATE and instance is None:
            self._report(change, "refused", "its object is gone; plan again")
            return None
        if change.action is Action.UPDATE and not touches:
            state = state_after(change, resolved, state, instance, {} if state is None else state.outputs)
            self._write(change, state, events)
            self._report(change, "done")
            return None
        return self._call(step, change, resolved, instance, generation, state, events)

    def _begin_phase(self, step: Step, change: Change, move: PlannedMove, events: list[Event]) -> Call | None:
        """Open the intent of a phase of a move; None for one that was done before."""
        if self._phases.is_done(step, move):
            self._ours.add(change.address)
            self._report(change, "done")
            return None
        state = self.recorded.get(change.address)
        try:
            resolved = (
                change.inputs if change.resolved is None else resolve(change.inputs, self._known.lookup)
            )
            self._known.require(rules_for(self.plan.conditions, change, "before"), resolved, {}, self._load)
        except (MissingOutput, ConditionFailed) as problem:
            self._report(change, "failed", str(problem.args[0]))
            return None
        events.extend(self._phases.begin(change, move))
        instance = None if state is None else state.current
        call = self._call(step, change, resolved, instance, move.generation, state, events)
        tell = functools.partial(self._tell, change.address)
        return msgspec.structs.replace(
            call, move=self._phases.request(step, change, resolved, call.token, tell)
        )

    def _phase_ended(self, answer: Answer, move: PlannedMove, events: list[Event]) -> None:
        """Record a phase; with the cutover, that the resource is at its new target."""
        call, change = answer.call, answer.call.change
        left, said = self._phases.end(call.step, change, move, answer.found, self.recorded[change.address])
        problem = ""
        if left is not None:
            made = Instance(answer.id, change.target, change.provider, call.generation)
            state = state_after(change, call.inputs, left, made, answer.outputs, call.macs)
            self._write(change, state, events)
            problem = self._postcondition(change, call, answer)
        events.extend(said)
        self._ours.add(change.address)
        self._report(change, "failed" if problem else "done", problem, answer.elapsed_s)

    def _call(
        self,
        step: Step,
        change: Change,
        resolved: dict[str, Any],
        instance: Instance | None,
        generation: int,
        state: ResourceState | None,
        events: list[Event],
    ) -> Call:
        lineage = self.plan.lineage
        target = instance.target if instance is not None and step.part == "delete" else change.target
        token = token_of(lineage, change.uid, generation)
        deleting = step.part == "delete"
        sensitive = dict.fromkeys(change.sensitive_outputs, MASK)
        macs: dict[str, str] = {}
        if not deleting and change.type != WORKFLOW_TYPE:  # whose runs read their secrets themselves
            # Read before the call reads them: if a secret is changed in between, the next plan sends it again.
            macs = self._vaults.macs(change.uid, resolved)
        planned = None if deleting else state_after(change, resolved, state, None, sensitive, macs)
        intent = Intent(
            id=event_id(),
            address=change.address,
            uid=change.uid,
            # The half of a replacement that deletes goes by the replacement's name: the record stays.
            action="create" if change.action.creates and not deleting else change.action.value,
            provider=instance.provider if deleting and instance is not None else change.provider,
            target=target,
            type=change.type,
            token=token,
            generation=generation,
            inputs_hash=inputs_hash(resolved),
            timeout_s=change.timeout_s,
            resolve_by=change.resolve_by,
            instance_id=change.import_id or (instance.id if instance is not None else ""),
            planned={} if planned is None else msgspec.to_builtins(planned),
        )
        events.append(IntentOpened(intent=intent))
        return Call(
            step=step,
            change=change,
            intent=intent.id,
            context=self._services.context(lineage, self.plan.targets, target),
            inputs=resolved,
            token=token,
            mark=Mark(lineage, change.uid),
            generation=generation,
            instance=instance,
            macs=macs,
            vaults=self._vaults,
            prior_outputs={} if state is None else state.outputs,
            bundles=self._bundles,
            progress=functools.partial(self._tell, change.address),
            expected_live=change.reads.live if change.address not in self._ours else "",
        )

    def _tell(self, address: Address, text: str) -> None:
        if self._progress is not None:
            self._progress(StepProgressed(address, text))

    def _end(self, answer: Answer, events: list[Event]) -> None:
        """Record what a call gave."""
        call, change = answer.call, answer.call.change
        if answer.outcome in ("not-started", "refused"):
            outcome: Outcome = "not-started" if answer.outcome == "not-started" else "refused"
            events.append(closed(call.intent, "abandoned"))
            self._report(change, outcome, answer.error)
            return
        if answer.outcome == "failed" and not answer.adopted:
            if call.step.part == "delete" or not change.action.creates or answer.surely_absent:
                events.append(closed(call.intent, "failed", answer.error))
            self._report(change, "failed", answer.error, answer.elapsed_s)
            return
        state = self.recorded.get(change.address)
        events.append(closed(call.intent, "adopted" if answer.adopted else "done", answer.error))
        if change.move is not None:
            self._phase_ended(answer, change.move, events)
            return
        if call.step.part == "delete":
            assert call.instance is not None
            self._take_away(change, call.instance, events)
            left = self.recorded.get(change.address)
            if change.action is Action.DELETE and left is not None:
                others = ", ".join(f"`{i.id}`" for i in left.instances)
                self._report(change, "failed", f"{others} of an interrupted replacement is left; apply again")
                return
        else:
            made = Instance(answer.id, change.target, change.provider, call.generation)
            outputs = merged(change, state, answer.outputs)
            state = state_after(change, call.inputs, state, made, outputs, call.macs)
            self._write(change, state, events)
        problem = answer.error or self._postcondition(change, call, answer)
        self._report(change, "failed" if problem else "done", problem, answer.elapsed_s)

    def _postcondition(self, change: Change, call: Call, answer: Answer) -> str:
        if call.step.part == "delete":
            return ""
        try:
            rules = rules_for(self.plan.conditions, change, "after")
            self._known.require(rules, call.inputs, answer.outputs, self._load)
        except ConditionFailed as failed:
            return f"{failed.summary} ({failed.detail})"
        return ""

    def _take_away(self, change: Change, instance: Instance, events: list[Event]) -> None:
        """Record that one object of an address is gone."""
        state = self.recorded.get(change.address)
        if state is None:
            return
        left = without(state, instance)
        if left.instances or change.action is not Action.DELETE:
            self._write(change, left, events)
        else:
            events.append(removed(change, "deleted"))
            self.recorded.pop(change.address, None)
            self._ours.add(change.address)

    def _forget(self, change: Change, events: list[Event]) -> None:
        events.append(removed(change, "forgotten"))
        self.recorded.pop(change.address, None)
        self._ours.add(change.address)
        self._report(change, "done")

    def _write(self, change: Change, state: ResourceState, events: list[Event]) -> None:
        events.append(written(state, change.action.value))
        self.recorded[change.address] = state
        self._known.outputs[change.address] = state.outputs
        self._ours.add(change.address)

    def _blocking(self, step: Step, change: Change) -> str | None:
        """The first failure that this step waits on, by name; None when it may go on."""
        own = self._reports.get(change.address)
        if own is not None and own.outcome == "skipped":
            return own.detail.removeprefix("because of ")
        if own is not None and own.outcome != "done":
            return f"`{change.address}`"
        for other in dict.fromkeys(waited.address for waited in self._graph[step]):
            report = self._reports.get(other)
            if report is not None and report.outcome != "done":
                return (
                    report.detail.removeprefix("because of ") if report.outcome == "skipped" else f"`{other}`"
                )
        return None

    def _is_second(self, step: Step, change: Change) -> bool:
        """The second half of a replacement: validated with the first."""
        if change.action is Action.DELETE_THEN_CREATE:
            return step.part == "make"
        if change.move is not None:
            return step.part != change.move.phases[0]
        return change.action is Action.CREATE_THEN_DELETE and step.part == "delete"

    def _done_before(self, step: Step, change: Change) -> bool:
        """When resuming: whether the interrupted apply had done this already."""
        if self._resumes is None or change.move is not None:
            return False
        state = self.recorded.get(change.address)
        if change.action in (Action.DELETE, Action.FORGET):
            return state is None and self._is_ours(change.address)
        if state is None or state.uid != change.uid or not self._is_ours(change.address):
            return False
        prior = None if change.prior is None else change.prior.current
        replaced = prior is None or not any(is_same(i, prior) for i in state.instances)
        if step.part == "delete":
            return replaced
        if state.current is None or self._vaults.differ(state.inputs, recorded_inputs(change)):
            return False
        return not change.action.creates or prior is None or not is_same(state.current, prior)

    def _finish_adopted(self, step: Step, change: Change, state: ResourceState | None) -> bool:
        """Whether nothing is left to do for a step, since an interrupted apply had made the object."""
        if change.action in (Action.DELETE, Action.FORGET) or state is None:
            return False
        if step.part == "delete" and change.action is Action.CREATE_THEN_DELETE:
            return False
        if change.action is not Action.DELETE_THEN_CREATE:
            with contextlib.suppress(MissingOutput):
                wanted = (
                    change.inputs if change.resolved is None else resolve(change.inputs, self._known.lookup)
                )
                if state.resolved_inputs.keys() == wanted.keys() and not any(
                    self._vaults.differ(state.resolved_inputs[name], wanted[name]) for name in wanted
                ):
                    self._ours.add(change.address)
                    self._report(change, "done", "made by the apply that was interrupted")
                    return True
        self._report(change, "refused", "an interrupted apply made it with other inputs; plan again")
        return True

    def _report(self, change: Change, outcome: Outcome, detail: str = "", elapsed_s: float = 0.0) -> None:
        earlier = self._reports.get(change.address)
        if earlier is not None:
            elapsed_s += earlier.elapsed_s
            if earlier.outcome not in ("done", outcome):
                return
        report = StepReport(change.address, change.action.value, outcome, detail, elapsed_s)
        self._reports[change.address] = report
        if self._progress is not None and (outcome != "done" or not self._half_done(change)):
            self._progress(StepEnded(report, len(self._reports), len(self._changes)))

    def _half_done(self, change: Change) -> bool:
        state = self.recorded.get(change.address)
        if change.action is Action.DELETE_THEN_CREATE:
            return state is None or state.current is None
        if change.action is Action.CREATE_THEN_DELETE:
            return state is not None and any(i.role == "deposed" for i in state.instances)
        if change.move is not None:
            return not self._phases.is_over(change)
        return False
