"""Which workflows must run again after apply, which of their tasks, and why (D7)."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from unknot.planner.order import sort
from unknot.planner.plan import Change, PlannedRun, PlannedTask
from unknot.stacks.address import Address
from unknot.stacks.definition import PUBLISHED, REF, WORKFLOW_TYPE, Desired
from unknot.stacks.graph import RunTime, TaskSpec, WorkflowGraph, WorkflowInput, leaves
from unknot.state.snapshot import ResourceState, RunRecord, Snapshot


def planned_runs(
    desired: Mapping[Address, Desired],
    changes: Mapping[Address, Change],
    prior: Mapping[Address, ResourceState],
    snapshot: Snapshot,
    *,
    targets: frozenset[Address] = frozenset(),
    exclude: frozenset[Address] = frozenset(),
) -> tuple[PlannedRun, ...]:
    """Runs in an order in which each comes after the runs whose outputs it reads."""
    workflows = {address: d for address, d in desired.items() if d.info.type == WORKFLOW_TYPE}
    planned: dict[Address, PlannedRun] = {}
    for address in _upstream_first(workflows):
        wanted = workflows[address]
        if not wanted.inputs.get("run_on_apply", True) or address in exclude:
            continue
        if targets and address not in targets and address not in changes:
            continue
        change, state = changes.get(address), prior.get(address)
        if change is None and state is None:
            continue  # its own change was left out by --target or --exclude
        uid = change.uid if change is not None else prior[address].uid
        run = _planned(wanted, state, uid, snapshot.runs.get(uid, ()), changes, planned)
        if run is not None:
            planned[address] = run
    return tuple(planned.values())


def graph_of(inputs: Mapping[str, Any]) -> WorkflowGraph:
    """The workflow in the inputs of a deployment."""
    return msgspec.convert(inputs["graph"], WorkflowGraph)


def _planned(
    wanted: Desired,
    state: ResourceState | None,
    uid: Any,
    runs: tuple[RunRecord, ...],
    changes: Mapping[Address, Change],
    planned: Mapping[Address, PlannedRun],
) -> PlannedRun | None:
    graph = graph_of(wanted.inputs)
    runs = tuple(run for run in runs if run.counts)
    last = next((run for run in runs if run.status == "succeeded"), None)
    latest = max(runs, key=lambda run: run.ended_at, default=None)
    moved = dict(_changed_inputs(wanted, changes, planned))
    after = tuple(d for d in wanted.dependencies if d in planned or d in changes)
    if last is None:
        failed = f"its last run {latest.status}" if latest is not None else "it has never run"
        tasks = _tasks(graph, {}, {}, moved)
        return PlannedRun(wanted.address, uid, failed, tasks, after, wanted.owner)
    reasons = []
    if last.fingerprint != wanted.inputs["fingerprint"]:
        deployed = None if state is None else state.inputs.get("fingerprint")
        is_deployed = deployed == wanted.inputs["fingerprint"]
        reasons.append(
            "its last run had other parameters or code" if is_deployed else "its behaviour changed"
        )
    reasons.extend(f"`{name}`: {why}" for name, why in moved.items())
    if not reasons and latest is not None and latest.status in ("failed", "lost", "cancelled"):
        reasons.append(f"its last run {latest.status}")
    if not reasons:
        return None
    calls = {} if state is None else {task.id: task for task in graph_of(state.inputs).tasks}
    tasks = _tasks(graph, last.ops, calls, moved)
    return PlannedRun(wanted.address, uid, "; ".join(reasons), tasks, after, wanted.owner)


def _tasks(
    graph: WorkflowGraph,
    ran: Mapping[str, str],
    calls: Mapping[str, TaskSpec],
    moved: Mapping[str, str],
) -> tuple[PlannedTask, ...]:
    """For each task whether it runs, and why.

    By op digests and by `calls`, the tasks as they were deployed before: nothing is promised about unequal data.
    """
    found: dict[str, PlannedTask] = {}
    labels = graph.labels()
    for task in graph.tasks:
        because = _because(task, graph, ran, calls, moved, found)
        if because and task.when:
            because = f"{because}; if its branch is taken"
        found[task.id] = PlannedTask(labels[task.id], bool(because), because or "code and inputs unchanged")
    return tuple(found.values())


def _because(
    task: TaskSpec,
    graph: WorkflowGraph,
    ran: Mapping[str, str],
    calls: Mapping[str, TaskSpec],
    moved: Mapping[str, str],
    found: Mapping[str, PlannedTask],
) -> str:
    fingerprint = graph.ops[task.op].fingerprint
    if task.op not in ran:
        return "it has not run before"
    if fingerprint is None or ran[task.op] != fingerprint.digest:
        return f"`{task.op}` changed"
    call = calls.get(task.id)
    if call is None:
        return "this call of it is new"
    if call.when != task.when:
        return "when it is done changed"
    for name, binding in task.inputs.items():
        if call.inputs.get(name) != binding:
            return f"its argument `{name}` changed"
    for leaf in (leaf for binding in task.bindings for leaf in leaves(binding)):
        if isinstance(leaf, RunTime):
            return "the time that it runs for differs"
        if isinstance(leaf, WorkflowInput) and leaf.name in moved:
            return f"its input `{leaf.name}` may differ"
    for upstream in task.upstream:
        if found[upstream].runs:
            return f"after `{found[upstream].task}`"
    return ""


def _changed_inputs(
    wanted: Desired, changes: Mapping[Address, Change], planned: Mapping[Address, PlannedRun]
) -> Iterable[tuple[str, str]]:
    for name, binding in wanted.inputs.get("bindings", {}).items():
        if not isinstance(binding, dict):
            continue
        if REF in binding and (change := changes.get(binding[REF][0])) is not None and change.fields:
            yield name, f"`{change.address}` changes"
        elif PUBLISHED in binding and binding[PUBLISHED][0] in planned:
            yield name, f"`{binding[PUBLISHED][0]}` runs again"


def _upstream_first(workflows: Mapping[Address, Desired]) -> Iterable[Address]:
    graph = {a: tuple(d for d in w.dependencies if d in workflows) for a, w in workflows.items()}
    return [address for level in sort(graph) for address in sorted(level)]
