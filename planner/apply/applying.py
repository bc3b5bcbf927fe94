"""From a plan and a ledger to a report: what surrounds the walk.

Never imports the user's stack: the plan and its bundles are all there is (rule P1).
"""

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import msgspec

from unknot.planner.apply.known import Known
from unknot.planner.apply.merging import as_of_now
from unknot.planner.apply.recording import inputs_hash, token_of, without
from unknot.planner.apply.report import ApplyReport, Progress
from unknot.planner.apply.settling import closed, settle, written
from unknot.planner.apply.validation import Resumption
from unknot.planner.apply.walk import Walk
from unknot.planner.code import Load, from_bundle, function_of
from unknot.planner.fields import shown
from unknot.planner.moving.aftermath import Aftermath
from unknot.planner.moving.redefined import on
from unknot.planner.outputs import is_to_be_sealed
from unknot.planner.plan import Plan
from unknot.planner.policy import judge
from unknot.planner.renames import apply_renames
from unknot.planner.running import RunProgressed, RunReport, run_workflows
from unknot.planner.sealing import rebound
from unknot.planner.secrecy import Vaults, redact
from unknot.planner.services import Services
from unknot.planner.values import MissingOutput, resolve
from unknot.providers.base import BundleSource, DeleteRequest, Mark
from unknot.stacks.address import Address
from unknot.stacks.diagnostic import Diagnostic
from unknot.stacks.errors import LedgerError, PlanRefused, PlanUnreadable, UnknotError
from unknot.state.events import (
    Event,
    IntentOpened,
    OutputsWritten,
    PlanFinished,
    PlanStarted,
    ResourceRemoved,
    ResourcesRenamed,
    ResourceWritten,
    TargetWritten,
    event_id,
)
from unknot.state.ledger import HeldLease, Ledger
from unknot.state.ledger.fold import rename_problem
from unknot.state.ledger.vault import STACK
from unknot.state.snapshot import Instance, Intent, ResourceState, Snapshot


class ApplyOptions(msgspec.Struct, frozen=True):
    """What the user asked of applying."""

    parallelism: int = 10
    """Most provider calls at once."""
    resume: bool = False
    """Go on with a plan that was started and not finished."""
    lease_wait_s: float = 0.0
    """How long to wait for somebody else's lease."""
    lease_term_s: float = 30.0
    runs: bool = True
    """Run what the plan says must run."""


def apply(
    plan: Plan,
    plan_hash: str,
    ledger: Ledger,
    services: Services,
    *,
    options: ApplyOptions | None = None,
    bundles: BundleSource | None = None,
    stop: threading.Event | None = None,
    progress: Progress | None = None,
    run_progress: Callable[[RunProgressed], None] | None = None,
) -> ApplyReport:
    """Do exactly what the plan says. Setting `stop` finishes what is in flight, records it, and ends.

    Raises PlanRefused when the plan as a whole must not be applied, LeaseHeld when somebody else is applying,
    LeaseLost when this apply was cut off (what it had in flight is kept for the next one).
    """
    options = options or ApplyOptions()
    started = time.monotonic()
    stop = stop or threading.Event()
    _must_be_applicable(plan)
    if plan.first:
        ledger.create(plan.lineage, plan.stack, plan.environment)
    with (
        _code_of(plan, bundles) as load,
        ledger.take_lease(
            operation=f"apply {plan_hash[:12]}", term_s=options.lease_term_s, wait_s=options.lease_wait_s
        ) as lease,
    ):
        vaults = Vaults(ledger.vault())
        plan = rebound(plan, vaults)
        applying = _Applying(plan, plan_hash, lease, services, options, bundles, stop, progress, load, vaults)
        report = applying.run()
    runs: tuple[RunReport, ...] = ()
    if options.runs and plan.runs and not stop.is_set():
        blocked = {step.address for step in report.steps if step.outcome != "done"}
        runs = run_workflows(plan.runs, ledger, services, blocked=blocked, stop=stop, progress=run_progress)
    return msgspec.structs.replace(
        report, runs=runs, interrupted=stop.is_set(), elapsed_s=time.monotonic() - started
    )


def _code_of(plan: Plan, bundles: BundleSource | None) -> AbstractContextManager[Load]:
    """Where policies and conditions come from: the plan's own bundle. Raises PlanUnreadable without it."""
    if not plan.code:
        return nullcontext(function_of)
    if bundles is None:
        raise PlanUnreadable("the packed code of the plan's policies and conditions is not at hand")
    return from_bundle(bundles.read(plan.code))


def _must_be_applicable(plan: Plan) -> None:
    if plan.can_apply:
        return
    failed = [r for r in plan.policy_results if not r.passed and r.level == "mandatory" and not r.overridden]
    if failed:
        raise PlanRefused(
            f"the policy `{failed[0].policy}` does not allow this plan",
            detail=f"{failed[0].message}. It is mandatory; `--override {failed[0].policy}=REASON` is recorded.",
        )
    errors = [d for d in plan.diagnostics if d.is_error]
    raise PlanRefused("the plan has errors and cannot be applied", detail=errors[0].summary)


class _Applying:
    def __init__(
        self,
        plan: Plan,
        plan_hash: str,
        lease: HeldLease,
        services: Services,
        options: ApplyOptions,
        bundles: BundleSource | None,
        stop: threading.Event,
        progress: Progress | None,
        load: Load,
        vaults: Vaults,
    ) -> None:
        self.plan = plan
        self.plan_hash = plan_hash
        self.lease = lease
        self.services = services
        self.options = options
        self.bundles = bundles
        self.stop = stop
        self.progress = progress
        self.load = load
        self.vaults = vaults
        self.known = Known(services, vaults)
        self.diagnostics: list[Diagnostic] = [*lease.diagnostics]

    def append(self, events: Iterable[Event]) -> int:
        """See `Recorder`."""
        return self.lease.writer.append(tuple(events))

    def check(self, timeout_s: float) -> None:
        """See `Recorder`."""
        self.lease.check(timeout_s)

    def run(self) -> ApplyReport:
        snapshot = self.lease.writer.snapshot()
        resumes = self._admit(snapshot)
        base = snapshot if resumes is not None else self._renamed(snapshot)
        self._judge_again(base)
        settled = settle(snapshot, self.services, self.vaults)
        self.diagnostics.extend(settled.diagnostics)
        begun: list[Event] = [*settled.events]
        if resumes is None:
            overrides = tuple(f"{r.policy}: {r.overridden}" for r in self.plan.policy_results if r.overridden)
            begun.append(PlanStarted(plan=self.plan_hash, operation="apply", overrides=overrides))
        begun.extend(
            TargetWritten(target=target)
            for name, target in self.plan.targets.items()
            if snapshot.targets.get(name) != target
        )
        begun.extend(
            written(on(state, name), "retarget")
            for address, name in self.plan.retargeted.items()
            if (state := base.resources.get(address)) is not None and state.target == name.partition("@")[0]
        )
        if self.plan.renames and resumes is None:
            begun.append(ResourcesRenamed(renames=self.plan.renames))
        begun.extend(self._accepted_drift(base, settled.touched))
        if begun:
            self.append(begun)
        self._delete_deposed(self.lease.writer.snapshot())
        aftermath = Aftermath(self.plan, self.services, self.append, self.check, self.stop.is_set)
        aftermath.run(self.lease.writer.snapshot)
        self.diagnostics.extend(aftermath.diagnostics)
        walk = Walk(
            self.plan,
            self.lease.writer.snapshot(),
            self,
            self.services,
            parallelism=self.options.parallelism,
            stop=self.stop,
            bundles=self.bundles,
            progress=self.progress,
            known=self.known,
            held_back=settled.open,
            adopted=settled.adopted | self._absorbed(),
            base=base,
            resumes=resumes,
            load=self.load,
        )
        steps = walk.run()
        outputs = self._outputs(snapshot)
        finished: list[Event] = (
            [OutputsWritten(outputs=outputs)] if self._outputs_changed(snapshot, outputs) else []
        )
        succeeded = all(step.outcome == "done" for step in steps)
        if not self.stop.is_set():
            finished.append(PlanFinished(plan=self.plan_hash, outcome="succeeded" if succeeded else "failed"))
        serial = self.append(finished) if finished else walk.serial
        return ApplyReport(
            stack=self.plan.stack,
            environment=self.plan.environment,
            serial=serial,
            steps=steps,
            outputs=shown(outputs),
            diagnostics=tuple(self.diagnostics),
        )

    def _admit(self, snapshot: Snapshot) -> Resumption | None:
        """Refuse a plan of another ledger or one that was applied; what it wrote if it was started before."""
        if snapshot.lineage != self.plan.lineage:
            raise PlanRefused(
                "the plan was made for another ledger",
                detail=f"Its lineage is `{self.plan.lineage}`, this ledger's is `{snapshot.lineage}`. Plan again.",
            )
        record = snapshot.plans.get(self.plan_hash)
        if record is None:
            return None
        if record.finished is not None:
            raise PlanRefused(
                f"the plan was applied before, at serial {record.finished}, and {record.outcome}",
                detail="A plan is applied once. Plan again.",
            )
        if not self.options.resume:
            raise PlanRefused(
                f"the plan was started at serial {record.started} and not finished",
                detail="Go on with `unknot apply PLAN --resume`, or plan again.",
            )
        later = [other.started for other in snapshot.plans.values() if other.started > record.started]
        return Resumption(record.started, min(later, default=None))

    def _renamed(self, snapshot: Snapshot) -> Snapshot:
        """What is recorded, under the names that the plan gives. Raises PlanRefused when they do not fit it."""
        renames = self.plan.renames
        if not renames:
            return snapshot
        if problem := rename_problem(snapshot.resources, renames):
            raise PlanRefused(f"the plan {problem}", detail="That changed after it was made. Plan again.")
        return msgspec.structs.replace(snapshot, resources=apply_renames(snapshot.resources, renames))

    def _judge_again(self, base: Snapshot) -> None:
        """Policies see the plan once more, over what is recorded and known now (rule A4)."""
        if not self.plan.policies:
            return
        overridden = {r.policy: r.overridden for r in self.plan.policy_results if r.overridden}
        now = as_of_now(self.plan, base, self.known.other_stack, self.vaults)
        results = judge(now, overridden, self.load)
        _must_be_applicable(msgspec.structs.replace(now, policy_results=results))

    def _accepted_drift(self, snapshot: Snapshot, settled: frozenset[Address]) -> Iterable[Event]:
        """Outputs that are different in the world are recorded; with `--refresh-only`, inputs and losses too."""
        for drift in self.plan.drift:
            state = snapshot.resources.get(drift.address)
            if (
                state is None
                or drift.address in settled
                or drift.version is None
                or (state.uid, state.serial) != (drift.version.uid, drift.version.serial)
            ):
                continue
            if self.plan.mode == "refresh-only":
                if drift.refreshed is not None:
                    yield written(drift.refreshed, "refresh")
                elif drift.gone:
                    yield ResourceRemoved(address=state.address, uid=state.uid, how="deleted")
            elif drift.refreshed is not None and drift.refreshed.outputs != state.outputs:
                yield written(msgspec.structs.replace(state, outputs=drift.refreshed.outputs), "refresh")

    def _absorbed(self) -> frozenset[Address]:
        """Addresses whose results were taken in from a writer that had been cut off (rule A2)."""
        return frozenset(
            event.resource.address
            for late in self.lease.absorbed
            if late.absorbed
            for event in late.events
            if isinstance(event, ResourceWritten)
        )

    def _delete_deposed(self, snapshot: Snapshot) -> None:
        """Delete what interrupted replacements left over."""
        for address in self.plan.deposed:
            state = snapshot.resources.get(address)
            for instance in () if state is None else state.instances:
                if state is not None and instance.role == "deposed" and not self.stop.is_set():
                    state = self._delete_one(state, instance)

    def _delete_one(self, state: ResourceState, instance: Instance) -> ResourceState:
        """Delete one object that a resource no longer needs; what is recorded of the resource then."""
        lineage, address = self.plan.lineage, state.address
        secrets: list[str] = []
        inputs = self.vaults.clear(state.resolved_inputs, secrets)
        intent = Intent(
            id=event_id(),
            address=address,
            uid=state.uid,
            action="delete-deposed",
            provider=instance.provider,
            target=instance.target,
            type=state.type,
            token=token_of(lineage, state.uid, instance.generation),
            generation=instance.generation,
            inputs_hash=inputs_hash(state.resolved_inputs),
            timeout_s=state.timeout_s,
            resolve_by="mark",
            instance_id=instance.id,
        )
        self.append([IntentOpened(intent=intent)])
        self.check(state.timeout_s)
        request = DeleteRequest(
            self.services.context(lineage, self.plan.targets, instance.target),
            address,
            state.type,
            instance.id,
            inputs,
            self.vaults.clear(state.outputs, secrets),
            Mark(lineage, state.uid),
            state.timeout_s,
        )
        try:
            self.services.provider(instance.provider).delete(request)
        except UnknotError as problem:
            summary = redact(problem.summary, secrets)
            self.append([closed(intent.id, "failed", summary)])
            self.diagnostics.append(
                Diagnostic.warning(
                    f"the replaced object `{instance.id}` of `{address}` could not be deleted",
                    detail=f"{summary}. The next apply tries again.",
                    address=address,
                )
            )
            return state
        left = without(state, instance)
        self.append([closed(intent.id, "done"), written(left, "delete")])
        return left

    def _outputs(self, snapshot: Snapshot) -> dict[str, Any]:
        outputs: dict[str, Any] = {}
        seal = self.vaults.sealing(STACK, 0, snapshot.outputs)
        for name, value in self.plan.output_values.items():
            try:
                found = resolve(value, self.known.lookup)
                sealed = is_to_be_sealed(found, sensitive=name in self.plan.sensitive_outputs)
                outputs[name] = seal(name, self.vaults.opened(found)) if sealed else found
            except (MissingOutput, LedgerError) as missing:
                self.diagnostics.append(Diagnostic.warning(f"output `{name}`: {missing.args[0]}"))
        return outputs

    def _outputs_changed(self, snapshot: Snapshot, outputs: dict[str, Any]) -> bool:
        return outputs != snapshot.outputs and self.plan.mode != "refresh-only"
